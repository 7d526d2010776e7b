"""A group of keys, read with their meaning: each asked for by kind, each mistake noted, none fatal.

A value that is wrong is noted and its default returned, so that one reading finds every mistake.
"""

import difflib
import math
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import TypeVar, cast

from yaml import MappingNode, Node, ScalarNode, SequenceNode

from config.document import join, line_of, shown
from config.problems import Problem

Word = TypeVar("Word", bound=StrEnum)

_TAG = "tag:yaml.org,2002:"
_WHOLE = re.compile(r"[-+]?[0-9]{1,15}\Z")
_NUMBER = re.compile(r"[-+]?[0-9]{1,15}(\.[0-9]{1,9})?\Z")
_TRUE, _FALSE = frozenset({"true", "yes", "on"}), frozenset({"false", "no", "off"})
MAX_TEXT = 500


@dataclass(frozen=True, slots=True)
class Override:
    """A value from the environment, in place of what the file says."""

    name: str
    text: str


class Section:
    """``node`` None: the group is absent, every value its default."""

    def __init__(
        self,
        node: MappingNode | None,
        file: str,
        problems: list[Problem],
        path: str = "",
        overrides: Mapping[str, Override] | None = None,
        line: int = 1,
    ) -> None:
        self.path = path
        self.line = line
        self._file = file
        self._problems = problems
        self._overrides = overrides or {}
        self._keys: dict[str, tuple[ScalarNode, Node]] = {}
        for key, value in node.value if node is not None else ():
            self._keys[key.value] = (key, value)
        self._asked: set[str] = set()

    # --- one value ---------------------------------------------------------------------------

    def text(
        self,
        key: str,
        default: str | None = None,
        pattern: str = "",
        right: str = "",
    ) -> str:
        """Text, or digits written without quotes. ``default`` None: it must be there.
        ``pattern``: what the whole of it must match; ``right`` says so in words."""
        node = self._scalar(key, required=default is None, right=right or "write a text")
        if node is None:
            return default or ""
        kind = node.tag.removeprefix(_TAG)
        if kind in ("bool", "null"):
            self.refuse(key, f"{node.value!r} is read as {kind}", f'write "{node.value}" in quotes')
        elif len(node.value) > MAX_TEXT:
            self.refuse(key, f"{len(node.value)} characters", f"at most {MAX_TEXT} fit")
        elif any(ord(c) < 32 for c in node.value):
            self.refuse(key, "there are control characters in it", "write it in one line")
        elif pattern and not re.fullmatch(pattern, node.value):
            self.refuse(key, f"{shown(node)} does not fit", right)
        else:
            return cast(str, node.value)
        return default or ""

    def whole(self, key: str, default: int | None, least: int, most: int) -> int:
        right = f"write a whole number from {least} to {most}"
        node = self._scalar(key, required=default is None, right=right)
        if node is None:
            return default or 0
        if not _WHOLE.match(node.value) or not least <= int(node.value) <= most:
            self.refuse(key, f"{shown(node)} does not fit", right)
            return default or 0
        return int(node.value)

    def maybe_whole(self, key: str, least: int, most: int) -> int | None:
        """None when nothing is written."""
        there = self._scalar(key, required=False, right=f"write a number up to {most}")
        return None if there is None else self.whole(key, least, least, most)

    def seconds(
        self, key: str, default: float, least: float = 0.0, most: float = 86_400.0
    ) -> float:
        return self.maybe_seconds(key, default, least, most) or 0.0

    def maybe_seconds(
        self,
        key: str,
        default: float | None,
        least: float = 0.0,
        most: float = 86_400.0,
        unit: str = "seconds",
    ) -> float | None:
        """Seconds, or another ``unit``; None when nothing is written and ``default`` is None."""
        right = f"write {unit} from {least:g} to {most:g}"
        node = self._scalar(key, required=False, right=right)
        if node is None:
            return default
        if not _NUMBER.match(node.value) or not least <= float(node.value) <= most:
            self.refuse(key, f"{shown(node)} does not fit", right)
            return default
        value = float(node.value)
        return value if math.isfinite(value) else default

    def flag(self, key: str, default: bool) -> bool:
        node = self._scalar(key, required=False, right="write true or false")
        if node is None:
            return default
        word = node.value.casefold()
        if word not in _TRUE | _FALSE:
            self.refuse(key, f"{shown(node)} is neither true nor false", "write true or false")
            return default
        return word in _TRUE

    def choice(self, key: str, words: type[Word], default: Word | None) -> Word:
        """One of a closed vocabulary; ``default`` None: it must be there."""
        right = f"choose one of {', '.join(words)}"
        node = self._scalar(key, required=default is None, right=right)
        fallback = default or next(iter(words))
        return fallback if node is None else self._word(node, key, words, fallback)

    # --- several values ----------------------------------------------------------------------

    def texts(
        self, key: str, default: Iterable[str] = (), pattern: str = "", right: str = ""
    ) -> tuple[str, ...]:
        """A list of texts; one alone need not be a list."""
        return tuple(
            node.value
            for node, path in self._items(key, default)
            if self._fits(node, path, pattern, right)
        )

    def choices(self, key: str, words: type[Word], default: Iterable[Word]) -> tuple[Word, ...]:
        first = next(iter(words))
        given = [self._word(n, path, words, first) for n, path in self._items(key, default)]
        return tuple(dict.fromkeys(given))

    # --- groups ------------------------------------------------------------------------------

    def section(self, key: str) -> "Section":
        """The group under ``key``; an empty one when it is absent."""
        node = self._node(key)
        if node is not None and not isinstance(node, MappingNode):
            self.refuse(key, f"{shown(node)} is not a group of keys", "write `key: value` below it")
            node = None
        line = line_of(self._keys[key][0]) if key in self._keys else self.line
        return Section(
            node, self._file, self._problems, join(self.path, key), self._overrides, line
        )

    def sections(self, key: str) -> "tuple[Section, ...]":
        """The groups listed under ``key``; one alone need not be a list."""
        node = self._node(key)
        if node is None:
            return ()
        found = []
        items = node.value if isinstance(node, SequenceNode) else [node]
        for place, item in enumerate(items, start=1):
            path = join(self.path, f"{key}[{place}]")
            if isinstance(item, MappingNode):
                args = (item, self._file, self._problems, path, self._overrides, line_of(item))
                found.append(Section(*args))
            else:
                wrong = f"{shown(item)} is not a group of keys"
                self._note(line_of(item), path, wrong, "write `- key: value`")
        return tuple(found)

    def is_group(self, key: str) -> bool:
        """Whether keys stand below it, and no value."""
        return key in self._keys and isinstance(self._keys[key][1], MappingNode)

    def names(self) -> tuple[str, ...]:
        """The keys of this group, in order, for groups whose keys are names people gave."""
        return tuple(self._keys)

    def names_matching(self, pattern: str, wrong: str, right: str) -> tuple[str, ...]:
        """The names that may stand here; each other one is noted."""
        for name in self._keys:
            if not re.fullmatch(pattern, name):
                self._asked.add(name)
                key = self._keys[name][0]
                self._note(line_of(key), join(self.path, name), f"{shown(key)} is {wrong}", right)
        return tuple(name for name in self._keys if re.fullmatch(pattern, name))

    @property
    def mistakes(self) -> int:
        """How many have been noted by now, in all files."""
        return len(self._problems)

    def has(self, key: str) -> bool:
        return key in self._keys

    def finish(self) -> None:
        """Everything known has been asked for; what else stands here is a slip of the pen."""
        for key, (node, _) in self._keys.items():
            if key in self._asked:
                continue
            known = ", ".join(sorted(self._asked)) or "nothing"
            right = guess(key, self._asked) or f"known here: {known}"
            self._note(line_of(node), join(self.path, key), "this key is not known", right)

    def refuse(self, key: str, wrong: str, right: str) -> None:
        """Note a mistake at ``key`` ('' for the group itself)."""
        line = line_of(self._keys[key][1]) if key in self._keys else self.line
        self._note(line, join(self.path, key) if key else self.path, wrong, right)

    def refuse_at(self, path: str, wrong: str, right: str) -> None:
        """Note a mistake at a dotted path below this group, for what several groups together do
        wrong."""
        group, _, rest = path.partition(".")
        if not rest:
            return self.refuse(group, wrong, right)
        return self.section(group).refuse_at(rest, wrong, right)

    def is_refused(self, key: str) -> bool:
        """Whether a mistake was found there already."""
        path = join(self.path, key)
        override = self._overrides.get(path)
        file = self._file if override is None else override.name
        return any((p.file, p.path) == (file, path) for p in self._problems)

    # --- inside ------------------------------------------------------------------------------

    def _node(self, key: str) -> Node | None:
        self._asked.add(key)
        override = self._overrides.get(join(self.path, key))
        if override is not None:
            return ScalarNode(f"{_TAG}str", override.text)
        if key not in self._keys:
            return None
        node = self._keys[key][1]
        if isinstance(node, ScalarNode) and node.tag == f"{_TAG}null":
            return None  # `key:` with nothing behind it is as good as absent
        return node

    def _scalar(self, key: str, *, required: bool, right: str) -> ScalarNode | None:
        node = self._node(key)
        if node is None:
            if required:
                self.refuse("" if not self.has(key) else key, f"{key!r} is missing", right)
            return None
        if not isinstance(node, ScalarNode):
            self.refuse(key, f"{shown(node)} stands where one value belongs", right)
            return None
        return node

    def _items(self, key: str, default: Iterable[str]) -> Iterator[tuple[ScalarNode, str]]:
        node = self._node(key)
        override = self._overrides.get(join(self.path, key))
        if override is not None:
            default, node = override.text.split(","), None
        if node is None:
            nodes: list[Node] = [ScalarNode(f"{_TAG}str", word.strip()) for word in default]
        elif isinstance(node, SequenceNode):
            nodes = node.value
        else:
            nodes = [node]
        for place, item in enumerate(nodes, start=1):
            path = f"{key}[{place}]" if isinstance(node, SequenceNode) else key
            if isinstance(item, ScalarNode):
                yield item, path
            else:
                wrong = f"{shown(item)} stands where one value belongs"
                self._note(line_of(item), join(self.path, path), wrong, "list plain words")

    def _word(self, node: ScalarNode, path: str, words: type[Word], fallback: Word) -> Word:
        if node.value in set(words):
            return words(node.value)
        right = guess(node.value, words) or f"choose one of {', '.join(words)}"
        self._note(
            line_of(node) or self.line, join(self.path, path), f"{shown(node)} is not known", right
        )
        return fallback

    def _fits(self, node: ScalarNode, path: str, pattern: str, right: str) -> bool:
        if len(node.value) > MAX_TEXT or (pattern and not re.fullmatch(pattern, node.value)):
            line = line_of(node) or self.line
            self._note(line, join(self.path, path), f"{shown(node)} does not fit", right)
            return False
        return True

    def _note(self, line: int, path: str, wrong: str, right: str) -> None:
        override = self._overrides.get(path)
        if override is not None:
            self._problems.append(Problem(override.name, 0, path, wrong, right))
        else:
            self._problems.append(Problem(self._file, line, path, wrong, right))


def guess(word: str, known: Iterable[str]) -> str:
    """``did you mean 'queues'?``, or '' when nothing known looks like it."""
    close = difflib.get_close_matches(word, list(map(str, known)), n=1)
    return f"did you mean {close[0]!r}?" if close else ""
