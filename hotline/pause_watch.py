"""Recordings that were paused and forgotten: the agent is reminded, the supervisors are told, and,
where the queue wants it, the recording goes on by itself.
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from calls.clock import Clock, Timer
from calls.ids import AgentId, CallId, QueueId
from calls.notices import Alarm
from recordings.rules import PauseRule

ALARM = "recording_paused"


@dataclass(slots=True)
class _Paused:
    agent: AgentId
    timers: list[Timer] = field(default_factory=list)
    alarmed: bool = False


class PauseWatch:
    def __init__(
        self,
        clock: Clock,
        rule: Callable[[QueueId], PauseRule],
        alarm: Callable[[Alarm], None],
    ) -> None:
        self._clock = clock
        self._rule = rule
        self._alarm = alarm
        self._paused: dict[CallId, _Paused] = {}

    def __contains__(self, call: CallId) -> bool:
        return call in self._paused

    def began(
        self,
        call: CallId,
        agent: AgentId,
        queue: QueueId,
        remind: Callable[[], None],
        resume: Callable[[], None],
    ) -> None:
        """The recording of this call was paused now. ``remind`` and ``resume`` run once each, when
        it is still paused and the rule says so."""
        rule = self._rule(queue)
        paused = self._paused[call] = _Paused(agent)
        for after_s, do in (
            (rule.remind_after_s, remind),
            (rule.alarm_after_s, lambda: self._tell(call, paused)),
            (rule.resume_after_s, resume),
        ):
            if after_s:
                paused.timers.append(self._clock.call_later(after_s, do))

    def ended(self, call: CallId) -> None:
        """It goes on, or the talk is over; nothing when it was not paused."""
        paused = self._paused.pop(call, None)
        if paused is None:
            return
        for timer in paused.timers:
            timer.cancel()
        if paused.alarmed:
            self._alarm(self._word(paused, on=False))

    def _tell(self, call: CallId, paused: _Paused) -> None:
        paused.alarmed = True
        self._alarm(self._word(paused, on=True, text=call))

    def _word(self, paused: _Paused, *, on: bool, text: str = "") -> Alarm:
        name = f"{ALARM}:{paused.agent}"
        return Alarm(name=name, on=on, text=text, at=self._clock.now())
