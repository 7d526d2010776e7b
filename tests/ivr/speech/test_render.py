"""Real espeak-ng and sox: what set-up and publish leave on disk, and how it sounds when joined."""

import shutil
import subprocess
import wave
from array import array
from collections.abc import Iterator
from itertools import pairwise
from pathlib import Path

import pytest

from calls.words import Language
from ivr.model import Wording
from ivr.prompts import Date, Number, Place, StaffNumber, Wait
from ivr.speech import render, sound
from ivr.speech.grammar import all_pieces, piece_names
from ivr.speech.house_prompts import BEEP, HOUSE_PROMPTS, worded
from ivr.speech.shelf import Shelf
from ivr.speech.voices import DEFAULT_VOICES, VoiceSpec
from ivr.speech.writing import spoken_form

pytestmark = pytest.mark.integration

ZH, EN = Language.ZH, Language.EN
LOUD = 330
"""1 % of full scale: what a listener takes for silence lies below."""


def samples(path: Path) -> "array[int]":
    with wave.open(str(path), "rb") as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 8000)
        return array("h", file.readframes(file.getnframes()))


def quiet_edges(path: Path) -> tuple[float, float]:
    heard = samples(path)
    loud = [at for at, sample in enumerate(heard) if abs(sample) > LOUD]
    assert loud, f"{path.name} is silent"
    return loud[0] / 8000, (len(heard) - 1 - loud[-1]) / 8000


def everything_spoken(folder: Path, language: Language) -> Iterator[tuple[str, str]]:
    yield from all_pieces(language).items()
    for name, wordings in HOUSE_PROMPTS.items():
        yield name, wordings[language].text


@pytest.mark.parametrize("language", Language)
def test_every_piece_and_house_prompt_is_there_and_is_telephone_audio(
    rendered: Path, language: Language
) -> None:
    shelf = Shelf(rendered)
    for name in all_pieces(language):
        assert len(samples(shelf.piece(language, name))) > 800, name
    for name in (*HOUSE_PROMPTS, BEEP):
        assert max(samples(shelf.house(language, name))) > 4000, name


@pytest.mark.parametrize("language", Language)
def test_any_two_pieces_joined_stand_less_than_150_ms_apart(
    rendered: Path, language: Language
) -> None:
    shelf = Shelf(rendered)
    edges = [
        quiet_edges(shelf.piece(language, name)) for name in all_pieces(language) if name != "pause"
    ]
    assert max(before for before, _ in edges) + max(after for _, after in edges) < 0.150


def test_a_joined_sentence_has_no_silence_of_150_ms_between_its_pieces(rendered: Path) -> None:
    shelf = Shelf(rendered)
    for language in Language:
        for prompt in (
            Number(value=12345678),
            Date(iso="2026-11-22"),
            Place(place=13),
            Wait(low_min=3, high_min=5),
            StaffNumber(digits="8001"),
        ):
            at, parts = 0, []
            for name in piece_names(prompt, language):
                heard = samples(shelf.piece(language, name))
                before, after = quiet_edges(shelf.piece(language, name))
                parts.append((at + before * 8000, at + len(heard) - after * 8000))
                at += len(heard)
            gaps = [(start - end) / 8000 for (_, end), (start, _) in pairwise(parts)]
            assert gaps
            assert max(gaps) < 0.150


def test_no_chinese_word_is_spelled_in_english_letters(rendered: Path) -> None:
    """espeak-ng's phonemes say "(en)" where it fell back to English."""
    voice = DEFAULT_VOICES[ZH].name
    text = "\n".join(spoken_form(words, ZH) for _, words in everything_spoken(rendered, ZH))
    heard = subprocess.run(
        ["espeak-ng", "-v", voice, "-q", "-x", "--stdin"],
        input=text.encode(),
        capture_output=True,
        timeout=30,
        check=True,
    ).stdout.decode()
    assert heard
    assert "(en)" not in heard


def test_setting_up_again_makes_nothing_and_repairs_what_was_lost(
    rendered: Path, tmp_path: Path
) -> None:
    shutil.copytree(rendered / "zh-CN", tmp_path / "zh-CN")
    folder, lost = str(tmp_path), Shelf(tmp_path).piece(ZH, "n7")
    assert render.render_pieces(folder, ZH) == 0
    assert render.render_house(folder, ZH) == 0
    lost.unlink()
    told: list[tuple[int, int]] = []
    assert render.render_pieces(folder, ZH, progress=lambda *done: told.append(done)) == 1
    assert told == [(1, 1)]
    assert lost.exists()


def test_another_voice_speaks_every_piece_again_and_forgets_what_was_joined(
    rendered: Path, tmp_path: Path
) -> None:
    shutil.copytree(rendered / "en", tmp_path / "en")
    folder, shelf = str(tmp_path), Shelf(tmp_path)
    assert render.render_staff(folder, ["8001"], EN) == 1
    before = shelf.piece(EN, "n7").read_bytes()
    slower = VoiceSpec(name="en-us", words_per_minute=120)
    assert render.render_pieces(folder, EN, slower) == len(all_pieces(EN))
    assert shelf.piece(EN, "n7").read_bytes() != before
    assert not shelf.staff(EN, "8001").exists()


