"""A YAML file as nodes that remember their lines, before anybody asks what they mean.

Refuses what would make two readers see two things (keys twice, aliases) and what would cost more
than a configuration may (size, depth). Builds no Python objects from tags.
"""

from yaml import MappingNode, Node, ScalarNode, SequenceNode, compose, events, parse
from yaml.error import MarkedYAMLError, YAMLError

try:
    from yaml import CSafeLoader as Loader
except ImportError:  # a PyYAML built without libyaml
    from yaml import SafeLoader as Loader  # type: ignore[assignment]

from config.problems import Problem

MAX_BYTES = 4_000_000
"""Ten thousand agents with all they have; reading it takes seconds."""
MAX_DEPTH = 20
"""Ours are five deep; the reader recurses, and a thousand brackets would end it."""

_OPENING = (events.MappingStartEvent, events.SequenceStartEvent)
_CLOSING = (events.MappingEndEvent, events.SequenceEndEvent)


class _Refused(Exception):
    def __init__(self, line: int, wrong: str, right: str) -> None:
        super().__init__(wrong)
        self.line, self.wrong, self.right = line, wrong, right


def read_document(data: bytes, file: str, problems: list[Problem]) -> MappingNode | None:
    """The top of the file; None when it is empty or was refused (then ``problems`` has grown)."""
    try:
        node = _compose(_decode(data))
    except _Refused as refused:
        problems.append(Problem(file, refused.line, "", refused.wrong, refused.right))
        return None
    if node is None:
        return None
    before = len(problems)
    _refuse_doubles(node, "", file, problems)
    return node if len(problems) == before else None


def _decode(data: bytes) -> str:
    if len(data) > MAX_BYTES:
        raise _Refused(0, f"the file has {len(data)} bytes", f"at most {MAX_BYTES} are read")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data[: error.start].count(b"\n") + 1
        raise _Refused(line, "this is not UTF-8", "save the file in UTF-8") from error


def _compose(text: str) -> MappingNode | None:
    try:
        _refuse_tangles(text)
        node = compose(text, Loader=Loader)
    except MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        line = mark.line + 1 if mark else 0
        if "nesting depth" in str(error.problem):  # libyaml's own limit, met while it looks ahead
            raise _too_deep(line) from error
        wrong = f"this is not YAML: {error.problem}"
        raise _Refused(line, wrong, "mind the indentation, colons and quotes") from error
    except YAMLError as error:
        wrong = f"this is not YAML: {error}".partition("\n")[0]
        raise _Refused(0, wrong, "write plain text") from error
    if isinstance(node, ScalarNode) and not node.value:
        return None  # `---` and nothing more
    if node is not None and not isinstance(node, MappingNode):
        raise _Refused(line_of(node), "the file must be keys with values", "write `key: value`")
    return node


def line_of(node: Node | None) -> int:
    """1-based; 0 for a value that came from no file."""
    return node.start_mark.line + 1 if node is not None and node.start_mark else 0


def shown(node: Node) -> str:
    """The value as a person would recognise it, shortened."""
    if isinstance(node, ScalarNode):
        text = str(node.value)
        return repr(text if len(text) <= 40 else f"{text[:40]}…")
    return "a list" if isinstance(node, SequenceNode) else "a group of keys"


def join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key


def _refuse_tangles(text: str) -> None:
    depth = documents = 0
    for event in parse(text, Loader=Loader):
        line = event.start_mark.line + 1 if event.start_mark else 0
        if isinstance(event, events.AliasEvent):
            raise _Refused(line, f"*{event.anchor} points elsewhere", "write the value out here")
        documents += isinstance(event, events.DocumentStartEvent)
        if documents > 1:
            raise _Refused(line, "a second document begins here", "remove the line `---`")
        depth += isinstance(event, _OPENING) - isinstance(event, _CLOSING)
        if depth > MAX_DEPTH:
            raise _too_deep(line)


def _refuse_doubles(node: Node, path: str, file: str, problems: list[Problem]) -> None:
    if isinstance(node, SequenceNode):
        for place, item in enumerate(node.value, start=1):
            _refuse_doubles(item, f"{path}[{place}]", file, problems)
    if not isinstance(node, MappingNode):
        return
    seen: dict[str, int] = {}
    for key, value in node.value:
        if not isinstance(key, ScalarNode):
            wrong = "a key must be one word"
            problems.append(Problem(file, line_of(key), path, wrong, "write `key: value`"))
            continue
        here = join(path, key.value)
        if key.value in seen:
            wrong = f"{key.value!r} stands here again, first in line {seen[key.value]}"
            problems.append(Problem(file, line_of(key), here, wrong, "keep one of the two"))
        seen.setdefault(key.value, line_of(key))
        _refuse_doubles(value, here, file, problems)


def _too_deep(line: int) -> _Refused:
    return _Refused(line, f"more than {MAX_DEPTH} levels deep", "close the brackets before")
