"""Variables are read as the tree wishes, or as text, or not at all."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ivr.model import Variable
from ivr.prompts import Date, Digits, Fixed, Number, Prompt, Text
from ivr.wording import MAX_SPOKEN, prompts_for
from tests.ivr.trees import BYE, tree

pytestmark = pytest.mark.unit

TREE = tree({"a": {"kind": "say", "says": ["state_open"], "next": "b"}, "b": BYE}, languages=["en"])


@pytest.mark.parametrize(
    ("read_as", "value", "said"),
    [
        ("text", "你好", Text(text="你好")),
        ("number", "-12", Number(value=-12)),
        ("number", "12a", Text(text="12a")),
        ("number", "9" * 13, Text(text="9" * 13)),
        ("digits", "0086*#", Digits(digits="0086*#")),
        ("digits", "eight", Text(text="eight")),
        ("date", "2026-10-08", Date(iso="2026-10-08")),
        ("date", "2026-10-08T09:00", Date(iso="2026-10-08")),
        ("date", "2026-02-30", Text(text="2026-02-30")),
        ("date", "20261008", Text(text="20261008")),
        ("prompt", "open", Fixed(id="state_open")),
        ("prompt", "gone", Text(text="gone")),
    ],
)
def test_a_value_is_read_as_wished_when_it_can_be(read_as: str, value: str, said: Prompt) -> None:
    piece = Variable(variable="v", read_as=read_as, prefix="state_")  # type: ignore[arg-type]
    assert prompts_for(TREE, ("intro", piece), {"v": value}.__getitem__) == (
        Fixed(id="intro"),
        said,
    )


def test_what_is_not_set_is_not_said() -> None:
    assert prompts_for(TREE, (Variable(variable="v"), "end"), lambda name: "") == (Fixed(id="end"),)


@given(st.sampled_from(["text", "number", "digits", "date", "prompt"]), st.text())
def test_any_value_can_be_read_somehow(read_as: str, value: str) -> None:
    piece = Variable(variable="v", read_as=read_as)  # type: ignore[arg-type]
    said = prompts_for(TREE, (piece,), lambda name: value)
    assert len(said) == bool(value)
    assert all(len(one.text) <= MAX_SPOKEN for one in said if isinstance(one, Text))
