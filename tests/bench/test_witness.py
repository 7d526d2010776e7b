"""What the measurements make of what telephones and Asterisk said."""

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from bench.figure import Figure, alternating, percentile
from bench.figures.calls_a_second import highest
from bench.figures.idle_agent import key_to_dial
from bench.figures.pop import leads_s
from bench.screens import Shown
from bench.witness import free_to_called, ringing_s
from telephony.robots.sipp import Logged

pytestmark = pytest.mark.unit


def rang(call: str, at: float, line: str) -> Logged:
    return Logged("rang", call, at, line)


def reached(call: str, at: float, line: str) -> list[Logged]:
    """A phone's INVITE, and its 180 a moment later."""
    return [Logged("called", call, at), rang(call, at + 0.003, line)]


def test_free_to_called_is_from_a_phones_own_goodbye_to_its_next_invite() -> None:
    log = [
        *reached("a", 1.0, "d1"),
        *reached("b", 1.1, "d2"),
        Logged("hung-up", "a", 3.0),
        Logged("hung-up", "b", 3.2),
        *reached("c", 3.004, "d1"),
        *reached("d", 3.7, "d2"),
    ]
    assert free_to_called(log) == pytest.approx([0.004, 0.5])


def test_a_phone_that_was_released_or_stays_free_counts_for_nothing() -> None:
    log = [*reached("a", 1.0, "d1"), Logged("released", "a", 2.0), *reached("b", 2.5, "d1")]
    assert free_to_called([*log, Logged("hung-up", "b", 4.0)]) == []


def test_ringing_is_from_the_phones_180_to_the_cancel_of_the_same_call() -> None:
    log = [
        rang("a", 1.0, "d1"),
        rang("b", 2.0, "d2"),
        Logged("cancelled", "b", 16.8),
        Logged("cancelled", "a", 15.85),
        Logged("cancelled", "never rang", 20.0),
    ]
    assert ringing_s(log) == pytest.approx([14.8, 14.85])


def test_a_key_counts_until_the_first_phone_dialled_for_that_caller() -> None:
    def said(event: str, channel: str, at: float, **more: str) -> dict[str, str]:
        return {"Event": event, "Channel": channel, "Timestamp": str(at), **more}

    events = [
        said("DTMFEnd", "t-1", 1.0, Direction="Received"),
        said("DTMFEnd", "t-2", 1.5, Direction="Sent"),
        said("DialBegin", "t-2", 1.6),
        said("DialBegin", "t-1", 1.25),
        said("DialBegin", "t-1", 9.0),
    ]
    assert key_to_dial(events) == [0.25]


def test_a_pop_counts_for_the_ring_after_it_and_only_for_that_one() -> None:
    shown = [Shown("a1", 0.9), Shown("a2", 1.5), Shown("a1", 5.2)]
    log = [rang("x", 1.0, "d1"), rang("y", 1.4, "d2"), rang("z", 5.0, "d1")]
    assert leads_s(shown, log) == pytest.approx([0.1, -1.0, -1.0])


@pytest.mark.parametrize(("percent", "value"), [(1, 1), (50, 2), (99, 4), (100, 4)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile([4, 1, 3, 2], percent) == value


def test_a_figure_is_judged_by_the_ratio_of_the_medians() -> None:
    figure = Figure(
        name="", unit="ms", ours=(1, 2, 90), peer=(4, 4, 4), target="", met=False, note=""
    )
    assert figure.ratio == 0.5
    assert figure.judged(lambda ratio: ratio < 1).met
    assert not figure.judged(lambda ratio: ratio < 0.1).met


@pytest.mark.parametrize("limit", [0, 10, 35, 80, 150, 400])
def test_the_highest_rate_is_found_in_a_few_tries(limit: int) -> None:
    tried: list[int] = []

    def good(rate: int) -> bool:
        tried.append(rate)
        return rate <= limit

    rates = range(10, 160, 10)
    assert highest(rates, good) == max((rate for rate in rates if rate <= limit), default=0)
    assert len(tried) <= 4


class Place:
    """A floor on which sides come and go."""

    def __init__(self) -> None:
        self.sides: list[str] = []

    @contextmanager
    def side(self, name: str) -> Iterator[None]:
        self.sides.append(name)
        yield

    def warm_up(self, name: str) -> None: ...


def test_a_run_that_fails_is_done_once_more_and_no_oftener() -> None:
    place, left = Place(), [1]

    def measure(side: str) -> list[float]:
        if side == "ours" and left:
            left.pop()
            raise RuntimeError("a robot missed a word")
        return [1.0]

    assert alternating(place, ["ours", "peer"], 2, measure) == {  # type: ignore[arg-type]
        "ours": [[1.0], [1.0]],
        "peer": [[1.0], [1.0]],
    }
    assert place.sides == ["ours", "ours", "peer", "peer", "ours"]
    left += [1, 1]
    with pytest.raises(RuntimeError):
        alternating(place, ["ours"], 1, measure)  # type: ignore[arg-type]
