"""AMI bytes to messages: recorded transcripts of a real Asterisk 22 whole, in bytes, split."""

from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from telephony.ami.errors import BadField, ProtocolFault, Quarantined
from telephony.ami.wire import (
    MAX_ACTION_LINE,
    MAX_ACTION_LINES,
    AmiReader,
    Limits,
    Message,
    encode_action,
)

pytestmark = pytest.mark.wire

GREETING = b"Asterisk Call Manager/11.0.0\r\n"
TRANSCRIPTS = sorted((Path(__file__).parent / "transcripts").glob("ami_*.txt"))
SMALL = 10_000
"""Bytes up to which a transcript is split at every place; longer ones at every 97th."""


def read_whole(data: bytes) -> list[Message]:
    return AmiReader().feed(data)


def read_pieces(*pieces: bytes) -> list[Message]:
    reader = AmiReader()
    return [message for piece in pieces for message in reader.feed(piece)]


@pytest.fixture(params=TRANSCRIPTS, ids=lambda path: path.stem)
def transcript(request: pytest.FixtureRequest) -> bytes:
    data: bytes = request.param.read_bytes()
    return data


def test_transcripts_are_there() -> None:
    assert len(TRANSCRIPTS) >= 6


def test_a_transcript_has_as_many_messages_as_empty_lines(transcript: bytes) -> None:
    blocks = [block for block in transcript.split(b"\r\n\r\n") if block.strip()]
    assert len(read_whole(transcript)) == len(blocks)
    assert sum(len(message.headers) for message in read_whole(transcript)) == sum(
        block.count(b"\r\n") + 1 for block in blocks
    ) - len([b"the greeting"])


def test_a_transcript_reads_the_same_byte_by_byte(transcript: bytes) -> None:
    pieces = [transcript[at : at + 1] for at in range(len(transcript))]
    assert read_pieces(*pieces) == read_whole(transcript)


def test_a_transcript_reads_the_same_at_each_split(transcript: bytes) -> None:
    whole = read_whole(transcript)
    step = 1 if len(transcript) < SMALL else 97
    for at in range(0, len(transcript), step):
        assert read_pieces(transcript[:at], transcript[at:]) == whole, at


def test_a_tail_is_kept_until_its_end_comes(transcript: bytes) -> None:
    whole = read_whole(transcript)
    reader = AmiReader()
    assert reader.feed(transcript + b"Event: Newst") == whole
    assert reader.feed(b"ate\r\n\r\n") == [Message((("event", "Newstate"),))]


def test_the_greeting_is_kept_and_is_no_message() -> None:
    reader = AmiReader()
    assert reader.feed(GREETING[:-1]) == []
    assert reader.greeting == ""
    assert reader.feed(GREETING[-1:]) == []
    assert reader.greeting == "Asterisk Call Manager/11.0.0"


@pytest.mark.parametrize("greeting", [b"SSH-2.0-OpenSSH_9.2\r\n", b"\r\n", b"Asterisk Call\r\n"])
def test_another_server_is_told_by_its_first_line(greeting: bytes) -> None:
    with pytest.raises(ProtocolFault):
        AmiReader().feed(greeting)


def test_a_character_cut_in_two_arrives_whole() -> None:
    data = GREETING + "Event: X\r\nName: 三响José\r\n\r\n".encode()
    for at in range(len(data)):
        [message] = read_pieces(data[:at], data[at:])
        assert message.get("name") == "三响José"


def test_bytes_that_are_no_utf8_are_replaced_and_harm_no_other_message() -> None:
    first, second = read_whole(GREETING + b"Event: X\r\nName: a\xff\xfeb\r\n\r\nEvent: Y\r\n\r\n")
    assert first.get("Name") == "a\ufffd\ufffdb"
    assert second.event == "Y"


def test_names_are_folded_and_repeats_keep_their_order() -> None:
    [message] = read_whole(GREETING + b"eVENT: X\r\nVariable: b\r\nVARIABLE: a\r\nOne: 1\r\n\r\n")
    assert message.event == "X"
    assert message.all("Variable") == ("b", "a")
    assert message.get("variable") == "b"
    assert message.repeated == {"variable"}
    assert message.one("ONE") == "1"
    assert message.one("absent", "x") == "x"
    with pytest.raises(Quarantined):
        message.one("variable")


def test_values_keep_their_colons_spaces_and_lone_line_feeds() -> None:
    [message] = read_whole(GREETING + b"Event: X\r\nA: b: c \r\nB:d\r\nC:  e\nF: g\r\n\r\n")
    assert [message.get(name) for name in "ABC"] == ["b: c ", "d", " e\nF: g"]


def test_a_line_without_a_colon_is_kept_apart() -> None:
    [message] = read_whole(GREETING + b"Event: X\r\nhello\r\n\r\n")
    assert message.stray == ("hello",)


