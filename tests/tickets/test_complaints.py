"""A complaint's way through the house: the table, and what each step does to its ticket."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest

from calls.clock import ManualClock
from calls.ids import TicketId
from calls.rights import Who
from calls.words import Role
from storage.database import Database
from storage.offload import Offload
from tests.tickets.house import CALENDAR, MONDAY_9, House, talked
from tickets.complaints.model import (
    TABLE,
    WITH_TEXT,
    Asked,
    Category,
    Complaint,
    ComplaintChanged,
    NoSuchComplaint,
    SameEyes,
    State,
    Step,
    StepLacks,
    StepRefused,
    advance,
)
from tickets.complaints.service import Complaints, NotForHer
from tickets.model import NoSuchTicket

pytestmark = pytest.mark.contract

ONE = TicketId("1")
LI = Who(person="li", name="李", roles=(Role.AGENT,))
BOSS = Who(person="boss", name="班长", roles=(Role.SUPERVISOR,))
ZHAO = Who(person="zhao", name="赵", roles=(Role.DEPARTMENT,), departments=("sales",))
WAY = (
    (Step.ACCEPT, {}),
    (Step.JUDGE_STANDS, {"text": "the receipt shows it"}),
    (Step.CLASSIFY, {"category": Category.AFTER_SALES}),
    (Step.ASSIGN, {"department": "service"}),
    (Step.INVESTIGATE, {"text": "the courier lost it"}),
    (Step.PROPOSE, {"text": "send a new one, free"}),
)
RunIt = Callable[..., Any]


class Desk:
    def __init__(self, database: Database, run: RunIt) -> None:
        self.house = House(database)
        self.house.ask(talked("cn1-1", queue="tech"))
        self.house.work()
        self.clock = ManualClock(MONDAY_9)
        self.run = run
        self.complaints = Complaints(
            self.house.store, self.house.handling, Offload(2), self.clock, CALENDAR.date_at
        )

    def take(self, step: Step, who: Who = LI, **more: Any) -> Complaint:
        known = self.run(self.complaints.get(ONE, BOSS))
        return self.run(self.complaints.take(ONE, Asked(step, **more), known.version, who))

    def up_to_the_proposal(self) -> None:
        self.run(self.complaints.receive(ONE, LI))
        for step, more in WAY:
            self.take(step, **more)


@pytest.fixture
def desk(database: Database, run: RunIt) -> Desk:
    return Desk(database, run)


def test_every_state_is_reached_and_every_way_ends_in_the_archive() -> None:
    reached = {State.RECEIVED, *TABLE.values()}
    assert reached == set(State)
    assert {step for _, step in TABLE} == set(Step)
    left = {before for before, _ in TABLE}
    assert [state for state in State if state not in left] == [State.ARCHIVED]


@pytest.mark.parametrize("state", list(State))
@pytest.mark.parametrize("step", list(Step))
def test_what_the_table_does_not_hold_is_refused(state: State, step: Step) -> None:
    complaint = Complaint(ONE, 1.0, state=state)
    asked = Asked(step, "why", Category.PRICE, "service")
    if (state, step) in TABLE:
        assert advance(complaint, asked, "li", 2.0).state is TABLE[state, step]
    else:
        with pytest.raises(StepRefused, match=f"is {state}: next may be"):
            advance(complaint, asked, "li", 2.0)


@pytest.mark.parametrize("step", sorted(WITH_TEXT))
def test_a_step_that_must_say_something_does(step: Step) -> None:
    state = next(before for before, one in TABLE if one is step)
    with pytest.raises(StepLacks, match="text"):
        advance(Complaint(ONE, 1.0, state=state), Asked(step, "  "), "li", 2.0)


def test_classifying_names_a_category_and_assigning_somebody() -> None:
    with pytest.raises(StepLacks, match="category"):
        advance(Complaint(ONE, 1.0, state=State.STANDS), Asked(Step.CLASSIFY), "li", 2.0)
    with pytest.raises(StepLacks, match="department"):
        advance(Complaint(ONE, 1.0, state=State.CLASSIFIED), Asked(Step.ASSIGN), "li", 2.0)


def test_a_complaint_goes_its_way_and_each_step_has_who_and_when(desk: Desk) -> None:
    desk.up_to_the_proposal()
    desk.clock.advance(60)
    desk.take(Step.SEND_BACK, BOSS, text="and an apology")
    desk.take(Step.PROPOSE, text="a new one, and a call")
    desk.take(Step.APPROVE, BOSS, text="good")
    desk.take(Step.ANSWER, text="told her on the phone")
    ticket = desk.house.tickets()[0]
    assert (ticket.department, ticket.answered_at) == ("service", MONDAY_9 + 60)
    assert all(clock.stopped for clock in ticket.clocks)
    desk.take(Step.FOLLOW_UP, text="she is content")
    done = desk.take(Step.ARCHIVE, BOSS)
    assert (done.state, done.stands, done.category) == ("archived", True, "after_sales")
    assert [(one.step, one.who) for one in done.steps[-3:]] == [
        ("answer", "li"),
        ("follow_up", "li"),
        ("archive", "boss"),
    ]
    ticket = desk.house.tickets()[0]
    assert ticket.state == "closed"
    said = [entry.text for entry in ticket.entries if entry.kind == "complaint"]
    assert said[:2] == ["received", "accept"]
    assert said[-1] == "archive"


def test_who_is_not_content_is_looked_after_again(desk: Desk) -> None:
    desk.run(desk.complaints.receive(ONE, LI))
    desk.take(Step.ACCEPT)
    desk.take(Step.JUDGE_UNFOUNDED, text="no such order")
    desk.take(Step.ANSWER, text="told her")
    desk.house.change(state="closed")
    again = desk.take(Step.NOT_CONTENT, text="she has the receipt")
    assert again.state == "accepted"
    ticket = desk.house.tickets()[0]
    assert (ticket.state, ticket.answered_at) == ("open", None)


def test_who_proposed_does_not_approve_and_agents_do_not_at_all(desk: Desk) -> None:
    desk.run(desk.complaints.receive(ONE, LI))
    for step, more in WAY[:-1]:
        desk.take(step, **more)
    desk.take(Step.PROPOSE, BOSS, text="mine")
    with pytest.raises(SameEyes):
        desk.take(Step.APPROVE, BOSS, text="good")
    with pytest.raises(NotForHer):
        desk.take(Step.APPROVE, LI, text="good")


def test_a_step_from_an_old_copy_changes_nothing(desk: Desk) -> None:
    desk.run(desk.complaints.receive(ONE, LI))
    desk.run(desk.complaints.receive(ONE, BOSS))
    now = desk.take(Step.ACCEPT)
    with pytest.raises(ComplaintChanged) as changed:
        desk.run(desk.complaints.take(ONE, Asked(Step.ACCEPT), 1, LI))
    assert changed.value.now == now
    assert len(now.steps) == 1


def test_a_step_that_fails_on_the_ticket_leaves_the_complaint_where_it_was(desk: Desk) -> None:
    desk.up_to_the_proposal()

    def broken(*_: Any) -> None:
        raise OSError("disk gone")

    desk.take(Step.APPROVE, BOSS, text="good")
    desk.house.handling.within = broken  # type: ignore[assignment, method-assign]
    with pytest.raises(OSError, match="disk gone"):
        desk.take(Step.ANSWER, text="told her")
    assert desk.run(desk.complaints.get(ONE, BOSS)).state == "approved"
    assert all(entry.text != "answer" for entry in desk.house.tickets()[0].entries)


def test_months_are_counted_by_category_and_judgement(desk: Desk) -> None:
    assert desk.run(desk.complaints.trends("2024-01", "2024-12")) == []
    desk.up_to_the_proposal()
    (trend,) = desk.run(desk.complaints.trends("2024-01", "2024-01"))
    assert (trend.month, trend.category, trend.stands) == ("2024-01", "after_sales", True)
    assert (trend.department, trend.count, trend.archived) == ("service", 1, 0)
    assert desk.run(desk.complaints.trends("2024-02", "2024-12")) == []
    assert CALENDAR.date_at(MONDAY_9) == date(2024, 1, 8)


def test_a_department_sees_its_own_complaints_alone(desk: Desk) -> None:
    desk.run(desk.complaints.receive(ONE, LI))
    assert [one.ticket for one in desk.run(desk.complaints.find((), LI))] == ["1"]
    assert desk.run(desk.complaints.find((), ZHAO)) == []
    with pytest.raises(NoSuchTicket):
        desk.run(desk.complaints.get(ONE, ZHAO))
    desk.house.ask(talked("cn1-9", queue="tech"))
    desk.house.work()
    with pytest.raises(NoSuchComplaint):
        desk.run(desk.complaints.get(TicketId("2"), BOSS))
