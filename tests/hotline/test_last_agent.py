"""ACD-43: whom a caller talked to last, and that the engine is told, early or late."""

import pytest

from acd.entries import Step, decode
from calls.ids import CallId
from calls.inputs import CallerKnown, CallQueued
from calls.journal import FLOOR
from calls.notices import ContactGlimpse
from calls.words import Outcome
from hotline.last_agent import last_agent
from tests.hotline.stories import BEGINS_AT, NOBODY_FREE, TO_QUEUE, play

pytestmark = pytest.mark.story

DAY = 86_400.0


def contact(at, agent="ann", outcome=Outcome.ANSWERED):
    return ContactGlimpse(call=CallId("c"), at=at, queue="sales", agent=agent, outcome=outcome)


def told(stage, kind):
    entries = [decode(data) for _, data in stage.journal.read(FLOOR)]
    return [one.input for one in entries if isinstance(one, Step) and isinstance(one.input, kind)]


def test_acd_43_the_last_agent_who_talked_to_her_is_preferred():
    contacts = (
        contact(9 * DAY, "", Outcome.ABANDONED_IN_QUEUE),
        contact(8 * DAY, "ben", Outcome.ABANDONED_RINGING),
        contact(7 * DAY, "cai", Outcome.TRANSFERRED),
        contact(6 * DAY, "ann"),
    )
    assert last_agent(contacts, 30, 10 * DAY) == ("cai",)


def test_acd_43_a_talk_of_long_ago_counts_for_nothing():
    assert last_agent((contact(1 * DAY),), 8, 10 * DAY) == ()
    assert last_agent((contact(1 * DAY),), 9, 10 * DAY) == ("ann",)
    assert last_agent((), 9, 10 * DAY) == ()


YESTERDAY = (contact(BEGINS_AT - DAY, "ben"),)


def test_acd_43_a_caller_gets_her_last_agent_although_another_is_longer_idle():
    stage = play(TO_QUEUE + "\n 9.0 li hangs up", contacts=YESTERDAY, last_agent_days=7)
    (said,) = told(stage, CallQueued)
    assert said.prefer == ("ben",)
    assert any("OfferMade" in row and "ben" in row for row in stage.table("fact"))


def test_acd_43_a_queue_that_does_not_ask_for_it_prefers_nobody():
    stage = play(TO_QUEUE + "\n 9.0 li hangs up", contacts=YESTERDAY)
    (said,) = told(stage, CallQueued)
    assert said.prefer == ()


def test_acd_43_who_is_found_while_waiting_is_told_to_the_engine_then():
    stage = play(
        NOBODY_FREE + TO_QUEUE + "\n 30.0 li hangs up",
        contacts=YESTERDAY,
        contacts_s=10.0,
        last_agent_days=7,
    )
    (said,) = told(stage, CallQueued)
    assert said.prefer == ()
    (known,) = told(stage, CallerKnown)
    assert known.prefer == ("ben",)
