"""A house for figures of pages: the web server with engine and database, no telephone, and a real
browser in front of it."""

import asyncio
import json
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, TypeVar

from playwright.sync_api import Page

from tests.conftest import _loop as loop
from tests.web.house import House, open_house
from tests.web.page import browsing, sign_in

Found = TypeVar("Found")


def before_pages(measure: Callable[[House], Found]) -> Found:
    """``measure(house)`` on a thread, beside a house that is open."""

    async def live() -> Found:
        with TemporaryDirectory() as folder:
            async with open_house(Path(folder)) as house:
                return await asyncio.to_thread(measure, house)

    return loop.run_until_complete(live())


@contextmanager
def signed_in(house: House, name: str) -> Iterator[Page]:
    with browsing(house.base) as page:
        sign_in(page, name)
        yield page


def many_nodes(count: int) -> bytes:
    """A tree of so many nodes: menus of four keys that lead to further ones, and queues."""
    nodes: dict[str, Any] = {}
    for n in range(count - 1):
        children = [4 * n + k for k in range(1, 5)]
        keys = {str(k + 1): f"n{child}" for k, child in enumerate(children) if child < count - 1}
        if keys:
            nodes[f"n{n}"] = {
                "kind": "menu",
                "says": ["hello"],
                "keys": keys,
                "on_timeout": "end",
                "on_invalid": "end",
            }
        else:
            nodes[f"n{n}"] = {
                "kind": "say",
                "says": ["hello"],
                "next": "end",
            }
    nodes["end"] = {"kind": "hangup"}
    tree = {
        "id": "large",
        "title": "Large",
        "languages": ["zh-CN", "en"],
        "root": "n0",
        "nodes": nodes,
        "prompts": {"hello": {"zh-CN": {"text": "您好"}, "en": {"text": "Hello"}}},
    }
    return json.dumps(tree, ensure_ascii=False).encode()
