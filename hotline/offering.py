"""One offer as the house is told of it: the pop, what is dialled, and each step until it is over.

Says the same of every offer, whether its phone is dialled from the caller's own channel
(hotline.waiting) or from a leg beside others (hotline.ring_together).
"""

from acd.rings import rings_allowed
from calls import events, inputs
from calls.commands import OfferCall
from calls.ids import OfferId
from calls.notices import CallRinging, PopShown, PopWithdrawn
from calls.words import NoAnswer, Party
from hotline.offer import ACCEPT_S, OfferRun
from hotline.visit import Visit
from telephony.agi.channel import Channel
from telephony.asterisk.trunk import TRUNK_PREFIX

SECRET = "*"
"""What stands for a key that nobody is to know."""


def show(visit: Visit, offer: OfferCall) -> None:
    """The pop first: it is on the agent's screen before the phone is dialled."""
    shown = PopShown(agent=offer.agent, offer=offer.offer, queue=offer.queue, pop=visit.pop())
    visit.house.bus.publish(shown)
    visit.note(
        events.OfferMade,
        offer=offer.offer,
        queue=offer.queue,
        agent=offer.agent,
        device=offer.device,
        attempt=offer.attempt,
        rings=rings_allowed(offer.ring_limit_s, offer.ring_cycle_s),
    )
    visit.show("offered", queue=offer.queue, agent=offer.agent)


async def dial(visit: Visit, channel: Channel, run: OfferRun, options: str) -> str | None:
    """What Dial is told for this offer on this channel; None when no outbound route leads to the
    agent's outside phone."""
    house, offer = visit.house, run.offer
    limit = run.dial_limit_s + house.lines.usual_alert_s(offer.device)
    limits = f"{limit:.2f}^{offer.never_rang_s:.2f}"
    whisper = await _whisper(visit, offer)
    if not run.by_key:
        target = house.lines.dial_string(offer.device, offer.home)
    else:
        route = house.routes.allow(house.outside(offer.device), house.clock.now())
        if route is None:
            return None
        await channel.set_all(
            {
                "__TR_OUT": f"PJSIP/{route.number}@{TRUNK_PREFIX}{route.trunk}",
                "__TR_RING": limits,
                "__TR_SHOWN": route.caller_number,
            }
        )
        house.keys.expect(run, whisper)
        # Over the trunk the rule holds within; here Dial waits for the key as well.
        target, limits, whisper = f"Local/{offer.offer}@accept/n", f"{limit + ACCEPT_S:.2f}", ""
    if offer.device in house.talks.browsers():
        # Of a desk phone its own settings say so (pjsip.conf).
        options += "b(voice^leg^1)"
    staff = await house.speech.staff_file(offer.staff_number, visit.language) or ""
    announce = f"A({whisper}:{staff})" if whisper or staff else ""
    return f"{target},{limits},{options}{announce}"


async def _whisper(visit: Visit, offer: OfferCall) -> str:
    if not offer.whisper:
        return ""
    keys = ", ".join(key for key in visit.keys if SECRET not in key)
    text = offer.whisper.replace("{keys}", keys)
    return await visit.house.speech.text(text, offer.whisper_in) or ""


def missed(visit: Visit, run: OfferRun, why: NoAnswer) -> None:
    """It became no talk. The engine is told apart, where it does not know better."""
    offer = run.offer
    visit.note(events.OfferMissed, offer=offer.offer, why=why)
    visit.house.bus.publish(PopWithdrawn(agent=offer.agent, offer=offer.offer, why=why))
    visit.house.recorder.finish(visit.call, offer.offer, visit.number, talked=False)
    visit.house.keys.forget(offer.offer)


def talk_over(visit: Visit, offer: OfferCall, by: Party) -> None:
    visit.note(events.TalkFinished, offer=offer.offer, by=by)
    visit.house.bus.publish(PopWithdrawn(agent=offer.agent, offer=offer.offer, why="over"))
    over(visit, offer.offer, inputs.TalkEnded(offer=offer.offer, by=by))
    visit.house.recorder.finish(visit.call, offer.offer, visit.number, talked=True)
    visit.house.keys.forget(offer.offer)
    visit.house.talks.drop(offer.offer)


def over(visit: Visit, offer: OfferId, word: inputs.OfferFailed | inputs.TalkEnded) -> None:
    """The engine's last word of it."""
    visit.open_offers.discard(offer)
    visit.house.tell(word)


class Reports:
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
        visit.house.talks.begin(visit, visit.runs[offer.offer])
