"""What the engine asks of an edge. Every command names edge, call and fencing token."""

import msgspec

from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId


class _Command(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="command", tag=True, omit_defaults=True
):
    edge: EdgeId
    call: CallId
    token: int
    """Fencing token of the engine that speaks; an edge refuses one older than it has seen."""


class OfferCall(_Command, frozen=True):
    """Ring this device for this caller; report each step under the offer's id.

    The edge owns the ring clock: it starts it at the first 180 or 183, cancels just before
    ``ring_limit_s`` is over, and stops it when the leg is up.
    """

    offer: OfferId
    queue: QueueId
    agent: AgentId
    device: DeviceId
    staff_number: str
    ring_limit_s: float
    ring_cycle_s: float
    never_rang_s: float
    home: EdgeId | None = None
    """The edge whose Asterisk the device is registered at, when it is not the caller's own."""
    attempt: int = 1
    """1 for the first agent rung for this call."""
    why: str = ""
    """The choice in one line, for screens; the whole explanation is in the journal."""


class WithdrawOffer(_Command, frozen=True):
    """Stop ringing; the edge answers with OfferFailed(WITHDRAWN), or OfferAnswered if it lost
    the race."""

    offer: OfferId


class TellPlace(_Command, frozen=True):
    """Speak the place in the queue and the expected wait, if the caller is not being offered."""

    place: int
    """1 is next."""
    wait_low_s: float | None = None
    wait_high_s: float | None = None
    """None: not enough is known to promise anything."""


class ReleaseCaller(_Command, frozen=True):
    """The caller may not wait here (queue full, closed): the tree goes on by ``reason``."""

    reason: str


Command = OfferCall | WithdrawOffer | TellPlace | ReleaseCaller
