"""The whole house put together by hand: the roles of this process on one ground, in order.

Nothing is decided in this file.
"""

import asyncio
import os
import secrets
from collections.abc import Callable
from dataclasses import dataclass
from functools import partial

from agent_softphone_bridge.sql_store import SqlPeople
from calls.bus import Bus
from calls.clock import Clock
from calls.commands import Command
from calls.frames import Do, commands_of, encode
from config.documents import Documents
from config.outbound import denial
from config.settings import ProcessRole
from cti.contacts import SqlContacts
from cti.figures import SqlFigures
from cti.import_worker import import_in_worker
from cti.importing import ImportBook
from cti.numbers import read_number
from cti.voice_sql import SqlVoices
from recordings.scoring.sql_store import SqlScoring
from runtime.brain_role import BrainRole
from runtime.configuring import changing_passwords, preparing
from runtime.edge_role import EdgeRole, wire_edge
from runtime.ground import Ground, lay_ground
from runtime.health import checks, figures
from runtime.person.service import Persons
from runtime.phone_lines import caller_settings, phone_settings, tls_listen
from runtime.site import Site
from runtime.studies.book import StudyBook
from runtime.studies.painter import paint
from runtime.studies.tasks import ask_worker
from runtime.web.brain_floor import BrainFloor
from runtime.web.devices import Registrar
from runtime.web.ports import FloorDoor, WebPorts
from runtime.web.remote_floor import RemoteFloor
from runtime.web.serve import WebServer, build_web
from storage.database import Database
from tickets.files import Files
from tickets.sql_store import SqlTickets


@dataclass(slots=True)
class Controller:
    """Everything that runs in this process, for whoever starts and stops it."""

    ground: Ground
    edge: EdgeRole | None
    brain: BrainRole | None
    remote: RemoteFloor | None
    """The way from screens here to a brain in another process."""
    web: WebServer | None

    @property
    def site(self) -> Site:
        return self.ground.site

    @property
    def clock(self) -> Clock:
        return self.ground.clock

    @property
    def bus(self) -> Bus:
        return self.ground.bus

    async def start(self) -> None:
        """Records first, calls last: a caller who comes in finds everything there. A standby
        waits in here until it must take over. Raises LoginRefused, CannotListenError, Taken."""
        await self.ground.start()
        if self.edge is not None:
            await self.edge.prepare()
        if self.brain is not None:
            await self.brain.start()
        if self.remote is not None:
            await self.remote.start()
        if self.web is not None:
            settings = self.site.configuration.settings
            await self.web.start(settings.web.address, settings.web.port)
        if self.edge is not None:
            await self.edge.open()

    async def stop(self) -> None:
        """Calls first; then everything that waits on a disk."""
        if self.edge is not None:
            await self.edge.close()
        if self.web is not None:
            await self.web.stop()
        if self.remote is not None:
            await self.remote.stop()
        if self.brain is not None:
            await self.brain.stop()
        if self.edge is not None:
            await self.edge.finish()
        await self.ground.stop()


def wire(site: Site, database: Database, loop: asyncio.AbstractEventLoop) -> Controller:
    """Put the roles of this process together; nothing runs yet. Raises StorageError when the
    journal cannot be opened."""
    ground = lay_ground(site, database, loop)
    edge: EdgeRole | None = None
    brain: BrainRole | None = None
    if ProcessRole.BRAIN in ground.roles:
        here = ProcessRole.EDGE in ground.roles
        brain = BrainRole(ground, (lambda command: obey(command)) if here else None)
    if ProcessRole.EDGE in ground.roles:
        edge = wire_edge(ground, brain.tell if brain else None)
        obey = edge.edge.obey
    remote: RemoteFloor | None = None
    web: WebServer | None = None
    if ProcessRole.WEB in ground.roles:
        remote = None if brain else _remote_floor(ground)
        floor = BrainFloor(brain.brain) if brain else remote
        assert floor is not None
        web = _web(ground, floor, brain, edge)
    return Controller(ground, edge, brain, remote, web)


