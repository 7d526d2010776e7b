"""Callers who hear music for too long, on hold or while their agent consults.

The agent is reminded, and, where the queue wants it, the caller goes back into the queue.
Supervisors are told by runtime/alarms.
"""

from collections.abc import Callable
from functools import partial

from calls.clock import Clock, Timer
from calls.floor import HoldRule
from calls.ids import CallId, QueueId
from hotline.talk import Requeue, Talk
from hotline.talks import Talks


class HoldWatch:
    def __init__(self, clock: Clock, talks: Talks, rule: Callable[[QueueId], HoldRule]) -> None:
        self._clock = clock
        self._talks = talks
        self._rule = rule
        self._held: dict[CallId, list[Timer]] = {}
        talks.when_shown(self._heed)
        talks.when_over(self._calm)

    def _heed(self, talk: Talk) -> None:
        if talk.held_since is None:
            self._calm(talk.call)
        elif talk.call not in self._held:
            self._begin(talk.call, talk.offer.queue, self._clock.now() - talk.held_since)

    def _begin(self, call: CallId, queue: QueueId, gone_s: float) -> None:
        rule, timers = self._rule(queue), self._held.setdefault(call, [])
        for after_s, do in ((rule.remind_after_s, self._remind), (rule.back_after_s, self._back)):
            if after_s:
                wait_s = max(0.0, after_s - gone_s)
                timers.append(self._clock.call_later(wait_s, partial(do, call)))

    def _calm(self, call: CallId) -> None:
        for timer in self._held.pop(call, ()):
            timer.cancel()

    def _remind(self, call: CallId) -> None:
        talk = self._talks.of(call)
        if talk is not None:
            talk.held_too_long = True
            self._talks.show(talk)

    def _back(self, call: CallId) -> None:
        talk = self._talks.of(call)
        if talk is not None:
            talk.hung_up = True
            self._talks.plan(talk, Requeue(talk.offer.queue, at_head=True))
