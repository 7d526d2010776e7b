"""What went wrong on the way out, and when it is tried again. Pure."""

FIRST_S, LONGEST_S = 5.0, 3600.0
GIVEN_UP_AFTER_S = 48 * 3600.0


class NotSent(Exception):
    """The message says why, for the person who looks after the hotline."""

    def __init__(self, why: str, *, never: bool = False) -> None:
        """``never``: the receiver has said that it will never take it."""
        super().__init__(why)
        self.never = never


def again_at(now: float, made_at: float, tries: int, chance: float) -> float | None:
    """When an item that failed for the ``tries``-th time is tried again; None: no more.

    Twice the last pause, up to an hour, and up to a quarter longer by ``chance`` (0 to 1), so that
    a receiver that comes back is not asked for everything at once.
    """
    if now - made_at >= GIVEN_UP_AFTER_S:
        return None
    pause_s = min(FIRST_S * 2.0 ** min(tries - 1, 20), LONGEST_S)
    return now + pause_s * (1 + chance / 4)
