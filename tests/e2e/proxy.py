"""A TCP proxy that can be cut, stalled, or made to lose single messages: a bad cable on loopback.

Threads and plain sockets: it must go on while the test itself waits.
"""

import contextlib
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

AMI_END = b"\r\n\r\n"
AGI_END = b"\n"
Loses = Callable[[bytes], bool]


def _nothing(message: bytes) -> bool:
    return False


@dataclass
class Proxy:
    """Passes ``port`` on to ``target``. Messages towards whoever connected end with ``end``."""

    port: int
    target: int
    end: bytes
    connections: int = 0
    """Taken since it was opened."""
    _open: list[tuple[socket.socket, socket.socket]] = field(default_factory=list)
    _flows: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _whole: bool = True
    _loses_down: Loses = _nothing
    _loses_up: Loses = _nothing

    # --- faults ----------------------------------------------------------------------------

    def cut(self) -> None:
        """End every connection, and each new one at once, until ``mend``."""
        with self._lock:
            self._whole = False
            pairs, self._open = self._open, []
        for pair in pairs:
            _close(*pair)

    def stall(self) -> None:
        """Nothing passes either way, and nobody is told, until ``mend``."""
        self._flows.clear()

    def lose(self, down: Loses = _nothing, up: Loses = _nothing) -> None:
        """Messages that pass one of these tests never arrive, until ``mend``; ``down``: those to
        whoever connected, ``up``: those to the target."""
        self._loses_down, self._loses_up = down, up

    def mend(self) -> None:
        self._whole = True
        self._loses_down = self._loses_up = _nothing
        self._flows.set()

    # --- the cable -------------------------------------------------------------------------

    def serve(self, door: socket.socket) -> None:
        while True:
            try:
                near, _ = door.accept()
            except OSError:
                return
            self._take(near)

    def _take(self, near: socket.socket) -> None:
        try:
            if not self._whole:
                raise ConnectionError
            far = socket.create_connection(("127.0.0.1", self.target), 5.0)
        except OSError:
            _close(near)
            return
        far.settimeout(None)
        for end in (near, far):
            end.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        with self._lock:
            self._open.append((near, far))
            self.connections += 1
        for source, sink, loses in (
            (far, near, lambda message: self._loses_down(message)),
            (near, far, lambda message: self._loses_up(message)),
        ):
            threading.Thread(target=self._pump, args=(source, sink, loses), daemon=True).start()

    def _pump(self, source: socket.socket, sink: socket.socket, loses: Loses) -> None:
        rest = b""
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                *whole, rest = (rest + data).split(self.end)
                for message in whole:
                    self._flows.wait()
                    if not loses(message):
                        sink.sendall(message + self.end)
            self._flows.wait()
            sink.sendall(rest)
        _close(source, sink)


def _close(*ends: socket.socket) -> None:
    for end in ends:
        with contextlib.suppress(OSError):
            end.shutdown(socket.SHUT_RDWR)
        end.close()


@contextmanager
def proxy(port: int, target: int, end: bytes) -> Iterator[Proxy]:
    """On ``port`` of 127.0.0.1 until the block ends."""
    with socket.create_server(("127.0.0.1", port)) as door:
        cable = Proxy(port, target, end)
        cable.mend()
        listener = threading.Thread(target=cable.serve, args=(door,), daemon=True)
        listener.start()
        try:
            yield cable
        finally:
            cable.cut()
            cable.mend()
            with contextlib.suppress(OSError):
                door.shutdown(socket.SHUT_RDWR)
            listener.join(5.0)
