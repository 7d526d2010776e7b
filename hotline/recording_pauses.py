"""Pauses of a talk's recording: begun and ended by its agent, ended by themselves where the queue's
rule says so."""

import asyncio
from collections.abc import Callable

from calls import events
from calls.clock import Clock
from calls.ids import CallId, QueueId
from calls.notices import Alarm
from calls.words import TalkStage
from hotline.lines import Lines
from hotline.pause_watch import PauseWatch
from hotline.recorder import talk_id
from hotline.talk import Talk
from hotline.talks import Talks
from recordings.rules import PauseRule


class RecordingPauses:
    def __init__(
        self,
        clock: Clock,
        lines: Lines,
        talks: Talks,
        rule: Callable[[QueueId], PauseRule],
        alarm: Callable[[Alarm], None],
    ) -> None:
        self._clock = clock
        self._lines = lines
        self._talks = talks
        self._watch = PauseWatch(clock, rule, alarm)
        self._tasks: set[asyncio.Task[None]] = set()
        talks.when_shown(self._heed)
        talks.when_over(self._watch.ended)

    async def wanted(self, talk: Talk, on: bool) -> None:
        if not talk.recorded or on is (talk.paused_since is not None):
            self._talks.show(talk, "not_now")
            return
        await self._set(talk, on)

    def _heed(self, talk: Talk) -> None:
        """Begun here, or left so by a former controller: then its time begins anew."""
        if talk.paused_since is None or talk.stage is TalkStage.OVER or talk.call in self._watch:
            return
        self._watch.began(
            talk.call,
            talk.offer.agent,
            talk.offer.queue,
            lambda: self._remind(talk.call),
            lambda: self._go_on(talk.call),
        )

    async def _set(self, talk: Talk, on: bool) -> None:
        if not await self._lines.mute_recording(talk.caller, on):
            self._talks.show(talk, "failed")
            return
        talk.paused_since, talk.pause_forgotten = self._clock.now() if on else None, False
        self._watch.ended(talk.call)
        kind = events.RecordingPaused if on else events.RecordingResumed
        self._talks.visit_of(talk).note(kind, recording=talk_id(talk.recording))
        self._talks.show(talk)

    def _remind(self, call: CallId) -> None:
        """Whoever has the call now."""
        talk = self._talks.of(call)
        if talk is not None and talk.paused_since is not None:
            talk.pause_forgotten = True
            self._talks.show(talk)

    def _go_on(self, call: CallId) -> None:
        talk = self._talks.of(call)
        if talk is not None and talk.paused_since is not None:
            task = asyncio.ensure_future(self._set(talk, False))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
