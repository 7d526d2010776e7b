"""What an AMI event means to a hotline: typed, or nothing, or Quarantined; pure.

A leg is told by the random offer id it inherited (TR_OFFER), never by text a caller controls.
"""

from dataclasses import dataclass

from calls.ids import DeviceId, OfferId
from calls.words import DeviceState

OFFER_VARIABLE = "TR_OFFER"
"""Set on the caller as ``__TR_OFFER``, listed in manager.conf ``channelvars``."""
NO_OFFER = OfferId("")


@dataclass(frozen=True, slots=True)
class LegBegan:
    """Dial has created a leg for this offer and sends it on its way."""

    offer: OfferId
    caller_channel_id: str
    leg_channel: str
    leg_channel_id: str


@dataclass(frozen=True, slots=True)
class LegRang:
    """The device said 180 (RINGING) or 183 (PROGRESS). May come more than once a leg."""

    offer: OfferId
    leg_channel: str
    leg_channel_id: str


@dataclass(frozen=True, slots=True)
class LegUp:
    """The device answered. The staff-number announcement, if any, only begins now."""

    offer: OfferId
    channel: str
    channel_id: str


@dataclass(frozen=True, slots=True)
class LegDialEnded:
    """Dial is done with the leg: ANSWER comes after the announcement, not at the answer."""

    offer: OfferId
    leg_channel: str
    leg_channel_id: str
    status: str
    """ANSWER, NOANSWER, BUSY, CANCEL, CHANUNAVAIL, CONGESTION."""


@dataclass(frozen=True, slots=True)
class ChannelBorn:
    channel: str
    channel_id: str


@dataclass(frozen=True, slots=True)
class ChannelHungUp:
    channel: str
    channel_id: str
    cause: int
    """Q.850: 16 normal, 17 busy, 19 no answer, 21 rejected, 26 answered elsewhere, 3 no route."""
    cause_text: str
    offer: OfferId = NO_OFFER
    """The caller's own channel bears the id of its last offer too: compare channel ids."""


@dataclass(frozen=True, slots=True)
class KeyPressed:
    channel_id: str
    key: str


@dataclass(frozen=True, slots=True)
class DeviceChanged:
    device: DeviceId
    state: DeviceState


@dataclass(frozen=True, slots=True)
class FullyBooted:
    """Asterisk is ready; also the first event after each log-in."""


@dataclass(frozen=True, slots=True)
class Shutdown:
    """Asterisk is going down in an orderly way."""


AmiEvent = (
    LegBegan
    | LegRang
    | LegUp
    | LegDialEnded
    | ChannelBorn
    | ChannelHungUp
    | KeyPressed
    | DeviceChanged
    | FullyBooted
    | Shutdown
)
