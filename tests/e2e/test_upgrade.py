"""Another release takes over while a caller waits; one that does not open gives way again."""

import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from telephony.robots.scenario import Answers
from tests.e2e.hotline import Hotline, hotline, until

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def open_hotline() -> Iterator[Hotline]:
    with hotline() as site:
        site.opens()
        yield site


def release(folder: Path, controller: str = "") -> Path:
    """A release of its own: this house's code under another Python; ``controller``: what it does
    instead of opening."""
    python = folder / ".venv" / "bin" / "python"
    python.parent.mkdir(parents=True)
    instead = f'case "$*" in *controller*) {controller} ;; esac' if controller else ""
    python.write_text(f'#!/bin/sh\n{instead}\nexec {sys.executable} "$@"\n')
    python.chmod(0o755)
    return folder


def test_a_caller_waits_through_an_upgrade_and_keeps_her_place(
    open_hotline: Hotline, tmp_path: Path
) -> None:
    open_hotline.calls(number="13911110011")
    until(lambda: open_hotline.client.get("/floor")["queues"], "the floor is seen")
    until(lambda: _waiting(open_hotline) == 1, "she waits")
    old = open_hotline.controller_pid()
    said = open_hotline.threering("upgrade", str(release(tmp_path / "new")))
    assert "serves the calls now" in said
    open_hotline.waits_until_open()
    assert open_hotline.controller_pid() != old
    assert _waiting(open_hotline) == 1
    open_hotline.agent_ready("a8001", Answers(after_s=1.0, talk_s=3.0))
    record = open_hotline.record_of("13911110011")
    assert (record["outcome"], record["agent"], record["gaps"]) == ("answered", "a8001", 1)


def test_a_release_that_does_not_open_gives_way_and_the_hotline_goes_on(
    open_hotline: Hotline, tmp_path: Path
) -> None:
    broken = release(tmp_path / "broken", controller="exit 1")
    said = open_hotline.threering("upgrade", str(broken), code=1)
    assert "did not open" in said
    open_hotline.waits_until_open()
    open_hotline.agent_ready("a8002", Answers(after_s=1.0, talk_s=3.0))
    open_hotline.calls(number="13911110012")
    assert open_hotline.record_of("13911110012")["outcome"] == "answered"


def _waiting(house: Hotline) -> int:
    return sum(queue["waiting"] for queue in house.client.get("/floor")["queues"])
