"""The house's chores: trees published elsewhere or planned for now, calendars running out, and so
on."""

from acd import entries
from agent_softphone_bridge.sql_store import SqlPeople
from calls.journal import FACTS
from calls.notices import AgentChanged
from config.calendars import alarms
from cti.agent_times import AgentTimes
from recordings.scoring.daily import draw_samples
from recordings.scoring.sql_store import SqlScoring
from runtime.alarms.keeping import FloorAlarms, PromptAlarms, TrunkAlarms
from runtime.brain_role import BrainRole
from runtime.desk_chores import desk_chores
from runtime.ground import Ground
from runtime.housekeeping import Chore
from runtime.queue_hours import QueueHoursTeller
from runtime.tree_plans import carry_out_plans
from runtime.wiring import Controller
from storage import outbox, outgoing
from storage.database import Database

TREES_S = 3.0
TIMES_S = 5.0
HOURS_S = 2.0
HOUR_S = 3600.0
AUDIO_S = 10.0
PROMPTS_S = 30.0
DONE_FOR_S = 7 * 24 * HOUR_S
"""Messages to the desk, letters and webhooks are kept this long after they were dealt with."""


def chores(house: Controller) -> tuple[Chore, ...]:
    """Those of this process's roles."""
    ground, edge = house.ground, house.edge
    people = SqlPeople(ground.database)

    async def look_after_trees() -> None:
        await ground.offload.run(ground.trees.refresh)
        now = ground.clock.now()
        for alarm in await ground.offload.run(carry_out_plans, ground.rollouts, people, now):
            ground.bus.publish(alarm)

    async def look_at_calendars() -> None:
        for alarm in alarms(ground.in_force.calendars, ground.clock.now()):
            ground.bus.publish(alarm)

    async def tell_hours() -> None:
        hours.look(ground.clock.now())

    async def forget() -> None:
        assert edge is not None
        ground.journal.prune(FACTS, edge.keeper.mark)
        before = ground.clock.now() - DONE_FOR_S
        await ground.offload.run(_forget_messages, ground.database, before)

    async def forget_decisions() -> None:
        days = ground.site.configuration.settings.limits.floor_days
        before = ground.clock.now() - days * 24 * HOUR_S
        await ground.offload.run(entries.forget, ground.journal, before)

    found: list[Chore] = []
    if edge is not None or house.web is not None:
        found.append(Chore("trees", TREES_S, look_after_trees))
    if house.brain is not None:
        found.append(Chore("alarms", 1.0, FloorAlarms(ground, house.brain).look))
        hours = QueueHoursTeller(
            lambda: ground.in_force.floor, lambda: ground.in_force.calendars, house.brain.tell
        )
        found.append(_times_of_agents(ground, house.brain))
        found.append(Chore("hours of queues", HOURS_S, tell_hours))
        found.append(Chore("calendars", HOUR_S, look_at_calendars))
    if edge is not None or house.brain is not None:
        found.append(Chore("old decisions", HOUR_S, forget_decisions))
    if edge is not None:
        found.append(Chore("trunks", 2.0, TrunkAlarms(ground, edge).look))
        found.append(Chore("prompts", PROMPTS_S, PromptAlarms(ground, edge).look))
        found += desk_chores(ground)
        found.append(Chore("old entries", HOUR_S, forget))
        found.append(Chore("audio", AUDIO_S, lambda: _look_after_audio(ground)))
        found.append(Chore("samples for review", HOUR_S, lambda: _draw_samples(ground)))
    return tuple(found)


async def _look_after_audio(ground: Ground) -> None:
    await ground.recordings.list_waiting()
    await ground.keeping.look()


async def _draw_samples(ground: Ground) -> None:
    def draw() -> None:
        people = SqlPeople(ground.database).people()
        own_agent = {one.id: one.agent for one in people if one.active}
        zone = ground.site.configuration.settings.time_zone
        draw_samples(SqlScoring(ground.database), zone, ground.clock.now(), own_agent)

    await ground.offload.run(draw)


def _times_of_agents(ground: Ground, brain: BrainRole) -> Chore:
    times = AgentTimes(ground.database)
    ground.bus.subscribe(AgentChanged, times.hear)
    for known in brain.brain.engine.board():
        if isinstance(known, AgentChanged):
            times.hear(known)

    async def count() -> None:
        now = ground.clock.now()
        spans = times.take(now)
        try:
            await ground.offload.run(times.keep, spans, now)
        except Exception:
            times.put_back(spans)
            raise

    return Chore("times of agents", TIMES_S, count)


def _forget_messages(database: Database, before: float) -> None:
    with database.session() as session:
        outbox.forget_done(session, before)
        outgoing.forget(session, before)
