"""The caller's session while she has an agent: does what hotline/talks.py planned, one thing after
the other, until nobody talks to her any more.

Entered when Dial has returned, and again by each new session that her channel comes in with after
she was parted from her agent.
"""

import asyncio

from calls.words import Party
from hotline.errands import dial_out
from hotline.talk import DialOut, Join, JoinRoom, Plain, Plan, Requeue, Talk
from hotline.visit import STEP_S, Visit
from ivr.steps import Answer, Returned
from telephony.agi.channel import ChannelLost, Raw

BACK_RING_S = 8
"""A page that is back answers at once, or it is gone again."""


async def follow(visit: Visit, talk: Talk) -> Answer | Requeue:
    """Until the talk is over: Returned, or the queue she is to wait in again."""
    talks = visit.house.talks
    try:
        while True:
            if visit.redirected:
                # What ended here ended by our own hand: the plan is for her next session.
                raise ChannelLost("parted from her agent")
            talk = talks.of(visit.call) or talk
            plan, talk.plan = talk.plan or talk.after_bridge(), None
            if isinstance(plan, Requeue | DialOut) or plan is Plain.END:
                break
            await _do(visit, talk, plan)
        # Here she may be found to have hung up at the same moment: then it was she who ended it.
        await visit.house.recorder.disarm(visit.channel, talk.recording)
    except ChannelLost:
        if not visit.redirected:
            talks.over(talks.of(visit.call) or talk, Party.CALLER)
            visit.house.recorder.finish(visit.call, talk.recording, visit.number, talked=True)
        raise
    return await _leave(visit, talk, plan)


async def _leave(visit: Visit, talk: Talk, plan: Plan) -> Answer | Requeue:
    """Her agent is gone for good: the tree goes on, or the transfer begins."""
    visit.house.talks.over(talk, Party.AGENT)
    visit.house.recorder.finish(visit.call, talk.recording, visit.number, talked=True)
    # Whoever her agent is offered to now goes first: she only hears what comes after her talk.
    await asyncio.sleep(0)
    if isinstance(plan, Requeue):
        return plan
    visit.served = plan is Plain.END
    if isinstance(plan, DialOut):
        if (await dial_out(visit, plan.route, plan.number)).result != "answered":
            # She asked for none of this: her queue takes her back, ahead of all.
            return Requeue(talk.offer.queue, at_head=True)
        visit.served = True
    return Returned(result="served")


async def _do(visit: Visit, talk: Talk, plan: Plan) -> None:
    channel, talks = visit.channel, visit.house.talks
    match plan:
        case Join(channel=agent):
            talks.joined(talk)
            await channel.music_off()
            await visit.allow(visit.house.longest_call_s)
            # x: who is left when she hangs up is hung up, too.
            await channel.execute("Bridge", Raw(f"{agent},x"))
        case JoinRoom(room=room):
            await channel.music_off()
            await visit.allow(visit.house.longest_call_s)
            await channel.execute("ConfBridge", Raw(f"{room},,caller_user"))
        case Plain.DIAL_BACK:
            await _dial_back(visit, talk)
        case Plain.LOSE:
            talks.lost(talk)
            await _wait(visit, talk)
        case Plain.STAY:
            await _wait(visit, talk)


async def _wait(visit: Visit, talk: Talk) -> None:
    """Music, until there is something to do."""
    await visit.channel.music_on()
    # The dialplan, coming by, has allowed her no more than it does somebody nobody serves.
    await visit.allow(STEP_S)
    while talk.plan is None:
        if visit.channel.lost:
            raise ChannelLost("hung up while on hold")
        visit.mailbox.take_all()
        if not await visit.mailbox.stirred(within_s=STEP_S / 2):
            await visit.allow(STEP_S)


async def _dial_back(visit: Visit, talk: Talk) -> None:
    """Ring the browser that came back; while it does not answer she hears music."""
    target = visit.house.lines.dial_string(talk.offer.device)
    await visit.allow(visit.house.longest_call_s)
    options = "gm(default)b(agent-leg^back^1)"
    await visit.channel.execute("Dial", Raw(f"{target},{BACK_RING_S},{options}"))
    if await visit.channel.get("DIALSTATUS") == "ANSWER":
        # Dial itself has ended that leg.
        talk.leg, talk.moved = "", False
    elif talk.plan is None:
        talk.plan = Plain.LOSE
