"""The words: the same bytes back and forth, and text of strangers made safe."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls import codec, events, inputs
from calls.bus import Bus
from calls.clock import ManualClock
from calls.ids import AgentId, CallId, EdgeId, call_id, channel_of, edge_of
from calls.text import MAX_NAME, clean_name, clean_number, mask_number
from calls.words import LeaveReason

pytestmark = pytest.mark.unit


def test_a_call_id_carries_its_edge_and_channel() -> None:
    call = call_id(EdgeId("a1"), "edge-1763.12")
    assert (edge_of(call), channel_of(call)) == ("a1", "edge-1763.12")


def test_inputs_and_facts_survive_the_journal() -> None:
    said = inputs.CallerLeft(call=CallId("a1-1"), reason=LeaveReason.HUNG_UP)
    assert codec.decode_input(codec.encode(said)) == said
    fact = events.CallArrived(call=CallId("a1-1"), at=1.5, key="k", number="+8613812345678")
    assert codec.decode_fact(codec.encode(fact)) == fact


def test_an_input_is_not_taken_for_a_fact() -> None:
    with pytest.raises(ValueError, match="fact"):
        codec.decode_fact(codec.encode(inputs.AgentReady(agent=AgentId("a"))))


@pytest.mark.parametrize(
    ("raw", "clean"),
    [
        ("138 1234-5678", "13812345678"),
        ("+86 (10) 6500.1234", "+861065001234"),
        ("1381234\r\nAction: Originate", ""),
        ("13812345678;ext=1", ""),
        ("anonymous", ""),
        ("", ""),
        ("1" * 33, ""),
        ("１３８", ""),
    ],
)
def test_a_number_is_whole_and_plain_or_hidden(raw: str, clean: str) -> None:
    assert clean_number(raw) == clean


@given(st.text())
def test_a_name_never_carries_control_characters(raw: str) -> None:
    name = clean_name(raw)
    assert len(name) <= MAX_NAME
    assert name.isprintable() or not name


@given(st.text(alphabet="0123456789", min_size=7, max_size=20))
def test_a_masked_number_hides_all_but_its_ends(number: str) -> None:
    masked = mask_number(number)
    assert len(masked) == len(number)
    assert masked[3:-4].strip("*") == ""


def test_one_listeners_failure_stops_nobody_else() -> None:
    failed: list[Exception] = []
    heard: list[object] = []
    bus = Bus(lambda _listener, _word, error: failed.append(error))

    def breaks(_: object) -> None:
        raise RuntimeError("mine")

    bus.subscribe(inputs.AgentReady, breaks)
    leave = bus.subscribe(inputs.AgentReady, heard.append)
    bus.publish(inputs.AgentReady(agent=AgentId("a")))
    leave()
    bus.publish(inputs.AgentReady(agent=AgentId("b")))
    assert [type(e) for e in failed] == [RuntimeError, RuntimeError]
    assert heard == [inputs.AgentReady(agent=AgentId("a"))]


def test_a_manual_clock_runs_what_falls_due_in_order() -> None:
    clock = ManualClock(100.0)
    ran: list[tuple[float, str]] = []
    clock.call_later(2.0, lambda: ran.append((clock.now(), "second")))
    clock.call_later(1.0, lambda: clock.call_later(0.5, lambda: ran.append((clock.now(), "inner"))))
    clock.call_later(1.2, lambda: ran.append((clock.now(), "cancelled"))).cancel()
    clock.advance(10.0)
    assert ran == [(101.5, "inner"), (102.0, "second")]
    assert clock.now() == 110.0


@pytest.mark.parametrize("number", ["", "1", "110", "95588"])
def test_a_short_number_is_hidden_whole(number: str) -> None:
    assert mask_number(number) == "*" * len(number)
