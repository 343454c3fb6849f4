"""The views of the page, one module each: a function that puts the components there and wires their events."""
