"""A talk whose caller is parted from her agent, small enough to ride on her own channel.

On hold or in a consultation she is in a session and the agent's leg in the dialplan, and a
controller that dies then leaves both where they are. The next one rejoins them by this.
"""

import logging

import msgspec

from calls.commands import OfferCall
from calls.ids import AgentId, DeviceId, OfferId, QueueId
from calls.notices import PopShown
from calls.words import TalkStage
from hotline.lines import Lines
from hotline.talk import Plain, Talk, Third
from hotline.visit import Visit

VARIABLE = "TR_PARTED"
LIMIT = 1000
"""Asterisk hands at most 1,023 characters of a variable back over AGI."""

log = logging.getLogger(__name__)


class KeptThird(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    id: OfferId
    to: str
    channel: str
    agent: AgentId | None = None
    device: DeviceId | None = None


class Parted(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    offer: OfferId
    queue: QueueId
    agent: AgentId
    device: DeviceId
    leg: str
    """The name of the agent's channel."""
    stage: TalkStage
    recording: OfferId
    """The offer whose Dial her place on her channel speaks of."""
    recorded: bool = False
    paused_since: float | None = None
    numbered: bool = True
    held_since: float | None = None
    third: KeptThird | None = None


def pack(talk: Talk) -> str:
    """'' when it would not come back whole: then nobody can rejoin it."""
    third = talk.third
    kept = None
    if third is not None and third.channel:
        kept = KeptThird(
            id=third.id,
            to=third.to,
            channel=third.channel,
            agent=third.agent,
            device=third.device,
        )
    parted = Parted(
        offer=talk.offer.offer,
        queue=talk.offer.queue,
        agent=talk.offer.agent,
        device=talk.offer.device,
        leg=talk.leg,
        stage=talk.stage,
        recording=talk.recording,
        recorded=talk.recorded,
        paused_since=talk.paused_since,
        numbered=talk.numbered,
        held_since=talk.held_since,
        third=kept,
    )
    text = msgspec.json.encode(parted).decode()
    return text if len(text) <= LIMIT else ""


async def rejoin(visit: Visit, offer: OfferId) -> Talk | None:
    """Take up the talk that a former controller left parted, its caller on hold as she was. None
    when there is none, or her agent's leg is gone: then the talk is over, and so is every leg."""
    lines, talks = visit.house.lines, visit.house.talks
    parted = _read(await visit.channel.get(VARIABLE))
    if parted is None or parted.recording != offer:
        return None
    third = parted.third
    if await lines.state_of(parted.leg) is None:
        if third is not None:
            lines.hang_up(third.channel)
        return None
    talk = _talk(visit, parted)
    if third is not None:
        await _with_third(lines, talk, third)
    talk.plan = Plain.STAY
    visit.offers.append(parted.offer)
    visit.open_offers.add(parted.offer)
    talks.rejoined(visit, talk)
    shown = PopShown(agent=parted.agent, offer=parted.offer, queue=parted.queue, pop=visit.pop())
    visit.house.bus.publish(shown)
    visit.show("talking", queue=parted.queue, agent=parted.agent)
    return talk


def _read(text: str) -> Parted | None:
    if not text:
        return None
    try:
        return msgspec.json.decode(text, type=Parted)
    except msgspec.MsgspecError as error:
        log.warning("a parted talk cannot be rejoined: %s", error)
        return None


def _talk(visit: Visit, parted: Parted) -> Talk:
    offer = OfferCall(
        edge=visit.house.edge,
        call=visit.call,
        token=0,
        offer=parted.offer,
        queue=parted.queue,
        agent=parted.agent,
        device=parted.device,
        staff_number="",
        ring_limit_s=0.0,
        ring_cycle_s=0.0,
        never_rang_s=0.0,
    )
    caller = visit.channel.environment.channel
    browser = parted.device in visit.house.talks.browsers()
    talk = Talk(visit.call, offer, caller, parted.leg, browser=browser)
    talk.stage, talk.moved = TalkStage.HELD, True
    talk.recording, talk.recorded = parted.recording, parted.recorded
    talk.held_since = parted.held_since
    talk.paused_since, talk.numbered = parted.paused_since, parted.numbered
    return talk


async def _with_third(lines: Lines, talk: Talk, kept: KeptThird) -> None:
    """Her agent still consults, if the one consulted is there."""
    state = await lines.state_of(kept.channel)
    if state is None:
        return
    third = Third(kept.id, kept.to, kept.agent, kept.device, kept.channel, up=state == "Up")
    talk.third = third
    talk.stage = TalkStage.CONSULTED if third.up else TalkStage.CONSULTING
