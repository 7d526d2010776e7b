"""What agents and supervisors want done with a talk: does it by AMI, and plans what the caller's
session does next."""

import asyncio
import secrets
from collections.abc import Callable, Coroutine
from typing import Any

from calls import events
from calls.clock import Clock
from calls.commands import ControlTalk
from calls.ids import DeviceId, OfferId
from calls.words import DeviceState, TalkAct, TalkStage
from hotline.house import Routes
from hotline.lines import Lines
from hotline.recording_pauses import RecordingPauses
from hotline.talk import LEG, DialOut, Join, JoinRoom, Plain, Plan, Requeue, Talk, Third
from hotline.talks import Talks
from telephony.asterisk.trunk import TRUNK_PREFIX

CONSULT_RING_S = 30
NO_LEG_S = 2.0
"""A leg that is not born by then will not be."""
SESSION = ("hotline", "return")


class TalkControl:
    def __init__(
        self, clock: Clock, lines: Lines, routes: Routes, talks: Talks, pauses: RecordingPauses
    ) -> None:
        self._clock = clock
        self._lines = lines
        self._routes = routes
        self._talks = talks
        self._pauses = pauses
        self._states: dict[DeviceId, DeviceState] = {}
        self._tasks: set[asyncio.Task[None]] = set()

    def device(self, device: DeviceId, state: DeviceState) -> None:
        """What Asterisk says of a telephone that might be consulted."""
        self._states[device] = state

    def wanted(self, wish: ControlTalk) -> None:
        """Begin what a person wants; TalkChanged says what became of it."""
        talk = self._talks.of(wish.call)
        if talk is None or talk.offer.offer != wish.offer:
            return
        if not talk.may(wish.do):
            if wish.do is not TalkAct.HERE:
                self._talks.show(talk, "not_now")
            return
        task = asyncio.ensure_future(_DO[wish.do](self, talk, wish))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _part(self, talk: Talk, exten: str) -> bool:
        """Each to a place of their own: the caller into a session, the leg to ``exten``."""
        visit = self._talks.visit_of(talk)
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
            self._talks.show(talk)
        else:
            self._talks.show(talk, "failed")

    async def _resume(self, talk: Talk, wish: ControlTalk) -> None:
        if talk.stage in (TalkStage.SWAPPED, TalkStage.CONFERENCE):
            # They hear each other already; the third's end tells the rest.
            if talk.third is not None:
                self._lines.hang_up(talk.third.channel)
            return
        third, talk.third = talk.third, None
        if third is not None and third.channel:
            self._lines.hang_up(third.channel)
        self._talks.plan(talk, Join(talk.leg))

    async def _consult(self, talk: Talk, wish: ControlTalk) -> None:
        target = self._target(wish)
        if isinstance(target, str):
            self._talks.show(talk, target)
            return
        third, dial = target
        words = {"TR_DIAL": dial, "TR_RING_S": str(CONSULT_RING_S), "TR_CONSULT": third.id}
        talk.third = third
        if not (await self._lines.tell(talk.leg, words) and await self._part(talk, "consult")):
            talk.third = None
            self._talks.show(talk, "failed")
            return
        self._talks.visit_of(talk).note(events.ConsultBegan, offer=talk.offer.offer, to=third.to)
        talk.stage = TalkStage.CONSULTED if third.up else TalkStage.CONSULTING
        self._talks.show(talk)
        self._clock.call_later(NO_LEG_S, lambda: self._no_leg(talk, third))

    def _no_leg(self, talk: Talk, third: Third) -> None:
        """Dial found no way at all to that telephone, and tells nobody."""
        if talk.third is third and not third.channel:
            self._talks.third_gone(talk, "nobody")

    async def _complete(self, talk: Talk, wish: ControlTalk) -> None:
        third = talk.third
        if third is None or not await self._lines.redirect(third.channel, LEG, "wait"):
            self._talks.show(talk, "failed")
            return
        self._talks.hand_over(talk, third)

    async def _swap(self, talk: Talk, wish: ControlTalk) -> None:
        third, offer = talk.third, talk.offer.offer
        moved = False
        if third is not None and talk.stage is TalkStage.CONSULTED:
            also = (third.channel, LEG, "parked")
            moved = await self._lines.redirect(talk.leg, LEG, "wait", also)
            if moved:
                talk.stage = TalkStage.SWAPPED
                self._talks.visit_of(talk).note(events.TalkResumed, offer=offer)
                self._talks.plan(talk, Join(talk.leg))
        elif third is not None:
            talk.stage = TalkStage.TALKING
            words = {"TR_THIRD": third.channel}
            moved = await self._lines.tell(talk.leg, words) and await self._part(talk, "with-third")
            talk.stage = TalkStage.CONSULTED if moved else TalkStage.SWAPPED
        self._talks.show(talk, "" if moved else "failed")

    async def _conference(self, talk: Talk, wish: ControlTalk) -> None:
        third, room = talk.third, f"tr-{secrets.token_hex(6)}"
        if third is None:
            self._talks.show(talk, "failed")
            return
        words = {"TR_ROOM": room}
        moved = (
            await self._lines.tell(talk.leg, words)
            and await self._lines.tell(third.channel, words)
            and await self._lines.redirect(talk.leg, LEG, "room", (third.channel, LEG, "room"))
        )
        if not moved:
            self._talks.show(talk, "failed")
            return
        talk.stage = TalkStage.CONFERENCE
        self._talks.visit_of(talk).note(events.ConferenceBegan, offer=talk.offer.offer)
        self._talks.plan(talk, JoinRoom(room))
        self._talks.show(talk)

    async def _transfer(self, talk: Talk, wish: ControlTalk) -> None:
        plan: Plan
        if wish.to_queue is not None:
            plan = Requeue(wish.to_queue)
        elif wish.to_agent is not None:
            plan = Requeue(talk.offer.queue, wish.to_agent, at_head=True)
        else:
            route = self._routes.allow(wish.number, self._clock.now())
            if route is None:
                self._talks.show(talk, "no_route")
                return
            plan = DialOut(route, wish.number)
        talk.hung_up = True
        leg = talk.leg
        self._talks.plan(talk, plan)
        self._lines.hang_up(leg)

    async def _hang_up(self, talk: Talk, wish: ControlTalk) -> None:
        talk.hung_up = True
        if talk.leg:
            self._lines.hang_up(talk.leg)
        else:
            self._talks.plan(talk, Plain.END)

    async def _leaving(self, talk: Talk, wish: ControlTalk) -> None:
        if talk.browser and talk.leg:
            self._lines.hang_up(talk.leg)

    async def _here(self, talk: Talk, wish: ControlTalk) -> None:
        self._talks.plan(talk, Plain.DIAL_BACK)

    async def _pause(self, talk: Talk, wish: ControlTalk) -> None:
        await self._pauses.wanted(talk, on=wish.do is TalkAct.PAUSE_RECORDING)

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


_DO: dict[TalkAct, Callable[[TalkControl, Talk, ControlTalk], Coroutine[Any, Any, None]]] = {
    TalkAct.HANG_UP: TalkControl._hang_up,
    TalkAct.HOLD: TalkControl._hold,
    TalkAct.RESUME: TalkControl._resume,
    TalkAct.TRANSFER: TalkControl._transfer,
    TalkAct.CONSULT: TalkControl._consult,
    TalkAct.COMPLETE: TalkControl._complete,
    TalkAct.CONFERENCE: TalkControl._conference,
    TalkAct.SWAP: TalkControl._swap,
    TalkAct.PAUSE_RECORDING: TalkControl._pause,
    TalkAct.RESUME_RECORDING: TalkControl._pause,
    TalkAct.LEAVING: TalkControl._leaving,
    TalkAct.HERE: TalkControl._here,
}
