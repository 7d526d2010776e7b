"""Hops 4 to 6: the caller waits, agents are rung one after the other, they talk.

Waiting is music and an idle socket; everything that happens comes through the mailbox. The engine
decides who is rung and says so by OfferCall; this file carries it out and reports each step.
"""

from typing import assert_never

from calls import events, inputs
from calls.commands import Announce, OfferCall, OfferCallback, ReleaseCaller, TellPlace
from calls.ids import AgentId, OfferId
from calls.words import STRIKING, LeaveReason, Level, NoAnswer, Party, Released
from hotline.callback import arrange, context_of
from hotline.follow import follow
from hotline.last_agent import last_agent
from hotline.offer import Ending, OfferRun
from hotline.offering import Reports, dial, missed, over, show, talk_over
from hotline.ring_together import RingTogether
from hotline.talk import Requeue, Talk
from hotline.visit import STEP_S, KeyPress, KeysGo, Mail, Visit
from ivr.prompts import Place, Prompt, Wait
from ivr.steps import Answer, Enqueue, Returned
from telephony.agi.channel import ChannelLost, Raw

EXIT = "exit_key"


async def wait_and_talk(visit: Visit, effect: Enqueue) -> Answer:
    """Queue the caller until she has talked, leaves by key, or may not wait here."""
    return await _wait(visit, effect, None)


async def talk_on(visit: Visit, talk: Talk) -> Answer:
    """She has an agent: until she has one no more, through any number of queues."""
    came = await follow(visit, talk)
    if isinstance(came, Requeue):
        return await _wait(visit, Enqueue(queue=came.queue), came)
    return came


async def _wait(visit: Visit, effect: Enqueue, back: Requeue | None) -> Answer:
    """``back``: how she comes back from an agent; None: she comes from her tree."""
    waiting = _Waiting(visit, effect, back)
    try:
        result = await waiting.run()
        visit.hear_keys(KeysGo.NOWHERE)
        # Sent while she left: nobody shall wait for an end that nobody sees.
        waiting.give_back(NoAnswer.CALLER_LEFT)
    except ChannelLost:
        waiting.lost()
        raise
    except Exception:
        # Ours or Asterisk's fault, not hers: the dialplan hands her back, and she waits on.
        waiting.broke()
        raise
    finally:
        visit.queued = visit.returns = None
    talk = visit.house.talks.of(visit.call)
    return await talk_on(visit, talk) if talk is not None else Returned(result=result)


async def resume_after_offer(visit: Visit, offer: OfferId) -> bool:
    """The controller was lost while this offer's Dial ran, and Dial has returned since.

    True when they talked: the tree goes on after the queue. Otherwise she waits again, her place
    kept by the engine.
    """
    talked = await visit.channel.get("DIALSTATUS") == "ANSWER"
    visit.house.talks.unclaimed(offer)
    if talked:
        visit.note(events.TalkFinished, offer=offer, by=Party.AGENT)
        visit.house.tell(inputs.TalkEnded(offer=offer, by=Party.AGENT))
        # An engine that never heard of the answer has put her back into the queue.
        visit.house.tell(inputs.CallerLeft(call=visit.call, reason=LeaveReason.MOVED))
    else:
        visit.note(events.OfferMissed, offer=offer, why=NoAnswer.FAILED)
        visit.house.tell(inputs.OfferFailed(offer=offer, why=NoAnswer.FAILED))
    visit.house.recorder.finish(visit.call, offer, visit.number, talked=talked)
    return talked


