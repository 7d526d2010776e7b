"""Which words callers would not hear, by language: of the trees in force, of the house, of numbers
read out. An alarm each; `threering check` says the same before anything opens.
"""

from collections.abc import Iterable, Sequence

from calls.words import Language
from ivr.model import Tree
from ivr.speech.book import MissingPrompt, PromptBook
from runtime.alarms.standing import Found

KIND = "prompts_missing"
NAMED = 3
"""The first few by name; the rest are counted."""


def lacking(
    speech: PromptBook, trees: Iterable[Tree], spoken: Sequence[Language]
) -> dict[Language, list[MissingPrompt]]:
    """What each language lacks. ``spoken``: those of the house besides the trees' own. Asks the
    disk: on a thread."""
    found: dict[Language, dict[tuple[str, str], MissingPrompt]] = {}
    everything = [(tree.prompts, tree.languages) for tree in trees]
    for table, languages in [({}, tuple(spoken)), *everything]:
        for one in speech.missing(table, languages):
            found.setdefault(one.language, {})[one.kind, one.name] = one
    return {language: list(lacks.values()) for language, lacks in found.items()}


def found_of(lacks: dict[Language, list[MissingPrompt]]) -> list[Found]:
    return [
        Found(name=f"{KIND}:{language}", values={"now": str(len(ones)), "names": named(ones)})
        for language, ones in sorted(lacks.items())
        if ones
    ]


def named(ones: Sequence[MissingPrompt]) -> str:
    more = "…" if len(ones) > NAMED else ""
    return ", ".join(one.name for one in ones[:NAMED]) + more