def test_work_broken_off_between_two_voices_is_never_taken_for_finished(
    rendered: Path, tmp_path: Path
) -> None:
    shutil.copytree(rendered / "en", tmp_path / "en")
    folder = str(tmp_path)

    def interrupt(done: int, total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        render.render_pieces(folder, EN, VoiceSpec(name="en-us", words_per_minute=120), interrupt)
    assert render.render_pieces(folder, EN) == len(all_pieces(EN))
    assert not [file for file in (tmp_path / "en" / "pieces").iterdir() if file.name[0] == "."]


def test_a_staff_number_is_one_file_of_its_pieces(rendered: Path) -> None:
    folder, shelf = str(rendered), Shelf(rendered)
    render.render_staff(folder, ["8001", "8002"], ZH)
    assert render.render_staff(folder, ["8001", "8002"], ZH) == 0
    names = piece_names(StaffNumber(digits="8001"), ZH)
    parts = [samples(shelf.piece(ZH, name)) for name in names]
    assert len(samples(shelf.staff(ZH, "8001"))) == sum(map(len, parts))
    with pytest.raises(ValueError, match="digits"):
        render.render_staff(folder, ["../8001"], ZH)


def test_publishing_speaks_only_the_words_that_are_new(tmp_path: Path) -> None:
    folder = str(tmp_path)
    table = {
        "welcome": {ZH: Wording(text="您好，欢迎致电。"), EN: Wording(text="Welcome.")},
        "again": {ZH: Wording(text="您好，欢迎致电。")},
    }
    assert render.render_fixed(folder, table) == 2
    assert render.render_fixed(folder, table) == 0
    table["menu"] = {EN: Wording(text="Press 1.")}
    assert render.render_fixed(folder, table) == 1


def recording(seconds: float, tmp_path: Path, *options: str, name: str = "up.wav") -> bytes:
    path = tmp_path / name
    subprocess.run(
        ["sox", "-n", *options, str(path), "synth", str(seconds), "sine", "440"],
        check=True,
        timeout=30,
    )
    return path.read_bytes()


@pytest.mark.parametrize("name", ["up.wav", "up.flac", "up.ogg"])
def test_an_upload_of_any_kind_becomes_telephone_audio(
    tmp_path: Path, rendered: Path, name: str
) -> None:
    upload = render.accept_upload(
        str(rendered), recording(1.0, tmp_path, "-r", "44100", "-c", "2", name=name)
    )
    assert upload.seconds == pytest.approx(1.0, abs=0.01)
    file = Shelf(rendered).uploaded(upload.audio)
    assert file is not None
    assert len(samples(file)) == pytest.approx(8000, abs=80)


def test_what_is_not_audio_is_refused_with_a_reason(tmp_path: Path, rendered: Path) -> None:
    target = tmp_path / "out.wav"
    broken = recording(1.0, tmp_path, "-r", "8000", name="up.flac")[:60]
    for audio, why in (
        (b"%PDF-1.7 not sound", "not audio we know"),
        (b"RIFF\x24\0\0\0WAVEnonsense", "cannot be read"),
        (broken, "cannot be read|no sound"),
        (recording(0.01, tmp_path), "no sound"),
        (recording(400, tmp_path, "-r", "8000"), "longer than 300 seconds"),
        (bytes(sound.MAX_UPLOAD_BYTES + 1), "larger than 30 MB"),
    ):
        with pytest.raises(sound.PromptRefused, match=why):
            sound.uploaded(audio, target)
        assert not target.exists()
        assert not list(tmp_path.glob(".out*"))


def test_a_site_may_word_or_record_the_house_prompts_itself(rendered: Path, tmp_path: Path) -> None:
    shutil.copytree(rendered, tmp_path / "p")
    folder, shelf = str(tmp_path / "p"), Shelf(tmp_path / "p")
    upload = render.accept_upload(folder, recording(2.0, tmp_path))
    words = worded(
        {
            "rescue-apology": {"zh-CN": Wording(text="抱歉", audio=upload.audio)},
            "goodbye": {"zh-CN": Wording(text="再会")},
        }
    )
    assert render.render_house(folder, ZH, words) == 2
    assert len(samples(shelf.house(ZH, "rescue-apology"))) == pytest.approx(16000, abs=80)
    assert render.render_house(folder, ZH, words) == 0


def test_a_house_prompt_nobody_knows_is_named() -> None:
    with pytest.raises(ValueError, match=r"no house prompt 'hello'.*rescue-apology"):
        worded({"hello": {"en": Wording(text="x")}})
    with pytest.raises(ValueError, match="no language 'fr'"):
        worded({"goodbye": {"fr": Wording(text="x")}})
    with pytest.raises(ValueError, match="empty"):
        worded({"goodbye": {"en": Wording(text=" ")}})
