"""`rag mcp`: the tools on standard input and output, for clients that start their servers themselves."""

from __future__ import annotations

import typer

from rag.commands.shared import Corpus, Data, note


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("mcp", help="Serve ask, check_quote, search and show to an MCP client on standard input and output.")(mcp)


def mcp(corpus: Corpus = None, data: Data = None) -> None:
    from rag.commands.session import quiet_libraries, resolve
    from rag.corpus import list_documents
    from rag.settings import load

    settings = load(corpus=resolve(corpus), data=resolve(data))
    list_documents(settings.corpus)  # a corpus that cannot be used is said at once
    quiet_libraries()
    import anyio
    from mcp.server.stdio import stdio_server

    from ui.api.tools import mcp_server
    from ui.opening import desk_for

    async def talk() -> None:
        server = mcp_server(desk)
        async with stdio_server() as (received, sent):
            await server.run(received, sent, server.create_initialization_options())

    # The client hears of the tools at once; the index is brought up to date meanwhile.
    desk = desk_for(settings)
    desk.start(lambda error: note(f"rag: {error}"))
    try:
        anyio.run(talk)
    finally:
        desk.close()
