"""Small trees for stories, in the words of the tree document."""

from typing import Any

BYE = {"kind": "hangup"}
MESSAGE = {"kind": "voicemail", "box": "hotline", "says": ["short"], "max_s": 20, "next": "bye"}


def queue(name: str, **more: Any) -> dict[str, Any]:
    return {"kind": "queue", "queue": name, "next": "bye", "otherwise": "bye", **more}


def tree(root: str, **nodes: Any) -> dict[str, Any]:
    return {"root": root, "nodes": {**nodes, "bye": BYE}}


def menu(keys: dict[str, str], otherwise: str = "bye") -> dict[str, Any]:
    return {
        "kind": "menu",
        "says": ["short"],
        "keys": keys,
        "tries": 1,
        "timeout_s": 10,
        "on_timeout": otherwise,
        "on_invalid": otherwise,
    }
