"""tickets.yaml: what it becomes, and each mistake with its sentence. Titles: tests/tickets."""

import pytest

from calls.words import Outcome
from config.document import read_document
from config.problems import Problem
from config.section import Section
from config.ticket_rules import read_ticket_rules
from tickets.model import Priority, TicketKind
from tickets.rules import RuleBook

pytestmark = pytest.mark.unit

QUEUES = ("sales", "support", "服务")


def read(text: str) -> tuple[RuleBook, list[str]]:
    problems: list[Problem] = []
    node = read_document(text.encode(), "tickets.yaml", problems)
    book = read_ticket_rules(Section(node, "tickets.yaml", problems), QUEUES)
    return book, [str(problem) for problem in problems]


TITLE = "title: {zh-CN: '{caller} 来电', en: 'Call of {caller}'}"


def test_rules_are_read_in_the_order_they_are_written() -> None:
    book, problems = read(f"""
rules:
  night:
    when: {{queues: [服务]}}
    ticket: false
  b:
    kind: technical
    priority: high
    due_in_minutes: 90
    join_within_hours: 24
    when: {{queues: [support], outcomes: [abandoned_in_queue], score_below: 3, voicemail: true,
            waited_over_s: 60, variables: {{way: overflow}}}}
    {TITLE}
""")
    assert problems == []
    night, rule = book.rules
    assert (night.name, night.kind, rule.name) == ("night", None, "b")
    assert (rule.kind, rule.priority) == (TicketKind.TECHNICAL, Priority.HIGH)
    assert (rule.due_s, rule.join_within_s) == (5400.0, 86_400.0)
    when = rule.when
    assert (when.queues, when.outcomes) == (("support",), (Outcome.ABANDONED_IN_QUEUE,))
    assert (when.score_below, when.voicemail, when.waited_over_s) == (3, True, 60.0)
    assert when.variables == {"way": "overflow"}


def test_a_rule_may_say_that_there_is_no_ticket() -> None:
    book, problems = read("rules: {short: {when: {queues: [sales]}, ticket: false}}")
    assert problems == []
    assert [(one.name, one.kind) for one in book.rules] == [("short", None)]


MISTAKES = {
    f"rules: {{a: {{when: {{queues: [suport]}}, kind: sales, {TITLE}}}}}": (
        "there is no queue 'suport'",
        "support",
    ),
    f"rules: {{a: {{when: {{queues: [zzz]}}, kind: sales, {TITLE}}}}}": (
        "there is no queue 'zzz'",
        "the floor has sales, support, 服务",
    ),
    "rules: {a: {kind: sales, title: {zh-CN: '{caller', en: x}}}": (
        "the curly brackets do not match",
        "write {caller}",
    ),
    "rules: {a: {kind: sales, title: {zh-CN: x, en: 'Call of {callr}'}}}": (
        "{callr} is not known",
        "caller",
    ),
    "rules: {a: {kind: sales, title: {zh-CN: x, en: '{zzzzzzzz}'}}}": (
        "{zzzzzzzz} is not known",
        "known here: ",
    ),
    f"rules: {{a: {{kind: 投诉, {TITLE}}}}}": ("投诉", "sales"),
    f"rules: {{a: {{kind: sales, due_in_minutes: -1, {TITLE}}}}}": ("due_in_minutes", "0"),
    f"rules: {{a: {{knid: sales, kind: sales, {TITLE}}}}}": ("knid", "kind"),
    "rules: [1, 2]": ("rules", ""),
    "rules: {a: {kind: sales}}": ("title", ""),
}


@pytest.mark.parametrize("text", MISTAKES)
def test_each_mistake_is_named_with_what_would_be_right(text: str) -> None:
    _, problems = read(text)
    wrong, right = MISTAKES[text]
    assert any(wrong in one and right in one for one in problems), problems
