"""Walks a caller through a tree, one answer at a time. Pure and total.

Whatever a caller presses is an answer; what a session could only say by mistake is refused. No
call takes more than ``max_steps + GRACE_STEPS`` steps, whatever the tree.
"""

from msgspec.structs import replace

from ivr.cursor import Cursor, CursorUnreadable, pack, unpack
from ivr.model import Tree
from ivr.nodes import ANSWERED, EFFECT, ENTER, OVER
from ivr.scene import CallFacts, Scene, Turn
from ivr.steps import Answer, Began, Effect, Entered, HangUp, Note, Resumed

__all__ = [
    "GRACE_STEPS",
    "CallFacts",
    "Cursor",
    "CursorUnreadable",
    "StepRefused",
    "begin",
    "pack",
    "step",
    "unpack",
]

GRACE_STEPS = 20
"""For the tree's own way out after the limit: an apology, a voicemail, a queue."""
NEW, LIMIT = "new", "limit"
"""Stages of no node: before the first, and hung up because the steps are spent."""


class StepRefused(ValueError):
    """The session said something that this place in the tree cannot be told: a bug, not a caller.

    Also when the cursor stands on a node that this tree does not have.
    """


def begin(tree: Tree) -> Cursor:
    """The place of a caller who has not entered yet; the first answer is Began."""
    return Cursor(node=tree.root, language=tree.languages[0], stage=NEW)


def step(
    tree: Tree, cursor: Cursor, answer: Answer, facts: CallFacts
) -> tuple[Cursor, tuple[Note, ...], Effect]:
    """What follows from ``answer``: the new place, notes to perform at once, one effect to wait
    for. Resumed repeats the effect of ``cursor``. Raises StepRefused."""
    scene = Scene(tree, cursor, facts)
    if cursor.stage == NEW and isinstance(answer, Began | Resumed):
        turn = scene.go((facts.emergency and tree.emergency) or tree.root)
    elif isinstance(answer, Resumed):
        return cursor, (), _effect(scene)
    else:
        turn = _answered(scene, answer)
    return _settle(tree, turn, facts)


def _settle(tree: Tree, turn: Turn, facts: CallFacts) -> tuple[Cursor, tuple[Note, ...], Effect]:
    """Go from node to node until one waits."""
    notes = list(turn.notes)
    turn = _counted(tree, turn)
    while turn.go is not None:
        cursor = replace(turn.cursor, node=turn.go, stage="", tries=0, entry="")
        notes.append(Entered(node=turn.go))
        turn = _entered(Scene(tree, cursor, facts))
        notes.extend(turn.notes)
        if turn.go is not None:
            turn = _counted(tree, turn)
    return turn.cursor, tuple(notes), _effect(Scene(tree, turn.cursor, facts))


def _counted(tree: Tree, turn: Turn) -> Turn:
    """One step more: into a node, or once more at the same; or, when they are spent, out."""
    cursor = replace(turn.cursor, steps=turn.cursor.steps + 1)
    grace = GRACE_STEPS if cursor.limited else 0
    if cursor.stage == OVER or cursor.steps <= tree.limits.max_steps + grace:
        return Turn(cursor, go=turn.go)
    if cursor.limited or tree.limits.on_limit is None:
        return Turn(replace(cursor, stage=LIMIT, entry=""))
    return Turn(replace(cursor, limited=True), go=tree.limits.on_limit)


def _answered(scene: Scene, answer: Answer) -> Turn:
    node = scene.tree.nodes.get(scene.cursor.node)
    answered = ANSWERED.get((type(node), scene.cursor.stage, type(answer)))
    if answered is None:
        raise StepRefused(
            f"node {scene.cursor.node!r} ({type(node).__name__}, stage {scene.cursor.stage!r}) "
            f"cannot be told {type(answer).__name__}"
        )
    return answered(scene, node, answer)


def _entered(scene: Scene) -> Turn:
    node = scene.tree.nodes.get(scene.cursor.node)
    if node is None:
        raise StepRefused(f"tree {scene.tree.id!r} has no node {scene.cursor.node!r}")
    enter = ENTER.get(type(node))
    return enter(scene, node) if enter else Turn(scene.cursor)


def _effect(scene: Scene) -> Effect:
    if scene.cursor.stage == LIMIT:
        return HangUp(reason="step_limit")
    node = scene.tree.nodes.get(scene.cursor.node)
    effect = EFFECT.get((type(node), scene.cursor.stage))
    if effect is None:
        raise StepRefused(
            f"tree {scene.tree.id!r} cannot wait at node {scene.cursor.node!r}, "
            f"stage {scene.cursor.stage!r}"
        )
    return effect(scene, node)
