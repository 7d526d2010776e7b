"""The parent and the pipe between it and a controller: proof of life one way, loss the other."""

import os
import signal
import sys
from collections.abc import Iterator
from pathlib import Path
from threading import Timer

import pytest

from calls.clock import ManualClock
from runtime.heartbeat import BEAT_S, Heartbeat
from runtime.parent import Controller, watch_forever

pytestmark = pytest.mark.integration

MISTAKE = 2


@pytest.fixture(autouse=True)
def signals() -> Iterator[None]:
    kept = {
        number: signal.getsignal(number)
        for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)
    }
    yield
    for number, handler in kept.items():
        signal.signal(number, handler)


def controller(*, opens: bool, runs: Path) -> Controller:
    """One that ends with a mistake, after it has opened or before."""
    says = "import os, sys; open(sys.argv[1], 'a').write('x');"
    if opens:
        says += " os.write(int(sys.argv[3]), b'.!');"
    return Controller([sys.executable, "-c", f"{says} sys.exit({MISTAKE})", str(runs)])


def test_a_mistake_at_the_first_start_is_not_tried_again(tmp_path: Path) -> None:
    runs = tmp_path / "runs"
    said: list[str] = []
    code = watch_forever(controller(opens=False, runs=runs), said.append, frozenset({MISTAKE}))
    assert (code, said, runs.read_text()) == (MISTAKE, [], "x")


def test_once_calls_were_served_a_controller_is_started_again_whatever_it_ends_with(
    tmp_path: Path,
) -> None:
    """Asterisk holds talks: the house is not shut over them."""
    runs = tmp_path / "runs"
    said: list[str] = []

    def say(line: str) -> None:
        said.append(line)
        if len(said) == 2:
            signal.raise_signal(signal.SIGTERM)

    code = watch_forever(controller(opens=True, runs=runs), say, frozenset({MISTAKE}))
    assert (code, len(said), runs.read_text()) == (0, 2, "xx")


def test_a_controller_learns_that_its_parent_is_gone() -> None:
    clock, orphaned = ManualClock(0.0), []
    read, write = os.pipe()
    heart = Heartbeat(write, clock, lambda: orphaned.append(clock.now()))
    heart.begin()
    clock.advance(3 * BEAT_S)
    heart.say_open()
    assert os.read(read, 100) == b"....!"
    os.close(read)
    clock.advance(60.0)
    os.close(write)
    assert orphaned == [4 * BEAT_S]


def test_a_parent_that_is_stopped_for_a_while_is_not_taken_for_gone() -> None:
    clock, orphaned = ManualClock(0.0), []
    read, write = os.pipe()
    heart = Heartbeat(write, clock, lambda: orphaned.append(clock.now()))
    heart.begin()
    clock.advance(100_000 * BEAT_S)  # more than the pipe holds
    os.close(read)
    os.close(write)
    assert orphaned == []


def renewing(tmp_path: Path, script: str) -> tuple[list[bool], str]:
    """An old controller that beats for ever, asked to make way for ``script``; whether it did, and
    which ones were started, in order."""
    runs = tmp_path / "runs"
    beats = (
        "import os, sys, time; open(sys.argv[1], 'a').write(sys.argv[2])\n"
        "while True: os.write(int(sys.argv[4]), b'.!'); time.sleep(0.05)"
    )
    old = [sys.executable, "-c", beats, str(runs), "o"]
    new = [sys.executable, "-c", script or beats, str(runs), "n"]
    replaced: list[bool] = []

    def renew(controller: Controller) -> None:
        replaced.append(controller.replace(new))
        signal.raise_signal(signal.SIGTERM)

    controller = Controller(old)
    Timer(0.5, os.kill, (os.getpid(), signal.SIGHUP)).start()
    assert watch_forever(controller, lambda line: None, frozenset({MISTAKE}), renew) == 0
    return replaced, runs.read_text()


def test_another_release_takes_over_when_it_opens(tmp_path: Path) -> None:
    replaced, runs = renewing(tmp_path, "")
    assert (replaced, runs) == ([True], "on")


def test_a_release_that_does_not_open_gives_way_to_the_former_one(tmp_path: Path) -> None:
    ends = "import sys; open(sys.argv[1], 'a').write(sys.argv[2]); sys.exit(2)"
    replaced, runs = renewing(tmp_path, ends)
    assert replaced == [False]
    assert runs.startswith("on")
