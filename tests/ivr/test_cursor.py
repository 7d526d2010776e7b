"""A caller's place rides on her channel, whatever she has typed."""

import string

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.words import Language
from ivr.cursor import MAX_VALUE, PACKED_LIMIT, Cursor, CursorUnreadable, pack, unpack

pytestmark = pytest.mark.unit

names = st.text(string.ascii_lowercase + "_", min_size=1, max_size=40)
values = st.text(max_size=200) | st.just("𝄞" * 100) | st.just("\ud800")


@given(
    node=names,
    stage=st.sampled_from(["", "confirm", "verify", "told"]),
    entry=st.text("0123456789*#", max_size=32),
    steps=st.integers(0, 1020),
    variables=st.lists(st.tuples(names, values), max_size=30),
)
def test_every_place_comes_back_exactly_and_fits(
    node: str, stage: str, entry: str, steps: int, variables: list[tuple[str, str]]
) -> None:
    cursor = Cursor(
        node=node,
        language=Language.EN,
        stage=stage,
        entry=entry,
        steps=steps,
        tries=9,
        limited=True,
    )
    for name, value in variables:
        cursor = cursor.with_variable(name, value)
        kept = cursor.value_of(name)
        assert kept is not None
        assert len(kept) <= MAX_VALUE
    packed = pack(cursor)
    assert len(packed) <= PACKED_LIMIT
    assert set(packed) <= set(string.ascii_letters + string.digits + "-_")
    assert unpack(packed) == cursor


def test_the_oldest_are_forgotten_when_there_is_no_room() -> None:
    cursor = Cursor(node="a", language=Language.ZH)
    for number in range(20):
        cursor = cursor.with_variable(f"v{number}", "x" * 60)
    assert cursor.value_of("v0") is None
    assert cursor.value_of("v19") == "x" * 60


def test_setting_again_replaces_and_makes_it_the_youngest() -> None:
    cursor = Cursor(node="a", language=Language.ZH).with_variable("a", "1").with_variable("b", "2")
    assert cursor.with_variable("a", "3").variables == (("b", "2"), ("a", "3"))


@given(st.text(max_size=700) | st.text(string.ascii_letters, max_size=60).map("1".__add__))
def test_what_is_no_cursor_is_unreadable_and_nothing_worse(text: str) -> None:
    try:
        cursor = unpack(text)
    except CursorUnreadable:
        return
    assert unpack(pack(cursor)) == cursor
