"""What Asterisk holds now: read after every gap, because events were lost and nobody said so.

Needs no more than ``write=call,reporting``. Told from a stranger's text as events are.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from calls.ids import DeviceId, OfferId
from calls.words import DeviceState
from telephony.ami.errors import ActionRefused, Quarantined
from telephony.ami.events import QuietChanged, need, read_device, read_offer
from telephony.ami.link import AmiLink
from telephony.ami.wire import Message

LIST_LIMIT_S = 15.0
"""Longer than an action's, because a list grows with the floor."""

_NEEDED = frozenset({"channel", "channelstate", "uniqueid", "linkedid"})


@dataclass(frozen=True, slots=True)
class LiveChannel:
    channel: str
    channel_id: str
    linked_id: str
    """The channel id of the caller it belongs to; a caller's own channel names itself."""
    up: bool
    offer: OfferId
    """The offer it bears; the caller's own channel bears the id of its last offer too."""
    application: str = ""
    context: str = ""
    """Where in the dialplan."""

    @property
    def is_leg(self) -> bool:
        """Dialled for somebody else's channel."""
        return self.channel_id != self.linked_id


@dataclass(frozen=True, slots=True)
class Truth:
    channels: tuple[LiveChannel, ...]
    devices: Mapping[DeviceId, DeviceState]
    quiet: frozenset[DeviceId] = frozenset()
    """Telephones told not to ring."""
    quarantined: int = 0
    """Lines of the lists that were not believed: when not 0, absence proves nothing."""

    @property
    def offers(self) -> frozenset[OfferId]:
        """Offers with a live leg, ringing or talking."""
        return frozenset(leg.offer for leg in self.channels if leg.is_leg and leg.offer)

    @property
    def channel_ids(self) -> frozenset[str]:
        return frozenset(channel.channel_id for channel in self.channels)


async def read_truth(link: AmiLink, timeout_s: float = LIST_LIMIT_S) -> Truth:
    """All channels and devices. Raises as ``link.collect``; never gives half a list."""
    quarantined = 0
    channels = []
    for item in await link.collect("CoreShowChannels", timeout_s=timeout_s):
        try:
            channels.append(_channel(item))
        except Quarantined:
            quarantined += 1
    devices, quiet = {}, set()
    for item in await link.collect("DeviceStateList", timeout_s=timeout_s):
        try:
            changed = read_device(item)
        except Quarantined:
            quarantined += 1
        else:
            if isinstance(changed, QuietChanged):
                if changed.on:
                    quiet.add(changed.device)
            elif changed is not None:
                devices[changed.device] = changed.state
    return Truth(tuple(channels), devices, frozenset(quiet), quarantined)


async def channel_alive(link: AmiLink, channel: str) -> bool:
    """Whether this one channel (full name or id) exists now. Raises as ``link.send``."""
    return await channel_state(link, channel) is not None


async def channel_state(link: AmiLink, channel: str) -> str | None:
    """What this one channel does now, in Asterisk's word ("Up", "Ringing"); None when it does not
    exist. Raises as ``link.send``."""
    try:
        told = await link.send("Getvar", {"Channel": channel, "Variable": "CHANNEL(state)"})
    except ActionRefused as refused:
        if refused.text == "No such channel":
            return None
        raise
    return told.get("value")


def _channel(item: Message) -> LiveChannel:
    need(item, _NEEDED)
    if item.stray:
        raise Quarantined("a line without a colon")
    return LiveChannel(
        channel=item.get("channel"),
        channel_id=item.get("uniqueid"),
        linked_id=item.get("linkedid"),
        up=item.get("channelstate") == "6",
        offer=read_offer(item),
        application=item.get("application"),
        context=item.get("context"),
    )
