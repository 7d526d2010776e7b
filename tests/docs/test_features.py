"""The table of what works names tests that are there."""

import ast
import re
from pathlib import Path

import pytest

pytestmark = pytest.mark.unit

TESTS = Path(__file__).parent.parent
TABLE = TESTS.parent / "docs" / "features.md"
ROW = re.compile(r"\| ([A-Z]+-?\d+) \|")
NAMED = re.compile(r"`([\w/]+\.py)::(\w+)`")


def names_in(file: Path) -> set[str]:
    tree = ast.parse(file.read_bytes())
    defined = {node.name for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)}
    assigned = [node.targets[0] for node in tree.body if isinstance(node, ast.Assign)]
    return defined | {target.id for target in assigned if isinstance(target, ast.Name)}


def test_every_test_named_in_the_table_exists() -> None:
    named = set(NAMED.findall(TABLE.read_text(encoding="utf-8")))
    missing = {
        f"{file}::{name}"
        for file, name in named
        if not (TESTS / file).is_file() or name not in names_in(TESTS / file)
    }
    assert named
    assert not missing


def test_every_row_names_a_test_and_no_id_stands_twice() -> None:
    rows = [line for line in TABLE.read_text(encoding="utf-8").splitlines() if ROW.match(line)]
    ids = [line.split("|")[1].strip() for line in rows]
    assert all(NAMED.search(line) for line in rows)
    assert len(ids) == len(set(ids))
