"""Speaks everything known beforehand: pieces, house prompts, a tree's fixed prompts, staff numbers.

For set-up and publish. Each call does only what is missing, so the second time takes no time;
blocks, with two voices at once: call it from a command line or in storage.worker.
"""

import json
from collections.abc import Callable, Iterable, Mapping
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import msgspec

from calls.words import Language
from ivr.model import Wording
from ivr.prompts import StaffNumber
from ivr.speech import sound
from ivr.speech.grammar import all_pieces, piece_names
from ivr.speech.house_prompts import BEEP, HOUSE_PROMPTS, Words
from ivr.speech.shelf import Shelf
from ivr.speech.voices import DEFAULT_VOICES, Voice, VoiceSpec, open_voice
from ivr.speech.writing import spoken_form

REVISION = 1
"""Counted up when sound.py makes other audio of the same words."""
AT_ONCE = 2
PAUSE_S = 0.25
"""A pause asked for by a space or dash among digits; never between other pieces."""

Progress = Callable[[int, int], None]
"""Told (done, of how many) after each file."""
PromptTable = Mapping[str, Mapping[Language, Wording]]
"""A tree version's fixed prompts (``Tree.prompts``)."""
_Job = tuple[Path, Callable[[], object]]


class Upload(msgspec.Struct, frozen=True, kw_only=True):
    audio: str
    """What a document's ``Wording.audio`` says from now on."""
    seconds: float


def _silent(done: int, total: int) -> None:
    pass


def render_pieces(
    folder: str, language: Language, voice: VoiceSpec | None = None, progress: Progress = _silent
) -> int:
    """Every piece of ``language``. Files made. Raises VoiceMissing."""
    shelf, spec = Shelf(folder), voice or DEFAULT_VOICES[language]
    speaker = open_voice(spec)

    def job(name: str, text: str) -> _Job:
        target = shelf.piece(language, name)
        if not text:
            return target, lambda: sound.silence(target, PAUSE_S)
        return target, lambda: sound.spoken(speaker.speak(text), target)

    wanted = {name: (text, job(name, text)) for name, text in all_pieces(language).items()}
    made = _made_by_list(shelf.piece(language, "x").parent, _mark(spec, speaker), wanted, progress)
    if made:
        _forget_joined(shelf, language)
    return made


def render_house(
    folder: str,
    language: Language,
    words: Words = HOUSE_PROMPTS,
    voice: VoiceSpec | None = None,
    progress: Progress = _silent,
) -> int:
    """Every house prompt of ``language``, and the beep; a recording is copied into its place.
    Files made. Raises VoiceMissing."""
    shelf, spec = Shelf(folder), voice or DEFAULT_VOICES[language]
    speaker = open_voice(spec)
    beep = shelf.house(language, BEEP)
    wanted: dict[str, tuple[str, _Job]] = {BEEP: ("tone", (beep, lambda: sound.tone(beep)))}
    for name, wordings in words.items():
        wording, target = wordings[language], shelf.house(language, name)
        recording = shelf.uploaded(wording.audio) if wording.audio else None
        if recording and recording.exists():
            wanted[name] = f"recording {wording.audio}", (target, _joining([recording], target))
        else:
            text = spoken_form(wording.text, language)
            wanted[name] = text, (target, _speaking(speaker, text, target))
    return _made_by_list(beep.parent, _mark(spec, speaker), wanted, progress)


def render_fixed(
    folder: str,
    prompts: PromptTable,
    voices: Mapping[Language, VoiceSpec] | None = None,
    progress: Progress = _silent,
) -> int:
    """A tree's own prompts, those without a recording; named by what they say, so a publish speaks
    only new words. Files made. Raises VoiceMissing."""
    shelf, specs = Shelf(folder), {**DEFAULT_VOICES, **(voices or {})}
    jobs: dict[Path, _Job] = {}
    for wordings in prompts.values():
        for language, wording in wordings.items():
            text = spoken_form(wording.text, language)
            target = shelf.fixed(language, wording.text, specs[language])
            recording = shelf.uploaded(wording.audio) if wording.audio else None
            if text and not target.exists() and not (recording and recording.exists()):
                speaker = open_voice(specs[language])
                jobs[target] = target, _speaking(speaker, text, target)
    _at_once(list(jobs.values()), progress)
    return len(jobs)


def render_staff(folder: str, numbers: Iterable[str], language: Language) -> int:
    """One file an agent, joined from pieces: 工号 8001 为您服务. Files made.

    Raises ValueError for a number that is not digits, OSError when pieces are missing.
    """
    shelf, made = Shelf(folder), 0
    for number in numbers:
        target = shelf.staff(language, number)
        if not target.exists():
            names = piece_names(StaffNumber(digits=number), language)
            sound.join([shelf.piece(language, name) for name in names], target)
            made += 1
    return made


def accept_upload(folder: str, audio: bytes) -> Upload:
    """Keep a person's recording, whatever its format, as a prompt. Raises sound.PromptRefused."""
    name = Shelf(folder).upload(audio)
    return Upload(audio=name, seconds=sound.uploaded(audio, Path(folder) / name))


def _speaking(speaker: Voice, text: str, target: Path) -> Callable[[], None]:
    return lambda: sound.spoken(speaker.speak(text), target)


def _joining(parts: list[Path], target: Path) -> Callable[[], None]:
    return lambda: sound.join(parts, target)


def _mark(spec: VoiceSpec, speaker: Voice) -> str:
    return f"{spec.label}; {speaker.version}; revision {REVISION}"


def _forget_joined(shelf: Shelf, language: Language) -> None:
    """Pieces sound different now: what was joined from the old ones is made again when wanted."""
    for joined in (shelf.folder / language / "staff").glob("*.wav"):
        joined.unlink(missing_ok=True)


def _made_by_list(
    folder: Path, mark: str, wanted: Mapping[str, tuple[str, _Job]], progress: Progress
) -> int:
    """Make what the folder's list does not hold from this source by this voice."""
    file = folder / "list.json"
    held = _read_list(file, mark)
    due = {
        name: job
        for name, (source, job) in wanted.items()
        if held.get(name) != source or not job[0].exists()
    }
    if due:
        file.unlink(missing_ok=True)  # interrupted, the files are of two voices: make all again
        _at_once(list(due.values()), progress)
        listed = {"voice": mark, "made": {name: source for name, (source, _) in wanted.items()}}
        written = json.dumps(listed, ensure_ascii=False, indent=1, sort_keys=True).encode()
        sound.with_target(file, lambda made: _fill(made, written))
    return len(due)


def _fill(path: Path, content: bytes) -> None:
    path.write_bytes(content)


def _read_list(path: Path, mark: str) -> dict[str, str]:
    """Name to source of what was made by the voice ``mark``; nothing when the list is unfit."""
    try:
        listed = json.loads(path.read_text(encoding="utf-8"))
        return dict(listed["made"]) if listed["voice"] == mark else {}
    except (OSError, ValueError, KeyError, TypeError):
        return {}


def _at_once(jobs: list[_Job], progress: Progress) -> None:
    with ThreadPoolExecutor(AT_ONCE) as pool:
        running = [pool.submit(job) for _, job in jobs]
        try:
            for done, work in enumerate(running, 1):
                work.result()
                progress(done, len(jobs))
        except BaseException:
            pool.shutdown(cancel_futures=True)
            raise
