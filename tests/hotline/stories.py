"""The stage of the caller's session: the product wired by hand around an Asterisk in memory.

A story is a table of lines ``seconds who what``; what follows from it is a table of lines, too:
``seconds column words``, the columns agi, ami, told (inputs), asked (commands), fact, screen.
"""

import asyncio
from collections.abc import Callable, Coroutine
from contextlib import suppress
from pathlib import Path
from types import SimpleNamespace
from typing import Any, get_args

from acd.brain import Brain
from acd.engine import Engine
from acd.invariants import violations
from calls import events, notices
from calls.bus import Bus
from calls.commands import Command, ControlTalk, OfferCall, TellPlace
from calls.floor import FloorSpec
from calls.ids import AgentId, CallId, CustomerId, DeviceId, EdgeId, call_id
from calls.inputs import (
    AgentLoggedIn,
    AgentLoggedOut,
    AgentNotReady,
    AgentReady,
    CallerLeft,
    CallQueued,
    DeviceChanged,
    FloorConfigured,
    Input,
    TimePassed,
)
from calls.journal import MemoryJournal, WhenDurable
from calls.words import AgentState, DeviceState, NoAnswer, TalkAct
from cti.lookup import LookUp
from cti.model import Found
from cti.numbers import CallerNumber
from hotline.accepting import AwaitedKeys
from hotline.calling_back import CallingBack
from hotline.dialling_out import DiallingOut
from hotline.edge import Edge, Hands
from hotline.factlog import FactLog
from hotline.hold_watch import HoldWatch
from hotline.house import House, Route
from hotline.lines import Lines
from hotline.pops import History, Pops
from hotline.recording_pauses import RecordingPauses
from hotline.ring_together import serve_leg
from hotline.session import serve
from hotline.talk_control import TalkControl
from hotline.talk_watchers import TalkWatchers
from hotline.talks import Talks
from hotline.trying import Trials
from hotline.visit import Visit
from ivr.interpreter import CallFacts
from recordings.rules import PauseRule
from telephony.agi.channel import ChannelLost
from telephony.ami.errors import LinkDown
from tests.acd.scene import agent, floor, queue
from tests.hotline.story_asterisk import Asterisk, LegLine, Line
from tests.hotline.story_house import EXIT_KEY, VERSION, Recorder, Speech
from tests.hotline.story_time import BEGINS_AT, StoryClock, StoryLoop

EAST = EdgeId("east")
BARRED = "10000"
"""A number that may not be called back."""
OVER = (AgentState.READY, AgentState.NOT_READY, AgentState.NOT_RESPONDING)
"""What an agent is whom no call holds."""

TO_QUEUE = """
  0.0   li   calls
  2.5   li   presses 1
"""
NOBODY_FREE = """
  0.0   ann  pauses
  0.0   ben  pauses
"""

SHOWN: tuple[str, ...] = ("queue", "agent", "offer", "why", "reason", "by", "cause", "keys", "node")
SHOWN += ("ring", "place", "stage", "language", "given", "score", "question", "seconds")
UNTOLD = (DeviceChanged, TimePassed, FloorConfigured, AgentLoggedIn, AgentReady)


