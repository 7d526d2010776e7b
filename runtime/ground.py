"""What every process stands on, whatever its roles: clock, buses, journal, database, rooms' stores.

And, where there are several processes, the way between them.
"""

import asyncio
import logging
import secrets
import socket
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date

from acd.replica import Replica
from agent_softphone_bridge.news import News
from calls.bus import Bus
from calls.clock import Clock
from calls.frames import NEWS
from calls.ids import QueueId
from calls.notices import Alarm
from config.forms_shipped import shipped_forms
from config.settings import ProcessRole
from cti.records_sql import SqlRecords
from cti.service import Customers
from cti.sql_store import SqlCustomers
from ivr.findings import Finding
from ivr.model import Tree
from ivr.rollout.service import Rollouts
from ivr.service import TreeBook
from ivr.sql_store import SqlTrees
from recordings.flaw_watch import FlawWatch
from recordings.keeping import Keeping
from recordings.opened import shelves_of
from recordings.service import RecordingService
from recordings.sql_store import SqlRecordings
from runtime.clock import LoopClock
from runtime.emergency import ALARM, EmergencySwitch, Position
from runtime.house_knows import known_to
from runtime.in_force import InForce
from runtime.outgoing.service import Outgoing
from runtime.prepare import speak_tree
from runtime.reports import HouseReports
from runtime.site import Site
from storage.database import Database
from storage.journal import Health, SqliteJournal
from storage.offload import Offload
from storage.redis_journal import RedisJournal
from storage.redis_leases import RedisLeases
from storage.redis_link import RedisLink
from storage.redis_streams import RedisStreams
from storage.search_words import words_asked, words_of
from storage.worker import Worker
from tickets.beside import Beside
from tickets.chasing import Chasing
from tickets.complaints.service import Complaints
from tickets.desk import Desk
from tickets.files import Files
from tickets.followups.opening import FollowUpOpening
from tickets.followups.service import FollowUps
from tickets.forms.service import Forms
from tickets.handling import Handling
from tickets.joining import Joining
from tickets.knowledge.service import Cutting, Knowledge
from tickets.knowledge.sql_store import SqlKnowledge
from tickets.service import Tickets
from tickets.sql_store import SqlTickets
from tickets.tasks.service import Tasks
from tickets.tasks.sql_store import SqlTasks
from tickets.timekeeping import Timekeeper

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
    me: str
    """This process, unlike any other of the deployment, and unlike itself after a restart."""
    journal: RedisJournal | None
    """The floor's, shared; None where the brain beside our sessions writes it to our own disk."""
    replica: Replica | None
    """The floor as the shared journal has it."""

    def start(self) -> None:
        self.streams.start()
        self.news.start()

    async def stop(self) -> None:
        await self.news.stop()
        if self.replica is not None:
            await self.replica.stop()
        await self.streams.stop()
        await self.link.close()


@dataclass(frozen=True, slots=True, kw_only=True)
class Ground:
    site: Site
    in_force: InForce
    roles: frozenset[ProcessRole]
    loop: asyncio.AbstractEventLoop
    clock: Clock
    bus: Bus
    """What is said in this process."""
    screens: Bus
    """What is said in any process, for those who look on."""
    between: Between | None
    """None: this process is the whole hotline."""
    journal: SqliteJournal | RedisJournal
    """What this process writes: on its own disk where sessions are, else in Redis."""
    database: Database
    offload: Offload
    audio: Worker
    words: Worker
    """Cuts texts into the words they are found by."""
    emergency: EmergencySwitch
    trees: TreeBook
    rollouts: Rollouts
    """Carries out what is planned."""
    records: SqlRecords
    customers: Customers
    recordings: RecordingService
    keeping: Keeping
    to_store: Offload
    """What waits for the store of audio waits here, and holds up nobody else."""
    tickets: Tickets
    tasks: Tasks
    reports: HouseReports
    outgoing: Outgoing
    """Mail and webhooks. Any process may send what another posted."""
    knowledge: Knowledge
    chasing: Chasing
    beside_tickets: Beside
    complaints: Complaints
    forms: Forms
    follow_ups: FollowUps

    async def start(self) -> None:
        if self.roles & {ProcessRole.EDGE, ProcessRole.WEB}:
            await self.offload.run(self.trees.load)
            await self.offload.run(self.forms.ship, shipped_forms())
        if self.between is not None:
            self.screens.subscribe(Alarm, self._hear_alarm)
            self.between.start()
        self.outgoing.start()

    def _hear_alarm(self, alarm: Alarm) -> None:
        if alarm.name == ALARM:
            self.loop.run_in_executor(None, self.emergency.follow, alarm.on, alarm.text, alarm.at)

    async def stop(self) -> None:
        """After everything that stands on it."""
        await self.outgoing.stop()
        if self.between is not None:
            await self.between.stop()
        await self.audio.close()
        await self.words.close()
        await self.reports.close()
        await self.to_store.close()
        await self.offload.close()
        self.journal.close()
        self.database.dispose()


