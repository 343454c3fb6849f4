"""`rag serve`: the page. The server is up first; the model and the index follow in the background."""

from __future__ import annotations

import os
import signal
import sys
from contextlib import suppress
from tempfile import TemporaryDirectory
from typing import Annotated

import typer

from rag.commands.shared import Corpus, Data, note, say
from rag.errors import InputError


def register(app: typer.Typer) -> None:
    """Add the command."""
    app.command("serve", help="Open the page in the browser: ask, and see every sentence in its source.")(serve)


def serve(
    host: Annotated[str, typer.Option(help="Address to listen on; any but this machine's own needs a token.")] = "127.0.0.1",
    port: Annotated[int, typer.Option(min=0, max=65535, help="Port to listen on; 0 takes a free one.")] = 7860,
    token: Annotated[
        str | None, typer.Option(envvar="RAG_TOKEN", help="Ask everyone for this token.", show_default=False)
    ] = None,
    open_browser: Annotated[bool, typer.Option("--open/--no-open", help="Open the page in the browser.")] = True,
    corpus: Corpus = None,
    data: Data = None,
) -> None:
    from rag.commands.session import quiet_libraries, resolve
    from rag.corpus import list_documents
    from rag.library import Library
    from rag.settings import load
    from ui.sockets import is_local, listen

    settings = load(corpus=resolve(corpus), data=resolve(data))
    list_documents(settings.corpus)  # a corpus that cannot be used is said at once
    local = is_local(host)
    if not local and not token:
        raise InputError(f"Everyone who reaches {host} could read the documents.", "Set RAG_TOKEN, or listen on 127.0.0.1.")
    opened = listen(host, port)
    quiet_libraries()
    uploads = TemporaryDirectory(prefix="chapter-and-verse-")
    os.environ["GRADIO_TEMP_DIR"] = uploads.name  # drafts are nobody else's: they are kept only while the server runs
    from ui.app import build_app
    from ui.opening import desk_for
    from ui.server import Server, web_app

    port = opened.getsockname()[1]
    address = f"http://{f'[{host}]' if ':' in host else host}:{port}"
    desk = desk_for(settings, Library(settings.corpus, settings.data))

    def started(server: Server) -> None:
        say(f"Chapter & Verse is at {address} (Ctrl-C ends it).")
        sys.stdout.flush()
        desk.start(server.fail)
        if open_browser and _has_browser():
            import webbrowser

            webbrowser.open(address)

    server = Server(web_app(build_app(desk, local=local), desk, local=local, token=token), started)
    # uvicorn stops on either signal and raises it again afterwards: both end here, and the uploads go.
    signal.signal(signal.SIGTERM, signal.default_int_handler)
    try:
        with suppress(KeyboardInterrupt):
            server.run(sockets=[opened])
    finally:
        desk.close()
        uploads.cleanup()
    if server.failure is not None:
        raise server.failure
    note("Ended.")


def _has_browser() -> bool:
    """Whether a person sits before a desktop here: not in a pipe, a container or over ssh."""
    desktop = sys.platform in ("darwin", "win32") or bool(os.environ.get("DISPLAY") or os.environ.get("WAYLAND_DISPLAY"))
    return desktop and sys.stdout.isatty()
