"""Dials who is to be called back: one dial a promise, each with an agent the engine keeps for it.

By AMI, over the outbound routes. Whoever answers comes in over FastAGI like any caller; until she
has confirmed by a key this file answers for the dial, and reports how it ended.
"""

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass

from calls import events
from calls.clock import Clock, Timer
from calls.commands import DialCallback, EndCallback
from calls.ids import CallId, EdgeId, OfferId, call_id, channel_of
from calls.inputs import Input, OfferFailed
from calls.words import NoAnswer, Party
from hotline.factlog import FactLog
from hotline.house import Routes
from hotline.lines import Lines
from telephony.ami.truth import LiveChannel
from telephony.asterisk.trunk import TRUNK_PREFIX

DIALLED = "back."
"""How the ids of the channels begin that we dial."""
FIRST = "TR_CALLBACK"
"""On the channel that is dialled: the call in which this one was promised."""
NUMBER = "TR_NUMBER"
LATE_S = 3.0
"""After the ringing time Asterisk itself gives up; later than this it never told us."""
CONFIRM_S = 18.0
"""From her answer to the key; the engine gives up two seconds later."""

log = logging.getLogger(__name__)

_FAULTS = frozenset({3, 20, 25, 27, 34, 38, 41, 42, 44, 50, 58})
"""Q.850: the way to her is broken, not she is away."""


@dataclass(slots=True)
class Dial:
    command: DialCallback
    channel_id: str
    timer: Timer
    answered: bool = False


class CallingBack:
    def __init__(
        self,
        edge: EdgeId,
        clock: Clock,
        tell: Callable[[Input], None],
        lines: Lines,
        routes: Routes,
        facts: FactLog,
    ) -> None:
        self._edge = edge
        self._clock = clock
        self._tell = tell
        self._lines = lines
        self._routes = routes
        self._facts = facts
        self._dials: dict[CallId, Dial] = {}
        """By the first call."""

    @property
    def running(self) -> set[OfferId]:
        """Dials that are neither confirmed nor over."""
        return {dial.command.offer for dial in self._dials.values()}

    def dial(self, command: DialCallback) -> None:
        """Call her; a number that no route allows now is a fault, not hers."""
        route = self._routes.allow(command.number, self._clock.now())
        if route is None:
            self._tell(OfferFailed(offer=command.offer, why=NoAnswer.FAILED))
            return
        channel_id = f"{DIALLED}{command.offer}"
        timer = self._clock.call_later(command.ring_s + LATE_S, lambda: self._late(command))
        self._dials[command.call] = Dial(command, channel_id, timer)
        self._lines.originate(
            f"PJSIP/{route.number}@{TRUNK_PREFIX}{route.trunk}",
            channel_id,
            ring_s=command.ring_s,
            shows=route.caller_number,
            variables={FIRST: command.call, NUMBER: command.number},
        )

    def withdraw(self, offer: OfferId) -> bool:
        """The engine took it back; False when it was no dial of ours."""
        dial = next((one for one in self._dials.values() if one.command.offer == offer), None)
        if dial is None:
            return False
        self._end(dial)
        self._lines.hang_up(dial.channel_id)
        return True

    def hung_up(self, channel_id: str, cause: int) -> bool:
        """A channel is gone; False when it was none that is being dialled."""
        dial = next((one for one in self._dials.values() if one.channel_id == channel_id), None)
        if dial is None or dial.answered:
            return False
        self.failed(dial, why(cause))
        return True

    def answered(self, first: CallId, channel_id: str) -> Dial | None:
        """Somebody picked up, and her session begins. None: another controller dialled her, or
        the engine has taken the dial back."""
        dial = self._dials.get(first)
        if dial is None or dial.channel_id != channel_id:
            return None
        dial.answered = True
        dial.timer.cancel()
        dial.timer = self._clock.call_later(CONFIRM_S, lambda: self._lines.hang_up(channel_id))
        return dial

    def confirmed(self, dial: Dial) -> None:
        """She wants to talk: from here on she is a caller who waits."""
        self._end(dial)

    def failed(self, dial: Dial, why: NoAnswer) -> None:
        """This try was in vain; once a dial."""
        if self._end(dial):
            self._tell(OfferFailed(offer=dial.command.offer, why=why))

    def tidy(self, channels: Iterable[LiveChannel]) -> None:
        """Who is still being rung for a dial of a former controller would hear two of us: the
        engine has her dialled again."""
        ours = {dial.channel_id for dial in self._dials.values()}
        for one in channels:
            if one.channel_id.startswith(DIALLED) and not one.up and one.channel_id not in ours:
                self._lines.hang_up(one.channel_id)

    def keep_record(self, command: EndCallback) -> None:
        """The promise could not be kept: a call of its own in the record, so that the desk sees
        to it."""
        call = call_id(self._edge, f"{channel_of(command.call)}.back")
        at = self._clock.now()
        facts = (
            events.CallArrived(call=call, at=at, key="back.1", number=command.number),
            events.LanguageChosen(call=call, at=at, key="back.2", language=command.language),
            events.QueueJoined(call=call, at=at, key="back.3", queue=command.queue),
            events.CalledBack(
                call=call,
                at=at,
                key="back.4",
                first=command.call,
                attempts=command.attempts,
                failed=command.end,
            ),
            events.CallEnded(call=call, at=at, key="back.5", by=Party.SYSTEM, cause=command.end),
        )
        for fact in facts:
            self._facts.write(fact)

    def _late(self, command: DialCallback) -> None:
        """Nobody told how it ended."""
        dial = self._dials.get(command.call)
        if dial is not None and dial.command is command and not dial.answered:
            log.warning("a dial ended unheard", extra={"offer": command.offer})
            self._lines.hang_up(dial.channel_id)
            self.failed(dial, NoAnswer.FAILED)

    def _end(self, dial: Dial) -> bool:
        dial.timer.cancel()
        if self._dials.get(dial.command.call) is not dial:
            return False
        del self._dials[dial.command.call]
        return True


def why(cause: int) -> NoAnswer:
    """What a dial of ours ended with, by the channel's own cause."""
    if cause in _FAULTS:
        return NoAnswer.FAILED
    return {17: NoAnswer.BUSY, 21: NoAnswer.REJECTED}.get(cause, NoAnswer.RANG_OUT)
