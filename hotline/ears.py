"""What the edge hears of Asterisk: events that can be trusted, and the truth after every gap."""

import asyncio
import logging
from collections.abc import Callable

from calls.clock import Clock, Timer
from hotline.edge import Edge
from telephony.ami.errors import AmiError
from telephony.ami.events import read_event
from telephony.ami.link import ANY_EVENT, AmiLink
from telephony.ami.quarantine import Seen
from telephony.ami.truth import Truth, read_truth
from telephony.ami.wire import Message

REREAD_S = 60.0
"""The whole floor is compared with Asterisk this often, gap or not."""
RETRY_S = 1.0
"""After a reading that failed or was not believed."""

log = logging.getLogger(__name__)


class Ears:
    def __init__(
        self,
        edge: Edge,
        clock: Clock,
        on_truth: Callable[[Truth, float], None] = lambda truth, asked_at: None,
    ) -> None:
        """``on_truth(truth, asked_at)`` is told after the edge; what was not yet there when it was
        asked for may be missing in it."""
        self._edge = edge
        self._on_truth = on_truth
        self._clock = clock
        self._seen = Seen()
        self._link: AmiLink | None = None
        self._timer: Timer | None = None
        self._reading: asyncio.Task[None] | None = None

    def listen(self, link: AmiLink) -> None:
        """Hear this link; the link's own on_up and on_down must be ``up`` and ``down``."""
        self._link = link
        link.subscribe(ANY_EVENT, self._hear)

    def up(self) -> None:
        """Logged in: events were missed, so the truth is read before anything is offered."""
        self._read_after(0.0)

    def again(self) -> None:
        """Somebody needs the truth now. With the link down it comes when the link is up."""
        if self._link is not None and self._link.up:
            self._read_after(0.0)

    def down(self) -> None:
        self._seen.gap()
        self._cancel()
        self._edge.deaf()

    def close(self) -> None:
        self._cancel()

    def known(self, channel_id: str) -> None:
        """A session holds this channel, so it exists, whatever AMI has said so far."""
        self._seen.found(channel_id)

    def _hear(self, message: Message) -> None:
        event = read_event(message)
        if event is not None:
            self._seen.check(event)
            self._edge.hear(event)

    def _read_after(self, delay_s: float) -> None:
        self._cancel()
        self._timer = self._clock.call_later(delay_s, self._read)

    def _read(self) -> None:
        self._reading = asyncio.ensure_future(self._read_truth())

    async def _read_truth(self) -> None:
        assert self._link is not None
        again_s = RETRY_S
        asked_at = self._clock.now()
        try:
            truth = await read_truth(self._link)
        except AmiError as error:
            log.warning("the truth could not be read", extra={"why": str(error)})
        else:
            if truth.quarantined:
                log.warning("the truth was not believed", extra={"lines": truth.quarantined})
            else:
                self._seen.settle(truth.channel_ids)
                self._edge.synced(truth)
                self._on_truth(truth, asked_at)
                again_s = REREAD_S
        if self._link.up:
            self._timer = self._clock.call_later(again_s, self._read)

    def _cancel(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
        if self._reading is not None:
            self._reading.cancel()
        self._timer = self._reading = None
