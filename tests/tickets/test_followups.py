"""Follow-ups over every place where they are kept: each occasion once, in time, written down."""

from collections.abc import Callable
from typing import Any

import pytest
from msgspec.structs import replace

from calls.clock import ManualClock
from calls.fold import fold
from calls.ids import AgentId, CustomerId, TicketId
from calls.record import CallRecord
from calls.rights import Who
from calls.words import Role
from config.forms_shipped import shipped_forms
from storage.database import Database
from storage.offload import Offload
from storage.worker import Worker
from tests.calls.tables import facts
from tests.tickets.house import ANSWERED, CALENDAR, ENDED, HOUR, MONDAY_9, RULES, TALKED, House
from tests.tickets.test_follow_up_plan import PLAN
from tickets.changes import Change, Reply
from tickets.complaints.model import Asked, Category, Step
from tickets.complaints.service import Complaints
from tickets.desk import Desk
from tickets.followups.model import (
    DAY_S,
    AlreadyOver,
    AnswersLack,
    CannotCall,
    FollowUpAnswers,
    FollowUpCause,
    FollowUpEnding,
    FollowUpPlan,
    FollowUpRule,
)
from tickets.followups.opening import FollowUpOpening
from tickets.followups.service import FollowUps, FollowUpStanding
from tickets.followups.sql_store import FollowUpFilter
from tickets.forms.service import Forms
from tickets.handling import Handling
from tickets.model import Channel, TicketState
from tickets.tasks.model import NoSuchTask, TaskByRecord, TaskChanged, TaskState
from tickets.tasks.service import Tasks
from tickets.tasks.sql_store import SqlTasks

pytestmark = pytest.mark.contract

WANG = Who(person="wang", name="王芳", roles=(Role.AGENT,), agent=AgentId("a8001"))
LI = Who(person="li", name="李伟", roles=(Role.AGENT,), agent=AgentId("a8002"))
BOSS = Who(person="boss", name="班长", roles=(Role.SUPERVISOR,))
CHIEF = Who(person="chief", name="主管", roles=(Role.ADMIN,))
NUMBER = "+8613812345678"
CONTENT = FollowUpAnswers(True, 5, "很好")
RunIt = Callable[..., Any]


class Desk5(House):
    """A desk that follows up; ``plan`` and ``barred`` may be changed."""

    def __init__(self, database: Database, run: RunIt) -> None:
        super().__init__(database)
        self.run = run
        self.plan = PLAN
        self.barred: set[str] = set()
        self.clock = ManualClock(MONDAY_9)
        self.offload = Offload(threads=2)
        opening = FollowUpOpening(lambda: self.plan, lambda number: number in self.barred)
        self.handling = Handling(self.store, self.keeper, opening)
        self.desk = Desk(self.store, lambda: RULES, self.keeper, follow_ups=opening)
        today = CALENDAR.date_at
        self.complaints = Complaints(
            self.store, self.handling, self.offload, self.clock, today, opening
        )
        self.follow_ups = FollowUps(
            self.store,
            self.handling,
            lambda: self.plan,
            lambda number: number in self.barred,
            self.offload,
            self.clock,
            today,
        )
        self.tasks = Tasks(SqlTasks(database), self.offload, self.clock)
        self.forms = Forms(self.store, self.offload, Worker(self.clock), self.clock)
        self.forms.ship(shipped_forms())

    def call(self, call: str, score: int = 5, level: str = "gold") -> None:
        """A customer talked with an agent and gave a score; the desk has dealt with it."""
        told = ANSWERED.format(queue="sales").replace("level=gold", f"level={level}")
        story = f"{told}{TALKED}80 SurveyAnswered question=q score={score}\n{ENDED}"
        self.ask(replace(fold(facts(story, call)), ended_at=self.clock.now()))
        self.work(self.clock.now())

    def settle(self, id_: str = "1") -> None:
        change = Change(reply=Reply(Channel.PHONE, "换新的"), state=TicketState.RESOLVED)
        self.handling.change(TicketId(id_), change, "wang", self.clock.now())

    def all(self, who: Who = BOSS, **wanted: Any) -> list[FollowUpStanding]:
        found: list[FollowUpStanding] = self.run(
            self.follow_ups.find(FollowUpFilter(**wanted), who)
        )
        return found

    def one(self) -> FollowUpStanding:
        (only,) = self.all(over=None)
        return only

    def end(
        self, ending: FollowUpEnding, answers: FollowUpAnswers = CONTENT, who: Who = WANG
    ) -> FollowUpStanding:
        task = self.one().follow_up.task
        done: FollowUpStanding = self.run(
            self.follow_ups.end(task.id, ending, answers, who, task.version)
        )
        return done

    def take(self, who: Who = WANG) -> FollowUpStanding:
        task = self.one().follow_up.task
        taken: FollowUpStanding = self.run(self.follow_ups.take(task.id, who, task.version))
        return taken


