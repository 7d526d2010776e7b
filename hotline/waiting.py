"""Hops 4 to 6: the caller waits, agents are rung one after the other, they talk.

Waiting is music and an idle socket; everything that happens comes through the mailbox. The engine
decides who is rung and says so by OfferCall; this file carries it out and reports each step.
"""

from typing import assert_never

from calls import events, inputs
from calls.commands import OfferCall, ReleaseCaller, TellPlace
from calls.ids import AgentId, OfferId
from calls.notices import CallRinging, PopShown, PopWithdrawn
from calls.words import STRIKING, LeaveReason, Level, NoAnswer, Party
from hotline.offer import Ending, OfferRun
from hotline.visit import STEP_S, KeyPress, KeysGo, Mail, Visit
from ivr.prompts import Place, Prompt, Wait
from ivr.steps import Answer, Enqueue, Returned
from telephony.agi.channel import ChannelLost, Raw

EXIT = "exit_key"


async def wait_and_talk(visit: Visit, effect: Enqueue) -> Answer:
    """Queue the caller until she has talked, leaves by key, or may not wait here."""
    waiting = _Waiting(visit, effect)
    try:
        result = await waiting.run()
        visit.hear_keys(KeysGo.NOWHERE)
        # Sent while she left: nobody shall wait for an end that nobody sees.
        waiting.give_back(NoAnswer.CALLER_LEFT)
        return Returned(result=result)
    except ChannelLost:
        waiting.lost()
        raise
    except Exception:
        # Ours or Asterisk's fault, not hers: the dialplan hands her back, and she waits on.
        waiting.broke()
        raise
    finally:
        visit.queued = None


async def resume_after_offer(visit: Visit, offer: OfferId) -> bool:
    """The controller was lost while this offer's Dial ran, and Dial has returned since.

    True when they talked: the tree goes on after the queue. Otherwise she waits again, her place
    kept by the engine.
    """
    talked = await visit.channel.get("DIALSTATUS") == "ANSWER"
    if talked:
        visit.note(events.TalkFinished, offer=offer, by=Party.AGENT)
        visit.house.tell(inputs.TalkEnded(offer=offer, by=Party.AGENT))
        # An engine that never heard of the answer has put her back into the queue.
        visit.house.tell(inputs.CallerLeft(call=visit.call, reason=LeaveReason.MOVED))
    else:
        visit.note(events.OfferMissed, offer=offer, why=NoAnswer.FAILED)
        visit.house.tell(inputs.OfferFailed(offer=offer, why=NoAnswer.FAILED))
    visit.house.recorder.finish(visit.call, offer, talked=talked)
    return talked


