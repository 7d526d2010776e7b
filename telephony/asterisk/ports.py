"""Are the ports free that Asterisk will want, and if not, who has them?"""

import contextlib
import errno
import fcntl
import functools
import itertools
import os
import random
import socket
import tempfile
from collections.abc import Iterator
from pathlib import Path

from telephony.asterisk.settings import AsteriskSettings


class PortTaken(Exception):
    """Somebody else listens there; the text says who, and which setting to change."""


def check_ports(settings: AsteriskSettings) -> None:
    """Raises PortTaken for the first port that cannot be had."""
    wanted = (
        ("sip_port", "udp", settings.bind, settings.sip_port),
        ("sip_port", "tcp", settings.bind, settings.sip_port),
        ("ami_port", "tcp", "127.0.0.1", settings.ami_port),
        ("http_port", "tcp", "127.0.0.1", settings.http_port),
    )
    for name, protocol, host, port in wanted:
        check_port(name, protocol, host, port)


def check_port(name: str, protocol: str, host: str, port: int) -> None:
    """``protocol``: tcp or udp; ``name``: the setting that says which port. Raises PortTaken."""
    kind = socket.SOCK_DGRAM if protocol == "udp" else socket.SOCK_STREAM
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, kind) as probe:
        if protocol == "tcp":  # a port whose last owner has just gone is free for us, too
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PortTaken(_sentence(error, name, protocol, host, port)) from error


def free_ports(count: int) -> list[int]:
    """Ports of 127.0.0.1 that nobody has now, in TCP nor UDP. For tests and demos: until they are
    bound nobody else gets them here, neither another process nor this one."""
    with contextlib.ExitStack() as held:
        found: list[int] = []
        for port in _wheel():
            if _hold(held, port):
                found.append(port)
            if len(found) == count:
                break
        return found


FREE = range(20_004, 32_768, 4)
"""Above where RTP goes by default, below what the kernel gives to connections; with room between,
since SIPp takes the second port above its own for pictures, too."""
BLOCK = 128
"""More than any process asks for while one port waits to be bound."""


@functools.cache
def _wheel() -> Iterator[int]:
    """The ports of a block that no other process has, again and again."""
    blocks = [FREE[at : at + BLOCK] for at in range(0, len(FREE) - BLOCK, BLOCK)]
    random.shuffle(blocks)
    return itertools.cycle(next((block for block in blocks if _claimed(block)), blocks[0]))


def _claimed(block: range) -> bool:
    """Ours until this process ends."""
    with contextlib.suppress(OSError):
        fcntl.lockf(_claims(), fcntl.LOCK_EX | fcntl.LOCK_NB, 1, block.start)
        return True
    return False


@functools.cache
def _claims() -> int:
    file = Path(tempfile.gettempdir()) / f"threering-ports-{os.geteuid()}"
    return os.open(file, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC | os.O_NOFOLLOW, 0o600)


def _hold(held: contextlib.ExitStack, port: int) -> bool:
    for kind in (socket.SOCK_STREAM, socket.SOCK_DGRAM):
        probe = held.enter_context(socket.socket(socket.AF_INET, kind))
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


def _sentence(error: OSError, name: str, protocol: str, host: str, port: int) -> str:
    if error.errno == errno.EADDRINUSE:
        owner = _owner(protocol, port) or "another program"
        return f"port {port} ({protocol}) is taken by {owner}; stop it or set {name}"
    return f"port {port} ({protocol}) on {host} cannot be used ({error.strerror}); check {name}"


def _owner(protocol: str, port: int) -> str:
    """Name and pid of whoever holds the port; '' when we may not see it."""
    inodes = {
        fields[9]
        for table in (protocol, f"{protocol}6")
        for fields in map(str.split, _lines(Path("/proc/net") / table)[1:])
        if int(fields[1].rpartition(":")[2], 16) == port
    }
    links = {f"socket:[{inode}]" for inode in inodes}
    for process in Path("/proc").glob("[0-9]*"):
        try:
            if any(os.readlink(fd) in links for fd in (process / "fd").iterdir()):
                name = (process / "comm").read_text().strip()
                return f"{name} (pid {process.name})"
        except OSError:
            continue
    return ""


def _lines(path: Path) -> list[str]:
    try:
        return path.read_text().splitlines()
    except OSError:
        return [""]
