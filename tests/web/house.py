"""A small hotline behind a real web server: engine, database and files are real, no telephone."""

import asyncio
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from acd.brain import Brain
from acd.engine import Engine
from acd.simulator.study import Comparison
from agent_softphone_bridge.callers import CallerSettings
from agent_softphone_bridge.passwords import Passwords
from agent_softphone_bridge.people import People
from agent_softphone_bridge.phones import PhoneSettings
from agent_softphone_bridge.sql_store import SqlPeople
from calls.bus import Bus
from calls.calendar import Hours, WorkCalendar
from calls.commands import Command
from calls.floor import AgentSpec, DeviceSpec, FloorSpec, Membership, QueueSpec
from calls.ids import AgentId, DeviceId, EdgeId, QueueId, TreeId
from calls.inputs import FloorConfigured
from calls.journal import MemoryJournal
from calls.words import Language, Role
from config.documents import Documents
from config.folder import open_folder, seed_folder
from config.forms_shipped import shipped_forms
from config.outbound import OutboundRoute, TrunkPlan
from cti.contacts import SqlContacts
from cti.figures import SqlFigures
from cti.import_worker import import_in_worker
from cti.importing import ImportBook
from cti.model import Customer, CustomerNumber
from cti.numbers import read_number
from cti.records_sql import SqlRecords
from cti.service import Customers
from cti.sql_store import SqlCustomers
from cti.voice_sql import SqlVoices
from ivr.memory import MemoryTrees
from ivr.rollout.service import Rollouts
from ivr.service import TreeBook
from recordings.keeping import Keeping
from recordings.memory import MemoryRecordings
from recordings.opened import shelves_of
from recordings.scoring.sql_store import SqlScoring
from recordings.service import RecordingService
from recordings.whereabouts import Whereabouts
from runtime.clock import LoopClock
from runtime.emergency import EmergencySwitch
from runtime.in_force import InForce
from runtime.outgoing.service import Outgoing
from runtime.person.service import Persons
from runtime.reports import HouseReports
from runtime.studies.book import StudyBook
from runtime.studies.follow import StudyRefused
from runtime.studies.orders import Invent, Order, Result, Task
from runtime.studies.painter import Pictures
from runtime.studies.worker import answer
from runtime.web.brain_floor import BrainFloor
from runtime.web.client import Client
from runtime.web.devices import Registrar
from runtime.web.ports import WebPorts
from runtime.web.serve import WebServer, build_web
from storage.database import Database
from storage.offload import Offload
from storage.search_words import words_asked, words_of
from storage.worker import Worker
from telephony.asterisk.ports import free_ports
from telephony.asterisk.settings import Rescue
from telephony.asterisk.trunk import Trunk, TrunkKind
from tickets.beside import Beside
from tickets.complaints.service import Complaints
from tickets.departments import usual
from tickets.desk import Desk
from tickets.files import Files
from tickets.followups.opening import FollowUpOpening
from tickets.followups.service import FollowUps
from tickets.forms.service import Forms
from tickets.handling import Handling
from tickets.joining import Joining
from tickets.knowledge.service import Cut, Cutting, Knowledge
from tickets.knowledge.sql_store import SqlKnowledge
from tickets.rules import RuleBook
from tickets.service import Tickets
from tickets.sql_store import SqlTickets
from tickets.tasks.service import Tasks
from tickets.tasks.sql_store import SqlTasks
from tickets.timekeeping import Timekeeper

SALES, SUPPORT = QueueId("sales"), QueueId("support")
WANG, LI = AgentId("a8001"), AgentId("a8002")
PASSWORD = "a long enough password"
QUICK = Passwords(memory_kib=64, rounds=1)
"""Tests sign in often; how hard a password is to guess is not what they ask."""

