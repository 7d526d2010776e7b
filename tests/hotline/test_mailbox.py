"""A caller's mailbox: in order, nothing lost, and its reader wakes for every reason there is."""

import asyncio

import pytest

from calls.clock import ManualClock
from hotline.mailbox import Mailbox
from tests.conftest import Run

pytestmark = pytest.mark.unit


async def _turns() -> None:
    for _ in range(5):
        await asyncio.sleep(0)


def test_items_are_taken_in_the_order_they_came() -> None:
    box: Mailbox[int] = Mailbox(ManualClock())
    box.put(1)
    box.put(2)
    assert not box.empty
    assert [box.take(), box.take()] == [1, 2]
    assert box.empty


def test_what_nobody_took_is_handed_over_whole_and_once() -> None:
    box: Mailbox[int] = Mailbox(ManualClock())
    box.put(1)
    box.put(2)
    assert box.take_all() == [1, 2]
    assert box.take_all() == []


def test_an_item_wakes_the_reader(run: Run) -> None:
    async def scene() -> None:
        box: Mailbox[int] = Mailbox(ManualClock())
        reader = asyncio.ensure_future(box.stirred(150.0))
        await _turns()
        assert not reader.done()
        box.put(1)
        assert await reader is True
        assert box.take() == 1

    run(scene())


def test_the_reader_is_woken_with_nothing_there_when_somebody_has_gone(run: Run) -> None:
    async def scene() -> None:
        box: Mailbox[int] = Mailbox(ManualClock())
        reader = asyncio.ensure_future(box.stirred(150.0))
        await _turns()
        box.wake()
        assert await reader is True
        assert box.empty

    run(scene())


def test_time_alone_wakes_it_and_says_so_and_leaves_no_timer(run: Run) -> None:
    async def scene() -> None:
        clock = ManualClock()
        box: Mailbox[int] = Mailbox(clock)
        reader = asyncio.ensure_future(box.stirred(150.0))
        await _turns()
        clock.advance(150.0)
        assert await reader is False
        again = asyncio.ensure_future(box.stirred(150.0))
        await _turns()
        box.put(1)
        assert await again is True
        clock.advance(1_000.0)

    run(scene())


def test_what_comes_while_nobody_waits_is_not_lost_and_wakes_nobody_later(run: Run) -> None:
    async def scene() -> None:
        box: Mailbox[int] = Mailbox(ManualClock())
        box.put(1)
        reader = asyncio.ensure_future(box.stirred(150.0))
        await _turns()
        assert not reader.done()
        assert box.take() == 1
        reader.cancel()
        await asyncio.gather(reader, return_exceptions=True)
        box.put(2)
        assert box.take() == 2

    run(scene())
