"""The database locked or gone, the disk full, with calls on line: calls go on, it is said, and
afterwards there is exactly one record of each."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from telephony.robots.scenario import Answers, Press, StayUntilHungUp, Wait
from tests.e2e.conftest import Measured
from tests.e2e.faults import (
    KEYS,
    QUEUES,
    STEPS,
    alarms,
    happens,
    one_queue_an_agent,
    one_ticket_of,
    prepared,
    ready,
    record_of,
)
from tests.e2e.hotline import Hotline, Phone, hotline, until

pytestmark = pytest.mark.e2e

AGENT, QUEUE = "a8005", QUEUES[-1]  # no survey after it
LOCKED_S = 15.0


@pytest.fixture(scope="module")
def site() -> Iterator[Hotline]:
    with hotline(floor=one_queue_an_agent()) as made:
        prepared(made).opens()
        yield made


@pytest.fixture
def house(site: Hotline) -> Iterator[Hotline]:
    site.waits_until_open()
    yield site
    for robot in site.robots:
        robot.hang_up()
    site.robots_go()
    site.logged_out()


def database(house: Hotline) -> Path:
    return house.site.data / "threering.db"


def talks(house: Hotline, number: str, talk_s: float = 6.0) -> Phone:
    phone = house.agent_ready(AGENT, Answers(after_s=0.5, talk_s=talk_s))
    calls(house, number)
    happens(house, number, "TalkBegan")
    return phone


def calls(house: Hotline, number: str) -> None:
    press = Press(KEYS[QUEUE])
    house.calls(Wait(1.5), press, StayUntilHungUp(60.0), dial=STEPS, number=number)


def test_calls_go_on_while_somebody_locks_the_database(house: Hotline, measured: Measured) -> None:
    before, during = "13966660001", "13966660002"
    talks(house, before)
    with closing(sqlite3.connect(database(house), isolation_level=None)) as other:
        other.execute("BEGIN EXCLUSIVE")
        locked_at = time.monotonic()
        happens(house, before, "CallEnded")
        calls(house, during)
        happens(house, during, "CallEnded")
        until(lambda: "records_waiting" in alarms(house), "an alarm shows", LOCKED_S)
        while time.monotonic() < locked_at + LOCKED_S:
            time.sleep(0.2)
        other.execute("ROLLBACK")
    unlocked_at = time.time()
    for number in (before, during):
        assert record_of(house, number)["outcome"] == "answered"
        one_ticket_of(house, number)
    measured("from unlocked to recorded, s", time.time() - unlocked_at)
    until(lambda: "records_waiting" not in alarms(house), "the alarm is over")


def test_calls_go_on_while_the_database_is_gone(house: Hotline) -> None:
    before, during = "13966660003", "13966660004"
    talks(house, before)
    aside = house.folder / "aside"
    aside.mkdir()
    for part in house.site.data.glob("threering.db*"):
        part.rename(aside / part.name)
    try:
        until(lambda: "is gone" in ready(house)["database"], "/ready says so")
        happens(house, before, "CallEnded")
        calls(house, during)
        happens(house, during, "CallEnded")
        assert not database(house).exists()
    finally:
        for part in aside.iterdir():
            part.rename(house.site.data / part.name)
    for number in (before, during):
        assert record_of(house, number)["outcome"] == "answered"
        one_ticket_of(house, number)
    until(lambda: not ready(house)["database"], "/ready says that it is back")
