"""Calls as Asterisk saw them: a fold over CEL events, one trace per linkedid.

Pure. The reconciler compares a trace with the controller's own facts, so that calls which ended
while no controller was there are recorded too. Asterisk's words stop here.
"""

import json

import msgspec
from msgspec.structs import replace

from calls.words import Party
from telephony.cel import CelEvent

RESCUED = "TR_RESCUED"
"""The rescue context's own event; its extra says how: voicemail, fallback or apology."""
_HOTLINE = frozenset({"inbound", "hotline", "clean-caller", "rescue"})
"""Contexts of our dialplan that only callers come to."""
_STAYED_S = 1.0
"""Both ends of a call come together; later than this the caller had gone on alone."""


class Leg(msgspec.Struct, frozen=True):
    """One channel that was called for the caller: an agent's phone, a trunk."""

    channel: str
    endpoint: str
    began_at: float
    answered_at: float | None = None
    talked: tuple[tuple[float, float | None], ...] = ()
    """When it was bridged, from and to."""
    ended_at: float | None = None
    ended_by: Party = Party.SYSTEM
    cause: int | None = None


class CallTrace(msgspec.Struct, frozen=True):
    linkedid: str
    """Also the id of the caller's channel."""
    channel: str = ""
    endpoint: str = ""
    number: str = ""
    name: str = ""
    dialled: str = ""
    arrived_at: float | None = None
    answered_at: float | None = None
    ended_at: float | None = None
    cause: int | None = None
    ended_by: Party = Party.SYSTEM
    rescued: str = ""
    rescued_at: float | None = None
    entered: bool = False
    """She came into the hotline: a caller, and no telephone that we or a colleague rang."""
    last_at: float = 0.0
    """When Asterisk last wrote something of this call."""
    legs: dict[str, Leg] = msgspec.field(default_factory=dict)
    """By channel id."""

    @property
    def talked_to(self) -> str:
        """The endpoint of the last leg the caller talked with; '' when with none."""
        talks = [(leg.talked[-1][0], leg.endpoint) for leg in self.legs.values() if leg.talked]
        return max(talks)[1] if talks else ""


class CallTraces:
    """Feed events in order; a trace is handed out once, when its last channel is gone."""

    def __init__(self) -> None:
        self._open: dict[str, CallTrace] = {}

    def add(self, event: CelEvent) -> CallTrace | None:
        """The trace this event completed, if it did."""
        if not event.linkedid:
            return None
        trace = self._open.get(event.linkedid) or CallTrace(event.linkedid)
        trace = traced(trace, event)
        if event.kind == "LINKEDID_END":
            self._open.pop(event.linkedid, None)
            return trace
        self._open[event.linkedid] = trace
        return None

    def unfinished(self) -> tuple[CallTrace, ...]:
        """Calls not seen to end: still up, or lost with their Asterisk (its channels say which)."""
        return tuple(self._open.values())

    def get(self, linkedid: str) -> CallTrace | None:
        """One of the unfinished."""
        return self._open.get(linkedid)

    def forget(self, linkedid: str) -> None:
        """This call is known to be lost; nothing more will be written about it."""
        self._open.pop(linkedid, None)


def traced(trace: CallTrace, event: CelEvent) -> CallTrace:
    """The trace with one more event in it."""
    entered = trace.entered or (event.uniqueid == trace.linkedid and event.context in _HOTLINE)
    trace = replace(trace, entered=entered, last_at=max(trace.last_at, event.at))
    if event.kind == RESCUED:
        how = extra_of(event).get("extra", "")
        return replace(trace, rescued=str(how), rescued_at=event.at)
    if event.kind == "LINKEDID_END":
        return trace if trace.ended_at is not None else replace(trace, ended_at=event.at)
    if event.uniqueid == trace.linkedid:
        return _caller(trace, event)
    leg = trace.legs.get(event.uniqueid) or Leg(event.channel, endpoint_of(event.channel), event.at)
    return replace(trace, legs=trace.legs | {event.uniqueid: _leg(trace, leg, event)})


def endpoint_of(channel: str) -> str:
    """``PJSIP/desk-1-0000002a`` is a channel of endpoint ``desk-1``."""
    return channel.partition("/")[2].rpartition("-")[0]


def _caller(trace: CallTrace, event: CelEvent) -> CallTrace:
    match event.kind:
        case "CHAN_START":
            return replace(
                trace,
                channel=event.channel,
                endpoint=endpoint_of(event.channel),
                number=event.number,
                name=event.name,
                dialled=event.exten,
                arrived_at=event.at,
            )
        case "ANSWER":
            return replace(trace, answered_at=trace.answered_at or event.at)
        case "HANGUP":
            extra = extra_of(event)
            return replace(
                trace,
                ended_at=event.at,
                cause=_cause(extra),
                ended_by=_party(trace, extra, event.at),
            )
        case _:
            return trace


def _leg(trace: CallTrace, leg: Leg, event: CelEvent) -> Leg:
    match event.kind:
        case "ANSWER":
            return replace(leg, answered_at=leg.answered_at or event.at)
        case "BRIDGE_ENTER":
            return replace(leg, talked=(*leg.talked, (event.at, None)))
        case "BRIDGE_EXIT" if leg.talked:
            return replace(leg, talked=(*leg.talked[:-1], (leg.talked[-1][0], event.at)))
        case "HANGUP":
            extra = extra_of(event)
            by = _party(trace, extra, event.at)
            return replace(leg, ended_at=event.at, cause=_cause(extra), ended_by=by)
        case _:
            return leg


def _party(trace: CallTrace, extra: dict[str, object], at: float) -> Party:
    source = extra.get("hangupsource")
    if source and source == trace.channel:
        return Party.CALLER
    for leg in trace.legs.values():
        if source == leg.channel:
            # The first source of a hang-up stays on the caller's channel, also when she stayed.
            gone = leg.ended_at is not None and at - leg.ended_at > _STAYED_S
            return Party.CALLER if gone else Party.AGENT
    return Party.SYSTEM


def extra_of(event: CelEvent) -> dict[str, object]:
    """What an event says besides; {} for what is no JSON of that kind."""
    try:
        extra = json.loads(event.extra)
    except ValueError:
        return {}
    return extra if isinstance(extra, dict) else {}


def _cause(extra: dict[str, object]) -> int | None:
    cause = extra.get("hangupcause")
    return cause if isinstance(cause, int) else None
