"""Every sentence of a checker has its Chinese one, and what stood in it stands in that one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from calls.phrases import Phrases
from calls.words import Language
from config.phrases import PHRASES as CONFIG
from cti.phrases import PHRASES as CUSTOMERS
from ivr.phrases import PHRASES as TREES

pytestmark = pytest.mark.unit

ROOT = Path(__file__).parents[2]
OTHER_THAN_IMPORT = {
    file.name
    for file in (ROOT / "cti").glob("*.py")
    if file.name not in ("customer_rows.py", "customer_csv.py", "import_customers.py")
}
SAYS = {
    *("_Bad", "ImportRefused", "refuse", "refuse_at", "_note", "Problem", "Fault"),
    *("_finding", "Finding", "_of_tree"),
}
NAMES = {"wrong", "right", "problem", "advice"}
SOURCES = {
    "config": (CONFIG, ["config"], {"plan.py", "outbound.py", "documents.py"}),
    "customers": (CUSTOMERS, ["cti"], OTHER_THAN_IMPORT),
    "ivr": (TREES, ["ivr"], {"service.py", "web.py", "workshop_web.py"}),
}
NO_SENTENCE = re.compile(r"[\W\w]?[^ ]*")
"""One word: a path, a key, a rule's name."""


def sentence(node: ast.expr) -> str | None:
    if isinstance(node, ast.Constant) and isinstance(node.value, str):
        return node.value
    if isinstance(node, ast.JoinedStr):
        return "".join(
            str(part.value) if isinstance(part, ast.Constant) else "x7" for part in node.values
        )
    return None


def said_in(file: Path) -> Iterator[str]:
    """Sentences handed to whatever notes a mistake, and those kept in a name for it."""
    for node in ast.walk(ast.parse(file.read_text())):
        found: list[ast.expr] = []
        if isinstance(node, ast.Call):
            name = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if name in SAYS:
                found = [*node.args, *(k.value for k in node.keywords if k.arg in NAMES)]
        elif isinstance(node, ast.Assign):
            names = {one.id for one in ast.walk(node) if isinstance(one, ast.Name)}
            if names & NAMES:
                tuple_ = isinstance(node.value, ast.Tuple)
                found = list(node.value.elts) if tuple_ else [node.value]  # type: ignore[attr-defined]
        for one in found:
            text = sentence(one)
            if text and not NO_SENTENCE.fullmatch(text) and re.search("[a-wyz]{2}", text):
                yield text


@pytest.mark.parametrize("room", list(SOURCES))
def test_every_sentence_a_checker_says_has_its_chinese(room: str) -> None:
    phrases, folders, others = SOURCES[room]
    files = [file for folder in folders for file in sorted((ROOT / folder).glob("*.py"))]
    said = {text for file in files if file.name not in others for text in said_in(file)}
    assert len(said) >= 8
    lacking = [text for text in sorted(said) if phrases.say(text, Language.ZH) == text]
    assert lacking == []


def test_what_stood_in_a_blank_stands_in_the_chinese_sentence_itself_said_over() -> None:
    phrases = Phrases(
        {"{} is no {}": "{1}不是{2}", "queue": "队列", "at most {} fit": "最多 {} 个"}
    )
    assert phrases.say("'sale' is no queue", Language.ZH) == "'sale'不是队列"
    assert phrases.say("at most 5 fit", Language.ZH) == "最多 5 个"
    assert phrases.say("at most 5 fit", Language.EN) == "at most 5 fit"
    assert phrases.say("what nobody foresaw", Language.ZH) == "what nobody foresaw"


@pytest.mark.parametrize("hostile", ["{2}{1}{}", "a is no b is no c", "\\1", "x" * 5000, "\n", ""])
def test_hostile_values_stay_text(hostile: str) -> None:
    phrases = Phrases({"{} does not fit": "{} 不合要求"})
    assert phrases.say(f"'{hostile}' does not fit", Language.ZH).startswith("'")
