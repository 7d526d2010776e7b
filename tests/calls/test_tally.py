"""What a call adds to the figures, and that adding up is all there is to it."""

from datetime import date
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.fold import fold
from calls.ids import AgentId, CallId, QueueId
from calls.periods import Period, starts
from calls.tally import (
    REPEAT_S,
    SLOT_S,
    Contact,
    Key,
    Subject,
    Tally,
    contact_of,
    count,
    count_repeated,
    count_time,
    repeated,
    slot_of,
    tallies,
)
from calls.waits import EDGES, bucket_of, percentile, width_at, within
from calls.words import AgentState
from tests.calls.tables import facts
from tests.cti.day import records

pytestmark = pytest.mark.unit

MISSED_THEN_ANSWERED = """
0     CallArrived      number=+8613812345678 name=Li dialled=4001 tree=hotline
1     NodeEntered      node=welcome
2     NodeEntered      node=menu
5     QueueJoined      queue=sales
6     OfferMade        offer=o1 queue=sales agent=a1 device=d1
7     PhoneRang        offer=o1
18    OfferMissed      offer=o1 why=rang_out
18    OfferMade        offer=o2 queue=sales agent=a2 device=d2
19    PhoneRang        offer=o2
25    CallAnswered     offer=o2 agent=a2 device=d2 ring=2
26    TalkBegan        offer=o2
86    TalkFinished     offer=o2 by=agent
90    SurveyAnswered   question=q score=5
95    CallEnded        by=caller
"""


def test_one_call_counts_for_house_queue_agents_and_nodes() -> None:
    told = tallies()
    count(told, fold(facts(MISSED_THEN_ANSWERED, "cn1-1")))
    by = {(key.subject, key.id): tally for key, tally in told.items()}
    for id in ("", "sales"):
        queue = by[Subject.QUEUE, id]
        assert (queue["calls"], queue["offered"], queue["answered"]) == (1, 1, 1)
        assert (queue["answer_ms"], queue["talk_ms"]) == (20_000, 60_000)
        assert (queue["ring_2"], queue["satisfied"], queue["score_sum"]) == (1, 1, 5)
        assert within(queue.answered, 20.0) == 1
        assert within(queue.answered, 19.0) == 0
    missed, took = by[Subject.AGENT, "a1"], by[Subject.AGENT, "a2"]
    assert (missed["rung"], missed["missed_rang_out"], missed["answered"]) == (1, 1, 0)
    assert (missed["ring_ms"], missed["scored"]) == (11_000, 0)
    assert (took["rung"], took["answered"], took["talk_ms"], took["scored"]) == (1, 1, 60_000, 1)
    assert by[Subject.NODE, "hotline/menu"]["visits"] == 1


@given(st.lists(records(), max_size=30), st.randoms(use_true_random=False))
def test_in_whatever_order_and_taken_away_again_the_sums_are_the_same(calls, chance) -> None:  # type: ignore[no-untyped-def]
    there, back = tallies(), tallies()
    for record in calls:
        count(there, record)
    shuffled = list(calls)
    chance.shuffle(shuffled)
    for record in (*shuffled, *calls):
        count(back, record)
    for record in calls:
        count(back, record, -1)
    assert {key: tally for key, tally in back.items() if tally != Tally()} == {
        key: tally for key, tally in there.items() if tally != Tally()
    }


