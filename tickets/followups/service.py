"""Follow-ups as people make them: taken, called, written down, each once; and how well it is kept.

What a customer says has consequences in the same unit of work: what is not solved opens her ticket
anew, and a complaint goes on to its next step.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any, TypeVar

from calls.clock import Clock
from calls.rights import Who
from calls.tasks import owners_of, person
from storage.offload import Offload
from tickets.changes import Change
from tickets.complaints import model as complaints
from tickets.complaints.service import step_within
from tickets.followups.model import (
    AGAIN,
    AlreadyOver,
    AnswersLack,
    CannotCall,
    FollowUp,
    FollowUpAnswers,
    FollowUpCause,
    FollowUpEnding,
    FollowUpObstacle,
    FollowUpPlan,
    FollowUpTry,
    obstacle,
)
from tickets.followups.sql_store import FollowUpFigures, FollowUpFilter
from tickets.forms.sql_store import Filled
from tickets.handling import Handling
from tickets.model import LIVE, Entry, EntryKind, Ticket, TicketState
from tickets.ports import TicketRows, TicketStore
from tickets.tasks.model import NoSuchTask, Task, TaskChanged, TaskState

FORM = "follow-up"
"""The form a whole record is filled in on, where the site has it."""
MAX_PAGE = 200
T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class FollowUpStanding:
    """A follow-up and whether she may be called now."""

    follow_up: FollowUp
    obstacle: FollowUpObstacle | None
    callable_at: float | None
    """When she may be, where it is only a matter of time."""


class FollowUps:
    def __init__(
        self,
        store: TicketStore,
        handling: Handling,
        plan: Callable[[], FollowUpPlan],
        barred: Callable[[str], bool],
        offload: Offload,
        clock: Clock,
        today: Callable[[float], date],
    ) -> None:
        """``barred``: whether a number is never to be called; ``today``: the date on the hotline's
        wall."""
        self._store = store
        self._handling = handling
        self._plan = plan
        self._barred = barred
        self._offload = offload
        self._clock = clock
        self._today = today

    async def find(
        self, wanted: FollowUpFilter, who: Who, limit: int = 50, skip: int = 0
    ) -> list[FollowUpStanding]:
        """Soonest due first, at most MAX_PAGE, and no other's but for those who lead."""
        if not who.sees_all():
            wanted = replace(wanted, owners=owners_of(who), or_escalated=False)

        def look(rows: TicketRows) -> list[FollowUpStanding]:
            found = rows.follow_ups.find(wanted, min(limit, MAX_PAGE), skip)
            return [self._standing(one) for one in found]

        return await self._look(look)

    async def get(self, id_: int, who: Who) -> FollowUpStanding:
        """Raises NoSuchTask, for somebody else's, too."""
        return await self._look(lambda rows: self._standing(_hers(rows, id_, who)))

    async def figures(self, since: float, until: float) -> list[FollowUpFigures]:
        now = self._clock.now()
        return await self._look(lambda rows: rows.follow_ups.figures(since, until, now))

    async def take(self, id_: int, who: Who, version: int) -> FollowUpStanding:
        """It is hers, and she may call now. Raises NoSuchTask, TaskChanged, CannotCall."""

        def take(rows: TicketRows) -> FollowUpStanding:
            one = _seen(_hers(rows, id_, who), version)
            why = self._obstacle(one)
            if why is not None:
                raise CannotCall(why)
            task = one.task
            if task.owner != person(who.person):
                self._keep(rows, replace(task, owner=person(who.person)))
            return self._standing(_hers(rows, id_, who))

        return await self._change(take)

    async def end(
        self, id_: int, ending: FollowUpEnding, answers: FollowUpAnswers, who: Who, version: int
    ) -> FollowUpStanding:
        """Write down what came of it. Raises NoSuchTask, TaskChanged, AlreadyOver, AnswersLack;
        then nothing was kept."""
        if ending is FollowUpEnding.COMPLETE:
            _refuse_lacking(answers)

        def end(rows: TicketRows) -> FollowUpStanding:
            one = _hers(rows, id_, who)
            if one.task.state is not TaskState.OPEN:
                raise AlreadyOver(one)
            self._end(rows, _seen(one, version), ending, answers, who)
            return self._standing(_whole(rows, id_))

        return await self._change(end)

    # Inside

    def _end(
        self,
        rows: TicketRows,
        one: FollowUp,
        ending: FollowUpEnding,
        answers: FollowUpAnswers,
        who: Who,
    ) -> None:
        now, plan = self._clock.now(), self._plan()
        rows.follow_ups.tried(one.task.id, FollowUpTry(now, who.person, ending, answers.opinion))
        if ending in AGAIN and len(one.tries) + 1 < plan.tries:
            # Whoever is there when she may be called again makes it.
            rows.follow_ups.save(replace(one, next_at=plan.next_try_at(now)))
            self._keep(rows, replace(one.task, owner=one.pool))
            return
        over = replace(one, ended_at=now, ending=ending, next_at=None, answers=answers)
        rows.follow_ups.save(over)
        done = ending not in AGAIN
        self._keep(
            rows,
            replace(
                one.task,
                state=TaskState.DONE if done else TaskState.UNFINISHED,
                outcome=answers.opinion or one.task.outcome,
                closed_by=who.person,
                closed_at=now,
            ),
        )
        for ticket in dict.fromkeys(one.ticket for one in one.reasons if one.ticket):
            known = rows.get(ticket)
            if known is not None:
                self._on_ticket(rows, known, over, who, now)

    def _on_ticket(
        self, rows: TicketRows, ticket: Ticket, one: FollowUp, who: Who, now: float
    ) -> None:
        answers, ending = one.answers, one.ending
        text = f"{ending}: {answers.opinion}" if answers.opinion else f"{ending}"
        rows.write(ticket.id, Entry(now, who.person, EntryKind.FOLLOW_UP, text))
        rows.mark(ticket.id)
        if ending is not FollowUpEnding.COMPLETE:
            return
        self._fill_form(rows, ticket, one, who, now)
        content = answers.solved is not False
        complaint = rows.complaints.get(ticket.id)
        if complaint is not None and complaint.state is complaints.State.ANSWERED:
            step = complaints.Step.FOLLOW_UP if content else complaints.Step.NOT_CONTENT
            said = answers.opinion or f"{answers.score or ''}"
            asked = complaints.Asked(step, said or str(ending))
            step_within(rows, self._handling, complaint, asked, who, now)
        elif not content and ticket.state not in LIVE and ticket.merged_into is None:
            change = Change(state=TicketState.OPEN)
            self._handling.within(rows, ticket.id, change, who.person, now)

    def _fill_form(
        self, rows: TicketRows, ticket: Ticket, one: FollowUp, who: Who, now: float
    ) -> None:
        """What was asked stands on the site's form, too, for print and statistics."""
        form = rows.forms.get(FORM)
        if form is None:
            return
        known = next((f for f in rows.forms.of_ticket(ticket.id) if f.form == FORM), None)
        data = {
            name: value
            for name, value in self._form_data(one, who, now).items()
            if name in form.document["properties"]
        }
        number, version = (known.number, known.version) if known else (form.number, 0)
        id_ = known.id if known else 0
        rows.forms.keep(Filled(id_, ticket.id, FORM, number, data, version + 1, now, who.person))

    def _form_data(self, one: FollowUp, who: Who, now: float) -> dict[str, Any]:
        answers = one.answers
        solved = None if answers.solved is None else ("yes" if answers.solved else "no")
        data: dict[str, Any] = {
            "number": one.task.number,
            "date": self._today(now).isoformat(),
            "reason": _FORM_REASON[one.reasons[0].cause] if one.reasons else None,
            "reached": "yes",
            "solved": solved,
            "score": answers.score,
            "opinion": answers.opinion,
            "agent": who.name,
        }
        return {name: value for name, value in data.items() if value not in (None, "")}

    def _keep(self, rows: TicketRows, task: Task) -> None:
        now = self._clock.now()
        rows.tasks.save(replace(task, version=task.version + 1, updated_at=now))

    def _obstacle(self, one: FollowUp) -> FollowUpObstacle | None:
        number = one.task.number
        barred = bool(number) and self._barred(number)
        return obstacle(one, self._plan(), barred, self._clock.now())

    def _standing(self, one: FollowUp) -> FollowUpStanding:
        why = self._obstacle(one)
        at = None
        if why in (FollowUpObstacle.REST, FollowUpObstacle.LATER):
            at = self._plan().callable_from(max(self._clock.now(), one.next_at or 0.0))
        return FollowUpStanding(one, why, at)

    async def _look(self, look: Callable[[TicketRows], T]) -> T:
        def looked() -> T:
            with self._store.reading() as rows:
                return look(rows)

        return await self._offload.run(looked)

    async def _change(self, change: Callable[[TicketRows], T]) -> T:
        def changed() -> T:
            with self._store.writing() as rows:
                return change(rows)

        return await self._offload.run(changed)


def _whole(rows: TicketRows, id_: int) -> FollowUp:
    one = rows.follow_ups.get(id_)
    if one is None:
        raise NoSuchTask
    return one


def _hers(rows: TicketRows, id_: int, who: Who) -> FollowUp:
    one = _whole(rows, id_)
    if not (who.sees_all() or one.task.owner in owners_of(who)):
        raise NoSuchTask
    return one


def _seen(one: FollowUp, version: int) -> FollowUp:
    if one.task.version != version:
        raise TaskChanged(one.task)
    return one


def _refuse_lacking(answers: FollowUpAnswers) -> None:
    """A record is whole or it is none."""
    if answers.solved is None:
        raise AnswersLack("solved")
    if answers.score is None:
        raise AnswersLack("score")


_FORM_REASON = {
    FollowUpCause.RESOLUTION: "resolved",
    FollowUpCause.COMPLAINT: "complaint",
    FollowUpCause.LOW_SCORE: "low_score",
    FollowUpCause.CALL: "sample",
}
