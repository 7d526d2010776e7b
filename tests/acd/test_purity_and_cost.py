"""What the engine may not touch, and what an input may not cost."""

import ast
import heapq
from pathlib import Path

import pytest

import acd
from acd import deadlines, match, waiting
from acd.engine import Engine
from calls.ids import AgentId, OfferId
from calls.inputs import (
    AgentLoggedIn,
    AgentReady,
    CallerLeft,
    FloorConfigured,
    OfferAnswered,
    TalkEnded,
)
from calls.words import LeaveReason, Party
from tests.acd.scene import agent, floor, needs, said_queued

pytestmark = pytest.mark.unit

ALLOWED = {"acd", "calls", "msgspec", "bisect", "collections", "enum", "functools", "hashlib"}
ALLOWED |= {"array", "contextlib", "heapq", "itertools", "logging", "math", "typing"}
SHELLS = {"web.py", "edge_lines.py", "replica.py"}
"""What stands around the engine and may know the world."""


PURE = sorted(path for path in Path(acd.__file__).parent.rglob("*.py") if path.name not in SHELLS)


@pytest.mark.parametrize("path", PURE, ids=lambda path: path.name)
def test_no_file_of_the_engine_knows_a_clock_a_socket_or_chance(path):
    for node in ast.walk(ast.parse(path.read_text())):
        names = []
        if isinstance(node, ast.Import):
            names = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names = [node.module or ""]
        assert {name.partition(".")[0] for name in names} <= ALLOWED


class Counted:
    """Counts the heap entries and lines looked at, in place of a stopwatch."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch) -> None:
        self.looks = 0
        for module in (waiting, match, deadlines):
            for name in ("heappush", "heappop", "heapify"):
                if hasattr(module, name):
                    monkeypatch.setattr(module, name, self.counting(getattr(heapq, name)))
        for name in ("_counts", "first"):
            monkeypatch.setattr(waiting.Line, name, self.counting(getattr(waiting.Line, name)))

    def counting(self, fn):
        def counted(*args):
            self.looks += 1
            return fn(*args)

        return counted


def looks_with(monkeypatch: pytest.MonkeyPatch, callers: int) -> int:
    """Heap work of one round (join, answer, talk end, abandon) beside so many waiting callers."""
    engine, now = Engine(), 0.0
    engine.apply(FloorConfigured(floor=floor(agent("ann", german=1))), now)
    engine.apply(AgentLoggedIn(agent=AgentId("ann")), now)
    engine.apply(AgentReady(agent=AgentId("ann")), now)
    for number in range(callers):
        own = needs(german=1 + number % 2)
        engine.apply(said_queued(f"c{number}", needs=own, priority=number % 3), now + number)
    with monkeypatch.context() as patched:
        counted = Counted(patched)
        now += callers
        engine.apply(said_queued("x"), now)
        (offer,) = engine.live.state.offers
        engine.apply(OfferAnswered(offer=offer), now)
        decision = engine.apply(TalkEnded(offer=OfferId(offer), by=Party.CALLER), now + 30.0)
        assert len(decision.commands) == len(decision.why) == 1
        engine.apply(CallerLeft(call="x", reason=LeaveReason.HUNG_UP), now)
    return counted.looks


def test_the_work_of_an_input_does_not_grow_with_the_number_waiting(monkeypatch):
    few, many = looks_with(monkeypatch, 100), looks_with(monkeypatch, 20_000)
    assert 0 < many <= 2 * few


def test_p14_all_of_a_large_floor_is_shown_from_memory_and_changes_alone_are_told():
    """Nobody is asked for it: the engine knows no socket (above), and what one input tells screens
    is as little on a floor of thousands as on one of ten."""
    told = {}
    for count in (10, 3_000):
        engine = Engine()
        people = [agent(f"a{n:04}") for n in range(count)]
        engine.apply(FloorConfigured(floor=floor(*people)), 0.0)
        for one in people:
            engine.apply(AgentLoggedIn(agent=one.id), 0.0)
            engine.apply(AgentReady(agent=one.id), 1.0)
        assert len(engine.board()) == count + 1
        told[count] = engine.apply(said_queued("x"), 9.0).notices
    assert [type(one) for one in told[10]] == [type(one) for one in told[3_000]]
    assert len(told[3_000]) == 2


def test_abandoned_callers_are_swept_out_of_the_heaps():
    engine = Engine()
    engine.apply(FloorConfigured(floor=floor()), 0.0)
    for number in range(5_000):
        engine.apply(said_queued(f"c{number}"), float(number))
        if number % 100:
            left = CallerLeft(call=f"c{number}", reason=LeaveReason.HUNG_UP)
            engine.apply(left, float(number))
    callers = engine.live.queues["sales"].waiting
    (line,) = callers.lines.values()
    assert len(callers) == 50
    assert len(line._heap) + len(callers._oldest) < 4 * 50 + 4 * waiting.STALE_ALLOWED
