"""The list of recordings, the same in memory and in SQL."""

import pytest

from calls.ids import AgentId, CallId, OfferId, QueueId, RecordingId
from recordings.memory import MemoryRecordings
from recordings.model import Recording
from recordings.ports import RecordingStore
from recordings.sql_store import SqlRecordings
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract


@pytest.fixture(params=["memory", *KINDS])
def store(request: pytest.FixtureRequest, new_database: NewDatabase) -> RecordingStore:
    if request.param == "memory":
        return MemoryRecordings()
    return SqlRecordings(new_database(request.param))


def given(id_: str, made_at: float, call: str = "a-1", path: str = "talk/x.wav") -> Recording:
    return Recording(
        id=RecordingId(id_),
        call=CallId(call),
        path=path,
        seconds=12.5,
        bytes=400_044,
        sha256="ab" * 32,
        flaw="silent_agent",
        made_at=made_at,
        queue=QueueId("sales"),
        agent=AgentId("li"),
        offer=OfferId("o1"),
    )


def test_what_was_added_is_found_as_it_was(store: RecordingStore) -> None:
    talk = given("r1", 100.0)
    message = Recording(id=RecordingId("r2"), call=CallId("a-1"), kind="voicemail", made_at=200.0)
    store.add(talk)
    store.add(message)
    assert store.find(talk.id) == talk
    assert store.find(message.id) == message
    assert store.find(RecordingId("nobody")) is None


def test_the_same_id_again_replaces_what_was_known(store: RecordingStore) -> None:
    store.add(given("r1", 100.0))
    store.add(given("r1", 101.0, path=""))
    assert store.find(RecordingId("r1")) == given("r1", 101.0, path="")
    assert len(store.of_call(CallId("a-1"))) == 1


def test_a_call_lists_its_own_oldest_first(store: RecordingStore) -> None:
    for id_, at, call in (("r3", 300.0, "a-1"), ("r1", 100.0, "a-1"), ("r2", 200.0, "b-1")):
        store.add(given(id_, at, call))
    assert [one.id for one in store.of_call(CallId("a-1"))] == ["r1", "r3"]
    assert store.of_call(CallId("c-1")) == []


def test_old_ones_that_still_have_a_file_come_oldest_first(store: RecordingStore) -> None:
    for id_, at, path in (
        ("r3", 300.0, "x"),
        ("r1", 100.0, "x"),
        ("r2", 200.0, ""),
        ("r0", 150.0, "x"),
    ):
        store.add(given(id_, at, path=path))
    assert [one.id for one in store.made_before(300.0, 10)] == ["r1", "r0"]
    assert [one.id for one in store.made_before(999.0, 2)] == ["r1", "r0"]
