"""Two sides into one file, and what is measured of it, on synthetic lines of known sound."""

import struct
import wave
from array import array
from math import pi, sin
from pathlib import Path

import pytest

from recordings.audio import flaw_of, join_two_channels, measure
from recordings.finishing import finish_message, finish_talk
from recordings.wav import NotWav, open_wav

pytestmark = pytest.mark.unit


def line(path: Path, seconds: float, loudness: float = 8000, rate: int = 8000) -> Path:
    """A 440 Hz tone of peak ``loudness``."""
    frames = int(rate * seconds)
    wave_ = array("h", (int(loudness * sin(2 * pi * 440 * at / rate)) for at in range(frames)))
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, rate, 0, "NONE", ""))
        file.writeframes(wave_.tobytes())
    return path


def channels(path: Path) -> tuple[list[int], list[int]]:
    with wave.open(str(path), "rb") as file:
        assert file.getnchannels() == 2
        both = array("h", file.readframes(file.getnframes()))
    return list(both[0::2]), list(both[1::2])


def mono(path: Path) -> list[int]:
    with wave.open(str(path), "rb") as file:
        return list(array("h", file.readframes(file.getnframes())))


def test_the_caller_is_left_the_agent_right_and_the_shorter_side_is_filled(tmp_path: Path) -> None:
    caller = line(tmp_path / "r.wav", 3.3, 4000)
    agent = line(tmp_path / "t.wav", 1.7, 9000)
    out = tmp_path / "2026" / "talk.wav"
    assert join_two_channels(caller, agent, out)
    left, right = channels(out)
    assert left == mono(caller)
    assert right == mono(agent) + [0] * (len(left) - len(mono(agent)))
    assert [file.name for file in out.parent.iterdir()] == ["talk.wav"]


def test_facts_of_a_sound_talk(tmp_path: Path) -> None:
    out = tmp_path / "talk.wav"
    join_two_channels(line(tmp_path / "r", 2.0, 4000), line(tmp_path / "t", 2.5, 8000), out)
    facts = measure(out)
    assert facts.flaw == ""
    assert facts.seconds == 2.5
    assert facts.bytes == out.stat().st_size
    assert len(facts.sha256) == 64
    # A sine's RMS is its peak over the root of two; the left side is silent for a fifth.
    assert facts.rms[0] == pytest.approx(4000 / 2**0.5 * 0.8**0.5, rel=0.01)
    assert facts.rms[1] == pytest.approx(8000 / 2**0.5, rel=0.01)


@pytest.mark.parametrize(
    ("caller", "agent", "flaw"),
    [
        (8000, 8000, ""),
        (0, 8000, "silent_caller"),
        (8000, 0, "silent_agent"),
        (20, 20, "silent"),
        (8000, 20, "silent_agent"),
        (300, 300, ""),
    ],
)
def test_a_silent_side_is_named(tmp_path: Path, caller: float, agent: float, flaw: str) -> None:
    out = tmp_path / "talk.wav"
    join_two_channels(line(tmp_path / "r", 2, caller), line(tmp_path / "t", 2, agent), out)
    assert measure(out).flaw == flaw


def test_one_word_in_a_minute_of_silence_is_not_silent(tmp_path: Path) -> None:
    word, silence = line(tmp_path / "w", 0.5, 3000), line(tmp_path / "s", 60, 0)
    with wave.open(str(word), "rb") as said, wave.open(str(silence), "rb") as held:
        spoken = said.readframes(said.getnframes()) + held.readframes(held.getnframes())
    with wave.open(str(tmp_path / "v.wav"), "wb") as file:
        file.setparams((1, 2, 8000, 0, "NONE", ""))
        file.writeframes(spoken)
    facts = measure(tmp_path / "v.wav")
    assert facts.flaw == ""
    assert facts.rms[0] < 300


def test_a_side_that_is_lost_leaves_the_other_and_a_flaw(tmp_path: Path) -> None:
    out = tmp_path / "talk.wav"
    assert join_two_channels(tmp_path / "gone", line(tmp_path / "t", 1), out)
    assert measure(out).flaw == "silent_caller"


