"""Asterisk's log of calls read on, call by call; knows where a later reading must begin.

Blocks on the disk: each step runs on a thread, one at a time. Decides nothing.
"""

from dataclasses import dataclass
from pathlib import Path

from telephony.cel import CelEvent
from telephony.cel_calls import CallTrace, CallTraces, endpoint_of, extra_of
from telephony.cel_file import CelFollower, Place
from telephony.cel_rotation import Keeping, discard, rotate
from telephony.voice import VOICE


@dataclass(frozen=True, slots=True)
class Measured:
    """How good the voice of one channel was, in Asterisk's own words (telephony/voice.py)."""

    linkedid: str
    channel_id: str
    endpoint: str
    at: float
    text: str


@dataclass(frozen=True, slots=True)
class Read:
    over: tuple[CallTrace, ...]
    """Calls seen to end."""
    last_at: float | None
    """Asterisk's time of the last event read now; None: there was nothing new."""
    measured: tuple[Measured, ...] = ()


class CelReading:
    def __init__(self, path: Path, keeping: Keeping) -> None:
        self._path = path
        self._keeping = keeping
        self._follower = CelFollower(path)
        self._traces = CallTraces()
        self._since: dict[str, Place | None] = {}
        """Where the reading began that brought a call's first event; calls not done with, in the
        order of their first events."""

    def begin_at(self, place: Place | None) -> None:
        """Instead of the oldest file there is; before the first ``read``."""
        self._follower = CelFollower(self._path, place)

    @property
    def flawed(self) -> int:
        """Rows that were no events."""
        return self._follower.flawed

    def read(self) -> Read:
        before = self._follower.place
        events = self._follower.read()
        if before is None and self._follower.place is not None:
            before = Place(self._follower.place.inode, 0)
        over, measured = [], []
        for event in events:
            if event.kind == VOICE:
                measured.append(_measured(event))
            if event.linkedid:
                self._since.setdefault(event.linkedid, before)
            trace = self._traces.add(event)
            if trace is not None:
                over.append(trace)
        return Read(tuple(over), events[-1].at if events else None, tuple(measured))

    def unfinished(self) -> tuple[CallTrace, ...]:
        return self._traces.unfinished()

    def trace_of(self, linkedid: str) -> CallTrace | None:
        return self._traces.get(linkedid)

    def done(self, linkedid: str) -> None:
        """Nothing more will be made of this call."""
        self._since.pop(linkedid, None)
        self._traces.forget(linkedid)

    def place(self) -> Place | None:
        """Where to begin after a restart: before the first event of any call not done with."""
        return next(iter(self._since.values()), self._follower.place)

    def keep_small(self, now: float, dealt_with: Place | None) -> None:
        """Rotate the file when due; delete rotated ones before ``dealt_with`` when old."""
        rotate(self._path, now, self._keeping)
        discard(self._path, dealt_with, now, self._keeping)


def _measured(event: CelEvent) -> Measured:
    text = str(extra_of(event).get("extra", ""))
    endpoint = endpoint_of(event.channel)
    return Measured(event.linkedid, event.uniqueid, endpoint, event.at, text)
