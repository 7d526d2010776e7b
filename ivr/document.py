"""Tree documents from bytes and back: every mistake of shape named at once, by file and JSON path.

Pure. The decoder of msgspec stops at the first mistake and leaves out names of nodes; here each
node is read by itself. Says nothing about sense, see ivr.validator.
"""

import hashlib
import json
import re
from collections.abc import Iterator
from typing import Any, get_args

import msgspec

from calls.words import Language
from ivr.findings import Finding, Severity, TreeRefused, instead
from ivr.model import Name, Node, Tree, Wording

MAX_BYTES = 1_000_000
"""A tree of a thousand nodes in two languages has about 300,000."""
KINDS: dict[str, type[msgspec.Struct]] = {
    str(kind.__struct_config__.tag): kind for kind in get_args(Node)
}

_AT = re.compile(r"^(?P<problem>.*?)(?: - at `(?P<where>.*)`)?$", re.DOTALL)
_UNKNOWN_FIELD = re.compile(r"unknown field `(.*)`")
_MISSING_FIELD = re.compile(r"missing required field `(.*)`")
_BAD_TAG = re.compile(r"Invalid value '(.*)'")


def load_tree(data: bytes, source: str) -> Tree:
    """The tree in ``data``; ``source`` is the file's name for messages. Raises TreeRefused with
    every mistake of shape that was found."""
    findings: list[Finding] = []
    raw = _json(data, source)
    findings.extend(_duplicates(raw, "$"))
    if not isinstance(raw, dict):
        raise TreeRefused(source, [_finding("shape", "$", "a tree is an object", 'begin with "{"')])
    bare = {**raw, "nodes": {}, "prompts": {}}
    tree: Tree | None = _read(bare, Tree, "$", findings)
    nodes = _read_each(raw, "nodes", Node, findings)
    prompts = _read_each(raw, "prompts", dict[Language, Wording], findings)
    if findings or tree is None:
        raise TreeRefused(source, findings)
    return msgspec.structs.replace(tree, nodes=nodes, prompts=prompts)


def dump_tree(tree: Tree) -> bytes:
    """Canonical: the same tree gives the same bytes in every process."""
    return msgspec.json.encode(tree, order="deterministic")


def hash_of(tree: Tree) -> str:
    """Names a version: the first 12 hex digits of the SHA-256 of the canonical document."""
    return hashlib.sha256(dump_tree(tree)).hexdigest()[:12]


def title_of(document: str) -> str:
    """The title, of documents with faults too; '' when there is none."""
    try:
        raw = msgspec.json.decode(document)
    except (msgspec.DecodeError, RecursionError):
        return ""
    title = raw.get("title") if isinstance(raw, dict) else None
    return title if isinstance(title, str) else ""


class _Twice(dict[str, Any]):
    """An object in which keys were written more than once; JSON would silently keep the last."""

    keys_twice: tuple[str, ...] = ()


def _pairs(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) == len(pairs):
        return found
    twice = _Twice(found)
    keys = [key for key, _ in pairs]
    twice.keys_twice = tuple(sorted({key for key in keys if keys.count(key) > 1}))
    return twice


def _no_constant(name: str) -> float:
    raise ValueError(f"{name} is no number")


def _json(data: bytes, source: str) -> Any:
    if len(data) > MAX_BYTES:
        problem, advice = f"{len(data)} bytes", f"a tree has at most {MAX_BYTES}"
    else:
        try:
            text = data.decode("utf-8-sig")
            return json.loads(text, object_pairs_hook=_pairs, parse_constant=_no_constant)
        except json.JSONDecodeError as error:
            problem = f"line {error.lineno}, column {error.colno}: {error.msg}"
            advice = "write JSON; look for a missing or extra comma, quote or bracket just before"
        except UnicodeDecodeError as error:
            problem, advice = f"byte {error.start} is not UTF-8", "save the file as UTF-8"
        except (ValueError, RecursionError) as error:
            problem, advice = f"not JSON: {error}", "write plain JSON"
    raise TreeRefused(source, [_finding("syntax", "$", problem, advice)])


def _duplicates(value: Any, where: str) -> Iterator[Finding]:
    if isinstance(value, dict):
        for key in value.keys_twice if isinstance(value, _Twice) else ():
            yield _finding(
                "duplicate", f"{where}.{key}", f"{key!r} is written twice", "keep one of them"
            )
        for key, inner in value.items():
            yield from _duplicates(inner, f"{where}.{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _duplicates(inner, f"{where}[{index}]")


def _read_each(
    raw: dict[str, Any], field: str, shape: Any, findings: list[Finding]
) -> dict[str, Any]:
    values = raw.get(field)
    where = f"$.{field}"
    if not isinstance(values, dict):
        problem = "is missing" if values is None else "is not an object"
        findings.append(
            _finding("shape", where, f"{field!r} {problem}", f'write "{field}": {{"name": ...}}')
        )
        return {}
    found = {}
    for name, value in values.items():
        _read(name, Name, f"{where}.{name}", findings)
        found[name] = _read(value, shape, f"{where}.{name}", findings)
    return found


def _read(raw: Any, shape: Any, where: str, findings: list[Finding]) -> Any:
    try:
        return msgspec.convert(raw, shape)
    except msgspec.ValidationError as error:
        parts = _AT.match(str(error))
        problem = parts["problem"] if parts else str(error)
        inside = (parts["where"] or "$") if parts else "$"
        path = where + inside.removeprefix("key` in `").removeprefix("$")
        findings.append(_finding("shape", path, problem, _advice(problem, raw, inside)))
        return None


def _advice(problem: str, raw: Any, inside: str) -> str:
    kind = raw.get("kind") if isinstance(raw, dict) else None
    # Anything may stand there, also what cannot be looked up.
    fields = KINDS[kind].__struct_fields__ if isinstance(kind, str) and kind in KINDS else ()
    if unknown := _UNKNOWN_FIELD.search(problem):
        if inside == "$" and fields:
            return instead(unknown[1], fields, f"a field of {kind!r}")
        return "leave it out, or look for its name in the tree schema"
    if missing := _MISSING_FIELD.search(problem):
        return f'add "{missing[1]}"'
    bad_tag = _BAD_TAG.search(problem)
    if bad_tag and inside == "$.kind":
        return instead(bad_tag[1], KINDS, "a kind")
    if "matching regex" in problem:
        return "names have at most 40 of A-Z a-z 0-9 _ . -, keys are one of 0-9 * #"
    return "the tree schema says what may stand here"


def _finding(rule: str, where: str, problem: str, advice: str) -> Finding:
    return Finding(severity=Severity.ERROR, rule=rule, where=where, problem=problem, advice=advice)
