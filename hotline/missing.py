"""What nobody told of a call that is over: the facts Asterisk's own log yields for it.

Pure. Times are Asterisk's; what it does not say stays unknown. Keys follow from the call alone, so
that the same call reconciled twice, or half, gives the same facts.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from calls import events
from calls.events import Fact
from calls.ids import CallId, RecordingId
from calls.record import CallRecord, Leg
from calls.text import clean_number
from calls.words import LeaveReason, NoAnswer, Party
from hotline.told import ToldCall
from telephony.cel_calls import CallTrace
from telephony.cel_calls import Leg as SeenLeg

LOST = "lost"
"""The cause of an end that nobody, not even Asterisk, has written down."""
TOGETHER_S = 1.0
"""A leg that ends so shortly before its caller's channel ended with the call."""
MATCH_S = 1.0
"""An offer is told a moment before its leg is born; two clocks may disagree by so much."""
TRUNK = "trunk-"
"""How an endpoint that is a trunk is called, before the trunk's name."""
_WHY = {17: NoAnswer.BUSY, 21: NoAnswer.REJECTED}
"""By the leg's cause. Who took back a phone that rang, and why, Asterisk does not write."""


@dataclass(frozen=True, slots=True)
class Message:
    """A voicemail found on disk."""

    recording: RecordingId
    seconds: float
    at: float
    """When it was finished."""


def missing_facts(
    call: CallId,
    told: ToldCall | None,
    trace: CallTrace,
    messages: Sequence[Message] = (),
) -> list[Fact]:
    """In the order to tell them, the end last. ``trace``: a call that is over, even if Asterisk
    could not write its end any more: then it ended when it was heard of last."""
    record = told.record() if told is not None else None
    facts: list[Fact] = []
    if told is None or not told.arrived:
        facts.append(_arrival(call, trace))
    if record is not None:
        for leg in record.legs:
            facts += _of_leg(call, leg, trace)
    facts += _rescue(call, told, trace)
    facts += _messages(call, record, messages)
    facts.append(_end(call, trace))
    return facts


def missing_messages(
    call: CallId, told: ToldCall | None, messages: Sequence[Message]
) -> list[Fact]:
    """Voicemails of a call whose end is known, that nobody told of."""
    return list(_messages(call, None if told is None else told.record(), messages))


def _end_of(trace: CallTrace) -> float:
    return trace.last_at if trace.ended_at is None else trace.ended_at


def _end(call: CallId, trace: CallTrace) -> Fact:
    cause = LOST if trace.ended_at is None else ""
    if not cause and trace.cause:
        cause = f"hang-up cause {trace.cause}"
    return events.CallEnded(
        call=call,
        at=_end_of(trace),
        key="cel-ended",
        by=trace.ended_by,
        cause=cause,
        source="cel",
    )


def _arrival(call: CallId, trace: CallTrace) -> Fact:
    return events.CallArrived(
        call=call,
        at=trace.last_at if trace.arrived_at is None else trace.arrived_at,
        key="cel-arrived",
        number=trace.number,
        name=trace.name,
        dialled=clean_number(trace.dialled),
        trunk=trace.endpoint.removeprefix(TRUNK) if trace.endpoint.startswith(TRUNK) else "",
    )


def _of_leg(call: CallId, leg: Leg, trace: CallTrace) -> Iterator[Fact]:
    """What became of an offer whose end nobody told."""
    seen = _seen(leg, trace)
    if leg.ended_at is not None or seen is None or leg.agent is None or leg.device is None:
        return
    if leg.answered_at is None and seen.answered_at is not None:
        yield events.CallAnswered(
            call=call,
            at=seen.answered_at,
            key=f"cel-answered-{leg.offer}",
            offer=leg.offer,
            agent=leg.agent,
            device=leg.device,
        )
    if leg.talk_at is None and seen.talked:
        yield events.TalkBegan(
            call=call, at=seen.talked[0][0], key=f"cel-talk-{leg.offer}", offer=leg.offer
        )
    if seen.ended_at is not None:
        yield from _end_of_leg(call, leg, seen, trace, seen.ended_at)


def _end_of_leg(
    call: CallId, leg: Leg, seen: SeenLeg, trace: CallTrace, at: float
) -> Iterator[Fact]:
    answered = leg.answered_at is not None or seen.answered_at is not None
    talked = leg.talk_at is not None or bool(seen.talked)
    with_call = _end_of(trace) - at < TOGETHER_S
    if talked or (answered and with_call):
        by = trace.ended_by if with_call and seen.ended_by is Party.SYSTEM else seen.ended_by
        yield events.TalkFinished(
            call=call, at=at, key=f"cel-finished-{leg.offer}", offer=leg.offer, by=by
        )
    elif not with_call:
        # Answered all the same: lost while the staff number was said to the caller, who waited on.
        why = NoAnswer.FAILED if answered else _WHY.get(seen.cause or 0, NoAnswer.FAILED)
        yield events.OfferMissed(
            call=call, at=at, key=f"cel-missed-{leg.offer}", offer=leg.offer, why=why
        )


def _seen(leg: Leg, trace: CallTrace) -> SeenLeg | None:
    """The channel that was born of this offer: the first of its device from then on."""
    born = [
        seen
        for seen in trace.legs.values()
        if seen.endpoint == leg.device and seen.began_at >= leg.made_at - MATCH_S
    ]
    return min(born, key=lambda seen: seen.began_at, default=None)


def _rescue(call: CallId, told: ToldCall | None, trace: CallTrace) -> Iterator[Fact]:
    if not trace.rescued or trace.rescued_at is None or (told is not None and told.rescued):
        return
    at = trace.rescued_at
    if told is not None and told.waits_in is not None:
        yield events.QueueLeft(
            call=call, at=at, key="cel-left", queue=told.waits_in, reason=LeaveReason.LOST
        )
    yield events.Rescued(call=call, at=at, key="cel-rescued", how=trace.rescued)


def _messages(
    call: CallId, record: CallRecord | None, messages: Sequence[Message]
) -> Iterator[Fact]:
    known = {one.recording for one in record.voicemails} if record is not None else set()
    for message in messages:
        if message.recording not in known:
            yield events.VoicemailLeft(
                call=call,
                at=message.at,
                key=f"cel-voicemail-{message.recording}",
                recording=message.recording,
                seconds=message.seconds,
            )
