"""From the library's frozen values to HTML and plain text: pure functions, everything escaped, nothing looked up twice.

Whatever comes from a document or a question goes through `markup.shown`; there is no other way into the page.
"""
