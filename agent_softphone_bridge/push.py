"""What browsers are told as it happens: every notice numbered, encoded once, written to whoever may
see it before ``hear`` returns; and told again to whoever comes back having missed some.

On the event loop's thread. Knows no HTTP: a listener is somebody who takes bytes.
"""

import logging
from collections import deque
from dataclasses import dataclass
from typing import Protocol, get_args

import msgspec

from agent_softphone_bridge.board import ENDED, Board
from calls.bus import Bus
from calls.clock import Clock
from calls.codec import encode
from calls.floor import FloorSpec
from calls.ids import QueueId
from calls.notices import (
    AgentChanged,
    Alarm,
    CallChanged,
    CallRinging,
    Notice,
    PopPatched,
    PopShown,
    PopWithdrawn,
    QueueChanged,
    TalkChanged,
    TrialMoved,
    VoiceMeasured,
)
from calls.rights import EVERYBODY, Who

KEPT = 4_000
"""Notices that can be told again: about a minute of a busy floor, some 2 MB."""
RETRY_MS = 1_000
"""When a browser tries again after it lost the stream."""

log = logging.getLogger(__name__)


class Listener(Protocol):
    @property
    def who(self) -> Who: ...

    def send(self, data: bytes) -> None:
        """Hand the bytes to the transport now; never waits."""


@dataclass(frozen=True, slots=True)
class _Told:
    event: str
    notice: Notice
    data: bytes


class Hub:
    def __init__(self, board: Board, clock: Clock, kept: int = KEPT) -> None:
        self.board = board
        self.listeners: set[Listener] = set()
        self.told = 0
        """Notices, for /metrics."""
        self.replays = 0
        self.resets = 0
        """Of listeners who came back: those told what they had missed, and those begun anew."""
        self._clock = clock
        self._ring: deque[_Told] = deque(maxlen=kept)

    def listen(self, bus: Bus) -> None:
        """Hear every notice there is."""
        for kind in get_args(Notice):
            bus.subscribe(kind, self.hear)

    def furnish(self, floor: FloorSpec) -> None:
        """A new floor plan: names and numbers change, so every screen begins anew."""
        self.board.furnish(floor)
        self._ring.clear()
        for listener in tuple(self.listeners):
            self._tell(listener, self._reset(listener.who))

    def hear(self, notice: Notice) -> None:
        was = self.board.queue_of(notice.call) if isinstance(notice, CallChanged) else None
        event = self.board.fold(notice)
        data = _words(event, notice)
        self.told += 1
        self._ring.append(_Told(event, notice, data))
        for listener in tuple(self.listeners):
            if listener.who.is_limited():
                self._tell_limited(listener, notice, was, event, data)
            elif may_see(listener.who, notice):
                self._tell(listener, data)

    def _tell_limited(
        self, listener: Listener, notice: Notice, was: QueueId | None, event: str, data: bytes
    ) -> None:
        """``was``: the queue a caller was in before this; who looked after that one alone is told
        that she has gone, and not where to."""
        if self.board.sees(listener.who, notice):
            self._tell(listener, data)
        elif isinstance(notice, CallChanged) and listener.who.looks_after(was):
            gone = CallChanged(call=notice.call, stage=ENDED, at=notice.at, queue=was)
            self._tell(listener, _words(event, gone))

    def join(self, listener: Listener, last_event: str = "") -> None:
        """Tell the listener everything from now on; first what she missed after ``last_event``, or
        the whole floor when that is not known any more."""
        missed = self._after(last_event) if last_event else None
        if missed and listener.who.is_limited():
            # What she might see of it went by where calls were at the time.
            missed = None
        begin = b"retry: %d\n\n" % RETRY_MS
        if missed is None:
            self.resets += 1
            listener.send(begin + self._reset(listener.who))
        else:
            self.replays += 1
            seen = (told.data for told in missed if may_see(listener.who, told.notice))
            listener.send(begin + b"".join(seen) + self._beat())
        self.listeners.add(listener)

    def leave(self, listener: Listener) -> None:
        self.listeners.discard(listener)

    def beat(self) -> None:
        """A sign of life, with the hotline's clock; without it a screen says that it is stale."""
        data = self._beat()
        for listener in tuple(self.listeners):
            self._tell(listener, data)

    def _tell(self, listener: Listener, data: bytes) -> None:
        """One that fails is told no more; the others are."""
        try:
            listener.send(data)
        except Exception:
            log.exception("a screen could not be told")
            self.leave(listener)

    def _beat(self) -> bytes:
        return b'event: beat\ndata: {"at":%b}\n\n' % repr(self._clock.now()).encode()

    def _reset(self, who: Who) -> bytes:
        floor = self.board.snapshot(who)
        data = msgspec.json.encode(floor)
        return b"id: %b\nevent: reset\ndata: %b\n\n" % (floor.event.encode(), data)

    def _after(self, event: str) -> list[_Told] | None:
        """What was told after it, oldest first; None when that cannot be said."""
        if event == self.board.last_event:
            return []
        missed: list[_Told] = []
        for told in reversed(self._ring):
            if told.event == event:
                return missed[::-1]
            missed.append(told)
        return None


def _words(event: str, notice: Notice) -> bytes:
    kind = type(notice).__name__
    return b"id: %b\nevent: %b\ndata: %b\n\n" % (event.encode(), kind.encode(), encode(notice))


def may_see(who: Who, notice: Notice) -> bool:
    """Supervisors everything; an agent the queues and what is about her; departments nothing. Those
    who look after some queues are told by Board.sees."""
    if isinstance(notice, TrialMoved | VoiceMeasured):
        return False  # For who asked for it, and for alarms.
    if who.sees_all():
        return True
    match notice:
        case QueueChanged():
            return who.is_any(*EVERYBODY)
        case (
            AgentChanged()
            | CallRinging()
            | PopShown()
            | PopPatched()
            | PopWithdrawn()
            | TalkChanged()
        ):
            return who.agent == notice.agent
        case CallChanged() | Alarm():
            return False
