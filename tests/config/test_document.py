"""YAML as it is typed at three in the morning: every slip found, with its line."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from config.document import MAX_BYTES, read_document
from config.problems import ConfigRefused, Problem

pytestmark = pytest.mark.unit


def mistakes(data: bytes) -> list[str]:
    problems: list[Problem] = []
    assert read_document(data, "floor.yaml", problems) is None
    return [str(p) for p in problems]


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (
            b"a: 1\nb: 2\na: 3\n",
            "floor.yaml:3: a: 'a' stands here again, first in line 1; keep one of the two",
        ),
        (
            "甲:\n  乙: 1\n  乙: 2\n".encode(),
            "floor.yaml:3: 甲.乙: '乙' stands here again, first in line 2; keep one of the two",
        ),
        (b"a: [1, 2\nb: 3\n", "floor.yaml:2: this is not YAML"),
        (b"a:\n\tb: 1\n", "floor.yaml:2: this is not YAML"),
        (b"- a\n- b\n", "floor.yaml:1: the file must be keys with values; write `key: value`"),
        (b"just words\n", "floor.yaml:1: the file must be keys with values"),
        (b"a: &x [1]\nb: *x\n", "floor.yaml:2: *x points elsewhere; write the value out here"),
        (b"a: 1\n---\nb: 2\n", "floor.yaml:2: a second document begins here; remove the line"),
        ("a: 1\nname: 王芳\n".encode("gbk"), "floor.yaml:2: this is not UTF-8; save the file in"),
        (b"a: " + b"[" * 1000, "floor.yaml:1: more than 20 levels deep"),
        (b"a: 1\x00\n", "floor.yaml"),
        (b"? [x, y]\n: 1\n", "floor.yaml:1: a key must be one word"),
        (b"x" * (MAX_BYTES + 1), f"floor.yaml: the file has {MAX_BYTES + 1} bytes; at most"),
    ],
)
def test_each_slip_is_one_sentence_with_its_line(data: bytes, sentence: str) -> None:
    said = mistakes(data)
    assert len(said) == 1
    assert said[0].startswith(sentence), said


@pytest.mark.parametrize("data", [b"", b"\n\n# only a comment\n", b"\xef\xbb\xbf", b"---\n"])
def test_an_empty_file_is_no_mistake(data: bytes) -> None:
    problems: list[Problem] = []
    assert read_document(data, "floor.yaml", problems) is None
    assert problems == []


def test_a_mark_in_front_of_utf_8_is_not_part_of_the_first_key() -> None:
    node = read_document(b"\xef\xbb\xbfqueues: {}\n", "f", [])
    assert node is not None
    assert node.value[0][0].value == "queues"


def test_a_tag_builds_no_object() -> None:
    node = read_document(b"a: !!python/object/apply:os.system ['true']\n", "f", [])
    assert node is not None  # a node and no more; whoever reads it finds a list and says so


@given(st.binary(max_size=200))
def test_any_bytes_are_read_or_refused_in_words(data: bytes) -> None:
    problems: list[Problem] = []
    read_document(data, "f", problems)
    assert all(p.wrong and p.right for p in problems)


def test_a_refusal_carries_every_problem_and_reads_as_lines() -> None:
    refused = ConfigRefused([Problem("f", 1, "a.b", "x", "y"), Problem("ENV", 0, "", "p", "q")])
    assert str(refused) == "f:1: a.b: x; y\nENV: p; q"
    assert len(refused.problems) == 2
