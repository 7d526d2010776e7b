"""Small trees for tests, written as in the document, with a prompt for everything they say."""

import json
from typing import Any

from calls.words import Language
from ivr.document import load_tree
from ivr.model import Tree

BYE = {"kind": "hangup"}


def document(nodes: dict[str, Any], **fields: Any) -> dict[str, Any]:
    """A document whose root is the first node; every prompt named in it is worded."""
    languages = fields.get("languages", [language.value for language in Language])
    said = sorted(set(_named(list(nodes.values()))))
    return {
        "id": "t",
        "title": "a tree",
        "root": next(iter(nodes)),
        "languages": languages,
        "nodes": nodes,
        "prompts": {name: {tag: {"text": name} for tag in languages} for name in said},
        **fields,
    }


def tree(nodes: dict[str, Any], **fields: Any) -> Tree:
    return load_tree(json.dumps(document(nodes, **fields)).encode(), "test")


def _named(value: Any) -> list[str]:
    if isinstance(value, dict):
        says = [
            one
            for field in ("says", "timeout_says", "invalid_says", "thanks")
            for one in value.get(field, ())
            if isinstance(one, str)
        ]
        return says + [name for inner in value.values() for name in _named(inner)]
    if isinstance(value, list):
        return [name for inner in value for name in _named(inner)]
    return []
