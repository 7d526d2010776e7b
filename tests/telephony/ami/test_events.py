"""What recorded events mean, and which forged ones are kept out."""

from pathlib import Path

import pytest

from calls.ids import DeviceId, OfferId
from calls.words import DeviceState
from telephony.ami.errors import Quarantined
from telephony.ami.events import (
    ChannelBorn,
    ChannelHungUp,
    DeviceChanged,
    FullyBooted,
    KeyPressed,
    LegBegan,
    LegDialEnded,
    LegRang,
    LegUp,
    QuietChanged,
    Shutdown,
    read_event,
)
from telephony.ami.quarantine import Seen
from telephony.ami.wire import AmiReader, Message

pytestmark = pytest.mark.unit

TRANSCRIPTS = Path(__file__).parents[2] / "wire" / "transcripts"


def events_of(name: str) -> list[Message]:
    data = (TRANSCRIPTS / f"ami_{name}.txt").read_bytes()
    return [message for message in AmiReader().feed(data) if message.event]


def first(name: str, event: str) -> Message:
    return next(message for message in events_of(name) if message.event == event)


def changed(message: Message, **changes: str | None) -> Message:
    """The same message with headers replaced, or dropped where None."""
    headers = [
        (name, changes.get(name.replace("-", "_"), value) or "")
        for name, value in message.headers
        if changes.get(name.replace("-", "_"), "") is not None
    ]
    return Message(tuple(headers))


def with_lines(message: Message, *lines: tuple[str, str]) -> Message:
    return Message(message.headers + lines, message.stray)


def test_a_call_offered_to_a_busy_phone_and_answered_by_the_next_reads_as_its_story() -> None:
    story = [read_event(message) for message in events_of("busy_then_answered")]
    one, two = OfferId("offer0"), OfferId("offer1")
    a1 = DeviceId("a1")
    names = {e.channel_id: e.channel for e in story if isinstance(e, ChannelBorn)}
    caller, busy, answering = sorted(names)
    assert story == [
        FullyBooted(),
        ChannelBorn(names[caller], caller),
        KeyPressed(caller, "1"),
        ChannelBorn(names[busy], busy),
        LegBegan(one, caller, names[busy], busy),
        LegDialEnded(one, names[busy], busy, "BUSY"),
        ChannelHungUp(names[busy], busy, 17, "User busy", one),
        ChannelBorn(names[answering], answering),
        LegBegan(two, caller, names[answering], answering),
        DeviceChanged(a1, DeviceState.RINGING),
        LegRang(two, names[answering], answering),
        LegUp(two, names[answering], answering),
        LegDialEnded(two, names[answering], answering, "ANSWER"),
        DeviceChanged(a1, DeviceState.IN_USE),
        ChannelHungUp(names[caller], caller, 16, "Normal Clearing", two),
        ChannelHungUp(names[answering], answering, 16, "Normal Clearing", two),
        DeviceChanged(a1, DeviceState.IDLE),
    ]


def test_a_queued_call_takes_twelve_events_through_the_shipped_filters() -> None:
    assert len([m for m in events_of("answered") if m.event != "FullyBooted"]) == 12


def test_nothing_recorded_from_an_honest_call_is_quarantined_or_unknown() -> None:
    seen = Seen()
    seen.settle(())
    for name in ("answered", "busy_then_answered", "busy_then_answered_unfiltered"):
        for message in events_of(name):
            event = read_event(message)
            if event is not None:
                seen.check(event)
    assert len(seen) == 0


def test_what_the_filters_hold_back_would_mean_nothing_new() -> None:
    def meanings(name: str) -> list[str]:
        events = [read_event(message) for message in events_of(name)]
        ours = [e for e in events if e is not None and not isinstance(e, DeviceChanged)]
        return [type(e).__name__ for e in ours if not isinstance(e, KeyPressed)]

    assert meanings("busy_then_answered_unfiltered") == meanings("busy_then_answered")


def test_183_counts_as_ringing() -> None:
    story = [read_event(message) for message in events_of("progress_then_answered")]
    assert len([e for e in story if isinstance(e, LegRang)]) == 1


def test_a_number_with_line_breaks_is_quarantined_as_recorded() -> None:
    forged = [message for message in events_of("forged_number") if message.event != "FullyBooted"]
    assert [message.event for message in forged] == ["Newchannel", "Hangup"]
    for message in forged:
        with pytest.raises(Quarantined):
            read_event(message)


def test_a_dial_that_is_not_an_offer_means_nothing() -> None:
    dial = first("answered", "DialBegin")
    assert read_event(changed(dial, destchanvariable=None)) is None
    assert read_event(changed(dial, destchanvariable="TR_OFFER=")) is None
    assert read_event(changed(dial, destchanvariable="OTHER=1")) is None


def test_a_caller_who_comes_up_bears_no_offer_and_is_no_leg() -> None:
    up = first("answered", "Newstate")
    assert isinstance(read_event(up), LegUp)
    assert read_event(changed(up, chanvariable="TR_OFFER=")) is None
    assert read_event(changed(up, channelstate="5")) is None


