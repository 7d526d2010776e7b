"""A text spoken as callers would hear it, for whoever writes it. Blocks while it speaks."""

import tempfile
from collections.abc import Mapping
from pathlib import Path
from threading import Semaphore

from calls.words import Language
from ivr.speech.sound import spoken
from ivr.speech.voices import DEFAULT_VOICES, VoiceSpec, open_voice
from ivr.speech.writing import spoken_form

AT_ONCE = 2
"""Speaking takes a core each; calls come first."""
_turns = Semaphore(AT_ONCE)


def preview(
    language: Language, text: str, voices: Mapping[Language, VoiceSpec] = DEFAULT_VOICES
) -> bytes:
    """A WAV of 8 kHz, the telephone's; b'' when nothing is left to be said. Raises VoiceMissing."""
    said = spoken_form(text, language)
    if not said:
        return b""
    with _turns, tempfile.TemporaryDirectory(prefix="threering-preview-") as folder:
        target = Path(folder) / "preview.wav"
        spoken(open_voice(voices[language]).speak(said), target)
        return target.read_bytes()
