"""Two brains on one Redis: one is active, the other goes on where it stopped, and neither the dead
nor the paused one takes a caller along."""

import asyncio
import signal
import time
from pathlib import Path

import pytest

from calls.inputs import AgentReady
from runtime.controller import REPLACED
from tests.conftest import Run
from tests.e2e.brains import ScriptedEdge, Site, comes, on_one_redis
from tests.e2e.conftest import Measured

pytestmark = pytest.mark.integration

AGENTS = 10


async def both_are_up(site: Site, edge: ScriptedEdge) -> None:
    """ "one" is active, "two" stands by, every agent is ready."""
    site.brain("one")
    await comes(lambda: site.says("one", "the hotline is open"))
    site.brain("two")
    await comes(lambda: site.says("two", "standing by"))
    await edge.at_work(site.agents)


async def everybody_is_served(edge: ScriptedEdge, callers: int) -> None:
    """The talks end, one by one, until all have been served, each once."""
    edge.ends_by_itself = True
    for offer in tuple(edge.talks):
        edge.talk_ends(offer)
    await comes(lambda: len(edge.served) == callers and not edge.talks)
    assert set(edge.served.values()) == {1}
    assert not edge.doubled
    assert not edge.waiting
    assert not edge.ringing


def test_has_2_the_active_brain_killed_with_callers_waiting_the_standby_offers_them(
    tmp_path: Path, run: Run, measured: Measured
) -> None:
    _killed(tmp_path, run, measured, waiting=100)


@pytest.mark.prove
def test_has_2_the_active_brain_killed_with_a_thousand_waiting(
    tmp_path: Path, run: Run, measured: Measured
) -> None:
    _killed(tmp_path, run, measured, waiting=1_000)


def _killed(tmp_path: Path, run: Run, measured: Measured, waiting: int) -> None:
    async def story() -> None:
        async with on_one_redis(tmp_path, AGENTS) as (site, edge):
            await both_are_up(site, edge)
            edge.queues(*(f"{n:05}" for n in range(AGENTS + waiting)))
            await comes(lambda: len(edge.talks) == AGENTS)
            await comes(lambda: edge.streams.waiting == 0)
            killed_at = time.monotonic()
            site.sends("one", signal.SIGKILL)
            for offer in tuple(edge.talks):
                edge.talk_ends(offer)  # while no brain is there
            await comes(lambda: len(edge.rung) >= AGENTS * 2)
            measured(
                f"kill -9 with {waiting} waiting: first offer after, s",
                edge.rung[AGENTS][0] - killed_at,
            )
            await everybody_is_served(edge, AGENTS + waiting)
            # An offer under the dead brain's token is withdrawn and made again: her place counts.
            rung = [(offer.call, offer.agent, offer.token) for _, offer in edge.rung]
            order = list(dict.fromkeys(call for call, *_ in rung))
            assert order[: AGENTS * 2] == sorted(order)[: AGENTS * 2], rung[: AGENTS * 3]

    run(story(), timeout_s=240.0)


def test_has_2_a_paused_brain_that_wakes_up_changes_nothing_and_ends(
    tmp_path: Path, run: Run
) -> None:
    async def story() -> None:
        async with on_one_redis(tmp_path, AGENTS) as (site, edge):
            await both_are_up(site, edge)
            edge.queues(*(f"{n:05}" for n in range(AGENTS + 50)))
            await comes(lambda: len(edge.talks) == AGENTS)
            site.sends("one", signal.SIGSTOP)
            ended = tuple(edge.talks)[: AGENTS // 2]
            for offer in ended:
                edge.talk_ends(offer)
            await comes(lambda: site.says("two", "active"))
            await comes(lambda: len(edge.rung) == AGENTS + len(ended))
            token = edge.token
            # It wakes with inputs unread that would have it offer the same callers again.
            site.sends("one", signal.SIGCONT)
            one = site.processes["one"]
            await comes(lambda: one.poll() is not None)
            assert one.returncode == REPLACED
            await asyncio.sleep(0.5)
            assert edge.token == token
            assert len(edge.rung) == AGENTS + len(ended)
            await everybody_is_served(edge, AGENTS + 50)

    run(story(), timeout_s=120.0)


def test_a_brain_started_again_stands_behind_the_one_that_took_over(
    tmp_path: Path, run: Run
) -> None:
    async def story() -> None:
        async with on_one_redis(tmp_path, AGENTS) as (site, edge):
            await both_are_up(site, edge)
            for killed, left in (("one", "two"), ("two", "one")):
                site.sends(killed, signal.SIGKILL)
                await comes(lambda killed=killed: site.processes[killed].poll() is not None)  # type: ignore[misc]
                token = edge.token
                await comes(lambda token=token: edge.token > token)  # type: ignore[misc]
                (site.folder / killed / "log" / "controller-brain.log").unlink()
                site.brain(killed)
                await comes(lambda killed=killed: site.says(killed, "standing by"))  # type: ignore[misc]
                assert site.processes[left].poll() is None
            # The third to speak still knows who is at work.
            assert "ready" in (await edge.tell(AgentReady(agent=site.agents[0])) or "")
            edge.queues("1")
            await comes(lambda: len(edge.talks) == 1)

    run(story(), timeout_s=120.0)


def test_redis_that_comes_back_empty_costs_the_brains_nothing(tmp_path: Path, run: Run) -> None:
    """No floor, no lease, no token is left in it: the active one writes all of it again."""

    async def story() -> None:
        async with on_one_redis(tmp_path, AGENTS) as (site, edge):
            await both_are_up(site, edge)
            edge.queues(*(f"{n:05}" for n in range(AGENTS + 5)))
            await comes(lambda: len(edge.talks) == AGENTS)
            site.redis.kill()
            await asyncio.sleep(1.0)
            site.redis.start()
            await everybody_is_served(edge, AGENTS + 5)
            # And whoever comes after reads it from there.
            running = [name for name, one in site.processes.items() if one.poll() is None]
            for name in running:
                site.sends(name, signal.SIGKILL)
            site.brain("three")
            await comes(lambda: site.says("three", "the hotline is open"))
            edge.queues("late")
            await comes(lambda: edge.served["east-late"] == 1)  # type: ignore[index]

    run(story(), timeout_s=120.0)
