"""What Asterisk wrote about calls, read in any pieces, and folded into calls."""

from pathlib import Path

import pytest

from calls.words import Party
from telephony.cel import COLUMNS, CelEvent, CelReader
from telephony.cel_calls import CallTrace, CallTraces
from telephony.cel_file import CelFollower, Place

pytestmark = pytest.mark.wire

CALLER = "PJSIP/trunk-line-00000001"
AGENT = "PJSIP/desk-1-00000002"


def row(kind: str, at: float, **values: str) -> bytes:
    """One row as Asterisk writes it, quotes doubled."""
    cells = {"kind": kind, "at": f"{at:.6f}"} | values
    quoted = ('"' + cells.get(name, "").replace('"', '""') + '"' for name, _ in COLUMNS)
    return (",".join(quoted) + "\n").encode()


def told(kind: str, at: float, channel: str, extra: str = "") -> bytes:
    uniqueid = {CALLER: "1.1", AGENT: "1.2"}[channel]
    return row(
        kind,
        1000000000 + at,
        channel=channel,
        uniqueid=uniqueid,
        linkedid="1.1",
        number="13812345678",
        exten="4008001234",
        extra=extra,
    )


def hung_up_by(source: str, cause: int = 16) -> str:
    return f'{{"hangupcause":{cause},"hangupsource":"{source}","dialstatus":""}}'


ANSWERED_CALL = b"".join(
    (
        told("CHAN_START", 0, CALLER),
        told("ANSWER", 0.5, CALLER),
        told("CHAN_START", 10, AGENT),
        told("ANSWER", 14, AGENT),
        told("BRIDGE_ENTER", 14.1, AGENT),
        told("BRIDGE_ENTER", 14.1, CALLER),
        told("BRIDGE_EXIT", 60, AGENT),
        told("HANGUP", 60, AGENT, hung_up_by(AGENT)),
        told("CHAN_END", 60, AGENT),
        told("HANGUP", 70, CALLER, hung_up_by(CALLER)),
        told("CHAN_END", 70, CALLER),
        told("LINKEDID_END", 70, CALLER),
    )
)


def traces_of(events: list[CelEvent]) -> list[CallTrace]:
    fold = CallTraces()
    return [trace for event in events if (trace := fold.add(event)) is not None]


def test_an_answered_call_becomes_one_trace() -> None:
    [trace] = traces_of(CelReader().feed(ANSWERED_CALL))
    zero = 1000000000
    assert (trace.number, trace.dialled, trace.endpoint) == (
        "13812345678",
        "4008001234",
        "trunk-line",
    )
    assert (trace.arrived_at, trace.answered_at, trace.ended_at) == (zero, zero + 0.5, zero + 70)
    assert (trace.ended_by, trace.cause, trace.talked_to) == (Party.CALLER, 16, "desk-1")
    assert trace.legs["1.2"].talked == ((zero + 14.1, zero + 60),)


def test_a_call_hung_up_by_the_agent_or_by_the_house_says_so() -> None:
    for source, by in ((AGENT, Party.AGENT), ("dialplan/agi", Party.SYSTEM)):
        told_so = ANSWERED_CALL.replace(
            told("HANGUP", 70, CALLER, hung_up_by(CALLER)),
            told("HANGUP", 60.1, CALLER, hung_up_by(source)),
        )
        [trace] = traces_of(CelReader().feed(told_so))
        assert trace.ended_by is by


def test_who_hung_up_on_a_caller_that_stayed_did_not_end_her_call() -> None:
    told_so = ANSWERED_CALL.replace(
        told("HANGUP", 70, CALLER, hung_up_by(CALLER)),
        told("HANGUP", 70, CALLER, hung_up_by(AGENT)),
    )
    [trace] = traces_of(CelReader().feed(told_so))
    assert trace.ended_by is Party.CALLER
    assert trace.legs["1.2"].ended_by is Party.AGENT


def test_a_rescued_call_says_how() -> None:
    told_so = (
        told("CHAN_START", 0, CALLER)
        + told("TR_RESCUED", 40, CALLER, '{"extra":"voicemail"}')
        + told("LINKEDID_END", 60, CALLER)
    )
    [trace] = traces_of(CelReader().feed(told_so))
    assert (trace.rescued, trace.rescued_at) == ("voicemail", 1000000040)
    assert trace.ended_at == 1000000060


