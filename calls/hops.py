"""How far a call came: the hops of its path, each with its time. Pure.

For test calls, from the command line and from a page alike.
"""

from collections.abc import Iterable, Sequence

from calls.events import Fact
from calls.floor import Value

SESSION, TREE, QUEUE, OFFER, RINGS = "session", "tree", "queue", "offer", "rings"
ANSWERED, TALK, TALK_OVER = "answered", "talk", "talk_over"


class Hop(Value, frozen=True):
    number: int
    """As in the README: 1 trunk to 8 ticket."""
    name: str
    at: float | None
    """Seconds since the epoch; None: never came to it."""
    detail: str = ""


_FIRST_FACTS: Sequence[tuple[int, str, str]] = (
    (2, SESSION, "CallArrived"),
    (3, TREE, "NodeEntered"),
    (4, QUEUE, "QueueJoined"),
    (5, OFFER, "OfferMade"),
    (5, RINGS, "PhoneRang"),
    (6, ANSWERED, "CallAnswered"),
    (6, TALK, "TalkBegan"),
    (6, TALK_OVER, "TalkFinished"),
)


def hops_of(facts: Iterable[Fact]) -> tuple[Hop, ...]:
    """From the session to the end of the talk, in order; those it never came to among them."""
    first: dict[str, Fact] = {}
    for fact in facts:
        first.setdefault(type(fact).__name__, fact)
    return tuple(
        Hop(number=number, name=name, at=fact.at if fact else None, detail=_detail(fact))
        for number, name, kind in _FIRST_FACTS
        for fact in (first.get(kind),)
    )


def _detail(fact: Fact | None) -> str:
    named = (getattr(fact, name, None) for name in ("node", "queue", "agent", "device"))
    words = [str(value) for value in named if value]
    ring = getattr(fact, "ring", None)
    return " ".join([*words, f"ring {ring}"] if ring else words)
