"""A route's calls of today are counted on by the next controller."""

from pathlib import Path

import pytest

from runtime.ways_out import WaysOut, count_on
from tests.config.test_trunks import NOON, PLAN, good

pytestmark = pytest.mark.unit

BEIJING = "010-62345678"
"""Covered by a route of two calls a day."""
A_DAY = 24 * 3600


def controller(file: Path) -> WaysOut:
    return WaysOut(count_on(good(PLAN), "Asia/Shanghai", file), file, lambda work: work())


def test_the_cap_of_a_route_outlives_the_controller(tmp_path: Path) -> None:
    file = tmp_path / "today.json"
    assert controller(file).allow(BEIJING, NOON) is not None
    assert controller(file).allow(BEIJING, NOON + 1) is not None
    third = controller(file)
    assert third.allow(BEIJING, NOON + 2) is None
    assert third.denied == 1
    assert third.allow(BEIJING, NOON + A_DAY) is not None


def test_what_was_counted_yesterday_is_not_counted_today(tmp_path: Path) -> None:
    file = tmp_path / "today.json"
    for _ in range(2):
        controller(file).allow(BEIJING, NOON)
    assert controller(file).allow(BEIJING, NOON + A_DAY) is not None


@pytest.mark.parametrize(
    "kept", ["", "{", "[]", "null", '{"day": 5}', '{"day": "2026-01-05", "used": {"city": "x"}}']
)
def test_a_count_nobody_can_read_begins_anew(tmp_path: Path, kept: str) -> None:
    file = tmp_path / "today.json"
    file.write_text(kept)
    assert controller(file).allow(BEIJING, NOON) is not None


def test_a_call_goes_out_when_the_count_cannot_be_kept(tmp_path: Path) -> None:
    assert controller(tmp_path / "gone" / "today.json").allow(BEIJING, NOON) is not None
