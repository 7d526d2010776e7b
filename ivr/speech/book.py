"""What a session asks: the audio files that say these prompts in this language, in order.

Never raises into a call and never waits beyond its budget: what is missing is counted, and another
language, a house prompt or nothing is played in its place.
"""

import asyncio
import os
from collections import Counter
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Literal

import msgspec

from calls.clock import Clock
from calls.words import Language
from ivr.model import Wording
from ivr.prompts import Date, Digits, Fixed, Number, Place, Prompt, StaffNumber, Text, Wait
from ivr.speech.free_text import CACHE_BYTES, speak_text, warm
from ivr.speech.grammar import Unspeakable, all_pieces, piece_names
from ivr.speech.house_prompts import BEEP, HOUSE_PROMPTS
from ivr.speech.render import PromptTable, render_staff
from ivr.speech.shelf import Shelf, playable
from ivr.speech.voices import DEFAULT_VOICES, VoiceSpec
from ivr.speech.writing import spoken_form
from storage.errors import StorageError
from storage.worker import JobRefused, Worker

Miss = Literal["no_audio", "other_language", "unspeakable", "text_late", "text_failed"]


class MissingPrompt(msgspec.Struct, frozen=True, kw_only=True):
    """Something a caller of ``language`` would not hear."""

    kind: Literal["fixed", "house", "piece"]
    name: str
    language: Language
    why: Literal["no text", "no audio"]


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    text_budget_s: float = 0.3
    """How long a caller may wait for free text to be spoken."""
    late_text: str = "one-moment"
    """House prompt played when it is not ready by then; '' for nothing."""
    cache_bytes: int = CACHE_BYTES


