"""A byte a second to the parent: proof that the event loop turns."""

import os

from calls.clock import Clock

BEAT_S = 1.0


def beat(fd: int, clock: Clock) -> None:
    """Write now and again every BEAT_S, for as long as somebody reads."""

    def once() -> None:
        try:
            os.write(fd, b".")
        except OSError:
            return  # no parent any more: it would have ended us, had it meant to
        clock.call_later(BEAT_S, once)

    os.set_blocking(fd, False)
    once()
