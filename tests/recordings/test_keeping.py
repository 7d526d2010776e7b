"""Audio moves to the store, goes by rule, is held for a court; killed at each step."""

from collections.abc import Callable
from contextlib import suppress
from pathlib import Path

import pytest

from calls.clock import ManualClock
from calls.ids import CallId, EdgeId, QueueId, RecordingId
from calls.notices import Alarm
from recordings.keeping import FIRST_RETRY_S, Keeping
from recordings.memory import MemoryRecordings
from recordings.model import Place, Recording
from recordings.opened import Shelves
from recordings.ports import RecordingStore
from recordings.rules import DAY_S, QueueRules, RecordingRules
from recordings.shelves import FileShelf, MemoryShelf
from recordings.sql_store import SqlRecordings
from storage.offload import Offload
from tests.conftest import Run
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract

NOW = 1_795_348_800.0
NAME = "talk/2026/11/22/r-1.wav.sealed"
AUDIO = b"what was said"


class Killed(BaseException):
    """The process died here."""


class Mortal:
    """Passes every call on, until as many were made as it lives; then it dies before or after."""

    def __init__(self, inner: object, life: list[int]) -> None:
        self._inner, self._life = inner, life

    def __getattr__(self, name: str) -> object:
        found = getattr(self._inner, name)
        if not callable(found) or name == "path":
            return found

        def mortal(*args: object, **kwargs: object) -> object:
            self._live()
            done = found(*args, **kwargs)
            self._live()
            return done

        return mortal

    def _live(self) -> None:
        self._life[0] -= 1
        if self._life[0] == 0:
            raise Killed


class MortalFiles(Mortal, FileShelf):  # type: ignore[misc]
    def __init__(self, inner: FileShelf, life: list[int]) -> None:
        Mortal.__init__(self, inner, life)
        self.folder = inner.folder

    def put(self, name: str, file: Path) -> None:
        self.__getattr__("put")(name, file)  # type: ignore[operator]

    def size(self, name: str) -> int:
        self._live()
        return FileShelf(self.folder).size(name)

    def delete(self, name: str) -> None:
        self._live()
        FileShelf(self.folder).delete(name)
        self._live()


@pytest.fixture(params=["memory", *KINDS])
def store(request: pytest.FixtureRequest, new_database: NewDatabase) -> RecordingStore:
    if request.param == "memory":
        return MemoryRecordings()
    return SqlRecordings(new_database(request.param))


def keeping(
    store: RecordingStore,
    shelves: Shelves,
    rules: RecordingRules = RecordingRules(),  # noqa: B008 - a value
    alarms: list[Alarm] | None = None,
) -> Keeping:
    heard: Callable[[Alarm], None] = (alarms if alarms is not None else []).append
    clock = ManualClock(NOW)
    return Keeping(EdgeId("a"), store, shelves, lambda: rules, Offload(threads=1), clock, heard)


def given(
    store: RecordingStore,
    shelf: FileShelf,
    folder: Path,
    made_at: float = NOW,
    place: Place = "here",
    id_: str = "r-1",
    queue: str = "sales",
) -> RecordingId:
    made = Recording(
        id=RecordingId(id_), call=CallId("a-1"), path=NAME.replace("r-1", id_), place=place,
        sha256="ab" * 32, bytes=9, made_at=made_at, queue=QueueId(queue),
    )  # fmt: skip
    (folder / "one").write_bytes(AUDIO)
    shelf.put(made.path, folder / "one")
    store.add(made)
    return made.id


def place_of(store: RecordingStore, id_: RecordingId) -> str:
    found = store.find(id_)
    assert found is not None
    return found.place


def files(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.rglob("*") if path.is_file())


def test_rec_7_whole_audio_moves_to_the_store_and_leaves_the_disk(
    store: RecordingStore, tmp_path: Path
) -> None:
    here, away = FileShelf(tmp_path / "here"), MemoryShelf()
    id_ = given(store, here, tmp_path)
    house = keeping(store, Shelves(here, away))
    assert house.step(NOW) == ""
    assert place_of(store, id_) == "away"
    assert away.held == {NAME: AUDIO}
    assert files(tmp_path / "here") == []
    assert Shelves(here, away).find(NAME).read(0, 4) == b"what"


def test_without_a_store_audio_stays_where_it_is(store: RecordingStore, tmp_path: Path) -> None:
    here = FileShelf(tmp_path / "here")
    id_ = given(store, here, tmp_path)
    assert keeping(store, Shelves(here)).step(NOW) == ""
    assert place_of(store, id_) == "here"


def test_a_store_that_is_gone_is_tried_again_later_and_shown_meanwhile(
    store: RecordingStore, tmp_path: Path, run: Run
) -> None:
    here, away, alarms = FileShelf(tmp_path / "here"), MemoryShelf(), list[Alarm]()
    id_ = given(store, here, tmp_path)
    given(store, here, tmp_path, id_="r-2")
    house = keeping(store, Shelves(here, away), alarms=alarms)
    away.away = True
    run(house.look())
    run(house.look())
    assert [(alarm.name, alarm.on) for alarm in alarms] == [("recordings_store", True)]
    assert store.backlog("here") == 2
    away.away = False
    assert house.step(NOW + FIRST_RETRY_S - 1) != "", "still shown: its time has not come"
    assert house.step(NOW + FIRST_RETRY_S) == ""
    assert place_of(store, id_) == "away"
    run(house.look())
    assert [alarm.on for alarm in alarms] == [True, False]


