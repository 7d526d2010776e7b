"""What the documents point at is there: files of this house, links, and commands."""

import re
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from runtime.__main__ import threering

pytestmark = pytest.mark.unit

HOUSE = Path(__file__).parent.parent.parent
DOCUMENTS = [
    HOUSE / "README.md",
    HOUSE / "ARCHITECTURE.md",
    *sorted((HOUSE / "docs" / "decisions").glob("*.md")),
]
ROOMS = "acd agent_softphone_bridge bench calls config cti docs hotline ivr recordings runtime"
MENTIONED = re.compile(
    rf"(?<![\w/.])(?:{'|'.join(ROOMS.split())}|storage|telephony|tests|tickets)/[\w./-]*\w"
)
LINK = re.compile(r"\]\((?!https?:)([^)#]+)\)")


@pytest.mark.parametrize("document", DOCUMENTS, ids=lambda path: path.name)
def test_every_file_a_document_names_is_there(document: Path) -> None:
    text = document.read_text(encoding="utf-8")
    gone = {path for path in MENTIONED.findall(text) if not (HOUSE / path).exists()}
    gone |= {link for link in LINK.findall(text) if not (document.parent / link).exists()}
    assert not gone


def test_every_decision_is_in_the_index_and_short() -> None:
    folder = HOUSE / "docs" / "decisions"
    index = (folder / "README.md").read_text(encoding="utf-8")
    records = list(folder.glob("[0-9]*.md"))
    assert records
    for record in records:
        assert f"({record.name})" in index
        assert len(record.read_text(encoding="utf-8").splitlines()) <= 40, record.name


def test_the_readme_lists_every_command_and_no_other() -> None:
    text = (HOUSE / "README.md").read_text(encoding="utf-8")
    section = text.partition("## Command line")[2].partition("\n## ")[0]
    listed = {" ".join(row.split("`")[1].split()) for row in section.splitlines() if "| `" in row}
    told = {re.sub(r" [A-Z\[].*", "", row) for row in listed}
    assert told == set(_commands(threering))


def _commands(group: click.Group, before: str = "") -> Iterator[str]:
    for name, command in group.commands.items():
        if isinstance(command, click.Group):
            yield from _commands(command, f"{before}{name} ")
        elif not command.hidden:
            yield f"{before}{name}"
