"""Calls whose end no session saw are recorded all the same, from what Asterisk wrote to disk.

Compares Asterisk's own log with what sessions told. Only facts decide: told twice they count once,
so that a crash at any step costs nothing but the step. Off the event loop wherever a disk is asked.
"""

import asyncio
import logging
from collections.abc import Callable
from dataclasses import dataclass
from itertools import islice

import msgspec

from calls.bus import Bus
from calls.clock import Clock
from calls.ids import CallId, EdgeId, call_id, channel_of, edge_of
from calls.notices import CallChanged
from calls.record import CallRecord
from calls.text import mask_number
from cti.records_sql import SqlRecords
from hotline.bookmark import Bookmark
from hotline.cel_reading import CelReading
from hotline.factlog import FactLog
from hotline.left_behind import Left, LeftBehind
from hotline.missing import missing_facts, missing_messages
from hotline.told import Told, ToldCall
from hotline.voices import Voices
from storage.database import unavailable
from storage.offload import Offload
from telephony.ami.truth import Truth
from telephony.cel_calls import CallTrace

LOOK_EVERY_S = 2.0
CATCH_UP_S = 0.05
"""Between two readings while there is more: callers' events go first."""
GRACE_S = 3.0
"""A session tells the end of its call itself; it is waited for so long."""
PATIENCE_S = 600.0
"""Longer than this no session can be busy with a channel that is gone."""
KEEP_AUDIO_S = 5.0
"""Between two looks whether left audio has been kept."""
AUDIO_LOOKS = 24
SAVE_EVERY_S = 10.0
TIDY_EVERY_S = 60.0
AFTER_A_BUG_S = 60.0
AT_ONCE = 200
"""Calls to one step: a few milliseconds of the loop."""
_CLOCKS_S = 1.0

log = logging.getLogger(__name__)


@dataclass(slots=True)
class Counts:
    """For /metrics."""

    reconciled: int = 0
    """Calls whose end was told from Asterisk's log."""
    lost: int = 0
    """Those of them whose end not even Asterisk wrote."""
    not_ours: int = 0
    """Channels that were no callers."""
    flawed_rows: int = 0
    """Rows of the log that were no events."""


@dataclass(frozen=True, slots=True)
class Evidence:
    told: Told
    cel: CelReading
    left: LeftBehind
    records: SqlRecords
    bookmark: Bookmark
    voices: Voices


@dataclass(slots=True)
class _Over:
    trace: CallTrace
    since: float
    looks: int = 0
    not_before: float = 0.0