class _Waiting:
    def __init__(self, visit: Visit, effect: Enqueue, back: Requeue | None) -> None:
        self._visit = visit
        self._effect = effect
        self._back = back
        self._tell = visit.house.tell
        self._exit_key = visit.house.exit_key(effect.queue)
        self._rule = visit.house.callback_rule(effect.queue)
        self._promised = False
        """She has confirmed that she will be called back."""
        self._music = False
        self._tried: tuple[AgentId, ...] = ()
        """Whom she was offered to in vain; the engine forgets it once somebody has answered."""

    async def run(self) -> str:
        visit = self._visit
        visit.hear_keys(KeysGo.TO_MAILBOX)
        visit.queue, visit.priority = self._effect.queue, None
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
                if self._rule is not None and item == self._rule.key:
                    await self._arrange_callback(offered=False)
            elif isinstance(item, OfferCall):
                if await self._ring(item):
                    return "served"
                self._promised = False
            elif isinstance(item, TellPlace):
                await self._tell_place(item)
            elif isinstance(item, Announce):
                visit.note(events.WaitChanged, queue=visit.queue, step=item.step)
                await self._say(visit.house.speech.house(item.prompt, visit.language))
            elif isinstance(item, OfferCallback):
                visit.note(events.WaitChanged, queue=visit.queue, step=item.step)
                await self._arrange_callback(offered=True)
            elif isinstance(item, ReleaseCaller):
                return await self._released(item)
            else:
                assert_never(item)

    @property
    def _abandoned_is_called_back(self) -> bool:
        return self._rule is not None and self._rule.abandoned_after_s is not None

    async def _released(self, word: ReleaseCaller) -> str:
        """The engine lets her go; the tree goes on by its word."""
        visit = self._visit
        promised = word.reason == Released.CALLBACK
        reason = LeaveReason.CALLBACK if promised else LeaveReason.OVERFLOW
        visit.note(events.QueueLeft, queue=visit.queue, reason=reason)
        if promised:
            visit.hear_keys(KeysGo.NOWHERE)
            await visit.say(*visit.house.speech.house("callback-noted", visit.language))
        return word.reason

    async def _arrange_callback(self, *, offered: bool) -> None:
        """Her own wish, or the recipe's question. An offer that comes meanwhile goes before it."""
        visit = self._visit
        if self._promised:
            return
        self._music = False
        number = await arrange(visit, offered=offered)
        if not number:
            return
        self._promised = True
        visit.note(events.CallbackPromised, queue=visit.queue, number=number)
        self._tell(
            inputs.CallbackWanted(
                call=visit.call,
                number=number,
                language=visit.language,
                context=context_of(visit),
            )
        )

    def _join(self) -> None:
        back = self._back
        # By her coming the engine takes back whatever it offered her before; its word to that end
        # may take a moment, in which nothing shall ring.
        self._visit.withdrawn |= self._visit.open_offers
        self._visit.comes_to_queue()
        self._tell(self.queued(at_head=back is not None and back.at_head))
        if back is not None and back.agent is not None:
            self._tell(inputs.CallAssigned(call=self._visit.call, agent=back.agent, by="transfer"))
        self._visit.show("waiting", queue=self._effect.queue)

    def queued(self, *, at_head: bool = False) -> inputs.CallQueued:
        """How she waits, for an engine that does not know of it."""
        visit, effect = self._visit, self._effect
        person = visit.background.known.person
        return inputs.CallQueued(
            call=visit.call,
            edge=visit.house.edge,
            queue=visit.queue or effect.queue,
            priority=effect.priority if visit.priority is None else visit.priority,
            needs=effect.needs,
            relax=effect.relax,
            prefer=self._preferred(),
            number=visit.background.known.number.key,
            told=visit.told,
            stay=visit.stay,
            returns=visit.returns,
            context=context_of(visit) if self._abandoned_is_called_back else "",
            language=visit.language,
            level=person.level if person else Level.NORMAL,
            customer=person.customer if person else None,
            waited_s=visit.house.clock.now() - visit.queued_at,
            at_head=at_head,
            not_to=self._tried,
            attempts=len(visit.offers),
        )

    def _preferred(self) -> tuple[AgentId, ...]:
        """Whom she was handed over to, else her last agent."""
        visit, back = self._visit, self._back
        if back is not None and back.agent is not None:
            return (back.agent,)
        days = visit.house.last_agent_days(visit.queue or self._effect.queue)
        if not days:
            return ()
        return last_agent(visit.background.contacts, days, visit.house.clock.now())

    def give_back(self, why: NoAnswer) -> None:
        """Offers that came and were not looked at."""
        for offer in self._visit.unread_offers():
            failed = inputs.OfferFailed(offer=offer.offer, why=why)
            over(self._visit, offer.offer, failed)

    def _leave(self, reason: LeaveReason, result: str) -> str:
        self._tell(inputs.CallerLeft(call=self._visit.call, reason=reason))
        self._visit.note(events.QueueLeft, queue=self._visit.queue, reason=reason)
        return result

    def lost(self) -> None:
        """The channel is gone from this session while waiting, ringing or talking."""
        visit = self._visit
        runs = self._end_runs()
        if visit.redirected:
            return
        talks = any(run.taken for run in runs)
        if not talks:
            self._leave(LeaveReason.CALLBACK if self._promised else LeaveReason.HUNG_UP, "")
        for run in runs:
            run.gone()
            if run.taken:
                talk_over(visit, run.offer, Party.CALLER)
            else:
                why = NoAnswer.ANSWERED_ELSEWHERE if talks else NoAnswer.CALLER_LEFT
                missed(visit, run, why)

    def broke(self) -> None:
        """Something failed here with the caller still on the line."""
        visit = self._visit
        for run in self._end_runs():
            run.gone()
            if run.taken:
                visit.unattended = run
            else:
                missed(visit, run, NoAnswer.FAILED)
                failed = inputs.OfferFailed(offer=run.offer.offer, why=NoAnswer.FAILED)
                over(visit, run.offer.offer, failed)
        self.give_back(NoAnswer.FAILED)

    def _end_runs(self) -> tuple[OfferRun, ...]:
        """Nobody else reports on these any more."""
        visit = self._visit
        runs = tuple(visit.runs.values())
        visit.runs.clear()
        if visit.together is not None:
            visit.together.close()
        return runs

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
        """Speak place and wait."""
        visit = self._visit
        prompts: list[Prompt] = [Place(place=word.place)] if word.place else []
        if word.place:
            visit.told = word.place
        if word.wait_low_s is not None and word.wait_high_s is not None:
            low, high = (max(1, round(s / 60)) for s in (word.wait_low_s, word.wait_high_s))
            prompts.append(Wait(low_min=low, high_min=high))
        files = await visit.files(tuple(prompts))
        visit.note(
            events.PlaceTold,
            queue=visit.queue,
            place=word.place,
            wait_low_s=word.wait_low_s,
            wait_high_s=word.wait_high_s,
        )
        await self._say(files)

    async def _say(self, files: list[str]) -> None:
        """Speak over the music; stops within milliseconds when an offer comes."""
        visit = self._visit
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
            withdrawn = inputs.OfferFailed(offer=offer.offer, why=NoAnswer.WITHDRAWN)
            over(visit, offer.offer, withdrawn)
            return False
        if offer.together:
            self._music = False
            return await self._ring_together(offer)
        run = OfferRun(
            offer,
            house.clock,
            house.lines.hang_up,
            Reports(visit, offer),
            by_key=bool(house.outside(offer.device)),
        )
        visit.runs[offer.offer] = run
        show(visit, offer)
        marking = visit.marking(offer.offer, house.longest_call_s)
        words = await dial(visit, visit.channel, run, f"gm(default){marking}")
        if words is None:
            return self._unreachable(run)
        if visit.consent:
            await house.recorder.arm(visit.channel, offer)
        result = await visit.channel.execute("Dial", Raw(words))
        self._music = False
        if result.number == -1:
            # The caller hung up, or the agent while the staff number was being said.
            await visit.channel.still_here()
        # Of an answered offer the status tells nothing new, and the agent is free already.
        status = "ANSWER" if run.answered else await visit.channel.get("DIALSTATUS")
        if status != "ANSWER" and run.cause is None:
            await house.lines.cause_of_end(run)
        ending = run.ended(status, str(result.result))
        if ending is not Ending.SERVED:
            # Here she may be lost, too: until the offer is over, ``lost`` reports how it ended. A
            # recording goes on with the talk, wherever that goes.
            await house.recorder.disarm(visit.channel, offer.offer)
        visit.runs.clear()
        return self._after(run, ending)

    async def _ring_together(self, first: OfferCall) -> bool:
        """Several phones; the same to the engine and to her as one."""
        visit = self._visit
        group = RingTogether(visit, first)
        await group.ring()
        run, ending = group.result()
        self._tried += tuple(agent for agent in group.missed_by if agent not in self._tried)
        visit.runs.clear()
        if run is None:
            visit.show("waiting", queue=first.queue)
            return False
        return self._after(run, ending)

    def _unreachable(self, run: OfferRun) -> bool:
        """No way leads to this phone: as good as one that is not registered."""
        self._visit.runs.clear()
        run.gone()
        run.why = NoAnswer.NOT_REGISTERED
        return self._after(run, Ending.MISSED)

    def _after(self, run: OfferRun, ending: Ending) -> bool:
        visit, offer = self._visit, run.offer
        if ending is Ending.SERVED:
            return True
        if ending is Ending.DROPPED or run.why in STRIKING:
            self._tried += (offer.agent,)
        if ending is Ending.MISSED:
            missed(visit, run, run.why)
            over(visit, offer.offer, inputs.OfferFailed(offer=offer.offer, why=run.why))
        else:
            # In this order: the agent is free by her coming back, not before it for the next one.
            visit.comes_to_queue()
            self._tell(self.queued(at_head=True))
            talk_over(visit, offer, Party.AGENT)
        visit.show("waiting", queue=offer.queue)
        return False
