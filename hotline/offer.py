"""One offer at the edge: one Dial, its ring clock, and what became of it.

The table below is the whole life of an offer here. The engine owns no ring timer: this clock
starts at the phone's own 180, cancels by itself just before the fourth ring, and stops when the
leg is up, so that no failover lets a fourth ring start. Does no I/O: acts through its arguments.
"""

from collections.abc import Callable
from enum import Enum, auto
from typing import Protocol

from calls.clock import Clock, Timer
from calls.commands import OfferCall
from calls.words import NoAnswer

CANCEL_LEAD_S = 0.25
"""The phone must see CANCEL 50 to 300 ms before its next ring would start. Hearing the 180, the
timer and the hang-up can each come late and none early, by 200 ms together on a machine that is
short of CPU: nearly all of the room is kept for that."""
NEVER_RANG_SLACK_S = 1.0
"""Dial ends a phone that stays silent on time; what it tells of it may come so much later."""
BACKSTOP_S = 0.1
"""Dial's own limit stands this far behind our cancel, still before the next ring."""


ACCEPT_S = 10.0
"""From lifting an outside phone to the key: the question is said twice in it. A voicemail box says
more, and presses nothing."""
LEGS = "x"
"""Ends the name that the legs of one caller have together; no offer's id has it."""
CANCEL_ARRIVES_S = 2.0
"""A Dial that goes on so much longer after our cancel was never told of it (AMI was away)."""


class Stage(Enum):
    DIALLING = auto()
    RINGING = auto()
    LIFTED = auto()
    """Picked up, and not hers yet: the key has not been pressed, or another phone may be first."""
    ANSWERED = auto()
    CANCELLED = auto()
    OVER = auto()


class Step(Enum):
    RANG = auto()
    LIFT = auto()
    ANSWER = auto()
    TIME_UP = auto()
    WITHDRAW = auto()
    FOUND_UP = auto()
    """The truth, read after a gap: it was answered, and no cancel of ours has reached it."""
    RETURN = auto()


OFFER = {
    (Stage.DIALLING, Step.RANG): Stage.RINGING,
    (Stage.DIALLING, Step.LIFT): Stage.LIFTED,
    (Stage.DIALLING, Step.ANSWER): Stage.ANSWERED,
    (Stage.DIALLING, Step.WITHDRAW): Stage.CANCELLED,
    (Stage.DIALLING, Step.FOUND_UP): Stage.ANSWERED,
    (Stage.DIALLING, Step.RETURN): Stage.OVER,
    (Stage.RINGING, Step.LIFT): Stage.LIFTED,
    (Stage.RINGING, Step.ANSWER): Stage.ANSWERED,
    (Stage.RINGING, Step.TIME_UP): Stage.CANCELLED,
    (Stage.RINGING, Step.WITHDRAW): Stage.CANCELLED,
    (Stage.RINGING, Step.FOUND_UP): Stage.ANSWERED,
    (Stage.RINGING, Step.RETURN): Stage.OVER,
    (Stage.LIFTED, Step.ANSWER): Stage.ANSWERED,
    (Stage.LIFTED, Step.TIME_UP): Stage.CANCELLED,
    (Stage.LIFTED, Step.WITHDRAW): Stage.CANCELLED,
    (Stage.LIFTED, Step.FOUND_UP): Stage.ANSWERED,
    (Stage.LIFTED, Step.RETURN): Stage.OVER,
    (Stage.ANSWERED, Step.RETURN): Stage.OVER,
    (Stage.CANCELLED, Step.FOUND_UP): Stage.ANSWERED,
    (Stage.CANCELLED, Step.RETURN): Stage.OVER,
}
"""What is absent changes nothing: a second 180, an answer after our cancel (the cancel took the
answer token), a withdrawal after the answer (the answer took it)."""


class Ending(Enum):
    """What the caller's session does next."""

    SERVED = auto()
    """They talked; the tree goes on."""
    MISSED = auto()
    """Nobody answered; she waits on."""
    DROPPED = auto()
    """Answered, but the leg died before they could talk; back to the head of the queue."""


class Reporter(Protocol):
    """Who is told of an offer's steps (the session: engine, facts, screens)."""

    def rang(self) -> None: ...
    def answered(self, ring: int | None) -> None: ...
    def talking(self) -> None: ...


