"""Check digits, and patterns that cannot stop the hotline."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.entry import luhn, pattern_problem

pytestmark = pytest.mark.unit


@given(st.text("0123456789", min_size=1, max_size=18))
def test_exactly_one_check_digit_fits_any_number(digits: str) -> None:
    assert sum(luhn(digits + check) for check in "0123456789") == 1


@given(st.text("0123456789", min_size=2, max_size=18), st.data())
def test_one_wrong_digit_is_always_noticed(digits: str, data: st.DataObject) -> None:
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([d for d in "0123456789" if d != digits[place]]))
    assert not (luhn(digits) and luhn(digits[:place] + other + digits[place + 1 :]))


@pytest.mark.parametrize(
    "pattern", ["[0-9]+", "1[3-9][0-9]{9}", "(010|021)?[0-9]{8}", r"\*?[0-9]*#?", "[*+]{2,4}"]
)
def test_plain_patterns_are_let_through(pattern: str) -> None:
    assert pattern_problem(pattern) == ""


@pytest.mark.parametrize(
    ("pattern", "why"),
    [
        ("([0-9]+)+", "group"),
        ("(1|11)*", "group"),
        ("(1|11){5}", "group"),
        (r"([0-9])\1", "back-reference"),
        ("(?=1)1", "look-around"),
        ("(?P<a>1)", "named"),
        ("1*1*1*1*", "open-ended"),
        ("1{1,}1{1,}1{1,}1{1,}", "open-ended"),
        ("[0-9", "not a pattern"),
    ],
)
def test_patterns_that_could_run_long_are_refused_with_the_reason(pattern: str, why: str) -> None:
    assert why in pattern_problem(pattern)
