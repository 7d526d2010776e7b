"""Draws the state diagrams of ARCHITECTURE.md from the tables the code runs on.

`python -m docs.diagrams` puts them between their markers; with `--check` it only says whether they
are there as they should be. The tables are the truth, the pictures follow.
"""

import re
import sys
from collections.abc import Iterable
from enum import Enum
from pathlib import Path

from acd.agents import edges
from hotline.offer import OFFER, Stage
from tickets.model import NEXT, TicketState

DOCUMENT = Path(__file__).parent.parent / "ARCHITECTURE.md"

Edge = tuple[str, str, str]
"""From, what is written on the arrow, to."""


class MarkerMissing(ValueError):
    """The document has no place for this diagram, or two."""


def agent_diagram() -> str:
    """An agent at work: acd.agents."""
    moves = [(was, event, then) for was, event, then, _ in edges() if was != then]
    return diagram("logged_out", moves)


def agent_stays() -> str:
    """What happens to an agent without changing the state, as a table: acd.agents."""
    rows = [
        f"| {was} | {event} | {', '.join(actions) or 'nothing else'} |"
        for was, event, then, actions in edges()
        if was == then
    ]
    return "\n".join(["| state | told | what is done |", "|---|---|---|", *rows])


def offer_diagram() -> str:
    """One phone that is rung for one caller: hotline.offer."""
    moves = [(_low(was), _low(step), _low(then)) for (was, step), then in OFFER.items()]
    return diagram(_low(Stage.DIALLING), moves, last=_low(Stage.OVER))


def ticket_diagram() -> str:
    """What people may make of a ticket: tickets.model."""
    moves = [(was, "", then) for was in TicketState for then in TicketState if then in NEXT[was]]
    return diagram(TicketState.OPEN, moves)


DIAGRAMS = {
    "agent": agent_diagram,
    "agent-stays": agent_stays,
    "offer": offer_diagram,
    "ticket": ticket_diagram,
}
"""By the name in its marker."""


def diagram(first: str, moves: Iterable[Edge], last: str = "") -> str:
    """Mermaid text; several ways between the same two states share an arrow."""
    arrows: dict[tuple[str, str], list[str]] = {}
    for was, label, then in moves:
        arrows.setdefault((was, then), []).append(label)
    lines = ["```mermaid", "stateDiagram-v2", f"    [*] --> {first}"]
    for (was, then), labels in arrows.items():
        words = ", ".join(filter(None, labels))
        lines.append(f"    {was} --> {then}" + (f" : {words}" if words else ""))
    if last:
        lines.append(f"    {last} --> [*]")
    return "\n".join([*lines, "```"])


def redrawn(document: str) -> str:
    """The document with every diagram as the tables are now. Raises MarkerMissing."""
    for name, draw in DIAGRAMS.items():
        begin, end = f"<!-- drawn: {name} -->", "<!-- end -->"
        place = re.compile(re.escape(begin) + r".*?" + re.escape(end), re.DOTALL)
        found = place.findall(document)
        if len(found) != 1:
            raise MarkerMissing(f"{begin} ... {end} stands {len(found)} times, not once")
        document = document.replace(found[0], f"{begin}\n{draw()}\n{end}")
    return document


def main(arguments: list[str]) -> int:
    """0 when the document is right, or has been put right."""
    stands = DOCUMENT.read_text(encoding="utf-8")
    right = redrawn(stands)
    if "--check" in arguments:
        return 0 if stands == right else 1
    if stands != right:
        DOCUMENT.write_text(right, encoding="utf-8")
    return 0


def _low(value: Enum) -> str:
    return value.name.lower()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
