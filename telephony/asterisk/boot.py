"""Has Asterisk come up? Asked on its manager port, with plain blocking sockets.

Only for starting: the lasting link is telephony.ami.
"""

import re
import socket
import time
from collections.abc import Callable

_POLL_S = 0.05
_VERSION = re.compile(rb"\r\nAsteriskVersion: ([^\r]+)\r\n")


class NotBooted(Exception):
    """Asterisk did not come up; the text says why, as far as it is known."""


def wait_booted(port: int, secret: str, limit_s: float, why_gone: Callable[[], str | None]) -> str:
    """Asterisk's version, as soon as it says FullyBooted.

    ``why_gone`` is asked between two tries: a sentence when the process has ended. Raises
    NotBooted with it, on a refused log-in, or after ``limit_s`` seconds.
    """
    deadline = time.monotonic() + limit_s
    while time.monotonic() < deadline:
        if (reason := why_gone()) is not None:
            raise NotBooted(reason)
        try:
            return _version_when_booted(port, secret, deadline)
        except OSError:
            time.sleep(_POLL_S)
    raise NotBooted(f"Asterisk did not answer on port {port} within {limit_s:g} s")


def _version_when_booted(port: int, secret: str, deadline: float) -> str:
    with socket.create_connection(("127.0.0.1", port), timeout=1.0) as link:
        _send(link, f"Action: Login\r\nUsername: threering\r\nSecret: {secret}")
        seen = _until(link, b"\r\nEvent: FullyBooted\r\n", deadline)
        if b"Response: Error" in seen:
            raise NotBooted("Asterisk refused the AMI secret: is this another hotline's Asterisk?")
        _send(link, "Action: CoreSettings")
        found = _VERSION.search(_until(link, b"\r\nAsteriskVersion: ", deadline))
        return found.group(1).decode("ascii", "replace") if found else ""


def _send(link: socket.socket, action: str) -> None:
    link.sendall(f"{action}\r\n\r\n".encode())


def _until(link: socket.socket, mark: bytes, deadline: float) -> bytes:
    seen = b""
    while not (mark in seen and seen.endswith(b"\r\n\r\n")):
        if b"Response: Error" in seen:
            return seen
        link.settimeout(max(0.01, deadline - time.monotonic()))
        chunk = link.recv(65536)
        if not chunk:
            raise ConnectionError("closed while booting")
        seen += chunk
    return seen