@given(st.lists(st.floats(0, 14_000), min_size=1), st.floats(0.01, 1.0))
def test_a_percentile_is_never_too_short_and_too_long_by_its_bucket_at_most(
    waits: list[float], share: float
) -> None:
    counted: dict[int, int] = {}
    for wait in waits:
        counted[bucket_of(wait)] = counted.get(bucket_of(wait), 0) + 1
    told = percentile(counted, share)
    exact = sorted(waits)[max(1, -int(-share * len(waits) // 1)) - 1]
    assert told is not None
    assert exact <= told <= exact + width_at(told)


@given(st.lists(st.floats(0, 14_000)), st.sampled_from(EDGES))
def test_a_service_level_at_an_edge_is_exact(waits: list[float], limit: int) -> None:
    counted: dict[int, int] = {}
    for wait in waits:
        counted[bucket_of(wait)] = counted.get(bucket_of(wait), 0) + 1
    assert within(counted, limit) == sum(wait <= limit for wait in waits)


def test_who_calls_the_same_queue_again_was_not_helped_and_the_last_call_was() -> None:
    def call(id: str, at: float, queue: str = "sales", answered: bool = True) -> Contact:
        return Contact(CallId(id), "+861", QueueId(queue), at, answered, AgentId("a1"))

    first, second, other = call("1", 0.0), call("2", 3_600.0), call("3", 3_700.0, "tech")
    much_later = call("4", 3_600.0 + REPEAT_S + 1)
    given_up = call("5", 3_600.0 + REPEAT_S + 2, answered=False)
    everything = [given_up, other, second, first, much_later]
    assert repeated(everything) == {first: second, much_later: given_up}


def test_time_in_a_state_is_spread_over_the_quarters_it_lasted_through() -> None:
    told = tallies()
    count_time(told, "a1", AgentState.READY, SLOT_S - 1.5, 2 * SLOT_S + 0.25)
    count_time(told, "a1", AgentState.LOGGED_OUT, 0.0, 1e6)
    assert {key.slot: tally["ready_ms"] for key, tally in told.items()} == {
        0: 1_500, SLOT_S: SLOT_S * 1000, 2 * SLOT_S: 250,
    }  # fmt: skip
    assert all(key == Key(Subject.AGENT, key.slot, "a1") for key in told)


def test_wrapping_up_counts_for_the_agent_her_queue_and_the_house() -> None:
    told = tallies()
    count_time(told, "a1", AgentState.WRAPPING_UP, 10.0, 25.0, queue="sales")
    assert {(key.subject, key.id): tally["wrap_up_ms"] for key, tally in told.items()} == {
        (Subject.AGENT, "a1"): 15_000,
        (Subject.QUEUE, ""): 15_000,
        (Subject.QUEUE, "sales"): 15_000,
    }


def test_a_call_again_counts_against_queue_house_and_agent_and_is_taken_back() -> None:
    record = fold(facts(MISSED_THEN_ANSWERED, "cn1-1"))
    contact = contact_of(record)
    assert contact is not None
    assert (contact.number, contact.queue, contact.agent) == ("+8613812345678", "sales", "a2")
    told = tallies()
    count_repeated(told, contact)
    assert {key.id: tally["repeated"] for key, tally in told.items()} == {
        "": 1,
        "sales": 1,
        "a2": 1,
    }
    count_repeated(told, contact, times=-1)
    assert all(tally == Tally() for tally in told.values())


GAVE_UP_IN_THE_MENU = """
0     CallArrived      number=+8613812345678 name=Li dialled=4001 tree=hotline
1     NodeEntered      node=welcome
2     NodeEntered      node=balance
3     SelfServed       node=balance
4     NodeEntered      node=menu
9     CallEnded        by=caller
"""


def test_a_node_counts_who_came_who_was_served_and_who_gave_up_there() -> None:
    told = tallies()
    record = fold(facts(GAVE_UP_IN_THE_MENU, "cn1-2"))
    count(told, record)
    nodes = {key.id: tally for key, tally in told.items() if key.subject is Subject.NODE}
    assert {id: tally["visits"] for id, tally in nodes.items()} == {
        "hotline/welcome": 1,
        "hotline/balance": 1,
        "hotline/menu": 1,
    }
    assert nodes["hotline/balance"]["served"] == 1
    assert contact_of(record) is None, "who came to no queue has not called it again"


ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kolkata",
    "America/Santiago",
    "Africa/Cairo",
)


@given(
    st.sampled_from(ZONES),
    st.dates(date(2010, 1, 1), date(2030, 12, 31)),
    st.integers(0, 40),
    st.sampled_from(Period),
)
def test_periods_follow_each_other_without_gap_and_begin_with_a_quarter(
    name: str, first: date, days: int, period: Period
) -> None:
    zone = ZoneInfo(name)
    last = date.fromordinal(first.toordinal() + days)
    begins = starts(first, last, period, zone)
    assert begins == sorted(set(begins))
    assert all(slot_of(at) == at for at in begins)
    assert begins[0] == starts(first, first, Period.WHOLE, zone)[0]
    assert begins[-1] == starts(last, last, Period.WHOLE, zone)[1]


def test_a_day_of_a_clock_change_has_23_or_25_hours_and_all_of_them() -> None:
    berlin = ZoneInfo("Europe/Berlin")
    spring, autumn = date(2026, 3, 29), date(2026, 10, 25)
    assert len(starts(spring, spring, Period.HOUR, berlin)) - 1 == 23
    assert len(starts(autumn, autumn, Period.HOUR, berlin)) - 1 == 25
    assert len(starts(autumn, autumn, Period.QUARTER, berlin)) - 1 == 100
    year = starts(date(2026, 1, 1), date(2026, 12, 31), Period.MONTH, berlin)
    assert len(year) - 1 == 12
