"""What a session gets when it asks for audio: the right files in order, on time, or a stand-in."""

import asyncio
import os
import shutil
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from calls.clock import ManualClock
from calls.words import Language
from ivr.model import Wording
from ivr.prompts import Date, Digits, Fixed, Number, Place, StaffNumber, Text
from ivr.speech import render
from ivr.speech.book import PromptBook, Settings
from ivr.speech.free_text import make_room
from ivr.speech.house_prompts import HOUSE_PROMPTS
from ivr.speech.voices import VoiceSpec
from storage.worker import Worker
from tests.conftest import Run

pytestmark = pytest.mark.integration

ZH, EN = Language.ZH, Language.EN
TABLE = {
    "welcome": {ZH: Wording(text="您好。"), EN: Wording(text="Welcome.")},
    "only-zh": {ZH: Wording(text="只有中文。")},
    "lost": {EN: Wording(text="Never rendered.")},
}


@asynccontextmanager
async def given_a_book(folder: Path, clock: ManualClock | None = None) -> AsyncIterator[PromptBook]:
    """Its worker up; the budget runs on a clock that stands still unless moved."""
    clock = clock or ManualClock()
    worker = Worker(clock)
    book = PromptBook(folder, clock, worker)
    assert await book.start()
    try:
        yield book
    finally:
        await worker.close()


@pytest.fixture
def folder(rendered: Path) -> Path:
    spoken = {name: TABLE[name] for name in ("welcome", "only-zh")}
    render.render_fixed(str(rendered), spoken)
    return rendered


def on_disk(file: str) -> bool:
    return os.path.isabs(file) and os.path.exists(file + ".wav")


def names(files: list[str]) -> list[str]:
    return [Path(file).name for file in files]


def test_every_kind_of_prompt_becomes_files_that_exist_in_order(folder: Path, run: Run) -> None:
    async def story() -> None:
        async with given_a_book(folder) as book:
            files = await book.files(
                [
                    Fixed(id="welcome"),
                    Number(value=105),
                    Digits(digits="21"),
                    Date(iso="2026-11-22"),
                    Place(place=3),
                    StaffNumber(digits="8001"),
                    Text(text="订单8001已发货"),
                ],
                ZH,
                TABLE,
            )
            assert names(files)[1:-2] == [
                *("hundred1", "n0", "n5", "n2", "yao"),
                *("n2", "n0", "n2", "n6", "year", "month11", "day22"),
                *("place_before", "liang", "place_after"),
            ]
            assert files[-2].endswith("/zh-CN/staff/8001")
            assert all(on_disk(file) for file in files)
            assert not any(book.misses.values())

    run(story(), 60.0)


def test_a_prompt_bound_to_a_language_is_said_in_it(folder: Path, run: Run) -> None:
    async def story() -> None:
        async with given_a_book(folder) as book:
            own = await book.files([Fixed(id="welcome", language=EN)], ZH, TABLE)
            assert own == await book.files([Fixed(id="welcome")], EN, TABLE)
            assert own != await book.files([Fixed(id="welcome")], ZH, TABLE)

    run(story(), 30.0)


def test_what_is_missing_is_counted_and_the_rest_is_played(folder: Path, run: Run) -> None:
    async def story() -> None:
        async with given_a_book(folder) as book:
            files = await book.files(
                [
                    Fixed(id="nobody-wrote-it"),
                    Fixed(id="lost"),
                    Date(iso="2026-02-30"),
                    Digits(digits="12/3"),
                    StaffNumber(digits="../8001"),
                    Fixed(id="only-zh"),
                    Number(value=1),
                ],
                EN,
                TABLE,
            )
            assert len(files) == 2
            assert files[0] in await book.files([Fixed(id="only-zh")], ZH, TABLE)
            assert names(files)[1] == "n1"
            misses = book.misses
            assert (misses["no_audio"], misses["other_language"]) == (2, 1)
            assert misses["unspeakable"] == 3

    run(story(), 30.0)