def test_rec_9_audio_goes_by_queue_and_kind_when_its_days_are_over(
    store: RecordingStore, tmp_path: Path
) -> None:
    here = FileShelf(tmp_path / "here")
    rules = RecordingRules(
        usual=QueueRules(keep_days=30),
        queues={
            QueueId("sales"): QueueRules(keep_days=0),
            QueueId("law"): QueueRules(keep_days=90),
        },
    )
    old = NOW - 60 * DAY_S
    for id_, at, queue in (("s", old, "sales"), ("l", old, "law"), ("o", old, "other"),
                           ("n", NOW - DAY_S, "other")):  # fmt: skip
        given(store, here, tmp_path, at, id_=id_, queue=queue)
    house = keeping(store, Shelves(here), rules)
    house.step(NOW)
    assert files(tmp_path / "here") == ["l.wav.sealed", "n.wav.sealed", "s.wav.sealed"]
    gone = store.find(RecordingId("o"))
    assert gone is not None
    assert (gone.path, gone.place, gone.sha256) == ("", "", "ab" * 32)
    house.step(NOW + 31 * DAY_S)
    assert files(tmp_path / "here") == ["s.wav.sealed"]


def test_rec_10_what_is_held_outlives_its_days_and_an_erasure(
    store: RecordingStore, tmp_path: Path, run: Run
) -> None:
    here = FileShelf(tmp_path / "here")
    rules = RecordingRules(usual=QueueRules(keep_days=1))
    held = given(store, here, tmp_path, NOW - 9 * DAY_S)
    free = given(store, here, tmp_path, NOW, id_="r-2")
    house = keeping(store, Shelves(here), rules)
    assert run(house.hold(held, "Case 2026-17", "admin"))
    house.step(NOW)
    assert files(tmp_path / "here") == ["r-1.wav.sealed", "r-2.wav.sealed"]
    assert run(house.erase_call(CallId("a-1"))) == ([free], [held])
    house.step(NOW)
    assert files(tmp_path / "here") == ["r-1.wav.sealed"]
    assert run(house.hold(held, "", "admin"))
    house.step(NOW)
    assert files(tmp_path / "here") == []


@pytest.mark.parametrize("last_act", range(1, 25))
def test_killed_at_each_step_no_audio_is_lost_and_none_is_left_double(
    store: RecordingStore, tmp_path: Path, last_act: int
) -> None:
    here, away = FileShelf(tmp_path / "here"), MemoryShelf()
    id_ = given(store, here, tmp_path)
    life = [last_act]
    mortal = Shelves(MortalFiles(here, life), Mortal(away, life))  # type: ignore[arg-type]
    try:
        keeping(Mortal(store, life), mortal).step(NOW)  # type: ignore[arg-type]
    except Killed:
        assert Shelves(here, away).find(NAME).read(0, 99) == AUDIO, "it can be heard all the same"
    keeping(store, Shelves(here, away)).step(NOW)
    assert place_of(store, id_) == "away"
    assert away.held == {NAME: AUDIO}
    assert files(tmp_path / "here") == []


@pytest.mark.parametrize("last_act", range(1, 20))
def test_killed_while_deleting_nothing_is_left_over_and_nothing_else_goes(
    store: RecordingStore, tmp_path: Path, last_act: int
) -> None:
    here, away = FileShelf(tmp_path / "here"), MemoryShelf()
    old = given(store, here, tmp_path, NOW - 9 * DAY_S, place="both")
    (tmp_path / "one").write_bytes(AUDIO)
    away.put(NAME, tmp_path / "one")
    rules, life = RecordingRules(usual=QueueRules(keep_days=1)), [last_act]
    mortal = Shelves(MortalFiles(here, life), Mortal(away, life))  # type: ignore[arg-type]
    with suppress(Killed):
        keeping(Mortal(store, life), mortal, rules).step(NOW)  # type: ignore[arg-type]
    keeping(store, Shelves(here, away), rules).step(NOW)
    assert (place_of(store, old), away.held, files(tmp_path / "here")) == ("", {}, [])


def test_audio_that_is_not_where_it_should_be_is_shown_and_the_others_go_on(
    store: RecordingStore, tmp_path: Path
) -> None:
    here, away = FileShelf(tmp_path / "here"), MemoryShelf()
    lost = given(store, here, tmp_path, NOW - 5)
    here.delete(NAME)
    other = given(store, here, tmp_path, id_="r-2")
    house = keeping(store, Shelves(here, away))
    assert "r-1" in house.step(NOW)
    assert place_of(store, lost) == "here"
    assert place_of(store, other) == "away"
