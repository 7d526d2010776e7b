"""The live floor as one picture: notices folded into what a screen begins with.

Written on the event loop's thread, read on any. Nothing here decides anything, and nothing depends
on it: a wrong board is a wrong picture, never a wrong call.
"""

from collections.abc import Iterable
from threading import Lock
from typing import TypeVar

import msgspec

from calls.clock import Clock
from calls.floor import FloorSpec
from calls.ids import AgentId, CallId, OfferId, QueueId
from calls.notices import (
    AgentChanged,
    Alarm,
    CallChanged,
    CallRinging,
    Notice,
    PauseGlimpse,
    PopPatched,
    PopShown,
    PopWithdrawn,
    QueueChanged,
    TalkChanged,
    TrialMoved,
    VoiceMeasured,
)
from calls.rights import EVERYBODY, Who
from calls.words import AgentState, NoAnswer, TalkStage

ENDED = "ended"
OVER = "over"
"""Why the pop of an offer that became a talk is withdrawn."""
WITH_A_CALLER = frozenset({AgentState.OFFERED, AgentState.TALKING, AgentState.WRAPPING_UP})
ENDED_STAYS_S = 5.0
"""Long enough to be seen leaving."""
MOST_CALLS = 5_000
"""A call whose end is never told must not stay for ever; the oldest go."""


class QueueLine(msgspec.Struct, frozen=True, kw_only=True):
    id: QueueId
    names: dict[str, str] = {}
    rings: int = 3
    service_level_s: float = 20.0
    waiting: int = 0
    offered: int = 0
    talking: int = 0
    ready: int = 0
    longest_since: float | None = None
    callbacks: int = 0
    open: bool = True
    promised: int = 0
    kept: int = 0
    late: int = 0
    off_s: float = 0.0


class Ringing(msgspec.Struct, frozen=True, kw_only=True):
    offer: OfferId
    at: float
    cycle_s: float


class AgentLine(msgspec.Struct, frozen=True, kw_only=True):
    id: AgentId
    name: str = ""
    staff_number: str = ""
    queues: tuple[QueueId, ...] = ()
    state: AgentState = AgentState.LOGGED_OUT
    since: float = 0.0
    reason: str = ""
    call: CallId | None = None
    offer: OfferId | None = None
    queue: QueueId | None = None
    until: float | None = None
    strikes: int = 0
    missed: NoAnswer | None = None
    pauses: tuple[PauseGlimpse, ...] = ()
    """Causes for which the agent is not ready, or will not be after the call."""
    away_from: tuple[QueueId, ...] = ()
    """Of ``queues`` those the agent does not serve now."""
    skills: dict[str, int] | None = None
    """In place of the plan's, while a supervisor has changed them."""
    disposition: str = ""
    """What she said came of the talk she has, or had last."""
    ringing: Ringing | None = None


class Floor(msgspec.Struct, frozen=True, kw_only=True):
    """What one person may see of the floor at one moment."""

    event: str
    """Id of the last notice in it: where the stream goes on."""
    at: float
    """The hotline's clock, so that screens count from it and not from their own."""
    queues: tuple[QueueLine, ...]
    agents: tuple[AgentLine, ...]
    calls: tuple[CallChanged, ...] = ()
    alarms: tuple[Alarm, ...] = ()
    pops: tuple[PopShown, ...] = ()
    talks: tuple[TalkChanged, ...] = ()


Line = TypeVar("Line", QueueLine, AgentLine)
N = TypeVar("N", CallChanged, Alarm, PopShown, TalkChanged)
_LIVE_QUEUE = (
    *("waiting", "offered", "talking", "ready", "longest_since", "callbacks", "open"),
    *("promised", "kept", "late", "off_s"),
)
_LIVE_AGENT = (
    *("state", "since", "reason", "call", "offer", "queue", "until", "strikes", "missed"),
    *("pauses", "away_from", "skills", "disposition"),
)


