"""``tickets.yaml``: which calls leave a ticket, of which kind, due when.

Checked against the floor's queues, and each title against what a title may name.
"""

from collections.abc import Collection

from calls.ids import QueueId
from calls.words import Language, Level, Outcome
from config.section import Section, guess
from tickets.model import Priority, TicketKind
from tickets.rules import FIELDS, Rule, RuleBook, When, unknown_fields

FILE = "tickets.yaml"
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}"
_NAME_RIGHT = "letters, digits, _ . and -"
_A_YEAR_OF_MINUTES = 60 * 24 * 365


def read_ticket_rules(top: Section, queues: Collection[str]) -> RuleBook:
    """The rules in the order they are written. ``queues``: ids of the floor's queues. Mistakes are
    noted in the section's problems."""
    group = top.section("rules")
    names = group.names_matching(_NAME, "no name for a rule", _NAME_RIGHT)
    rules = tuple(_rule(name, group.section(name), queues) for name in names)
    top.finish()
    return RuleBook(rules)


def _rule(name: str, section: Section, queues: Collection[str]) -> Rule:
    when = _when(section.section("when"), queues)
    if not section.flag("ticket", True):
        section.finish()
        return Rule(name=name, when=when, kind=None)
    rule = Rule(
        name=name,
        when=when,
        kind=section.choice("kind", TicketKind, None),
        titles=_titles(section.section("title")),
        priority=section.choice("priority", Priority, Priority.NORMAL),
        due_s=60.0 * section.whole("due_in_minutes", 0, 0, _A_YEAR_OF_MINUTES) or None,
        join_within_s=3600.0 * section.whole("join_within_hours", 0, 0, 24 * 365),
    )
    section.finish()
    return rule


def _when(section: Section, queues: Collection[str]) -> When:
    asked = section.texts("queues")
    for queue in asked:
        if queue not in queues:
            known = f"the floor has {', '.join(sorted(queues)) or 'no queue yet'}"
            section.refuse("queues", f"there is no queue {queue!r}", guess(queue, queues) or known)
    variables = section.section("variables")
    when = When(
        queues=tuple(map(QueueId, asked)),
        outcomes=section.choices("outcomes", Outcome, ()),
        levels=section.choices("levels", Level, ()),
        voicemail=section.flag("voicemail", False) if section.has("voicemail") else None,
        score_below=section.whole("score_below", 1, 1, 100) if section.has("score_below") else None,
        waited_over_s=section.maybe_seconds("waited_over_s", None),
        variables={name: variables.text(name) for name in variables.names()},
    )
    section.finish()
    return when


def _titles(section: Section) -> dict[str, str]:
    titles: dict[str, str] = {}
    for language in Language:
        title = section.text(language, right="write the ticket's title in this language")
        titles[language] = title
        try:
            unknown = unknown_fields(title)
        except ValueError:
            section.refuse(language, "the curly brackets do not match", "write {caller}")
            continue
        for field in unknown:
            right = guess(field, FIELDS) or f"known here: {', '.join(FIELDS)}"
            section.refuse(language, f"{{{field}}} is not known", right)
    section.finish()
    return titles
