"""The pop: whatever is known, in the shape and size a screen can show."""

import pytest

from calls.ids import CallId, CustomerId, TicketId
from calls.notices import ContactGlimpse, Match, TicketGlimpse
from calls.words import Language
from cti.lookup import Known
from cti.model import Found
from cti.numbers import read_number
from cti.pop import MAX_CONTACTS, MAX_KEYS, MAX_TICKETS, MAX_VARIABLES, compose_pop

pytestmark = pytest.mark.unit

CALL = CallId("main-1700000000.1")
WANG = Found((Match(customer=CustomerId("1"), name="王芳"),))


def known(**rest: object) -> Known:
    return Known(read_number("13812345678"), **rest)  # type: ignore[arg-type]


def ticket(number: int) -> TicketGlimpse:
    return TicketGlimpse(
        id=TicketId(str(number)),
        kind="service",
        state="open",
        title="漏水",
        opened_at=float(number),
    )


def contact(number: int) -> ContactGlimpse:
    return ContactGlimpse(
        call=CallId(f"main-{number}"),
        at=float(number),
        queue="sales",
        agent="a",
        outcome="answered",
    )


def test_a_stranger_whose_look_up_runs_is_popped_late_with_her_number() -> None:
    pop = compose_pop(CALL, known(late=True), dialled="4008001234")
    assert (pop.number, pop.dialled, pop.matches, pop.late) == (
        "+8613812345678",
        "4008001234",
        (),
        True,
    )


def test_everything_known_is_on_the_pop() -> None:
    pop = compose_pop(
        CALL,
        known(found=WANG),
        language=Language.EN,
        keys=("1", "2"),
        variables={"account": "778"},
        waited_s=12.5,
        tickets=[ticket(1)],
        contacts=[contact(1)],
    )
    assert pop.matches == WANG.matches
    assert (pop.language, pop.keys, pop.variables) == (Language.EN, ("1", "2"), {"account": "778"})
    assert (pop.waited_s, pop.tickets, pop.contacts, pop.late) == (
        12.5,
        (ticket(1),),
        (contact(1),),
        False,
    )


def test_tickets_still_being_read_keep_the_pop_late() -> None:
    assert compose_pop(CALL, known(found=WANG), more_to_come=True).late


def test_of_too_much_the_newest_is_shown() -> None:
    pop = compose_pop(
        CALL,
        known(),
        keys=[str(i) for i in range(100)],
        tickets=map(ticket, range(50)),
        contacts=map(contact, range(50)),
        variables={f"v{i}": "x" for i in range(99)},
    )
    assert pop.keys == tuple(str(i) for i in range(100 - MAX_KEYS, 100))
    assert [t.id for t in pop.tickets] == [str(i) for i in range(49, 49 - MAX_TICKETS, -1)]
    assert [c.at for c in pop.contacts] == [float(i) for i in range(49, 49 - MAX_CONTACTS, -1)]
    assert len(pop.variables) == MAX_VARIABLES


def test_text_of_strangers_is_cleaned_and_time_is_never_negative() -> None:
    pop = compose_pop(CALL, known(), variables={"a\x00": "b\r\nc" * 100}, waited_s=-3.0)
    assert list(pop.variables) == ["a"]
    assert all(ord(c) >= 32 for c in pop.variables["a"])
    assert pop.waited_s == 0.0
