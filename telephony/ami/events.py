"""What an AMI event means to a hotline: typed, or nothing, or Quarantined; pure.

A leg is told by the random offer id it inherited (TR_OFFER), never by text a caller controls.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from calls.ids import DeviceId, OfferId
from calls.words import DeviceState
from telephony.ami.errors import Quarantined
from telephony.ami.wire import Message

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
    """From DeviceStateChange alone. ContactStatus says Removed of the old address after a device
    has registered from a new one, when it is reachable all the while."""

    device: DeviceId
    state: DeviceState


@dataclass(frozen=True, slots=True)
class QuietChanged:
    """A telephone was told not to ring, or to ring again; kept by Asterisk, also over a restart."""

    device: DeviceId
    on: bool


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
    | QuietChanged
    | FullyBooted
    | Shutdown
)


_SNAPSHOT = (
    "channelstate",
    "channelstatedesc",
    "calleridnum",
    "calleridname",
    "connectedlinenum",
    "connectedlinename",
    "language",
    "accountcode",
    "context",
    "exten",
    "priority",
    "uniqueid",
    "linkedid",
)
_CHANNEL = frozenset({"privilege", "channel", *_SNAPSHOT})
"""What every channel event carries. All of it is asked for, though little is used: a number or
name shown has room for 79 bytes, too few to forge a whole event."""
_DIAL = _CHANNEL | {"destchannel", *(f"dest{name}" for name in _SNAPSHOT)}
_HANGUP = _CHANNEL | {"cause", "cause-txt"}
_DTMF = _CHANNEL | {"digit", "direction"}
_DEVICE = frozenset({"device", "state"})
_STAMPS = frozenset({"event", "privilege", "timestamp", "systemname", "sequencenumber"})
"""What Asterisk may add to any event."""

_UP = "6"
_RANG = frozenset({"RINGING", "PROGRESS"})
_KEYS = frozenset("0123456789*#ABCD")

DEVICE_STATES: Mapping[str, DeviceState] = {
    "NOT_INUSE": DeviceState.IDLE,
    "RINGING": DeviceState.RINGING,
    "INUSE": DeviceState.IN_USE,
    "BUSY": DeviceState.IN_USE,
    "ONHOLD": DeviceState.IN_USE,
    "RINGINUSE": DeviceState.IN_USE,
    "UNAVAILABLE": DeviceState.UNREGISTERED,
    "INVALID": DeviceState.UNREGISTERED,
    "UNKNOWN": DeviceState.UNKNOWN,
}
"""Asterisk's states of a device, in our words."""

_TECHNOLOGY = "PJSIP/"
_QUIET = "Custom:dnd-"
"""What the dialplan sets when a telephone dials the code for it."""


def read_event(message: Message) -> AmiEvent | None:
    """What it means; None when it means nothing to a hotline (another event, another's dial).

    Raises Quarantined for an event that is not as Asterisk makes it.
    """
    reader = _READERS.get(message.event)
    return None if reader is None else reader(message)


def read_offer(message: Message, header: str = "ChanVariable") -> OfferId:
    """The offer a channel bears, '' for none. Raises Quarantined when it bears two."""
    mark = f"{OFFER_VARIABLE}="
    offers = [value for value in message.all(header) if value.startswith(mark)]
    if len(offers) > 1:
        raise Quarantined(f"{message.event} bears {len(offers)} offers")
    return OfferId(_plain(header, offers[0].removeprefix(mark))) if offers else NO_OFFER


def need(message: Message, names: frozenset[str]) -> None:
    """Raises Quarantined unless each of these, in lower case, stands in it exactly once."""
    absent, repeated = message.lacks(names), message.repeated & names
    if absent or repeated:
        raise Quarantined(f"{message.event} lacks {sorted(absent)}, repeats {sorted(repeated)}")


def read_device(message: Message) -> DeviceChanged | QuietChanged | None:
    """A device and its state, from the event or from a line of DeviceStateList; None for what is
    no telephone (conferences, parking). Raises Quarantined."""
    need(message, _DEVICE)
    state = DEVICE_STATES.get(message.get("state"))
    if state is None:
        raise Quarantined(f"{message.event}: no such state")
    name = _plain("device", message.get("device"))
    if name.startswith(_QUIET):
        return QuietChanged(DeviceId(name.removeprefix(_QUIET)), state is DeviceState.IN_USE)
    technology, slash, device = name.partition("/")
    if technology + slash != _TECHNOLOGY:
        return None
    return DeviceChanged(DeviceId(device), state)