def test_other_variables_may_stand_beside_the_offer_but_no_second_offer() -> None:
    up = first("answered", "Newstate")
    assert isinstance(read_event(with_lines(up, ("chanvariable", "OTHER=1"))), LegUp)
    with pytest.raises(Quarantined):
        read_event(with_lines(up, ("chanvariable", "TR_OFFER=mine")))


EVENTS = ["Newchannel", "Newstate", "DialBegin", "DialState", "DialEnd", "Hangup", "DTMFEnd"]
SOLITARY = ["DeviceStateChange", "FullyBooted"]


@pytest.mark.parametrize("event", EVENTS + SOLITARY)
def test_an_event_without_any_one_of_its_keys_is_quarantined(event: str) -> None:
    message = first("answered", event)
    unread = {"event", "chanvariable", "destchanvariable", "dialstring", "durationms"}
    for name in {name for name, _ in message.headers} - unread:
        cut = Message(tuple(header for header in message.headers if header[0] != name))
        with pytest.raises(Quarantined):
            read_event(cut)


@pytest.mark.parametrize("event", EVENTS + SOLITARY)
def test_an_event_with_any_key_twice_is_quarantined(event: str) -> None:
    message = first("answered", event)
    # The link keeps out every repeat but a variable's; here those of what is read.
    unread = {"event", "dialstring", "durationms"}
    if event not in {"Newstate", "Hangup"}:
        unread.add("chanvariable")
    for name, value in message.headers:
        if name in unread:
            continue
        with pytest.raises(Quarantined):
            read_event(with_lines(message, (name, value)))


@pytest.mark.parametrize("event", SOLITARY)
def test_an_event_of_no_channel_with_a_strange_key_is_quarantined(event: str) -> None:
    with pytest.raises(Quarantined):
        read_event(with_lines(first("answered", event), ("calleridname", "x")))


@pytest.mark.parametrize(
    ("event", "changes"),
    [
        ("Hangup", {"cause": "sixteen"}),
        ("Hangup", {"cause": ""}),
        ("Hangup", {"cause": "１６"}),
        ("Hangup", {"uniqueid": ""}),
        ("Hangup", {"uniqueid": "1.2\n"}),
        ("DTMFEnd", {"digit": "12"}),
        ("DTMFEnd", {"digit": "x"}),
        ("DTMFEnd", {"digit": ""}),
        ("Newchannel", {"channel": "PJSIP/a\x07"}),
        ("Newstate", {"chanvariable": "TR_OFFER=a\rb"}),
        ("DeviceStateChange", {"state": "RESTING"}),
        ("DialEnd", {"dialstatus": ""}),
    ],
)
def test_an_event_with_an_impossible_value_is_quarantined(
    event: str, changes: dict[str, str]
) -> None:
    with pytest.raises(Quarantined):
        read_event(changed(first("answered", event), **changes))


def test_a_key_we_send_ourselves_is_no_key_pressed() -> None:
    assert read_event(changed(first("answered", "DTMFEnd"), direction="Sent")) is None


@pytest.mark.parametrize(
    ("state", "meaning"),
    [
        ("NOT_INUSE", DeviceState.IDLE),
        ("RINGINUSE", DeviceState.IN_USE),
        ("ONHOLD", DeviceState.IN_USE),
        ("BUSY", DeviceState.IN_USE),
        ("UNAVAILABLE", DeviceState.UNREGISTERED),
        ("INVALID", DeviceState.UNREGISTERED),
        ("UNKNOWN", DeviceState.UNKNOWN),
    ],
)
def test_states_of_a_device_in_our_words(state: str, meaning: DeviceState) -> None:
    event = changed(first("answered", "DeviceStateChange"), state=state)
    assert read_event(event) == DeviceChanged(DeviceId("a1"), meaning)


def test_acd_50_a_telephone_that_was_told_not_to_ring() -> None:
    event = first("answered", "DeviceStateChange")
    for state, on in (("BUSY", True), ("NOT_INUSE", False)):
        told = changed(changed(event, device="Custom:dnd-a1"), state=state)
        assert read_event(told) == QuietChanged(DeviceId("a1"), on)
    assert read_event(changed(event, device="Custom:lamp")) is None


def test_a_conference_is_no_device() -> None:
    event = first("answered", "DeviceStateChange")
    assert read_event(changed(event, device="confbridge:7")) is None


def test_an_orderly_shutdown_is_told() -> None:
    lines = (("event", "Shutdown"), ("privilege", "system,all"))
    whole = Message((*lines, ("shutdown", "Cleanly"), ("restart", "False")))
    assert read_event(whole) == Shutdown()
    with pytest.raises(Quarantined):
        read_event(Message(lines))


def test_the_stamps_asterisk_can_be_told_to_add_do_no_harm() -> None:
    stamps = (("timestamp", "1795309416.000001"), ("systemname", "edge1"))
    for event in EVENTS + SOLITARY:
        message = first("answered", event)
        assert read_event(with_lines(message, *stamps)) == read_event(message)


def test_other_events_mean_nothing() -> None:
    assert read_event(Message((("event", "VarSet"), ("variable", "X")))) is None
    assert read_event(Message((("response", "Success"),))) is None
