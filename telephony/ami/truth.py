"""What Asterisk holds now: read after every gap, because events were lost and nobody said so."""

from collections.abc import Mapping
from dataclasses import dataclass

from calls.ids import DeviceId, OfferId
from calls.words import DeviceState


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


@dataclass(frozen=True, slots=True)
class Truth:
    channels: tuple[LiveChannel, ...]
    devices: Mapping[DeviceId, DeviceState]
    quarantined: int = 0
    """Lines of the lists that were not believed."""