PLAN = FloorSpec(
    version=1,
    ring_cycle_s=5.0,
    queues=(
        QueueSpec(id=SALES, names={"zh-CN": "销售咨询", "en": "Sales"}),
        QueueSpec(id=SUPPORT, names={"zh-CN": "技术支持", "en": "Technical support"}),
    ),
    agents=(
        AgentSpec(
            id=WANG,
            name="王芳",
            staff_number="8001",
            queues=(Membership(queue=SALES),),
            devices=(DeviceSpec(id=DeviceId("d8001")),),
        ),
        AgentSpec(
            id=LI,
            name="李伟",
            staff_number="8002",
            queues=(Membership(queue=SUPPORT), Membership(queue=SALES, tier=2)),
            skills={"english": 3},
            devices=(DeviceSpec(id=DeviceId("d8002")),),
        ),
    ),
)
CUSTOMERS = (
    Customer("c1", "陈明", "明达贸易", numbers=(CustomerNumber("+8613812345678"),)),
    Customer("c2", "陈伟", numbers=(CustomerNumber("+8613912345678"),)),
)
CALLERS = CallerSettings(
    edge=EdgeId("main"),
    numbers=("+864008001234", "1001"),
    shown=("4008001234", "1001"),
    at_once=3,
    origins=("https://shop.example.com", "http://localhost:8080"),
)
TRUNK = Trunk(
    name="carrier",
    kind=TrunkKind.REGISTER,
    host="sip.example.net",
    username="u",
    secret="hush-hush",
)


WAYS = TrunkPlan(
    trunks=(TRUNK,),
    numbers={"+864008001234": TreeId("hotline")},
    default_tree=TreeId("hotline"),
    routes=(
        OutboundRoute(
            name="city", trunk=TRUNK, caller_number="+864008001234", allow=("+8610",),
            deny=("+861096",), open=None, hours="", daily_cap=20,
        ),
    ),
    region="CN",
    area_code="10",
    rescue=Rescue(),
)  # fmt: skip