def test_a_call_without_its_end_stays_unfinished() -> None:
    fold = CallTraces()
    for event in CelReader().feed(ANSWERED_CALL[: ANSWERED_CALL.rindex(b'"LINKEDID')]):
        assert fold.add(event) is None
    [trace] = fold.unfinished()
    assert trace.linkedid == "1.1"
    fold.forget("1.1")
    assert fold.unfinished() == ()


def test_the_file_reads_the_same_byte_by_byte_and_at_every_split() -> None:
    whole = CelReader().feed(ANSWERED_CALL)
    assert len(whole) == 12
    slow = CelReader()
    assert [e for n in range(len(ANSWERED_CALL)) for e in slow.feed(ANSWERED_CALL[n : n + 1])] == (
        whole
    )
    for split in range(len(ANSWERED_CALL)):
        reader = CelReader()
        assert reader.feed(ANSWERED_CALL[:split]) + reader.feed(ANSWERED_CALL[split:]) == whole
        assert reader.consumed == len(ANSWERED_CALL)


def test_a_torn_last_row_waits_and_is_not_counted_as_consumed() -> None:
    first = told("CHAN_START", 0, CALLER)
    reader = CelReader()
    assert len(reader.feed(first + b'"ANSWER","10')) == 1
    assert reader.consumed == len(first)
    assert reader.flawed == 0


def test_a_row_torn_by_a_crash_costs_itself_alone() -> None:
    good = told("ANSWER", 1, CALLER)
    for torn in (good[:30] + good, good[:30] + b"\n" + good + good, b"\n" + good, b"junk\n" + good):
        reader = CelReader()
        events = reader.feed(torn + good)
        assert events[-1].kind == "ANSWER"
        assert reader.flawed == 1
        assert reader.consumed == len(torn + good)


def test_a_lost_quote_does_not_swallow_the_file() -> None:
    good = told("ANSWER", 1, CALLER)
    reader = CelReader()
    assert reader.feed(b'"' + b"x" * 70000 + b"\n" + good) != []
    assert reader.flawed == 1


def test_a_name_with_quotes_and_line_ends_forges_no_event() -> None:
    forged = 'x"\n"HANGUP","1000000000.000000","'
    start = row("CHAN_START", 1000000000, name=forged, number="138\n1", linkedid="9.9")
    [event] = CelReader().feed(start)
    assert event.kind == "CHAN_START"
    assert "\n" not in event.name
    assert event.number == ""


def test_the_file_is_followed_across_rotation(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    follower = CelFollower(path)
    assert follower.read() == []
    path.write_bytes(told("CHAN_START", 0, CALLER) + b'"ANSW')
    assert [e.kind for e in follower.read()] == ["CHAN_START"]
    with path.open("ab") as stream:
        stream.write(told("ANSWER", 1, CALLER)[5:])
    path.rename(tmp_path / "events.csv.1")
    path.write_bytes(told("HANGUP", 2, CALLER))
    assert [e.kind for e in follower.read() + follower.read()] == ["ANSWER", "HANGUP"]
    assert follower.read() == []


def test_a_reader_that_comes_back_goes_on_at_its_place_even_in_a_rotated_file(
    tmp_path: Path,
) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(told("CHAN_START", 0, CALLER) + told("ANSWER", 1, CALLER))
    first = CelFollower(path)
    assert len(first.read()) == 2
    with path.open("ab") as stream:
        stream.write(told("HANGUP", 2, CALLER))
    path.rename(tmp_path / "events.csv.2026")
    path.write_bytes(told("CHAN_END", 2, CALLER))
    back = CelFollower(path, first.place)
    assert [e.kind for e in back.read() + back.read()] == ["HANGUP", "CHAN_END"]


def test_a_place_in_a_file_that_is_gone_begins_with_what_there_is(tmp_path: Path) -> None:
    path = tmp_path / "events.csv"
    path.write_bytes(told("CHAN_START", 0, CALLER))
    back = CelFollower(path, Place(inode=1, offset=10))
    assert [e.kind for e in back.read()] == ["CHAN_START"]
