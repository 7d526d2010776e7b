"""What Asterisk says of a leg's voice, read."""

import pytest

from telephony.voice import read_rtcp, score_of

pytestmark = pytest.mark.unit

ASTERISK_22 = (
    "ssrc=810533921;themssrc=3758489602;lp=1;rxjitter=0.012000;rxcount=1516;"
    "txjitter=0.000125;txcount=1514;rlp=0;rtt=0.129104;rxmes=83.194000;txmes=82.967221"
)


def test_what_came_what_went_and_the_round_trip() -> None:
    found = read_rtcp(ASTERISK_22)
    assert found is not None
    came, went, round_trip_ms = found
    assert (came.packets, came.loss, came.jitter_ms, came.score) == (1516, 0.07, 12.0, 83.2)
    assert (went.packets, went.loss, went.jitter_ms, went.score) == (1514, 0.0, 0.12, 83.0)
    assert round_trip_ms == 129.1


def test_a_telephone_that_sends_no_reports_says_nothing_of_what_it_heard() -> None:
    found = read_rtcp(
        "lp=0;rxjitter=0.000250;rxcount=351;txjitter=0.0;txcount=351;rlp=0;rtt=0.0;"
        "rxmes=88.087887;txmes=0.0"
    )
    assert found is not None
    came, went, round_trip_ms = found
    assert came.score == 88.1
    assert (went.score, round_trip_ms) == (None, None)


@pytest.mark.parametrize(
    "text",
    ["", "none", "rxcount=0;txcount=0;rxjitter=0", "rxcount=nan;txcount=1", "rxcount=1", ";;==;",
     "rxcount=-3;txcount=4", "\u8bed\u97f3=1"],
)  # fmt: skip
def test_what_is_no_such_text_is_no_measure(text: str) -> None:
    assert read_rtcp(text) is None


def test_a_leg_too_short_for_a_report_is_judged_by_what_came_as_asterisk_would() -> None:
    found = read_rtcp(
        "lp=0;rxjitter=0.000250;rxcount=251;txjitter=0;txcount=251;rlp=0;rtt=0;rxmes=0;txmes=0"
    )
    assert found is not None
    assert (found[0].score, found[1].score) == (88.1, None)
    assert read_rtcp("rxcount=3;txcount=3;rxmes=88")[0].score is None  # type: ignore[index]


@pytest.mark.parametrize(
    ("loss", "jitter_ms", "rtt_ms", "mos"),
    [(0, 0.25, 0, 4.4), (1, 12, 129, 4.2), (10, 30, 200, 2.7), (50, 90, 900, 1.0)],
)
def test_the_score_is_twenty_times_the_e_models_mos(
    loss: float, jitter_ms: float, rtt_ms: float, mos: float
) -> None:
    assert round(score_of(loss, jitter_ms, rtt_ms) / 20, 1) == mos


def test_absurd_figures_stay_within_what_they_can_be() -> None:
    found = read_rtcp("rxcount=0;txcount=90;lp=99999999;rlp=1e30;rxmes=1e9;txmes=1e9;rtt=1")
    assert found is not None
    assert (found[0].loss, found[1].loss) == (100.0, 100.0)
    assert found[0].score is None
    assert found[1].score == 100.0
