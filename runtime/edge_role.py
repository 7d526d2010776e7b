"""The role edge: sessions, AMI and FastAGI beside one Asterisk, and the records of its calls.

Records, reconciler and the desk's outbox run where the facts are written: no journal is shared.
"""

import asyncio
import logging
import random
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from calls.commands import Command
from calls.floor import CallbackRule
from calls.ids import AgentId, CustomerId, DeviceId, QueueId
from calls.inputs import Input
from calls.words import Level
from config.outbound import denial, number_to_call
from cti.lookup import LookUp
from cti.records import RecordKeeper, RecordWriter
from cti.voice_sql import SqlVoices
from hotline.accepting import AwaitedKeys, ask_for_key
from hotline.alone import Alone
from hotline.bookmark import Bookmark
from hotline.brain_line import BrainLine
from hotline.calling_back import CallingBack
from hotline.cel_reading import CelReading
from hotline.dialling_out import DiallingOut, serve_own
from hotline.ears import Ears
from hotline.edge import Edge, Hands
from hotline.factlog import FactLog
from hotline.hold_watch import HoldWatch
from hotline.house import House
from hotline.left_behind import LeftBehind
from hotline.lines import Lines
from hotline.look_ups import look_ups
from hotline.pops import History, Pops
from hotline.reconcile import Evidence, Reconciler
from hotline.recorder import Recorder
from hotline.recording_pauses import RecordingPauses
from hotline.ring_together import serve_leg
from hotline.session import CARRIED, serve
from hotline.talk_control import TalkControl
from hotline.talk_watchers import TalkWatchers
from hotline.talks import Talks
from hotline.told import Told
from hotline.trying import Trials
from hotline.visit import Visit
from hotline.voices import Voices
from hotline.watching import serve_watcher
from ivr.interpreter import CallFacts
from ivr.service import TreesByNumber
from ivr.speech.book import PromptBook
from recordings.service import SPOOL
from runtime.ground import Ground
from runtime.phone_lines import admitting, browsers
from runtime.ways_out import WaysOut, count_on
from storage.worker import Worker
from telephony.agi.channel import Channel
from telephony.agi.server import AgiServer
from telephony.ami.link import AmiAddress, AmiLink
from telephony.cel_rotation import Keeping
from tickets.at_answer import OpenAtAnswer

SESSIONS = {"leg": serve_leg, "accept": ask_for_key, "watch": serve_watcher, "own": serve_own}
"""What a channel comes in for, by the path of its AGI request; any other is a caller."""
AMI_USER = "threering"
LAST_WRITES_S = 5.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class EdgeRole:
    ground: Ground
    line: BrainLine | None
    """None: the brain is in this process."""
    edge: Edge
    ears: Ears
    link: AmiLink
    agi: AgiServer
    speech: PromptBook
    speaking: Worker
    recorder: Recorder
    keeper: RecordKeeper
    records: RecordWriter
    reconciler: Reconciler
    at_answer: OpenAtAnswer
    tasks: set[asyncio.Task[None]] = field(default_factory=set)
    learning: asyncio.Task[None] | None = None

    async def prepare(self) -> None:
        """Whatever a call's facts will need: before anybody can be offered a call."""
        await self.speech.start()
        self._spawn(self.records.run())
        self._spawn(self.reconciler.run())
        self._spawn(self.ground.tickets.run())
        self.at_answer.listen(self.ground.bus)

    async def open(self) -> None:
        """Calls may come. Raises Taken, LoginRefused, CannotListenError."""
        if self.line is not None:
            await self.line.start()
            self.learning = asyncio.ensure_future(self._learn())
        await self.link.start()
        port = self.ground.site.configuration.settings.listen.agi_port
        await self.agi.start("127.0.0.1", port)

    async def close(self) -> None:
        """No more calls: the dialplan keeps the callers."""
        await self.agi.stop()
        self.ears.close()
        await self.link.stop()
        if self.learning is not None:
            self.learning.cancel()
        if self.line is not None:
            await self.line.stop()

    async def finish(self) -> None:
        """What the calls left behind is written."""
        self.reconciler.stop()
        await self.recorder.close()
        await self.at_answer.close()
        self.records.stop()
        self.ground.tickets.stop()
        if self.tasks:
            await asyncio.wait(self.tasks, timeout=LAST_WRITES_S)
        await self.speaking.close()

    async def _learn(self) -> None:
        """Follow what the brain decides, to know the floor when it is out of reach."""
        between = self.ground.between
        if between is not None and between.replica is not None:
            await between.replica.start()

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        self.tasks.add(asyncio.ensure_future(work))


