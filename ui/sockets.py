"""Where to listen: light enough to be checked before anything heavy is loaded."""

from __future__ import annotations

import ipaddress
import socket

from rag.errors import InputError, RagError


def is_local(host: str) -> bool:
    """Whether a host name means this machine."""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def listen(host: str, port: int) -> socket.socket:
    """A listening socket. Raises RagError when the port is taken, InputError when there is no such address."""
    try:
        family, _, _, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)[0]
    except socket.gaierror as error:
        raise InputError(f"There is no address {host!r}.", "Use --host 127.0.0.1.") from error
    opened = socket.socket(family, socket.SOCK_STREAM)
    opened.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        opened.bind(address)
        opened.listen(128)
    except OSError as error:
        opened.close()
        raise RagError(
            f"Port {port} of {host} cannot be used: {error.strerror}.", "Choose another with --port, or --port 0 for any."
        ) from error
    return opened
