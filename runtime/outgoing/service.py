"""The way out of the house: items are put on the disk at once and sent beside everything else.

A call never waits for it: ``post`` only appends, the database and the network are used on threads
of its own, and a receiver that is out of reach holds up nobody but itself.
"""

import asyncio
import logging
import random
from collections import deque
from collections.abc import Callable, Iterable, Sequence

from calls.clock import Clock
from calls.notices import Alarm
from config.outgoing import OutgoingPlan
from runtime.outgoing.failures import NotSent, again_at
from runtime.outgoing.hook import send_hook
from runtime.outgoing.mail import send_letter
from storage import outgoing
from storage.database import Database, unavailable
from storage.offload import Offload
from storage.outgoing import Event, Hook, Item, Letter, OutgoingLine, Waiting

LOOK_EVERY_S = 5.0
"""For what other processes and units of work have posted."""
HOLD_S = 120.0
"""Longer than the slowest sending."""
AT_ONCE = 4
MOST_UNKEPT = 2_000
"""While the database is away; beyond it the oldest are lost, and counted."""
ALARM = "outgoing"
ALARM_AFTER_S = 120.0
"""A receiver that starts anew is no alarm."""

log = logging.getLogger(__name__)


class Outgoing:
    def __init__(
        self,
        plan: Callable[[], OutgoingPlan],
        database: Database,
        clock: Clock,
        alarm: Callable[[Alarm], None],
        chance: Callable[[], float] = random.random,
    ) -> None:
        self._plan = plan
        self._database = database
        self._clock = clock
        self._alarm = alarm
        self._chance = chance
        self._threads = Offload(threads=AT_ONCE, name="outgoing")
        self._unkept: deque[tuple[str, Item, float]] = deque()
        self._wake = asyncio.Event()
        self._running: asyncio.Task[None] | None = None
        self._closed: dict[str, float] = {}
        """Targets out of reach: until when nothing is tried there."""
        self._alarmed = False
        self._stopped = False
        self.lost = 0
        """Items given up because neither the database nor memory could keep them."""

    def post(self, key: str, item: Item) -> None:
        """On the loop: kept as soon as the database lets it, then sent. The same key once."""
        if len(self._unkept) >= MOST_UNKEPT:
            self._unkept.popleft()
            self.lost += 1
        self._unkept.append((key, item, self._clock.now()))
        self._wake.set()

    def wake(self) -> None:
        """On the loop: something was posted in a unit of work. Only for haste."""
        self._wake.set()

    def start(self) -> None:
        self._running = asyncio.ensure_future(self._run())

    async def stop(self) -> None:
        """What waits is on the disk. What is being sent may end."""
        self._stopped = True
        self._wake.set()
        if self._running is not None:
            await self._running
        await self._threads.close()

    # For people

    async def lines(self, limit: int, before: int | None, waiting: bool) -> Sequence[OutgoingLine]:
        def look() -> Sequence[OutgoingLine]:
            with self._database.reading() as session:
                return outgoing.lines(session, limit, before, waiting)

        return await self._threads.run(look)

    async def try_again(self, id_: int) -> bool:
        """False where there is nothing to send."""

        def again() -> bool:
            with self._database.session() as session:
                return outgoing.try_again(session, id_, self._clock.now())

        found = await self._threads.run(again)
        self._closed.clear()
        self._wake.set()
        return found

    # Inside

    async def _run(self) -> None:
        while not self._stopped:
            self._wake.clear()
            try:
                more = await self.step()
            except Exception as error:
                more = False
                if not unavailable(error):
                    log.exception("sending failed")
            if not more and not self._stopped:
                await self._pause()
        if self._unkept:
            try:
                await self._keep()
            except Exception as error:
                log.error("items were lost at the end", extra={"why": str(error)})

    async def step(self) -> bool:
        """Keep what was posted, send what is due; True when there may be more."""
        await self._keep()
        now = self._clock.now()
        self._closed = {name: until for name, until in self._closed.items() if until > now}
        taken = await self._threads.run(self._take, now, tuple(self._closed))
        await asyncio.gather(*(self._send(one) for one in taken))
        await self._tell_how_it_goes(now)
        return len(taken) == AT_ONCE

    async def _keep(self) -> None:
        if not self._unkept:
            return
        batch, self._unkept = self._unkept, deque()
        try:
            await self._threads.run(self._write, batch)
        except BaseException:
            batch.extend(self._unkept)
            self._unkept = batch
            raise

    def _write(self, batch: Iterable[tuple[str, Item, float]]) -> None:
        with self._database.session() as session:
            for key, item, at in batch:
                outgoing.post(session, key, item, at)

    def _take(self, now: float, closed: Sequence[str]) -> list[Waiting]:
        with self._database.session() as session:
            return outgoing.take(session, now, HOLD_S, AT_ONCE, closed)

    async def _send(self, one: Waiting) -> None:
        try:
            await self._threads.run(self._send_now, one, self._plan())
        except NotSent as error:
            await self._threads.run(self._put_off, one, error)
        except Exception as error:
            if unavailable(error):
                raise
            log.exception("an item could not be sent", extra={"key": one.key})
            await self._threads.run(self._put_off, one, NotSent(f"{type(error).__name__}: {error}"))

    def _send_now(self, one: Waiting, plan: OutgoingPlan) -> None:
        match one.item:
            case Letter():
                send_letter(one.item, one.key, plan.mail)
            case Hook():
                hooks = dict(plan.webhooks)
                send_hook(one.item, one.key, one.made_at, hooks, self._clock.now())
            case Event(name=name, body=body):
                with self._database.session() as session:
                    for to, hook in plan.webhooks.items():
                        if hook.wants(name):
                            copy = Hook(to=to, event=name, body=body)
                            outgoing.post(session, f"{one.key}@{to}", copy, one.made_at)
                    outgoing.arrived(session, one.id, self._clock.now())
                return
        with self._database.session() as session:
            outgoing.arrived(session, one.id, self._clock.now())

    def _put_off(self, one: Waiting, error: NotSent) -> None:
        now = self._clock.now()
        when = again_at(now, one.made_at, one.tries + 1, self._chance())
        if error.never:
            when = None
        with self._database.session() as session:
            outgoing.failed(session, one.id, str(error), when)
        if when is None:
            log.warning("an item is given up", extra={"key": one.key, "why": str(error)})
        elif isinstance(one.item, Hook):
            self._closed[one.item.to] = when
        else:
            self._closed[outgoing.MAIL] = when

    async def _tell_how_it_goes(self, now: float) -> None:
        def look() -> tuple[int, float | None, str]:
            with self._database.reading() as session:
                return outgoing.oldest_failing(session)

        count, since, why = await self._threads.run(look)
        on = since is not None and now - since >= ALARM_AFTER_S
        if on != self._alarmed:
            self._alarmed = on
            text = f"{count} items wait: {why}" if on else ""
            self._alarm(Alarm(name=ALARM, on=on, text=text, at=now))

    async def _pause(self) -> None:
        timer = self._clock.call_later(LOOK_EVERY_S, self._wake.set)
        try:
            await self._wake.wait()
        finally:
            timer.cancel()
