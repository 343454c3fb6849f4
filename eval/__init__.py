"""The evaluation: cases with exact gold, measures, runs, gates and reports. Stands above the library and the page."""
