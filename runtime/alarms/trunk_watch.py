"""Trunks that Asterisk says are not registered, or not there. Pure."""

from collections.abc import Iterator, Mapping

from calls.words import DeviceState
from runtime.alarms.standing import Found


class TrunkWatch:
    def __init__(self) -> None:
        self._lost: dict[str, float] = {}

    def look(
        self, states: Mapping[str, DeviceState], limit_s: float | None, now: float
    ) -> Iterator[Found]:
        lost = [name for name, state in states.items() if state is DeviceState.UNREGISTERED]
        self._lost = {name: self._lost.get(name, now) for name in lost}
        for name, since in self._lost.items():
            if limit_s is not None and now - since >= limit_s:
                values = {"now": f"{now - since:.0f}", "limit": f"{limit_s:.0f}"}
                yield Found(name=f"trunk_lost:{name}", values=values)
