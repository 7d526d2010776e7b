"""The edge: brings engine commands and Asterisk's events to the right caller's session.

One beside each Asterisk. Knows which calls are here, hears AMI, re-reads the truth after every gap
and tells the engine. Decides nothing about who rings whom.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, replace

from calls import inputs
from calls.clock import Clock
from calls.commands import (
    AdmitDevice,
    AllowWatch,
    Command,
    ControlTalk,
    DeviceLeft,
    DialCallback,
    EndCallback,
    NoteDisposition,
    OfferCall,
    PlaceCall,
    PlaceTrial,
    WithdrawOffer,
)
from calls.events import CallDisposed
from calls.ids import CallId, EdgeId, OfferId, call_id
from calls.inputs import Input
from calls.words import DeviceState, LeaveReason, NoAnswer, Party
from hotline.between_sessions import BetweenSessions
from hotline.calling_back import CallingBack
from hotline.dialling_out import DiallingOut
from hotline.factlog import FactLog
from hotline.lines import Lines
from hotline.offer import LEGS, OfferRun, Stage
from hotline.talk import Talk
from hotline.talk_control import TalkControl
from hotline.talk_watchers import TalkWatchers
from hotline.talks import Talks
from hotline.telephones import Telephones
from hotline.trying import Trials
from hotline.visit import KeyPress, Visit
from telephony.ami import events as ami
from telephony.ami.truth import LiveChannel, Truth
from telephony.asterisk.peer import PEER_CONTEXT

DOUBT_S = 1.0
"""A leg or caller that AMI calls dead while AGI has not said so is looked up after this."""
OURS = "Local/"
"""Channels that stand between a caller and a phone."""
RESCUE = "rescue"
"""The dialplan's context for callers whom no controller will serve any more."""


@dataclass(slots=True)
class _Orphan:
    """A leg alive in Asterisk whose session died with a former controller, or broke."""

    leg_id: str
    up: bool


@dataclass(frozen=True, slots=True)
class Hands:
    """Who does what concerns no waiting caller's session, or outlives it."""

    lines: Lines
    calling_back: CallingBack
    dialling_out: DiallingOut
    trials: Trials
    talks: Talks
    control: TalkControl
    watchers: TalkWatchers


@dataclass(slots=True)
class EdgeCounts:
    """For /metrics."""

    stale_commands: int = 0
    homeless_offers: int = 0
    late_offers: int = 0
    doubts: int = 0


