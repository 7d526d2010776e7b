"""All talks of this edge: what sessions and Asterisk say of them, and what becomes of them by it.

Plans what each caller's session does next; the session itself bridges, plays and dials
(hotline/follow.py), so that a caller is served by one hand alone. What people want done with a
talk is hotline/talk_control.py.
"""

from collections.abc import Callable
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from calls import events, inputs
from calls.bus import Bus
from calls.clock import Clock
from calls.commands import OfferCall
from calls.ids import AgentId, CallId, DeviceId, OfferId
from calls.notices import PopShown, PopWithdrawn
from calls.words import Party, TalkStage
from hotline.lines import Lines
from hotline.offer import OfferRun
from hotline.parted import VARIABLE, pack
from hotline.talk import (
    LEG,
    PARTED,
    Join,
    Plan,
    Requeue,
    Talk,
    Third,
)
from telephony.ami.truth import Truth

if TYPE_CHECKING:
    from hotline.visit import Visit

BACK_S = 30.0
"""How long a caller waits for an agent whose browser went away."""
RECONNECT_S = 1.0
"""A browser whose SIP connection broke may be back within this as if nothing had been."""


class Talks:
    def __init__(
        self,
        clock: Clock,
        lines: Lines,
        bus: Bus,
        tell: Callable[[inputs.Input], None],
        browsers: Callable[[], frozenset[DeviceId]],
        patience_s: float = BACK_S,
    ) -> None:
        self._clock = clock
        self._lines = lines
        self._bus = bus
        self._tell = tell
        self.browsers = browsers
        """The devices that are browsers' telephones."""
        self._patience_s = patience_s
        self._talks: dict[CallId, Talk] = {}
        self._visits: dict[CallId, Visit] = {}
        self._left: dict[OfferId, str] = {}
        """Legs that waited for a caller without a talk when the truth was last read."""
        self._unclaimed: set[OfferId] = set()
        """Talks whose callers went on without them since then."""
        self._when_shown: list[Callable[[Talk], None]] = []
        self._when_over: list[Callable[[CallId], None]] = []

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

    def when_shown(self, do: Callable[[Talk], None]) -> None:
        """``do`` runs with each talk whenever screens are told of it."""
        self._when_shown.append(do)

    def when_over(self, do: Callable[[CallId], None]) -> None:
        """``do`` runs with each call that talks to nobody any more."""
        self._when_over.append(do)

    def rejoined(self, visit: "Visit", talk: Talk) -> None:
        """Found parted as a former controller left it."""
        self._talks[talk.call], self._visits[talk.call] = talk, visit
        self.show(talk)

    def of(self, call: CallId) -> Talk | None:
        return self._talks.get(call)

    def visit_of(self, talk: Talk) -> "Visit":
        """Who serves its caller now, or did last."""
        return self._visits[talk.call]

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
        now = self._clock.now()
        if talk.stage not in PARTED:
            talk.held_since, talk.held_too_long = None, False
        elif talk.held_since is None:
            talk.held_since = now
        self._bus.publish(talk.shown(now, refused))
        self._keep(talk)
        for do in self._when_shown:
            do(talk)

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
            self._forget(talk.call)
        third = talk.third.channel if talk.third is not None else ""
        for channel in filter(None, (talk.leg, third) if talk.moved else ()):
            self._lines.hang_up(channel)

    def drop(self, offer: OfferId) -> None:
        """Whoever said that this talk is over has told everybody else."""
        for talk in [one for one in self._talks.values() if one.offer.offer == offer]:
            self._calm(talk)
            talk.stage = TalkStage.OVER
            self._forget(talk.call)
            self.show(talk)

    def lost(self, talk: Talk) -> None:
        """The caller hears music now, and her agent is waited for."""
        if talk.stage is not TalkStage.LOST:
            talk.stage, talk.leg = TalkStage.LOST, ""
            self._visits[talk.call].note(events.AgentLost, offer=talk.offer.offer)
            queue = talk.offer.queue
            talk.patience = self._clock.call_later(
                self._patience_s, lambda: self.plan(talk, Requeue(queue, at_head=True))
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

    # --- what Asterisk says ------------------------------------------------------------------

    def device_left(self, device: DeviceId) -> None:
        """Its SIP connection is gone, and with it, most likely, its page."""
        for talk in self._talks.values():
            if talk.offer.device == device and talk.browser and talk.leg:
                self._clock.call_later(RECONNECT_S, partial(self._drop, talk, talk.leg))

    def leg_began(self, offer: OfferId, channel: str) -> None:
        talk, third = self._of_leg(offer)
        if third is not None and talk is not None:
            third.channel = channel
            self._keep(talk)
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
            self.third_gone(talk, why)

    def knows(self, offer: OfferId) -> bool:
        """Whether a leg that bears this id belongs to a talk here."""
        return self._of_leg(offer)[0] is not None

    def settle(self, truth: Truth) -> None:
        """The truth was read: parted legs that are not there any more are gone, and a leg that
        waits for a caller who is gone, or does not come back to it, waits for nobody."""
        if truth.quarantined:
            return
        there = {one.channel for one in truth.channels}
        for talk in tuple(self._talks.values()):
            if talk.stage in PARTED and talk.leg and talk.leg not in there:
                self._leg_gone(talk)
        ours = {talk.leg for talk in self._talks.values()}
        ours |= {talk.third.channel for talk in self._talks.values() if talk.third is not None}
        self._left = {}
        for one in truth.channels:
            if one.context == LEG and one.is_leg and one.channel not in ours:
                if one.linked_id in truth.channel_ids and one.offer not in self._unclaimed:
                    self._left[one.offer] = one.channel
                else:
                    self._lines.hang_up(one.channel)
        self._unclaimed.clear()

    def unclaimed(self, offer: OfferId) -> None:
        """The caller of this talk of a former controller goes on without it."""
        leg = self._left.pop(offer, None)
        if leg is None:
            self._unclaimed.add(offer)
        else:
            self._lines.hang_up(leg)

    def hung_up(self, channel: str, call: CallId) -> None:
        """A channel is gone: perhaps an agent's while parted, a third's, or the caller's own while
        she is between two sessions."""
        for talk in tuple(self._talks.values()):
            if talk.leg == channel:
                self._leg_gone(talk)
            elif talk.third is not None and talk.third.channel == channel:
                self.third_gone(talk, "")
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
            self.plan(talk, talk.after_bridge())
        elif talk.stage is TalkStage.CONFERENCE and talk.third is not None and talk.third.up:
            # The two who stay talk on in their room.
            self.become(talk, talk.third)

    def third_gone(self, talk: Talk, why: str) -> None:
        talk.third = None
        if talk.stage in (TalkStage.CONSULTING, TalkStage.CONSULTED):
            talk.stage = TalkStage.HELD
        elif talk.stage in (TalkStage.SWAPPED, TalkStage.CONFERENCE):
            # In their room, after a conference: they are moved from there as from a bridge.
            talk.stage = TalkStage.TALKING
        self.show(talk, why)

    def plan(self, talk: Talk, plan: Plan) -> None:
        """What her session does next."""
        talk.plan = plan
        visit = self._visits.get(talk.call)
        if visit is not None:
            visit.mailbox.wake()

    def _drop(self, talk: Talk, leg: str) -> None:
        if talk.leg == leg:
            self._lines.hang_up(leg)

    def _forget(self, call: CallId) -> None:
        for do in self._when_over:
            do(call)
        del self._talks[call]
        self._visits.pop(call, None)

    def _keep(self, talk: Talk) -> None:
        """On her own channel, for the next controller, once legs have been moved."""
        if not talk.moved or talk.stage is TalkStage.OVER:
            return
        words = pack(talk)
        if words != talk.kept:
            talk.kept = words
            self._lines.note(talk.caller, {VARIABLE: words})

    def _calm(self, talk: Talk) -> None:
        if talk.patience is not None:
            talk.patience.cancel()
            talk.patience = None

    def hand_over(self, talk: Talk, third: Third) -> None:
        """The third has the caller from now on; the agent's part is over."""
        former = talk.leg
        after = self.become(talk, third)
        talk.hung_up = True
        self.plan(after, Join(third.channel))
        if former:
            self._lines.hang_up(former)

    def become(self, talk: Talk, third: Third) -> Talk:
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
