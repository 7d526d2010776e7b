"""Which alarms stand, and what changed since the last look. Pure."""

from collections.abc import Iterable, Iterator

import msgspec

from calls.notices import Alarm

OVER_AFTER_S = 10.0
"""What goes to and fro around its limit is one alarm, not twenty."""


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """Something is beyond its limit now."""

    name: str
    """``kind:of``, as ``queue_waiting:sales``."""
    values: dict[str, str]
    """``now`` and ``limit``, for the words."""


class Standing:
    def __init__(self) -> None:
        self._on: dict[str, Alarm] = {}
        self._clear_since: dict[str, float] = {}

    def look(self, found: Iterable[Found], now: float) -> Iterator[Alarm]:
        """What has begun, and what has been over for long enough."""
        seen = set()
        for one in found:
            seen.add(one.name)
            self._clear_since.pop(one.name, None)
            if one.name not in self._on:
                alarm = Alarm(name=one.name, on=True, values=one.values, at=now)
                self._on[one.name] = alarm
                yield alarm
        for name in [name for name in self._on if name not in seen]:
            if now - self._clear_since.setdefault(name, now) >= OVER_AFTER_S:
                del self._on[name], self._clear_since[name]
                yield Alarm(name=name, on=False, at=now)
