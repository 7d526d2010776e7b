"""How good a voice was, in one figure."""

import pytest

from calls.ids import CallId
from calls.voice import Voice, Way

pytestmark = pytest.mark.unit


def voice(came: Way, went: Way) -> Voice:
    return Voice(call=CallId("c"), channel="1.1", at=1.0, came=came, went=went)


def test_the_worse_way_counts_and_an_unknown_one_does_not() -> None:
    good, bad = Way(packets=100, score=88.0), Way(packets=100, score=40.0)
    assert voice(good, bad).score == 40.0
    assert voice(bad, Way(packets=100)).score == 40.0
    assert voice(Way(packets=100), Way(packets=100)).score is None


def test_who_was_not_heard_at_all_has_the_worst_there_is() -> None:
    one_way = voice(Way(packets=843, score=88.0), Way(packets=0))
    assert one_way.is_one_way
    assert one_way.score == 0.0
    assert not voice(Way(packets=3), Way(packets=0)).is_one_way
