"""The desk's chores: tasks other rooms wanted, clocks that are due, words to be found."""

from calls.ids import AgentId
from cti.numbers import read_number
from runtime.ground import Ground
from runtime.housekeeping import Chore
from runtime.missed_calls import EVERY_S, MissedCalls

TASKS_S = 2.0
CLOCKS_S = 5.0
WORDS_S = 1.0


def desk_chores(ground: Ground) -> tuple[Chore, ...]:
    """Whoever does them beside us, each thing is done once."""
    reckoned: object = None
    missed = _missed(ground)

    async def make_tasks() -> None:
        await ground.offload.run(ground.tasks.step, ground.clock.now())

    async def close_missed() -> None:
        await ground.offload.run(missed.step, ground.clock.now())

    async def chase() -> None:
        nonlocal reckoned
        hours = (ground.in_force.calendars, ground.in_force.departments)
        if reckoned != hours:
            await ground.offload.run(ground.chasing.retime)
            reckoned = hours
        await ground.offload.run(ground.chasing.step, ground.clock.now())

    async def index_tickets() -> None:
        await ground.tickets.index()

    return (
        Chore("tasks", TASKS_S, make_tasks),
        Chore("missed calls", EVERY_S, close_missed),
        Chore("clocks of tickets", CLOCKS_S, chase),
        Chore("words of tickets", WORDS_S, index_tickets),
    )


def _missed(ground: Ground) -> MissedCalls:
    settings = ground.site.configuration.settings

    def name_of(agent: AgentId) -> str:
        agents = ground.in_force.floor.agents
        return next((one.name for one in agents if one.id == agent and one.name), agent)

    return MissedCalls(
        ground.tasks,
        ground.records,
        lambda text: read_number(text, settings.region, settings.area_code),
        name_of,
    )
