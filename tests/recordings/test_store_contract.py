"""The list of recordings, their chain, holds and who listened: the same in memory and in SQL."""

import pytest
from msgspec.structs import replace

from calls.ids import AgentId, CallId, EdgeId, OfferId, QueueId, RecordingId
from recordings.chain import verify
from recordings.listening import Heard
from recordings.memory import MemoryRecordings
from recordings.model import Place, Recording, Sought
from recordings.ports import RecordingStore, all_links
from recordings.sql_store import SqlRecordings
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract

EDGE = EdgeId("a")


@pytest.fixture(params=["memory", *KINDS])
def store(request: pytest.FixtureRequest, new_database: NewDatabase) -> RecordingStore:
    if request.param == "memory":
        return MemoryRecordings()
    return SqlRecordings(new_database(request.param))


def given(
    id_: str, made_at: float, call: str = "a-1", place: Place = "here", queue: str = "sales"
) -> Recording:
    return Recording(
        id=RecordingId(id_),
        call=CallId(call),
        path="talk/x.wav" if place else "",
        place=place,
        seconds=12.5,
        bytes=400_044,
        sha256="ab" * 32,
        flaw="silent_agent",
        made_at=made_at,
        queue=QueueId(queue),
        agent=AgentId("li"),
        offer=OfferId("o1"),
        number="+8613812345678",
    )


def ids(found: list[Recording]) -> list[str]:
    return [one.id for one in found]


def test_what_was_added_is_found_as_it_was(store: RecordingStore) -> None:
    talk = given("r1", 100.0)
    message = Recording(id=RecordingId("r2"), call=CallId("a-1"), kind="voicemail", made_at=200.0)
    store.add(talk, (b"\1\2", b"\3\4"))
    store.add(message)
    assert store.find(talk.id) == talk
    assert store.find(message.id) == message
    assert store.find(RecordingId("nobody")) is None
    assert store.peaks(talk.id) == (b"\1\2", b"\3\4")
    assert store.peaks(message.id) == ()


def test_the_same_id_again_replaces_what_was_known_but_neither_hold_nor_score(
    store: RecordingStore,
) -> None:
    store.add(given("r1", 100.0))
    store.hold(RecordingId("r1"), "a court asked", "admin", 5.0)
    store.score(RecordingId("r1"), 87.5)
    store.add(given("r1", 101.0))
    found = store.find(RecordingId("r1"))
    assert found == replace(
        given("r1", 101.0), hold_why="a court asked", hold_by="admin", hold_at=5.0, score=87.5
    )
    assert len(store.of_call(CallId("a-1"))) == 1


def test_a_call_lists_its_own_oldest_first(store: RecordingStore) -> None:
    for id_, at, call in (("r3", 300.0, "a-1"), ("r1", 100.0, "a-1"), ("r2", 200.0, "b-1")):
        store.add(given(id_, at, call))
    assert ids(store.of_call(CallId("a-1"))) == ["r1", "r3"]
    assert store.of_call(CallId("c-1")) == []


def test_c6_recordings_are_found_by_all_that_is_known_of_them(store: RecordingStore) -> None:
    store.add(given("r1", 100.0))
    store.add(replace(given("r2", 200.0, "a-2"), number="1001", flaw="", seconds=60.0))
    store.add(replace(given("r3", 300.0, "a-3", queue="support"), agent=AgentId("wang")))
    store.add(Recording(id=RecordingId("v1"), call=CallId("a-4"), kind="voicemail", made_at=400.0))
    store.score(RecordingId("r2"), 55.0)
    for wanted, found in (
        (Sought(), ["v1", "r3", "r2", "r1"]),
        (Sought(number="1001"), ["r2"]),
        (Sought(agent=AgentId("wang")), ["r3"]),
        (Sought(queue=QueueId("support")), ["r3"]),
        (Sought(queues=(QueueId("sales"),)), ["r2", "r1"]),
        (Sought(queues=()), []),
        (Sought(kind="voicemail"), ["v1"]),
        (Sought(since=200.0, until=400.0), ["r3", "r2"]),
        (Sought(longer_s=30.0), ["r2"]),
        (Sought(shorter_s=13.0, kind="talk"), ["r3", "r1"]),
        (Sought(flaw="any"), ["r3", "r1"]),
        (Sought(flaw="silent_agent"), ["r3", "r1"]),
        (Sought(flaw="silent"), []),
        (Sought(score_from=50.0), ["r2"]),
        (Sought(score_to=50.0), []),
        (Sought(calls=(CallId("a-3"), CallId("a-4"))), ["v1", "r3"]),
        (Sought(calls=()), []),
        (Sought(held=True), []),
    ):
        assert ids(store.search(wanted, 10)) == found, wanted


