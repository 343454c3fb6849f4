"""The commands of `rag`, one module each. A module imports nothing heavy: `rag --help` loads all of them.

`register(app)` adds a module's command to the application; what several commands share is in `shared`.
"""
