"""Test calls that an admin wants: out over the route a number takes, or in to one of our own
numbers as any caller would dial it. Each ends by itself, and every step is said (TrialMoved).

By AMI, over two halves of a local channel: one does what a caller or a telephone would, the other
listens for a moment and hangs up. Knows no screens.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from calls.bus import Bus
from calls.clock import Clock, Timer
from calls.commands import PlaceTrial
from calls.events import QueueJoined
from calls.ids import CallId, EdgeId, OfferId, call_id, channel_of
from calls.notices import TrialMoved
from calls.words import TrialStep
from hotline.house import Routes
from hotline.lines import Lines
from telephony.ami import events as ami
from telephony.ami.truth import LiveChannel
from telephony.asterisk.settings import TEST_NUMBER
from telephony.asterisk.trunk import TRUNK_PREFIX

TRIAL = "trial."
"""How the id of our own half begins."""
IN = ".in"
"""How the id of the half ends that is our caller."""
RING_S = 30.0
IN_S = 20.0
"""A caller who has heard so much of a tree has proved it."""
LATE_S = 10.0
AT_ONCE = 3


@dataclass(slots=True)
class _Run:
    command: PlaceTrial
    timer: Timer
    answered: bool = False

    @property
    def own_id(self) -> str:
        return f"{TRIAL}{self.command.trial}"


class Trials:
    def __init__(
        self, clock: Clock, bus: Bus, lines: Lines, routes: Routes, why_not: Callable[[str], str]
    ) -> None:
        """``why_not(number)``: the code of why no route takes it now."""
        self._clock = clock
        self._bus = bus
        self._lines = lines
        self._routes = routes
        self._why_not = why_not
        self._runs: dict[OfferId, _Run] = {}

    def listen(self, bus: Bus) -> None:
        bus.subscribe(QueueJoined, self._queued)

    def place(self, command: PlaceTrial) -> None:
        if len(self._runs) >= AT_ONCE:
            self._say(command.trial, TrialStep.DENIED, "busy")
        elif command.call:
            self._place_in(command)
        else:
            self._place_out(command)

    def hear(self, event: object) -> bool:
        """One of Asterisk's events; True when it was of a test call and of nothing else."""
        match event:
            case ami.LegRang(offer=offer) if offer in self._runs:
                self._say(offer, TrialStep.RANG)
            case ami.LegUp(offer=offer, channel=channel) if offer in self._runs:
                if not channel.startswith("Local/"):
                    self._answered(self._runs[offer])
            case ami.LegBegan(offer=offer) | ami.LegDialEnded(offer=offer):
                return offer in self._runs
            case ami.ChannelHungUp():
                return self._hung_up(event)
            case _:
                return False
        return True

    def tidy(self, channels: Iterable[LiveChannel]) -> None:
        """What a former controller was trying is tried no more."""
        for one in channels:
            if one.channel_id.startswith(TRIAL) and _trial_of(one.channel_id) not in self._runs:
                self._lines.hang_up(one.channel_id)

    # Inside

    def _place_in(self, command: PlaceTrial) -> None:
        run = self._begin(command, IN_S)
        self._lines.originate(
            f"Local/{command.number}@inbound/n",
            run.own_id,
            ring_s=IN_S,
            shows=TEST_NUMBER,
            variables={},
            to=("trial", "stay"),
            other_id=channel_of(command.call),
        )
        self._say(command.trial, TrialStep.DIALLED)

    def _place_out(self, command: PlaceTrial) -> None:
        denied = self._why_not(command.number)
        route = None if denied else self._routes.allow(command.number, self._clock.now())
        if route is None:
            # Between the two only the day's cap can have been reached.
            self._say(command.trial, TrialStep.DENIED, denied or "cap")
            return
        run = self._begin(command, RING_S + LATE_S)
        self._lines.originate(
            "Local/out@trial/n",
            run.own_id,
            ring_s=RING_S,
            shows=route.caller_number,
            variables={
                "__TR_OFFER": command.trial,
                "__TR_OUT": f"PJSIP/{route.number}@{TRUNK_PREFIX}{route.trunk}",
                "__TR_RING": f"{RING_S:.0f}",
                "__TR_SHOWN": route.caller_number,
            },
            to=("trial", "listen"),
        )
        self._say(command.trial, TrialStep.DIALLED, route.trunk)

    def _begin(self, command: PlaceTrial, limit_s: float) -> _Run:
        timer = self._clock.call_later(limit_s, lambda: self._too_long(command.trial))
        run = self._runs[command.trial] = _Run(command, timer)
        return run

    def _too_long(self, trial: OfferId) -> None:
        run = self._runs.get(trial)
        if run is not None:
            self._lines.hang_up(run.own_id)
            self._end(run, "limit")

    def _answered(self, run: _Run) -> None:
        if not run.answered:
            run.answered = True
            self._say(run.command.trial, TrialStep.ANSWERED)

    def _queued(self, fact: QueueJoined) -> None:
        """Nobody is to be kept from a caller by a test: it ends where a queue begins."""
        for run in list(self._runs.values()):
            if run.command.call == fact.call:
                self._lines.hang_up(run.own_id)
                self._end(run, "queue")

    def _hung_up(self, event: ami.ChannelHungUp) -> bool:
        trial = OfferId(event.channel_id.removeprefix(TRIAL))
        if event.channel_id.startswith(TRIAL) and trial in self._runs:
            self._end(self._runs[trial], "")
            return True
        run = self._runs.get(event.offer)
        if run is not None and not run.command.call and not event.channel.startswith("Local/"):
            if not run.answered:
                self._say(event.offer, TrialStep.REFUSED, str(event.cause))
            return True
        return False

    def _end(self, run: _Run, why: str) -> None:
        run.timer.cancel()
        if self._runs.pop(run.command.trial, None) is not None:
            self._say(run.command.trial, TrialStep.OVER, why)

    def _say(self, trial: OfferId, step: TrialStep, detail: str = "") -> None:
        at = self._clock.now()
        self._bus.publish(TrialMoved(trial=trial, step=step, at=at, detail=detail))


def call_of(edge: EdgeId, trial: OfferId) -> CallId:
    """The call that a test of a called number will be."""
    return call_id(edge, f"{TRIAL}{trial}{IN}")


def _trial_of(channel_id: str) -> OfferId:
    """Whichever half of it this is."""
    trial = channel_id.removeprefix(TRIAL).partition(";")[0]
    return OfferId(trial.removesuffix(IN))
