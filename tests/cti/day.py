"""Call records of every kind, made up by hypothesis: few callers, queues and agents, so that they
meet each other.
"""

from typing import Any

from hypothesis import strategies as st

from calls.ids import AgentId, CallId, OfferId, QueueId, TreeId
from calls.record import CallRecord, Leg
from calls.words import NoAnswer, Outcome, Party

BEGIN = 1_774_744_200.0
"""2026-03-29 01:30 in Berlin: half an hour before its clocks change."""
QUEUES = ("sales", "support", "技术")
AGENTS = ("a1", "a2", "a3")

_SECONDS = st.integers(0, 400_000).map(lambda thousandths: thousandths / 1000)


@st.composite
def records(draw: st.DrawFn) -> CallRecord:
    at = BEGIN + draw(st.integers(0, 6 * 3600 * 10)) / 10
    fields: dict[str, Any] = {
        "call": CallId(f"c{draw(st.integers(0, 10**9))}"),
        "started_at": at,
        "ended_at": at + 500,
        "ended_by": Party.CALLER,
        "arrived": True,
        "number": draw(st.sampled_from(("", "+861", "+862"))),
        "tree": TreeId("hotline"),
        "nodes": tuple(draw(st.lists(st.sampled_from(("welcome", "menu")), max_size=3))),
        "scores": {"q": draw(st.integers(1, 5))} if draw(st.booleans()) else {},
        "outcome": draw(st.sampled_from(Outcome)),
    }
    if draw(st.booleans()):
        fields |= _queued(draw, at)
    return CallRecord(**fields)


def _queued(draw: st.DrawFn, at: float) -> dict[str, Any]:
    waited = draw(_SECONDS)
    fields: dict[str, Any] = {
        "queue": QueueId(draw(st.sampled_from(QUEUES))),
        "first_queued_at": at + 1,
        "waited_s": waited,
        "legs": tuple(_leg(n, at, draw) for n in range(draw(st.integers(0, 2)))),
    }
    if draw(st.booleans()):
        fields |= {
            "outcome": Outcome.ANSWERED,
            "answered_at": at + 1 + waited,
            "answer_s": waited,
            "talk_s": draw(_SECONDS),
            "agent": AgentId(draw(st.sampled_from(AGENTS))),
            "ring": draw(st.sampled_from((None, 1, 2, 3, 4, 9))),
            "within_rule": draw(st.sampled_from((None, True, False))),
        }
    return fields


def _leg(n: int, at: float, draw: st.DrawFn) -> Leg:
    missed = draw(st.sampled_from((None, *NoAnswer)))
    talk_at = at + 20 if missed is None else None
    return Leg(
        offer=OfferId(f"o{n}"),
        made_at=at + 2,
        agent=AgentId(draw(st.sampled_from(AGENTS))),
        rang_at=at + 3,
        answered_at=talk_at,
        talk_at=talk_at,
        ended_at=at + 20 + draw(_SECONDS),
        missed=missed,
        talked=missed is None,
    )
