"""An occasion becomes a follow-up, once, in the unit of work that gave rise to it; or joins the one
its customer is waiting for. Synchronous.
"""

from collections.abc import Callable
from dataclasses import replace
from typing import Protocol

from calls import tasks
from calls.ids import TicketId
from calls.record import CallRecord
from calls.tasks import TaskKind
from calls.words import Language, Role
from tickets.followups.model import (
    FollowUp,
    FollowUpCause,
    FollowUpPlan,
    FollowUpReason,
    FollowUpRule,
    Occasion,
    Pool,
)
from tickets.followups.sql_store import SqlFollowUps
from tickets.model import Ticket
from tickets.tasks.model import Task, TaskState
from tickets.tasks.ports import TaskRows


class Rows(Protocol):
    """As much of a unit of work as this needs."""

    @property
    def tasks(self) -> TaskRows: ...

    @property
    def follow_ups(self) -> SqlFollowUps: ...


class FollowUpOpening:
    def __init__(
        self, plan: Callable[[], FollowUpPlan], barred: Callable[[str], bool] = lambda number: False
    ) -> None:
        """``plan``: the one in force now. ``barred``: whether a number is never to be called."""
        self._plan = plan
        self._barred = barred

    def after_call(
        self, rows: Rows, record: CallRecord, ticket: TicketId | None, now: float
    ) -> None:
        """An answered call, and what she thought of it; calls that agents made ask for nothing.
        ``ticket``: the one the call is on."""
        if record.out_by is not None:
            return
        if record.scores:
            self._meet(rows, _of_call(FollowUpCause.LOW_SCORE, record, ticket), now)
        if record.answered_at is not None:
            self._meet(rows, _of_call(FollowUpCause.CALL, record, ticket), now)

    def after_closing(self, rows: Rows, ticket: Ticket, now: float) -> None:
        """Its answer was given and it is closed. Opened anew and closed again it is followed up
        again."""
        round = max((one.round for one in ticket.clocks), default=1)
        key = f"{FollowUpCause.RESOLUTION}:{ticket.id}:{round}"
        self._meet(rows, _of_ticket(FollowUpCause.RESOLUTION, key, ticket, now), now)

    def after_complaint(self, rows: Rows, ticket: Ticket, version: int, now: float) -> None:
        """``version``: of the complaint as it was answered."""
        key = f"{FollowUpCause.COMPLAINT}:{ticket.id}:{version}"
        self._meet(rows, _of_ticket(FollowUpCause.COMPLAINT, key, ticket, now), now)

    def needless(self, rows: Rows, ticket: TicketId, cause: FollowUpCause, now: float) -> None:
        """What it was to ask about has come up by itself: nobody calls for this alone."""
        for one in rows.follow_ups.open_for(ticket, cause):
            if all((reason.ticket, reason.cause) == (ticket, cause) for reason in one.reasons):
                task = one.task
                dropped = replace(task, state=TaskState.CANCELLED, closed_at=now, updated_at=now)
                rows.tasks.save(replace(dropped, version=task.version + 1))

    def _meet(self, rows: Rows, occasion: Occasion, now: float) -> None:
        plan = self._plan()
        rule = plan.rule_for(occasion)
        if rule is None or not self._may_ever(rows, occasion):
            return
        known = rows.follow_ups.open_of(occasion.person) if occasion.person else None
        if known is not None:
            rows.follow_ups.join(known, occasion.key, _reason(occasion))
            return
        wanted = _follow_up(plan, rule, occasion, now)
        task = rows.tasks.add(wanted.task)
        if task is not None:
            rows.follow_ups.add(task, wanted)
            rows.follow_ups.join(task, occasion.key, _reason(occasion))

    def _may_ever(self, rows: Rows, occasion: Occasion) -> bool:
        """A low score is looked into even where nobody may call."""
        if rows.follow_ups.knows(occasion.key):
            return False
        if occasion.cause is FollowUpCause.LOW_SCORE:
            return True
        if not occasion.number or self._barred(occasion.number):
            return False
        return not rows.follow_ups.declined(occasion.person)


NO_FOLLOW_UPS = FollowUpOpening(FollowUpPlan)
"""Nobody is followed up: a plan without rules."""


def _of_call(cause: FollowUpCause, record: CallRecord, ticket: TicketId | None) -> Occasion:
    return Occasion(
        key=f"{cause}:{record.call}",
        cause=cause,
        at=record.ended_at or record.started_at,
        customer=record.customer,
        number=record.number,
        level=record.level,
        queue=record.queue,
        ticket=ticket,
        call=record.call,
        agent=record.last_agent,
        score=min(record.scores.values(), default=None),
    )


def _of_ticket(cause: FollowUpCause, key: str, ticket: Ticket, at: float) -> Occasion:
    return Occasion(
        key=key,
        cause=cause,
        at=at,
        customer=ticket.customer,
        number=ticket.number,
        level=ticket.level,
        queue=ticket.queue,
        ticket=ticket.id,
        agent=ticket.assignee,
    )


def _reason(occasion: Occasion) -> FollowUpReason:
    return FollowUpReason(
        occasion.cause, occasion.at, occasion.ticket, occasion.call, occasion.score
    )


def _follow_up(plan: FollowUpPlan, rule: FollowUpRule, occasion: Occasion, now: float) -> FollowUp:
    pool = _pool(rule.by, occasion)
    low = occasion.cause is FollowUpCause.LOW_SCORE
    task = Task(
        id=0,
        key=f"follow_up:{occasion.key}",
        kind=TaskKind.LOW_SCORE if low else TaskKind.FOLLOW_UP,
        owner=pool,
        opened_at=now,
        updated_at=now,
        titles=_titles(occasion),
        due_at=plan.due_at(occasion.at),
        ticket=occasion.ticket,
        call=occasion.call,
        customer=occasion.customer,
        number=occasion.number,
        queue=occasion.queue,
    )
    return FollowUp(
        task=task,
        cause=occasion.cause,
        rule=rule.name,
        person=occasion.person,
        pool=pool,
        level=occasion.level,
    )


def _pool(by: Pool, occasion: Occasion) -> str:
    if by is Pool.SUPERVISORS:
        return tasks.role(Role.SUPERVISOR)
    if by is Pool.WHO_TALKED and occasion.agent is not None:
        return tasks.agent(occasion.agent)
    return tasks.role(Role.AGENT)


def _titles(occasion: Occasion) -> dict[str, str]:
    zh, en = _SAID[occasion.cause]
    values = {"ticket": occasion.ticket, "score": occasion.score}
    return {Language.ZH.value: zh.format(**values), Language.EN.value: en.format(**values)}


_SAID = {
    FollowUpCause.RESOLUTION: (
        "回访：工单 {ticket} 是否已解决？",
        "Follow up: is what ticket {ticket} was about solved?",
    ),
    FollowUpCause.COMPLAINT: (
        "投诉回访：客户对工单 {ticket} 的答复是否满意？",
        "Follow up on a complaint: is she content with the answer of ticket {ticket}?",
    ),
    FollowUpCause.LOW_SCORE: (
        "客户评分 {score} 分：请了解原因并回访",
        "She gave a score of {score}: find out why, and call her",
    ),
    FollowUpCause.CALL: ("回访：来电的问题是否已解决？", "Follow up: was her call of use?"),
}