class Board:
    def __init__(self, clock: Clock, epoch: str) -> None:
        """``epoch``: tells the event ids of this process from those of an earlier one."""
        self._clock = clock
        self._epoch = epoch
        self._lock = Lock()
        self._seq = 0
        self._queues: dict[QueueId, QueueLine] = {}
        self._agents: dict[AgentId, AgentLine] = {}
        self._calls: dict[CallId, CallChanged] = {}
        self._alarms: dict[str, Alarm] = {}
        self._pops: dict[AgentId, PopShown] = {}
        self._talks: dict[AgentId, TalkChanged] = {}

    def furnish(self, floor: FloorSpec) -> None:
        """Take names and numbers from a floor plan; who or what is not on it leaves the board."""
        with self._lock:
            self._seq += 1
            self._queues = {
                spec.id: msgspec.structs.replace(
                    self._queues.get(spec.id) or QueueLine(id=spec.id),
                    names=dict(spec.names),
                    rings=spec.ring.rings,
                    service_level_s=spec.service_level_s,
                )
                for spec in floor.queues
            }
            self._agents = {
                spec.id: msgspec.structs.replace(
                    self._agents.get(spec.id) or AgentLine(id=spec.id, since=self._clock.now()),
                    name=spec.name,
                    staff_number=spec.staff_number,
                    queues=tuple(one.queue for one in spec.queues),
                )
                for spec in floor.agents
            }

    def fold(self, notice: Notice) -> str:
        """Take one notice in; returns the event id it has from now on."""
        with self._lock:
            self._seq += 1
            match notice:
                case QueueChanged():
                    known = self._queues.get(notice.queue) or QueueLine(id=notice.queue)
                    self._queues[notice.queue] = _with(known, notice, _LIVE_QUEUE)
                case AgentChanged():
                    self._agent(notice)
                case CallRinging():
                    self._ringing(notice)
                case CallChanged():
                    self._call(notice)
                case PopShown():
                    self._pops[notice.agent] = notice
                case PopPatched():
                    self._patch(notice)
                case PopWithdrawn():
                    # What was a talk stays on the screen until its wrap-up is over.
                    if notice.why != OVER:
                        self._withdraw(notice.agent, notice.offer)
                case TalkChanged():
                    self._talk(notice)
                case Alarm():
                    self._alarm(notice)
            return self.last_event

    @property
    def last_event(self) -> str:
        return f"{self._epoch}-{self._seq}"

    def snapshot(self, who: Who) -> Floor:
        """The floor as this person may see it. On any thread."""
        with self._lock:
            event, at = self.last_event, self._clock.now()
            queues = queues_seen(who, self._queues.values())
            if who.is_limited():
                return self._limited(who, event, at, queues)
            if who.sees_all():
                return Floor(
                    event=event,
                    at=at,
                    queues=queues,
                    agents=tuple(self._agents.values()),
                    calls=tuple(self._calls.values()),
                    alarms=tuple(self._alarms.values()),
                    pops=tuple(self._pops.values()),
                    talks=tuple(self._talks.values()),
                )
            own = who.agent
            return Floor(
                event=event,
                at=at,
                queues=queues,
                agents=tuple(line for line in self._agents.values() if line.id == own),
                pops=tuple(pop for pop in self._pops.values() if pop.agent == own),
                talks=tuple(talk for talk in self._talks.values() if talk.agent == own),
            )

    def _limited(self, who: Who, event: str, at: float, queues: tuple[QueueLine, ...]) -> Floor:
        """The lock is held."""

        def seen(notices: Iterable[N]) -> tuple[N, ...]:
            return tuple(one for one in notices if self._sees(who, one))

        lines = self._agents.values()
        return Floor(
            event=event,
            at=at,
            queues=queues,
            agents=tuple(line for line in lines if who.may_speak_for(line.id, line.queues)),
            calls=seen(self._calls.values()),
            alarms=seen(self._alarms.values()),
            pops=seen(self._pops.values()),
            talks=seen(self._talks.values()),
        )

    def sees(self, who: Who, notice: Notice) -> bool:
        """Whether somebody who looks after some queues may know of it, after it was folded."""
        with self._lock:
            return self._sees(who, notice)

    def _sees(self, who: Who, notice: Notice) -> bool:
        match notice:
            case QueueChanged():
                return who.looks_after(notice.queue)
            case AgentChanged() | CallRinging():
                return who.may_speak_for(notice.agent, self._serves(notice.agent))
            case PopShown() | PopPatched() | PopWithdrawn() | TalkChanged():
                # Who talks with whom, and of what, is for those who look after that queue.
                return who.agent == notice.agent or who.looks_after(self._queue_in_hand(notice))
            case CallChanged():
                return who.looks_after(notice.queue)
            case Alarm():
                return self._concerns(who, notice)
            case TrialMoved() | VoiceMeasured():
                return False

    def _queue_in_hand(
        self, said: PopShown | PopPatched | PopWithdrawn | TalkChanged
    ) -> QueueId | None:
        line = self._agents.get(said.agent)
        call = self._calls.get(said.call) if isinstance(said, TalkChanged) else None
        if isinstance(said, PopShown):
            return said.queue
        if call is not None:
            return call.queue
        return line.queue if line is not None else None

    def _concerns(self, who: Who, alarm: Alarm) -> bool:
        """An alarm's name ends with the queue or agent it is of; any other is of the house."""
        of = alarm.name.partition(":")[2]
        queue, agent = QueueId(of), AgentId(of)
        if queue in self._queues:
            return who.looks_after(queue)
        return agent not in self._agents or who.may_speak_for(agent, self._serves(agent))

    def serves(self, agent: AgentId) -> tuple[QueueId, ...]:
        """The queues this agent is on the plan for; none for one who is not on it."""
        with self._lock:
            return self._serves(agent)

    def _serves(self, agent: AgentId) -> tuple[QueueId, ...]:
        line = self._agents.get(agent)
        return line.queues if line is not None else ()

    def queue_of(self, call: CallId) -> QueueId | None:
        """Where a call of this moment waits or was answered; None: nowhere yet, or it is over."""
        with self._lock:
            known = self._calls.get(call)
            if known is not None and known.queue is not None:
                return known.queue
            hands = (line for line in self._agents.values() if line.call == call)
            return next((line.queue for line in hands), None)

    def queues(self) -> tuple[QueueLine, ...]:
        with self._lock:
            return tuple(self._queues.values())

    def talk_of(self, agent: AgentId | None) -> tuple[CallId, OfferId] | None:
        """The call and offer of the talk this agent is in, however she came to it."""
        with self._lock:
            talk = self._talks.get(agent) if agent else None
            line = self._agents.get(agent) if agent else None
            if talk is not None:
                return talk.call, talk.offer
            if line is None or line.call is None or line.offer is None:
                return None
            return line.call, line.offer

    def agents(self) -> tuple[AgentLine, ...]:
        with self._lock:
            return tuple(self._agents.values())

    @property
    def alarms_on(self) -> int:
        return len(self._alarms)

    # One notice each; the lock is held

    def _agent(self, said: AgentChanged) -> None:
        line = _with(self._agents.get(said.agent) or AgentLine(id=said.agent), said, _LIVE_AGENT)
        if line.ringing is not None and (
            said.state is not AgentState.OFFERED or said.offer != line.ringing.offer
        ):
            line = msgspec.structs.replace(line, ringing=None)
        self._agents[said.agent] = line
        # A session that was lost took back nothing.
        if said.state not in WITH_A_CALLER:
            self._pops.pop(said.agent, None)
        if said.state in (AgentState.READY, AgentState.LOGGED_OUT):
            self._talks.pop(said.agent, None)

    def _ringing(self, said: CallRinging) -> None:
        line = self._agents.get(said.agent)
        if line is not None:
            rings = Ringing(offer=said.offer, at=said.at, cycle_s=said.cycle_s)
            self._agents[said.agent] = msgspec.structs.replace(line, ringing=rings)

    def _call(self, said: CallChanged) -> None:
        self._calls.pop(said.call, None)
        self._calls[said.call] = said
        if said.stage == ENDED:
            self._clock.call_later(ENDED_STAYS_S, lambda: self._forget(said))
        elif len(self._calls) > MOST_CALLS:
            del self._calls[next(iter(self._calls))]

    def _forget(self, ended: CallChanged) -> None:
        with self._lock:
            if self._calls.get(ended.call) is ended:
                del self._calls[ended.call]

    def _patch(self, said: PopPatched) -> None:
        shown = self._pops.get(said.agent)
        if shown is not None and shown.offer == said.offer:
            self._pops[said.agent] = msgspec.structs.replace(shown, pop=said.pop)

    def _withdraw(self, agent: AgentId, offer: OfferId) -> None:
        shown = self._pops.get(agent)
        if shown is not None and shown.offer == offer:
            del self._pops[agent]

    def _talk(self, said: TalkChanged) -> None:
        known = self._talks.get(said.agent)
        if said.stage is not TalkStage.OVER:
            self._talks[said.agent] = said
        elif known is not None and known.offer == said.offer:
            del self._talks[said.agent]

    def _alarm(self, said: Alarm) -> None:
        if said.on:
            self._alarms[said.name] = said
        else:
            self._alarms.pop(said.name, None)


def queues_seen(who: Who, lines: Iterable[QueueLine]) -> tuple[QueueLine, ...]:
    """Agents see how every queue stands."""
    if who.is_limited():
        return tuple(line for line in lines if who.looks_after(line.id))
    return tuple(lines) if who.is_any(*EVERYBODY) else ()


def _with(line: Line, said: QueueChanged | AgentChanged, names: tuple[str, ...]) -> Line:
    return msgspec.structs.replace(line, **{name: getattr(said, name) for name in names})
