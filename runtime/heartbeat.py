"""A byte a second to the parent: proof that the event loop turns, and the way to learn that the
parent is gone."""

import os
from collections.abc import Callable

from calls.clock import Clock

BEAT_S = 1.0
ALIVE, OPEN = b".", b"!"


class Heartbeat:
    def __init__(self, fd: int, clock: Clock, on_orphaned: Callable[[], None]) -> None:
        """``fd``: the writing end of the parent's pipe. ``on_orphaned``: nobody reads any more; the
        parent was killed, and Asterisk with it."""
        os.set_blocking(fd, False)
        self._fd = fd
        self._clock = clock
        self._on_orphaned = on_orphaned

    def begin(self) -> None:
        """Beat now and again every BEAT_S, for as long as somebody reads."""
        if self._write(ALIVE):
            self._clock.call_later(BEAT_S, self.begin)

    def say_open(self) -> None:
        """Calls are served from now on: what ends this process later is no mistake of set-up."""
        self._write(OPEN)

    def _write(self, word: bytes) -> bool:
        try:
            os.write(self._fd, word)
        except BlockingIOError:
            return True  # a stopped parent: its pipe is full of proof
        except OSError:
            self._on_orphaned()
            return False
        return True
