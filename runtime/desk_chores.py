"""The desk's chores: tasks other rooms wanted, clocks that are due, words to be found."""

from runtime.ground import Ground
from runtime.housekeeping import Chore

TASKS_S = 2.0
CLOCKS_S = 5.0
WORDS_S = 1.0


def desk_chores(ground: Ground) -> tuple[Chore, ...]:
    """Whoever does them beside us, each thing is done once."""
    reckoned: object = None

    async def make_tasks() -> None:
        await ground.offload.run(ground.tasks.step, ground.clock.now())

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
        Chore("clocks of tickets", CLOCKS_S, chase),
        Chore("words of tickets", WORDS_S, index_tickets),
    )
