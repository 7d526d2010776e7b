"""A day decided again by this very code, and where it decides otherwise than it did then.

Every input is handled anew and its commands, refusal and reasons are held against the journal byte
by byte. Where they differ, history goes on: the engine is brought to where the day really was.
"""

from collections import deque
from collections.abc import Callable

import msgspec

from acd.engine import Engine, restore
from acd.entries import Epoch, Snapshot, Step, decode, encode
from acd.simulator.day import NoSuchDay, engine_before
from calls.journal import FLOOR, Reader

CHECKPOINT_EVERY = 500
"""Steps done again when one differs: milliseconds; a copy of the floor costs about as much."""
SHOWN = 100
"""Differences told one by one; the count covers the rest."""

OnProgress = Callable[[float], None]


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One input that this code answers otherwise. The answers are as in the journal, as JSON."""

    position: int
    at: float
    input: str
    then: str
    now: str


class Again(msgspec.Struct, frozen=True, kw_only=True):
    steps: int
    """Inputs of the day, refused ones among them."""
    commands: int
    """Given then."""
    differing: int
    differences: tuple[Difference, ...]
    """The first of them."""


def replay_day(
    journal: Reader, starts_at: float, ends_at: float, progress: OnProgress = lambda at: None
) -> Again:
    """Raises NoSuchDay when the journal holds nothing of that time."""
    engine, position = engine_before(journal, starts_at)
    checked = _Checked(engine)
    for at, data in journal.read(FLOOR, position):
        entry = decode(data)
        if isinstance(entry, Snapshot):
            if not checked.told:
                checked = _Checked(Engine(entry.state))
            continue
        if entry.now >= ends_at:
            break
        if isinstance(entry, Epoch):
            checked.take_over(entry)
        elif entry.now < starts_at:
            checked.recall(entry)
        else:
            checked.check(at, entry)
            if checked.steps % 2_000 == 0:
                progress(entry.now)
    if not checked.steps:
        raise NoSuchDay("the journal holds nothing of that time")
    return Again(
        steps=checked.steps,
        commands=checked.commands,
        differing=checked.differing,
        differences=tuple(checked.differences),
    )


class _Checked:
    """The engine of the day, always where the day really was."""

    def __init__(self, engine: Engine) -> None:
        self.steps = self.commands = self.differing = 0
        self.differences: list[Difference] = []
        self.told = False
        self._engine = engine
        self._checkpoint: bytes | None = None
        self._since: deque[Step] = deque()

    def recall(self, step: Step) -> None:
        self.told = True
        if step.refused is None:
            self._engine.recall(step.input, step.now, step.commands)

    def take_over(self, epoch: Epoch) -> None:
        self.told = True
        self._engine.take_over(epoch.token, epoch.now)
        self._checkpoint = None

    def check(self, position: int, step: Step) -> None:
        self.told = True
        self.steps += 1
        self.commands += len(step.commands)
        if self._checkpoint is None or len(self._since) >= CHECKPOINT_EVERY:
            self._checkpoint = self._engine.snapshot()
            self._since.clear()
        then = answer_of(step)
        now = answer_of(decide(self._engine, step))
        if now != then:
            self._differs(position, step, then, now)
        self._since.append(step)

    def _differs(self, position: int, step: Step, then: bytes, now: bytes) -> None:
        self.differing += 1
        if len(self.differences) < SHOWN:
            self.differences.append(
                Difference(
                    position=position,
                    at=step.now,
                    input=msgspec.json.encode(step.input).decode(),
                    then=then.decode(),
                    now=now.decode(),
                )
            )
        assert self._checkpoint is not None
        self._engine = restore(self._checkpoint)
        for former in (*self._since, step):
            self.recall(former)


def decide(engine: Engine, step: Step) -> Step:
    """The same input at the same moment, decided by this code."""
    decision = engine.apply(step.input, step.now)
    return Step(
        now=step.now,
        input=step.input,
        commands=decision.commands,
        why=decision.why,
        refused=decision.refused,
    )


def answer_of(step: Step) -> bytes:
    """What a step answered, in the bytes of the journal: its input and where it came by aside."""
    answer = Step(
        now=0.0,
        input=step.input,
        commands=step.commands,
        why=step.why,
        refused=step.refused,
    )
    return encode(answer)
