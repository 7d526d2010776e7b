"""Where a caller stands, small enough to ride on her own channel.

Asterisk keeps it when the controller dies: the next controller reads it and goes on from there.
"""

import msgspec

from calls.ids import OfferId, QueueId
from calls.words import Language

VARIABLE = "TR_PLACE"
TALKED = "TR_TALKED"
"""Set by the dialplan where several phones rang: the offer of the one she talked with."""
LIMIT = 1000
"""Asterisk hands at most 1,023 characters of a variable back over AGI."""


class Place(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    tree: str
    """Version hash of the tree the caller began on; she finishes on it."""
    cursor: str
    """ivr.interpreter's packed cursor."""
    language: Language = Language.ZH
    offer: OfferId | None = None
    """The offer whose Dial was running; set before the phone is dialled."""
    out: str = ""
    """The number that was being dialled out, when she was handed over to one."""
    queue: QueueId | None = None
    consent: bool = False
    """Talks may be recorded."""


class PlaceUnreadable(ValueError):
    """The variable holds something this version does not understand."""


def pack(place: Place) -> str:
    """Raises PlaceUnreadable when it would not come back whole."""
    text = msgspec.json.encode(place).decode()
    if len(text) > LIMIT:
        raise PlaceUnreadable(f"{len(text)} characters, at most {LIMIT}")
    return text


def unpack(text: str) -> Place:
    try:
        return msgspec.json.decode(text, type=Place)
    except msgspec.MsgspecError as error:
        raise PlaceUnreadable(str(error)) from error
