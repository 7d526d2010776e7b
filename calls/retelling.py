"""One call told again from its first fact to its last: what is remembered on the way, and what
follows from it at the end. Pure; wants its facts in order (calls.fold sees to that).
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import msgspec

from calls import events as e
from calls.ids import CallId, OfferId, QueueId, RecordingId
from calls.legs import LegSoFar
from calls.record import CallRecord, Disposed, Mark, Recorded
from calls.words import LeaveReason, Outcome, Party


@dataclass(slots=True)
class _Audio:
    recording: RecordingId
    voicemail: bool = False
    offer: OfferId | None = None
    path: str = ""
    seconds: float = 0.0
    flaw: str = ""


@dataclass(slots=True)
class Retelling:
    call: CallId
    known: dict[str, Any] = field(default_factory=dict)
    """Fields of the record that a single fact settles."""
    ends: list[e.CallEnded] = field(default_factory=list)
    queues: list[QueueId] = field(default_factory=list)
    waits: list[tuple[float, float]] = field(default_factory=list)
    since: float | None = None
    """When the present wait began; None: not waiting."""
    left_by: LeaveReason | None = None
    """How she left the queue last; None after she was answered, or while she waits."""
    ringing_when_left: bool = False
    legs: dict[OfferId, LegSoFar] = field(default_factory=dict)
    audio: dict[RecordingId, _Audio] = field(default_factory=dict)
    nodes: list[str] = field(default_factory=list)
    keys: list[str] = field(default_factory=list)
    variables: dict[str, str] = field(default_factory=dict)
    scores: dict[str, int] = field(default_factory=dict)
    served: list[str] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)
    disposed: dict[OfferId, Disposed] = field(default_factory=dict)
    gaps: int = 0
    rescued: bool = False
    refused: bool = False
    unkept: bool = False
    """This is no talk but a promised call back that never reached her."""
    first_at: float | None = None
    last_at: float = 0.0

    def hear(self, fact: e.Fact) -> None:
        if self.first_at is None:
            self.first_at = fact.at
        self.last_at = fact.at
        heard = _HEARD.get(type(fact))
        if heard is not None:
            heard(self, fact)
        what = _MARKS.get(type(fact))
        if what is not None:
            offer, to = getattr(fact, "offer", None), getattr(fact, "to", "")
            self.marks.append(Mark(at=fact.at, what=what, offer=offer, to=to))

    # Waiting and ringing

    def joined(self, fact: e.QueueJoined) -> None:
        self.left_by = None
        if fact.queue not in self.queues:
            self.queues.append(fact.queue)
        self.known["queue"] = fact.queue
        self.known.setdefault("first_queued_at", fact.at)
        if self.since is None:
            self.since = fact.at

    def left(self, fact: e.QueueLeft) -> None:
        self._waits_on()
        self.ringing_when_left = any(leg.rings for leg in self.legs.values())
        self._stop_waiting(fact.at)
        self.left_by = fact.reason

    def offered(self, fact: e.OfferMade) -> None:
        self._waits_on()
        leg = self._leg(fact.offer, fact.at)
        leg.made_at, leg.queue, leg.attempt = fact.at, fact.queue, fact.attempt
        leg.agent, leg.device, leg.rule_rings = fact.agent, fact.device, fact.rings

    def rang(self, fact: e.PhoneRang) -> None:
        self._leg(fact.offer, fact.at).rang_at = fact.at

    def missed(self, fact: e.OfferMissed) -> None:
        leg = self._leg(fact.offer, fact.at)
        leg.missed = fact.why
        leg.end(fact.at)
        if leg.lost_before_talk:
            self._waits_on()

    def answered(self, fact: e.CallAnswered) -> None:
        leg = self._leg(fact.offer, fact.at)
        leg.answered_at, leg.ring = fact.at, fact.ring
        leg.agent, leg.device = fact.agent, fact.device
        self._stop_waiting(fact.at)
        self.left_by = None

    def began(self, fact: e.TalkBegan) -> None:
        leg = self._leg(fact.offer, fact.at)
        leg.talk_at = fact.at
        if leg.answered_at is None:
            leg.answered_at = fact.at
            self._stop_waiting(fact.at)
            self.left_by = None

    def finished(self, fact: e.TalkFinished) -> None:
        leg = self._leg(fact.offer, fact.at)
        leg.ended_by = fact.by
        leg.end(fact.at)
        if leg.answered_at is None:
            # Told by a controller that came after the one that saw the answer.
            leg.answered_at = leg.rang_at if leg.rang_at is not None else leg.made_at
            self._stop_waiting(leg.answered_at)

    def _leg(self, offer: OfferId, at: float) -> LegSoFar:
        if offer not in self.legs:
            self.legs[offer] = LegSoFar(offer, at, queue=self.known.get("queue"))
        return self.legs[offer]

    def _waits_on(self) -> None:
        """She waits although nothing said that she began to: the last agent to answer was lost
        before the talk, and she was never out of the queue."""
        if self.since is not None or not self.legs or self.left_by is not None:
            return
        leg = max(self.legs.values(), key=lambda leg: leg.answered_at or 0.0)
        if leg.lost_before_talk:
            leg.fell_through = True
            self.since = leg.ended_at

    def _stop_waiting(self, at: float) -> None:
        if self.since is not None:
            self.waits.append((self.since, max(self.since, at)))
            self.since = None

    # Everything else

    def arrived(self, fact: e.CallArrived) -> None:
        if self.known.get("arrived"):
            return
        self.known |= {
            "arrived": True,
            "started_at": fact.at,
            "number": fact.number,
            "name": fact.name,
            "dialled": fact.dialled,
            "trunk": fact.trunk,
            "tree": fact.tree,
            "tree_version": fact.tree_version,
            "out_by": fact.out_by,
        }

    def customer(self, fact: e.CustomerFound) -> None:
        self.known |= {"customer": fact.customer, "level": fact.level}

    def sound(self, fact: e.RecordingStarted | e.RecordingStored | e.VoicemailLeft) -> None:
        audio = self.audio.setdefault(fact.recording, _Audio(fact.recording))
        if isinstance(fact, e.RecordingStarted):
            audio.offer = fact.offer
            return
        audio.seconds = fact.seconds
        audio.path = fact.path or audio.path
        if isinstance(fact, e.RecordingStored):
            audio.flaw = fact.flaw
        else:
            audio.voicemail = True

    def disposition(self, fact: e.CallDisposed) -> None:
        self.disposed[fact.offer] = Disposed(
            offer=fact.offer, agent=fact.agent, code=fact.code, at=fact.at
        )

    def rescue(self, _: e.Rescued) -> None:
        self.rescued = True

    def refuse(self, _: e.Refused) -> None:
        self.refused = True

    def called_back(self, fact: e.CalledBack) -> None:
        self.known |= {"first_call": fact.first, "callback_attempts": fact.attempts}
        self.unkept = fact.failed is not None

    def resumed(self, _: e.SessionResumed) -> None:
        self.gaps += 1

    # The end

    def record(self, rings: int) -> CallRecord:
        end = self._end()
        if end is not None:
            self._close(end)
        waited = sum(until - since for since, until in self.waits)
        if self.since is not None:
            waited += max(0.0, self.last_at - self.since)
        record = CallRecord(
            call=self.call,
            started_at=self.known.pop("started_at", self.first_at or 0.0),
            queues=tuple(self.queues),
            waited_s=waited,
            talk_s=sum(leg.talk_s(self.last_at) for leg in self.legs.values()),
            legs=tuple(leg.value() for leg in self.legs.values()),
            nodes=tuple(self.nodes),
            keys=tuple(self.keys),
            variables=self.variables,
            scores=self.scores,
            served=tuple(self.served),
            dispositions=tuple(self.disposed.values()),
            recordings=tuple(_audio_value(audio) for audio in self.audio.values()),
            marks=tuple(self.marks) if any(m.what not in _PLAIN for m in self.marks) else (),
            gaps=self.gaps,
            **self.known,
        )
        record = self._with_answer(record, rings)
        if end is None:
            return record
        return msgspec.structs.replace(
            record,
            ended_at=end.at,
            ended_by=end.by,
            cause=end.cause,
            reconciled=end.source == "cel",
            outcome=self._outcome(record, end),
        )

    def _end(self) -> e.CallEnded | None:
        """A session's word before Asterisk's file; the last session's before an earlier one's."""
        return max(
            self.ends, key=lambda end: (end.source == "session", end.at, end.key), default=None
        )

    def _close(self, end: e.CallEnded) -> None:
        """The call is over, and so is whatever nobody told the end of."""
        if self.since is not None:
            self.ringing_when_left = any(leg.rings for leg in self.legs.values())
            self._stop_waiting(end.at)
            self.left_by = LeaveReason.LOST
        for leg in self.legs.values():
            leg.end_with_call(end.at, end.by)

    def _with_answer(self, record: CallRecord, rings: int) -> CallRecord:
        talked = [leg for leg in self.legs.values() if leg.talked and leg.answered_at is not None]
        if not talked:
            return record
        leg = min(talked, key=lambda leg: leg.answered_at or 0.0)
        answered_at = leg.answered_at or 0.0
        queued_at = record.first_queued_at
        return msgspec.structs.replace(
            record,
            queue=leg.queue or record.queue,
            answered_at=answered_at,
            agent=leg.agent,
            device=leg.device,
            ring=leg.ring,
            answer_s=None if queued_at is None else max(0.0, answered_at - queued_at),
            within_rule=None if leg.ring is None else leg.ring <= (leg.rule_rings or rings),
        )

    def _outcome(self, record: CallRecord, end: e.CallEnded) -> Outcome:
        abandoned = self.left_by in (LeaveReason.HUNG_UP, LeaveReason.LOST)
        chain = (
            (record.answered_at is not None, Outcome.ANSWERED),
            (record.out_by is not None, Outcome.NOT_REACHED),
            (bool(record.transferred_to), Outcome.TRANSFERRED),
            (self.rescued, Outcome.RESCUED),
            (bool(record.voicemails), Outcome.VOICEMAIL),
            (self.unkept, Outcome.CALLBACK_FAILED),
            (self.refused, Outcome.REFUSED),
            (self.left_by is LeaveReason.CALLBACK, Outcome.CALLBACK),
            (abandoned and self.ringing_when_left, Outcome.ABANDONED_RINGING),
            (abandoned, Outcome.ABANDONED_IN_QUEUE),
            (bool(self.served), Outcome.SELF_SERVICE),
            # The house ended it without having served her: closed, too many wrong keys. One whose
            # end only Asterisk saw was lost on the way, not turned away.
            (end.by is Party.SYSTEM and end.source != "cel", Outcome.REFUSED),
        )
        return next((outcome for true, outcome in chain if true), Outcome.ABANDONED_IN_MENU)


def _audio_value(audio: _Audio) -> Recorded:
    return Recorded(
        recording=audio.recording,
        voicemail=audio.voicemail,
        offer=audio.offer,
        path=audio.path,
        seconds=audio.seconds,
        flaw=audio.flaw,
    )


def _settle(name: str, attribute: str) -> Callable[[Retelling, Any], None]:
    """The fact settles one field of the record; a later one of its kind settles it anew."""

    def heard(retelling: Retelling, fact: Any) -> None:
        retelling.known[name] = getattr(fact, attribute)

    return heard


_HEARD: dict[type, Callable[[Retelling, Any], None]] = {
    e.CallArrived: Retelling.arrived,
    e.SessionResumed: Retelling.resumed,
    e.LanguageChosen: _settle("language", "language"),
    e.NodeEntered: lambda told, fact: told.nodes.append(fact.node),
    e.KeysPressed: lambda told, fact: told.keys.append(fact.keys),
    e.CustomerFound: Retelling.customer,
    e.VariableSet: lambda told, fact: told.variables.update({fact.name: fact.value}),
    e.QueueJoined: Retelling.joined,
    e.QueueLeft: Retelling.left,
    e.OfferMade: Retelling.offered,
    e.PhoneRang: Retelling.rang,
    e.OfferMissed: Retelling.missed,
    e.CallAnswered: Retelling.answered,
    e.TalkBegan: Retelling.began,
    e.TalkFinished: Retelling.finished,
    e.ConsentAsked: _settle("consent", "given"),
    e.RecordingStarted: Retelling.sound,
    e.RecordingStored: Retelling.sound,
    e.VoicemailLeft: Retelling.sound,
    e.SurveyAnswered: lambda told, fact: told.scores.update({fact.question: fact.score}),
    e.CallTransferred: _settle("transferred_to", "to"),
    e.CallDisposed: Retelling.disposition,
    e.SelfServed: lambda told, fact: told.served.append(fact.node),
    e.CalledBack: Retelling.called_back,
    e.Refused: Retelling.refuse,
    e.Rescued: Retelling.rescue,
    e.CallEnded: lambda told, fact: told.ends.append(fact),
}
_MARKS: dict[type, str] = {
    e.TalkBegan: "began",
    e.TalkHeld: "held",
    e.TalkResumed: "resumed",
    e.AgentLost: "lost",
    e.AgentReturned: "returned",
    e.ConsultBegan: "consult",
    e.ConferenceBegan: "conference",
    e.CallTransferred: "transferred",
    e.RecordingPaused: "paused",
    e.RecordingResumed: "unpaused",
    e.TalkFinished: "over",
}
_PLAIN = frozenset({"began", "over"})
"""A talk of which nothing else is told has nothing to show."""
# PlaceTold, WaitChanged, CallbackPromised and ScriptRan leave no trace in the record.