class Stage:
    """Holds what outlives a controller; ``open`` makes one."""

    def __init__(self, plan: FloorSpec, look_up_s: float, *, recorded: bool) -> None:
        self.loop = asyncio.get_running_loop()
        self.clock = StoryClock(self.loop)
        self.began_at = self.clock.now()
        self.log: list[tuple[float, str, str]] = []
        self.facts: list[events.Fact] = []
        self.failures: list[object] = []
        self.loop.set_exception_handler(lambda loop, context: self.failures.append(context))
        self.asterisk = Asterisk(self.clock, self._note)
        self.asterisk.enter_leg = self._enter_leg
        self.asterisk.enter_again = self._enter_again
        self.journal = LateJournal(self.clock)
        self.plan = plan
        self.look_up_s = look_up_s
        self.recorded = recorded
        self.outside = {
            device.id: device.number
            for agent in plan.agents
            for device in agent.devices
            if device.number
        }
        self.browsers: frozenset[DeviceId] = frozenset()
        """Telephones of agents that are in browsers."""
        self.admitted: list[object] = []
        self._names: dict[str, str] = {}
        self._callers: dict[CallId, str] = {}
        self._sessions: dict[str, asyncio.Task[None]] = {}
        """Of each channel the newest."""
        self._begun: list[asyncio.Task[None]] = []
        """All of them: the loop itself keeps none from being forgotten while it waits."""
        self._legs: dict[str, LegLine] = {}
        self.no_way_out = False
        self.contacts: tuple[notices.ContactGlimpse, ...] = ()
        self.line_s = 0.0
        """How long a command takes from a brain in another process."""
        self.contacts_s = 0.0
        """How long it takes to find them."""
        self.pops: list[notices.Pop] = []
        self.talks_shown: list[tuple[float, notices.TalkChanged]] = []
        self.open()

    def open(self) -> None:
        """A controller starts, over the journal of the former one if there was one."""
        self.power = power = Power()
        bus = self._bus(power)
        self.brain = Brain(
            Engine(), self.journal, self.clock, self._obey, bus.publish, lambda alarm: None
        )
        self.brain.start()
        link: Any = Link(self.asterisk, power)
        lines = Lines(link)
        tell = power.only_while_on(self._tell)
        facts = FactLog(self.journal, bus)
        facts.write = power.only_while_on(facts.write)  # type: ignore[assignment,method-assign]
        routes: Any = SimpleNamespace(allow=self._route)
        self.calling_back = CallingBack(EAST, self.clock, tell, lines, routes, facts)
        clock = self.clock
        self.talks = talks = Talks(clock, lines, bus, tell, lambda: self.browsers, patience_s=30.0)
        pauses = RecordingPauses(clock, lines, talks, lambda queue: PauseRule(), bus.publish)
        dialling = DiallingOut(self.clock, bus, tell, lines, routes, facts, lambda: self.browsers)
        self.dialling_out = dialling
        HoldWatch(clock, talks, lambda queue: self.plan.queues[0].hold)
        self.hands = Hands(
            lines=lines,
            calling_back=self.calling_back,
            dialling_out=dialling,
            trials=Trials(clock, bus, lines, routes, lambda number: ""),
            talks=talks,
            control=TalkControl(clock, lines, routes, talks, pauses),
            watchers=TalkWatchers(clock, lines, talks),
        )
        self.edge = Edge(EAST, clock, tell, self.hands, facts, self.admitted.append)
        self.asterisk.hear = power.only_while_on(self.edge.hear)
        self.house = self._house(bus, lines, tell, facts)
        if self.brain.engine.live.state.floor is None:
            self._staff_up()
        self.edge.synced(self.asterisk.truth())

    def _staff_up(self) -> None:
        self.brain.tell(FloorConfigured(floor=self.plan))
        for one in self.plan.agents:
            device = one.devices[0].id
            self.brain.tell(DeviceChanged(edge=EAST, device=device, state=DeviceState.IDLE))
            self.brain.tell(AgentLoggedIn(agent=one.id))
            self.brain.tell(AgentReady(agent=one.id))

    def _house(
        self, bus: Bus, lines: Lines, tell: Callable[[Input], None], facts: FactLog
    ) -> House:
        speech: Any = Speech()
        recorder: Any = Recorder(self.asterisk, on=self.recorded)
        trees: Any = SimpleNamespace(
            for_number=lambda number, call: VERSION, version=lambda hash: VERSION
        )
        nobody: Any = None
        return House(
            edge=EAST,
            clock=self.clock,
            tell=tell,
            facts=facts,
            bus=bus,
            lines=lines,
            trees=trees,
            speech=speech,
            pops=self._pops(),
            recorder=recorder,
            routes=nobody,
            talks=self.talks,
            watchers=self.hands.watchers,
            look_ups={"account": self._account},
            scripts_folder=Path("none"),
            longest_call_s=7200.0,
            facts_for=lambda visit: CallFacts(now=self.clock.now(), number=visit.number),
            exit_key=lambda queue: EXIT_KEY,
            last_agent_days=lambda queue: self.plan.queues[0].last_agent_days,
            callback_rule=lambda queue: self.plan.queues[0].callback,
            number_to_call=lambda text: "" if text == BARRED else f"+86{text.removeprefix('+86')}",
            calling_back=self.calling_back,
            dialling_out=self.dialling_out,
            present=self.edge.present,
            outside=lambda device: self.outside.get(device, ""),
            keys=AwaitedKeys(),
        )

    def _route(self, number: str, now: float) -> Route | None:
        return None if self.no_way_out else Route("city", number, "+861062345678")

    def _bus(self, power: "Power") -> Bus:
        bus = Bus(lambda listener, word, error: self.failures.append(error))
        for fact in get_args(events.Fact):
            bus.subscribe(fact, self._fact)
        for notice in (notices.PopShown, notices.PopWithdrawn, notices.CallRinging):
            bus.subscribe(notice, lambda word: self._note("screen", self._say(word)))
        bus.subscribe(notices.PopShown, lambda word: self.pops.append(word.pop))
        # A dead controller's timers still run here.
        bus.subscribe(notices.TalkChanged, power.only_while_on(self._talk_shown))
        bus.subscribe(notices.CallChanged, lambda word: self._note("board", self._say(word)))
        return bus

    def _pops(self) -> Pops:
        async def nobody(number: CallerNumber) -> Found:
            return Found()

        async def recall(number: str, customer: CustomerId | None) -> History:
            await asyncio.sleep(self.contacts_s)
            return (), self.contacts

        return Pops(LookUp(nobody, self.clock, self.failures.append), recall)

    async def _account(self, visit: Visit, key: str) -> dict[str, str] | None:
        await asyncio.sleep(self.look_up_s)
        return {}

    def _obey(self, command: Command) -> None:
        self._note("asked", self._say(command))
        if self.line_s:
            self.clock.call_later(self.line_s, lambda: self.edge.obey(command))
        else:
            self.edge.obey(command)

    def _tell(self, said: Input) -> None:
        if not isinstance(said, UNTOLD):
            self._note("told", self._say(said))
        self.brain.tell(said)

    def _fact(self, fact: events.Fact) -> None:
        self.facts.append(fact)
        self._note("fact", self._say(fact))

    def _talk_shown(self, said: notices.TalkChanged) -> None:
        self.talks_shown.append((round(self.clock.now() - BEGINS_AT, 2), said))
        self._note("talk", self._say(said))

    def _note(self, column: str, words: str) -> None:
        self.log.append((self.clock.now() - BEGINS_AT, column, words))

    def _say(self, word: Any) -> str:
        told = [type(word).__name__]
        for name in SHOWN:
            value = getattr(word, name, None)
            if name == "offer" and value:
                value = self._names.setdefault(value, f"o{len(self._names) + 1}")
            if name == "why" and isinstance(word, OfferCall):
                continue
            if value not in (None, ""):
                told.append(str(value))
        if isinstance(word, CallQueued | CallerLeft | OfferCall | TellPlace):
            told.append(self._who(word.call))
        return " ".join(told)

    def _who(self, call: CallId) -> str:
        return self._callers[call]

    # What the lines of a story do.

    async def do(self, who: str, what: str) -> None:
        act: Callable[..., Any]
        first, _, rest = what.partition(" ")
        if who in ("link", "controller", "asterisk"):
            act = getattr(self, f"_{who}_{first}")
            await act()
        elif who in {one.id for one in self.plan.agents}:
            self._phone(DeviceId(f"{who}-desk"), AgentId(who), what)
        elif first in ("calls", "returns"):
            self._enter(who, first)
        elif what in NOT_REACHED:
            self.asterisk.not_reached(NOT_REACHED[what])
        elif what == "picks up":
            self._picks_up(who)
        elif who in self.asterisk.lines and self.asterisk.lines[who].alive:
            self._caller(self.asterisk.lines[who], first, rest)

    def _caller(self, line: Line, what: str, rest: str) -> None:
        if what == "presses":
            line.press(rest)
        elif what == "hangs":
            line.hang_up()
        else:
            line.variables[rest] = "none of our words"

    def _enter(self, who: str, how: str) -> None:
        lines = self.asterisk.lines
        if how == "calls":
            lines[who] = Line(self.asterisk, who, f"{len(self._callers) + 1}")
            self._callers[call_id(EAST, lines[who].id)] = who
        session = lines[who].enter("13812345678", "4001")
        self._begin(who, self._serve(session, lines[who]))

    def _enter_again(self, line: Line) -> None:
        who = next(name for name, one in self.asterisk.lines.items() if one is line)
        self._begin(who, self._serve(line.enter("13812345678", "4001"), line))

    def _picks_up(self, who: str) -> None:
        """She was dialled, and comes in over FastAGI like any caller."""
        channel_id, variables = self.asterisk.picked_up()
        line = self.asterisk.lines[who] = Line(self.asterisk, who, channel_id)
        line.variables |= variables
        self._callers[call_id(EAST, line.id)] = who
        session = line.enter(variables["TR_NUMBER"], "")
        self._begin(who, self._serve(session, line))

    def _begin(self, who: str, serving: Coroutine[Any, Any, None]) -> None:
        self._sessions[who] = task = asyncio.ensure_future(serving)
        self._begun.append(task)

    def _enter_leg(self, line: LegLine, name: str) -> None:
        session = line.enter("", name)
        self._legs[name] = line
        self._begin(name, self._serve_leg(session, line))

    async def _serve_leg(self, session: Any, line: LegLine) -> None:
        try:
            await serve_leg(session, self.house)
        except ChannelLost:
            pass
        except Exception as error:
            self.failures.append(error)
        line.left()

    async def _serve(self, session: Any, line: Line) -> None:
        try:
            await serve(session, self.house)
        except Exception as error:
            self.failures.append(error)
        line.left()

    def _phone(self, device: DeviceId, who: AgentId, what: str) -> None:
        asterisk, leg = self.asterisk, self.asterisk.legs.get(device)
        if what == "unregisters":
            asterisk.unregistered.add(device)
        elif what == "will be too late":
            asterisk.too_late.add(device)
        elif what == "goes home":
            self._tell(AgentLoggedOut(agent=who))
        elif what == "pauses":
            self._tell(AgentNotReady(agent=who, reason="pause"))
        elif what == "is ready":
            self._tell(AgentReady(agent=who))
        elif what in WANTS:
            self._wants(who, WANTS[what])
        elif leg is not None:
            PHONE[what](asterisk, leg)

    def _wants(self, who: AgentId, act: TalkAct) -> None:
        offer = self.brain.engine.live.state.agents[who].offer
        assert offer is not None, f"{who} has no call"
        call = self.brain.engine.live.state.offers[offer].call
        self.edge.order(ControlTalk(edge=EAST, call=call, token=0, offer=offer, do=act))

    async def _link_cut(self) -> None:
        self.asterisk.up = False
        self.edge.deaf()

    async def _link_back(self) -> None:
        self.asterisk.up = True
        self.edge.synced(self.asterisk.truth())

    async def _controller_dies(self) -> None:
        self.brain.stop()
        self.power.on = False
        for who, task in self._sessions.items():
            line = self._legs.get(who) or self.asterisk.lines[who]
            line.left()
            task.cancel()
            with suppress(asyncio.CancelledError):
                await task

    async def _asterisk_refuses(self) -> None:
        self.asterisk.refuses_dial = True

    async def _asterisk_obeys(self) -> None:
        self.asterisk.refuses_dial = False

    async def _controller_starts(self) -> None:
        self.open()

    # What is asked of a story that has been told.

    def table(self, *columns: str, since: float = 0.0) -> list[str]:
        """What followed, in order, of these columns."""
        return [
            f"{at:.2f} {column} {words}"
            for at, column, words in self.log
            if column in columns and at >= since
        ]

    def words(self, column: str) -> list[str]:
        return [words for _, one, words in self.log if one == column]

    def state_of(self, who: str) -> AgentState:
        return self.brain.engine.live.state.agents[AgentId(who)].state

    def strikes_of(self, who: str) -> dict[NoAnswer, int]:
        return dict(self.brain.engine.live.state.agents[AgentId(who)].strikes)


