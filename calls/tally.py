"""What one call adds to the figures: of the house, its queue, its agents and the nodes it passed.

The only place where calls are counted. Boards and reports add up what is made here, so they agree;
whole numbers only, so that they agree to the last digit in whatever order calls are told. Pure.
"""

from collections import defaultdict
from collections.abc import Iterable, Iterator
from enum import StrEnum
from typing import TypeVar

import msgspec

from calls.effort import POINTS as EFFORT
from calls.effort import Burden, effort_of
from calls.ids import CallId
from calls.record import CallRecord, Leg
from calls.waits import bucket_of
from calls.words import AgentState, NoAnswer, Outcome

What = TypeVar("What", str, int)

SLOT_S = 900
"""A quarter of an hour since the epoch. Every zone's hours, days and months begin with one."""
REPEAT_S = 72 * 3600.0
"""Who calls the same queue again within it was not helped at the first contact."""
SATISFIED = 4
"""Scores from here on, of 1 to 5, count as satisfied."""
GIVEN_UP = frozenset({Outcome.ABANDONED_IN_QUEUE, Outcome.ABANDONED_RINGING})


class Subject(StrEnum):
    """Whose figures."""

    QUEUE = "queue"
    """A queue; '' is the whole house."""
    AGENT = "agent"
    NODE = "node"
    """A node of a tree, ``tree/node``."""


HOUSE = ""

OF_CALLS_OUT = frozenset({Outcome.NOT_REACHED})
_OUTCOMES = tuple(
    str(one) for one in Outcome if one not in GIVEN_UP | {Outcome.ANSWERED} | OF_CALLS_OUT
)
RINGS = ("ring_1", "ring_2", "ring_3", "ring_later")
MISSED = tuple(f"missed_{kind}" for kind in NoAnswer)
TIMES = {
    AgentState.READY: "ready_ms",
    AgentState.OFFERED: "offered_ms",
    AgentState.TALKING: "talking_ms",
    AgentState.WRAPPING_UP: "wrap_up_ms",
    AgentState.NOT_READY: "not_ready_ms",
    AgentState.NOT_RESPONDING: "not_responding_ms",
}
"""State of an agent to how long it lasted; who is logged out is not counted."""
_SERVED = ("answered", "in_rule", "ruled", *RINGS, "answer_ms", "talk_ms")
_EFFORT = ("efforts", "effort_steps")
_JUDGED = ("scored", "satisfied", "score_sum", "repeated")

MEASURES: dict[Subject, tuple[str, ...]] = {
    Subject.QUEUE: (
        "calls", "offered", "abandoned", *_SERVED, "waited_ms", "wrap_up_ms", *_OUTCOMES, *_JUDGED,
        *_EFFORT,
    ),
    Subject.AGENT: (*_SERVED, "rung", "talks", "ring_ms", *MISSED, *_JUDGED, *TIMES.values()),
    Subject.NODE: ("visits", "left", "served"),
}  # fmt: skip
"""What is counted of whom; each may be added up over time."""


class Key(msgspec.Struct, frozen=True, order=True):
    subject: Subject
    slot: int
    """When the slot begins in which the call did, seconds since the epoch."""
    id: str


class Tally:
    """Counts that may be added up, and taken away again. What is nought is not there."""

    __slots__ = ("answered", "counts", "given_up")

    def __init__(self) -> None:
        self.counts: defaultdict[str, int] = defaultdict(int)
        self.answered: defaultdict[int, int] = defaultdict(int)
        """Waits (calls.waits) of those who were answered."""
        self.given_up: defaultdict[int, int] = defaultdict(int)
        """Waits of those who gave up."""

    def add(self, other: "Tally", times: int = 1) -> None:
        """``times`` -1 takes it away."""
        pairs = (
            (self.counts, other.counts),
            (self.answered, other.answered),
            (self.given_up, other.given_up),
        )
        for mine, theirs in pairs:
            for what, count in theirs.items():
                mine[what] += count * times  # type: ignore[index]

    def __getitem__(self, measure: str) -> int:
        return self.counts.get(measure, 0)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Tally) and self._told() == other._told()

    __hash__ = None  # type: ignore[assignment]

    def __repr__(self) -> str:
        return f"Tally{self._told()}"

    def _told(self) -> tuple[dict[str, int], dict[int, int], dict[int, int]]:
        return _no_noughts(self.counts), _no_noughts(self.answered), _no_noughts(self.given_up)


Tallies = defaultdict[Key, Tally]


def tallies() -> Tallies:
    return defaultdict(Tally)