def test_pages_follow_each_other_also_within_one_moment(store: RecordingStore) -> None:
    for n in range(7):
        store.add(given(f"r{n}", 100.0 + n // 3))
    seen: list[str] = []
    before = None
    while page := store.search(Sought(), 2, before):
        seen += ids(page)
        before = (page[-1].made_at, page[-1].id)
    assert seen == ["r6", "r5", "r4", "r3", "r2", "r1", "r0"]


def test_rec_9_old_ones_come_by_kind_and_queue(store: RecordingStore) -> None:
    for id_, at, place in (("r3", 300.0, "away"), ("r1", 100.0, "here"), ("r2", 200.0, "")):
        store.add(given(id_, at, place=place))  # type: ignore[arg-type]
    store.add(given("r0", 150.0, queue="support"))
    store.add(replace(given("v0", 10.0), kind="voicemail", queue=None))
    assert ids(store.made_before(300.0, 10, "talk")) == ["r1", "r0"]
    assert ids(store.made_before(999.0, 2, "talk")) == ["r1", "r0"]
    assert ids(store.made_before(999.0, 9, "talk", QueueId("support"))) == ["r0"]
    assert ids(store.made_before(999.0, 9, "talk", besides=(QueueId("support"),))) == ["r1", "r3"]
    assert ids(store.made_before(999.0, 9, "voicemail", besides=(QueueId("sales"),))) == ["v0"]


def test_rec_10_a_hold_wins_over_everything_that_deletes(store: RecordingStore) -> None:
    id_ = RecordingId("r1")
    store.add(given("r1", 100.0))
    assert store.hold(id_, "a court asked", "admin", 5.0)
    assert store.condemn(id_) is None
    assert store.made_before(999.0, 9, "talk") == []
    assert ids(store.search(Sought(held=True), 9)) == ["r1"]
    assert store.hold(id_, "", "admin", 6.0)
    assert store.find(id_) == given("r1", 100.0)
    assert store.condemn(id_) is not None
    assert store.condemn(id_) is None
    assert not store.hold(id_, "too late", "admin", 7.0)
    assert not store.hold(RecordingId("nobody"), "x", "admin", 7.0)


def test_a_recording_moves_only_from_where_it_is(store: RecordingStore) -> None:
    id_ = RecordingId("r1")
    store.add(given("r1", 100.0))
    assert not store.move(id_, "both", "away")
    assert store.move(id_, "here", "both")
    assert not store.move(id_, "here", "both")
    assert store.backlog("both") == 1
    assert store.condemn(id_) is not None
    assert store.move(id_, "going", "")
    found = store.find(id_)
    assert found is not None
    assert (found.path, found.place, found.sha256) == ("", "", "ab" * 32)


def test_what_was_tried_in_vain_waits_and_says_why(store: RecordingStore) -> None:
    store.add(given("r1", 100.0))
    store.add(given("r2", 200.0))
    store.add(given("other", 50.0, call="b-1"))
    store.put_off(RecordingId("r1"), 30.0, "no way to the store")
    assert [w.recording.id for w in store.waiting("here", 10.0, 9, EDGE)] == ["r2"]
    [late, _] = store.waiting("here", 30.0, 9, EDGE)
    assert (late.recording.id, late.tries, late.error) == ("r1", 1, "no way to the store")
    store.move(RecordingId("r1"), "here", "both")
    [moved] = store.waiting("both", 0.0, 9, EDGE)
    assert (moved.tries, moved.error) == (0, "")


def test_rec_13_each_recording_is_linked_once_and_again_when_it_became_another(
    store: RecordingStore,
) -> None:
    store.add(given("r1", 100.0))
    store.add(given("r2", 200.0))
    store.add(given("r1", 100.0))
    assert [(link.position, link.recording) for link in all_links(store)] == [(1, "r1"), (2, "r2")]
    store.add(replace(given("r1", 100.0), sha256="cd" * 32))
    links = list(all_links(store))
    assert [(link.position, link.recording) for link in links] == [(1, "r1"), (2, "r2"), (3, "r1")]
    listed = {id_: found.sha256 for id_ in map(RecordingId, ("r1", "r2"))
              if (found := store.find(id_))}  # fmt: skip
    assert verify(links, listed.get).broken is None
    assert store.links(1, 1) == links[1:2]


def test_rec_12_one_playing_is_one_line_with_the_parts_that_were_heard(
    store: RecordingStore,
) -> None:
    id_ = RecordingId("r1")
    line = Heard(recording=id_, who="boss", how="played", at=10.0, until=10.0, address="10.0.0.9",
                 play="p1", parts=((0.0, 5.0),))  # fmt: skip
    store.hear(line)
    store.hear(replace(line, at=12.0, until=12.0, parts=((4.0, 9.0),)))
    store.hear(replace(line, at=14.0, until=14.0, parts=((60.0, 61.0),)))
    store.hear(replace(line, who="admin", at=20.0, until=20.0))
    store.hear(replace(line, play="", at=30.0, until=30.0))
    store.hear(replace(line, play="", at=31.0, until=31.0))
    heard = store.heard(id_)
    assert [(one.who, one.at) for one in heard] == [
        ("boss", 31.0), ("boss", 30.0), ("admin", 20.0), ("boss", 10.0)]  # fmt: skip
    assert heard[-1] == replace(line, until=14.0, parts=((0.0, 9.0), (60.0, 61.0)))
    assert store.heard(RecordingId("r2")) == []
