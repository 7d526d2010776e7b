"""Somebody an agent called has picked up: her session, with the agent who waits for her."""

from calls import events
from calls.commands import OfferCall
from calls.notices import PopShown
from calls.words import Party
from hotline.visit import Visit
from hotline.waiting import talk_on
from ivr.steps import Answer
from telephony.agi.channel import ChannelLost


async def dialled(visit: Visit) -> Answer | None:
    """Until the talk is over; None when the agent is gone. Nothing is recorded: nobody has told her
    that it is."""
    house = visit.house
    run = house.dialling_out.answered(visit.channel.environment.channel_id)
    if run is None:
        return None
    out = run.command
    visit.queue = out.queue
    visit.offers.append(out.offer)
    visit.open_offers.add(out.offer)
    visit.note(events.CallArrived, number=out.number, trunk=run.route.trunk, out_by=out.agent)
    offer = OfferCall(
        edge=out.edge,
        call=out.call,
        token=out.token,
        offer=out.offer,
        queue=out.queue,
        agent=out.agent,
        device=out.device,
        staff_number=out.staff_number,
        ring_limit_s=0.0,
        ring_cycle_s=0.0,
        never_rang_s=0.0,
    )
    talk = house.talks.dialled(visit, offer, run.leg)
    visit.note(events.CallAnswered, offer=out.offer, agent=out.agent, device=out.device)
    try:
        await visit.mark(offer=out.offer, for_s=house.longest_call_s)
    except ChannelLost:
        house.talks.over(talk, Party.CALLER)
        raise
    visit.note(events.TalkBegan, offer=out.offer)
    house.bus.publish(PopShown(agent=out.agent, offer=out.offer, queue=out.queue, pop=visit.pop()))
    visit.show("talking", queue=out.queue, agent=out.agent)
    return await talk_on(visit, talk)
