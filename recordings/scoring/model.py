"""Plans, reviews and what they come to."""

from typing import Annotated, Literal

import msgspec

from calls.ids import AgentId, QueueId, RecordingId
from recordings.scoring.form import Id

Kind = Literal["single", "double", "calibration"]
State = Literal["open", "differs", "told", "disputed", "decided", "compared"]
MAY: dict[tuple[State, str], State] = {
    ("open", "agreed"): "told",
    ("open", "apart"): "differs",
    ("open", "all_done"): "compared",
    ("differs", "settled"): "told",
    ("told", "disputed"): "disputed",
    ("disputed", "decided"): "decided",
}
"""What is absent is refused."""


class Plan(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """How much of which talks is reviewed each period."""

    id: Id
    form: Id
    share: Annotated[float, msgspec.Meta(gt=0, le=1)] = 0.02
    queues: tuple[QueueId, ...] = ()
    """Empty: of every queue."""
    longer_s: Annotated[float, msgspec.Meta(ge=0, le=3600)] = 20.0
    double_share: Annotated[float, msgspec.Meta(ge=0, le=1)] = 0.0
    """Of what is drawn, so much is reviewed by two who do not see each other's."""
    reviewers: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=100)]
    seed: Annotated[str, msgspec.Meta(min_length=1, max_length=80)]


class Review(msgspec.Struct, frozen=True, kw_only=True):
    """One reviewer's part."""

    id: str
    assessment: str
    recording: RecordingId
    form: str
    version: int
    reviewer: str
    done_at: float | None = None
    score: float | None = None
    fatal: bool = False
    answers: dict[str, int | None] = {}
    comment: str = ""


class Assessment(msgspec.Struct, frozen=True, kw_only=True):
    """One talk judged: by one, by two who are blind to each other, or by many to compare."""

    id: str
    recording: RecordingId
    agent: AgentId | None
    queue: QueueId | None
    kind: Kind
    state: State
    made_at: float
    score: float | None = None
    fatal: bool = False
    told_at: float | None = None
    dispute: str = ""
    decision: str = ""
    decided_by: str = ""


class AgentScore(msgspec.Struct, frozen=True, kw_only=True):
    agent: AgentId
    count: int
    mean: float
    fatal: int
    disputed: int