@pytest.fixture
def desk(database: Database, run: RunIt) -> Desk5:
    return Desk5(database, run)


def reasons(standing: FollowUpStanding) -> list[tuple[str, str | None]]:
    return [(one.cause.value, one.ticket) for one in standing.follow_up.reasons]


def test_d5_a_key_customers_resolved_ticket_is_followed_up_within_three_days(desk: Desk5) -> None:
    desk.call("cn1-1")
    assert desk.all() == []
    desk.clock.advance(HOUR)
    desk.settle()
    one = desk.one().follow_up
    assert (one.rule, one.level, one.person) == ("key", "gold", "c7")
    assert (one.task.kind, one.task.owner, one.task.number) == ("follow_up", "role:agent", NUMBER)
    assert (one.task.ticket, one.task.due_at) == ("1", desk.clock.now() + 3 * DAY_S)
    assert reasons(desk.one()) == [("resolution", "1")]
    assert desk.one().obstacle is None


def test_d5_closed_after_resolved_is_one_cause_and_opened_anew_is_another(desk: Desk5) -> None:
    desk.call("cn1-1")
    desk.settle()
    desk.change(state=TicketState.CLOSED)
    assert reasons(desk.one()) == [("resolution", "1")]
    desk.end(FollowUpEnding.COMPLETE)
    desk.change(state=TicketState.OPEN)
    desk.settle()
    assert [one.follow_up.task.state for one in desk.all(over=None)] == ["open", "done"]


def test_d5_a_ticket_closed_because_nobody_reached_her_is_not_followed_up(desk: Desk5) -> None:
    desk.call("cn1-1")
    unreachable = Reply(Channel.UNREACHABLE, "停机")
    desk.change(reply=unreachable, state=TicketState.CLOSED)
    assert desk.all(over=None) == []


def test_b6_a_low_score_opens_one_task_for_those_who_lead_tied_to_call_and_ticket(
    desk: Desk5,
) -> None:
    desk.call("cn1-1", score=2)
    one = desk.one().follow_up
    assert (one.task.kind, one.task.call, one.task.ticket) == ("low_score", "cn1-1", "1")
    assert [(r.cause, r.call, r.score) for r in one.reasons] == [("low_score", "cn1-1", 2)]
    assert one.task.titles["zh-CN"] == "客户评分 2 分：请了解原因并回访"
    desk.ask(fold(facts(ANSWERED.format(queue="sales") + TALKED + ENDED, "cn1-2")))
    desk.work(desk.clock.now())
    assert len(desk.all()) == 1


def test_d5_a_record_that_comes_twice_opens_one_follow_up(desk: Desk5) -> None:
    desk.ask(low_score("cn1-1"))
    waiting = desk.desk.waiting(10)
    desk.desk.deal_with(waiting, MONDAY_9)
    desk.desk.deal_with(waiting, MONDAY_9)
    assert reasons(desk.one()) == [("low_score", "1")]


def test_d5_two_occasions_of_one_customer_make_one_call(desk: Desk5) -> None:
    desk.call("cn1-1", score=1)
    desk.settle()
    assert reasons(desk.one()) == [("low_score", "1"), ("resolution", "1")]
    desk.end(FollowUpEnding.COMPLETE, who=BOSS)
    desk.call("cn1-2", score=1)
    assert len(desk.all(over=None)) == 2


def test_d5_nobody_on_the_do_not_call_list_is_followed_up(desk: Desk5) -> None:
    desk.barred.add(NUMBER)
    desk.call("cn1-1")
    desk.settle()
    assert desk.all(over=None) == []
    desk.call("cn1-2", score=1)
    assert desk.one().obstacle == "do_not_call"
    with pytest.raises(CannotCall, match="do_not_call"):
        desk.take(BOSS)