def slot_of(at: float) -> int:
    return int(at // SLOT_S) * SLOT_S


def count(into: Tallies, record: CallRecord, times: int = 1) -> None:
    """Add the call (or take it away); whether it was repeated is counted by ``repeated``. A call an
    agent made counts for her alone: nobody waited for it."""
    slot = slot_of(record.started_at)
    call = _call(record)
    if record.out_by is None:
        into[Key(Subject.QUEUE, slot, HOUSE)].add(call, times)
    if record.queue is not None and record.first_queued_at is not None:
        into[Key(Subject.QUEUE, slot, record.queue)].add(call, times)
    for agent, tally in _agents(record):
        into[Key(Subject.AGENT, slot, agent)].add(tally, times)
    for node, tally in _nodes(record):
        into[Key(Subject.NODE, slot, node)].add(tally, times)


class Contact(msgspec.Struct, frozen=True):
    """As much of a call as tells whether somebody had to call again."""

    call: CallId
    number: str
    queue: str
    started_at: float
    answered: bool
    agent: str = ""


def contact_of(record: CallRecord) -> Contact | None:
    """None for a call that came to no queue, or from nobody known."""
    if not record.number or record.queue is None or record.first_queued_at is None:
        return None
    return Contact(
        record.call,
        record.number,
        record.queue,
        record.started_at,
        record.answered_at is not None,
        record.agent or "",
    )


def repeated(contacts: Iterable[Contact]) -> dict[Contact, Contact]:
    """Those answered whose caller came to the same queue, so about the same thing, again within
    REPEAT_S; each with the call she made then."""
    found: dict[Contact, Contact] = {}
    last: dict[tuple[str, str], Contact] = {}
    for contact in sorted(contacts, key=lambda one: (one.started_at, one.call)):
        caller = (contact.number, contact.queue)
        before = last.get(caller)
        if before and before.answered and contact.started_at - before.started_at <= REPEAT_S:
            found[before] = contact
        last[caller] = contact
    return found


def count_repeated(into: Tallies, contact: Contact, times: int = 1) -> None:
    slot = slot_of(contact.started_at)
    of = [(Subject.QUEUE, HOUSE), (Subject.QUEUE, contact.queue)]
    if contact.agent:
        of.append((Subject.AGENT, contact.agent))
    for subject, id in of:
        counts = into[Key(subject, slot, id)].counts
        counts["repeated"] += times
        if subject is Subject.QUEUE:
            counts["effort_steps"] += times * EFFORT[Burden.CALLED_AGAIN]


def count_time(
    into: Tallies,
    agent: str,
    state: AgentState,
    since: float,
    until: float,
    queue: str | None = None,
) -> None:
    """The agent was in that state for so long: spread over the slots it lasted through. Wrap-up
    after a call of ``queue`` is that queue's, too."""
    measure = TIMES.get(state)
    for slot, ms in _spread(since, until) if measure else ():
        into[Key(Subject.AGENT, slot, agent)].counts[measure or ""] += ms
        if state is AgentState.WRAPPING_UP and queue is not None:
            for id in (HOUSE, queue):
                into[Key(Subject.QUEUE, slot, id)].counts["wrap_up_ms"] += ms


def _call(record: CallRecord) -> Tally:
    tally = Tally()
    counts = tally.counts
    counts["calls"] = 1
    counts["waited_ms"] = _ms(record.waited_s)
    counts["offered"] = int(record.first_queued_at is not None)
    if record.outcome in GIVEN_UP:
        counts["abandoned"] = 1
        tally.given_up[bucket_of(record.waited_s)] = 1
    elif record.outcome is not None and record.outcome is not Outcome.ANSWERED:
        counts[str(record.outcome)] = 1
    if record.outcome is not None:
        counts["efforts"] = 1
        counts["effort_steps"] = effort_of(record)
    _answer(record, counts)
    if record.answered_at is not None and record.answer_s is not None:
        tally.answered[bucket_of(record.answer_s)] = 1
    counts["talk_ms"] = _ms(record.talk_s)
    _scores(record, counts)
    return tally


def _answer(record: CallRecord, counts: defaultdict[str, int]) -> None:
    if record.answered_at is None:
        return
    counts["answered"] = 1
    counts["ruled"] = int(record.within_rule is not None)
    counts["in_rule"] = int(record.within_rule is True)
    if record.ring is not None:
        counts[RINGS[min(max(record.ring, 1), len(RINGS)) - 1]] = 1
    if record.answer_s is not None:
        counts["answer_ms"] = _ms(record.answer_s)


def _scores(record: CallRecord, counts: defaultdict[str, int]) -> None:
    for score in record.scores.values():
        counts["scored"] += 1
        counts["satisfied"] += int(score >= SATISFIED)
        counts["score_sum"] += score


def _agents(record: CallRecord) -> Iterator[tuple[str, Tally]]:
    found: defaultdict[str, Tally] = defaultdict(Tally)
    for leg in record.legs:
        if leg.agent is not None:
            _leg(leg, found[leg.agent].counts)
    if record.agent is not None:
        _answer(record, found[record.agent].counts)
    judged = record.last_agent or record.agent
    if judged is not None:
        _scores(record, found[judged].counts)
    yield from found.items()


def _leg(leg: Leg, counts: defaultdict[str, int]) -> None:
    counts["rung"] += 1
    if leg.rang_at is not None:
        over = leg.answered_at or leg.ended_at or leg.rang_at
        counts["ring_ms"] += _ms(max(0.0, over - leg.rang_at))
    if leg.talk_at is not None and leg.ended_at is not None:
        counts["talks"] += 1
        counts["talk_ms"] += _ms(max(0.0, leg.ended_at - leg.talk_at))
    if leg.missed is not None:
        counts[f"missed_{leg.missed}"] += 1


def _nodes(record: CallRecord) -> Iterator[tuple[str, Tally]]:
    if record.tree is None:
        return
    found: defaultdict[str, Tally] = defaultdict(Tally)
    for node in record.nodes:
        found[node].counts["visits"] += 1
    for node in record.served:
        found[node].counts["served"] += 1
    if record.nodes and record.outcome is Outcome.ABANDONED_IN_MENU:
        found[record.nodes[-1]].counts["left"] += 1
    for node, tally in found.items():
        yield f"{record.tree}/{node}", tally


def _spread(since: float, until: float) -> Iterator[tuple[int, int]]:
    """Slot to milliseconds in it; their sum is the whole, to the millisecond."""
    begin, end = _ms(since), _ms(until)
    width = SLOT_S * 1000
    while begin < end:
        slot = begin // width
        stop = min(end, (slot + 1) * width)
        yield slot * SLOT_S, stop - begin
        begin = stop


def _ms(seconds: float) -> int:
    return round(seconds * 1000)


def _no_noughts(counts: dict[What, int]) -> dict[What, int]:
    return {what: count for what, count in counts.items() if count}
