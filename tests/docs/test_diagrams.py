"""The pictures in ARCHITECTURE.md are what the code's own tables say."""

import pytest

from acd.agents import TABLE
from docs.diagrams import DIAGRAMS, DOCUMENT, MarkerMissing, agent_diagram, diagram, redrawn
from hotline.offer import OFFER

pytestmark = pytest.mark.unit


def test_the_document_shows_the_tables_as_they_are() -> None:
    stands = DOCUMENT.read_text(encoding="utf-8")
    assert stands == redrawn(stands), "stale: run .venv/bin/python -m docs.diagrams"


def test_a_row_that_changes_makes_the_document_stale(monkeypatch: pytest.MonkeyPatch) -> None:
    stands = DOCUMENT.read_text(encoding="utf-8")
    monkeypatch.delitem(TABLE, next(key for key, (then, _) in TABLE.items() if then != key[0]))
    assert stands != redrawn(stands)
    monkeypatch.undo()
    monkeypatch.delitem(OFFER, next(iter(OFFER)))
    assert stands != redrawn(stands)


def test_every_state_of_the_table_is_in_its_picture() -> None:
    drawn = agent_diagram()
    assert all(then in drawn for then, _ in TABLE.values())


def test_ways_between_the_same_two_states_share_an_arrow() -> None:
    moves = [("a", "x", "b"), ("b", "z", "a"), ("a", "y", "b")]
    assert diagram("a", moves).splitlines()[2:-1] == [
        "    [*] --> a",
        "    a --> b : x, y",
        "    b --> a : z",
    ]


def test_a_document_without_a_place_for_a_diagram_is_refused() -> None:
    whole = "\n".join(f"<!-- drawn: {name} -->\n<!-- end -->" for name in DIAGRAMS)
    assert redrawn(redrawn(whole)) == redrawn(whole)
    with pytest.raises(MarkerMissing, match="drawn: offer"):
        redrawn(whole.replace("drawn: offer", "drawn: nothing"))
