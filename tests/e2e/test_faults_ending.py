"""However `threering run` ends, nothing stays: no process, no mount; the next one opens."""

import signal
import subprocess
import sys
import time
from collections.abc import Iterator

import pytest

from tests.e2e.conftest import Measured
from tests.e2e.faults import processes_of
from tests.e2e.hotline import REPOSITORY, Hotline, hotline, until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def house() -> Iterator[Hotline]:
    with hotline() as made:
        yield made


def mounts(house: Hotline) -> list[str]:
    with open("/proc/self/mountinfo") as lines:
        return [line for line in lines if str(house.folder) in line]


HOW = pytest.mark.parametrize(
    ("how", "code"),
    [(signal.SIGINT, 0), (signal.SIGTERM, 0), (signal.SIGKILL, -signal.SIGKILL)],
    ids=["ctrl-c", "terminated", "killed"],
)


@HOW
def test_nothing_is_left_behind_and_the_next_start_is_a_plain_one(
    house: Hotline, measured: Measured, how: signal.Signals, code: int
) -> None:
    began = time.monotonic()
    house.opens()
    measured("from start to signed in, s", time.monotonic() - began)
    assert house.process is not None
    assert len(processes_of(house)) > 2, "parent, controller, Asterisk"
    caller = house.calls()
    until(lambda: caller.happened("connected"), "somebody is on line")
    house.process.send_signal(how)
    assert house.process.wait(30) == code
    until(lambda: not processes_of(house), "every process has ended")
    assert mounts(house) == []
    house.robots_go()


@pytest.mark.parametrize(
    ("how", "code"),
    [
        pytest.param(signal.SIGINT, 0, id="ctrl-c", marks=pytest.mark.prove),
        pytest.param(signal.SIGTERM, 0, id="terminated", marks=pytest.mark.prove),
        pytest.param(signal.SIGKILL, -signal.SIGKILL, id="killed"),
    ],
)
def test_the_demo_takes_its_robots_along(
    house: Hotline, measured: Measured, how: signal.Signals, code: int
) -> None:
    command = [sys.executable, "-m", "runtime", "run", "--demo"]
    with open(house.folder / "demo.log", "wb") as log:
        hotline = subprocess.Popen(
            [*command, "--config", str(house.folder / "config")],
            env=house.environment,
            stdout=log,
            stderr=log,
            cwd=REPOSITORY,
        )
    until(lambda: [one for one in processes_of(house, robots=True) if "sipp" in one], "robots")
    hotline.send_signal(how)
    assert hotline.wait(30) == code
    until(lambda: not processes_of(house, robots=True), "every process has ended")
