"""The house's chores: trees published by another process, calendars running out, old entries."""

from calls.journal import FACTS
from config.calendars import alarms
from runtime.housekeeping import Chore
from runtime.wiring import Controller
from storage import outbox
from storage.database import Database

TREES_S = 3.0
HOUR_S = 3600.0
DONE_FOR_S = 7 * 24 * HOUR_S
"""Messages to the desk are kept this long after they were dealt with."""


def chores(house: Controller) -> tuple[Chore, ...]:
    async def read_trees() -> None:
        await house.offload.run(house.trees.refresh)

    async def look_at_calendars() -> None:
        for alarm in alarms(house.site.configuration.calendars, house.clock.now()):
            house.bus.publish(alarm)

    async def forget() -> None:
        house.journal.prune(FACTS, house.keeper.mark)
        before = house.clock.now() - DONE_FOR_S
        await house.offload.run(_forget_messages, house.database, before)

    return (
        Chore("trees", TREES_S, read_trees),
        Chore("calendars", HOUR_S, look_at_calendars),
        Chore("old entries", HOUR_S, forget),
    )


def _forget_messages(database: Database, before: float) -> None:
    with database.session() as session:
        outbox.forget_done(session, before)