class Reconciler:
    def __init__(
        self,
        edge: EdgeId,
        evidence: Evidence,
        facts: FactLog,
        bus: Bus,
        holds: Callable[[CallId], bool],
        offload: Offload,
        clock: Clock,
    ) -> None:
        """``holds(call)``: whether a session serves this caller now. Facts must have been heard on
        the bus from the first session on: ``evidence.told.listen(bus)``."""
        self.counts = Counts()
        self.lag_s = 0.0
        """Age of what was read last, while there is more to read."""
        self._edge = edge
        self._evidence = evidence
        self._facts = facts
        self._bus = bus
        self._holds = holds
        self._offload = offload
        self._clock = clock
        self._over: dict[str, _Over] = {}
        self._begun = False
        self._alive: frozenset[str] | None = None
        """Channels of the last truth, and whose they are; None: used already."""
        self._asked_at = self._heard_at = 0.0
        self._save_at = self._tidy_at = 0.0
        self._stopped = False
        self._wake = asyncio.Event()

    @property
    def waiting(self) -> int:
        """Calls that are over and not done with."""
        return len(self._over)

    def hear_truth(self, truth: Truth, asked_at: float) -> None:
        """What Asterisk holds now; what was not yet there at ``asked_at`` may be missing."""
        linked = {channel.linked_id for channel in truth.channels}
        self._alive = truth.channel_ids | linked
        self._asked_at, self._heard_at = asked_at, self._clock.now()

    async def run(self) -> None:
        """Until ``stop``; whatever is unavailable meanwhile is waited for."""
        while not self._stopped:
            pause_s = LOOK_EVERY_S
            try:
                if await self.step():
                    pause_s = CATCH_UP_S
            except Exception as error:
                if not unavailable(error):
                    log.exception("reconciling failed")
            await self._pause(pause_s)

    def stop(self) -> None:
        """``run`` returns after the step it is in."""
        self._stopped = True
        self._wake.set()
        if self._begun:
            self._evidence.bookmark.keep(self._evidence.cel.place())

    async def step(self) -> bool:
        """Read on, and settle what is over; True when there is more to read. Raises what disk and
        database raise, having lost nothing."""
        evidence, now = self._evidence, self._clock.now()
        if not self._begun:
            await self._begin()
        read = await self._offload.run(evidence.cel.read)
        for trace in read.over:
            self._over[trace.linkedid] = _Over(trace, now)
        if read.last_at is None:
            self._find_lost(now)
            evidence.told.tidy()
        await self._settle(now)
        await evidence.voices.keep(read.measured)
        self.counts.flawed_rows = evidence.cel.flawed
        self.lag_s = 0.0 if read.last_at is None else max(0.0, now - read.last_at)
        if now >= self._save_at:
            self._save_at = now + SAVE_EVERY_S
            evidence.bookmark.keep(evidence.cel.place())
        if now >= self._tidy_at:
            self._tidy_at = now + TIDY_EVERY_S
            await self._offload.run(evidence.cel.keep_small, now, evidence.bookmark.durable)
        return read.last_at is not None

    async def _begin(self) -> None:
        """Learn what a former controller told of calls without a record, and where it stopped."""
        evidence = self._evidence
        position = await self._offload.run(evidence.records.position)
        while True:
            facts, last = await self._offload.run(evidence.bookmark.facts_after, position)
            for fact in facts:
                evidence.told.hear(fact)
            if last == position:
                break
            position = last
        evidence.cel.begin_at(await self._offload.run(evidence.bookmark.last))
        self._begun = True

    # Calls nobody will ever write the end of

    def _find_lost(self, now: float) -> None:
        """Once for each truth, when all that was written before it has been read."""
        alive = self._alive
        if alive is None or now < self._heard_at + GRACE_S:
            return
        self._alive = None
        cel, told = self._evidence.cel, self._evidence.told
        before = self._asked_at - _CLOCKS_S
        for trace in cel.unfinished():
            call = call_id(self._edge, trace.linkedid)
            if trace.linkedid not in alive and trace.last_at < before and not self._holds(call):
                self._over.setdefault(trace.linkedid, _Over(trace, now - GRACE_S))
        for call, known in told.unended():
            channel = channel_of(call)
            if edge_of(call) != self._edge or channel in alive or self._holds(call):
                continue
            if known.last_at < before and cel.trace_of(channel) is None:
                trace = CallTrace(channel, last_at=known.last_at)
                self._over.setdefault(channel, _Over(trace, now - GRACE_S))

    # Calls that are over

    async def _settle(self, now: float) -> None:
        evidence = self._evidence
        due = {
            call: over
            for over in self._over.values()
            if over.since + GRACE_S <= now and over.not_before <= now
            if not self._holds(call := call_id(self._edge, over.trace.linkedid))
            or over.since + PATIENCE_S <= now
        }
        due = dict(islice(due.items(), AT_ONCE))
        if not due:
            return
        strangers = [call for call in due if not self._has_arrived(call)]
        recorded: set[CallId] = set()
        if strangers:
            recorded = await self._offload.run(evidence.records.known, strangers)
        left = await self._offload.run(evidence.left.look, frozenset(due))
        for call, over in due.items():
            try:
                await self._settle_one(call, over, call in recorded, left)
            except Exception as error:
                if unavailable(error):
                    raise
                log.exception("a call could not be reconciled", extra={"call": call})
                over.not_before = now + AFTER_A_BUG_S

    def _has_arrived(self, call: CallId) -> bool:
        """Facts are remembered from her arrival on; of a call with a record that may be the tail
        alone."""
        told = self._evidence.told.get(call)
        return told is not None and told.arrived

    async def _settle_one(self, call: CallId, over: _Over, recorded: bool, left: Left) -> None:
        told = self._evidence.told.get(call)
        messages = left.messages.get(call, ())
        if recorded or (told is not None and told.ended):
            for fact in missing_messages(call, told, messages):
                self._facts.write(fact)
        elif self._has_arrived(call) or (over.trace.entered and over.trace.arrived_at):
            self._tell_end(call, over, left)
        else:
            self.counts.not_ours += 1
        record = await self._record_of(call, recorded)
        if record is not None and self._evidence.left.keep(call, record, left):
            over.looks += 1
            over.not_before = self._clock.now() + KEEP_AUDIO_S
            if over.looks < AUDIO_LOOKS:
                return
            log.error("audio could not be kept", extra={"call": call})
        del self._over[over.trace.linkedid]
        self._evidence.cel.done(over.trace.linkedid)
        self._evidence.told.drop(call)

    def _tell_end(self, call: CallId, over: _Over, left: Left) -> None:
        told, trace = self._evidence.told.get(call), over.trace
        if trace.ended_at is None:
            self.counts.lost += 1
            trace = _until_last_sign(trace, told, left)
        facts = missing_facts(call, told, trace, left.messages.get(call, ()))
        for fact in facts:
            self._facts.write(fact)
        self.counts.reconciled += 1
        log.info("a call ended unseen", extra={"call": call})
        number = mask_number(trace.number)
        self._bus.publish(CallChanged(call=call, stage="ended", at=facts[-1].at, number=number))

    async def _record_of(self, call: CallId, recorded: bool) -> CallRecord | None:
        """What is known of the call by now: its audio may have been left all the same."""
        if recorded:
            return await self._offload.run(self._evidence.records.get, call)
        told = self._evidence.told.get(call)
        return told.record() if told is not None else None

    async def _pause(self, delay_s: float) -> None:
        timer = self._clock.call_later(delay_s, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()
            if not self._stopped:
                self._wake.clear()


def _until_last_sign(trace: CallTrace, told: ToldCall | None, left: Left) -> CallTrace:
    """Nobody wrote its end: it is taken to be the last that is known of it."""
    signs = [trace.last_at]
    if told is not None:
        signs.append(told.last_at)
        legs = told.record().legs
        signs += [left.talks[leg.offer] for leg in legs if leg.offer in left.talks]
    return msgspec.structs.replace(trace, last_at=max(signs))
