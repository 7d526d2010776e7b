"""All talks of this edge: does what agents and supervisors want done with theirs, by AMI.

Moves legs and plans what each caller's session does next; the session itself bridges, plays and
dials (hotline/follow.py), so that a caller is served by one hand alone.
"""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from functools import partial
from typing import TYPE_CHECKING, Any

import msgspec

from calls import events, inputs
from calls.bus import Bus
from calls.clock import Clock
from calls.commands import AllowWatch, ControlTalk, OfferCall
from calls.ids import AgentId, CallId, DeviceId, OfferId, QueueId
from calls.notices import PopShown, PopWithdrawn
from calls.words import DeviceState, Party, TalkAct, TalkStage
from hotline.house import Routes
from hotline.lines import Lines
from hotline.offer import OfferRun
from hotline.pause_watch import PauseWatch
from hotline.recorder import talk_id
from hotline.talk import (
    PARTED,
    DialOut,
    Join,
    JoinRoom,
    Plain,
    Plan,
    Requeue,
    Talk,
    Third,
)
from recordings.rules import PauseRule
from telephony.asterisk.trunk import TRUNK_PREFIX

if TYPE_CHECKING:
    from hotline.visit import Visit

CONSULT_RING_S = 30
NO_LEG_S = 2.0
"""A leg that is not born by then will not be."""
BACK_S = 30.0
"""How long a caller waits for an agent whose browser went away."""
RECONNECT_S = 1.0
"""A browser whose SIP connection broke may be back within this as if nothing had been."""
LEG = "agent-leg"
SESSION = ("hotline", "return")


