"""For every test: one asyncio loop with Twisted's reactor on it, as in the product.

A test module that does not say its category (unit, wire, contract, ...) fails collection, so that
``pytest -m unit`` never silently leaves one out.
"""

import asyncio
import gc
import os
from collections import Counter
from collections.abc import Coroutine, Iterator
from typing import Any, Protocol, TypeVar

import pytest
from hypothesis import settings
from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.main import installReactor

from tests.databases import database, empty_database, new_database, postgres

__all__ = ["database", "empty_database", "new_database", "postgres"]  # fixtures of every test
CATEGORIES = frozenset({"unit", "wire", "contract", "story", "integration", "e2e"})

# No test is timed: a machine that stands still for a moment has found no fault.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

_loop = asyncio.new_event_loop()
asyncio.set_event_loop(_loop)
# Before any test module is imported: the first import of twisted.internet.reactor decides for all.
_reactor: Any = AsyncioSelectorReactor(_loop)
installReactor(_reactor)  # type: ignore[no-untyped-call]

Result = TypeVar("Result")


class Run(Protocol):
    def __call__(
        self, coroutine: Coroutine[Any, Any, Result], timeout_s: float = 10.0
    ) -> Result: ...


@pytest.fixture(scope="session")
def loop() -> Iterator[asyncio.AbstractEventLoop]:
    """The loop of the whole test run, reactor started; it stands still between runs."""
    # What reactor.run() does before it hands itself to the loop: thread pool, "startup" events.
    _reactor.startRunning(installSignalHandlers=False)
    yield _loop
    _reactor.stop()
    give_up = _loop.call_later(5.0, _loop.stop)
    _loop.run_forever()  # until the reactor has fired "shutdown" and stops the loop itself
    give_up.cancel()
    _loop.run_until_complete(_loop.shutdown_asyncgens())
    _loop.close()
    asyncio.set_event_loop(None)
    gc.collect()


@pytest.fixture
def run(loop: asyncio.AbstractEventLoop) -> Run:
    """``run(coroutine, timeout_s=10)``: its result; TimeoutError when it takes longer."""

    def run_coroutine(coroutine: Coroutine[Any, Any, Result], timeout_s: float = 10.0) -> Result:
        return loop.run_until_complete(asyncio.wait_for(coroutine, timeout_s))

    return run_coroutine


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    nameless = sorted(
        {
            item.nodeid.partition("::")[0]
            for item in items
            if CATEGORIES.isdisjoint(mark.name for mark in item.iter_markers())
        }
    )
    if nameless:
        raise pytest.UsageError(
            f"say the category, pytestmark = pytest.mark.<{'|'.join(sorted(CATEGORIES))}>, in: "
            + ", ".join(nameless)
        )
    # Where several run side by side: those that mostly wait first, and of them the longest files;
    # the short ones fill the end. Sorting keeps the order within a file.
    many = Counter(item.path for item in items)
    items.sort(key=lambda item: (not _waits(item), -many[item.path] * _waits(item), item.path))


@pytest.hookimpl(tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> None:
    """What burns the processor gives way to the telephones that still ring beside it: from the
    first such test on, since none that waits comes to this process after it."""
    if "PYTEST_XDIST_WORKER" in os.environ and not _waits(item) and os.nice(0) == 0:
        os.nice(10)


def _waits(item: pytest.Item) -> bool:
    return item.get_closest_marker("e2e") is not None
