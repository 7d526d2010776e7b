"""A second ear on Asterisk's manager: events with Asterisk's own time, heard the same way for both
sides. Knows neither ours nor app_queue.
"""

import socket
import threading
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path

SECRET = "bench-tap-secret"
TIMES = "[general](+)\ntimestampevents = yes\n"
USER = """
[{user}]
secret = {secret}
deny = 0.0.0.0/0.0.0.0
permit = 127.0.0.1/255.255.255.255
read = {read}
write = {write}
writetimeout = 5000
{filters}
"""


@dataclass(frozen=True, slots=True)
class TapUser:
    name: str
    read: str
    filters: tuple[str, ...] = ()
    """Lines of manager.conf."""
    write: str = "reporting"


EVERYTHING = TapUser("everything", "system,call,dtmf,reporting,agent,dialplan,user,log,cdr")
KEY_AND_DIAL = TapUser(
    "keyanddial",
    "call,dtmf",
    tuple(f"eventfilter(action(include),name({name})) =" for name in ("DTMFEnd", "DialBegin")),
)
SWEEPER = TapUser("sweeper", "reporting", write="call,reporting")


def like_the_controller(manager_conf: str) -> TapUser:
    """An ear that hears exactly what the controller's user is sent."""
    section = manager_conf.partition("[threering]")[2].partition("\n[")[0]
    lines = [line.strip() for line in section.splitlines()]
    read = next(line for line in lines if line.startswith("read"))
    filters = tuple(line for line in lines if line.startswith("eventfilter"))
    return TapUser("likethecontroller", read.partition("=")[2].strip(), filters)


def install(asterisk: Path, *users: TapUser) -> None:
    """Put the users into the site's own manager.conf, before Asterisk starts."""
    texts = [
        USER.format(
            user=u.name, secret=SECRET, read=u.read, write=u.write, filters="\n".join(u.filters)
        )
        for u in (SWEEPER, *users)
    ]
    (asterisk / "local").mkdir(parents=True, exist_ok=True)
    (asterisk / "local" / "manager.conf").write_text(TIMES + "".join(texts))


@dataclass(slots=True)
class Tap:
    """Listens from ``with`` to the end of it."""

    port: int
    user: TapUser
    events: list[dict[str, str]] = field(default_factory=list)
    kinds: Counter[str] = field(default_factory=Counter)
    bytes: int = 0
    _socket: socket.socket | None = None
    _thread: threading.Thread | None = None

    def __enter__(self) -> "Tap":
        self._socket = log_in(self.port, self.user)
        self._thread = threading.Thread(target=self._listen, args=(self._socket,), daemon=True)
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        assert self._socket is not None
        assert self._thread is not None
        self._socket.shutdown(socket.SHUT_RDWR)
        self._thread.join(5)
        self._socket.close()

    def _listen(self, link: socket.socket) -> None:
        left = b""
        while data := link.recv(65536):
            self.bytes += len(data)
            *blocks, left = (left + data).split(b"\r\n\r\n")
            for block in blocks:
                self._take(block.decode(errors="replace"))

    def _take(self, block: str) -> None:
        pairs = (line.partition(": ") for line in block.split("\r\n"))
        fields = {key: value for key, _, value in pairs}
        if "Event" in fields:
            self.kinds[fields["Event"]] += 1
            self.events.append(fields)


def log_in(port: int, user: TapUser) -> socket.socket:
    """A logged-in manager connection. Raises OSError."""
    link = socket.create_connection(("127.0.0.1", port), timeout=5)
    _ask(link, f"Action: Login\r\nUsername: {user.name}\r\nSecret: {SECRET}")
    link.settimeout(None)
    return link


def hang_up_everybody(port: int) -> None:
    """Asterisk ends every call it has. Raises OSError."""
    with log_in(port, SWEEPER) as link:
        link.settimeout(5)
        _ask(link, "Action: Hangup\r\nChannel: /.*/", or_else="Error")


def channels(port: int) -> int:
    """How many channels Asterisk has. Raises OSError."""
    with log_in(port, SWEEPER) as link:
        link.settimeout(5)
        status = _ask(link, "Action: CoreStatus")
    line = next(line for line in status.splitlines() if line.startswith("CoreCurrentCalls"))
    return int(line.partition(":")[2])


def _ask(link: socket.socket, action: str, or_else: str = "Success") -> str:
    """Send an action and return its answer, which must hold Success or ``or_else``."""
    link.sendall(f"{action}\r\n\r\n".encode())
    said = b""
    while b"Response: " not in said or not said.endswith(b"\r\n\r\n"):
        said += link.recv(65536)
    answer = said.decode(errors="replace")
    if "Success" not in answer and or_else not in answer:
        raise ConnectionRefusedError(answer)
    return answer
