"""Finding out who calls without making her wait: begun when the call arrives, used when there.

What is not there within its budget is late and patched into the pop when it comes. A store that
keeps failing is left alone for a while; the call goes on as a stranger's.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from calls.clock import Clock
from cti.breaker import Breaker
from cti.model import NOBODY, Found, Person
from cti.numbers import CallerNumber, read_number

BUDGET_S = 0.3
"""The most an IVR step may wait for a look-up; callers hear a longer silence as a fault."""
GIVE_UP_S = 10.0
"""A look-up this old has failed: its pop is patched with what there is, its thread is let go."""
MOST_AT_ONCE = 100
"""Look-ups under way; above it new callers are strangers at once instead of standing in line."""

Find = Callable[[CallerNumber], Awaitable[Found]]
WhenReady = Callable[["Known"], None]
OnFailure = Callable[[BaseException], None]


@dataclass(frozen=True, slots=True)
class Known:
    """What is known of the caller at one moment."""

    number: CallerNumber
    found: Found = NOBODY
    late: bool = False
    """Still being looked up; ``when_ready`` will tell."""
    failed: bool = False
    """The store could not be asked: nobody found does not mean nobody there."""

    @property
    def person(self) -> Person | None:
        """The one sure customer, for level and routing."""
        return self.found.person


class Finding:
    """One look-up under way, or done."""

    def __init__(self, number: CallerNumber, clock: Clock, on_failure: OnFailure) -> None:
        self._clock = clock
        self._on_failure = on_failure
        self._known = Known(number, late=True)
        self._waiting: set[asyncio.Future[None]] = set()
        self._listeners: list[WhenReady] = []

    def known(self) -> Known:
        """What is there now; never waits."""
        return self._known

    async def within(self, budget_s: float = BUDGET_S) -> Known:
        """What is there as soon as it is complete, or after ``budget_s`` seconds from now with
        ``late`` set. Never raises."""
        if self._known.late and budget_s > 0:
            waiter = asyncio.get_running_loop().create_future()
            self._waiting.add(waiter)
            timer = self._clock.call_later(budget_s, lambda: _wake(waiter))
            try:
                await waiter
            finally:
                timer.cancel()
                self._waiting.discard(waiter)
        return self._known

    def when_ready(self, tell: WhenReady) -> None:
        """``tell`` is called once: now when the look-up is over, else when it ends (also when it
        fails, so that a screen can stop waiting)."""
        if self._known.late:
            self._listeners.append(tell)
        else:
            self._tell(tell)

    def settle(self, found: Found, *, failed: bool = False) -> None:
        """The look-up is over. A second answer, after giving up, changes nothing."""
        if not self._known.late:
            return
        self._known = Known(self._known.number, found, failed=failed)
        for waiter in self._waiting:
            _wake(waiter)
        listeners, self._listeners = self._listeners, []
        for tell in listeners:
            self._tell(tell)

    def _tell(self, tell: WhenReady) -> None:
        try:
            tell(self._known)
        except Exception as error:  # one screen's fault is neither the look-up's nor another's
            self._on_failure(error)


class LookUp:
    """``find`` asks the store (cti.service.Customers.find); ``on_failure`` hears each error."""

    def __init__(
        self,
        find: Find,
        clock: Clock,
        on_failure: OnFailure,
        *,
        breaker: Breaker | None = None,
        region: str = "CN",
        area_code: str = "",
    ) -> None:
        self._find = find
        self._clock = clock
        self._on_failure = on_failure
        self._breaker = breaker or Breaker()
        self._region = region
        self._area_code = area_code
        self._tasks: set[asyncio.Task[None]] = set()
        self._closing = False

    @property
    def resting(self) -> bool:
        """True while the store is not asked, because it kept failing: worth an alarm."""
        return self._breaker.open

    def begin(self, number: str) -> Finding:
        """Start finding out who calls from ``number``, as it came from the trunk; returns at
        once. Hidden numbers, a resting store and a full house settle at once."""
        read = read_number(number, self._region, self._area_code)
        finding = Finding(read, self._clock, self._on_failure)
        if not read.key:
            finding.settle(NOBODY)
        elif len(self._tasks) >= MOST_AT_ONCE or not self._breaker.may_ask(self._clock.now()):
            finding.settle(NOBODY, failed=True)
        else:
            task = asyncio.ensure_future(self._look(read, finding))
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)
        return finding

    async def close(self) -> None:
        """Give up what is under way."""
        self._closing = True
        tasks = tuple(self._tasks)
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _look(self, number: CallerNumber, finding: Finding) -> None:
        asked = asyncio.ensure_future(self._find(number))
        give_up = self._clock.call_later(GIVE_UP_S, lambda: _drop(asked))
        try:
            found = await asked
        except asyncio.CancelledError:
            asked.cancel()
            if self._closing:
                raise
            self._fail(finding, TimeoutError(f"look-up gave no answer in {GIVE_UP_S:g} s"))
        except Exception as error:
            self._fail(finding, error)
        else:
            self._breaker.succeeded()
            finding.settle(found)
        finally:
            give_up.cancel()

    def _fail(self, finding: Finding, error: BaseException) -> None:
        self._breaker.failed(self._clock.now())
        self._on_failure(error)
        finding.settle(NOBODY, failed=True)


def _drop(asked: asyncio.Future[Found]) -> None:
    asked.cancel()


def _wake(waiter: asyncio.Future[None]) -> None:
    if not waiter.done():
        waiter.set_result(None)