@dataclass(slots=True)
class House:
    """Everything a test may want to hold."""

    server: WebServer
    ports: WebPorts
    bus: Bus
    brain: Brain
    database: Database
    records: SqlRecords
    recordings: MemoryRecordings
    tickets: SqlTickets
    folder: Path
    well: dict[str, str]
    """What /ready finds."""
    ordered: list[Command]
    """What people wanted an edge to do."""
    decided: list[Command]
    """What the engine wanted an edge to do."""
    tree_store: MemoryTrees
    port: int = 0

    @property
    def base(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def client(self, name: str = "admin", language: str = "en") -> Client:
        """Signed in, on a thread, as every client of a running server must be."""
        client = Client(self.base, language)
        await asyncio.to_thread(client.sign_in, name, PASSWORD)
        return client


def make_house(
    folder: Path,
    callers: CallerSettings | None = None,
    may_dial: Callable[[str], str] = lambda number: "",
) -> House:
    """Built and furnished with people; listens nowhere yet."""
    loop = asyncio.get_running_loop()
    clock = LoopClock(loop)
    bus = Bus(_failed)
    database = Database(f"sqlite:///{folder}/web.db")
    database.migrate()
    decided: list[Command] = []
    brain = Brain(Engine(), MemoryJournal(), clock, decided.append, bus.publish, bus.publish)
    offload = Offload(threads=2)
    audio = MemoryRecordings()
    records = SqlRecords(database)
    well = {"ami": "", "database": ""}
    store = SqlTickets(database)
    customers = SqlCustomers(database)
    with customers.writing() as rows:
        rows.put(CUSTOMERS, 0.0)
    keeper = Timekeeper(usual, lambda name: ALWAYS)
    forms = Forms(store, offload, Worker(clock), clock)
    forms.ship(shipped_forms())
    ordered: list[Command] = []
    seed_folder(folder / "config")
    in_force = InForce(replace(open_folder(folder / "config", {}), floor=PLAN))
    where = Whereabouts(folder=str(folder))
    recording = RecordingService(where, audio, Worker(clock), offload, clock)
    keeping = Keeping(
        EdgeId("main"),
        audio,
        shelves_of(where),
        lambda: in_force.recordings,
        offload,
        clock,
        bus.publish,
    )
    files = Files(folder / "attachments", store)
    opening = FollowUpOpening(lambda: in_force.follow_ups, in_force.never_called)
    handling = Handling(store, keeper, opening)
    tree_store = MemoryTrees()
    trees = TreeBook(tree_store)
    ports = WebPorts(
        order=ordered.append,
        callers=callers,
        may_dial=may_dial,
        phone=PhoneSettings(edge=EdgeId("main"), ring_ms=(1000, 4000), ring_hz=(450,)),
        asterisk_http=free_ports(1)[0],
        loop=loop,
        clock=clock,
        bus=bus,
        offload=offload,
        floor=BrainFloor(brain),
        plan=lambda: in_force.floor,
        people=SqlPeople(database),
        records=records,
        contacts=SqlContacts(database),
        figures=SqlFigures(database),
        voices=SqlVoices(database),
        reports=HouseReports(database, Here(), "Asia/Shanghai", lambda: in_force.floor),
        customers=Customers(customers, offload, clock.now),
        persons=Persons(database, keeping, recording, files, offload, clock),
        imports=ImportBook(
            folder / "imports",
            lambda path, progress: import_in_worker(path, f"sqlite:///{folder}/web.db", progress),
            clock.now,
        ),
        read_number=read_number,
        tickets=Tickets(
            Desk(store, lambda: RuleBook(()), keeper, follow_ups=opening),
            handling,
            store,
            offload,
            Cutting(_cut(words_of), _cut(words_asked)),
            clock,
            bus.publish,
        ),
        tasks=Tasks(SqlTasks(database), offload, clock),
        forms=forms,
        beside_tickets=Beside(Joining(store, keeper), files, offload, clock),
        complaints=Complaints(store, handling, offload, clock, ALWAYS.date_at, opening),
        follow_ups=FollowUps(
            store,
            handling,
            lambda: in_force.follow_ups,
            in_force.never_called,
            offload,
            clock,
            ALWAYS.date_at,
        ),
        knowledge=Knowledge(
            SqlKnowledge(database), offload, Cutting(_cut(words_of), _cut(words_asked)), clock.now
        ),
        recordings=recording,
        keeping=keeping,
        scoring=SqlScoring(database),
        audio=offload,
        link_secret=b"links",
        trees=trees,
        rollouts=Rollouts(trees, tree_store),
        trunks=lambda: (TRUNK,),
        emergency=EmergencySwitch(folder / "emergency", False, lambda position: None),
        documents=Documents(folder / "config", folder / "history", {}, clock.now),
        in_force=in_force,
        outgoing=Outgoing(lambda: in_force.outgoing, database, clock, bus.publish),
        registrar=Registrar(
            host="127.0.0.1", port=5060, change_password=lambda device: f"new-{device}"
        ),
        prepare=lambda floor: (),
        trunk_plan=lambda: WAYS,
        studies=StudyBook(ask_nobody, draw_little, clock.now),
        ready={name: (lambda name=name: well[name]) for name in well},
        threads=4,
    )
    people = People(ports.people, clock.now, QUICK)
    server = build_web(ports, "test", people)
    furnish(people)
    brain.start()
    brain.tell(FloorConfigured(floor=PLAN))
    return House(
        *(server, ports, bus, brain, database, records, audio, store, folder, well),
        ordered,
        decided,
        tree_store,
    )


def _cut(words: Callable[[str], list[str]]) -> Cut:
    async def cut(text: str) -> list[str]:
        return words(text)

    return cut


class Here(Worker):
    """Jobs done on a thread: a process for each house would take longer than its tests."""

    def __init__(self) -> None: ...

    async def run(self, job: Any, *args: Any, **kwargs: Any) -> Any:
        return await asyncio.to_thread(job, *args, **kwargs)


async def ask_nobody(order: Order, on_share: Callable[[float], None]) -> Result:
    """Studies have their own tests; here there is no journal to ask, and days are made up alone."""
    on_share(0.5)
    if isinstance(order, Invent):
        task = Task(order=order, journal="", zone="Asia/Shanghai", floor=PLAN)
        return answer(task, on_share)
    raise StudyRefused("there is no journal here")


async def draw_little(found: Comparison) -> Pictures:
    """As little as a browser takes for a picture."""
    return {language: b"\x89PNG " + language.value.encode() for language in Language}


def furnish(people: People) -> None:
    people.create_person("admin", "Admin", PASSWORD, (Role.ADMIN,))
    people.create_person("boss", "班长", PASSWORD, (Role.SUPERVISOR,), language=Language.ZH)
    for agent in PLAN.agents:
        people.create_person(agent.id, agent.name, PASSWORD, (Role.AGENT,), agent.id)


@asynccontextmanager
async def open_house(
    folder: Path, *, callers: CallerSettings | None = CALLERS
) -> AsyncIterator[House]:
    """Listening on a free port of 127.0.0.1; closed when the block ends."""
    house = make_house(folder, callers)
    house.port = await house.server.start("127.0.0.1", 0)
    try:
        yield house
    finally:
        await house.server.stop()
        house.brain.stop()
        await house.ports.outgoing.stop()
        await house.ports.offload.close()
        house.database.dispose()


ALWAYS = WorkCalendar(zone="Asia/Shanghai", weekly=((Hours(opens="00:00", closes="24:00"),),) * 7)


def _failed(listener: object, word: object, error: Exception) -> None:
    raise error
