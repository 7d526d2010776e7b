"""The whole house put together by hand, in the order in which one part stands on another.

One process plays all roles here. Nothing is decided in this file.
"""

import asyncio
import logging
import random
import secrets
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from acd.brain import Brain
from acd.engine import Engine
from agent_softphone_bridge.sql_store import SqlPeople
from calls.bus import Bus
from calls.clock import Clock
from calls.ids import CustomerId, QueueId
from calls.inputs import FloorConfigured, Input
from calls.notices import Alarm, ContactGlimpse, TicketGlimpse
from calls.words import Level
from config.outbound import DialOut
from cti.lookup import LookUp
from cti.numbers import read_number
from cti.records import RecordKeeper, RecordWriter
from cti.records_sql import SqlRecords
from cti.service import Customers
from cti.sql_store import SqlCustomers
from hotline.bookmark import Bookmark
from hotline.cel_reading import CelReading
from hotline.ears import Ears
from hotline.edge import Edge
from hotline.factlog import FactLog
from hotline.house import House
from hotline.left_behind import LeftBehind
from hotline.lines import Lines
from hotline.look_ups import look_ups
from hotline.pops import Pops
from hotline.reconcile import Evidence, Reconciler
from hotline.recorder import Recorder
from hotline.session import serve
from hotline.told import Told
from hotline.visit import Visit
from ivr.findings import Finding
from ivr.interpreter import CallFacts
from ivr.model import Tree
from ivr.service import TreeBook, TreesByNumber
from ivr.speech.book import PromptBook
from ivr.sql_store import SqlTrees
from recordings.service import RecordingService
from recordings.sql_store import SqlRecordings
from runtime.clock import LoopClock
from runtime.emergency import ALARM, EmergencySwitch
from runtime.health import checks, figures
from runtime.house_knows import known_to
from runtime.prepare import speak_tree
from runtime.site import Site
from runtime.ways_out import WaysOut
from runtime.web.brain_floor import BrainFloor
from runtime.web.ports import WebPorts
from runtime.web.serve import WebServer, build_web
from storage.database import Database
from storage.journal import Health, SqliteJournal
from storage.offload import Offload
from storage.worker import Worker
from telephony.agi.channel import Channel
from telephony.agi.server import AgiServer
from telephony.ami.link import AmiAddress, AmiLink
from telephony.cel_rotation import Keeping
from tickets.at_answer import OpenAtAnswer
from tickets.desk import Desk
from tickets.service import Tickets
from tickets.sql_store import SqlTickets

log = logging.getLogger(__name__)
AMI_USER = "threering"


@dataclass(slots=True)
class Controller:
    """Everything that runs in this process, for whoever starts and stops it."""

    site: Site
    clock: Clock
    bus: Bus
    journal: SqliteJournal
    database: Database
    trees: TreeBook
    offload: Offload
    brain: Brain
    emergency: EmergencySwitch
    edge: Edge
    ears: Ears
    link: AmiLink
    agi: AgiServer
    speech: PromptBook
    recorder: Recorder
    keeper: RecordKeeper
    records: RecordWriter
    reconciler: Reconciler
    tickets: Tickets
    at_answer: OpenAtAnswer
    web: WebServer
    workers: tuple[Worker, ...]
    tasks: set[asyncio.Task[None]] = field(default_factory=set)

    async def start(self) -> None:
        """Records first, calls last: a caller who comes in finds everything there. Raises
        LoginRefused, CannotListenError."""
        settings = self.site.configuration.settings
        await self.offload.run(self.trees.load)
        await self.speech.start()
        self._spawn(self.records.run())
        self._spawn(self.reconciler.run())
        self._spawn(self.tickets.run())
        self.at_answer.listen(self.bus)
        self.brain.start()
        self.brain.tell(FloorConfigured(floor=self.site.configuration.floor))
        await self.web.start(settings.web.address, settings.web.port)
        await self.link.start()
        await self.agi.start("127.0.0.1", settings.listen.agi_port)

    async def stop(self) -> None:
        """Calls first: the dialplan keeps the callers; then everything that waits on a disk."""
        await self.agi.stop()
        await self.web.stop()
        self.ears.close()
        await self.link.stop()
        self.brain.stop()
        await self.recorder.close()
        await self.at_answer.close()
        self.reconciler.stop()
        self.records.stop()
        self.tickets.stop()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=5.0)
        for worker in self.workers:
            await worker.close()
        await self.offload.close()
        self.journal.close()
        self.database.dispose()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.add(asyncio.ensure_future(work))