def lay_ground(site: Site, database: Database, loop: asyncio.AbstractEventLoop) -> Ground:
    """Nothing runs yet. Raises StorageError when the journal cannot be opened."""
    settings = site.configuration.settings
    in_force = InForce(site.configuration)
    roles = frozenset(settings.roles)
    clock = LoopClock(loop)
    bus = Bus(_listener_failed)
    screens = Bus(_listener_failed) if settings.redis_url else bus
    offload = Offload(threads=6)
    audio = Worker(clock)
    words = Worker(clock)
    store = Offload(threads=4, name="store")
    recordings = SqlRecordings(database)
    known = known_to(site, lambda: in_force.configuration)
    trees = TreeBook(SqlTrees(database), known, _spoken(site))
    shared = _shared_journal(site, loop, clock, bus) if shares_journal(roles) else None
    return Ground(
        site=site,
        in_force=in_force,
        roles=roles,
        loop=loop,
        clock=clock,
        bus=bus,
        screens=screens,
        between=_between(site, bus, screens, shared) if settings.redis_url else None,
        journal=_own_journal(site, loop, clock, bus, shared),
        database=database,
        offload=offload,
        audio=audio,
        emergency=_emergency(site, loop, clock, bus),
        trees=trees,
        rollouts=Rollouts(trees, SqlTrees(database)),
        records=SqlRecords(database),
        customers=Customers(SqlCustomers(database), offload, clock.now),
        recordings=RecordingService(
            site.audio,
            recordings,
            audio,
            offload,
            clock,
            flaws=FlawWatch(bus.publish),
        ),
        keeping=Keeping(
            settings.edge,
            recordings,
            shelves_of(site.audio),
            lambda: in_force.recordings,
            store,
            clock,
            bus.publish,
        ),
        to_store=store,
        tickets=_tickets(in_force, database, offload, _cutting(words), clock, bus),
        words=words,
        chasing=Chasing(SqlTickets(database), _keeper(in_force)),
        beside_tickets=_beside(site, in_force, database, offload, clock),
        complaints=_complaints(in_force, database, offload, clock),
        forms=Forms(SqlTickets(database), offload, words, clock),
        follow_ups=_follow_ups(in_force, database, offload, clock),
        tasks=Tasks(SqlTasks(database), offload, clock),
        reports=HouseReports(database, Worker(clock), settings.time_zone, lambda: in_force.floor),
        outgoing=Outgoing(lambda: in_force.outgoing, database, clock, bus.publish),
        knowledge=Knowledge(SqlKnowledge(database), offload, _cutting(words), clock.now),
    )


def _spoken(site: Site) -> Callable[[Tree], tuple[Finding, ...]]:
    """A tree goes live only when it can be heard."""

    def make_ready(tree: Tree) -> tuple[Finding, ...]:
        speak_tree(site, tree)
        return ()

    return make_ready


def shares_journal(roles: frozenset[ProcessRole]) -> bool:
    """Whether the floor's journal is in Redis: where the brain is apart from the sessions, another
    process may have to go on from it."""
    return not {ProcessRole.EDGE, ProcessRole.BRAIN} <= roles


