"""A tree as a graph: where each node leads, how a caller gets there, where she goes in circles.

Pure. Used by the validator, and by whoever draws trees.
"""

from collections import deque
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from ivr import model
from ivr.model import Node, Tree


@dataclass(frozen=True, slots=True)
class Exit:
    field: str
    """Where in the node it stands: ``keys.1``, ``next``."""
    target: str
    heard: bool = False
    """The caller must have done something to get this way: pressed a key, talked."""


def exits_of(node: Node) -> list[Exit]:
    return [one for one in _EXITS[type(node)](node) if one.target]


def _plain(*fields: str) -> Callable[[Any], Iterator[Exit]]:
    def exits(node: Any) -> Iterator[Exit]:
        for field in fields:
            yield Exit(field, getattr(node, field) or "")

    return exits


def _menu(node: model.Menu) -> Iterator[Exit]:
    for key, target in node.keys.items():
        yield Exit(f"keys.{key}", target, heard=True)
    if node.staff:
        yield Exit("staff.to", node.staff.to, heard=True)
    yield Exit("on_timeout", node.on_timeout)
    yield Exit("on_invalid", node.on_invalid, heard=True)


def _ask(node: model.Ask) -> Iterator[Exit]:
    yield Exit("next", node.next, heard=True)
    yield Exit("on_fail", node.on_fail)


def _branch(node: model.Branch) -> Iterator[Exit]:
    for index, case in enumerate(node.cases):
        yield Exit(f"cases[{index}].to", case.to)
    yield Exit("otherwise", node.otherwise)


def _voicemail(node: model.Voicemail) -> Iterator[Exit]:
    yield Exit("next", node.next, heard=node.on_empty is not None)
    yield Exit("on_empty", node.on_empty or "")


def _with_results(node: model.Queue | model.Transfer | model.Script) -> Iterator[Exit]:
    # A script may or may not ask something; what it does is its author's business.
    yield Exit("next", node.next, heard=True)
    for result, target in node.branches.items():
        yield Exit(f"branches.{result}", target, heard=result == "exit_key")
    yield Exit("otherwise", node.otherwise)


_EXITS: dict[type, Callable[[Any], Iterator[Exit]]] = {
    model.Say: _plain("next"),
    model.Consent: _plain("next"),
    model.Menu: _menu,
    model.ChooseLanguage: _plain("next"),
    model.Ask: _ask,
    model.Hours: _plain("open", "closed", "holiday", "emergency"),
    model.Branch: _branch,
    model.LookUp: _plain("found", "not_found", "failed"),
    model.Queue: _with_results,
    model.Voicemail: _voicemail,
    model.Transfer: _with_results,
    model.Survey: _plain("next"),
    model.Script: _with_results,
    model.Set: _plain("next"),
    model.GoTo: _plain("to"),
    model.HangUp: _plain(),
}


@dataclass(frozen=True, slots=True)
class Ways:
    """The shortest way to each node that can be reached, from the root where there is one."""

    steps: Mapping[str, int]
    """Nodes entered, itself included."""
    parents: Mapping[str, str]
    entrances: Mapping[str, str]
    """First nodes, and which door of the tree they are."""

    def to(self, node: str) -> str:
        """``welcome > main > sales``, ``emergency: closed``; '' when it cannot be reached."""
        if node not in self.steps:
            return ""
        way = [node]
        while way[-1] in self.parents:
            way.append(self.parents[way[-1]])
        door = self.entrances[way[-1]]
        return ("" if door == ROOT else f"{door}: ") + " > ".join(reversed(way))


ROOT, EMERGENCY, ON_LIMIT = DOORS = ("root", "emergency", "limits.on_limit")


def doors(tree: Tree) -> dict[str, str | None]:
    """Where a call enters the tree, by JSON path."""
    return dict(zip(DOORS, (tree.root, tree.emergency, tree.limits.on_limit), strict=True))


def ways(
    tree: Tree,
    through: Collection[str] = DOORS,
    blocked: Callable[[Node], bool] = lambda node: False,
) -> Ways:
    """From each of these doors in turn; not beyond ``blocked`` nodes."""
    steps: dict[str, int] = {}
    parents: dict[str, str] = {}
    entrances: dict[str, str] = {}
    for door, start in doors(tree).items():
        if door not in through or start is None or start not in tree.nodes or start in steps:
            continue
        steps[start], entrances[start] = 1, door
        queue = deque([start])
        while queue:
            name = queue.popleft()
            for one in () if blocked(tree.nodes[name]) else exits_of(tree.nodes[name]):
                if one.target in tree.nodes and one.target not in steps:
                    steps[one.target], parents[one.target] = steps[name] + 1, name
                    queue.append(one.target)
    return Ways(steps, parents, entrances)


def silent_loops(tree: Tree) -> list[tuple[str, ...]]:
    """Circles in which a caller who does nothing would go round until the step limit."""
    quiet = {
        name: [one.target for one in exits_of(node) if not one.heard and one.target in tree.nodes]
        for name, node in tree.nodes.items()
    }
    loops: list[tuple[str, ...]] = []
    finished: set[str] = set()
    for start in quiet:
        # Depth first without recursion: a chain may be a thousand nodes long.
        way, turns = [start], [iter(quiet[start])]
        if start in finished:
            continue
        while way:
            target = next(turns[-1], None)
            if target is None:
                finished.add(way.pop())
                turns.pop()
            elif target in way:
                loops.append(tuple(way[way.index(target) :]))
            elif target not in finished:
                way.append(target)
                turns.append(iter(quiet[target]))
    return loops