def _device_changed(message: Message) -> DeviceChanged | QuietChanged | None:
    _nothing_but(message, _DEVICE)
    return read_device(message)


def _leg_began(message: Message) -> LegBegan | None:
    offer = _offer_of_leg(message)
    if not offer:
        return None
    return LegBegan(
        offer,
        caller_channel_id=_value(message, "uniqueid"),
        leg_channel=_value(message, "destchannel"),
        leg_channel_id=_value(message, "destuniqueid"),
    )


def _leg_rang(message: Message) -> LegRang | None:
    offer = _offer_of_leg(message)
    if not offer or _value(message, "dialstatus") not in _RANG:
        return None
    return LegRang(offer, _value(message, "destchannel"), _value(message, "destuniqueid"))


def _leg_dial_ended(message: Message) -> LegDialEnded | None:
    offer = _offer_of_leg(message)
    if not offer:
        return None
    return LegDialEnded(
        offer,
        _value(message, "destchannel"),
        _value(message, "destuniqueid"),
        status=_value(message, "dialstatus"),
    )


def _offer_of_leg(message: Message) -> OfferId:
    offer = read_offer(message, "DestChanVariable")
    if offer:
        need(message, _DIAL)
    return offer


def _leg_up(message: Message) -> LegUp | None:
    need(message, _CHANNEL)
    offer = read_offer(message)
    if not offer or _value(message, "channelstate") != _UP:
        return None
    return LegUp(offer, _value(message, "channel"), _value(message, "uniqueid"))


def _channel_born(message: Message) -> ChannelBorn:
    need(message, _CHANNEL)
    return ChannelBorn(_value(message, "channel"), _value(message, "uniqueid"))


def _channel_hung_up(message: Message) -> ChannelHungUp:
    need(message, _HANGUP)
    cause = _value(message, "cause")
    if not cause.isascii() or not cause.isdigit():
        raise Quarantined("Hangup: its cause is no number")
    return ChannelHungUp(
        _value(message, "channel"),
        _value(message, "uniqueid"),
        cause=int(cause),
        cause_text=_plain("cause-txt", message.get("cause-txt")),
        offer=read_offer(message),
    )


def _key_pressed(message: Message) -> KeyPressed | None:
    need(message, _DTMF)
    if message.get("direction") != "Received":
        return None
    key = message.get("digit")
    if key not in _KEYS:
        raise Quarantined("DTMFEnd: no such key")
    return KeyPressed(_value(message, "uniqueid"), key)


def _fully_booted(message: Message) -> FullyBooted:
    _nothing_but(message, frozenset({"uptime", "lastreload", "status"}))
    return FullyBooted()


def _shutdown(message: Message) -> Shutdown:
    _nothing_but(message, frozenset({"shutdown", "restart"}))
    return Shutdown()


def _nothing_but(message: Message, names: frozenset[str]) -> None:
    # These name no channel, so their very shape must be Asterisk's.
    need(message, names | {"privilege"})
    strange = {name for name, _ in message.headers} - names - _STAMPS
    if strange:
        raise Quarantined(f"{message.event} has {sorted(strange)}")


def _value(message: Message, name: str) -> str:
    value = _plain(name, message.one(name))
    if not value:
        raise Quarantined(f"{message.event}: {name} is missing or empty")
    return value


def _plain(name: str, value: str) -> str:
    if not value.isprintable():
        raise Quarantined(f"{name} holds a control character")
    return value


_READERS: Mapping[str, Callable[[Message], AmiEvent | None]] = {
    "DialBegin": _leg_began,
    "DialState": _leg_rang,
    "DialEnd": _leg_dial_ended,
    "Newstate": _leg_up,
    "Newchannel": _channel_born,
    "Hangup": _channel_hung_up,
    "DTMFEnd": _key_pressed,
    "DeviceStateChange": _device_changed,
    "FullyBooted": _fully_booted,
    "Shutdown": _shutdown,
}