def wire(site: Site, database: Database, loop: asyncio.AbstractEventLoop) -> Controller:
    """Put the house together; nothing runs yet. Raises StorageError when the journal cannot be
    opened."""
    settings = site.configuration.settings
    clock = LoopClock(loop)
    bus = Bus(_listener_failed)
    offload = Offload(threads=6)
    speaking, audio = Worker(clock), Worker(clock)
    journal = SqliteJournal(
        settings.journal,
        loop.call_soon_threadsafe,
        clock.now,
        lambda health, why: bus.publish(_journal_alarm(health, why, clock.now())),
    )
    facts = FactLog(journal, bus)

    brain = Brain(
        Engine(),
        journal,
        clock,
        send=lambda command: edge.obey(command),
        publish=bus.publish,
        on_alarm=bus.publish,
    )

    def tell(said: Input) -> None:
        brain.tell(said)

    link = AmiLink(
        AmiAddress("127.0.0.1", settings.listen.ami_port, AMI_USER, site.secrets.ami),
        clock,
        jitter=random.random,
        on_up=lambda: ears.up(),
        on_down=lambda: ears.down(),
    )
    lines = Lines(link)
    edge = Edge(settings.edge, clock, tell, lines)
    ears = Ears(edge, clock, lambda truth, asked_at: reconciler.hear_truth(truth, asked_at))
    ears.listen(link)

    def tell_emergency(on: bool) -> None:
        alarm = Alarm(name=ALARM, on=on, at=clock.now())
        loop.call_soon_threadsafe(bus.publish, alarm)

    emergency = EmergencySwitch(site.data / "emergency.json", settings.emergency, tell_emergency)
    book = TreeBook(SqlTrees(database), known_to(site), _spoken(site))
    records_sql = SqlRecords(database)
    customers = Customers(SqlCustomers(database), offload, clock.now)
    look_up = LookUp(
        customers.find,
        clock,
        _look_up_failed,
        region=settings.region,
        area_code=settings.area_code,
    )

    async def contacts(number: str, customer: CustomerId | None) -> tuple[ContactGlimpse, ...]:
        known = [customer] if customer else []
        return tuple(await offload.run(records_sql.last_contacts, known, number))

    desk = _desk(site, database, offload, clock, bus)
    language = settings.languages[0]

    async def tickets(number: str, customer: CustomerId | None) -> tuple[TicketGlimpse, ...]:
        known = [customer] if customer else []
        return tuple(await desk.glimpses(known, number, language))

    speech = PromptBook(site.prompts, clock, speaking)
    recordings = RecordingService(site.recordings, SqlRecordings(database), audio, offload, clock)
    recorder = Recorder(
        site.recordings / "spool",
        recordings,
        facts,
        clock,
        on=True,
    )
    evidence = _evidence(site, clock, bus, records_sql, recorder, journal)
    reconciler = Reconciler(settings.edge, evidence, facts, bus, edge.holds, offload, clock)
    house = House(
        edge=settings.edge,
        clock=clock,
        tell=tell,
        facts=facts,
        bus=bus,
        lines=lines,
        trees=TreesByNumber(
            book, site.configuration.trunks.tree_for, site.configuration.trunks.default_tree
        ),
        speech=speech,
        pops=Pops(look_up, tickets, contacts),
        recorder=recorder,
        routes=WaysOut(DialOut(site.configuration.trunks, settings.time_zone)),
        look_ups=look_ups(desk, customers, settings.region),
        scripts_folder=site.scripts,
        longest_call_s=settings.limits.call_s,
        facts_for=_facts_for(site, clock, emergency),
        exit_key=_exit_keys(site),
        present=edge.present,
    )

    async def handle(channel: Channel) -> None:
        ears.known(channel.environment.channel_id)
        await serve(channel, house)

    keeper = RecordKeeper(journal, records_sql)
    agi = AgiServer(handle, clock)
    web = build_web(
        WebPorts(
            loop=loop,
            clock=clock,
            bus=bus,
            offload=offload,
            floor=BrainFloor(brain),
            plan=lambda: site.configuration.floor,
            people=SqlPeople(database),
            records=records_sql,
            customers=customers,
            read_number=lambda text: read_number(text, settings.region, settings.area_code),
            tickets=desk,
            recordings=recordings,
            trees=book,
            trunks=lambda: site.configuration.trunks.trunks,
            emergency=emergency,
            trunk_states=lambda: {name: str(state) for name, state in edge.trunks.items()},
            ready=checks(link, journal, database),
            counts=figures(link, agi, brain, edge, reconciler),
            threads=settings.web.threads,
        ),
        secrets.token_hex(4),
    )
    return Controller(
        site=site,
        clock=clock,
        bus=bus,
        journal=journal,
        database=database,
        trees=book,
        offload=offload,
        brain=brain,
        emergency=emergency,
        edge=edge,
        ears=ears,
        link=link,
        agi=agi,
        web=web,
        speech=speech,
        recorder=recorder,
        keeper=keeper,
        records=RecordWriter(
            keeper, offload, clock, bus.publish, on_written=lambda calls: desk.wake()
        ),
        reconciler=reconciler,
        tickets=desk,
        at_answer=OpenAtAnswer(desk),
        workers=(speaking, audio),
    )


