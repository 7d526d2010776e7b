"""Who speaks: espeak-ng, always there, or piper where the site supplies a voice model.

A voice turns clean text into WAV bytes of its own rate; sound.py makes a telephone prompt of them.
Blocks while it speaks: for set-up, and for worker processes.
"""

import io
import subprocess
import wave
from functools import cache
from importlib import import_module
from pathlib import Path
from typing import Literal, Protocol

import msgspec

from calls.words import Language

SPEAK_LIMIT_S = 20.0
"""A text of the longest length allowed takes espeak-ng under a second."""


class VoiceMissing(ValueError):
    """The configured voice cannot speak; the message says what to install or set."""


class VoiceSpec(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A voice as configured. ``name`` is espeak-ng's, ``model`` the path of piper's .onnx file."""

    engine: Literal["espeak-ng", "piper"] = "espeak-ng"
    name: str = ""
    model: str = ""
    words_per_minute: int = 165

    @property
    def label(self) -> str:
        """Names the voice in the hash of a file: what changes the sound changes the label."""
        if self.engine == "piper":
            return f"piper {Path(self.model).stem}"
        return f"espeak-ng {self.name} {self.words_per_minute}"


class Voice(Protocol):
    @property
    def version(self) -> str:
        """The engine's own version."""

    def speak(self, text: str) -> bytes:
        """A whole WAV file. Raises VoiceMissing, or OSError or subprocess errors."""


DEFAULT_VOICES: dict[Language, VoiceSpec] = {
    # Plain "cmn" of espeak-ng 1.51 spells most characters in English letters; this one speaks.
    Language.ZH: VoiceSpec(name="cmn-latn-pinyin"),
    Language.EN: VoiceSpec(name="en-us"),
}


class EspeakVoice:
    def __init__(self, spec: VoiceSpec) -> None:
        # espeak-ng would speak with another voice, and say nothing of it.
        if spec.name.partition("+")[0].lower() not in _espeak_languages():
            raise VoiceMissing(f"espeak-ng has no voice {spec.name!r}; see: espeak-ng --voices")
        self._spec = spec

    @property
    def version(self) -> str:
        said = _run(["espeak-ng", "--version"]).decode("utf-8", "replace")
        return said.partition("Data at")[0].strip()

    def speak(self, text: str) -> bytes:
        # -z: no sentence pause at the end. Text goes by stdin: no option, no shell can be in it.
        options = ["-v", self._spec.name, "-s", str(self._spec.words_per_minute), "-z", "-b", "1"]
        return _run(["espeak-ng", *options, "--stdin", "--stdout"], text.encode())


class PiperVoice:
    def __init__(self, spec: VoiceSpec) -> None:
        if not Path(spec.model).is_file():
            raise VoiceMissing(f"piper: no voice model at {spec.model!r}; set the path of an .onnx")
        try:
            piper = import_module("piper")
        except ImportError as error:
            raise VoiceMissing(
                "a piper voice is configured but piper is not installed: pip install piper-tts"
            ) from error
        self._model = piper.PiperVoice.load(spec.model)
        self.version = str(getattr(piper, "__version__", "piper"))

    def speak(self, text: str) -> bytes:
        made = io.BytesIO()
        with wave.open(made, "wb") as file:
            self._model.synthesize_wav(text, file)
        return made.getvalue()


@cache
def open_voice(spec: VoiceSpec) -> Voice:
    """The voice of ``spec``, loaded once a process. Raises VoiceMissing."""
    return PiperVoice(spec) if spec.engine == "piper" else EspeakVoice(spec)


def _espeak_languages() -> set[str]:
    lines = _run(["espeak-ng", "--voices"]).decode("utf-8", "replace").splitlines()[1:]
    return {line.split()[1].lower() for line in lines if len(line.split()) > 1}


def _run(command: list[str], text: bytes = b"") -> bytes:
    try:
        done = subprocess.run(
            command, input=text, capture_output=True, timeout=SPEAK_LIMIT_S, check=True
        )
    except FileNotFoundError as error:
        raise VoiceMissing("espeak-ng is not installed: apt-get install espeak-ng") from error
    except subprocess.CalledProcessError as error:
        why = error.stderr.decode("utf-8", "replace").strip()
        raise VoiceMissing(f"espeak-ng would not speak: {why}") from error
    return done.stdout
