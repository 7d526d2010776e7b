"""WAV bytes of any kind into what Asterisk plays on a telephone line: 8 kHz, 16 bit, one channel.

Runs sox and blocks: for set-up, and for worker processes. Files appear whole or not at all.
"""

import os
import subprocess
import wave
from collections.abc import Callable, Sequence
from pathlib import Path

RATE = 8000
EDGE_S = (0.005, 0.03)
"""Silence left before and after a spoken piece: two joined stand 35 ms apart."""
MAX_UPLOAD_BYTES = 30 * 2**20
MAX_UPLOAD_S = 300.0
SOX_LIMIT_S = 60.0

# The loudest point at -3 dB: narrow codecs clip above, callers strain below.
_LOUDNESS = ("gain", "-n", "-3")
_TRIM = ("silence", "1", "0.01", "0.8%", "reverse")
_MAGIC = ((b"fLaC", "flac"), (b"OggS", "ogg"), (b"ID3", "mp3"), (b"\xff\xfb", "mp3"))


class PromptRefused(ValueError):
    """The audio is not fit to be a prompt; the message says why, in the uploader's words."""


def spoken(speech: bytes, target: Path) -> None:
    """A voice's WAV, trimmed of silence at both ends. Raises OSError, subprocess errors."""
    before, after = EDGE_S
    _write(speech, "wav", target, *_LOUDNESS, *_TRIM, *_TRIM, "pad", str(before), str(after))


def uploaded(audio: bytes, target: Path) -> float:
    """A person's recording (WAV, FLAC, Ogg or MP3), judged by its content. Seconds long.

    Raises PromptRefused when it is not audio, or too big, long or short.
    """
    if len(audio) > MAX_UPLOAD_BYTES:
        raise PromptRefused(f"the file is larger than {MAX_UPLOAD_BYTES >> 20} MB")
    kind = _kind(audio)
    if not kind:
        raise PromptRefused("the file is not audio we know: send WAV, FLAC, Ogg or MP3")

    def check(made: Path) -> None:
        if seconds_of(made) > MAX_UPLOAD_S:
            raise PromptRefused(f"the recording is longer than {MAX_UPLOAD_S:g} seconds")
        if seconds_of(made) < 0.1:
            raise PromptRefused("the recording holds no sound")

    try:
        _write(audio, kind, target, "trim", "0", str(MAX_UPLOAD_S + 1), *_LOUDNESS, check=check)
    except subprocess.CalledProcessError as error:
        raise PromptRefused(f"the file says it is {kind} but cannot be read as that") from error
    except subprocess.TimeoutExpired as error:
        raise PromptRefused("the file takes too long to read") from error
    return seconds_of(target)


def tone(target: Path, hertz: int = 1000, seconds: float = 0.3) -> None:
    """The beep before a recording."""
    synth = ["synth", f"{seconds}", "sine", str(hertz), "gain", "-12", "fade", "0.01", "-0", "0.02"]
    with_target(target, lambda made: _sox(b"", ["-n", *_FORMAT, str(made), *synth]))


def silence(target: Path, seconds: float) -> None:
    def write(made: Path) -> None:
        with wave.open(str(made), "wb") as file:
            file.setparams((1, 2, RATE, 0, "NONE", ""))
            file.writeframes(bytes(2 * int(RATE * seconds)))

    with_target(target, write)


def join(parts: Sequence[Path], target: Path) -> None:
    """One file of several prompts, in order. Raises OSError or wave.Error for a part unfit."""

    def write(made: Path) -> None:
        with wave.open(str(made), "wb") as whole:
            whole.setparams((1, 2, RATE, 0, "NONE", ""))
            for part in parts:
                with wave.open(str(part), "rb") as file:
                    whole.writeframes(file.readframes(file.getnframes()))

    with_target(target, write)


def seconds_of(path: Path) -> float:
    with wave.open(str(path), "rb") as file:
        return file.getnframes() / file.getframerate()


def with_target(target: Path, write: Callable[[Path], None]) -> None:
    """Let ``write`` fill a file beside ``target``, then put it in its place in one step."""
    target.parent.mkdir(parents=True, exist_ok=True)
    made = target.with_name(f".{target.stem}.{os.getpid()}{target.suffix}")
    try:
        write(made)
        os.replace(made, target)
    finally:
        made.unlink(missing_ok=True)


_FORMAT = ("-r", str(RATE), "-c", "1", "-b", "16", "-e", "signed-integer", "-t", "wav")


def _write(
    audio: bytes,
    kind: str,
    target: Path,
    *effects: str,
    check: Callable[[Path], None] = lambda made: None,
) -> None:
    def write(made: Path) -> None:
        # A WAV written to a pipe carries no true length: read to the end instead.
        source = ["-t", kind, *(["--ignore-length"] if kind == "wav" else []), "-"]
        _sox(audio, [*source, *_FORMAT, str(made), *effects])
        check(made)

    with_target(target, write)


def _sox(stdin: bytes, arguments: list[str]) -> None:
    # -D: no dither, so that the same text gives the same bytes.
    subprocess.run(
        ["sox", "-V1", "-D", *arguments],
        input=stdin,
        capture_output=True,
        timeout=SOX_LIMIT_S,
        check=True,
    )


def _kind(audio: bytes) -> str:
    if audio[:4] == b"RIFF" and audio[8:12] == b"WAVE":
        return "wav"
    return next((kind for magic, kind in _MAGIC if audio.startswith(magic)), "")