class PromptBook:
    def __init__(
        self,
        folder: str | Path,
        clock: Clock,
        worker: Worker,
        voices: Mapping[Language, VoiceSpec] | None = None,
        settings: Settings | None = None,
    ) -> None:
        """``worker``: one of the book's own, so that no long job stands before a waiting caller."""
        self.shelf = Shelf(folder)
        self._clock = clock
        self._worker = worker
        self._voices = {**DEFAULT_VOICES, **(voices or {})}
        self._settings = settings or Settings()
        self._misses: Counter[Miss] = Counter()
        self._known: dict[tuple[Language, str | Wording], str] = {}
        """Pieces, staff numbers and wordings that were found on the disk: it is asked once."""
        self._speaking: dict[Path, asyncio.Task[bool]] = {}

    @property
    def misses(self) -> Mapping[Miss, int]:
        """What callers did not hear as meant, counted since the start."""
        return +self._misses

    async def start(self) -> bool:
        """Have the worker up and its voices loaded; False when free text cannot be spoken."""
        try:
            return await self._worker.run(warm, list(self._voices.values()))
        except (StorageError, OSError):
            return False

    async def files(
        self, prompts: Sequence[Prompt], language: Language, table: PromptTable
    ) -> list[str]:
        """Absolute paths without extension, as STREAM FILE takes them, in the order to play."""
        found: list[str] = []
        for prompt in prompts:
            match prompt:
                case Fixed(id=id_, language=own):
                    found += self._fixed(id_, own or language, table)
                case Text(text=text):
                    said = await self.text(text, language)
                    found += [said] if said else self.house(self._settings.late_text, language)
                case StaffNumber(digits=digits):
                    joined = await self.staff_file(digits, language)
                    found += [joined] if joined else self._pieces(prompt, language)
                case Number() | Digits() | Date() | Place() | Wait():
                    found += self._pieces(prompt, language)
        return found

    async def text(self, text: str, language: Language) -> str | None:
        """The file that says ``text``; None when nothing is to be said, or it is not ready within
        the budget (it goes on into the cache)."""
        said = spoken_form(text, language)
        if not said:
            return None
        voice = self._voices[language]
        file = self.shelf.free_text(language, said, voice)
        if _touched(file):
            return playable(file)
        task = self._speaking.get(file)
        if task is None:
            task = self._speaking[file] = asyncio.create_task(self._speak(language, said, voice))
            task.add_done_callback(lambda _: self._speaking.pop(file, None))
        spoken = await self._within_budget(task)
        if spoken is None:
            self._misses["text_late"] += 1
        elif not spoken:
            self._misses["text_failed"] += 1
        return playable(file) if spoken else None

    async def staff_file(self, digits: str, language: Language) -> str | None:
        """The one file of 工号 8001 为您服务, for Dial's A(); joined now when it was not ahead.
        None when it cannot be had in time, or the number is not digits."""
        known = self._known.get((language, f"staff/{digits}"))
        if known is not None:
            return known
        try:
            file = self.shelf.staff(language, digits)
        except ValueError:
            return None
        if file.exists():
            return self._know(language, f"staff/{digits}", file)
        joining = asyncio.create_task(self._join_staff(digits, language))
        return playable(file) if await self._within_budget(joining) else None

    def house(self, name: str, language: Language) -> list[str]:
        """The house prompt ``name`` (house_prompts.py); [] and counted when it has no audio."""
        return self._present([self.shelf.house(language, name)]) if name else []

    def missing(self, table: PromptTable, languages: Sequence[Language]) -> list[MissingPrompt]:
        """Every prompt that a caller of one of ``languages`` would not hear."""
        lacks: list[MissingPrompt] = []
        for language in languages:
            for id_, wordings in table.items():
                if language not in wordings:
                    lacks.append(_lack("fixed", id_, language, "no text"))
                elif not self._fixed_file(wordings[language], language):
                    lacks.append(_lack("fixed", id_, language, "no audio"))
            lacks += [
                _lack("house", name, language, "no audio")
                for name in (*HOUSE_PROMPTS, BEEP)
                if not self.shelf.house(language, name).exists()
            ]
            lacks += [
                _lack("piece", name, language, "no audio")
                for name in all_pieces(language)
                if not self.shelf.piece(language, name).exists()
            ]
        return lacks

    def _fixed(self, id_: str, language: Language, table: PromptTable) -> list[str]:
        wordings = table.get(id_, {})
        # The wrong language tells a caller more than silence does.
        for tried in sorted(wordings, key=lambda one: one != language):
            if file := self._fixed_known(wordings[tried], tried):
                self._misses["other_language"] += tried != language
                return [file]
        self._misses["no_audio"] += 1
        return []

    def _fixed_known(self, wording: Wording, language: Language) -> str | None:
        known = self._known.get((language, wording))
        if known is not None:
            return known
        file = self._fixed_file(wording, language)
        if file is None:
            return None
        if wording.audio and file == self._spoken(wording, language):
            return playable(file)  # it stands in for a recording that may still come
        return self._know(language, wording, file)

    def _know(self, language: Language, what: str | Wording, file: Path) -> str:
        return self._known.setdefault((language, what), playable(file))

    def _spoken(self, wording: Wording, language: Language) -> Path:
        return self.shelf.fixed(language, wording.text, self._voices[language])

    def _fixed_file(self, wording: Wording, language: Language) -> Path | None:
        spoken = self._spoken(wording, language)
        recorded = self.shelf.uploaded(wording.audio) if wording.audio else None
        return next((file for file in (recorded, spoken) if file and file.exists()), None)

    def _pieces(
        self, prompt: Number | Digits | StaffNumber | Date | Place | Wait, language: Language
    ) -> list[str]:
        try:
            names = piece_names(prompt, language)
        except Unspeakable:
            self._misses["unspeakable"] += 1
            return []
        return [file for name in names for file in self._piece(language, name)]

    def _piece(self, language: Language, name: str) -> list[str]:
        known = self._known.get((language, name))
        if known is None:
            file = self.shelf.piece(language, name)
            there = self._present([file])
            if there:
                self._know(language, name, file)
            return there
        return [known]

    def _present(self, files: Sequence[Path]) -> list[str]:
        there = [playable(file) for file in files if file.exists()]
        self._misses["no_audio"] += len(files) - len(there)
        return there

    async def _speak(self, language: Language, said: str, voice: VoiceSpec) -> bool:
        folder, room = str(self.shelf.folder), self._settings.cache_bytes
        try:
            return await self._worker.run(speak_text, folder, language, said, voice, room)
        except (StorageError, JobRefused, OSError):
            return False

    async def _join_staff(self, digits: str, language: Language) -> bool:
        try:
            await self._worker.run(render_staff, str(self.shelf.folder), [digits], language)
        except (StorageError, JobRefused, OSError):
            return False
        return True

    async def _within_budget(self, task: asyncio.Task[bool]) -> bool | None:
        """What the task gives, or None when the budget is over first; the task goes on."""
        over = asyncio.Event()
        timer = self._clock.call_later(self._settings.text_budget_s, over.set)
        waiting = asyncio.create_task(over.wait())
        try:
            await asyncio.wait({task, waiting}, return_when=asyncio.FIRST_COMPLETED)
        finally:
            timer.cancel()
            waiting.cancel()
        return task.result() if task.done() else None


def _lack(
    kind: Literal["fixed", "house", "piece"],
    name: str,
    language: Language,
    why: Literal["no text", "no audio"],
) -> MissingPrompt:
    return MissingPrompt(kind=kind, name=name, language=language, why=why)


def _touched(file: Path) -> bool:
    """True when it is there; marked as played now, for the cache's limit."""
    try:
        os.utime(file)
    except OSError:
        return False
    return True
