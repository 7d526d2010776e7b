"""Passwords in a document, hidden from whoever looks at it and put back when it is saved. Pure.

A value under ``secret`` is shown as dots; dots that come back mean "as it was". What stands in a
comment is no value and is shown.
"""

from collections.abc import Iterator

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from config.document import join, line_of, read_document
from config.problems import Problem

DOTS = "••••••••"
KEY = "secret"


def hide(text: str) -> str | None:
    """The same text with dots in place of every password; None where it is not YAML, and a
    password could stand anywhere."""
    problems: list[Problem] = []
    top = read_document(text.encode(), "", problems)
    if problems:
        return None
    return _with(text, [(node, _dots(text, node)) for _, node in _secrets(top, "") if node.value])


def unhide(text: str, former: str, file: str, problems: list[Problem]) -> str:
    """The same text with the former passwords in place of dots; dots without a former password are
    noted. Text that is not YAML stays as it is: whoever reads it says why."""
    mistakes: list[Problem] = []
    top = read_document(text.encode(), file, mistakes)
    if mistakes:
        return text
    known = {path: _source(former, node).rstrip("\n") for path, node in _secrets(_top(former), "")}
    back = []
    for path, node in _secrets(top, ""):
        if node.value == DOTS and path in known:
            back.append((node, known[path]))
        elif node.value == DOTS:
            wrong = "no password is kept under this name"
            problems.append(Problem(file, line_of(node), path, wrong, "write it out"))
    return _with(text, back)


def _top(text: str) -> MappingNode | None:
    return read_document(text.encode(), "", [])


def _secrets(node: Node | None, path: str) -> Iterator[tuple[str, ScalarNode]]:
    if isinstance(node, SequenceNode):
        for place, item in enumerate(node.value, start=1):
            yield from _secrets(item, f"{path}[{place}]")
    if not isinstance(node, MappingNode):
        return
    for key, value in node.value:
        here = join(path, key.value)
        if key.value == KEY and isinstance(value, ScalarNode):
            yield here, value
        else:
            yield from _secrets(value, here)


def _dots(text: str, node: ScalarNode) -> str:
    """A block (``|-``) takes the end of its line with it."""
    return DOTS + ("\n" if _source(text, node).endswith("\n") else "")


def _source(text: str, node: ScalarNode) -> str:
    """As it was written, quotes included."""
    return text[node.start_mark.index : node.end_mark.index]


def _with(text: str, values: list[tuple[ScalarNode, str]]) -> str:
    for node, value in sorted(values, key=lambda one: -one[0].start_mark.index):
        text = text[: node.start_mark.index] + value + text[node.end_mark.index :]
    return text
