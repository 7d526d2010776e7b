"""Text known only while the caller waits: spoken into a cache with a limit. Runs in a worker."""

import os
from contextlib import suppress
from pathlib import Path

from calls.words import Language
from ivr.speech import sound
from ivr.speech.shelf import Shelf
from ivr.speech.voices import VoiceSpec, open_voice

CACHE_BYTES = 200 * 2**20
"""About three and a half hours of speech."""


def speak_text(
    folder: str, language: Language, text: str, voice: VoiceSpec, cache_bytes: int
) -> bool:
    """``text``, in its spoken form, into the cache of ``folder``; what was played longest ago makes
    room. True when it is there. Raises VoiceMissing."""
    shelf = Shelf(folder)
    target = shelf.free_text(language, text, voice)
    if not target.exists():
        sound.spoken(open_voice(voice).speak(text), target)
        make_room(shelf.cache(), cache_bytes, keep=target)
    return target.exists()


def warm(voices: list[VoiceSpec]) -> bool:
    """Load what can be loaded before the first caller needs it; True when every voice can speak."""
    ready = True
    for voice in voices:
        try:
            ready = bool(open_voice(voice).version) and ready
        except ValueError:
            ready = False
    return ready


def make_room(cache: Path, limit_bytes: int, keep: Path) -> None:
    """Delete files of ``cache``, longest unplayed first, until it holds ``limit_bytes`` or less."""
    held = []
    for entry in os.scandir(cache):
        if entry.name.endswith(".wav") and not entry.name.startswith("."):
            facts = entry.stat()
            held.append((facts.st_mtime, facts.st_size, entry.path))
    total = sum(size for _, size, _ in held)
    for _, size, path in sorted(held):
        if total <= limit_bytes:
            break
        if path != str(keep):
            with suppress(FileNotFoundError):
                os.unlink(path)
            total -= size
