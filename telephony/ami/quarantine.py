"""Which channels exist as far as we have seen or looked: what names another is not believed."""

from collections.abc import Iterable

from telephony.ami.errors import Quarantined
from telephony.ami.events import (
    AmiEvent,
    ChannelBorn,
    ChannelHungUp,
    KeyPressed,
    LegBegan,
    LegDialEnded,
    LegRang,
    LegUp,
)


class Seen:
    """Channels seen born, met during a gap, or found by looking. Not thread-safe."""

    def __init__(self) -> None:
        self._ids: set[str] = set()
        self._in_gap = True
        # Since the last settling: what a list that is being read meanwhile cannot tell.
        self._new: set[str] = set()
        self._gone: set[str] = set()

    def __contains__(self, channel_id: str) -> bool:
        return channel_id in self._ids

    def __len__(self) -> int:
        return len(self._ids)

    def gap(self) -> None:
        """Events are being missed: until ``settle``, unknown channels are taken as they come."""
        self._in_gap = True
        self._ids.clear()
        self._new.clear()
        self._gone.clear()

    def settle(self, found: Iterable[str]) -> None:
        """The truth has been read, after a gap or in between: what it lacks is forgotten. Only
        channels met since the last settling stay known, those hung up since then stay gone."""
        self._ids = (set(found) | self._new) - self._gone
        self._in_gap = False
        self._new.clear()
        self._gone.clear()

    def found(self, channel_id: str) -> None:
        """A single look-up, or the session that holds it, says that this channel exists."""
        self._ids.add(channel_id)
        self._new.add(channel_id)

    def check(self, event: AmiEvent) -> None:
        """Learn from the event. Raises Quarantined when it names a channel nobody knows; then it
        must not be acted on."""
        match event:
            case ChannelBorn():
                self.found(event.channel_id)
            case ChannelHungUp():
                self._must_know(event.channel_id)
                self._ids.discard(event.channel_id)
                self._new.discard(event.channel_id)
                self._gone.add(event.channel_id)
            case LegBegan():
                self._must_know(event.caller_channel_id)
                self._must_know(event.leg_channel_id)
            case LegRang() | LegDialEnded():
                self._must_know(event.leg_channel_id)
            case LegUp() | KeyPressed():
                self._must_know(event.channel_id)
            case _:
                pass

    def _must_know(self, channel_id: str) -> None:
        if self._in_gap:
            self.found(channel_id)
        elif channel_id not in self._ids:
            raise Quarantined("it names a channel that nobody has seen")