def test_d5_she_is_never_called_in_her_rest_time(desk: Desk5) -> None:
    desk.call("cn1-1")
    desk.settle()
    for at, obstacle, callable_at in (
        (MONDAY_9 + 4 * HOUR, "rest", MONDAY_9 + 5 * HOUR),
        (MONDAY_9 + 12 * HOUR, "rest", MONDAY_9 + DAY_S),
        (MONDAY_9 + DAY_S, None, None),
    ):
        desk.clock.advance(at - desk.clock.now())
        standing = desk.one()
        assert (standing.obstacle, standing.callable_at) == (obstacle, callable_at)
        if obstacle:
            with pytest.raises(CannotCall, match=obstacle):
                desk.take()
    assert desk.take().follow_up.task.owner == "person:wang"


def test_d5_who_was_not_reached_is_called_again_later_and_not_for_ever(desk: Desk5) -> None:
    desk.call("cn1-1")
    desk.settle()
    desk.take()
    again = desk.end(FollowUpEnding.NOT_REACHED, FollowUpAnswers())
    assert (again.follow_up.task.state, again.follow_up.task.owner) == ("open", "role:agent")
    assert (again.obstacle, again.callable_at) == ("later", MONDAY_9 + 2 * HOUR)
    desk.clock.advance(2 * HOUR)
    desk.take(LI)
    later = desk.end(FollowUpEnding.NOT_FINISHED, FollowUpAnswers(opinion="在开会"), LI)
    assert (later.obstacle, later.callable_at) == ("later", MONDAY_9 + 5 * HOUR)
    desk.clock.advance(3 * HOUR)
    last = desk.end(FollowUpEnding.NOT_REACHED, FollowUpAnswers(), LI).follow_up
    assert (last.task.state, last.ending) == (TaskState.UNFINISHED, FollowUpEnding.NOT_REACHED)
    assert [(one.who, one.ending, one.note) for one in last.tries] == [
        ("wang", "not_reached", ""),
        ("li", "not_finished", "在开会"),
        ("li", "not_reached", ""),
    ]
    with pytest.raises(AlreadyOver):
        desk.end(FollowUpEnding.COMPLETE)


def test_d5_a_complete_record_is_whole_and_stands_on_ticket_and_form(desk: Desk5) -> None:
    desk.call("cn1-1")
    desk.settle()
    for answers, field in (
        (FollowUpAnswers(None, 5), "solved"),
        (FollowUpAnswers(True, None), "score"),
    ):
        with pytest.raises(AnswersLack, match=field):
            desk.end(FollowUpEnding.COMPLETE, answers)
    done = desk.end(FollowUpEnding.COMPLETE).follow_up
    assert (done.task.state, done.task.closed_by, done.answers) == ("done", "wang", CONTENT)
    ticket = desk.tickets()[0]
    assert [one.text for one in ticket.entries if one.kind == "follow_up"] == ["complete: 很好"]
    (form,) = desk.run(desk.forms.of_ticket(TicketId("1"), BOSS))
    assert form.data == {
        "number": NUMBER,
        "date": "2024-01-08",
        "reason": "resolved",
        "reached": "yes",
        "solved": "yes",
        "score": 5,
        "opinion": "很好",
        "agent": "王芳",
    }
    assert ticket.state is TicketState.RESOLVED


def test_d5_what_is_not_solved_opens_the_ticket_anew(desk: Desk5) -> None:
    desk.call("cn1-1")
    desk.settle()
    desk.end(FollowUpEnding.COMPLETE, FollowUpAnswers(False, 2, "还是坏的"))
    (ticket,) = desk.tickets()
    assert (ticket.state, ticket.answered_at, ticket.owner) == (TicketState.OPEN, None, "")
    desk.settle()
    assert reasons(desk.all()[0]) == [("resolution", "1")]


@pytest.mark.parametrize(("solved", "state"), [(True, "followed_up"), (False, "accepted")])
def test_d4_and_d5_a_complaint_is_followed_up_and_goes_on(
    desk: Desk5, solved: bool, state: str
) -> None:
    desk.call("cn1-1", level="normal")
    id_ = TicketId("1")
    complaint = desk.run(desk.complaints.receive(id_, WANG))
    for who, step in (
        (WANG, Asked(Step.ACCEPT)),
        (WANG, Asked(Step.JUDGE_STANDS, "是")),
        (WANG, Asked(Step.CLASSIFY, category=Category.PRICE)),
        (WANG, Asked(Step.ASSIGN, department="sales")),
        (WANG, Asked(Step.INVESTIGATE, "多收")),
        (WANG, Asked(Step.PROPOSE, "退")),
        (BOSS, Asked(Step.APPROVE, "可以")),
        (WANG, Asked(Step.ANSWER, "已退")),
    ):
        complaint = desk.run(desk.complaints.take(id_, step, complaint.version, who))
    desk.change(state=TicketState.RESOLVED)
    assert reasons(desk.one()) == [("complaint", "1")]
    desk.end(FollowUpEnding.COMPLETE, FollowUpAnswers(solved, 3, ""))
    assert desk.run(desk.complaints.get(id_, WANG)).state == state