def test_an_uploaded_recording_is_played_in_place_of_the_text(folder: Path, run: Run) -> None:
    beep = (folder / "en" / "house" / "beep.wav").read_bytes()
    upload = render.accept_upload(str(folder), beep)
    table = {
        "recorded": {EN: Wording(text="Welcome.", audio=upload.audio)},
        "stolen": {EN: Wording(text="Welcome.", audio="../../etc/passwd")},
    }

    async def story() -> None:
        async with given_a_book(folder) as book:
            (recorded,) = await book.files([Fixed(id="recorded")], EN, table)
            assert recorded == str(folder / upload.audio).removesuffix(".wav")
            (spoken,) = await book.files([Fixed(id="stolen")], EN, table)
            assert spoken.startswith(str(folder / "en" / "fixed"))

    run(story(), 30.0)


def test_text_not_spoken_in_time_gives_way_and_is_there_the_next_time(
    folder: Path, run: Run
) -> None:
    async def story() -> None:
        clock = ManualClock()
        async with given_a_book(folder, clock) as book:
            text = Text(text="A text that nobody has spoken before")
            asking = asyncio.ensure_future(book.files([text], EN, TABLE))
            await asyncio.sleep(0)
            await asyncio.sleep(0)
            clock.advance(Settings().text_budget_s)
            files = await asking
            assert names(files) == ["one-moment"]
            assert book.misses["text_late"] == 1
            (spoken,) = await book.files([text], EN, TABLE)
            assert on_disk(spoken)

    run(story(), 30.0)


def test_two_callers_with_the_same_text_have_it_spoken_once(folder: Path, run: Run) -> None:
    async def story() -> None:
        async with given_a_book(folder) as book:
            one, other = await asyncio.gather(
                book.text("Both hear this", EN), book.text("Both  hear this ", EN)
            )
            assert one is not None
            assert one == other
            assert await book.text("\x00 ", EN) is None

    run(story(), 30.0)


def test_a_voice_that_cannot_speak_costs_the_caller_only_the_text(folder: Path, run: Run) -> None:
    async def story() -> None:
        clock = ManualClock()
        worker = Worker(clock)
        book = PromptBook(folder, clock, worker, {EN: VoiceSpec(name="no-such-voice")})
        try:
            assert not await book.start()
            assert names(await book.files([Text(text="hello")], EN, TABLE)) == ["one-moment"]
            assert book.misses["text_failed"] == 1
        finally:
            await worker.close()

    run(story(), 30.0)


def test_a_closed_worker_never_raises_into_a_call(folder: Path, run: Run) -> None:
    async def story() -> None:
        clock = ManualClock()
        worker = Worker(clock)
        book = PromptBook(folder, clock, worker)
        await worker.close()
        files = await book.files([Text(text="hi"), StaffNumber(digits="77")], EN, TABLE)
        assert names(files) == ["one-moment", "staff_before", "n7", "n7", "staff_after"]

    run(story(), 30.0)


def test_coverage_names_each_prompt_a_caller_would_not_hear(
    folder: Path, tmp_path: Path, run: Run
) -> None:
    shutil.copytree(folder, tmp_path / "p")
    (tmp_path / "p" / "en" / "house" / "goodbye.wav").unlink()
    (tmp_path / "p" / "zh-CN" / "pieces" / "liang.wav").unlink()

    async def story() -> None:
        async with given_a_book(tmp_path / "p") as book:
            lacks = [
                (one.kind, one.name, one.language, one.why) for one in book.missing(TABLE, [ZH, EN])
            ]
            assert lacks == [
                ("fixed", "lost", ZH, "no text"),
                ("piece", "liang", ZH, "no audio"),
                ("fixed", "only-zh", EN, "no text"),
                ("fixed", "lost", EN, "no audio"),
                ("house", "goodbye", EN, "no audio"),
            ]
            assert book.house("goodbye", EN) == []
            assert all(book.house(name, ZH) for name in HOUSE_PROMPTS)

    run(story(), 30.0)


def test_the_cache_forgets_what_was_played_longest_ago(tmp_path: Path) -> None:
    for age, name in enumerate(("new", "middle", "old")):
        file = tmp_path / f"{name}.wav"
        file.write_bytes(bytes(100))
        os.utime(file, (1000 - age, 1000 - age))
    (tmp_path / ".half.wav").write_bytes(bytes(100))
    make_room(tmp_path, 200, keep=tmp_path / "old.wav")
    assert sorted(file.name for file in tmp_path.iterdir()) == [".half.wav", "new.wav", "old.wav"]
    make_room(tmp_path, 0, keep=tmp_path / "new.wav")
    assert sorted(file.name for file in tmp_path.iterdir()) == [".half.wav", "new.wav"]
