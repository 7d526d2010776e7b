"""Several phones for one caller, in one Dial of hers: whose leg is up first has her.

She dials a few legs at once; each is a channel of Asterisk's own in which this controller rings
one agent after the other as the engine says (``serve_leg``). So phones join and leave while
others ring, each has its own three rings, and Asterisk itself ends the others at the first answer.
"""

import asyncio
from collections import deque
from contextlib import suppress

from calls import inputs
from calls.commands import OfferCall
from calls.ids import AgentId
from calls.words import STRIKING, NoAnswer
from hotline.house import House
from hotline.offer import LEGS, Ending, OfferRun
from hotline.offering import Reports, dial, missed, over, show
from hotline.visit import OFFER, STEP_S, TIME_LEFT, Visit
from telephony.agi.channel import Channel, ChannelLost, Raw

LOOK_S = 0.01
WHO_WON_S = 0.5
"""A leg that is ended by another's answer may hear of it before AMI tells whose that was."""


class RingTogether:
    """One Dial of one caller's. After ``ring`` has returned ask ``result``."""

    def __init__(self, visit: Visit, first: OfferCall) -> None:
        self.name = f"{first.offer}{LEGS}"
        """Of its legs; each adds its number."""
        self.missed_by: list[AgentId] = []
        self._visit = visit
        self._first = first
        self._due: deque[OfferCall] = deque()
        self._open = 0
        """Offers taken on that are not over."""
        self._closed = False
        self._ending: Ending | None = None
        """How the talk ended, by the leg it went over; None while it has said nothing."""
        self._stirred = asyncio.Event()

    async def ring(self) -> None:
        """Until somebody has talked to her, or no phone rings any more. Raises ChannelLost."""
        visit, house = self._visit, self._visit.house
        visit.together = self
        house.legs[self.name] = self
        try:
            self.add(self._first)
            for item in visit.mailbox.take_all():
                if not (isinstance(item, OfferCall) and self.add(item)):
                    visit.mailbox.put(item)
            await visit.mark(offer=self._first.offer, legs=self.name, for_s=house.longest_call_s)
            legs = "&".join(f"Local/{self.name}{n}@leg/n" for n in range(self._first.together))
            await visit.channel.execute("Dial", Raw(f"{legs},{STEP_S:.0f},gm(default)"))
            await visit.channel.still_here()
        finally:
            self.close()
            del house.legs[self.name]
            visit.together = None

    def add(self, offer: OfferCall) -> bool:
        """Ring this one, too. False when the Dial is over or about to be: it begins anew then."""
        visit = self._visit
        if self._closed or not offer.together:
            return False
        if offer.offer in visit.withdrawn:
            self._over(offer, NoAnswer.WITHDRAWN)
            return True
        run = OfferRun(
            offer,
            visit.house.clock,
            visit.house.lines.hang_up,
            Reports(visit, offer),
            by_key=bool(visit.house.outside(offer.device)),
        )
        visit.runs[offer.offer] = run
        show(visit, offer)
        self._open += 1
        self._due.append(offer)
        self._stir()
        return True

    def close(self) -> None:
        """No further offer; legs without one end."""
        self._closed = True
        self._stir()

    def result(self) -> tuple[OfferRun | None, Ending]:
        """Who had her, and how it ended; None when nobody had."""
        won = self._won()
        if won is None:
            return None, Ending.MISSED
        return won, self._ending or (Ending.SERVED if won.talked else Ending.DROPPED)

    async def serve(self, channel: Channel) -> None:
        """One leg, from the moment Asterisk has made it. Raises ChannelLost when it is ended."""
        while (offer := await self._next(channel)) is not None:
            run = self._visit.runs.get(offer.offer)
            if run is None:
                continue
            try:
                await self._carry(channel, run)
            except ChannelLost:
                await self._ended_from_outside(run)
                raise
            if run.taken:
                return

    async def _next(self, channel: Channel) -> OfferCall | None:
        """The next offer nobody rings yet; None when there is to be none."""
        channel.when_lost(self._stir)
        while not channel.lost:
            if self._due:
                return self._due.popleft()
            if self._closed:
                return None
            await self._stirred.wait()
        raise ChannelLost("a leg was ended")

    async def _carry(self, channel: Channel, run: OfferRun) -> None:
        visit, house, offer = self._visit, self._visit.house, run.offer
        # The end of this leg that she has dialled.
        run.token = f"{channel.environment.channel.removesuffix(';2')};1"
        words = {OFFER: offer.offer, TIME_LEFT: str(round(house.longest_call_s))}
        await channel.set_all(words)
        dialled = await dial(visit, channel, run, "ga")
        if dialled is None:
            self._missed(run, NoAnswer.NOT_REGISTERED)
            return
        if visit.consent:
            await house.recorder.arm(channel, offer)
        run.begin()
        result = await channel.execute("Dial", Raw(dialled))
        if result.number == -1:
            await channel.still_here()
        status = "ANSWER" if run.answered else await channel.get("DIALSTATUS")
        if status != "ANSWER" and run.cause is None:
            await house.lines.cause_of_end(run)
        await house.recorder.disarm(channel, offer.offer)
        if status == "ANSWER" and not run.taken and not run.by_key:
            # Lifted, and ended before it was known whether she was hers.
            await self._ended_from_outside(run)
            return
        ending = run.ended(status, str(result.result))
        if ending is Ending.MISSED:
            self._missed(run, run.why)
        else:
            self._ending = ending

    async def _ended_from_outside(self, run: OfferRun) -> None:
        """She is gone, talks with another, or talked with this one: which, AMI may tell later."""
        visit = self._visit
        with suppress(TimeoutError):
            async with asyncio.timeout(WHO_WON_S):
                while self._won() is None and not visit.channel.lost and run in self._runs():
                    await asyncio.sleep(LOOK_S)
        if run.taken or visit.channel.lost or run not in self._runs():
            return  # her own session says how that ended
        run.gone()
        self._missed(run, NoAnswer.WITHDRAWN)

    def _missed(self, run: OfferRun, why: NoAnswer) -> None:
        visit, offer = self._visit, run.offer
        if visit.runs.pop(offer.offer, None) is None:
            return
        if why is NoAnswer.WITHDRAWN and self._won() is not None:
            # The engine's word was here before Asterisk had ended this leg by itself.
            why = NoAnswer.ANSWERED_ELSEWHERE
        if why in STRIKING:
            self.missed_by.append(offer.agent)
        self._open -= 1
        if not self._open:
            self.close()
        missed(visit, run, why)
        self._over(offer, why)

    def _over(self, offer: OfferCall, why: NoAnswer) -> None:
        over(self._visit, offer.offer, inputs.OfferFailed(offer=offer.offer, why=why))

    def _runs(self) -> list[OfferRun]:
        return list(self._visit.runs.values())

    def _won(self) -> OfferRun | None:
        return next((run for run in self._runs() if run.taken), None)

    def _stir(self) -> None:
        stirred, self._stirred = self._stirred, asyncio.Event()
        stirred.set()


async def serve_leg(channel: Channel, house: House) -> None:
    """A leg of some caller's has come in over FastAGI; one whose caller is gone ends at once."""
    name = channel.environment.extension.rstrip("0123456789")
    group = house.legs.get(name)
    if group is not None:
        await group.serve(channel)
