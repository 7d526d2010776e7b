"""The moment a decision is taken in: tree, caller's place, what is known of her. And its outcome.

Pure values for ivr.nodes and ivr.interpreter; the interpreter alone moves the cursor between nodes.
"""

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from msgspec.structs import replace

from calls.calendar import WorkCalendar
from calls.words import Level
from ivr.cursor import Cursor
from ivr.model import Says, Tree
from ivr.prompts import Prompt
from ivr.steps import Note, VariableNoted
from ivr.wording import prompts_for


@dataclass(frozen=True, slots=True, kw_only=True)
class CallFacts:
    """What a tree may decide by, as known at this moment."""

    now: float
    """Seconds since the epoch."""
    number: str = ""
    """The caller's, '' when hidden."""
    level: Level = Level.NORMAL
    variables: Mapping[str, str] = field(default_factory=dict)
    """What the house knows of the customer; what the tree learned itself comes first."""
    calendars: Mapping[str, WorkCalendar] = field(default_factory=dict)
    emergency: bool = False
    """The emergency switch is on."""
    number_lists: Mapping[str, Collection[str]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Turn:
    """What follows from an answer or from entering a node."""

    cursor: Cursor
    notes: tuple[Note, ...] = ()
    go: str | None = None
    """The node to enter next; None: wait at the cursor."""


@dataclass(frozen=True, slots=True)
class Scene:
    tree: Tree
    cursor: Cursor
    facts: CallFacts

    def value_of(self, name: str) -> str:
        """'' when neither the call nor the customer has it."""
        value = self.cursor.value_of(name)
        return self.facts.variables.get(name, "") if value is None else value

    def prompts(self, says: Says) -> tuple[Prompt, ...]:
        return prompts_for(self.tree, says, self.value_of)

    def wait(self, **changes: Any) -> Turn:
        """Stay at this node with another stage, entry or number of tries."""
        return Turn(replace(self.cursor, **changes))

    def retry(self, tries: int, entry: str, otherwise: str) -> Turn:
        """Ask once more from the start; after ``tries`` in all, go ``otherwise``."""
        failed = self.cursor.tries + 1
        if failed >= tries:
            return self.go(otherwise)
        return self.wait(stage="", tries=failed, entry=entry)

    def go(self, target: str, *notes: Note) -> Turn:
        return Turn(self.cursor, notes, target)

    def with_variables(self, values: Mapping[str, str]) -> tuple["Scene", tuple[Note, ...]]:
        """This scene knowing more, and the notes that tell the agent so."""
        cursor, notes = self.cursor, []
        for name, value in values.items():
            cursor = cursor.with_variable(name, value)
            notes.append(VariableNoted(name=name, value=cursor.value_of(name) or ""))
        return Scene(self.tree, cursor, self.facts), tuple(notes)
