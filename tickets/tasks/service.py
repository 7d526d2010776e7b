"""Tasks beside a live hotline: wanted by other rooms, seen, done and left undone by people.

How another room asks for one: it puts a calls.tasks.TaskWanted into the outbox in its own unit of
work (``storage.outbox.put(session, TASK_WANTED, [(wanted.key, json)], now)``). How code of this
room asks: ``rows.add(task_from(wanted, now))`` in its own. Either way one key is one task.
"""

import logging
from collections.abc import Callable, Sequence
from dataclasses import replace

import msgspec

from calls.clock import Clock
from calls.rights import Who
from calls.tasks import TaskKind, TaskWanted, owners_of
from storage.database import unavailable
from storage.offload import Offload
from tickets.tasks.model import (
    BY_RECORD,
    NEXT,
    NoSuchTask,
    Task,
    TaskByRecord,
    TaskCannot,
    TaskChanged,
    TaskState,
    task_from,
)
from tickets.tasks.ports import TaskFilter, TaskStore, Wanted

AT_ONCE = 100
"""To a unit of work: others who write wait for it."""
MAX_PAGE = 200
TO_CALL = (TaskKind.CALL_BACK, TaskKind.VOICEMAIL)

Change = Callable[[Task], Task]

log = logging.getLogger(__name__)
_wanted = msgspec.json.Decoder(TaskWanted)


class Tasks:
    def __init__(self, store: TaskStore, offload: Offload, clock: Clock) -> None:
        self._store = store
        self._offload = offload
        self._clock = clock

    # For people

    async def find(
        self, wanted: TaskFilter, who: Who, limit: int = 50, skip: int = 0
    ) -> list[Task]:
        """Soonest due first, at most MAX_PAGE, and no other's but for those who lead."""
        if not who.sees_all():
            wanted = replace(
                wanted,
                owners=_within(wanted.owners, who),
                or_escalated=False,
                or_queues=who.queues if who.is_limited() else (),
            )

        def look() -> list[Task]:
            with self._store.reading() as rows:
                return rows.find(wanted, min(limit, MAX_PAGE), skip)

        return await self._offload.run(look)

    async def get(self, id_: int, who: Who) -> Task:
        """Raises NoSuchTask, for somebody else's, too."""

        def look() -> Task:
            with self._store.reading() as rows:
                return _hers(rows.get(id_), who)

        return await self._offload.run(look)

    async def close(self, id_: int, to: TaskState, outcome: str, who: Who, version: int) -> Task:
        """Say what came of it, or (``to`` open) take it up again. Raises NoSuchTask, TaskChanged,
        TaskCannot, TaskByRecord."""
        now = self._clock.now()

        def change(task: Task) -> Task:
            if to not in NEXT[task.state]:
                raise TaskCannot(task, to)
            if task.kind in BY_RECORD and to is not TaskState.CANCELLED:
                raise TaskByRecord
            open_again = to is TaskState.OPEN
            return replace(
                task,
                state=to,
                outcome=outcome or task.outcome,
                closed_by="" if open_again else who.person,
                closed_at=None if open_again else now,
            )

        return await self._offload.run(self._change, id_, change, who, version, now)

    async def hand_over(self, id_: int, owner: str, who: Who, version: int) -> Task:
        """Raises NoSuchTask, TaskChanged."""

        def change(task: Task) -> Task:
            return replace(task, owner=owner)

        return await self._offload.run(self._change, id_, change, who, version, self._clock.now())

    async def put_off(self, id_: int, due_at: float, who: Who, version: int) -> Task:
        """Raises NoSuchTask, TaskChanged."""

        def change(task: Task) -> Task:
            return replace(task, due_at=due_at, escalated_at=None)

        return await self._offload.run(self._change, id_, change, who, version, self._clock.now())

    # For the house

    async def want(self, wanted: TaskWanted) -> int | None:
        """Outside any other unit of work; None when there is one of this key already."""

        def add() -> int | None:
            with self._store.writing() as rows:
                return rows.add(task_from(wanted, self._clock.now()))

        return await self._offload.run(add)

    def open_to_call(self, skip: int) -> list[Task]:
        """Whom nobody has reached yet, MAX_PAGE at a time. Synchronous."""
        wanted = TaskFilter(states=(TaskState.OPEN, TaskState.UNFINISHED))
        with self._store.reading() as rows:
            found = [
                task
                for kind in TO_CALL
                for task in rows.find(replace(wanted, kind=kind), MAX_PAGE, skip)
            ]
        return [task for task in found if task.number]

    def reached(self, id_: int, outcome: str, by: str, now: float) -> bool:
        """Somebody has talked with her: nothing is left to do. ``by``: as owners are called. False
        when it was closed meanwhile. Synchronous."""
        with self._store.writing() as rows:
            task = rows.get(id_)
            if task is None or TaskState.DONE not in NEXT[task.state]:
                return False
            rows.save(
                replace(
                    task,
                    state=TaskState.DONE,
                    outcome=outcome,
                    closed_by=by,
                    closed_at=now,
                    version=task.version + 1,
                    updated_at=now,
                )
            )
            return True

    def step(self, now: float) -> int:
        """Make tasks of what other rooms wanted, and show what is overdue to those who lead; how
        many of both. Synchronous. Raises when the database is unavailable, having lost nothing."""
        made, after = 0, 0
        while True:
            with self._store.reading() as rows:
                batch = rows.wanted(AT_ONCE, after)
            if not batch:
                break
            made += self._make(batch, now)
            after = batch[-1].message
        return made + self._escalate(now)

    def _make(self, batch: Sequence[Wanted], now: float) -> int:
        try:
            with self._store.writing() as rows:
                ours = rows.claim([one.message for one in batch], now)
                mine = [one for one in batch if one.message in ours]
                for one in mine:
                    rows.add(task_from(_wanted.decode(one.payload), now))
                return len(mine)
        except Exception as error:
            if unavailable(error):
                raise
            if len(batch) > 1:
                # One of them is the trouble: the others must not wait for it.
                return sum(self._make([one], now) for one in batch)
            log.exception("what was wanted could not become a task")
            with self._store.writing() as rows:
                rows.put_off(batch[0].message, repr(error))
            return 0

    def _escalate(self, now: float) -> int:
        with self._store.reading() as rows:
            if not rows.overdue(now, 1):
                return 0
        with self._store.writing() as rows:
            late = rows.overdue(now, AT_ONCE)
            for task in late:
                rows.save(replace(task, escalated_at=now, updated_at=now))
            return len(late)

    def _change(self, id_: int, change: Change, who: Who, version: int, now: float) -> Task:
        with self._store.writing() as rows:
            task = _hers(rows.get(id_), who)
            if task.version != version:
                raise TaskChanged(task)
            changed = replace(change(task), version=task.version + 1, updated_at=now)
            rows.save(changed)
            return changed


def _hers(task: Task | None, who: Who) -> Task:
    mine = task is not None and task.owner in owners_of(who)
    elsewhere = task is not None and who.is_limited() and task.queue is not None
    if task is None or not (who.looks_after(task.queue) or (mine and not elsewhere)):
        raise NoSuchTask
    return task


def _within(asked: tuple[str, ...] | None, who: Who) -> tuple[str, ...]:
    own = owners_of(who)
    return own if asked is None else tuple(owner for owner in asked if owner in own)
