"""A day made ready to be lived again: what nobody saw of a caller is drawn from what was seen.

Who gave up keeps her patience; who was answered had at least as much as she waited, and more by the
day's own Kaplan-Meier curve. Talks and wrap-ups of those who never talked come from those who did,
and telephones are answered as fast as that agent's were.
"""

from collections.abc import Sequence

import msgspec

from acd.simulator.chance import chance
from acd.simulator.change import Change, at_work, changed_floor, changed_told
from acd.simulator.day import Day, Lived, Rung
from acd.simulator.figures import QUARTER_S
from acd.simulator.model import INSTANT, Caller, Load, Reaction
from acd.simulator.survival import Survival
from calls.commands import OfferCall
from calls.ids import AgentId, CallId, QueueId
from calls.words import NoAnswer

ENOUGH = 30
"""Below so many cases of one queue or agent, those of all are taken together."""
CANCEL_EARLY_S = 0.25
"""The edge ends the last ring so long before the next one (hotline.offer)."""
FAULTS = (
    NoAnswer.REJECTED,
    NoAnswer.BUSY,
    NoAnswer.NOT_REGISTERED,
    NoAnswer.NEVER_RANG,
    NoAnswer.NOT_ACCEPTED,
    NoAnswer.FAILED,
)
"""Misses that happen however long it may ring; the others are time that ran out."""


class Rehearsal:
    """Made once of a day; ``load`` gives one run of it."""

    def __init__(self, day: Day) -> None:
        self.day = day
        self.workers = at_work(day.told)
        queues: dict[QueueId, list[Lived]] = {}
        for one in day.callers:
            queues.setdefault(one.said.queue, []).append(one)
        self._patience = {id: self._patience_of(some) for id, some in queues.items()}
        self._work = {id: self._work_of(some) for id, some in queues.items()}
        self._phones = Phones(day.rung, day.returned)

    def _patience_of(self, some: Sequence[Lived]) -> Survival:
        known = sum(one.gave_up for one in some) >= ENOUGH
        return patience(some if known else self.day.callers)

    def _work_of(self, some: Sequence[Lived]) -> list[Lived]:
        talked = [one for one in some if one.talk_s is not None]
        return talked or [one for one in self.day.callers if one.talk_s is not None]

    def load(self, change: Change, seed: int) -> Load:
        """One run of a variant; the same seed gives a caller the same luck in all of them."""
        day = self.day
        callers = [self._caller(one, n, seed) for n, one in enumerate(day.callers)]
        callers = _more_or_fewer(callers, change.calls_percent, day, seed)
        numbers = {caller.said.call: n for n, caller in enumerate(callers)}
        return Load(
            floor=changed_floor(change, day.floor, self.workers),
            starts_at=day.starts_at,
            callers=callers,
            told=changed_told(change, day.told, self.workers),
            conduct=Answering(self._phones, numbers, seed),
        )

    def _caller(self, one: Lived, number: int, seed: int) -> Caller:
        queue = one.said.queue
        patience_s = one.wait_s
        if not one.gave_up:
            curve = self._patience[queue]
            patience_s = curve.draw_on(chance(seed, number, 1), beyond=one.wait_s)
        like = one
        if one.talk_s is None:
            some = self._work[queue]
            like = some[int(chance(seed, number, 2) * len(some))] if some else one
        wrap_up_s = None if like.wrap_up_timed else like.wrap_up_s
        return Caller(one.at, one.said, like.talk_s or 0.0, patience_s, wrap_up_s)


def patience(callers: Sequence[Lived]) -> Survival:
    """How long they would have waited: those who gave up show it, the others only so far."""
    return Survival((one.wait_s, one.gave_up) for one in callers)


class Phones:
    """How telephones were answered that day."""

    def __init__(self, rung: Sequence[Rung], returned: Sequence[tuple[float, bool]]) -> None:
        self.returns = Survival(returned)
        self._all = _Habit(rung)
        own: dict[AgentId, list[Rung]] = {}
        for one in rung:
            own.setdefault(one.agent, []).append(one)
        self._own = {id: _Habit(some) for id, some in own.items() if len(some) >= ENOUGH}

    def of(self, agent: AgentId) -> "_Habit":
        return self._own.get(agent, self._all)


class _Habit:
    def __init__(self, rung: Sequence[Rung]) -> None:
        self.faults = [one for one in rung if one.end in FAULTS]
        others = [one for one in rung if one.end not in FAULTS and one.rang_after_s is not None]
        self.fault_share = len(self.faults) / len(rung) if rung else 0.0
        self.answers = Survival((one.after_s, one.end is None) for one in others)
        self.delays = [one.rang_after_s or 0.0 for one in others]


class Answering:
    """A model.Conduct: each offer's fate hangs on caller, attempt and seed alone."""

    def __init__(self, phones: Phones, numbers: dict[CallId, int], seed: int) -> None:
        self._phones, self._numbers, self._seed = phones, numbers, seed

    def react(self, offer: OfferCall, number: int) -> Reaction:
        habit = self._phones.of(offer.agent)
        of = self._numbers.get(offer.call, number) * 64 + offer.attempt
        luck = chance(self._seed, of, 3)
        if luck < habit.fault_share:
            fault = habit.faults[int(luck / habit.fault_share * len(habit.faults))]
            return Reaction(fault.rang_after_s or 0.0, fault.after_s, fault.end)
        if not habit.delays:
            return INSTANT
        rings_s = habit.delays[int(chance(self._seed, of, 4) * len(habit.delays))]
        limit_s = offer.ring_limit_s - CANCEL_EARLY_S
        answers_s = habit.answers.draw(chance(self._seed, of, 5))
        if answers_s < limit_s:
            return Reaction(rings_s, answers_s)
        return Reaction(rings_s, limit_s, NoAnswer.RANG_OUT)

    def returns_after_s(self, number: int) -> float:
        return self._phones.returns.draw(chance(self._seed, number, 7))


def _more_or_fewer(callers: list[Caller], percent: float, day: Day, seed: int) -> list[Caller]:
    """Each caller once more, or not at all, by chance; who is added comes in the same half hour."""
    if not percent:
        return callers
    done = []
    for number, caller in enumerate(callers):
        copies = 1.0 + percent / 100.0
        whole = int(copies) + (chance(seed, number, 6) < copies - int(copies))
        done += [_again(caller, number, n, day, seed) if n else caller for n in range(whole)]
    return sorted(done, key=lambda caller: caller.at)


def _again(caller: Caller, number: int, copy: int, day: Day, seed: int) -> Caller:
    at = caller.at + (2.0 * chance(seed, number, 64 + copy) - 1.0) * QUARTER_S
    call = CallId(f"{caller.said.call}+{copy}")
    return msgspec.structs.replace(
        caller,
        at=min(max(at, day.starts_at), day.ends_at - 1.0),
        said=msgspec.structs.replace(caller.said, call=call),
    )
