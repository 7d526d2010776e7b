"""The engine at work: what it is told is journaled, what it decides leaves once that is durable.

Commands wait for the disk, but never longer than a caller would notice; screens are told at once.
Knows no edge, no socket and no database: only the ports it is given.
"""

from collections import deque
from collections.abc import Callable, Sequence
from functools import partial
from math import isfinite

from acd.choose import Why
from acd.engine import Engine
from acd.entries import FLOOR_MARKS, Epoch, Mark, Snapshot, Step, encode, why_of
from acd.invariants import Violation
from acd.replay import Replayed, keep_newest, replay
from acd.sentry import Sentry
from acd.turn import Decision
from calls.clock import Clock, Timer
from calls.commands import Command, DialCallback, OfferCall
from calls.ids import CallId
from calls.inputs import Input, TimePassed
from calls.journal import FLOOR, Journal
from calls.notices import Alarm, Notice

PATIENCE_S = 0.020
"""A command leaves after this even if its input is not durable: ringing beats remembering."""
SNAPSHOT_EVERY = 20_000
"""Entries replayed at a start, at most twice this: about two seconds."""


class _Batch:
    """The commands of one input, waiting for its entry to be durable."""

    __slots__ = ("commands", "leave_by", "free")

    def __init__(self, commands: tuple[Command, ...], leave_by: float) -> None:
        self.commands = commands
        self.leave_by = leave_by
        self.free = False


