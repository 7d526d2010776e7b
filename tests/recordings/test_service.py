"""From the recorder's two files to a listed recording, through a real worker process."""

import hashlib
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from calls.clock import ManualClock
from calls.ids import AgentId, CallId, QueueId, RecordingId
from recordings.memory import MemoryRecordings
from recordings.model import Recording, Taken, stored
from recordings.service import RecordingService
from recordings.shelves import NoAudio
from recordings.whereabouts import Whereabouts
from storage.errors import StorageError
from storage.offload import Offload
from storage.worker import Worker
from tests.conftest import Run
from tests.recordings.test_audio import line

pytestmark = pytest.mark.integration

NOON = 1795348800.0  # 2026-11-22 12:00 UTC
TAKEN = Taken(
    id=RecordingId("r-1"), call=CallId("a-17.3"), queue=QueueId("sales"), agent=AgentId("li")
)


class ClosedDatabase(MemoryRecordings):
    """Takes nothing until ``open``."""

    open = False

    def add(self, recording: Recording, peaks: Sequence[bytes] = ()) -> None:
        if not self.open:
            raise StorageError("locked")
        super().add(recording, peaks)


@asynccontextmanager
async def given_service(
    folder: Path, store: MemoryRecordings | None = None, keys: str = ""
) -> AsyncIterator[RecordingService]:
    clock = ManualClock(NOON)
    worker, offload = Worker(clock), Offload()
    try:
        yield RecordingService(
            Whereabouts(folder=str(folder), keys=keys),
            store or MemoryRecordings(),
            worker,
            offload,
            clock,
            settle_s=0.0,
        )
    finally:
        await worker.close()
        await offload.close()


def test_a_talk_becomes_one_listed_file_named_by_our_id_and_its_day(
    tmp_path: Path, run: Run
) -> None:
    caller, agent = line(tmp_path / "r.wav", 2.0), line(tmp_path / "t.wav", 2.0)

    async def story() -> None:
        async with given_service(tmp_path / "kept") as service:
            made = await service.finish(TAKEN, caller, agent)
            assert made.path == "talk/2026/11/22/r-1.wav"
            assert (made.flaw, made.seconds, made.agent) == ("", 2.0, "li")
            assert await service.find(made.id) == made
            assert await service.of_call(TAKEN.call) == [made]
            assert service.audio_of(made).size == made.bytes
            fact = stored(made)
            assert (fact.recording, fact.sha256, fact.at) == ("r-1", made.sha256, NOON)

    run(story(), 30.0)
    assert not caller.exists()


def test_a_recorder_that_wrote_nothing_is_listed_as_missing(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with given_service(tmp_path) as service:
            made = await service.finish(TAKEN, tmp_path / "r.wav", tmp_path / "t.wav")
            assert (made.flaw, made.path, made.bytes) == ("missing", "", 0)
            with pytest.raises(NoAudio):
                service.audio_of(made)
            assert await service.find(made.id) == made

    run(story(), 30.0)


def test_a_message_is_kept_beside_the_talks(tmp_path: Path, run: Run) -> None:
    async def story() -> None:
        async with given_service(tmp_path) as service:
            made = await service.finish_voicemail(TAKEN, line(tmp_path / "m.wav", 1.0))
            assert (made.kind, made.path) == ("voicemail", "voicemail/2026/11/22/r-1.wav")
            assert service.audio_of(made).size == made.bytes

    run(story(), 30.0)


@pytest.mark.parametrize("id_", ["", "../r", "a/b", ".hidden", "x" * 101, "r 1", "r\n"])
def test_an_id_that_is_no_file_name_is_refused(tmp_path: Path, run: Run, id_: str) -> None:
    async def story() -> None:
        async with given_service(tmp_path) as service:
            taken = Taken(id=RecordingId(id_), call=CallId("a-1"))
            with pytest.raises(ValueError, match="recording id"):
                await service.finish(taken, tmp_path / "r", tmp_path / "t")

    run(story(), 30.0)


def test_a_listed_path_never_leads_out_of_the_folder(tmp_path: Path, run: Run) -> None:
    (tmp_path / "secret.wav").write_bytes(b"x")
    (tmp_path / "kept").mkdir()
    (tmp_path / "kept" / "link.wav").symlink_to(tmp_path / "secret.wav")

    async def story() -> None:
        async with given_service(tmp_path / "kept") as service:
            for path in ("../secret.wav", str(tmp_path / "secret.wav"), "link.wav", ".", ""):
                forged = Recording(
                    id=RecordingId("r"), call=CallId("c"), path=path, place="here", made_at=0.0
                )
                with pytest.raises(NoAudio):
                    service.audio_of(forged)

    run(story(), 30.0)


def test_a_closed_database_delays_only_the_list(tmp_path: Path, run: Run) -> None:
    store = ClosedDatabase()

    async def story() -> None:
        async with given_service(tmp_path / "kept", store) as service:
            first = await service.finish_voicemail(TAKEN, line(tmp_path / "m.wav", 1.0))
            assert service.audio_of(first).size == first.bytes
            assert service.unlisted == 1
            assert await service.find(first.id) is None
            store.open = True
            await service.list_waiting()
            assert service.unlisted == 0
            assert await service.find(first.id) == first

    run(story(), 30.0)


def test_rec_8_with_a_key_file_no_audio_lies_open_and_what_is_heard_is_the_same(
    tmp_path: Path, run: Run
) -> None:
    caller, agent = line(tmp_path / "r.wav", 20.0, 3000), line(tmp_path / "t.wav", 20.0)
    spoken = caller.read_bytes()[1000:1100]

    async def story() -> None:
        async with given_service(tmp_path / "kept", keys=str(tmp_path / "keys")) as service:
            made = await service.finish(TAKEN, caller, agent)
            assert made.path == "talk/2026/11/22/r-1.wav.sealed"
            audio = service.audio_of(made)
            whole = audio.read(0, audio.size)
            assert hashlib.sha256(whole).hexdigest() == made.sha256
            assert audio.read(70_000, 200_001) == whole[70_000:200_001]
            peaks = await service.peaks_of(made)
            assert [len(channel) for channel in peaks] == [200, 200]
            assert max(peaks[0]) < max(peaks[1])

    run(story(), 60.0)
    left = [path for path in tmp_path.rglob("*") if path.is_file() and path.name != "keys"]
    assert [path.name for path in left] == ["r-1.wav.sealed"]
    assert spoken not in left[0].read_bytes()
    assert (tmp_path / "keys").stat().st_mode & 0o077 == 0


def test_peaks_of_audio_that_has_none_are_measured_when_they_are_asked_for(
    tmp_path: Path, run: Run
) -> None:
    store = MemoryRecordings()

    async def story() -> None:
        keys = str(tmp_path / "keys")
        async with given_service(tmp_path / "kept", store, keys) as service:
            made = await service.finish_voicemail(TAKEN, line(tmp_path / "m.wav", 1.0))
            known = store.peaks(made.id)
            store.keep_peaks(made.id, ())
            (tmp_path / "kept" / "spool").mkdir(exist_ok=True)
            assert await service.peaks_of(made) == known == store.peaks(made.id)
            assert list((tmp_path / "kept" / "spool").iterdir()) == []

    run(story(), 60.0)
