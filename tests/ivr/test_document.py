"""Documents in and out: every mistake of shape at once, with its path and what would be right."""

import json
from pathlib import Path
from typing import Any

import jsonschema
import pytest

import config
from ivr.document import MAX_BYTES, dump_tree, hash_of, load_tree, title_of
from ivr.findings import TreeRefused
from ivr.schema import tree_schema
from tests.ivr.trees import BYE, document

pytestmark = pytest.mark.unit

HOTLINE = Path(config.__file__).parent / "trees" / "hotline.json"


def refused(data: bytes) -> list[tuple[str, str, str]]:
    with pytest.raises(TreeRefused) as caught:
        load_tree(data, "floor/tree.json")
    assert all(line.startswith("floor/tree.json: $") for line in str(caught.value).splitlines())
    return [(one.where, one.problem, one.advice) for one in caught.value.findings]


def with_node(node: Any) -> bytes:
    return json.dumps(document({"a": node, "bye": BYE})).encode()


@pytest.mark.parametrize(
    ("node", "where", "problem", "advice"),
    [
        ({"kind": "meny"}, "$.nodes.a.kind", "Invalid value 'meny'", "did you mean 'menu'?"),
        ({"kind": "zzz"}, "$.nodes.a.kind", "Invalid value 'zzz'", "a kind is one of: ask, branch"),
        ({}, "$.nodes.a", "missing required field `kind`", 'add "kind"'),
        ({"kind": "goto"}, "$.nodes.a", "missing required field `to`", 'add "to"'),
        ({"kind": "goto", "too": "x"}, "$.nodes.a", "unknown field `too`", "did you mean 'to'?"),
        ({"kind": "goto", "to": 3}, "$.nodes.a.to", "Expected `str`, got `int`", "schema"),
        ({"kind": "goto", "to": "a b"}, "$.nodes.a.to", "matching regex", "names have at most 40"),
        ({"kind": "goto", "to": "a\n"}, "$.nodes.a.to", "matching regex", "names have at most 40"),
        ([], "$.nodes.a", "got `array`", "schema"),
        (
            {"kind": "voicemail", "says": [], "box": "b", "next": "bye", "max_s": 1},
            "$.nodes.a.max_s",
            ">= 5",
            "schema",
        ),
        (
            {"kind": "say", "says": [{"variable": "v", "spoken": 1}], "next": "bye"},
            "$.nodes.a.says[0]",
            "unknown field `spoken`",
            "leave it out",
        ),
        (
            {
                "kind": "menu",
                "says": [],
                "keys": {"12": "bye"},
                "on_timeout": "a",
                "on_invalid": "a",
            },
            "$.nodes.a.keys",
            "matching regex",
            "keys are one of 0-9 * #",
        ),
    ],
)
def test_a_mistake_in_a_node_says_where_what_and_what_would_be_right(
    node: Any, where: str, problem: str, advice: str
) -> None:
    found = refused(with_node(node))
    assert len(found) == 1, found
    assert found[0][0] == where
    assert problem in found[0][1]
    assert advice in found[0][2]


def test_all_mistakes_are_named_at_once() -> None:
    broken = document({"a": {"kind": "goto"}, "b": {"kind": "gotu"}, "c c": BYE}, title=3)
    broken["prompts"] = {"p": {"zh-CN": "text", "fr": {}}, "q": []}
    where = [one[0] for one in refused(json.dumps(broken).encode())]
    assert where[:4] == ["$.title", "$.nodes.a", "$.nodes.b.kind", "$.nodes.c c"]
    assert [one.split("[")[0] for one in where[4:]] == ["$.prompts.p", "$.prompts.q"]