class Brain:
    """Single writer: everything is called on the thread of the event loop.

    After calling ``start`` the owner must see to it that every edge says EdgeSynced; until then
    callers of the edges known from the journal are offered to nobody.
    """

    def __init__(
        self,
        engine: Engine,
        journal: Journal,
        clock: Clock,
        send: Callable[[Command], None],
        publish: Callable[[Notice], None],
        on_alarm: Callable[[Alarm], None],
        patience_s: float = PATIENCE_S,
    ) -> None:
        """``publish`` gets every notice but alarms, which go to ``on_alarm`` alone. ``patience_s``:
        infinite where somebody else may have to go on from the journal alone."""
        self.engine = engine
        self.late_journal = 0
        """Batches of commands that left before their input was durable."""
        self.refused = 0
        self.heard = ""
        """How far the stream of inputs from other processes has been read; '' for not at all."""
        self.sentry = Sentry(clock, on_alarm, self.tell)
        self._journal = journal
        self._clock = clock
        self._send = send
        self._publish = publish
        self._on_alarm = on_alarm
        self._patience_s = patience_s
        self._outbox: deque[_Batch] = deque()
        self._notices: deque[Notice] = deque()
        self._delivering = False
        self._journal_late = False
        self._deadline: Timer | None = None
        self._deadline_at: float | None = None
        self._patience: Timer | None = None
        self._since_snapshot = 0
        self._positions: dict[CallId, list[int]] = {}
        self._torn = ""
        self._recovered = self._stopped = False

    def recover(self, former: Replayed | None = None) -> None:
        """Become the engine that wrote the journal, if there is one. ``former``: it has been
        followed to its end already."""
        former = former or replay(self._journal)
        if former.entries:
            self.engine, self._positions = former.engine, former.positions
            self.heard = former.heard
        self._torn = former.torn
        self._recovered = True

    def start(self, token: int = 0) -> None:
        """Begin a new epoch, after recovering. ``token``: where several brains share edges, one
        that none of them has had; otherwise the next one of the journal."""
        if not self._recovered:
            self.recover()
        now = self._clock.now()
        token = max(token, self.engine.token + 1)
        edges = self.engine.take_over(token, now)
        self._journal.append(FLOOR, encode(Epoch(now=self.engine.now, token=token)))
        if self._torn:
            self.take_snapshot()  # else the next start would stop at the same place again
            self._on_alarm(Alarm(name="journal_torn", on=True, text=self._torn, at=now))
        for edge in edges:
            text = "not heard of since this start; its callers wait until it has synced"
            self._on_alarm(Alarm(name=f"edge_lost:{edge}", on=True, text=text, at=now))
        self._set_deadline()

    def stop(self) -> None:
        """No timer runs on and nothing more is sent; what was told is in the journal."""
        self._stopped = True
        for timer in (self._deadline, self._patience):
            if timer is not None:
                timer.cancel()

    def tell(self, said: Input, heard: str = "") -> Decision:
        """Tell the engine something now. Returns what it made of it; the commands leave by
        themselves. ``refused`` says why it made nothing of it. ``heard``: where it stood in the
        stream it came by; journaled with it, so that a restart goes on behind it."""
        self.heard = heard or self.heard
        decision = self.engine.apply(said, self._clock.now())
        found: Sequence[Violation] = ()
        if decision.refused is not None:
            self.refused += 1
        else:
            found = self.sentry.look(self.engine)
        self._notices.extend(decision.notices)
        self._write(said, decision, heard, found)
        self._deliver()
        self._set_deadline()
        if found:
            self.sentry.heal(found)
        return decision

    def why_of(self, call: CallId) -> list[Why]:
        """The explanations kept for a recent call, oldest first, from the journal."""
        return why_of(self._journal, self._positions.get(call, ()), call)

    # To the journal

    def _write(
        self, said: Input, decision: Decision, heard: str, found: Sequence[Violation]
    ) -> None:
        step = Step(
            now=self.engine.now,
            input=said,
            commands=decision.commands,
            why=decision.why,
            refused=decision.refused,
            heard=heard,
        )
        batch = None
        if decision.commands:
            batch = _Batch(decision.commands, self._clock.now() + self._patience_s)
            self._outbox.append(batch)
        durable = None
        if batch or found:
            durable = partial(self._durable, batch, decision.why, found)
        self._journal.append(FLOOR, encode(step), durable)
        self._since_snapshot += 1
        if self._since_snapshot >= SNAPSHOT_EVERY:
            self.take_snapshot()

    def take_snapshot(self) -> None:
        """Write all of the floor into the journal; what came before is not needed to go on."""
        self._since_snapshot = 0
        snapshot = Snapshot(state=self.engine.live.state, heard=self.heard)
        self._journal.append(FLOOR, encode(snapshot), partial(self._mark, self.engine.now))

    def _mark(self, at: float, position: int) -> None:
        if not self._stopped:
            self._journal.append(FLOOR_MARKS, encode(Mark(snapshot_at=position, at=at)))

    def _durable(
        self,
        batch: _Batch | None,
        why: tuple[Why, ...],
        found: Sequence[Violation],
        position: int,
    ) -> None:
        if found:
            self.sentry.report(found, position)
        if batch is None:
            return
        for one in why:
            self._positions.setdefault(one.call, []).append(position)
        keep_newest(self._positions)
        batch.free = True
        self._deliver()
        if self._journal_late and not self._outbox:
            self._journal_late = False
            self._on_alarm(Alarm(name="journal_late", on=False, at=self._clock.now()))

    # To edges and screens

    def _deliver(self) -> None:
        """Notices at once, commands in order as far as they may leave. Whoever hears one may tell
        the brain something: that is delivered after what stands before it."""
        if self._delivering:
            return
        self._delivering = True
        try:
            while self._notices or (self._outbox and self._may_leave(self._outbox[0])):
                if self._notices:
                    self._tell_screen(self._notices.popleft())
                else:
                    for command in self._outbox.popleft().commands:
                        if not self._is_over(command):
                            self._guarded(partial(self._send, command), "send")
        finally:
            self._delivering = False
        self._set_patience()

    def _is_over(self, command: Command) -> bool:
        """An offer that was taken back while the journal kept its input is made to nobody."""
        offers = self.engine.live.state.offers
        return isinstance(command, OfferCall | DialCallback) and command.offer not in offers

    def _may_leave(self, batch: _Batch) -> bool:
        if self._stopped or batch.free:
            return not self._stopped
        if self._clock.now() < batch.leave_by:
            return False
        self.late_journal += 1
        if not self._journal_late:
            self._journal_late = True
            late_ms = self._patience_s * 1000
            text = f"commands leave before the journal is durable (over {late_ms:.0f} ms)"
            self._on_alarm(Alarm(name="journal_late", on=True, text=text, at=self._clock.now()))
        return True

    def _tell_screen(self, notice: Notice) -> None:
        if isinstance(notice, Alarm):
            self._on_alarm(notice)
        else:
            self._guarded(partial(self._publish, notice), "publish")

    def _guarded(self, deliver: Callable[[], None], name: str) -> None:
        """One listener that fails must not keep the next caller's offer from leaving."""
        try:
            deliver()
        except Exception as error:
            text = f"{type(error).__name__}: {error}"
            self._on_alarm(Alarm(name=f"brain_{name}", on=True, text=text, at=self._clock.now()))

    # Time

    def _set_patience(self) -> None:
        if self._patience is None and self._may_set_patience():
            delay_s = self._outbox[0].leave_by - self._clock.now()
            self._patience = self._clock.call_later(max(0.0, delay_s), self._out_of_patience)

    def _may_set_patience(self) -> bool:
        return bool(self._outbox) and not self._stopped and isfinite(self._patience_s)

    def _out_of_patience(self) -> None:
        self._patience = None
        self._deliver()

    def _set_deadline(self) -> None:
        """One timer, for the earliest deadline; one that comes too early sets the next."""
        at = self.engine.next_deadline()
        if at is None or self._stopped:
            return
        if self._deadline is not None and self._deadline_at is not None:
            if self._deadline_at <= at:
                return
            self._deadline.cancel()
        self._deadline_at = at
        delay_s = max(0.0, at - self._clock.now())
        self._deadline = self._clock.call_later(delay_s, self._deadline_came)

    def _deadline_came(self) -> None:
        self._deadline = self._deadline_at = None
        at = self.engine.next_deadline()
        if at is not None and at <= self._clock.now():
            self.tell(TimePassed())
        else:
            self._set_deadline()
