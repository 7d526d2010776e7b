"""Passwords in a document are shown to nobody and kept when it is saved."""

import pytest

from config.hidden import DOTS, hide, unhide
from config.problems import Problem

pytestmark = pytest.mark.unit

TEXT = """# 中继
trunks:
  carrier: {kind: register, secret: "p: #w€字", host: sip.example.net}   # keep
  other:
    kind: register
    secret: |-
      plain
    host: x
  none: {secret: ""}
"""


def back(text: str, former: str = TEXT) -> tuple[str, list[Problem]]:
    problems: list[Problem] = []
    return unhide(text, former, "trunks.yaml", problems), problems


def test_adm_10_every_password_is_dots_and_all_else_stays_to_the_letter() -> None:
    shown = hide(TEXT)
    assert shown is not None
    assert "p: #w" not in shown
    assert "plain" not in shown
    assert shown.count(DOTS) == 2
    assert "# keep" in shown
    assert "# 中继" in shown
    assert back(shown) == (TEXT, [])


def test_dots_are_put_back_where_they_belong_when_the_text_has_changed() -> None:
    shown = hide(TEXT)
    assert shown is not None
    moved = shown.replace("# 中继\n", "default_tree: hotline\n\n").replace("host: x", "host: y")
    text, problems = back(moved)
    assert problems == []
    assert '"p: #w€字"' in text
    assert "plain" in text
    assert "host: y" in text


def test_a_new_password_is_taken_and_dots_without_a_former_one_are_named() -> None:
    text, problems = back(f"trunks: {{carrier: {{secret: new}}, fresh: {{secret: {DOTS}}}}}")
    assert "new" in text
    assert [(one.path, one.line) for one in problems] == [("trunks.fresh.secret", 1)]


@pytest.mark.parametrize("text", ["trunks: {", "a: &x 1\nb: *x", "\x00"])
def test_what_is_no_yaml_is_not_shown_at_all(text: str) -> None:
    assert hide(text) is None
    assert back(text) == (text, [])


def test_a_password_in_a_list_is_hidden_and_kept_too() -> None:
    text = "hooks:\n- {url: a, secret: one}\n- {url: b, secret: two}\n- plain\n"
    shown = hide(text)
    assert shown is not None
    assert "one" not in shown
    assert "two" not in shown
    assert back(shown, text) == (text, [])
