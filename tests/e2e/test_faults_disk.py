"""The journal's disk fills up with calls on line: the reserve is used, then memory; calls go on,
/ready says so, and when there is room again nothing is missing."""

import contextlib
import os
from collections.abc import Iterator
from pathlib import Path

import pytest

from telephony.robots.scenario import Answers, Press, StayUntilHungUp, Wait
from tests.e2e.faults import (
    KEYS,
    QUEUES,
    STEPS,
    Apart,
    alarms,
    apart,
    one_queue_an_agent,
    one_ticket_of,
    ready,
    record_of,
)
from tests.e2e.hotline import until

pytestmark = pytest.mark.e2e

AGENT, QUEUE = "a8005", QUEUES[-1]  # no survey after it
DISK_KB = 110_000
"""Room for the journal's reserve of 32 MiB, and for twice as much before it is made again."""


class OnSmallDisk(Apart):
    """Its journal lies on a small disk that only the controller, and who looks over its shoulder,
    can see; the mount ends with the controller."""

    @property
    def disk(self) -> Path:
        assert self.process is not None
        return Path(f"/proc/{self.process.pid}/root{self.folder}/small")

    def fill(self, name: str) -> None:
        """Write until there is no room for another byte."""
        with open(self.disk / name, "wb", buffering=0) as file, contextlib.suppress(OSError):
            while file.write(bytes(4096)):
                pass


def on_small_disk(house: Apart) -> None:
    small = house.folder / "small"
    small.mkdir()
    with open(house.folder / "config" / "threering.yaml", "a") as settings:
        settings.write(f"\njournal: {{file: {small}/journal.db}}\n")
    alone = ["unshare", "--mount", "--propagation", "private"]
    if os.geteuid() != 0:
        alone += ["--user", "--map-root-user"]
    mount = f'mount -t tmpfs -o size={DISK_KB}k none {small} && exec "$@"'
    house.within = (*alone, "sh", "-c", mount, "sh")


@pytest.fixture(scope="module")
def house() -> Iterator[OnSmallDisk]:
    with apart(on_small_disk, OnSmallDisk, floor=one_queue_an_agent()) as made:
        assert isinstance(made, OnSmallDisk)
        yield made


def test_calls_go_on_while_the_disk_is_full_and_nothing_is_missing_afterwards(
    house: OnSmallDisk,
) -> None:
    numbers = [f"1397777000{n}" for n in range(4)]
    phone = house.agent_ready(AGENT, Answers(after_s=0.5, talk_s=5.0))
    assert not ready(house)["journal"]
    house.fill("first")
    _calls(house, numbers[0])
    until(lambda: "reserve" in ready(house)["journal"], "the reserve is used, and /ready says so")
    until(lambda: len(phone.times("hung-up")) == 1, "a talk as long as the agent wished")
    _calls(house, numbers[1])
    until(lambda: house.state(AGENT) == "talking", "the next talk")
    house.fill("second")
    until(lambda: "memory" in ready(house)["journal"], "the journal is in memory, and is said so")
    assert "journal" in alarms(house)
    until(lambda: len(phone.times("hung-up")) == 2, "it goes on as long as the agent wished")
    _calls(house, numbers[2])
    until(lambda: len(phone.times("hung-up")) == 3, "one begins and ends meanwhile")
    (house.disk / "first").unlink()
    (house.disk / "second").unlink()
    until(lambda: not ready(house)["journal"], "there is room again")
    assert "journal" not in alarms(house)
    _calls(house, numbers[3])
    for number in numbers:
        assert record_of(house, number)["outcome"] == "answered"
        one_ticket_of(house, number)


def _calls(house: OnSmallDisk, number: str) -> None:
    press = Press(KEYS[QUEUE])
    house.calls(Wait(1.5), press, StayUntilHungUp(60.0), dial=STEPS, number=number)