class Edge:
    def __init__(
        self,
        edge: EdgeId,
        clock: Clock,
        tell: Callable[[Input], None],
        hands: Hands,
        facts: FactLog,
        admit: Callable[[AdmitDevice], None],
    ) -> None:
        """``admit``: let a browser's telephone register; returns at once."""
        self.edge = edge
        self.counts = EdgeCounts()
        self._telephones = Telephones(edge, tell, hands.control.device, hands.talks.browsers)
        self._clock = clock
        self._tell = tell
        self._hands = hands
        self._lines = hands.lines
        self._talks = hands.talks
        self._facts = facts
        self._admit = admit
        self._visits: dict[CallId, Visit] = {}
        self._offers: dict[OfferId, Visit] = {}
        """Which caller an offer was for; kept until her visit ends."""
        self._orphans: dict[OfferId, _Orphan] = {}
        self._between = BetweenSessions(clock, self._offer_late)
        self._token = 0
        hands.talks.when_shown(self._has_session)

    @property
    def trunks(self) -> Mapping[str, DeviceState]:
        """What Asterisk last said of each trunk."""
        return self._telephones.trunks

    @property
    def callers(self) -> int:
        """Callers whose sessions are here now."""
        return len(self._visits)

    @contextmanager
    def present(self, visit: Visit) -> Iterator[None]:
        self._visits[visit.call] = visit
        self._between.end(visit.call)
        try:
            yield
        finally:
            if self._visits.get(visit.call) is visit:
                del self._visits[visit.call]
            self._forget(visit)

    def holds(self, call: CallId) -> bool:
        """Whether a session serves this caller now."""
        return call in self._visits

    def obey(self, command: Command) -> None:
        """Carry out one command of the engine; refuses one from an engine that was replaced."""
        if isinstance(command, ControlTalk | AllowWatch | AdmitDevice | DeviceLeft | PlaceTrial):
            self.order(command)
            return
        if command.token < self._token:
            self.counts.stale_commands += 1
            return
        self._token = command.token
        visit = self._visits.get(command.call)
        if isinstance(command, OfferCall):
            self._offer(command, visit)
        elif isinstance(command, NoteDisposition):
            self._note_disposition(command)
        elif isinstance(command, PlaceCall):
            self._hands.dialling_out.place(command)
        elif isinstance(command, DialCallback):
            self._hands.calling_back.dial(command)
        elif isinstance(command, EndCallback):
            self._hands.calling_back.keep_record(command)
        elif isinstance(command, WithdrawOffer) and self._taken_back(command.offer):
            return
        elif visit is not None:
            visit.deliver(command)
        # A withdrawal for a caller who is gone: whatever was open for her has been reported.

    def order(self, command: Command) -> None:
        """Carry out what a person wants done here, whichever engine speaks."""
        match command:
            case ControlTalk():
                if not self._hands.dialling_out.control(command):
                    self._hands.control.wanted(command)
            case AllowWatch():
                self._hands.watchers.allow(command)
            case AdmitDevice():
                self._admit(command)
            case DeviceLeft(device=device):
                self._talks.device_left(device)
            case PlaceTrial():
                self._hands.trials.place(command)

    def _note_disposition(self, command: NoteDisposition) -> None:
        at = self._clock.now()
        self._facts.write(
            CallDisposed(
                call=command.call,
                at=at,
                key=f"disposed-{command.offer}-{at:.3f}",
                offer=command.offer,
                agent=command.agent,
                code=command.code,
            )
        )

    def _taken_back(self, offer: OfferId) -> bool:
        return self._between.withdraw(offer) or self._hands.calling_back.withdraw(offer)

    def heed(self, token: int) -> None:
        """A brain speaks under this token from now on; a former one has nothing to say any more."""
        self._token = max(self._token, token)

    @property
    def token(self) -> int:
        """The newest token heard of."""
        return self._token

    def show_all(self) -> None:
        """Screens have begun anew in another process: tell them who is here."""
        for visit in self._visits.values():
            visit.show_again()

    def _offer(self, offer: OfferCall, visit: Visit | None) -> None:
        if visit is None and self._between.keep(offer):
            return
        if visit is None or visit.has_left_queue or visit.is_out_of_touch:
            # One who is not here now is offered again; one who waits no more is not.
            left = visit is not None and visit.has_left_queue
            why = NoAnswer.CALLER_LEFT if left else NoAnswer.FAILED
            self.counts.homeless_offers += 1
            self._tell(inputs.OfferFailed(offer=offer.offer, why=why))
            return
        if 0 < offer.stay < visit.stay:
            # It was on its way while she came again: by her coming the engine has taken it back.
            self.counts.late_offers += 1
            return
        self._offers[offer.offer] = visit
        visit.offers.append(offer.offer)
        visit.open_offers.add(offer.offer)
        visit.deliver(offer)

    def _offer_late(self, offer: OfferCall) -> None:
        self._offer(offer, self._visits.get(offer.call))

    def hear(self, event: object) -> None:
        """One event of Asterisk's, already found trustworthy."""
        if self._hands.trials.hear(event):
            return
        match event:
            case ami.LegBegan():
                self._leg_began(event)
            case ami.LegRang(offer=offer):
                self._leg_rang(offer)
            case ami.LegUp(offer=offer, channel=channel):
                self._leg_up(offer, channel)
            case ami.LegDialEnded(offer=offer, leg_channel=channel, status=status):
                self._talks.dial_ended(offer, status)
                run = self._run(offer)
                if run is not None and status == "ANSWER":
                    run.bridged(channel)
            case ami.ChannelHungUp():
                self._hung_up(event)
            case ami.KeyPressed():
                visit = self._visits.get(call_id(self.edge, event.channel_id))
                if visit is not None:
                    visit.deliver(KeyPress(event.key))
            case ami.DeviceChanged(device=device, state=state):
                self._telephones.changed(device, state)
            case ami.QuietChanged(device=device, on=on):
                self._telephones.told_not_to_ring(device, on)

    def synced(self, truth: Truth) -> None:
        """The truth after a start or a gap: who is really here."""
        legs = _phones_of(truth)
        callers = {one.channel_id for one in truth.channels if not _is_elsewhere(one)}
        calls = {call_id(self.edge, id_) for id_ in callers}
        phones = {call_id(self.edge, one.channel_id) for one in truth.channels if one.is_leg}
        self._between.only(calls - phones - self._visits.keys())
        self._talks.settle(truth)
        self._adopt(legs)
        self._doubt_absent(calls, legs)
        self._hands.calling_back.tidy(truth.channels)
        self._hands.dialling_out.tidy(truth.channels)
        self._hands.trials.tidy(truth.channels)
        # Whoever came in while the list was read has a session, which is as good a witness.
        calls |= self._visits.keys()
        dialling = self._hands.calling_back.running | self._hands.dialling_out.running
        offers = legs.keys() | self._running() | dialling
        visits = self._visits.values()
        waiting = tuple(v.queued() for v in visits if v.queued is not None and not v.open_offers)
        self._telephones.read(truth)
        self._tell(
            inputs.EdgeSynced(
                edge=self.edge,
                calls=tuple(sorted(calls)),
                offers=tuple(sorted(offers)),
                waiting=waiting,
                held=self._held(),
            )
        )
        for offer, orphan in self._orphans.items():
            if orphan.up:
                # The answer came while nobody listened; said twice it is refused.
                self._tell(inputs.OfferAnswered(offer=offer))

    def deaf(self) -> None:
        """AMI is gone: offers pause until the truth has been read again."""
        for run in self._runs():
            run.deaf()
        self._tell(inputs.EdgeLost(edge=self.edge))

    def _adopt(self, legs: Mapping[OfferId, LiveChannel]) -> None:
        """What became of the phones being rung while nobody listened."""
        self._orphans = {}
        for offer, leg in legs.items():
            run = self._run(offer)
            if run is None and self._talks.knows(offer):
                continue
            if run is None:
                self._orphans[offer] = _Orphan(leg.channel_id, leg.up)
            elif leg.up:
                run.found_up(leg.channel, leg.channel_id)
            elif not run.indirect:
                run.leg_began(leg.channel, leg.channel_id)

    def _doubt_absent(self, calls: set[CallId], legs: Mapping[OfferId, LiveChannel]) -> None:
        """Those whose end AGI has not told, although Asterisk does not list them any more."""
        for run in self._runs():
            if run.leg and run.offer.offer not in legs:
                self._doubt_soon(run)
        for visit in self._visits.values():
            if visit.call not in calls:
                self._doubt_caller_soon(visit)

    def _held(self) -> tuple[inputs.Held, ...]:
        return tuple(
            inputs.Held(
                offer=run.offer.offer,
                call=run.offer.call,
                queue=run.offer.queue,
                agent=run.offer.agent,
                device=run.offer.device,
                answered=run.answered,
            )
            for run in self._runs()
            if not run.lost
        )

    def _runs(self) -> list[OfferRun]:
        return [run for visit in self._visits.values() for run in visit.runs.values()]

    def _running(self) -> set[OfferId]:
        return set().union(*(visit.open_offers for visit in self._visits.values()))

    def _run(self, offer: OfferId) -> OfferRun | None:
        visit = self._offers.get(offer)
        return None if visit is None else visit.runs.get(offer)

    def _leg_began(self, event: ami.LegBegan) -> None:
        self._talks.leg_began(event.offer, event.leg_channel)
        run = self._run(event.offer)
        if run is not None:
            run.leg_began(event.leg_channel, event.leg_channel_id)

    def _leg_rang(self, offer: OfferId) -> None:
        run = self._run(offer)
        if run is not None:
            run.leg_rang()
            if run.alert_s is not None:
                self._lines.alerted(run.offer.device, run.alert_s)
        elif offer in self._orphans:
            self._tell(inputs.OfferRang(offer=offer))

    def _leg_up(self, offer: OfferId, channel: str) -> None:
        self._talks.leg_up(offer)
        run = self._run(offer) or self._awaited(offer, channel)
        if run is not None:
            run.leg_up(channel)
        elif offer in self._orphans:
            self._orphans[offer].up = True
            self._tell(inputs.OfferAnswered(offer=offer))

    def _awaited(self, offer: OfferId, channel: str) -> OfferRun | None:
        """Whose answer this is, when several phones ring for a caller: her own legs bear the name
        they have together."""
        for visit in self._visits.values() if offer.endswith(LEGS) else ():
            if visit.together is not None and visit.together.name == offer:
                return next((run for run in visit.runs.values() if run.token == channel), None)
        return None

    def _hung_up(self, event: ami.ChannelHungUp) -> None:
        # The caller's own channel bears her last offer's id too: only the leg's word counts.
        if self._hands.calling_back.hung_up(event.channel_id, event.cause):
            return
        if self._hands.dialling_out.hung_up(event.channel_id, event.cause):
            return
        run, orphan = self._run(event.offer), self._orphans.get(event.offer)
        call = call_id(self.edge, event.channel_id)
        self._talks.hung_up(event.channel, call)
        if run is not None and run.owns(event.channel):
            run.leg_died(event.cause)
            self._lines.leg_ended(event.offer)
            self._doubt_soon(run)
        elif orphan is not None and orphan.leg_id == event.channel_id:
            del self._orphans[event.offer]
            if orphan.up:
                self._tell(inputs.TalkEnded(offer=event.offer, by=Party.AGENT))
            else:
                self._tell(inputs.OfferFailed(offer=event.offer, why=NoAnswer.FAILED))
        elif call in self._visits:
            self._doubt_caller_soon(self._visits[call])
        elif call in self._between:
            self._between.end(call)
            self._tell(inputs.CallerLeft(call=call, reason=LeaveReason.LOST))

    def _has_session(self, talk: Talk) -> None:
        """It may have been an orphan before a session rejoined it."""
        self._orphans.pop(talk.offer.offer, None)

    def _doubt_soon(self, run: OfferRun) -> None:
        self._clock.call_later(DOUBT_S, lambda: self._doubt(run))

    def _doubt(self, run: OfferRun) -> None:
        """AMI said the leg died and Dial has not returned: ask Asterisk itself."""
        if run.stage is Stage.OVER:
            return
        self.counts.doubts += 1
        self._lines.settle(run.leg, lambda: self._gone(run))

    def _doubt_caller_soon(self, visit: Visit) -> None:
        """AMI said that she is gone; AGI normally says so at the same moment."""
        self._clock.call_later(DOUBT_S, lambda: self._doubt_caller(visit))

    def _doubt_caller(self, visit: Visit) -> None:
        if self._visits.get(visit.call) is visit and not visit.channel.lost:
            self.counts.doubts += 1
            self._lines.settle(visit.channel.environment.channel_id, visit.channel.gone)

    def _gone(self, run: OfferRun) -> None:
        offer = run.offer.offer
        run.lost = True
        if run.answered:
            self._tell(inputs.TalkEnded(offer=offer, by=Party.AGENT))
        else:
            self._tell(inputs.OfferFailed(offer=offer, why=NoAnswer.FAILED))

    def _forget(self, visit: Visit) -> None:
        """Her visit is over: offers she never took up go back at once."""
        for item in visit.unread_offers():
            self._tell(inputs.OfferFailed(offer=item.offer, why=NoAnswer.CALLER_LEFT))
        for offer in visit.offers:
            self._offers.pop(offer, None)
        if not (visit.ended or visit.redirected):
            self._between.add(visit.call)
        if visit.unattended is not None:
            talk = visit.unattended
            self._orphans[talk.offer.offer] = _Orphan(talk.leg_id, up=True)


def _is_elsewhere(channel: LiveChannel) -> bool:
    """Nobody who waits here for an agent: the dialplan does what it can for her without us, or it
    is another edge's caller at a telephone of ours."""
    return channel.context in (RESCUE, PEER_CONTEXT)


def _phones_of(truth: Truth) -> dict[OfferId, LiveChannel]:
    """The telephone of each offer. One with channels of ours before it, where several ring or a key
    is asked for, is up only when what she waits on is."""
    phones: dict[OfferId, LiveChannel] = {}
    before: dict[OfferId, bool] = {}
    for leg in truth.channels:
        if not leg.is_leg or not leg.offer or leg.offer.endswith(LEGS):
            continue
        if not leg.channel.startswith(OURS):
            phones[leg.offer] = leg
        elif leg.channel.endswith(";2"):
            before[leg.offer] = before.get(leg.offer, True) and leg.up
    return {
        offer: replace(phone, up=phone.up and before.get(offer, True))
        for offer, phone in phones.items()
    }