def _desk(site: Site, database: Database, offload: Offload, clock: Clock, bus: Bus) -> Tickets:
    configuration = site.configuration
    names = {queue.id: queue.names for queue in configuration.floor.queues}
    store = SqlTickets(database)
    desk = Desk(
        store,
        site.configuration.ticket_rules,
        site.configuration.calendars[configuration.settings.calendar],
        lambda queue: names.get(queue, {}),
    )
    return Tickets(desk, store, offload, clock, bus.publish)


def _evidence(
    site: Site,
    clock: Clock,
    bus: Bus,
    records: SqlRecords,
    recorder: Recorder,
    journal: SqliteJournal,
) -> Evidence:
    asterisk = site.asterisk()
    told = Told(clock)
    told.listen(bus)
    keeping = Keeping(keep_s=site.configuration.settings.limits.cel_days * 86_400.0)
    return Evidence(
        told=told,
        cel=CelReading(asterisk.cel_file, keeping),
        left=LeftBehind(recorder, asterisk.voicemail_folder),
        records=records,
        bookmark=Bookmark(journal),
    )


def _spoken(site: Site) -> Callable[[Tree], tuple[Finding, ...]]:
    """A tree goes live only when it can be heard."""

    def make_ready(tree: Tree) -> tuple[Finding, ...]:
        speak_tree(site, tree)
        return ()

    return make_ready


def _facts_for(
    site: Site, clock: Clock, emergency: EmergencySwitch
) -> Callable[[Visit], CallFacts]:
    def facts_for(visit: Visit) -> CallFacts:
        person = visit.background.known.person
        return CallFacts(
            now=clock.now(),
            number=visit.number,
            level=person.level if person else Level.NORMAL,
            calendars=site.configuration.calendars,
            emergency=emergency.on,
        )

    return facts_for


def _exit_keys(site: Site) -> Callable[[QueueId], str]:
    keys = {queue.id: queue.exit_key for queue in site.configuration.floor.queues}
    return lambda queue: keys.get(queue, "")


def _listener_failed(listener: object, word: object, error: Exception) -> None:
    log.error("a listener failed", extra={"word": type(word).__name__}, exc_info=error)


def _look_up_failed(error: BaseException) -> None:
    log.warning("a look-up failed", extra={"why": f"{type(error).__name__}: {error}"})


def _journal_alarm(health: Health, why: str, at: float) -> Alarm:
    return Alarm(name="journal", on=health is not Health.OK, text=why, at=at)