def _between(site: Site, bus: Bus, screens: Bus, shared: RedisJournal | None) -> Between:
    settings = site.configuration.settings
    link = RedisLink(settings.redis_url, settings.deployment)
    streams = RedisStreams(link, kept={NEWS: NEWS_KEPT})
    me = secrets.token_hex(8)
    # An edge is the same after a restart: who holds the folder is who they were. Of two brains on
    # one machine each is another.
    who = f"{socket.gethostname()}:{site.data}"
    if ProcessRole.EDGE not in settings.roles:
        who = f"{who}:{me}"
    leases = RedisLeases(link, who)
    replica = None if shared is None else Replica(shared, streams)
    news = News(bus, screens, streams, me)
    return Between(link, streams, leases, news, me, shared, replica)


def _shared_journal(
    site: Site, loop: asyncio.AbstractEventLoop, clock: Clock, bus: Bus
) -> RedisJournal:
    settings = site.configuration.settings
    return RedisJournal(
        settings.redis_url,
        settings.deployment,
        loop.call_soon_threadsafe,
        lambda health, why: bus.publish(_journal_alarm(health, why, clock.now())),
    )


def _own_journal(
    site: Site,
    loop: asyncio.AbstractEventLoop,
    clock: Clock,
    bus: Bus,
    shared: RedisJournal | None,
) -> SqliteJournal | RedisJournal:
    if shared is not None and ProcessRole.EDGE not in site.configuration.settings.roles:
        return shared
    return SqliteJournal(
        site.journal,
        loop.call_soon_threadsafe,
        clock.now,
        lambda health, why: bus.publish(_journal_alarm(health, why, clock.now())),
    )


def _emergency(
    site: Site, loop: asyncio.AbstractEventLoop, clock: Clock, bus: Bus
) -> EmergencySwitch:
    def tell(position: Position) -> None:
        alarm = Alarm(name=ALARM, on=position.on, text=position.reason, at=clock.now())
        loop.call_soon_threadsafe(bus.publish, alarm)

    first = site.configuration.settings.emergency
    return EmergencySwitch(site.data / "emergency.json", first, tell)


def _tickets(
    in_force: InForce,
    database: Database,
    offload: Offload,
    cutting: Cutting,
    clock: Clock,
    bus: Bus,
) -> Tickets:
    def names(id_: QueueId) -> dict[str, str]:
        queue = in_force.queue(id_)
        return {} if queue is None else queue.names

    store, keeper = SqlTickets(database), _keeper(in_force)
    opening = _opening(in_force)
    desk = Desk(store, lambda: in_force.ticket_rules, keeper, names, opening)
    handling = Handling(store, keeper, opening)
    return Tickets(desk, handling, store, offload, cutting, clock, bus.publish)


def _beside(
    site: Site, in_force: InForce, database: Database, offload: Offload, clock: Clock
) -> Beside:
    store = SqlTickets(database)
    files = Files(site.data / "attachments", store)
    return Beside(Joining(store, _keeper(in_force)), files, offload, clock)


def _complaints(
    in_force: InForce, database: Database, offload: Offload, clock: Clock
) -> Complaints:
    store = SqlTickets(database)
    opening = _opening(in_force)
    handling = Handling(store, _keeper(in_force), opening)
    return Complaints(store, handling, offload, clock, _today(in_force), opening)


def _follow_ups(in_force: InForce, database: Database, offload: Offload, clock: Clock) -> FollowUps:
    store = SqlTickets(database)
    handling = Handling(store, _keeper(in_force), _opening(in_force))
    return FollowUps(
        store,
        handling,
        lambda: in_force.follow_ups,
        in_force.never_called,
        offload,
        clock,
        _today(in_force),
    )


def _opening(in_force: InForce) -> FollowUpOpening:
    return FollowUpOpening(lambda: in_force.follow_ups, in_force.never_called)


def _today(in_force: InForce) -> Callable[[float], date]:
    return lambda at: in_force.calendar("").date_at(at)


def _keeper(in_force: InForce) -> Timekeeper:
    return Timekeeper(lambda: in_force.departments, in_force.calendar)


def _cutting(words: Worker) -> Cutting:
    return Cutting(
        for_index=lambda text: words.run(words_of, text),
        for_query=lambda text: words.run(words_asked, text),
    )


def _listener_failed(listener: object, word: object, error: Exception) -> None:
    log.error("a listener failed", extra={"word": type(word).__name__}, exc_info=error)


def _journal_alarm(health: Health, why: str, at: float) -> Alarm:
    return Alarm(name="journal", on=health is not Health.OK, text=why, at=at)
