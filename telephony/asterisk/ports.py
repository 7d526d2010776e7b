"""Are the ports free that Asterisk will want, and if not, who has them?"""

import errno
import os
import socket
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
    """Ports of 127.0.0.1 that nobody has now, in TCP nor UDP. For tests and demos."""
    found: list[int] = []
    held: list[socket.socket] = []
    while len(found) < count:
        tcp = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        held += [tcp, udp]
        tcp.bind(("127.0.0.1", 0))
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            continue
        found.append(tcp.getsockname()[1])
    for each in held:
        each.close()
    return found


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
