"""Recordings listed in memory: for one process and for tests; gone with it."""

from collections.abc import Iterable

from calls.ids import CallId, RecordingId
from recordings.model import Recording


class MemoryRecordings:
    def __init__(self) -> None:
        self._held: dict[RecordingId, Recording] = {}

    def add(self, recording: Recording) -> None:
        self._held[recording.id] = recording

    def find(self, id_: RecordingId) -> Recording | None:
        return self._held.get(id_)

    def of_call(self, call: CallId) -> list[Recording]:
        return _by_time(one for one in self._held.values() if one.call == call)

    def made_before(self, at: float, limit: int) -> list[Recording]:
        return _by_time(one for one in self._held.values() if one.made_at < at and one.path)[:limit]


def _by_time(found: Iterable[Recording]) -> list[Recording]:
    return sorted(found, key=lambda one: (one.made_at, one.id))
