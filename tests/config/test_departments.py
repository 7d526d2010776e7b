"""departments.yaml: who answers which tickets, and each mistake with its place."""

import pytest

from config.departments import read_departments
from config.document import read_document
from config.problems import Problem
from config.section import Section
from tickets.departments import Departments, usual
from tickets.model import TicketKind

pytestmark = pytest.mark.unit


def read(text: str) -> tuple[Departments, list[str]]:
    problems: list[Problem] = []
    node = read_document(text.encode(), "departments.yaml", problems)
    found = read_departments(Section(node, "departments.yaml", problems), ["office"])
    return found, [str(one) for one in problems]


def test_a_department_is_read_with_its_hours_and_its_times() -> None:
    found, problems = read(
        """
        repairs:
          name: {zh-CN: 维修, en: Repairs}
          kinds: [technical]
          calendar: office
          reach_in_minutes: 30
          answer_in_days: 3
          warn_at_percent: 50
        """
    )
    assert problems == []
    one = found.of_kind(TicketKind.TECHNICAL)
    assert (one.id, one.calendar, one.reach_s) == ("repairs", "office", 1800.0)
    assert (one.answer_days, one.warn_share) == (3.0, 0.5)


def test_without_the_file_there_are_the_usual_four() -> None:
    found, problems = read("")
    assert problems == []
    assert {kind: found.of_kind(kind).id for kind in TicketKind} == {
        kind: usual().of_kind(kind).id for kind in TicketKind
    }


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("a: {name: {zh-CN: 甲, en: A}, calendar: ofice}", "there is no calendar 'ofice'"),
        (
            "a: {name: {zh-CN: 甲, en: A}, kinds: [technical]}\n"
            "b: {name: {zh-CN: 乙, en: B}, kinds: [technical]}",
            "technical goes to a already",
        ),
        ("a: {name: {zh-CN: 甲, en: A}, warn_at_percent: 0}", "warn_at_percent"),
        ("a: {name: {en: A}}", "a.name: 'zh-CN' is missing"),
        ("维修: {name: {zh-CN: 甲, en: A}}", "no name for a department"),
    ],
)
def test_a_mistake_is_named(text: str, said: str) -> None:
    _, problems = read(text)
    assert any(said in one for one in problems), problems