class Talks:
    def __init__(
        self,
        clock: Clock,
        lines: Lines,
        bus: Bus,
        tell: Callable[[inputs.Input], None],
        routes: Routes,
        browsers: Callable[[], frozenset[DeviceId]],
        patience_s: float = BACK_S,
        pause_rule: Callable[[QueueId], PauseRule] = lambda queue: PauseRule(),
    ) -> None:
        self._clock = clock
        self._lines = lines
        self._bus = bus
        self._tell = tell
        self._routes = routes
        self.browsers = browsers
        """The devices that are browsers' telephones."""
        self._patience_s = patience_s
        self._pauses = PauseWatch(clock, pause_rule, bus.publish)
        self._talks: dict[CallId, Talk] = {}
        self._visits: dict[CallId, Visit] = {}
        self._tickets: dict[str, AllowWatch] = {}
        self._states: dict[DeviceId, DeviceState] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    # --- what sessions say ------------------------------------------------------------------

    def begin(self, visit: "Visit", run: OfferRun) -> None:
        """The agent has answered."""
        browser = run.offer.device in self.browsers()
        caller = visit.channel.environment.channel
        talk = Talk(visit.call, run.offer, caller, run.leg, browser=browser)
        talk.recorded = visit.consent
        self._talks[visit.call] = talk
        self._visits[visit.call] = visit
        self.show(talk)

    def dialled(self, visit: "Visit", offer: OfferCall, leg: str) -> Talk:
        """The agent called, and whoever she called has answered: both wait to be bridged."""
        caller = visit.channel.environment.channel
        talk = Talk(visit.call, offer, caller, leg, browser=offer.device in self.browsers())
        talk.moved, talk.plan = True, Join(leg)
        self._talks[visit.call], self._visits[visit.call] = talk, visit
        self.show(talk)
        return talk

    def of(self, call: CallId) -> Talk | None:
        return self._talks.get(call)

    def attach(self, visit: "Visit") -> Talk | None:
        """This session serves the caller of a talk from now on; None when there is none."""
        talk = self._talks.get(visit.call)
        if talk is not None:
            former = self._visits[visit.call]
            visit.keys, visit.variables = former.keys, former.variables
            visit.queued_at, visit.trunk = former.queued_at, former.trunk
            visit.open_offers, visit.offers = former.open_offers, former.offers
            self._visits[visit.call] = visit
        return talk

    def show(self, talk: Talk, refused: str = "") -> None:
        self._bus.publish(talk.shown(self._clock.now(), refused))

    def agent_gone(self, talk: Talk, by: Party) -> None:
        """Her part of the call is over: her time of talk ends, whatever becomes of the caller."""
        if talk.agent_gone:
            return
        talk.agent_gone = True
        self._calm(talk)
        talk.stage = TalkStage.OVER
        visit, offer = self._visits[talk.call], talk.offer
        visit.note(events.TalkFinished, offer=offer.offer, by=by)
        self._bus.publish(PopWithdrawn(agent=offer.agent, offer=offer.offer, why="over"))
        visit.open_offers.discard(offer.offer)
        if talk.numbered:
            self._tell(inputs.TalkEnded(offer=offer.offer, by=by))
        self.show(talk)

    def over(self, talk: Talk, by: Party) -> None:
        """The caller talks to nobody of this talk any more."""
        self.agent_gone(talk, by)
        if self._talks.get(talk.call) is talk:
            self._pauses.ended(talk.call)
            del self._talks[talk.call]
            self._visits.pop(talk.call, None)
        third = talk.third.channel if talk.third is not None else ""
        for channel in filter(None, (talk.leg, third) if talk.moved else ()):
            self._lines.hang_up(channel)

    def drop(self, offer: OfferId) -> None:
        """Whoever said that this talk is over has told everybody else."""
        for talk in [one for one in self._talks.values() if one.offer.offer == offer]:
            self._calm(talk)
            talk.stage = TalkStage.OVER
            self._pauses.ended(talk.call)
            del self._talks[talk.call]
            self._visits.pop(talk.call, None)
            self.show(talk)

    def lost(self, talk: Talk) -> None:
        """The caller hears music now, and her agent is waited for."""
        if talk.stage is not TalkStage.LOST:
            talk.stage, talk.leg = TalkStage.LOST, ""
            self._visits[talk.call].note(events.AgentLost, offer=talk.offer.offer)
            queue = talk.offer.queue
            talk.patience = self._clock.call_later(
                self._patience_s, lambda: self._plan(talk, Requeue(queue, at_head=True))
            )
            self.show(talk)

    def back(self, talk: Talk) -> None:
        """Agent and caller hear each other again."""
        self._calm(talk)
        if talk.stage is TalkStage.LOST:
            talk.stage = TalkStage.TALKING
            self._visits[talk.call].note(events.AgentReturned, offer=talk.offer.offer)
            self.show(talk)

    def joined(self, talk: Talk) -> None:
        """The session bridges them now."""
        if talk.stage in PARTED:
            talk.stage = TalkStage.TALKING
            self._visits[talk.call].note(events.TalkResumed, offer=talk.offer.offer)
            self.show(talk)

    # --- what people want --------------------------------------------------------------------

    def control(self, wish: ControlTalk) -> None:
        talk = self._talks.get(wish.call)
        if talk is None or talk.offer.offer != wish.offer:
            return
        if not talk.may(wish.do):
            if wish.do is not TalkAct.HERE:
                self.show(talk, "not_now")
            return
        self._spawn(_DO[wish.do](self, talk, wish))

    def allow(self, ticket: AllowWatch) -> None:
        now = self._clock.now()
        self._tickets = {k: one for k, one in self._tickets.items() if one.until > now}
        self._tickets[ticket.ticket] = ticket

    def admit(self, ticket: str, device: DeviceId) -> tuple[AllowWatch, Talk] | None:
        """Whoever comes with this ticket, once; None when it is good for nothing here."""
        known = self._tickets.get(ticket)
        if known is None or known.device != device or known.until < self._clock.now():
            return None
        del self._tickets[ticket]
        talk = self._talks.get(known.call)
        if talk is None or talk.offer.offer != known.offer or not talk.leg:
            return None
        self._visits[talk.call].note(
            events.TalkWatched, offer=talk.offer.offer, by=known.by, how=known.how
        )
        return known, talk

    async def take_over(self, talk: Talk, watcher: AllowWatch, channel: str) -> None:
        """The caller goes from her agent to whoever is on this channel."""
        if not await self._lines.redirect(channel, LEG, "wait"):
            return
        person = AgentId(watcher.by)
        third = Third(OfferId(secrets.token_hex(8)), watcher.by, person, watcher.device, channel)
        self._hand_over(talk, third)

    def device_left(self, device: DeviceId) -> None:
        """Its SIP connection is gone, and with it, most likely, its page."""
        for talk in self._talks.values():
            if talk.offer.device == device and talk.browser and talk.leg:
                self._clock.call_later(RECONNECT_S, partial(self._drop, talk, talk.leg))

    # --- what Asterisk says ------------------------------------------------------------------

    def device(self, device: DeviceId, state: DeviceState) -> None:
        self._states[device] = state

    def leg_began(self, offer: OfferId, channel: str) -> None:
        talk, third = self._of_leg(offer)
        if third is not None:
            third.channel = channel
        elif talk is not None:
            talk.leg = channel

    def leg_up(self, offer: OfferId) -> None:
        talk, third = self._of_leg(offer)
        if talk is not None and third is not None and not third.up:
            third.up = True
            if talk.stage is TalkStage.CONSULTING:
                talk.stage = TalkStage.CONSULTED
                self.show(talk)

    def dial_ended(self, offer: OfferId, status: str) -> None:
        talk, third = self._of_leg(offer)
        if talk is None:
            return
        if third is None:
            if status == "ANSWER":
                self.back(talk)
        elif status != "ANSWER":
            why = {"BUSY": "busy", "NOANSWER": "no_answer"}.get(status, "nobody")
            self._third_gone(talk, why)

    def hung_up(self, channel: str, call: CallId) -> None:
        """A channel is gone: perhaps an agent's while parted, a third's, or the caller's own while
        she is between two sessions."""
        for talk in tuple(self._talks.values()):
            if talk.leg == channel:
                self._leg_gone(talk)
            elif talk.third is not None and talk.third.channel == channel:
                self._third_gone(talk, "")
        talk_of_caller = self._talks.get(call)
        if talk_of_caller is not None and self._visits[call].redirected:
            self.over(talk_of_caller, Party.CALLER)

    # --- inside ------------------------------------------------------------------------------

    def _of_leg(self, offer: OfferId) -> tuple[Talk | None, Third | None]:
        for talk in self._talks.values():
            if talk.third is not None and talk.third.id == offer:
                return talk, talk.third
            if talk.offer.offer == offer:
                return talk, None
        return None, None

    def _leg_gone(self, talk: Talk) -> None:
        talk.leg = ""
        if talk.stage is TalkStage.SWAPPED and talk.third is not None:
            self._lines.hang_up(talk.third.channel)
        if talk.stage in PARTED:
            self._plan(talk, talk.after_bridge())
        elif talk.stage is TalkStage.CONFERENCE and talk.third is not None and talk.third.up:
            # The two who stay talk on in their room.
            self._become(talk, talk.third)

    def _third_gone(self, talk: Talk, why: str) -> None:
        talk.third = None
        if talk.stage in (TalkStage.CONSULTING, TalkStage.CONSULTED):
            talk.stage = TalkStage.HELD
        elif talk.stage in (TalkStage.SWAPPED, TalkStage.CONFERENCE):
            # In their room, after a conference: they are moved from there as from a bridge.
            talk.stage = TalkStage.TALKING
        self.show(talk, why)

    def _plan(self, talk: Talk, plan: Plan) -> None:
        talk.plan = plan
        visit = self._visits.get(talk.call)
        if visit is not None:
            visit.mailbox.wake()

    def _drop(self, talk: Talk, leg: str) -> None:
        if talk.leg == leg:
            self._lines.hang_up(leg)

    def _calm(self, talk: Talk) -> None:
        if talk.patience is not None:
            talk.patience.cancel()
            talk.patience = None

    async def _part(self, talk: Talk, exten: str) -> bool:
        """Each to a place of their own: the caller into a session, the leg to ``exten``."""
        visit = self._visits[talk.call]
        talk.moved = True
        if talk.stage is not TalkStage.TALKING:
            return await self._lines.redirect(talk.leg, LEG, exten)
        talk.plan, visit.redirected = Plain.STAY, True
        if await self._lines.redirect(talk.caller, *SESSION, (talk.leg, LEG, exten)):
            visit.note(events.TalkHeld, offer=talk.offer.offer)
            return True
        talk.plan, visit.redirected = None, False
        return False

    async def _hold(self, talk: Talk, wish: ControlTalk) -> None:
        if await self._part(talk, "wait"):
            talk.stage = TalkStage.HELD
            self.show(talk)
        else:
            self.show(talk, "failed")

    async def _resume(self, talk: Talk, wish: ControlTalk) -> None:
        if talk.stage in (TalkStage.SWAPPED, TalkStage.CONFERENCE):
            # They hear each other already; the third's end tells the rest.
            if talk.third is not None:
                self._lines.hang_up(talk.third.channel)
            return
        third, talk.third = talk.third, None
        if third is not None and third.channel:
            self._lines.hang_up(third.channel)
        self._plan(talk, Join(talk.leg))

    async def _consult(self, talk: Talk, wish: ControlTalk) -> None:
        target = self._target(wish)
        if isinstance(target, str):
            self.show(talk, target)
            return
        third, dial = target
        words = {"TR_DIAL": dial, "TR_RING_S": str(CONSULT_RING_S), "TR_CONSULT": third.id}
        talk.third = third
        if not (await self._lines.tell(talk.leg, words) and await self._part(talk, "consult")):
            talk.third = None
            self.show(talk, "failed")
            return
        self._visits[talk.call].note(events.ConsultBegan, offer=talk.offer.offer, to=third.to)
        talk.stage = TalkStage.CONSULTED if third.up else TalkStage.CONSULTING
        self.show(talk)
        self._clock.call_later(NO_LEG_S, lambda: self._no_leg(talk, third))

    def _no_leg(self, talk: Talk, third: Third) -> None:
        """Dial found no way at all to that telephone, and tells nobody."""
        if talk.third is third and not third.channel:
            self._third_gone(talk, "nobody")

    async def _complete(self, talk: Talk, wish: ControlTalk) -> None:
        third = talk.third
        if third is None or not await self._lines.redirect(third.channel, LEG, "wait"):
            self.show(talk, "failed")
            return
        self._hand_over(talk, third)

    async def _swap(self, talk: Talk, wish: ControlTalk) -> None:
        third, offer = talk.third, talk.offer.offer
        moved = False
        if third is not None and talk.stage is TalkStage.CONSULTED:
            also = (third.channel, LEG, "parked")
            moved = await self._lines.redirect(talk.leg, LEG, "wait", also)
            if moved:
                talk.stage = TalkStage.SWAPPED
                self._visits[talk.call].note(events.TalkResumed, offer=offer)
                self._plan(talk, Join(talk.leg))
        elif third is not None:
            talk.stage = TalkStage.TALKING
            words = {"TR_THIRD": third.channel}
            moved = await self._lines.tell(talk.leg, words) and await self._part(talk, "with-third")
            talk.stage = TalkStage.CONSULTED if moved else TalkStage.SWAPPED
        self.show(talk, "" if moved else "failed")

    async def _conference(self, talk: Talk, wish: ControlTalk) -> None:
        third, room = talk.third, f"tr-{secrets.token_hex(6)}"
        if third is None:
            self.show(talk, "failed")
            return
        words = {"TR_ROOM": room}
        moved = (
            await self._lines.tell(talk.leg, words)
            and await self._lines.tell(third.channel, words)
            and await self._lines.redirect(talk.leg, LEG, "room", (third.channel, LEG, "room"))
        )
        if not moved:
            self.show(talk, "failed")
            return
        talk.stage = TalkStage.CONFERENCE
        self._visits[talk.call].note(events.ConferenceBegan, offer=talk.offer.offer)
        self._plan(talk, JoinRoom(room))
        self.show(talk)

    async def _transfer(self, talk: Talk, wish: ControlTalk) -> None:
        plan: Plan
        if wish.to_queue is not None:
            plan = Requeue(wish.to_queue)
        elif wish.to_agent is not None:
            plan = Requeue(talk.offer.queue, wish.to_agent, at_head=True)
        else:
            route = self._routes.allow(wish.number, self._clock.now())
            if route is None:
                self.show(talk, "no_route")
                return
            plan = DialOut(route, wish.number)
        talk.hung_up = True
        leg = talk.leg
        self._plan(talk, plan)
        self._lines.hang_up(leg)

    async def _hang_up(self, talk: Talk, wish: ControlTalk) -> None:
        talk.hung_up = True
        if talk.leg:
            self._lines.hang_up(talk.leg)
        else:
            self._plan(talk, Plain.END)

    async def _leaving(self, talk: Talk, wish: ControlTalk) -> None:
        if talk.browser and talk.leg:
            self._lines.hang_up(talk.leg)

    async def _here(self, talk: Talk, wish: ControlTalk) -> None:
        self._plan(talk, Plain.DIAL_BACK)

    async def _pause(self, talk: Talk, wish: ControlTalk) -> None:
        on = wish.do is TalkAct.PAUSE_RECORDING
        if not talk.recorded or on is (talk.paused_since is not None):
            self.show(talk, "not_now")
            return
        await self._pause_recording(talk, on)

    async def _pause_recording(self, talk: Talk, on: bool) -> None:
        if not await self._lines.mute_recording(talk.caller, on):
            self.show(talk, "failed")
            return
        talk.paused_since, talk.pause_forgotten = self._clock.now() if on else None, False
        self._pauses.ended(talk.call)
        if on:
            self._pauses.began(
                talk.call,
                talk.offer.agent,
                talk.offer.queue,
                lambda: self._remind(talk.call),
                lambda: self._go_on(talk.call),
            )
        kind = events.RecordingPaused if on else events.RecordingResumed
        self._visits[talk.call].note(kind, recording=talk_id(talk.recording))
        self.show(talk)

    def _remind(self, call: CallId) -> None:
        """Whoever has the call now."""
        talk = self._talks.get(call)
        if talk is not None and talk.paused_since is not None:
            talk.pause_forgotten = True
            self.show(talk)

    def _go_on(self, call: CallId) -> None:
        talk = self._talks.get(call)
        if talk is not None and talk.paused_since is not None:
            self._spawn(self._pause_recording(talk, False))

    def _target(self, wish: ControlTalk) -> tuple[Third, str] | str:
        """Whom to ring and how, or why nobody can be."""
        id_ = OfferId(secrets.token_hex(8))
        if wish.to_agent is not None:
            free = [d for d in wish.devices if self._states.get(d) is DeviceState.IDLE]
            if not free:
                return "nobody"
            third = Third(id_, wish.to_agent, wish.to_agent, free[0])
            return third, self._lines.dial_string(free[0])
        route = self._routes.allow(wish.number, self._clock.now())
        if route is None:
            return "no_route"
        return Third(id_, wish.number), f"PJSIP/{route.number}@{TRUNK_PREFIX}{route.trunk}"

    def _hand_over(self, talk: Talk, third: Third) -> None:
        """The third has the caller from now on; the agent's part is over."""
        former = talk.leg
        after = self._become(talk, third)
        talk.hung_up = True
        self._plan(after, Join(third.channel))
        if former:
            self._lines.hang_up(former)

    def _become(self, talk: Talk, third: Third) -> Talk:
        self.agent_gone(talk, Party.AGENT)
        visit = self._visits[talk.call]
        agent = third.agent or AgentId(third.to)
        device = third.device or talk.offer.device
        offer = msgspec.structs.replace(talk.offer, offer=third.id, agent=agent, device=device)
        browser = third.device in self.browsers()
        after = Talk(talk.call, offer, talk.caller, third.channel, browser=browser)
        after.numbered = third.agent is not None
        after.recorded, after.recording = talk.recorded, talk.recording
        after.paused_since, after.moved = talk.paused_since, True
        after.pause_forgotten = talk.pause_forgotten
        talk.leg, talk.third = "", None
        self._talks[talk.call] = after
        if third.agent is None:
            visit.note(events.CallTransferred, to=third.to)
        visit.note(events.OfferMade, offer=third.id, queue=offer.queue, agent=agent, device=device)
        visit.note(events.CallAnswered, offer=third.id, agent=agent, device=device)
        visit.note(events.TalkBegan, offer=third.id)
        if after.numbered:
            visit.open_offers.add(third.id)
            self._tell(
                inputs.AgentEngaged(
                    agent=agent,
                    offer=third.id,
                    call=talk.call,
                    edge=visit.house.edge,
                    device=device,
                    queue=offer.queue,
                )
            )
            shown = PopShown(agent=agent, offer=third.id, queue=offer.queue, pop=visit.pop())
            self._bus.publish(shown)
        self.show(after)
        return after

    def _spawn(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.ensure_future(work)
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


_DO: dict[TalkAct, Callable[[Talks, Talk, ControlTalk], Coroutine[Any, Any, None]]] = {
    TalkAct.HANG_UP: Talks._hang_up,
    TalkAct.HOLD: Talks._hold,
    TalkAct.RESUME: Talks._resume,
    TalkAct.TRANSFER: Talks._transfer,
    TalkAct.CONSULT: Talks._consult,
    TalkAct.COMPLETE: Talks._complete,
    TalkAct.CONFERENCE: Talks._conference,
    TalkAct.SWAP: Talks._swap,
    TalkAct.PAUSE_RECORDING: Talks._pause,
    TalkAct.RESUME_RECORDING: Talks._pause,
    TalkAct.LEAVING: Talks._leaving,
    TalkAct.HERE: Talks._here,
}