def test_a_key_written_twice_is_a_mistake_and_not_a_choice() -> None:
    data = with_node({"kind": "goto", "to": "bye"}).replace(
        b'"kind": "goto"', b'"kind": "goto", "to": "a"'
    )
    assert refused(data) == [("$.nodes.a.to", "'to' is written twice", "keep one of them")]


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b'{"id": "t",\n "title": }', "line 2, column 11"),
        (b"", "line 1, column 1"),
        ("你好".encode("gbk"), "not UTF-8"),
        (b'{"id": NaN}', "NaN is no number"),
        (b"[" * 100_000, "not JSON"),
        (b"[]", "a tree is an object"),
        (b" " * (MAX_BYTES + 1), f"{MAX_BYTES + 1} bytes"),
    ],
)
def test_what_is_no_tree_at_all_is_said_in_one_line(data: bytes, problem: str) -> None:
    found = refused(data)
    assert len(found) == 1
    assert problem in found[0][1]


@pytest.mark.parametrize("missing", ["nodes", "prompts", "root", "languages", "title"])
def test_what_is_missing_is_named(missing: str) -> None:
    whole = document({"a": BYE})
    del whole[missing]
    [(_, problem, advice)] = refused(json.dumps(whole).encode())
    assert missing in problem
    assert missing in advice


def test_a_byte_order_mark_is_no_mistake() -> None:
    assert load_tree(b"\xef\xbb\xbf" + with_node(BYE), "x").root == "a"


def test_the_hash_is_of_what_is_said_and_not_of_how_it_is_written() -> None:
    whole = document({"a": BYE, "b": {"kind": "goto", "to": "a"}})
    turned = {name: whole[name] for name in reversed(whole)}
    turned["nodes"] = {name: whole["nodes"][name] for name in reversed(whole["nodes"])}
    one = load_tree(json.dumps(whole).encode(), "x")
    other = load_tree(json.dumps(turned, indent=4).encode(), "x")
    assert hash_of(one) == hash_of(other) == hash_of(load_tree(dump_tree(one), "x"))
    whole["title"] = "another"
    assert hash_of(load_tree(json.dumps(whole).encode(), "x")) != hash_of(one)


def test_the_hash_of_a_known_document_never_changes() -> None:
    fields = {"languages": ["en"], "root": "a", "nodes": {"a": {"kind": "hangup"}}}
    data = json.dumps({"id": "t", "title": "T", "prompts": {}, **fields}).encode()
    assert hash_of(load_tree(data, "x")) == "a1a4a2474215"


@pytest.mark.parametrize(
    ("text", "title"), [('{"title": "T"}', "T"), ('{"title": 3}', ""), ("[]", ""), ("{", "")]
)
def test_a_title_is_read_from_whatever_was_saved(text: str, title: str) -> None:
    assert title_of(text) == title


# --- the schema -----------------------------------------------------------------------------


def test_the_schema_accepts_the_tree_we_ship() -> None:
    jsonschema.Draft202012Validator.check_schema(tree_schema())
    jsonschema.validate(json.loads(HOTLINE.read_bytes()), tree_schema())


@pytest.mark.parametrize(
    "node",
    [
        {"kind": "meny"},
        {"kind": "goto"},
        {"kind": "goto", "to": 3},
        {"kind": "goto", "to": "bye", "more": 1},
        {"kind": "menu", "says": [], "keys": {"1": 2}, "on_timeout": "a", "on_invalid": "a"},
        {"kind": "voicemail", "says": [], "box": "b", "next": "bye", "max_s": 1},
    ],
)
def test_the_schema_refuses_what_the_loader_refuses(node: Any) -> None:
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(json.loads(with_node(node)), tree_schema())
    refused(with_node(node))


@pytest.mark.parametrize("kind", [[], {}, None, 7, True, "客服"])
def test_a_kind_that_is_no_word_is_a_mistake_like_any_other(kind: object) -> None:
    tree = {"id": "t", "title": "t", "root": "a", "nodes": {"a": {"kind": kind}}, "prompts": {}}
    with pytest.raises(TreeRefused) as refused:
        load_tree(json.dumps({"languages": ["en"], **tree}).encode(), "t.json")
    assert any("nodes.a" in str(one) for one in refused.value.findings), refused.value.findings
