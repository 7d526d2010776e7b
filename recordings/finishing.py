"""What a worker process does with the files a talk or message left: join, measure, seal, tidy.

Killed at any step it may be done again: what a file is made of goes only when it is on the disk.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from recordings.audio import AudioFacts, join_two_channels, measure, on_disk
from recordings.keys import open_keys
from recordings.opened import FilePart, open_source, ring_of, shelves_of
from recordings.sealed import Source, blocks, seal
from recordings.whereabouts import Whereabouts


def finish_talk(target: str, caller_wav: str, agent_wav: str, keys: str = "") -> AudioFacts:
    """Both sides into ``target``, sealed where ``keys`` names a key file; they are deleted once it
    holds them. May be repeated: what is already joined is measured again."""
    out, sides = Path(target), (Path(caller_wav), Path(agent_wav))
    # A file that is there is whole; one side alone is what an interrupted tidying left of it.
    if out.exists() and not all(side.exists() for side in sides):
        facts = measure_kept(out, sides[0].parent, keys)
    else:
        with _in_the_open(out, sides[0].parent, keys) as joined:
            made = join_two_channels(*sides, joined)
            facts = measure(joined) if made else _facts_of_nothing(sides)
            if made and keys:
                seal(joined, out, open_keys(Path(keys)))
    if facts.bytes:
        for side in sides:
            side.unlink(missing_ok=True)
    return facts


def finish_message(target: str, wav: str, keys: str = "") -> AudioFacts:
    """A voicemail as it is into ``target``, sealed where ``keys`` names a key file. May be
    repeated."""
    out, source = Path(target), Path(wav)
    if not source.exists():
        return measure_kept(out, source.parent, keys)
    facts = measure(source)
    if keys:
        seal(source, out, open_keys(Path(keys)))
        source.unlink()
    else:
        out.parent.mkdir(parents=True, exist_ok=True)
        _move(source, out)
    return facts


def measure_kept(kept: Path, spool: Path, keys: str) -> AudioFacts:
    """Of a file that may be sealed."""
    if not keys or not kept.exists():
        return measure(kept)
    return _measure(open_source(FilePart(kept), open_keys(Path(keys))), kept.name, spool)


def measure_shelved(where: Whereabouts, name: str, spool: str) -> AudioFacts:
    """Of audio that was kept before, wherever it is. Raises NoAudio, ShelfAway, SealBroken."""
    source = open_source(shelves_of(where).find(name), ring_of(where))
    return _measure(source, name.rpartition("/")[2], Path(spool))


def _measure(source: Source, name: str, spool: Path) -> AudioFacts:
    with _opened_as(name, spool) as opened:
        with opened.open("wb") as file:
            for block in blocks(source):
                file.write(block)
        return measure(opened)


@contextmanager
def _in_the_open(out: Path, spool: Path, keys: str) -> Iterator[Path]:
    """Where audio lies before it is sealed; without keys that is ``out`` itself."""
    if keys:
        with _opened_as(out.name, spool) as made:
            yield made
    else:
        yield out


@contextmanager
def _opened_as(name: str, spool: Path) -> Iterator[Path]:
    """In the spool, where what it was made of lies open, too; under the same name each time, so
    that nothing piles up. Gone afterwards."""
    made = spool / f"making-{name.partition('.wav')[0]}.wav"
    try:
        yield made
    finally:
        made.unlink(missing_ok=True)


def _facts_of_nothing(sides: tuple[Path, Path]) -> AudioFacts:
    return AudioFacts(flaw="empty" if any(side.exists() for side in sides) else "missing")


def _move(source: Path, out: Path) -> None:
    """In one step, also from another file system."""
    try:
        source.rename(out)
    except OSError:
        made = out.with_name(f".{out.name}")
        made.write_bytes(source.read_bytes())
        on_disk(made)
        made.rename(out)
        source.unlink()