class LateJournal(MemoryJournal):
    """On a disk that takes a moment."""

    def __init__(self, clock: StoryClock) -> None:
        super().__init__()
        self._clock = clock
        self.late_s = 0.0

    def append(self, stream: str, entry: bytes, when_durable: WhenDurable | None = None) -> None:
        if when_durable is None or not self.late_s:
            super().append(stream, entry, when_durable)
        else:
            later = when_durable
            super().append(
                stream,
                entry,
                lambda at: self._clock.call_later(self.late_s, lambda: later(at)) and None,
            )


class Power:
    """Of one controller: without it nothing is said or done any more."""

    on = True

    def only_while_on(self, act: Callable[[Any], None]) -> Callable[[Any], None]:
        return lambda word: act(word) if self.on else None


class Link:
    """One controller's link to the manager."""

    def __init__(self, asterisk: Asterisk, power: Power) -> None:
        self._asterisk = asterisk
        self._power = power

    @property
    def up(self) -> bool:
        return self._asterisk.up and self._power.on

    async def send(self, action: str, fields: dict[str, str]) -> dict[str, str]:
        if not self.up:
            raise LinkDown("cut")
        self._asterisk.act(action, fields)
        return {"value": "Up"}


NOT_REACHED = {"is engaged": 17, "lets it ring": 19, "is out of order": 38}
"""Of somebody who is called back: the Q.850 cause."""
WANTS = {
    "holds": TalkAct.HOLD,
    "takes back": TalkAct.RESUME,
    "ends": TalkAct.HANG_UP,
    "pauses the recording": TalkAct.PAUSE_RECORDING,
}
"""Of a talk, over the API."""
PHONE: dict[str, Callable[[Asterisk, Any], None]] = {
    "rings": Asterisk.rings,
    "answers": Asterisk.answers,
    "hangs up": Asterisk.hangs_up,
    "rejects": lambda asterisk, leg: asterisk.leg_over(leg, "CHANUNAVAIL", 21),
    "is busy": lambda asterisk, leg: asterisk.leg_over(leg, "BUSY", 17),
}


