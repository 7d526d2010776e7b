"""A call that nobody makes: a tree walked by given answers, told as a caller would hear it. Pure.

The same interpreter serves callers, so what is seen here is what is heard there. Nothing is kept:
whoever asks sends every answer since the start.
"""

from collections.abc import Mapping, Sequence

import msgspec

from calls.words import Language
from ivr import prompts, steps
from ivr.cursor import Cursor
from ivr.interpreter import CallFacts, StepRefused, begin, step
from ivr.model import Tree

MOST_ANSWERS = 500


class Line(msgspec.Struct, frozen=True, kw_only=True):
    """One thing said."""

    text: str
    """As written; '' when the tree has no words for it in this language."""
    language: Language
    prompt: str = ""
    """The tree's own prompt, '' for what is put together at run time."""
    audio: str = ""
    """The recording played in place of the text."""


class Moment(msgspec.Struct, frozen=True, kw_only=True):
    """What followed from one answer."""

    notes: tuple[steps.Note, ...]
    says: tuple[Line, ...]
    effect: steps.Effect
    """What the call waits for now."""
    node: str
    language: Language
    steps: int
    """Nodes entered and questions repeated so far; the tree has a limit of them."""
    variables: dict[str, str]


class AnswerRefused(ValueError):
    """An answer does not fit what the call waits for; ``index`` is which."""

    def __init__(self, index: int, why: str) -> None:
        super().__init__(why)
        self.index = index


def walk(tree: Tree, answers: Sequence[steps.Answer], facts: CallFacts) -> list[Moment]:
    """From the first moment of the call through each answer. Raises AnswerRefused."""
    cursor = begin(tree)
    told: list[Moment] = []
    for index, answer in enumerate((steps.Began(), *answers)):
        if told and isinstance(told[-1].effect, steps.HangUp):
            raise AnswerRefused(index - 1, "the call is over")
        try:
            cursor, notes, effect = step(tree, cursor, answer, facts)
        except StepRefused as error:
            raise AnswerRefused(index - 1, str(error)) from error
        told.append(_moment(tree, cursor, notes, effect))
    return told


def _moment(
    tree: Tree, cursor: Cursor, notes: tuple[steps.Note, ...], effect: steps.Effect
) -> Moment:
    said: Sequence[prompts.Prompt] = getattr(effect, "prompts", ())
    return Moment(
        notes=notes,
        says=tuple(_line(tree.prompts, one, cursor.language) for one in said),
        effect=effect,
        node=cursor.node,
        language=cursor.language,
        steps=cursor.steps,
        variables=dict(cursor.variables),
    )


def _line(table: Mapping[str, object], prompt: prompts.Prompt, language: Language) -> Line:
    match prompt:
        case prompts.Fixed(id=id, language=own):
            spoken = own or language
            wordings = table.get(id)
            wording = wordings.get(spoken) if isinstance(wordings, Mapping) else None
            return Line(
                text=wording.text if wording else "",
                language=spoken,
                prompt=id,
                audio=wording.audio if wording else "",
            )
        case prompts.Text(text=text):
            return Line(text=text, language=language)
        case prompts.Number(value=value):
            return Line(text=str(value), language=language)
        case prompts.Digits(digits=digits) | prompts.StaffNumber(digits=digits):
            return Line(text=" ".join(digits), language=language)
        case prompts.Date(iso=iso):
            return Line(text=iso, language=language)
        case prompts.Place(place=place):
            return Line(text=str(place), language=language)
        case prompts.Wait(low_min=low, high_min=high):
            return Line(text=f"{low}-{high}", language=language)