def test_nothing_there_is_missing_and_nothing_in_it_is_empty(tmp_path: Path) -> None:
    assert not join_two_channels(tmp_path / "r", tmp_path / "t", tmp_path / "talk.wav")
    assert measure(tmp_path / "talk.wav").flaw == "missing"
    (tmp_path / "cut.wav").write_bytes(b"RIFF")
    assert measure(tmp_path / "cut.wav").flaw == "empty"
    assert measure(line(tmp_path / "zero.wav", 0)).flaw == "empty"
    assert flaw_of(0, (0.0,)) == "empty"


def test_a_file_whose_writer_died_is_read_to_its_end(tmp_path: Path) -> None:
    whole = line(tmp_path / "r.wav", 1.5)
    data = bytearray(whole.read_bytes())
    data[4:8] = data[40:44] = struct.pack("<I", 0)
    (tmp_path / "died.wav").write_bytes(data + b"\x01")
    assert measure(tmp_path / "died.wav").seconds == 1.5
    out = tmp_path / "talk.wav"
    assert join_two_channels(tmp_path / "died.wav", whole, out)
    assert channels(out)[0] == mono(whole)


@pytest.mark.parametrize("cut", range(0, 60, 3))
def test_a_file_cut_anywhere_in_its_header_never_raises(tmp_path: Path, cut: int) -> None:
    whole = line(tmp_path / "r.wav", 0.01).read_bytes()
    (tmp_path / "cut.wav").write_bytes(whole[:cut])
    measure(tmp_path / "cut.wav")


def test_other_formats_and_unlike_rates_are_refused(tmp_path: Path) -> None:
    ulaw = bytearray(line(tmp_path / "a.wav", 1).read_bytes())
    ulaw[20:22] = struct.pack("<H", 7)
    (tmp_path / "u.wav").write_bytes(ulaw)
    with pytest.raises(NotWav, match="16-bit PCM"):
        open_wav(tmp_path / "u.wav")
    with pytest.raises(NotWav, match="sample rate"):
        join_two_channels(
            line(tmp_path / "r", 1), line(tmp_path / "t", 1, rate=16000), tmp_path / "out.wav"
        )


def test_finishing_twice_gives_the_same_and_the_sides_are_gone(tmp_path: Path) -> None:
    caller, agent = line(tmp_path / "r", 1), line(tmp_path / "t", 1)
    kept = agent.read_bytes()
    job = (str(tmp_path / "out.wav"), str(caller), str(agent))
    facts = finish_talk(*job)
    assert facts.flaw == ""
    assert not caller.exists()
    assert not agent.exists()
    assert finish_talk(*job) == facts
    agent.write_bytes(kept)  # the tidying was cut short after one side
    assert finish_talk(*job) == facts
    assert not agent.exists()


def test_sides_that_cannot_be_read_stay_for_a_person_to_look_at(tmp_path: Path) -> None:
    (tmp_path / "r").write_bytes(b"garbage")
    facts = finish_talk(str(tmp_path / "out.wav"), str(tmp_path / "r"), str(tmp_path / "t"))
    assert facts.flaw == "empty"
    assert (tmp_path / "r").exists()
    assert finish_talk(str(tmp_path / "o.wav"), str(tmp_path / "x"), "y").flaw == "missing"


def test_a_message_is_moved_and_measured(tmp_path: Path) -> None:
    job = (str(tmp_path / "a" / "out.wav"), str(line(tmp_path / "m.wav", 1)))
    facts = finish_message(*job)
    assert (facts.flaw, facts.seconds) == ("", 1.0)
    assert finish_message(*job) == facts
    assert not (tmp_path / "m.wav").exists()
    quiet = line(tmp_path / "q.wav", 1, 0)
    assert finish_message(str(tmp_path / "a" / "q.wav"), str(quiet)).flaw == "silent"
