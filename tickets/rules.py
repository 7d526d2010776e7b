"""Which calls leave a ticket, and which ticket: rules in order, the first that fits decides. Pure.

config.tickets reads them from what people wrote.
"""

from dataclasses import dataclass, field
from string import Formatter

from calls.ids import QueueId
from calls.record import CallRecord
from calls.words import Level, Outcome
from tickets.model import Priority, TicketKind

FIELDS = ("caller", "number", "queue", "agent", "waited_min", "score")
"""What a title may name in curly brackets."""


@dataclass(frozen=True, slots=True)
class When:
    """What must be true of a call, all of it; empty and None ask nothing."""

    queues: tuple[QueueId, ...] = ()
    outcomes: tuple[Outcome, ...] = ()
    levels: tuple[Level, ...] = ()
    voicemail: bool | None = None
    score_below: int | None = None
    """Any survey answer lower than this."""
    waited_over_s: float | None = None
    variables: dict[str, str] = field(default_factory=dict)
    """Set by the tree to exactly these values."""

    def fits(self, record: CallRecord, outcome: Outcome | None) -> bool:
        """``outcome``: the call's, or what it will be at least."""
        return all(
            (
                # Who called out opens a ticket by hand, or has one open already.
                record.out_by is None,
                not self.queues or bool(set(self.queues) & set(record.queues)),
                not self.outcomes or outcome in self.outcomes,
                not self.levels or (record.level or Level.NORMAL) in self.levels,
                self.voicemail is None or self.voicemail == bool(record.voicemails),
                self.score_below is None
                or any(score < self.score_below for score in record.scores.values()),
                self.waited_over_s is None or record.waited_s > self.waited_over_s,
                all(record.variables.get(name) == value for name, value in self.variables.items()),
            )
        )

    @property
    def known_at_answer(self) -> bool:
        """False when only the end of the call can tell."""
        told_later = self.score_below is not None or self.voicemail is not None
        return not told_later and (not self.outcomes or Outcome.ANSWERED in self.outcomes)


@dataclass(frozen=True, slots=True)
class Rule:
    name: str
    when: When
    kind: TicketKind | None
    """None: such a call leaves no ticket."""
    titles: dict[str, str] = field(default_factory=dict)
    priority: Priority = Priority.NORMAL
    due_s: float | None = None
    """In working time."""
    join_within_s: float = 0.0
    """A live ticket of the same customer and kind, not older than this, is joined instead of a
    second one opened; 0: always a new one."""


@dataclass(frozen=True, slots=True)
class RuleBook:
    rules: tuple[Rule, ...] = ()

    def at_answer(self, record: CallRecord) -> Rule | None:
        """For a call an agent has just answered. Rules that only its end can tell are passed over;
        should one of them fit then, it makes the ticket opened now more urgent."""
        for rule in self.rules:
            if rule.when.known_at_answer and rule.when.fits(record, Outcome.ANSWERED):
                return rule
        return None

    def at_end(self, record: CallRecord) -> Rule | None:
        for rule in self.rules:
            if rule.when.fits(record, record.outcome):
                return rule
        return None


def unknown_fields(title: str) -> list[str]:
    """Fields of a title that do not exist, or are written in a way that is not plain ``{name}``.
    Raises ValueError for brackets that do not match."""
    return [
        name
        for _, name, spec, conversion in Formatter().parse(title)
        if name is not None and (name not in FIELDS or spec or conversion)
    ]


def titles_for(rule: Rule, record: CallRecord, queue_names: dict[str, str]) -> dict[str, str]:
    """The rule's titles with the call's values in them. ``queue_names``: per language tag."""
    lowest = min(record.scores.values(), default=None)
    values = {
        "caller": record.name or record.number or "—",
        "number": record.number or "—",
        "agent": record.agent or "—",
        "waited_min": str(round(record.waited_s / 60)),
        "score": "—" if lowest is None else str(lowest),
    }
    return {
        language: title.format_map(
            values | {"queue": queue_names.get(language) or record.queue or "—"}
        )
        for language, title in rule.titles.items()
    }
