"""The rules we ship, and what people are told about rules they wrote wrongly."""

from pathlib import Path

import pytest

from calls.fold import fold
from calls.words import Language
from config.folder import read_one
from config.problems import ConfigRefused
from config.ticket_rules import read_ticket_rules
from tests.calls.tables import facts
from tickets.model import Priority, TicketKind
from tickets.rules import RuleBook, titles_for

pytestmark = pytest.mark.unit
SHIPPED = Path(__file__).parents[2] / "config" / "defaults"
QUEUES = ("sales", "support", "service")

END = "\n90 CallEnded by=caller"
ANSWERED = """
0     CallArrived      number=+8613812345678 name=李雷 dialled=4001
5     QueueJoined      queue=support
6     OfferMade        offer=o1 queue=support agent=a1 device=d1
8     CallAnswered     offer=o1 agent=a1 device=d1 ring=1
10    TalkBegan        offer=o1
80    TalkFinished     offer=o1 by=agent
"""
GAVE_UP = """
0     CallArrived      number=+8613812345678 dialled=4001
0     CustomerFound    customer=c1 level={level}
5     QueueJoined      queue=support
{at}  QueueLeft        queue=support reason=hung_up
"""


def rules(text: str, folder: Path) -> RuleBook:
    file = folder / "tickets.yaml"
    file.write_text(text)
    return read_one(file, lambda top: read_ticket_rules(top, QUEUES))


@pytest.fixture(params=["tickets.yaml", "demo/tickets.yaml"])
def shipped(request: pytest.FixtureRequest) -> RuleBook:
    return read_one(SHIPPED / request.param, lambda top: read_ticket_rules(top, QUEUES))


@pytest.mark.parametrize(
    ("story", "rule", "priority"),
    [
        (ANSWERED + END, None, Priority.NORMAL),
        (ANSWERED + "85 SurveyAnswered question=satisfaction score=2" + END, "low-score", "high"),
        (ANSWERED + "85 SurveyAnswered question=satisfaction score=3" + END, None, "normal"),
        (
            "0 CallArrived number=1\n5 VoicemailLeft recording=r seconds=9" + END,
            "voicemail",
            "high",
        ),
        (GAVE_UP.format(level="vip", at=7) + END, "key-customer-gave-up", "urgent"),
        (GAVE_UP.format(level="normal", at=70) + END, "gave-up", "normal"),
        ("0 CallArrived number=1\n5 Rescued how=x" + END, "rescued", "high"),
        (
            "0 CallArrived number=1\n0 QueueJoined queue=sales\n"
            "0 CalledBack first=e-1 attempts=3 failed=failed\n0 CallEnded by=system",
            "call-back-failed",
            "high",
        ),
    ],
)
def test_the_rules_we_ship_decide(
    shipped: RuleBook, story: str, rule: str | None, priority: str
) -> None:
    decided = shipped.at_end(fold(facts(story)))
    assert decided is not None
    assert decided.priority == priority
    if rule is None:
        assert decided.kind in (TicketKind.OTHER, TicketKind.TECHNICAL)
        assert shipped.at_answer(fold(facts(ANSWERED)[:4])) == decided
    else:
        assert decided.name == rule


def test_a_caller_who_gives_up_at_once_or_helps_herself_leaves_no_ticket(shipped: RuleBook) -> None:
    for story in (
        GAVE_UP.format(level="normal", at=9),
        "0 CallArrived number=1\n5 SelfServed node=order",
        "0 CallArrived number=1",
    ):
        assert shipped.at_end(fold(facts(story + END))) is None


def test_every_title_we_ship_can_be_made_in_both_languages(shipped: RuleBook) -> None:
    record = fold(facts(ANSWERED + "85 SurveyAnswered question=q score=2" + END))
    for rule in shipped.rules:
        titles = titles_for(rule, record, {"zh-CN": "技术支持", "en": "Support"})
        assert set(titles) == set(Language)
        assert all("李雷" in title and "{" not in title for title in titles.values())


def test_a_rule_may_say_that_a_call_leaves_no_ticket(tmp_path: Path) -> None:
    book = rules("rules:\n  quiet:\n    when: {queues: [sales]}\n    ticket: false\n", tmp_path)
    assert [rule.kind for rule in book.rules] == [None]


def test_a_variable_set_by_the_tree_can_decide(tmp_path: Path) -> None:
    text = (
        "rules:\n  complaint:\n    when: {variables: {subject: complaint}}\n    kind: service\n"
        "    title: {zh-CN: 投诉, en: Complaint}\n"
    )
    book = rules(text, tmp_path)
    story = "0 CallArrived number=1\n1 VariableSet name=subject value="
    assert book.at_end(fold(facts(story + "complaint" + END))) is not None
    assert book.at_end(fold(facts(story + "praise" + END))) is None


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (
            "    kind: tecnical",
            "4: rules.r.kind: 'tecnical' is not known; did you mean 'technical'",
        ),
        (
            "    kind: sales\n    when: {queues: [sale]}",
            "5: rules.r.when.queues: there is no queue",
        ),
        ("    kind: sales\n    when: {outcomes: [lost]}", "'lost' is not known; choose one of"),
        ("    kind: sales\n    prio: high", "5: rules.r.prio: this key is not known; did you mean"),
        ("    kind: sales\n    due_in_minutes: soon", "write a whole number from 0"),
        ("    priority: high", "'kind' is missing; choose one of technical, service"),
    ],
)
def test_a_mistake_is_told_with_file_line_and_what_would_be_right(
    line: str, said: str, tmp_path: Path
) -> None:
    with pytest.raises(ConfigRefused) as refused:
        rules(f"rules:\n  r:\n    title: {{zh-CN: 电话, en: Call}}\n{line}\n", tmp_path)
    assert said in str(refused.value)
    assert str(tmp_path / "tickets.yaml") in str(refused.value)


@pytest.mark.parametrize(
    ("title", "said"),
    [
        ("{caler}", "{caler} is not known; did you mean 'caller'"),
        ("{caller.__class__}", "is not known"),
        ("{caller!r}", "is not known"),
        ("{caller", "the curly brackets do not match"),
    ],
)
def test_a_title_may_name_only_what_is_known_of_a_call(
    title: str, said: str, tmp_path: Path
) -> None:
    text = f'rules:\n  r:\n    kind: sales\n    title: {{zh-CN: "{title}", en: Call}}\n'
    with pytest.raises(ConfigRefused) as refused:
        rules(text, tmp_path)
    assert said in str(refused.value)
