"""A caller for tests: gives answers to a tree and keeps what the tree said, in a short notation."""

from dataclasses import dataclass, field
from typing import Any

from ivr import prompts, steps
from ivr.interpreter import CallFacts, Cursor, begin, pack, step, unpack
from ivr.model import Tree

NOW = 1_790_000_000.0


def spoken(said: tuple[prompts.Prompt, ...]) -> str:
    """``welcome@en 8001#`` for a fixed prompt in a language and digits."""
    return " ".join(_word(one) for one in said)


def _word(prompt: prompts.Prompt) -> str:
    match prompt:
        case prompts.Fixed(id=id, language=language):
            return id if language is None else f"{id}@{language.value[:2]}"
        case prompts.Digits(digits=digits):
            return f"{digits}#"
        case prompts.Number(value=value):
            return f"={value}"
        case prompts.Date(iso=iso):
            return f"~{iso}"
        case prompts.Text(text=text):
            return f"'{text}'"
    raise AssertionError(prompt)


@dataclass
class Walk:
    """One call through ``tree``; after every answer the cursor goes through its packed form, as if
    the controller had been restarted."""

    tree: Tree
    facts: CallFacts = field(default_factory=lambda: CallFacts(now=NOW))
    cursor: Cursor = field(init=False)
    effect: steps.Effect = field(init=False)
    notes: list[steps.Note] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.cursor = begin(self.tree)
        self.give(steps.Began())

    def give(self, answer: steps.Answer) -> "Walk":
        self.cursor, notes, self.effect = step(self.tree, self.cursor, answer, self.facts)
        assert unpack(pack(self.cursor)) == self.cursor
        assert step(self.tree, self.cursor, steps.Resumed(), self.facts)[2] == self.effect
        self.notes.extend(notes)
        return self

    def press(self, *keys: str) -> "Walk":
        for one in keys:
            self.give(steps.Keys(keys=one))
        return self

    def done(self) -> "Walk":
        return self.give(steps.Done())

    def returned(self, result: str) -> "Walk":
        return self.give(steps.Returned(result=result))

    @property
    def nodes(self) -> str:
        return " ".join(note.node for note in self.notes if isinstance(note, steps.Entered))

    @property
    def told(self) -> list[Any]:
        """Notes other than the nodes entered."""
        return [note for note in self.notes if not isinstance(note, steps.Entered)]

    @property
    def heard(self) -> str:
        assert isinstance(self.effect, steps.Say | steps.Ask | steps.TakeVoicemail)
        return spoken(self.effect.prompts)