def test_an_empty_line_too_many_is_no_message() -> None:
    data = GREETING + b"\r\n\r\nEvent: X\r\n\r\n\r\n\r\nEvent: Y\r\n\r\n"
    for at in range(len(data)):
        assert [m.event for m in read_pieces(data[:at], data[at:])] == ["X", "Y"]


def bytes_taken(chunk: bytes) -> int:
    """How much of a megabyte of chunks a reader takes before it gives up."""
    reader = AmiReader()
    reader.feed(GREETING)
    for taken in range(0, 1_048_576, len(chunk)):
        try:
            reader.feed(chunk)
        except ProtocolFault:
            return taken
    return 1_048_576


def test_a_megabyte_without_a_line_end_is_a_fault_long_before_its_end() -> None:
    assert bytes_taken(b"x" * 1024) <= Limits().line


def test_a_megabyte_of_short_lines_without_an_end_is_a_fault() -> None:
    assert bytes_taken(b"Name: value\r\n" * 80) <= Limits().message


@pytest.mark.parametrize("pieces", [1, 7, 4096])
def test_limits_hold_to_the_byte_however_it_is_fed(pieces: int) -> None:
    limits = Limits(line=100, message=300)
    line = b"A: " + b"x" * 97

    def feed(data: bytes) -> list[Message]:
        reader = AmiReader(limits)
        return [
            message
            for at in range(0, len(data), pieces)
            for message in reader.feed(data[at : at + pieces])
        ]

    assert len(feed(GREETING + line + b"\r\n\r\n")) == 1
    with pytest.raises(ProtocolFault):
        feed(GREETING + line + b"x\r\n\r\n")
    fits = b"\r\n".join([b"B: " + b"y" * 57] * 4 + [b"C: " + b"z" * 49])
    assert len(fits) == 300
    assert len(feed(GREETING + fits + b"\r\n\r\n")) == 1
    with pytest.raises(ProtocolFault):
        feed(GREETING + fits + b"z\r\n\r\n")


NAMES = st.from_regex(r"[A-Za-z][A-Za-z0-9_-]{0,20}", fullmatch=True).filter(
    lambda name: name.lower() not in {"action", "actionid"}
)
VALUES = st.text(
    st.characters(blacklist_characters="\r\n\0", blacklist_categories=["Cs"]), max_size=200
)


@settings(max_examples=200, deadline=None)
@given(
    fields=st.dictionaries(NAMES, VALUES | st.lists(VALUES, min_size=1, max_size=4), max_size=8),
    cuts=st.lists(st.integers(0, 4000), max_size=6),
)
def test_what_is_encoded_reads_back_the_same(
    fields: dict[str, str | list[str]], cuts: list[int]
) -> None:
    data = GREETING + encode_action("Originate", fields)
    edges = sorted({0, len(data), *(cut for cut in cuts if cut < len(data))})
    [message] = read_pieces(*(data[a:b] for a, b in pairwise(edges)))
    sent = [("action", "Originate")]
    for name, values in fields.items():
        entries = [values] if isinstance(values, str) else values
        sent += [(name.lower(), value) for value in entries]
    assert list(message.headers) == sent


@settings(max_examples=300, deadline=None)
@given(st.lists(st.binary(max_size=200), max_size=10))
def test_garbage_gives_messages_or_a_fault_and_nothing_else(pieces: list[bytes]) -> None:
    reader = AmiReader(Limits(line=64, message=256))
    try:
        for piece in (GREETING, *pieces):
            reader.feed(piece)
    except ProtocolFault:
        pass


def test_several_variables_become_several_lines() -> None:
    data = encode_action("Originate", {"Channel": "PJSIP/x", "Variable": ["A=1", "B=2"]})
    assert data == (
        b"Action: Originate\r\nChannel: PJSIP/x\r\nVariable: A=1\r\nVariable: B=2\r\n\r\n"
    )


@pytest.mark.parametrize(
    ("name", "fields"),
    [
        ("Ping\r\nAction: Originate", {}),
        ("Ping", {"Channel": "x\r\nApplication: System"}),
        ("Ping", {"Channel": "x\n"}),
        ("Ping", {"Channel": "x\0"}),
        ("Ping", {"Channel": ["fine", "x\r"]}),
        ("Ping", {"Chan nel": "x"}),
        ("Ping", {"Channel: y\r\nX": "x"}),
        ("Ping", {"": "x"}),
        ("Ping", {"Action": "x"}),
        ("Ping", {"Channel": "\ud800"}),
        ("Ping", {f"N{n}": "x" for n in range(MAX_ACTION_LINES)}),
    ],
)
def test_what_cannot_travel_is_refused(name: str, fields: dict[str, str]) -> None:
    with pytest.raises(BadField):
        encode_action(name, fields)


def test_a_line_may_have_1024_bytes_and_not_one_more() -> None:
    room = MAX_ACTION_LINE - len(b"X: \r\n")
    assert encode_action("Ping", {"X": "é" * (room // 2) + "x" * (room % 2)})
    with pytest.raises(BadField):
        encode_action("Ping", {"X": "é" * (room // 2) + "xx"})
