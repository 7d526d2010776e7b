"""What a node may say: for the validator, and for whoever must have the audio ready. Pure."""

from collections.abc import Iterator
from dataclasses import dataclass

from ivr import model
from ivr.model import Node, Says, Tree, Variable


@dataclass(frozen=True, slots=True)
class Spoken:
    field: str
    prompt: str = ""
    """A fixed prompt, or '' for a variable."""
    variable: str = ""
    prefix: str | None = None
    """Set when the variable is read by prompts of this prefix."""


def spoken_by(node: Node) -> list[Spoken]:
    return [_spoken(field, one) for field, says in _says_of(node) for one in says]


def prompts_used(tree: Tree) -> frozenset[str]:
    """Names of the fixed prompts that callers may hear."""
    spoken = [one for node in tree.nodes.values() for one in spoken_by(node)]
    prefixes = tuple(one.prefix for one in spoken if one.prefix is not None)
    named = {one.prompt for one in spoken}
    return frozenset(
        prompt for prompt in tree.prompts if prompt in named or prompt.startswith(prefixes)
    )


def _says_of(node: Node) -> Iterator[tuple[str, Says]]:
    for field in ("says", "timeout_says", "invalid_says", "thanks"):
        says: Says | None = getattr(node, field, None)
        if says:
            yield field, says
    if isinstance(node, model.Ask) and node.confirm:
        yield "confirm.says", node.confirm.says


def _spoken(field: str, one: str | Variable) -> Spoken:
    if isinstance(one, str):
        return Spoken(field, prompt=one)
    prefix = one.prefix if one.read_as == "prompt" else None
    return Spoken(field, variable=one.variable, prefix=prefix)