class _Waiting:
    def __init__(self, visit: Visit, effect: Enqueue) -> None:
        self._visit = visit
        self._effect = effect
        self._tell = visit.house.tell
        self._exit_key = visit.house.exit_key(effect.queue)
        self._music = False
        self._tried: tuple[AgentId, ...] = ()
        """Whom she was offered to in vain; the engine forgets it once somebody has answered."""

    async def run(self) -> str:
        visit = self._visit
        visit.hear_keys(KeysGo.TO_MAILBOX)
        visit.queue = self._effect.queue
        if visit.served or not visit.queued_at:
            visit.served, visit.queued_at = False, visit.house.clock.now()
        visit.queued = self.queued
        visit.note(events.QueueJoined, queue=visit.queue, priority=self._effect.priority)
        self._join()
        while True:
            await self._play_music()
            item = await self._next()
            if isinstance(item, KeyPress):
                if item == self._exit_key:
                    return self._leave(LeaveReason.EXIT_KEY, EXIT)
            elif isinstance(item, OfferCall):
                if await self._ring(item):
                    return "served"
            elif isinstance(item, TellPlace):
                await self._tell_place(item)
            elif isinstance(item, ReleaseCaller):
                visit.note(events.QueueLeft, queue=visit.queue, reason=LeaveReason.OVERFLOW)
                return item.reason
            else:
                assert_never(item)

    def _join(self) -> None:
        self._tell(self.queued())
        self._visit.show("waiting", queue=self._effect.queue)

    def queued(self, *, at_head: bool = False) -> inputs.CallQueued:
        """How she waits, for an engine that does not know of it."""
        visit, effect = self._visit, self._effect
        person = visit.background.known.person
        return inputs.CallQueued(
            call=visit.call,
            edge=visit.house.edge,
            queue=effect.queue,
            priority=effect.priority,
            needs=effect.needs,
            language=visit.language,
            level=person.level if person else Level.NORMAL,
            customer=person.customer if person else None,
            waited_s=visit.house.clock.now() - visit.queued_at,
            at_head=at_head,
            not_to=self._tried,
        )

    def give_back(self, why: NoAnswer) -> None:
        """Offers that came and were not looked at."""
        for offer in self._visit.unread_offers():
            self._over(offer, inputs.OfferFailed(offer=offer.offer, why=why))

    def _leave(self, reason: LeaveReason, result: str) -> str:
        self._tell(inputs.CallerLeft(call=self._visit.call, reason=reason))
        self._visit.note(events.QueueLeft, queue=self._effect.queue, reason=reason)
        return result

    def lost(self) -> None:
        """The channel is gone from this session while waiting, ringing or talking."""
        visit = self._visit
        run, visit.offer = visit.offer, None
        if visit.redirected:
            return
        if run is not None and run.answered:
            run.gone()
            self._talk_over(run.offer, Party.CALLER)
            return
        self._leave(LeaveReason.HUNG_UP, "")
        if run is not None:
            run.gone()
            self._missed(run.offer, NoAnswer.CALLER_LEFT)

    def broke(self) -> None:
        """Something failed here with the caller still on the line."""
        run, self._visit.offer = self._visit.offer, None
        if run is not None and run.answered:
            self._visit.unattended = run
            run.gone()
        elif run is not None:
            run.gone()
            self._missed(run.offer, NoAnswer.FAILED)
            self._over(run.offer, inputs.OfferFailed(offer=run.offer.offer, why=NoAnswer.FAILED))
        self.give_back(NoAnswer.FAILED)

    async def _next(self) -> Mail:
        """The next thing that happens; raises ChannelLost when the caller goes meanwhile."""
        visit = self._visit
        while not visit.channel.lost:
            if not visit.mailbox.empty:
                return visit.mailbox.take()
            if not await visit.mailbox.stirred(within_s=STEP_S / 2):
                await visit.allow(STEP_S)
        raise ChannelLost("hung up while waiting")

    async def _play_music(self) -> None:
        if not self._music and self._visit.mailbox.empty:
            await self._visit.channel.music_on()
            self._music = True

    async def _tell_place(self, word: TellPlace) -> None:
        """Speak place and wait; stops within milliseconds when an offer comes."""
        visit = self._visit
        prompts: list[Prompt] = [Place(place=word.place)]
        if word.wait_low_s is not None and word.wait_high_s is not None:
            low, high = (max(1, round(s / 60)) for s in (word.wait_low_s, word.wait_high_s))
            prompts.append(Wait(low_min=low, high_min=high))
        files = await visit.files(tuple(prompts))
        visit.note(
            events.PlaceTold,
            queue=self._effect.queue,
            place=word.place,
            wait_low_s=word.wait_low_s,
            wait_high_s=word.wait_high_s,
        )
        visit.announcing, self._music = True, False
        try:
            for file in files:
                if not visit.mailbox.empty:
                    break
                await visit.channel.play(file)
        finally:
            visit.announcing = False

    async def _ring(self, offer: OfferCall) -> bool:
        """Carry out one offer. True when caller and agent have talked and the agent is gone."""
        visit, house = self._visit, self._visit.house
        if offer.offer in visit.withdrawn:
            self._over(offer, inputs.OfferFailed(offer=offer.offer, why=NoAnswer.WITHDRAWN))
            return False
        run = OfferRun(offer, house.clock, house.lines.hang_up, _Reports(visit, offer))
        visit.offer = run
        self._show(offer)
        await visit.mark(offer=offer.offer, for_s=house.longest_call_s)
        if visit.consent:
            await house.recorder.arm(visit.channel, offer)
        result = await visit.channel.execute("Dial", Raw(await self._dial(run)))
        self._music = False
        if result.number == -1:
            # The caller hung up, or the agent while the staff number was being said.
            await visit.channel.still_here()
        # Of an answered offer the status tells nothing new, and the agent is free already.
        status = "ANSWER" if run.answered else await visit.channel.get("DIALSTATUS")
        if status != "ANSWER" and run.cause is None:
            await house.lines.cause_of_end(run)
        # Here she may be lost, too: until the offer is over, ``lost`` reports how it ended.
        await house.recorder.disarm(visit.channel, offer.offer)
        ending = run.ended(status, str(result.result))
        visit.offer = None
        return await self._after(run, ending)

    def _show(self, offer: OfferCall) -> None:
        """The pop first: it is on the agent's screen before the phone is dialled."""
        visit = self._visit
        shown = PopShown(agent=offer.agent, offer=offer.offer, queue=offer.queue, pop=visit.pop())
        visit.house.bus.publish(shown)
        visit.note(
            events.OfferMade,
            offer=offer.offer,
            queue=offer.queue,
            agent=offer.agent,
            device=offer.device,
            attempt=offer.attempt,
        )
        visit.show("offered", queue=offer.queue, agent=offer.agent)

    async def _dial(self, run: OfferRun) -> str:
        house, offer = self._visit.house, run.offer
        staff = await house.speech.staff_file(offer.staff_number, self._visit.language)
        target = house.lines.dial_string(offer.device)
        limit = run.dial_limit_s + house.lines.usual_alert_s(offer.device)
        announce = f"A(:{staff})" if staff else ""
        return f"{target},{limit:.2f}^{offer.never_rang_s:.2f},gm(default){announce}"

    async def _after(self, run: OfferRun, ending: Ending) -> bool:
        visit, offer = self._visit, run.offer
        if ending is Ending.SERVED:
            self._talk_over(offer, Party.AGENT)
            visit.served = True
            return True
        if ending is Ending.DROPPED or run.why in STRIKING:
            self._tried += (offer.agent,)
        if ending is Ending.MISSED:
            self._missed(offer, run.why)
            self._over(offer, inputs.OfferFailed(offer=offer.offer, why=run.why))
        else:
            # In this order: the agent is free by her coming back, not before it for the next one.
            self._tell(self.queued(at_head=True))
            self._talk_over(offer, Party.AGENT)
        visit.show("waiting", queue=offer.queue)
        return False

    def _over(self, offer: OfferCall, word: inputs.OfferFailed | inputs.TalkEnded) -> None:
        self._visit.open_offers.discard(offer.offer)
        self._tell(word)

    def _talk_over(self, offer: OfferCall, by: Party) -> None:
        visit = self._visit
        visit.note(events.TalkFinished, offer=offer.offer, by=by)
        visit.house.bus.publish(PopWithdrawn(agent=offer.agent, offer=offer.offer, why="over"))
        self._over(offer, inputs.TalkEnded(offer=offer.offer, by=by))
        visit.house.recorder.finish(visit.call, offer.offer, talked=True)

    def _missed(self, offer: OfferCall, why: NoAnswer) -> None:
        self._visit.note(events.OfferMissed, offer=offer.offer, why=why)
        self._visit.house.bus.publish(PopWithdrawn(agent=offer.agent, offer=offer.offer, why=why))
        self._visit.house.recorder.finish(self._visit.call, offer.offer, talked=False)


class _Reports:
    """Tells the house each step of one offer, in the order engine, record, screens."""

    def __init__(self, visit: Visit, offer: OfferCall) -> None:
        self._visit = visit
        self._offer = offer

    def rang(self) -> None:
        visit, offer = self._visit, self._offer
        visit.house.tell(inputs.OfferRang(offer=offer.offer))
        visit.note(events.PhoneRang, offer=offer.offer)
        visit.house.bus.publish(
            CallRinging(
                agent=offer.agent,
                offer=offer.offer,
                at=visit.house.clock.now(),
                cycle_s=offer.ring_cycle_s,
            )
        )

    def talking(self) -> None:
        self._visit.note(events.TalkBegan, offer=self._offer.offer)
        self._visit.house.recorder.began(self._visit.call, self._offer.offer)

    def answered(self, ring: int | None) -> None:
        visit, offer = self._visit, self._offer
        visit.house.tell(inputs.OfferAnswered(offer=offer.offer))
        visit.note(
            events.CallAnswered,
            offer=offer.offer,
            agent=offer.agent,
            device=offer.device,
            ring=ring,
        )
        visit.show("talking", queue=offer.queue, agent=offer.agent)
