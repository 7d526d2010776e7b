"""Redis killed with callers waiting: the brain stops, each edge serves its own, and all of it is
one floor again afterwards."""

from collections import Counter
from pathlib import Path

import pytest

from calls.words import AgentState
from tests.conftest import Run
from tests.e2e.brains import ScriptedEdge, comes, edges_on_one_redis

pytestmark = pytest.mark.integration

WAITING = 25
"""At each edge."""


def served(*edges: ScriptedEdge) -> Counter[str]:
    return sum((edge.served for edge in edges), Counter())


@pytest.mark.parametrize("kept", [True, False], ids=["kept by Redis", "lost by Redis"])
def test_has_5_redis_killed_each_edge_serves_its_own_and_all_is_merged_afterwards(
    tmp_path: Path, run: Run, kept: bool
) -> None:
    async def story() -> None:
        async with edges_on_one_redis(tmp_path, 6, "east", "west", kept=kept) as (site, edges):
            east, west = edges
            site.brain("one")
            await comes(lambda: site.says("one", "the hotline is open"))
            await east.at_work(site.agents[:3])
            await west.at_work(site.agents[3:])
            calls = [f"{n:05}" for n in range(WAITING)]
            for edge in edges:
                edge.queues(*calls)
            await comes(lambda: len(east.talks) + len(west.talks) == 6)
            # Both edges follow what the brain decides.
            await comes(lambda: all(len(edge.replica.engine.live.talks) == 6 for edge in edges))
            before = len(east.rung) + len(west.rung)
            site.redis.kill()
            await comes(lambda: east.alone.active and west.alone.active)
            assert len(east.rung) + len(west.rung) == before
            # The talks end, and each edge rings the telephones that are registered there, and only
            # for its own callers.
            for edge in edges:
                for offer in tuple(edge.talks):
                    edge.talk_ends(offer)
            for edge, own in ((east, site.agents[:3]), (west, site.agents[3:])):
                await comes(lambda edge=edge: len(edge.talks) == 3)  # type: ignore[misc]
                assert {one.agent for one in edge.talks.values()} == set(own)
                assert f"edge_alone:{edge.name}" in {one.name for one in edge.alarms if one.on}
            half = len(served(east, west))
            assert half == 12
            site.start_redis(kept=kept)
            await comes(lambda: not (east.alone.active or west.alone.active))
            # Six talk, under offers the brain did not make; it holds them as its own.
            await comes(
                lambda: all(
                    seat.agent.state is AgentState.TALKING
                    for edge in edges
                    for seat in edge.replica.engine.live.seats.values()
                )
            )
            assert len(served(east, west)) == half
            for edge in edges:
                edge.ends_by_itself = True
                for offer in tuple(edge.talks):
                    edge.talk_ends(offer)
            await comes(lambda: len(served(east, west)) == 2 * WAITING)
            await comes(lambda: not (east.talks or west.talks))
            assert set(served(east, west).values()) == {1}
            assert not east.doubled
            assert not west.doubled
            assert [(edge.waiting, edge.ringing) for edge in edges] == [({}, {}), ({}, {})]

    run(story(), timeout_s=120.0)


def test_an_edge_alone_rings_no_telephone_it_does_not_know_to_be_registered_there(
    tmp_path: Path, run: Run
) -> None:
    async def story() -> None:
        async with edges_on_one_redis(tmp_path, 2, "east", "west") as (site, edges):
            east, west = edges
            site.brain("one")
            await comes(lambda: site.says("one", "the hotline is open"))
            await west.at_work(site.agents)
            await comes(
                lambda: (
                    all(
                        seat.agent.state is AgentState.READY
                        for seat in east.replica.engine.live.seats.values()
                    )
                    and bool(east.replica.engine.live.seats)
                )
            )
            site.redis.kill()
            await comes(lambda: east.alone.active and west.alone.active)
            east.queues("1")
            west.queues("1")
            await comes(lambda: len(west.talks) == 1)
            assert not east.rung
            site.start_redis(kept=False)
            await comes(lambda: len(east.talks) == 1)
            assert not east.doubled
            assert not west.doubled

    run(story(), timeout_s=60.0)
