"""Where each prompt's audio lies under the prompts folder, and by what name. Paths only.

``<lang>/pieces/<name>``, ``<lang>/house/<name>``, ``<lang>/staff/<digits>`` can be named from a
dialplan; ``fixed``, ``uploads`` and ``cache`` are named by hashes.
"""

import hashlib
from pathlib import Path

from calls.words import Language
from ivr.speech.voices import VoiceSpec
from ivr.speech.writing import spoken_form


class Shelf:
    def __init__(self, folder: str | Path) -> None:
        self.folder = Path(folder).absolute()

    def piece(self, language: Language, name: str) -> Path:
        return self.folder / language / "pieces" / f"{name}.wav"

    def house(self, language: Language, name: str) -> Path:
        return self.folder / language / "house" / f"{name}.wav"

    def staff(self, language: Language, digits: str) -> Path:
        """``digits`` must be digits only: it becomes a file name."""
        if not (digits.isascii() and digits.isdigit()):
            raise ValueError("a staff number is digits")
        return self.folder / language / "staff" / f"{digits}.wav"

    def fixed(self, language: Language, text: str, voice: VoiceSpec) -> Path:
        name = _hash(voice.label, language, spoken_form(text, language))
        return self.folder / language / "fixed" / f"{name}.wav"

    def upload(self, audio: bytes) -> str:
        """The name under which a recording stands in a document, relative to the folder. By its
        content, so that a published version always plays what was heard when it was published."""
        return f"uploads/{hashlib.sha256(audio).hexdigest()[:32]}.wav"

    def uploaded(self, name: str) -> Path | None:
        """The file a document names; None when the name leads out of the folder."""
        file = (self.folder / name).resolve()
        inside = file.is_relative_to(self.folder.resolve()) and file.suffix == ".wav"
        return file if inside else None

    def cache(self) -> Path:
        return self.folder / "cache"

    def free_text(self, language: Language, text: str, voice: VoiceSpec) -> Path:
        """``text`` in its spoken form."""
        return self.cache() / f"{_hash(voice.label, language, text)}.wav"


def playable(path: Path) -> str:
    """As Asterisk wants it: absolute, without the extension."""
    return str(path.with_suffix(""))


def _hash(*parts: str) -> str:
    return hashlib.sha256("\0".join(parts).encode()).hexdigest()[:32]
