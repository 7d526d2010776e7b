"""How often somebody may be wrong about a password. Pure; locked by its owner."""

from collections import OrderedDict, deque

WINDOW_S = 300.0
PER_NAME_AND_ADDRESS = 5
PER_ADDRESS = 30
"""A whole office may come from one address."""
PER_NAME = 50
"""From everywhere together; high, so that a stranger cannot easily lock somebody out."""
REMEMBERED = 10_000


class Tries:
    def __init__(self) -> None:
        self._failures: OrderedDict[str, deque[float]] = OrderedDict()

    def wait_s(self, name: str, address: str, now: float) -> float:
        """Seconds until the next try is allowed; 0 for at once."""
        waits = [self._wait(key, most, now) for key, most in _keys(name, address)]
        return max(waits)

    def failed(self, name: str, address: str, now: float) -> None:
        for key, most in _keys(name, address):
            times = self._failures.setdefault(key, deque())
            self._failures.move_to_end(key)
            times.append(now)
            while len(times) > most:
                times.popleft()
        while len(self._failures) > REMEMBERED:
            self._failures.popitem(last=False)

    def succeeded(self, name: str, address: str) -> None:
        self._failures.pop(_keys(name, address)[0][0], None)

    def _wait(self, key: str, most: int, now: float) -> float:
        times = self._failures.get(key)
        if times is None or len(times) < most:
            return 0.0
        return max(0.0, times[0] + WINDOW_S - now)


def _keys(name: str, address: str) -> tuple[tuple[str, int], ...]:
    return (
        (f"both {name} {address}", PER_NAME_AND_ADDRESS),
        (f"from {address}", PER_ADDRESS),
        (f"name {name}", PER_NAME),
    )
