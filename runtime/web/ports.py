"""Everything the web needs of the house, in one value that wiring fills in."""

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from acd.choose import Why
from acd.standing import Waits
from acd.state import Call
from agent_softphone_bridge.callers import CallerSettings
from agent_softphone_bridge.phones import PhoneSettings
from agent_softphone_bridge.ports import PeopleStore
from calls.bus import Bus
from calls.calendar import WorkCalendar
from calls.clock import Clock
from calls.commands import Command
from calls.floor import FloorSpec
from calls.ids import CallId
from calls.inputs import Input
from calls.notices import Notice
from calls.words import Language
from config.documents import Documents
from config.outbound import TrunkPlan
from cti.contacts import SqlContacts
from cti.importing import ImportBook
from cti.numbers import CallerNumber
from cti.report_web import Reports
from cti.service import Customers
from cti.voice_sql import SqlVoices
from cti.web import Figures, Records
from ivr.rollout.service import Rollouts
from ivr.service import TreeBook
from ivr.speech.preview import preview
from recordings.keeping import Keeping
from recordings.scoring.sql_store import SqlScoring
from recordings.service import RecordingService
from runtime.emergency import EmergencySwitch
from runtime.in_force import InForce
from runtime.outgoing.service import Outgoing
from runtime.person.service import Persons
from runtime.studies.book import StudyBook
from runtime.web.certificate import WebTls
from runtime.web.counts import Count
from runtime.web.devices import Registrar
from storage.offload import Offload
from telephony.asterisk.trunk import Trunk
from tickets.beside import Beside
from tickets.complaints.service import Complaints
from tickets.followups.service import FollowUps
from tickets.forms.service import Forms
from tickets.knowledge.service import Knowledge
from tickets.service import Tickets
from tickets.tasks.service import Tasks

UI = Path(__file__).parents[2] / "ui" / "dist"


class FloorDoor(Protocol):
    """The engine, wherever it runs. All on the event loop's thread but ``why``."""

    async def tell(self, said: Input) -> str | None:
        """None when it was taken, else why it was not."""

    def standing(self) -> Sequence[Notice]:
        """Every agent and queue as they are now."""

    def callbacks(self) -> Sequence[Call]:
        """Everybody who is to be called back, in order."""

    def waits(self, call: CallId) -> Waits | None:
        """Why this waiting caller has been offered to nobody yet; None when she does not wait."""

    def why(self, call: CallId) -> Sequence[Why]:
        """On any thread: why each agent was chosen for this call."""


@dataclass(frozen=True, slots=True)
class TlsListen:
    address: str
    port: int
    context: WebTls


@dataclass(frozen=True, slots=True, kw_only=True)
class WebPorts:
    loop: asyncio.AbstractEventLoop
    clock: Clock
    bus: Bus
    """Notices and facts are heard from when the server is built."""
    offload: Offload
    floor: FloorDoor
    plan: Callable[[], FloorSpec]
    """The floor plan in force: names of queues and agents."""
    order: Callable[[Command], None]
    """To an edge, said by a person and not by the engine. From any thread."""
    phone: PhoneSettings
    asterisk_http: int
    """The port on loopback behind the SIP WebSocket."""
    tls: TlsListen | None = None
    """None: plain HTTP alone."""
    people: PeopleStore
    records: Records
    contacts: SqlContacts
    figures: Figures
    reports: Reports
    customers: Customers
    persons: Persons
    imports: ImportBook
    """Customers from a file."""
    read_number: Callable[[str], CallerNumber]
    """A number as somebody wrote it, read for this country."""
    tickets: Tickets
    tasks: Tasks
    beside_tickets: Beside
    complaints: Complaints
    forms: Forms
    follow_ups: FollowUps
    knowledge: Knowledge
    recordings: RecordingService
    keeping: Keeping
    scoring: SqlScoring
    audio: Offload
    """What reads audio waits here: a store may be slow."""
    link_secret: bytes
    """What links to audio are signed with."""
    trees: TreeBook
    rollouts: Rollouts
    trunks: Callable[[], Sequence[Trunk]]
    emergency: EmergencySwitch
    documents: Documents
    outgoing: Outgoing
    registrar: Registrar
    in_force: InForce
    prepare: Callable[[FloorSpec], Sequence[str]]
    """On a thread: makes ready what agents of a new floor need; what could not be is returned."""
    callers: CallerSettings | None = None
    """None where nobody may call from a web page."""
    calendars: Callable[[], Mapping[str, WorkCalendar]] = dict
    speak: Callable[[Language, str], bytes] = preview
    """A text as callers would hear it: WAV. Called on threads."""
    may_dial: Callable[[str], str] = lambda number: ""
    """'' when an agent may call this number now, else the code of why not (config.outbound)."""
    voices: SqlVoices
    trunk_plan: Callable[[], TrunkPlan]
    """How calls come in and go out, as Asterisk was told at the start."""
    studies: StudyBook
    """Questions about past days."""
    ready: Mapping[str, Callable[[], str]]
    """What must be well for calls to be served: name to a check that returns '' or what is wrong.
    Called on threads."""
    counts: Sequence[Count] = ()
    """Figures of the house for /metrics besides those of floor, offers and push."""
    trunk_states: Callable[[], Mapping[str, str]] = dict
    """Trunk to what Asterisk says of it."""
    threads: int = 8
    ui: Path = UI
