"""So many of something costly a minute for each person. Clock passed in; on any thread."""

from collections.abc import Callable
from threading import Lock

MINUTE_S = 60.0


class Allowance:
    def __init__(self, per_minute: int, now: Callable[[], float]) -> None:
        self._most = per_minute
        self._now = now
        self._used: dict[str, list[float]] = {}
        self._lock = Lock()

    def wait_s(self, person: str) -> float:
        """0.0, and one is used up; else how long until there is one again."""
        now = self._now()
        with self._lock:
            used = [at for at in self._used.get(person, ()) if now - at < MINUTE_S]
            self._used[person] = used
            if len(used) >= self._most:
                return MINUTE_S - (now - used[0])
            used.append(now)
            return 0.0
