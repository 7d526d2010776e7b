"""How long the link waits before it knocks again."""

import pytest

from telephony.ami.connection import LONGEST_WAIT_S, back_off_s

pytestmark = pytest.mark.unit


def test_the_first_knock_does_not_wait() -> None:
    assert back_off_s(0, 0.9) == 0.0


def test_waits_double_and_stop_growing() -> None:
    waits = [back_off_s(failures, 1.0) for failures in range(1, 9)]
    assert waits == [0.25, 0.5, 1.0, 2.0, 4.0, 8.0, LONGEST_WAIT_S, LONGEST_WAIT_S]
    assert back_off_s(100_000, 1.0) == LONGEST_WAIT_S


def test_chance_moves_a_wait_within_its_later_half() -> None:
    assert back_off_s(3, 0.0) == 0.5
    assert back_off_s(3, 0.5) == 0.75
