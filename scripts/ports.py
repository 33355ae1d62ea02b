"""Which ports of this machine are ours?"""

from __future__ import annotations

import errno
import socket
from pathlib import Path

from scripts.cannot_start import CannotStart

HOST = "127.0.0.1"
BACKLOG = 128


def listen(port: int) -> socket.socket:
    """Take the web server's port at once, before anything is changed, and keep it for the web server."""
    listening = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listening.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listening.bind((HOST, port))
        listening.listen(BACKLOG)
    except OSError as error:
        listening.close()
        if error.errno == errno.EADDRINUSE:
            raise CannotStart(
                f"Port {port} is in use by another program; choose another, for example --port {free_port()}."
            ) from None
        raise CannotStart(f"Port {port} cannot be used: {error.strerror}.") from None
    return listening


def remembered_port(file: Path) -> int:
    """The port of an earlier start, so that links stay good; a free one if another program has it now."""
    try:
        port = int(file.read_text())
        listen(port).close()
    except (FileNotFoundError, ValueError, OverflowError, CannotStart):
        port = free_port()
        file.write_text(f"{port}\n")
    return port


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        return int(probe.getsockname()[1])