def wire_edge(ground: Ground, tell_here: Callable[[Input], None] | None) -> EdgeRole:
    """``tell_here``: the brain in this process; None when it is in another. Nothing runs yet."""
    site, clock, bus = ground.site, ground.clock, ground.bus
    settings = site.configuration.settings
    speaking = Worker(clock)
    speech = PromptBook(site.prompts, clock, speaking)
    facts = FactLog(ground.journal, bus)
    recorder = Recorder(
        site.recordings / SPOOL,
        ground.recordings,
        facts,
        clock,
        lambda queue: ground.in_force.recordings.of(queue).record,
        bus.publish,
    )
    line = _brain_line(ground, lambda: edge, lambda: ears) if tell_here is None else None
    tell = tell_here or (line.tell if line else None)
    assert tell is not None
    link = AmiLink(
        AmiAddress("127.0.0.1", settings.listen.ami_port, AMI_USER, site.secrets.ami),
        clock,
        jitter=random.random,
        on_up=lambda: ears.up(),
        on_down=lambda: ears.down(),
    )
    lines = Lines(link)
    routes = _ways_out(ground)
    calling_back = CallingBack(settings.edge, clock, tell, lines, routes, facts)

    def browsers_now() -> frozenset[DeviceId]:
        return browsers(ground.in_force.floor)

    dialling_out = DiallingOut(clock, bus, tell, lines, routes, facts, browsers_now)
    talks = Talks(clock, lines, bus, tell, browsers_now)
    pauses = RecordingPauses(
        clock,
        lines,
        talks,
        lambda queue: ground.in_force.recordings.of(queue).pause,
        bus.publish,
    )
    HoldWatch(clock, talks, ground.in_force.hold_rule)
    hands = Hands(
        lines=lines,
        calling_back=calling_back,
        dialling_out=dialling_out,
        trials=_trials(ground, lines, routes),
        talks=talks,
        control=TalkControl(clock, lines, routes, talks, pauses),
        watchers=TalkWatchers(clock, lines, talks),
    )
    edge = Edge(settings.edge, clock, tell, hands, facts, admitting(ground))
    evidence = _evidence(ground, recorder)
    reconciler = Reconciler(settings.edge, evidence, facts, bus, edge.holds, ground.offload, clock)
    ears = Ears(edge, clock, reconciler.hear_truth)
    ears.listen(link)
    house = _house(ground, edge, tell, hands, facts, speech, recorder, routes)

    async def handle(channel: Channel) -> None:
        ears.known(channel.environment.channel_id)
        await SESSIONS.get(channel.environment.path, serve)(channel, house)

    keeper = RecordKeeper(ground.journal, ground.records)
    tickets = ground.tickets
    return EdgeRole(
        ground=ground,
        line=line,
        edge=edge,
        ears=ears,
        link=link,
        agi=AgiServer(handle, clock, carried=CARRIED),
        speech=speech,
        speaking=speaking,
        recorder=recorder,
        keeper=keeper,
        records=RecordWriter(
            keeper, ground.offload, clock, bus.publish, on_written=lambda calls: tickets.wake()
        ),
        reconciler=reconciler,
        at_answer=OpenAtAnswer(tickets),
    )


def _brain_line(ground: Ground, edge: Callable[[], Edge], ears: Callable[[], Ears]) -> BrainLine:
    def hello(token: int) -> None:
        edge().heed(token)
        edge().show_all()
        ears().again()

    between = ground.between
    assert between is not None, "the configuration lets no edge be apart without Redis"
    me = ground.site.configuration.settings.edge
    assert between.replica is not None

    def obey(command: Command) -> None:
        edge().obey(command)

    return BrainLine(
        me,
        between.streams,
        between.leases,
        obey,
        on_hello=hello,
        on_return=lambda: ears().again(),
        alone=Alone(me, between.replica, ground.journal, ground.clock, obey, ground.bus.publish),
        token=lambda: edge().token,
    )


