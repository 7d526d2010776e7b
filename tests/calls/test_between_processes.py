"""What processes say to each other, and the marks a view carries."""

import msgspec
import pytest

from calls import codec, commands, frames, inputs, notices, streams
from calls.exchange import Asked, Fault, speaks, speech_of
from calls.ids import AgentId, CallId, EdgeId
from calls.journal import FLOOR, MemoryJournal
from calls.rights import WATCHERS, Who, allow, mark_of, public
from calls.words import LeaveReason, Released, Role

pytestmark = pytest.mark.unit

EAST = EdgeId("east")
CALL = CallId("east-1")
LEFT = inputs.CallerLeft(call=CALL, reason=LeaveReason.HUNG_UP)
RELEASE = commands.ReleaseCaller(edge=EAST, call=CALL, token=7, reason=Released.CLOSED)
CHANGED = notices.Alarm(name="disk_full", on=True)


def test_what_an_edge_says_arrives_as_it_was_said() -> None:
    for asks in (None, frames.Asks(on=frames.answers_to("web-1"), number=3)):
        said = frames.Said(edge=EAST, input=LEFT, asks=asks)
        assert frames.decode_said(frames.encode(said)) == said


def test_a_command_and_a_hello_are_told_apart() -> None:
    for frame in (frames.Do(command=RELEASE), frames.Hello(token=7)):
        assert frames.decode_to_edge(frames.encode(frame)) == frame


def test_answers_and_news_arrive() -> None:
    answered = frames.Answered(number=3, refused="agent ann: not possible")
    assert frames.decode_answered(frames.encode(answered)) == answered
    told = frames.Told(by="east", notice=CHANGED)
    assert frames.decode_told(frames.encode(told)) == told


@pytest.mark.parametrize(
    "decode",
    [frames.decode_said, frames.decode_to_edge, frames.decode_told, frames.decode_answered],
    ids=lambda decode: decode.__name__,
)
@pytest.mark.parametrize("garbage", [b"", b"{}", b"[]", "\u4e09\u54cd".encode(), b"\xff", b"null"])
def test_garbage_on_a_stream_is_refused(decode: object, garbage: bytes) -> None:
    with pytest.raises(msgspec.DecodeError):
        decode(garbage)  # type: ignore[operator]


def test_each_edge_has_streams_and_a_lease_of_its_own() -> None:
    west = EdgeId("west")
    assert frames.commands_of(EAST) != frames.commands_of(west)
    leases = frozenset({frames.BRAIN, frames.lease_of(EAST), frames.lease_of(west)})
    assert frames.edges_among(leases) == {EAST, west}


def test_a_position_of_the_journal_is_one_of_its_stream() -> None:
    assert streams.entry_at(streams.at_entry(41)) == 41
    assert streams.at_entry(0) == streams.START
    assert streams.journal_stream("floor") != streams.journal_stream("facts")


@pytest.mark.parametrize(
    ("later", "than"), [("0-2", "0-1"), ("0-10", "0-9"), ("1-0", "0-9"), ("1764-1", "1764")]
)
def test_positions_are_in_the_order_of_numbers_not_of_letters(later: str, than: str) -> None:
    assert streams.is_later(later, than)
    assert not streams.is_later(than, later)
    assert not streams.is_later(later, later)


def test_who_holds_a_name_already_is_said() -> None:
    taken = streams.Taken("edge:east", "pid 12 on a1")
    assert (taken.name, taken.holder) == ("edge:east", "pid 12 on a1")
    assert "pid 12" in str(taken)


def test_commands_and_notices_survive_their_bytes() -> None:
    assert codec.decode_command(codec.encode(RELEASE)) == RELEASE
    assert codec.decode_notice(codec.encode(CHANGED)) == CHANGED


def test_a_journal_in_memory_gives_back_what_it_was_given_from_where_it_is_asked() -> None:
    journal = MemoryJournal()
    for n in range(3):
        journal.append(FLOOR, b"%d" % n)
    entries = list(journal.read(FLOOR))
    assert [data for _, data in entries] == [b"0", b"1", b"2"]
    assert list(journal.read(FLOOR, entries[0][0])) == entries[1:]


def test_a_view_without_a_mark_is_nobodys() -> None:
    assert mark_of(lambda: None) is None
    assert speech_of(lambda: None) is None


def test_a_view_carries_who_may_and_what_it_says() -> None:
    class Query(Asked):
        day: str

    @allow(*WATCHERS)
    @speaks("the floor", query=Query, status=202, refuses=(409,))
    def floor() -> None: ...

    @public
    def door() -> None: ...

    mark, speech = mark_of(floor), speech_of(floor)
    assert mark is not None
    assert speech is not None
    assert mark.roles == WATCHERS
    assert not mark.public
    assert (speech.about, speech.query, speech.status) == ("the floor", Query, 202)
    assert speech.refuses == (409,)
    open_to_all = mark_of(door)
    assert open_to_all is not None
    assert open_to_all.public
    with pytest.raises(msgspec.ValidationError):
        msgspec.json.decode(b'{"day": "2026-11-30", "drop": 1}', type=Query)


def test_a_fault_names_its_sentence_and_the_field() -> None:
    fault = Fault("unknown_queue", "queue", queue="sales")
    assert (fault.code, fault.field, fault.values) == ("unknown_queue", "queue", {"queue": "sales"})


def test_an_agent_speaks_for_herself_and_a_supervisor_for_everybody() -> None:
    ann, ben = AgentId("ann"), AgentId("ben")
    worker = Who(person="ann", name="Ann", roles=(Role.AGENT,), agent=ann)
    boss = Who(person="boss", name="Boss", roles=(Role.SUPERVISOR,))
    idle = Who(person="new", name="New", roles=(Role.AGENT,))
    assert worker.may_speak_for(ann)
    assert not worker.may_speak_for(ben)
    assert not worker.sees_all()
    assert boss.may_speak_for(ben)
    assert boss.may_speak_for(None)
    assert not idle.may_speak_for(None)
    assert not idle.may_speak_for(ann)