def lines_of(story: str) -> list[tuple[float, str, str]]:
    lines = [line.split(None, 2) for line in story.splitlines() if line.strip()]
    return [(float(at), who, what) for at, who, what in lines]


def rows(table: str) -> list[str]:
    return [" ".join(line.split()) for line in table.strip().splitlines()]


def play(
    story: str | list[tuple[float, str, str]],
    *,
    agents: tuple[str, ...] = ("ann", "ben"),
    look_up_s: float = 0.0,
    recorded: bool = True,
    failures: list[str] | None = None,
    no_way_out: bool = False,
    contacts: tuple[notices.ContactGlimpse, ...] = (),
    contacts_s: float = 0.0,
    journal_s: float = 0.0,
    reply_s: float = 0.0,
    line_s: float = 0.0,
    **rules: Any,
) -> Stage:
    """Tell a story and a minute after it. Fails when the engine is unsound, or anything was raised
    but ``failures``, by their names. ``journal_s``, ``reply_s``, ``line_s``: how long the journal
    and Asterisk take for a word, and a command from its brain."""
    lines = lines_of(story) if isinstance(story, str) else story

    async def tell() -> Stage:
        stage = Stage(
            floor(*map(agent, agents), queues=(queue(**rules),)), look_up_s, recorded=recorded
        )
        stage.no_way_out = no_way_out
        stage.contacts, stage.contacts_s = contacts, contacts_s
        stage.journal.late_s, stage.asterisk.reply_s = journal_s, reply_s
        stage.line_s = line_s
        for at, who, what in lines:
            await asyncio.sleep(BEGINS_AT + at - stage.clock.now())
            await stage.do(who, what)
        await asyncio.sleep(60.0)
        assert violations(stage.brain.engine) == []
        stage.brain.stop()
        return stage

    with asyncio.Runner(loop_factory=StoryLoop) as runner:
        stage = runner.run(tell())
    assert [type(one).__name__ for one in stage.failures] == (failures or []), stage.failures
    return stage