def test_d5_a_ticket_opened_anew_is_not_followed_up_any_more(desk: Desk5) -> None:
    desk.call("cn1-1")
    desk.settle()
    desk.change(state=TicketState.OPEN)
    assert [one.follow_up.task.state for one in desk.all(over=None)] == ["cancelled"]
    desk.settle()
    assert [one.follow_up.task.state for one in desk.all(over=None)] == ["open", "cancelled"]


def test_d5_one_with_another_reason_besides_is_still_made(desk: Desk5) -> None:
    desk.call("cn1-1", score=1)
    desk.settle()
    desk.change(state=TicketState.OPEN)
    assert desk.one().follow_up.task.state == "open"


def test_d5_who_wants_no_such_calls_gets_none_any_more(desk: Desk5) -> None:
    desk.call("cn1-1")
    desk.settle()
    assert desk.end(FollowUpEnding.DECLINED, FollowUpAnswers()).follow_up.task.state == "done"
    desk.change(state=TicketState.OPEN)
    desk.settle()
    assert desk.all() == []


def test_d5_each_sees_her_own_and_an_old_copy_changes_nothing(desk: Desk5) -> None:
    desk.plan = FollowUpPlan(
        (FollowUpRule("low", FollowUpCause.LOW_SCORE, score_below=3, by=PLAN.rules[1].by),),
        PLAN.hours,
    )
    desk.call("cn1-1", score=1)
    desk.take()
    assert len(desk.all(WANG)) == 1
    assert desk.all(LI) == []
    with pytest.raises(NoSuchTask):
        desk.end(FollowUpEnding.COMPLETE, who=LI)
    task = desk.one().follow_up.task
    with pytest.raises(TaskChanged):
        desk.run(desk.follow_ups.end(task.id, FollowUpEnding.COMPLETE, CONTENT, WANG, 1))


def test_tic_8_a_follow_up_left_undone_is_shown_to_those_who_lead(desk: Desk5) -> None:
    desk.call("cn1-1")
    desk.settle()
    desk.clock.advance(3 * DAY_S + 1)
    desk.tasks.step(desk.clock.now())
    mine = desk.all(BOSS, owners=("person:boss",), or_escalated=True)
    assert [one.follow_up.task.escalated_at for one in mine] == [desk.clock.now()]
    with pytest.raises(TaskByRecord):
        desk.run(desk.tasks.close(desk.one().follow_up.task.id, TaskState.DONE, "", WANG, 1))


def test_d5_how_well_it_is_kept_is_counted_by_cause_and_for_key_customers(desk: Desk5) -> None:
    desk.call("cn1-1", score=1)
    desk.end(FollowUpEnding.COMPLETE, who=BOSS)
    desk.call("cn1-2", score=1)
    desk.clock.advance(4 * DAY_S)
    (low,) = desk.run(desk.follow_ups.figures(MONDAY_9, MONDAY_9 + DAY_S))
    assert (low.cause, low.opened, low.complete, low.in_time) == ("low_score", 2, 1, 1)
    assert (low.waiting, low.late, low.key_opened, low.key_complete) == (1, 1, 2, 1)


def test_d5_a_call_can_be_followed_up_by_rule_and_one_an_agent_made_never_is(desk: Desk5) -> None:
    desk.plan = FollowUpPlan((FollowUpRule("calls", FollowUpCause.CALL),), PLAN.hours)
    made = replace(low_score("cn1-1"), out_by=AgentId("a2"))
    desk.ask(made)
    desk.ask(low_score("cn1-2"))
    desk.work()
    assert reasons(desk.one()) == [("call", desk.tickets()[0].id)]
    assert desk.one().follow_up.task.customer == CustomerId("c7")


def low_score(call: str) -> CallRecord:
    story = f"{ANSWERED.format(queue='sales')}{TALKED}80 SurveyAnswered question=q score=1\n{ENDED}"
    return fold(facts(story, call))
