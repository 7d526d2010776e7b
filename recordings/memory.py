"""Recordings listed in memory: for one process and for tests; gone with it."""

from collections.abc import Collection, Iterable, Sequence

from msgspec.structs import replace

from calls.ids import CallId, EdgeId, QueueId, RecordingId, edge_of
from recordings.chain import START, Link, link_of
from recordings.listening import Heard, joined
from recordings.model import Place, Recording, Sought, Waiting


class MemoryRecordings:
    def __init__(self) -> None:
        self._held: dict[RecordingId, Recording] = {}
        self._peaks: dict[RecordingId, tuple[bytes, ...]] = {}
        self._tries: dict[RecordingId, Waiting] = {}
        self._links: list[Link] = []
        self._heard: list[Heard] = []

    def add(self, recording: Recording, peaks: Sequence[bytes] = ()) -> None:
        if (known := self._held.get(recording.id)) is not None:
            recording = replace(
                recording,
                score=known.score,
                hold_why=known.hold_why,
                hold_by=known.hold_by,
                hold_at=known.hold_at,
            )
        self._held[recording.id] = recording
        self._tries.pop(recording.id, None)
        if peaks:
            self._peaks[recording.id] = tuple(peaks)
        former = [link for link in self._links if link.recording == recording.id]
        if not former or former[-1].sha256 != recording.sha256:
            before = self._links[-1].link if self._links else START
            made = link_of(before, recording.id, recording.sha256)
            link = Link(len(self._links) + 1, recording.id, recording.sha256, made)
            self._links.append(link)

    def find(self, id_: RecordingId) -> Recording | None:
        return self._held.get(id_)

    def of_call(self, call: CallId) -> list[Recording]:
        return _by_time(one for one in self._held.values() if one.call == call)

    def search(
        self, wanted: Sought, limit: int, before: tuple[float, RecordingId] | None = None
    ) -> list[Recording]:
        found = _by_time(one for one in self._held.values() if _is_wanted(one, wanted))
        later = [one for one in found if before is None or (one.made_at, one.id) < before]
        return later[::-1][:limit]

    def peaks(self, id_: RecordingId) -> tuple[bytes, ...]:
        return self._peaks.get(id_, ())

    def keep_peaks(self, id_: RecordingId, peaks: Sequence[bytes]) -> None:
        self._peaks[id_] = tuple(peaks)

    def made_before(
        self,
        at: float,
        limit: int,
        kind: str,
        queue: QueueId | None = None,
        besides: Collection[QueueId] = (),
    ) -> list[Recording]:
        return _by_time(
            one
            for one in self._held.values()
            if one.made_at < at and one.kind == kind and not one.hold_why
            if one.place in ("here", "both", "away")
            if (one.queue == queue if queue is not None else one.queue not in besides)
        )[:limit]

    def condemn(self, id_: RecordingId) -> Recording | None:
        known = self._held.get(id_)
        if known is None or known.hold_why or known.place in ("", "going"):
            return None
        self._held[id_] = replace(known, place="going")
        self._tries.pop(id_, None)
        return known

    def move(self, id_: RecordingId, former: Place, place: Place) -> bool:
        known = self._held.get(id_)
        if known is None or known.place != former:
            return False
        self._held[id_] = replace(known, place=place, path=known.path if place else "")
        self._tries.pop(id_, None)
        return True

    def waiting(self, place: Place, now: float, limit: int, edge: EdgeId) -> list[Waiting]:
        mine = (one for one in self._held.values() if edge_of(one.call) == edge)
        found = _by_time(one for one in mine if one.place == place)
        known = [replace(self._tries.get(one.id, Waiting(recording=one)), recording=one)
                 for one in found]  # fmt: skip
        return [one for one in known if one.retry_at <= now][:limit]

    def put_off(self, id_: RecordingId, retry_at: float, error: str) -> None:
        tries = self._tries[id_].tries if id_ in self._tries else 0
        self._tries[id_] = Waiting(
            recording=self._held[id_], tries=tries + 1, retry_at=retry_at, error=error
        )

    def backlog(self, place: Place) -> int:
        return sum(one.place == place for one in self._held.values())

    def hold(self, id_: RecordingId, why: str, by: str, at: float) -> bool:
        known = self._held.get(id_)
        if known is None or known.place in ("", "going"):
            return False
        self._held[id_] = replace(
            known, hold_why=why, hold_by=by if why else "", hold_at=at if why else None
        )
        return True

    def score(self, id_: RecordingId, score: float | None) -> None:
        if id_ in self._held:
            self._held[id_] = replace(self._held[id_], score=score)

    def links(self, after: int = 0, limit: int = 1000) -> list[Link]:
        return self._links[after : after + limit]

    def hear(self, heard: Heard) -> None:
        for n, line in enumerate(self._heard):
            if heard.play and _same_play(line, heard):
                parts = joined((*line.parts, *heard.parts))
                self._heard[n] = replace(line, until=max(line.until, heard.until), parts=parts)
                return
        self._heard.append(heard)

    def heard(self, id_: RecordingId, limit: int = 200) -> list[Heard]:
        found = [line for line in self._heard if line.recording == id_]
        return sorted(found, key=lambda line: line.at, reverse=True)[:limit]


def _same_play(one: Heard, other: Heard) -> bool:
    return (one.recording, one.who, one.play, one.how) == (
        other.recording,
        other.who,
        other.play,
        other.how,
    )


def _is_wanted(one: Recording, wanted: Sought) -> bool:
    score = -1.0 if one.score is None else one.score
    return all(
        (
            wanted.calls is None or one.call in wanted.calls,
            not wanted.number or one.number == wanted.number,
            wanted.queue is None or one.queue == wanted.queue,
            wanted.agent is None or one.agent == wanted.agent,
            wanted.kind is None or one.kind == wanted.kind,
            not wanted.flaw
            or (bool(one.flaw) if wanted.flaw == "any" else one.flaw == wanted.flaw),
            wanted.since is None or one.made_at >= wanted.since,
            wanted.until is None or one.made_at < wanted.until,
            wanted.longer_s is None or one.seconds >= wanted.longer_s,
            wanted.shorter_s is None or one.seconds <= wanted.shorter_s,
            wanted.score_from is None or score >= wanted.score_from,
            wanted.score_to is None or 0 <= score <= wanted.score_to,
            wanted.held is None or bool(one.hold_why) == wanted.held,
            wanted.waiting is None or (one.place == "here") == wanted.waiting,
            wanted.queues is None or one.queue in wanted.queues,
        )
    )


def _by_time(found: Iterable[Recording]) -> list[Recording]:
    return sorted(found, key=lambda one: (one.made_at, one.id))
