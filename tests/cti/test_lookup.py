"""Finding out who calls: what is there in time, what comes late, and a store in trouble."""

import asyncio
from collections.abc import Coroutine
from typing import Any

import pytest

from calls.clock import ManualClock
from calls.ids import CustomerId
from calls.notices import Match
from cti.breaker import Breaker
from cti.lookup import GIVE_UP_S, MOST_AT_ONCE, Known, LookUp
from cti.model import Found
from cti.numbers import CallerNumber, NumberKind
from tests.conftest import Run

pytestmark = pytest.mark.unit

WANG = Found((Match(customer=CustomerId("1"), name="王芳"),))


class Store:
    """Answers when told to."""

    def __init__(self) -> None:
        self.asked: list[str] = []
        self.answers: list[asyncio.Future[Found]] = []

    async def find(self, number: CallerNumber) -> Found:
        self.asked.append(number.key)
        self.answers.append(asyncio.get_running_loop().create_future())
        return await self.answers[-1]


class Floor:
    def __init__(self, **rest: Any) -> None:
        self.clock = ManualClock(100.0)
        self.store = Store()
        self.failures: list[BaseException] = []
        self.look_up = LookUp(self.store.find, self.clock, self.failures.append, **rest)


async def settled() -> None:
    for _ in range(6):
        await asyncio.sleep(0)


async def started(waiting: Coroutine[Any, Any, Known]) -> asyncio.Task[Known]:
    task = asyncio.ensure_future(waiting)
    await settled()
    return task


def test_what_is_there_within_the_budget_is_used_and_not_late(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        finding = floor.look_up.begin("138 1234 5678")
        waiting = await started(finding.within())
        assert floor.store.asked == ["+8613812345678"]
        floor.store.answers[0].set_result(WANG)
        known = await waiting
        assert (known.found, known.late, known.failed) == (WANG, False, False)
        assert finding.known() == known

    run(story())


def test_a_slow_look_up_lets_the_caller_go_on_and_its_data_is_delivered_late(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        finding = floor.look_up.begin("13812345678")
        delivered: list[Known] = []
        waiting = await started(finding.within(0.3))
        floor.clock.advance(0.29)
        await settled()
        assert not waiting.done()
        floor.clock.advance(0.02)
        known = await waiting
        assert known.late
        assert known.number.key == "+8613812345678"
        finding.when_ready(delivered.append)
        assert delivered == []
        floor.store.answers[0].set_result(WANG)
        await settled()
        assert [(k.found, k.late) for k in delivered] == [(WANG, False)]

    run(story())


def test_asking_again_after_the_budget_never_waits_when_no_budget_is_given(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        finding = floor.look_up.begin("13812345678")
        assert (await finding.within(0.0)).late
        assert finding.known().late

    run(story())


def test_who_asks_to_be_told_after_the_end_is_told_at_once(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        finding = floor.look_up.begin("13812345678")
        await settled()
        floor.store.answers[0].set_result(WANG)
        await settled()
        told: list[Known] = []
        finding.when_ready(told.append)
        assert [k.found for k in told] == [WANG]

    run(story())


def test_a_failing_screen_stops_neither_the_others_nor_the_look_up(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        finding = floor.look_up.begin("13812345678")
        told: list[Known] = []

        def broken(known: Known) -> None:
            raise ValueError("screen")

        finding.when_ready(broken)
        finding.when_ready(told.append)
        await settled()
        floor.store.answers[0].set_result(WANG)
        await settled()
        assert len(told) == 1
        assert [str(f) for f in floor.failures] == ["screen"]

    run(story())


def test_a_store_that_fails_makes_a_stranger_and_says_so(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        finding = floor.look_up.begin("13812345678")
        told: list[Known] = []
        finding.when_ready(told.append)
        await settled()
        floor.store.answers[0].set_exception(OSError("locked"))
        known = await finding.within()
        assert (known.found, known.late, known.failed) == (Found(), False, True)
        assert told == [known]
        assert [str(f) for f in floor.failures] == ["locked"]

    run(story())


def test_a_store_that_keeps_failing_is_left_alone_then_tried_with_one_call(run: Run) -> None:
    async def story() -> None:
        floor = Floor(breaker=Breaker(failures=2, rest_s=10.0))
        for _ in range(2):
            finding = floor.look_up.begin("13812345678")
            await settled()
            floor.store.answers[-1].set_exception(OSError("gone"))
            await finding.within()
        assert floor.look_up.resting
        assert floor.look_up.begin("13812345678").known().failed
        assert len(floor.store.asked) == 2
        floor.clock.advance(10.0)
        trial = floor.look_up.begin("13812345678")
        assert floor.look_up.begin("13812345678").known().failed  # one at a time
        await settled()
        floor.store.answers[-1].set_result(WANG)
        assert (await trial.within()).found == WANG
        assert not floor.look_up.resting

    run(story())


def test_a_look_up_that_never_answers_is_given_up_and_counts_as_a_failure(run: Run) -> None:
    async def story() -> None:
        floor = Floor(breaker=Breaker(failures=1))
        finding = floor.look_up.begin("13812345678")
        await settled()
        floor.clock.advance(GIVE_UP_S)
        await settled()
        assert finding.known().failed
        assert isinstance(floor.failures[0], TimeoutError)
        assert floor.look_up.resting

    run(story())


def test_a_flood_of_calls_meets_a_limit_instead_of_a_queue(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        findings = [floor.look_up.begin("13812345678") for _ in range(MOST_AT_ONCE + 5)]
        await settled()
        assert len(floor.store.asked) == MOST_AT_ONCE
        assert sum(f.known().failed for f in findings) == 5
        await floor.look_up.close()

    run(story())


def test_a_hidden_caller_is_known_at_once_and_the_store_is_not_asked(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        known = floor.look_up.begin("anonymous").known()
        assert (known.number.kind, known.late, known.failed) == (NumberKind.HIDDEN, False, False)
        assert floor.store.asked == []

    run(story())


def test_closing_gives_up_quietly(run: Run) -> None:
    async def story() -> None:
        floor = Floor()
        floor.look_up.begin("13812345678")
        await settled()
        await floor.look_up.close()
        assert floor.failures == []
        assert floor.store.answers[0].cancelled()

    run(story())


def test_a_breaker_that_failed_its_trial_rests_again() -> None:
    breaker = Breaker(failures=1, rest_s=10.0)
    breaker.failed(0.0)
    assert not breaker.may_ask(9.9)
    assert breaker.may_ask(10.0)
    breaker.failed(10.5)
    assert not breaker.may_ask(20.0)
    assert breaker.may_ask(20.5)


def test_failures_with_a_success_between_them_do_not_add_up() -> None:
    breaker = Breaker(failures=2)
    breaker.failed(0.0)
    breaker.succeeded()
    breaker.failed(1.0)
    assert breaker.may_ask(1.0)
    assert not breaker.open
