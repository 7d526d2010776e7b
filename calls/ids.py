"""Identities. Each is its own type, so that an agent cannot be passed where a device is meant.

Every key that can exist on more than one machine carries its edge (the name of the machine beside
one Asterisk), from the first day.
"""

from typing import NewType

EdgeId = NewType("EdgeId", str)
"""One Asterisk and the controller beside it. Lower-case letters and digits, no dash."""

CallId = NewType("CallId", str)
"""One caller from greeting to survey: ``<edge>-<first channel id>``. Survives re-entry."""

OfferId = NewType("OfferId", str)
"""One attempt to ring one agent for one call. Random; rides on every leg it creates."""

AgentId = NewType("AgentId", str)
DeviceId = NewType("DeviceId", str)
"""One telephone of one agent: exactly one endpoint with one contact in Asterisk."""

QueueId = NewType("QueueId", str)
TreeId = NewType("TreeId", str)
CustomerId = NewType("CustomerId", str)
TicketId = NewType("TicketId", str)
RecordingId = NewType("RecordingId", str)


DIALLED_OUT = "out."
"""How the ids of channels begin that an agent had us dial."""


def call_id(edge: EdgeId, channel_id: str) -> CallId:
    """The call a caller's channel belongs to; the same channel always gives the same call."""
    return CallId(f"{edge}-{channel_id}")


def edge_of(call: CallId) -> EdgeId:
    """The edge that holds the caller's channel."""
    return EdgeId(call.partition("-")[0])


def channel_of(call: CallId) -> str:
    """The caller's channel id on its edge."""
    return call.partition("-")[2]
