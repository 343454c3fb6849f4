"""For programs: an HTTP API and an MCP server beside the page, over the same desk and the same library calls.

models.py    what a request may say: limits, examples, descriptions
results.py   what an answer holds: the contract's JSON objects, field by field
calls.py     one function per operation: a checked request in, the contract's JSON object out
problems.py  errors as {"error": {…}} with an HTTP status; nothing of this machine in them
http.py      the routes, their OpenAPI description, streaming
tools.py     the same calls as MCP tools
page.py      the plain page that describes the API
stdio.py     `rag mcp`: the tools on standard input and output
"""
