"""Linking, merging, taking apart and splitting: nothing lost, and undone as it was."""

import pytest

from calls.ids import CallId, TicketId
from storage.database import Database
from tests.tickets.house import HOUR, MONDAY_9, House, abandoned, answered, talked
from tickets.changes import ALL, Scope
from tickets.clocks import ClockKind
from tickets.joining import Joining
from tickets.model import Amendment, CannotJoin, LinkKind, NoSuchTicket, NotItsCall, Priority

pytestmark = pytest.mark.contract

ONE, TWO = TicketId("1"), TicketId("2")


@pytest.fixture
def house(database: Database) -> House:
    made = House(database)
    made.ask(talked("cn1-1", queue="tech"))
    made.ask(abandoned("cn1-2", queue="sales", number="+8613900000002"))
    made.work()
    return made


@pytest.fixture
def joining(house: House) -> Joining:
    return Joining(house.store, house.keeper)


def test_two_tickets_are_linked_both_ways_and_parted_again(house: House, joining: Joining) -> None:
    joining.link(ONE, TWO, LinkKind.RELATED, "boss", MONDAY_9, ALL)
    joining.link(TWO, ONE, LinkKind.FOLLOWS, "boss", MONDAY_9, ALL)
    assert [[(link.ticket, link.kind) for link in one.links] for one in house.tickets()] == [
        [("2", "follows")],
        [("1", "follows")],
    ]
    joining.link(TWO, ONE, None, "boss", MONDAY_9, ALL)
    assert [one.links for one in house.tickets()] == [(), ()]


def test_a_merge_takes_calls_and_the_sooner_promise_and_is_undone_whole(
    house: House, joining: Joining
) -> None:
    house.change("2", watching=True, who="zhao")
    before = house.tickets()
    merged = joining.merge(TWO, ONE, "boss", MONDAY_9 + HOUR, ALL)
    assert [link.call for link in merged.calls] == ["cn1-1", "cn1-2"]
    assert (merged.watchers, merged.parts) == (("zhao",), ("2",))
    assert merged.due_at == before[1].due_at == MONDAY_9 + 9 * HOUR
    gone = house.tickets()[1]
    assert (gone.state, gone.merged_into, gone.calls) == ("closed", "1", ())
    back = joining.unmerge(TWO, "boss", MONDAY_9 + 2 * HOUR, ALL)
    assert (back.state, back.merged_into, back.closed_at) == ("open", None, None)
    assert [link.call for link in back.calls] == ["cn1-2"]
    answer = back.clock(ClockKind.ANSWER)
    assert answer is not None
    assert answer.running
    assert [link.call for link in house.tickets()[0].calls] == ["cn1-1"]
    assert [entry.kind for entry in house.tickets()[0].entries[-2:]] == ["taken_in", "taken_in"]


def test_a_call_that_ends_after_the_merge_is_finished_where_it_went(
    house: House, joining: Joining
) -> None:
    third = house.answer(answered("cn1-3", queue="tech"), MONDAY_9 + 10)
    assert third is not None
    joining.merge(third.id, TWO, "boss", MONDAY_9 + 20, ALL)
    house.ask(talked("cn1-3", queue="tech"))
    house.work(MONDAY_9 + 90)
    assert house.calls()[1] == [("cn1-2", "opened", True), ("cn1-3", "opened", True)]


def test_an_urgent_part_makes_the_whole_urgent(house: House, joining: Joining) -> None:
    house.change("2", amendment=Amendment(priority=Priority.URGENT))
    assert joining.merge(TWO, ONE, "boss", MONDAY_9, ALL).priority == "urgent"


@pytest.mark.parametrize(
    ("one", "other", "why"),
    [("1", "1", "same_ticket"), ("2", "1", "merged_already"), ("1", "2", "merged_already")],
)
def test_what_cannot_be_merged_is_refused(
    house: House, joining: Joining, one: str, other: str, why: str
) -> None:
    joining.merge(TWO, ONE, "boss", MONDAY_9, ALL)
    with pytest.raises(CannotJoin, match=why):
        joining.merge(TicketId(one), TicketId(other), "boss", MONDAY_9, ALL)
    with pytest.raises(CannotJoin, match="not_merged"):
        joining.unmerge(ONE, "boss", MONDAY_9, ALL)


def test_a_split_makes_a_ticket_of_its_own_with_its_own_clocks(
    house: House, joining: Joining
) -> None:
    joining.merge(TWO, ONE, "boss", MONDAY_9, ALL)
    titles = {"zh-CN": "另一件事"}
    part = joining.split(ONE, [CallId("cn1-2")], titles, "li", MONDAY_9 + HOUR, ALL)
    assert (part.titles, part.department, part.version) == (titles, "technology", 1)
    assert [link.call for link in part.calls] == ["cn1-2"]
    assert [link.call for link in house.tickets()[0].calls] == ["cn1-1"]
    assert [(link.ticket, link.kind) for link in part.links] == [("1", "split")]
    assert all(clock.running for clock in part.clocks)
    with pytest.raises(NotItsCall):
        joining.split(ONE, [CallId("cn1-2")], {}, "li", MONDAY_9, ALL)


def test_nobody_joins_tickets_she_does_not_see(joining: Joining) -> None:
    sales = Scope(("sales",))
    with pytest.raises(NoSuchTicket):
        joining.merge(TWO, ONE, "zhao", MONDAY_9, sales)
    with pytest.raises(NoSuchTicket):
        joining.split(ONE, [], {}, "zhao", MONDAY_9, sales)
    with pytest.raises(NoSuchTicket):
        joining.link(TWO, ONE, LinkKind.RELATED, "zhao", MONDAY_9, sales)
