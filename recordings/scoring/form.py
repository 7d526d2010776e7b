"""What a reviewer fills in, and what it comes to. Pure."""

from collections.abc import Mapping
from typing import Annotated

import msgspec

Name = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]
Id = Annotated[str, msgspec.Meta(pattern=r"^[a-z0-9][a-z0-9_-]{0,39}$")]


class _Value(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    pass


class Question(_Value, frozen=True, kw_only=True):
    id: Id
    text: dict[str, Name]
    """Per language tag."""
    points: Annotated[int, msgspec.Meta(ge=1, le=100)] = 5
    """The most it is worth; 0 is the least."""
    fatal: bool = False
    """Nought here makes the whole nought (致命错误)."""


class Section(_Value, frozen=True, kw_only=True):
    names: dict[str, Name]
    weight: Annotated[int, msgspec.Meta(ge=1, le=1000)] = 1
    questions: Annotated[tuple[Question, ...], msgspec.Meta(min_length=1, max_length=50)]


class ScoreForm(_Value, frozen=True, kw_only=True):
    id: Id
    names: dict[str, Name]
    sections: Annotated[tuple[Section, ...], msgspec.Meta(min_length=1, max_length=20)]
    agree_within: Annotated[float, msgspec.Meta(ge=0, le=100)] = 10.0
    """Two reviewers who are no further apart agree; their mean counts."""
    low_below: Annotated[float, msgspec.Meta(ge=0, le=100)] = 60.0
    """Who is told less is spoken with: it becomes a task of those who lead."""

    @property
    def questions(self) -> tuple[Question, ...]:
        return tuple(one for section in self.sections for one in section.questions)


class Total(_Value, frozen=True, kw_only=True):
    score: float
    """0 to 100."""
    fatal: bool


Answers = Mapping[str, int | None]
"""Question to points; None: it does not apply to this talk."""


def mistakes(form: ScoreForm, answers: Answers) -> tuple[str, ...]:
    """Questions that are not answered, or with points there are not; and those of no form."""
    known = {one.id: one for one in form.questions}
    wrong = [id_ for id_ in known if id_ not in answers]
    wrong += [
        id_
        for id_, points in answers.items()
        if id_ not in known or (points is not None and not 0 <= points <= known[id_].points)
    ]
    return tuple(wrong)


def twins(form: ScoreForm) -> tuple[str, ...]:
    """Ids that more than one question has."""
    ids = [one.id for one in form.questions]
    return tuple(sorted({id_ for id_ in ids if ids.count(id_) > 1}))


def total(form: ScoreForm, answers: Answers) -> Total:
    """Sections weigh against each other by their weight, questions within one by their points;
    what does not apply counts for neither side. 100 when nothing applies."""
    fatal = any(one.fatal and answers.get(one.id) == 0 for one in form.questions)
    reached = most = 0.0
    for section in form.sections:
        asked = [one for one in section.questions if answers.get(one.id) is not None]
        worth = sum(one.points for one in asked)
        if worth:
            got = sum(answers.get(one.id) or 0 for one in asked)
            reached += section.weight * got / worth
            most += section.weight
    score = 100.0 * reached / most if most else 100.0
    return Total(score=0.0 if fatal else round(score, 1), fatal=fatal)


class Spread(_Value, frozen=True, kw_only=True):
    """How far reviewers of the same talk are apart."""

    mean: float
    least: float
    most: float
    questions: dict[str, tuple[int, int]]
    """Least and most points, where they differ."""


def spread(scores: list[float], answers: list[Answers]) -> Spread:
    ids = {id_ for one in answers for id_ in one}
    given = {id_: [p for one in answers if (p := one.get(id_)) is not None] for id_ in ids}
    apart = {id_: (min(p), max(p)) for id_, p in sorted(given.items()) if p and min(p) != max(p)}
    mean = round(sum(scores) / len(scores), 1) if scores else 0.0
    return Spread(
        mean=mean, least=min(scores, default=0.0), most=max(scores, default=0.0), questions=apart
    )
