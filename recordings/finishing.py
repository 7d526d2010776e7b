"""What a worker process does with the files a talk or message left: join, measure, tidy up."""

from pathlib import Path

from recordings.audio import AudioFacts, join_two_channels, measure


def finish_talk(target: str, caller_wav: str, agent_wav: str) -> AudioFacts:
    """Both sides into ``target``; they are deleted once it holds them. May be repeated: what is
    already joined is measured again."""
    out, sides = Path(target), (Path(caller_wav), Path(agent_wav))
    # A file that is there is whole; one side alone is what an interrupted tidying left of it.
    if not out.exists() or all(side.exists() for side in sides):
        join_two_channels(*sides, out)
    facts = measure(out) if out.exists() else _facts_of_nothing(sides)
    if facts.bytes:
        for side in sides:
            side.unlink(missing_ok=True)
    return facts


def finish_message(target: str, wav: str) -> AudioFacts:
    """A voicemail as it is into ``target``. May be repeated."""
    out, source = Path(target), Path(wav)
    if source.exists():
        out.parent.mkdir(parents=True, exist_ok=True)
        _move(source, out)
    return measure(out)


def _facts_of_nothing(sides: tuple[Path, Path]) -> AudioFacts:
    return AudioFacts(flaw="empty" if any(side.exists() for side in sides) else "missing")


def _move(source: Path, out: Path) -> None:
    """In one step, also from another file system."""
    try:
        source.rename(out)
    except OSError:
        made = out.with_name(f".{out.name}")
        made.write_bytes(source.read_bytes())
        made.rename(out)
        source.unlink()
