"""What every process stands on, whatever its roles: clock, buses, journal, database, rooms' stores.

And, where there are several processes, the way between them.
"""

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass

from agent_softphone_bridge.news import News
from calls.bus import Bus
from calls.clock import Clock
from calls.frames import NEWS
from calls.notices import Alarm
from config.settings import ProcessRole
from cti.records_sql import SqlRecords
from cti.service import Customers
from cti.sql_store import SqlCustomers
from ivr.findings import Finding
from ivr.model import Tree
from ivr.service import TreeBook
from ivr.sql_store import SqlTrees
from recordings.service import RecordingService
from recordings.sql_store import SqlRecordings
from runtime.clock import LoopClock
from runtime.emergency import ALARM, EmergencySwitch
from runtime.house_knows import known_to
from runtime.prepare import speak_tree
from runtime.site import Site
from storage.database import Database
from storage.journal import Health, SqliteJournal
from storage.offload import Offload
from storage.redis_leases import RedisLeases
from storage.redis_link import RedisLink
from storage.redis_streams import RedisStreams
from storage.worker import Worker
from tickets.desk import Desk
from tickets.service import Tickets
from tickets.sql_store import SqlTickets

NEWS_KEPT = 5_000
"""Screens repair themselves from a snapshot; older news is of no use to them."""

log = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Between:
    """The way to the other processes."""

    link: RedisLink
    streams: RedisStreams
    leases: RedisLeases
    news: News

    def start(self) -> None:
        self.streams.start()
        self.news.start()

    async def stop(self) -> None:
        await self.news.stop()
        await self.streams.stop()
        await self.link.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    site: Site
    roles: frozenset[ProcessRole]
    loop: asyncio.AbstractEventLoop
    clock: Clock
    bus: Bus
    """What is said in this process."""
    screens: Bus
    """What is said in any process, for those who look on."""
    between: Between | None
    """None: this process is the whole hotline."""
    journal: SqliteJournal
    database: Database
    offload: Offload
    audio: Worker
    emergency: EmergencySwitch
    trees: TreeBook
    records: SqlRecords
    customers: Customers
    recordings: RecordingService
    tickets: Tickets

    async def start(self) -> None:
        if self.roles & {ProcessRole.EDGE, ProcessRole.WEB}:
            await self.offload.run(self.trees.load)
        if self.between is not None:
            self.screens.subscribe(Alarm, self._hear_alarm)
            self.between.start()

    def _hear_alarm(self, alarm: Alarm) -> None:
        if alarm.name == ALARM:
            self.loop.run_in_executor(None, self.emergency.follow, alarm.on)

    async def stop(self) -> None:
        """After everything that stands on it."""
        if self.between is not None:
            await self.between.stop()
        await self.audio.close()
        await self.offload.close()
        self.journal.close()
        self.database.dispose()


def lay_ground(site: Site, database: Database, loop: asyncio.AbstractEventLoop) -> Ground:
    """Nothing runs yet. Raises StorageError when the journal cannot be opened."""
    settings = site.configuration.settings
    roles = frozenset(settings.roles)
    clock = LoopClock(loop)
    bus = Bus(_listener_failed)
    screens = Bus(_listener_failed) if settings.redis_url else bus
    offload = Offload(threads=6)
    audio = Worker(clock)
    return Ground(
        site=site,
        roles=roles,
        loop=loop,
        clock=clock,
        bus=bus,
        screens=screens,
        between=_between(site, bus, screens) if settings.redis_url else None,
        journal=_journal(site, loop, clock, bus),
        database=database,
        offload=offload,
        audio=audio,
        emergency=_emergency(site, loop, clock, bus),
        trees=TreeBook(SqlTrees(database), known_to(site), _spoken(site)),
        records=SqlRecords(database),
        customers=Customers(SqlCustomers(database), offload, clock.now),
        recordings=RecordingService(
            site.recordings, SqlRecordings(database), audio, offload, clock
        ),
        tickets=_tickets(site, database, offload, clock, bus),
    )


def _spoken(site: Site) -> Callable[[Tree], tuple[Finding, ...]]:
    """A tree goes live only when it can be heard."""

    def make_ready(tree: Tree) -> tuple[Finding, ...]:
        speak_tree(site, tree)
        return ()

    return make_ready


def _between(site: Site, bus: Bus, screens: Bus) -> Between:
    settings = site.configuration.settings
    link = RedisLink(settings.redis_url, settings.deployment)
    streams = RedisStreams(link, kept={NEWS: NEWS_KEPT})
    # The same after a restart: who holds the folder is who they were.
    leases = RedisLeases(link, who=f"{socket.gethostname()}:{site.data}")
    return Between(link, streams, leases, News(bus, screens, streams, secrets.token_hex(8)))


def _journal(site: Site, loop: asyncio.AbstractEventLoop, clock: Clock, bus: Bus) -> SqliteJournal:
    return SqliteJournal(
        site.journal,
        loop.call_soon_threadsafe,
        clock.now,
        lambda health, why: bus.publish(_journal_alarm(health, why, clock.now())),
    )


def _emergency(
    site: Site, loop: asyncio.AbstractEventLoop, clock: Clock, bus: Bus
) -> EmergencySwitch:
    def tell(on: bool) -> None:
        alarm = Alarm(name=ALARM, on=on, at=clock.now())
        loop.call_soon_threadsafe(bus.publish, alarm)

    first = site.configuration.settings.emergency
    return EmergencySwitch(site.data / "emergency.json", first, tell)


def _tickets(site: Site, database: Database, offload: Offload, clock: Clock, bus: Bus) -> Tickets:
    configuration = site.configuration
    names = {queue.id: queue.names for queue in configuration.floor.queues}
    store = SqlTickets(database)
    desk = Desk(
        store,
        configuration.ticket_rules,
        configuration.calendars[configuration.settings.calendar],
        lambda queue: names.get(queue, {}),
    )
    return Tickets(desk, store, offload, clock, bus.publish)


def _listener_failed(listener: object, word: object, error: Exception) -> None:
    log.error("a listener failed", extra={"word": type(word).__name__}, exc_info=error)


def _journal_alarm(health: Health, why: str, at: float) -> Alarm:
    return Alarm(name="journal", on=health is not Health.OK, text=why, at=at)