def _house(
    ground: Ground,
    edge: Edge,
    tell: Callable[[Input], None],
    hands: Hands,
    facts: FactLog,
    speech: PromptBook,
    recorder: Recorder,
    routes: WaysOut,
) -> House:
    site, clock = ground.site, ground.clock
    settings, trunks = site.configuration.settings, site.configuration.trunks
    return House(
        edge=settings.edge,
        clock=clock,
        tell=tell,
        facts=facts,
        bus=ground.bus,
        lines=hands.lines,
        trees=TreesByNumber(ground.trees, trunks.tree_for, trunks.default_tree),
        speech=speech,
        pops=_pops(ground),
        recorder=recorder,
        routes=routes,
        talks=hands.talks,
        watchers=hands.watchers,
        look_ups=look_ups(ground.tickets, ground.customers, settings.region),
        scripts_folder=site.scripts,
        longest_call_s=settings.limits.call_s,
        facts_for=_facts_for(ground),
        exit_key=_exit_keys(ground),
        last_agent_days=_last_agent_days(ground),
        callback_rule=_callback_rules(ground),
        number_to_call=lambda text: number_to_call(trunks, text),
        calling_back=hands.calling_back,
        dialling_out=hands.dialling_out,
        present=edge.present,
        outside=ground.in_force.outside_number,
        keys=AwaitedKeys(),
    )


def _ways_out(ground: Ground) -> WaysOut:
    configuration = ground.site.configuration
    file = ground.site.data / "calls-out-today.json"
    return WaysOut(
        count_on(configuration.trunks, configuration.settings.time_zone, file),
        file,
        lambda work: ground.loop.run_in_executor(None, work),
    )


def _pops(ground: Ground) -> Pops:
    settings = ground.site.configuration.settings
    look_up = LookUp(
        ground.customers.find,
        ground.clock,
        _look_up_failed,
        region=settings.region,
        area_code=settings.area_code,
    )
    language = settings.languages[0]

    def look(known: list[CustomerId], number: str) -> History:
        tickets = ground.tickets.glimpses(known, number, language)
        return tuple(tickets), tuple(ground.records.last_contacts(known, number))

    async def recall(number: str, customer: CustomerId | None) -> History:
        return await ground.offload.run(look, [customer] if customer else [], number)

    return Pops(look_up, recall)


def _trials(ground: Ground, lines: Lines, routes: WaysOut) -> Trials:
    trunks = ground.site.configuration.trunks
    trials = Trials(
        ground.clock,
        ground.bus,
        lines,
        routes,
        lambda number: denial(trunks, number, ground.clock.now()),
    )
    trials.listen(ground.bus)
    return trials


def _evidence(ground: Ground, recorder: Recorder) -> Evidence:
    asterisk = ground.site.asterisk()
    told = Told(ground.clock)
    told.listen(ground.bus)
    keep_days = ground.site.configuration.settings.limits.cel_days
    return Evidence(
        told=told,
        cel=CelReading(asterisk.cel_file, Keeping(keep_s=keep_days * 86_400.0)),
        left=LeftBehind(recorder, asterisk.voicemail_folder),
        records=ground.records,
        bookmark=Bookmark(ground.journal),
        voices=_voices(ground),
    )


def _voices(ground: Ground) -> Voices:
    def agent_of(device: DeviceId) -> AgentId | None:
        agents = ground.in_force.floor.agents
        return next((a.id for a in agents if any(d.id == device for d in a.devices)), None)

    edge = ground.site.configuration.settings.edge
    return Voices(edge, SqlVoices(ground.database), ground.offload, ground.bus, agent_of)


def _facts_for(ground: Ground) -> Callable[[Visit], CallFacts]:
    def facts_for(visit: Visit) -> CallFacts:
        person = visit.background.known.person
        return CallFacts(
            now=ground.clock.now(),
            number=visit.number,
            level=person.level if person else Level.NORMAL,
            calendars=ground.in_force.calendars,
            emergency=ground.emergency.on,
        )

    return facts_for


def _exit_keys(ground: Ground) -> Callable[[QueueId], str]:
    def exit_key(id_: QueueId) -> str:
        queue = ground.in_force.queue(id_)
        return "" if queue is None else queue.exit_key

    return exit_key


def _last_agent_days(ground: Ground) -> Callable[[QueueId], int]:
    def days(id_: QueueId) -> int:
        queue = ground.in_force.queue(id_)
        return 0 if queue is None else queue.last_agent_days

    return days


def _callback_rules(ground: Ground) -> Callable[[QueueId], CallbackRule | None]:
    def rule(id_: QueueId) -> CallbackRule | None:
        queue = ground.in_force.queue(id_)
        return None if queue is None else queue.callback

    return rule


def _look_up_failed(error: BaseException) -> None:
    log.warning("a look-up failed", extra={"why": f"{type(error).__name__}: {error}"})