class OfferRun:
    """Feed it what AMI says of the legs; ask ``ended`` when Dial has returned."""

    def __init__(
        self,
        offer: OfferCall,
        clock: Clock,
        hang_up: Callable[[str], None],
        reporter: Reporter,
        *,
        by_key: bool = False,
        token: str = "",
    ) -> None:
        """``by_key``: whoever lifts the phone must press a key. ``token``: where several phones
        ring, the caller's own leg to this one: whose is up first has the caller."""
        self.offer = offer
        self.by_key = by_key
        self.token = token
        self.phone = ""
        """The channel of the phone itself, once it was lifted, when another stands before it."""
        self.taken = False
        """It took the answer token; the caller was, or is, this agent's."""
        self.accepted = False
        """The key was pressed."""
        self.talked = False
        """They have heard each other."""
        self._bridged = False
        self._lifted_at: float | None = None
        self.stage = Stage.DIALLING
        self.why = NoAnswer.FAILED
        """Why it was missed, as far as known."""
        self.leg: str = ""
        self.leg_id: str = ""
        self.lost = False
        """Asterisk knows no such leg any more, although Dial has not returned."""
        self.cause: int | None = None
        self.rang_at: float | None = None
        self.alert_s: float | None = None
        """Seconds from dialling to the 180."""
        self._began_at = clock.now()
        self._clock = clock
        self._hang_up = hang_up
        self._reporter = reporter
        self._timer: Timer | None = None
        self._cancelled_at = 0.0

    def begin(self) -> None:
        """Its phone is dialled now, not when it was made."""
        self._began_at = self._clock.now()

    @property
    def dial_limit_s(self) -> float:
        """Dial's own limit, counted from dialling, for a device that rings at once."""
        return self.offer.ring_limit_s - CANCEL_LEAD_S + BACKSTOP_S

    @property
    def answered(self) -> bool:
        return self.stage is Stage.ANSWERED

    @property
    def indirect(self) -> bool:
        """Lifting the phone is not the answer yet."""
        return self.by_key or bool(self.token)

    @property
    def _may_answer(self) -> bool:
        """Asterisk takes a phone that is put down while it is asked for the key for answered."""
        return self.accepted or not self.by_key

    def leg_began(self, channel: str, channel_id: str) -> None:
        if self.indirect and self.leg:
            # What is dialled further on; ending the first ends all of it.
            return
        self.leg, self.leg_id = channel, channel_id
        if self.stage is Stage.CANCELLED:
            self._hang_up(channel)

    def leg_rang(self) -> None:
        """The phone's 180 or 183: the three rings are counted from now."""
        if not self._take(Step.RANG):
            return
        self.rang_at = self._clock.now()
        self.alert_s = self.rang_at - self._began_at
        self._timer = self._clock.call_later(self.offer.ring_limit_s - CANCEL_LEAD_S, self._time_up)
        self._reporter.rang()

    def leg_up(self, channel: str = "") -> None:
        """The answer token is taken, unless our cancel took it first. Of an indirect leg only the
        word about the caller's own end of it says so."""
        if self.indirect and channel != (self.token or self.leg):
            if channel.startswith("PJSIP/"):
                self._lifted(channel)
        elif self._may_answer and self._take(Step.ANSWER):
            self._stop_clock()
            self.taken = True
            self._reporter.answered(self._ring_now())
            if self._bridged:
                self._talking()

    def found_up(self, channel: str, channel_id: str) -> None:
        """It was answered while nobody listened: on which ring is unknown."""
        if not (self.indirect and self.leg):
            self.leg, self.leg_id = channel, channel_id
        if self._may_answer and self._take(Step.FOUND_UP):
            self._answered_unheard()

    def deaf(self) -> None:
        """Nobody would tell of an answer now, so this clock must not end what may be a talk: Dial's
        own limit stands close behind it."""
        self._stop_clock()

    def bridged(self, channel: str = "") -> None:
        """Announcements are over: they hear each other, whether the answer was told or not."""
        if self.indirect and (channel != self.leg or not self._may_answer):
            return
        if self.token and not self.answered:
            self._bridged = True
            return
        if self.stage in _OPEN:
            self._take(Step.FOUND_UP)
            self._answered_unheard()
        if self.answered:
            self._talking()

    def accept(self) -> None:
        """The key was pressed on the phone; Asterisk says at once that it is up."""
        self.accepted = True

    def leg_died(self, cause: int) -> None:
        self.cause = cause

    def _talking(self) -> None:
        self.talked = True
        self._reporter.talking()

    def owns(self, channel: str) -> bool:
        """Its end is the end of this offer's phone."""
        return bool(channel) and channel in (self.leg, self.phone)

    def _lifted(self, channel: str) -> None:
        if self._take(Step.LIFT):
            self.phone = channel
            self._lifted_at = self._clock.now()
            self._stop_clock()
            self._timer = self._clock.call_later(ACCEPT_S, self._time_up)
        elif self.stage in (Stage.CANCELLED, Stage.OVER):
            self._hang_up(channel)

    def withdraw(self) -> None:
        if self._take(Step.WITHDRAW):
            self.why = NoAnswer.WITHDRAWN
            self._cancel()

    def ended(self, dial_status: str, result: str) -> Ending:
        """Dial returned ``result`` to AGI with DIALSTATUS ``dial_status``. Call once.

        After MISSED, ``why`` is final. An answer nobody told us of (AMI was away) counts, with
        the ring unknown.
        """
        if dial_status == "ANSWER" and self._was_answered():
            self._take(Step.FOUND_UP)
            self._answered_unheard()
        before = self.stage
        self._take(Step.RETURN)
        self._stop_clock()
        if before is Stage.ANSWERED:
            # -1 with the caller still there: the leg died while the staff number was being said.
            return Ending.DROPPED if result == "-1" else Ending.SERVED
        if before is Stage.LIFTED and self.by_key:
            self.why = NoAnswer.NOT_ACCEPTED
        elif before is not Stage.CANCELLED:
            self.why = self._why_missed(dial_status)
        elif dial_status == "ANSWER":
            # The agent did pick up, and lost the race: no strike for that.
            self.why = NoAnswer.WITHDRAWN
        return Ending.MISSED

    def gone(self) -> None:
        """The caller's channel is lost to this session: no clock may outlive it."""
        self._stop_clock()
        if self.stage is Stage.LIFTED:
            # Nobody else ends a phone on which a key is being asked for.
            self._hang_up(self.phone)
        self.stage = Stage.OVER

    def _why_missed(self, dial_status: str) -> NoAnswer:
        if self.cause in _WHY_BY_CAUSE:
            return _WHY_BY_CAUSE[self.cause]
        silent = self.rang_at is None and not self._dialled_for(NEVER_RANG_SLACK_S)
        if dial_status == "NOANSWER":
            # Dial's own limit stood in for our clock.
            return NoAnswer.NEVER_RANG if silent else NoAnswer.RANG_OUT
        if dial_status == "CHANUNAVAIL" and silent and self._dialled_for(-NEVER_RANG_SLACK_S):
            # So Dial calls a phone that took the call and never rang.
            return NoAnswer.NEVER_RANG
        return _WHY_BY_STATUS.get(dial_status, NoAnswer.FAILED)

    def _dialled_for(self, more_s: float) -> bool:
        """Dial ran longer than a phone may stay silent, and so much more."""
        return self._clock.now() - self._began_at > self.offer.never_rang_s + more_s

    def _was_answered(self) -> bool:
        """Dial says ANSWER although nobody told us: also when our cancel never arrived."""
        if not self._may_answer:
            return False
        if self.stage is Stage.CANCELLED:
            return self._clock.now() - self._cancelled_at > CANCEL_ARRIVES_S
        return self.stage in _OPEN

    def _answered_unheard(self) -> None:
        self._stop_clock()
        self.taken = True
        self.rang_at = None
        self._reporter.answered(None)

    def _time_up(self) -> None:
        lifted = self.stage is Stage.LIFTED
        if self._take(Step.TIME_UP):
            self.why = NoAnswer.NOT_ACCEPTED if lifted else NoAnswer.RANG_OUT
            self._cancel()

    def _cancel(self) -> None:
        self._stop_clock()
        self._cancelled_at = self._clock.now()
        # The phone last: put down first, it would count as answered.
        for channel in filter(None, (self.leg, self.phone)):
            self._hang_up(channel)

    def _stop_clock(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _ring_now(self) -> int | None:
        if self.rang_at is None:
            return None
        lifted_at = self._clock.now() if self._lifted_at is None else self._lifted_at
        return int((lifted_at - self.rang_at) / self.offer.ring_cycle_s) + 1

    def _take(self, step: Step) -> bool:
        after = OFFER.get((self.stage, step))
        if after is None:
            return False
        self.stage = after
        return True


_OPEN = (Stage.DIALLING, Stage.RINGING, Stage.LIFTED)
_WHY_BY_CAUSE: dict[int | None, NoAnswer] = {
    # Q.850 causes as Asterisk puts them on the leg's Hangup event.
    3: NoAnswer.NOT_REGISTERED,
    17: NoAnswer.BUSY,
    19: NoAnswer.REJECTED,  # 480: the phone itself would not ring on (do not disturb)
    20: NoAnswer.NOT_REGISTERED,
    21: NoAnswer.REJECTED,
}
_WHY_BY_STATUS = {
    "BUSY": NoAnswer.BUSY,
    "CHANUNAVAIL": NoAnswer.NOT_REGISTERED,
    "CONGESTION": NoAnswer.FAILED,
}