def _remote_floor(ground: Ground) -> RemoteFloor:
    between = ground.between
    assert between is not None, "checked in the configuration"
    assert between.replica is not None
    assert between.journal is not None
    return RemoteFloor(between.replica, between.journal, between.streams, between.me)


def _orders(ground: Ground, edge: EdgeRole | None) -> Callable[[Command], None]:
    """From people at screens to the edge it concerns, wherever that is."""

    def order(command: Command) -> None:
        if edge is not None and command.edge == edge.edge.edge:
            ground.loop.call_soon_threadsafe(edge.edge.order, command)
        elif ground.between is not None:
            frame = encode(Do(command))
            streams = ground.between.streams
            ground.loop.call_soon_threadsafe(streams.append, commands_of(command.edge), frame)

    return order


def _imports(ground: Ground) -> ImportBook:
    settings = ground.site.configuration.settings
    read = partial(
        import_in_worker,
        database_url=settings.database_url,
        region=settings.region,
        area_code=settings.area_code,
    )
    return ImportBook(
        ground.site.data / "imports",
        lambda path, progress: read(path, on_progress=progress),
        ground.clock.now,
    )


def _documents(ground: Ground) -> Documents:
    site = ground.site
    history = site.data / "history"
    return Documents(site.configuration.folder, history, os.environ, ground.clock.now)


def _web(
    ground: Ground, floor: FloorDoor, brain: BrainRole | None, edge: EdgeRole | None
) -> WebServer:
    configuration = ground.site.configuration
    settings = configuration.settings

    def trunk_states() -> dict[str, str]:
        # Trunks of edges in other processes are not told of here.
        return {name: str(state) for name, state in edge.edge.trunks.items()} if edge else {}

    return build_web(
        WebPorts(
            order=_orders(ground, edge),
            phone=phone_settings(settings),
            callers=caller_settings(configuration),
            asterisk_http=settings.listen.asterisk_http_port,
            tls=tls_listen(ground.site, ground.clock.now()),
            loop=ground.loop,
            clock=ground.clock,
            bus=ground.screens,
            offload=ground.offload,
            floor=floor,
            plan=lambda: ground.in_force.floor,
            people=SqlPeople(ground.database),
            records=ground.records,
            contacts=SqlContacts(ground.database),
            figures=SqlFigures(ground.database),
            voices=SqlVoices(ground.database),
            reports=ground.reports,
            customers=ground.customers,
            persons=Persons(
                ground.database,
                ground.keeping,
                ground.recordings,
                Files(ground.site.data / "attachments", SqlTickets(ground.database)),
                ground.to_store,
                ground.clock,
            ),
            imports=_imports(ground),
            read_number=lambda text: read_number(text, settings.region, settings.area_code),
            may_dial=lambda number: denial(configuration.trunks, number, ground.clock.now()),
            tickets=ground.tickets,
            tasks=ground.tasks,
            beside_tickets=ground.beside_tickets,
            complaints=ground.complaints,
            forms=ground.forms,
            follow_ups=ground.follow_ups,
            knowledge=ground.knowledge,
            recordings=ground.recordings,
            keeping=ground.keeping,
            scoring=SqlScoring(ground.database),
            audio=ground.to_store,
            link_secret=ground.site.secrets.links,
            trees=ground.trees,
            rollouts=ground.rollouts,
            calendars=lambda: ground.in_force.calendars,
            trunks=lambda: configuration.trunks.trunks,
            emergency=ground.emergency,
            documents=_documents(ground),
            in_force=ground.in_force,
            outgoing=ground.outgoing,
            registrar=Registrar(
                host=settings.listen.address,
                port=settings.listen.sip_port,
                change_password=changing_passwords(ground.site, ground.in_force),
            ),
            prepare=preparing(ground.site, ground.in_force),
            studies=StudyBook(
                partial(ask_worker, ground.site),
                partial(paint, settings.time_zone),
                ground.clock.now,
            ),
            trunk_states=trunk_states,
            trunk_plan=lambda: configuration.trunks,
            ready=checks(ground, edge, brain),
            counts=figures(ground, edge, brain),
            threads=settings.web.threads,
        ),
        secrets.token_hex(4),
    )
