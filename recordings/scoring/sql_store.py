"""Forms, plans, reviews and assessments in SQL. Each change is one unit of work."""

import secrets
from collections.abc import Mapping, Sequence
from typing import cast

import msgspec
from sqlalchemy import Index, UniqueConstraint, case, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from calls.ids import AgentId, CallId, QueueId, RecordingId
from calls.tasks import TASK_WANTED, TaskWanted
from recordings.model import Recording
from recordings.scoring.form import Answers, ScoreForm, mistakes, total, twins
from recordings.scoring.model import MAY, AgentScore, Assessment, Kind, Plan, Review, State
from recordings.scoring.sampling import drawn, reviewers_for
from recordings.scoring.tasks import to_coach, to_decide
from recordings.sql_rows import RecordingRow
from storage import outbox
from storage.base import Base
from storage.database import Database

MOST_DRAWN = 5_000


class NotThere(LookupError):
    """No such form, plan, review or assessment, or not hers."""


class NotNow(Exception):
    """Its state does not allow this; the message is the state."""


class Unfit(ValueError):
    """Answers or a form that do not fit; the message names the questions."""


class FormRow(Base):
    __tablename__ = "review_forms"

    id: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    document: Mapped[str]
    made_at: Mapped[float]
    made_by: Mapped[str]


class PlanRow(Base):
    __tablename__ = "review_plans"

    id: Mapped[str] = mapped_column(primary_key=True)
    document: Mapped[str]


class AssessmentRow(Base):
    __tablename__ = "assessments"
    __table_args__ = (
        Index(None, "agent", "made_at"),
        Index(None, "state", "made_at"),
        UniqueConstraint("plan", "period", "recording"),
    )

    id: Mapped[str] = mapped_column(primary_key=True)
    recording: Mapped[str]
    agent: Mapped[str | None]
    queue: Mapped[str | None]
    kind: Mapped[str]
    state: Mapped[str]
    plan: Mapped[str | None]
    period: Mapped[str | None]
    made_at: Mapped[float]
    score: Mapped[float | None]
    fatal: Mapped[bool] = mapped_column(server_default="0")
    told_at: Mapped[float | None]
    dispute: Mapped[str] = mapped_column(server_default="")
    decision: Mapped[str] = mapped_column(server_default="")
    decided_by: Mapped[str] = mapped_column(server_default="")


class ReviewRow(Base):
    __tablename__ = "reviews"
    __table_args__ = (Index(None, "assessment"), Index(None, "reviewer", "done_at"))

    id: Mapped[str] = mapped_column(primary_key=True)
    assessment: Mapped[str]
    recording: Mapped[str]
    form: Mapped[str]
    version: Mapped[int]
    reviewer: Mapped[str]
    done_at: Mapped[float | None]
    score: Mapped[float | None]
    fatal: Mapped[bool] = mapped_column(server_default="0")
    answers: Mapped[str] = mapped_column(server_default="{}")
    comment: Mapped[str] = mapped_column(server_default="")


class SqlScoring:
    def __init__(self, database: Database) -> None:
        self._database = database

    # Forms and plans

    def put_form(self, form: ScoreForm, by: str, at: float) -> int:
        """A new version; reviews begun keep theirs. Raises Unfit for questions of one id."""
        if same := twins(form):
            raise Unfit(", ".join(same))
        with self._database.session() as session:
            version = (_newest(session, form.id) or 0) + 1
            document = msgspec.json.encode(form).decode()
            session.add(FormRow(id=form.id, version=version, document=document, made_at=at,
                                made_by=by))  # fmt: skip
            return version

    def forms(self) -> list[ScoreForm]:
        newest = select(FormRow.id, func.max(FormRow.version)).group_by(FormRow.id)
        with self._database.reading() as session:
            return [_form(session, id_, version) for id_, version in session.execute(newest).all()]

    def form(self, id_: str, version: int) -> ScoreForm:
        with self._database.reading() as session:
            return _form(session, id_, version)

    def put_plan(self, plan: Plan) -> None:
        """Raises NotThere for a form there is not."""
        with self._database.session() as session:
            if _newest(session, plan.form) is None:
                raise NotThere(plan.form)
            session.merge(PlanRow(id=plan.id, document=msgspec.json.encode(plan).decode()))

    def plans(self) -> list[Plan]:
        with self._database.reading() as session:
            rows = session.scalars(select(PlanRow).order_by(PlanRow.id))
            return [msgspec.json.decode(row.document, type=Plan) for row in rows]

    # Samples and assignment

    def draw(
        self, id_: str, period: str, since: float, until: float, now: float,
        own_agent: Mapping[str, AgentId | None],
    ) -> int:  # fmt: skip
        """Draw from the talks that ended within; how many are new. Drawn again it adds nothing but
        for talks that were not there. ``own_agent``: reviewers who take calls themselves."""
        with self._database.session() as session:
            row = session.get(PlanRow, id_, with_for_update=True)
            if row is None:
                raise NotThere(id_)
            plan = msgspec.json.decode(row.document, type=Plan)
            talks = _talks(session, plan, since, until)
            chosen = drawn(((RecordingId(t.id), AgentId(t.agent or "")) for t in talks.values()),
                           plan.share, plan.seed, period)  # fmt: skip
            asked = (plan.id, period)
            known = set(session.scalars(select(AssessmentRow.recording).where(
                AssessmentRow.plan == plan.id, AssessmentRow.period == period)))  # fmt: skip
            new = [one for one in chosen if one not in known]
            load, doubles = _load(session, plan.reviewers), round(plan.double_share * len(new))
            for n, recording in enumerate(new):
                talk = talks[recording]
                agent = AgentId(talk.agent) if talk.agent else None
                count = 2 if n < doubles else 1
                who = reviewers_for(agent, load, dict(own_agent), count)
                if who:
                    kind: Kind = "double" if len(who) > 1 else "single"
                    _open(session, talk, kind, plan.form, who, now, asked)
            return len(new)

    def assign(
        self, recording: Recording, form: str, reviewers: Sequence[str], kind: Kind, now: float
    ) -> str:
        """By hand. The assessment's id. Raises NotThere."""
        with self._database.session() as session:
            row = session.get(RecordingRow, recording.id)
            if row is None:
                raise NotThere(recording.id)
            return _open(session, row, kind, form, reviewers, now)

    # Reviewing

    def reviews_of(self, reviewer: str, limit: int = 200) -> list[Review]:
        """Open ones first, oldest first."""
        asked = (
            select(ReviewRow)
            .where(ReviewRow.reviewer == reviewer)
            .order_by(ReviewRow.done_at.is_not(None), ReviewRow.done_at.desc(), ReviewRow.id)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [_review(row) for row in session.scalars(asked)]

    def review(self, id_: str, reviewer: str) -> Review:
        """Her own alone: nobody sees another's before both are done. Raises NotThere."""
        with self._database.reading() as session:
            row = session.get(ReviewRow, id_)
            if row is None or row.reviewer != reviewer:
                raise NotThere(id_)
            return _review(row)

    def submit(
        self, id_: str, reviewer: str, answers: Answers, comment: str, now: float
    ) -> Assessment:
        """For good. Raises NotThere, NotNow when it is done already, Unfit."""
        with self._database.session() as session:
            row = session.get(ReviewRow, id_, with_for_update=True)
            if row is None or row.reviewer != reviewer:
                raise NotThere(id_)
            if row.done_at is not None:
                raise NotNow("done")
            form = _form(session, row.form, row.version)
            if wrong := mistakes(form, answers):
                raise Unfit(", ".join(wrong))
            whole = session.get_one(AssessmentRow, row.assessment, with_for_update=True)
            found = total(form, answers)
            row.done_at, row.score, row.fatal = now, found.score, found.fatal
            row.answers, row.comment = msgspec.json.encode(dict(answers)).decode(), comment
            session.flush()
            _conclude(session, whole, form, now)
            return _assessment(whole)

    # Results

    def settle(self, id_: str, score: float, by: str, why: str, now: float) -> Assessment:
        """Two were too far apart: a third decides. Raises NotThere, NotNow."""
        with self._database.session() as session:
            row = _step(session, id_, "settled")
            row.decided_by, row.decision = by, why
            _tell(session, row, score, row.fatal, now)
            return _assessment(row)

    def dispute(self, id_: str, agent: AgentId, text: str, now: float) -> Assessment:
        """Raises NotThere, also for another's, NotNow."""
        with self._database.session() as session:
            known = session.get(AssessmentRow, id_)
            if known is None or known.agent != agent:
                raise NotThere(id_)
            row = _step(session, id_, "disputed")
            row.dispute = text
            _want(session, to_decide(id_, agent, _call_of(session, row), now), now)
            return _assessment(row)

    def decide(self, id_: str, score: float | None, by: str, why: str) -> Assessment:
        """``score`` None: what was told stands. Raises NotThere, NotNow."""
        with self._database.session() as session:
            row = _step(session, id_, "decided")
            row.decision, row.decided_by = why, by
            if score is not None:
                row.score, row.fatal = score, False
                _mark(session, row)
            return _assessment(row)

    def results(
        self,
        agent: AgentId | None = None,
        state: State | None = None,
        queues: tuple[QueueId, ...] | None = None,
        limit: int = 200,
    ) -> list[Assessment]:
        """Newest first. Of one agent: those she was told alone. ``queues``: of these alone."""
        asked = select(AssessmentRow).order_by(AssessmentRow.made_at.desc(), AssessmentRow.id)
        if agent is not None:
            asked = asked.where(AssessmentRow.agent == agent, AssessmentRow.told_at.is_not(None))
        if state is not None:
            asked = asked.where(AssessmentRow.state == state)
        if queues is not None:
            asked = asked.where(AssessmentRow.queue.in_(queues))
        with self._database.reading() as session:
            return [_assessment(row) for row in session.scalars(asked.limit(limit))]

    def behind(self, id_: str) -> tuple[Assessment, list[Review]]:
        """An assessment with its reviews; none of them while it is open. Raises NotThere."""
        with self._database.reading() as session:
            row = session.get(AssessmentRow, id_)
            if row is None:
                raise NotThere(id_)
            asked = select(ReviewRow).where(ReviewRow.assessment == id_).order_by(ReviewRow.id)
            reviews = [_review(one) for one in session.scalars(asked)]
            return _assessment(row), [] if row.state == "open" else reviews

    def figures(self, since: float, queues: tuple[QueueId, ...] | None = None) -> list[AgentScore]:
        """``queues``: of talks in these alone."""
        row = AssessmentRow
        asked = (
            select(row.agent, func.count(), func.avg(row.score),
                   func.sum(case((row.fatal, 1), else_=0)),
                   func.sum(case((row.dispute != "", 1), else_=0)))
            .where(row.told_at >= since, row.agent.is_not(None))
            .group_by(row.agent).order_by(row.agent)
        )  # fmt: skip
        if queues is not None:
            asked = asked.where(row.queue.in_(queues))
        with self._database.reading() as session:
            return [
                AgentScore(agent=AgentId(agent), count=count, mean=round(mean or 0.0, 1),
                           fatal=int(fatal or 0), disputed=int(disputed or 0))
                for agent, count, mean, fatal, disputed in session.execute(asked).all()
            ]  # fmt: skip


def _newest(session: Session, form: str) -> int | None:
    return session.scalar(select(func.max(FormRow.version)).where(FormRow.id == form))


def _form(session: Session, id_: str, version: int) -> ScoreForm:
    row = session.get(FormRow, (id_, version))
    if row is None:
        raise NotThere(id_)
    return msgspec.json.decode(row.document, type=ScoreForm)


def _talks(session: Session, plan: Plan, since: float, until: float) -> dict[str, RecordingRow]:
    row = RecordingRow
    asked = select(row).where(
        row.kind == "talk", row.made_at >= since, row.made_at < until, row.agent.is_not(None),
        row.seconds >= plan.longer_s, row.place.in_(("here", "both", "away")),
    )  # fmt: skip
    if plan.queues:
        asked = asked.where(row.queue.in_(plan.queues))
    return {one.id: one for one in session.scalars(asked.order_by(row.id).limit(MOST_DRAWN))}


def _load(session: Session, reviewers: Sequence[str]) -> dict[str, int]:
    open_ = (
        select(ReviewRow.reviewer, func.count())
        .where(ReviewRow.reviewer.in_(reviewers), ReviewRow.done_at.is_(None))
        .group_by(ReviewRow.reviewer)
    )
    counted = {row[0]: int(row[1]) for row in session.execute(open_)}
    return {one: counted.get(one, 0) for one in reviewers}


def _open(
    session: Session, talk: RecordingRow, kind: Kind, form: str, reviewers: Sequence[str],
    now: float, drawn_by: tuple[str | None, str | None] = (None, None),
) -> str:  # fmt: skip
    version = _newest(session, form)
    if version is None:
        raise NotThere(form)
    id_ = secrets.token_hex(8)
    plan, period = drawn_by
    session.add(AssessmentRow(id=id_, recording=talk.id, agent=talk.agent, queue=talk.queue,
                              kind=kind, state="open", made_at=now, fatal=False, plan=plan,
                              period=period))  # fmt: skip
    for reviewer in reviewers:
        session.add(ReviewRow(id=secrets.token_hex(8), assessment=id_, recording=talk.id, form=form,
                              version=version, reviewer=reviewer, fatal=False))  # fmt: skip
    return id_


def _conclude(session: Session, whole: AssessmentRow, form: ScoreForm, now: float) -> None:
    """After a review was handed in: the last one ends it."""
    asked = select(ReviewRow).where(ReviewRow.assessment == whole.id)
    reviews = list(session.scalars(asked))
    if any(one.done_at is None for one in reviews):
        return
    scores = [one.score or 0.0 for one in reviews]
    fatal = any(one.fatal for one in reviews)
    agreed = max(scores) - min(scores) <= form.agree_within
    mean = round(sum(scores) / len(scores), 1)
    if whole.kind == "calibration":
        whole.state, whole.score = MAY["open", "all_done"], mean
    elif agreed:
        whole.state = MAY["open", "agreed"]
        _tell(session, whole, mean, fatal, now)
    else:
        whole.state, whole.fatal = MAY["open", "apart"], fatal


def _step(session: Session, id_: str, what: str) -> AssessmentRow:
    row = session.get(AssessmentRow, id_, with_for_update=True)
    if row is None:
        raise NotThere(id_)
    after = MAY.get((cast(State, row.state), what))
    if after is None:
        raise NotNow(row.state)
    row.state = after
    return row


def _tell(session: Session, row: AssessmentRow, score: float, fatal: bool, now: float) -> None:
    row.score, row.fatal, row.told_at = score, fatal, now
    _mark(session, row)
    if score < _form_of(session, row).low_below:
        agent = AgentId(row.agent) if row.agent else None
        _want(session, to_coach(row.id, agent, _call_of(session, row), score, now), now)


def _form_of(session: Session, row: AssessmentRow) -> ScoreForm:
    asked = select(ReviewRow.form, ReviewRow.version).where(ReviewRow.assessment == row.id)
    form, version = session.execute(asked.limit(1)).one()
    return _form(session, form, version)


def _call_of(session: Session, row: AssessmentRow) -> CallId:
    return CallId(session.get_one(RecordingRow, row.recording).call)


def _want(session: Session, task: TaskWanted, now: float) -> None:
    """In the unit of work that gives rise to it: once, whoever dies in between."""
    outbox.put(session, TASK_WANTED, [(task.key, msgspec.json.encode(task).decode())], now)


def _mark(session: Session, row: AssessmentRow) -> None:
    """So that recordings are found by it."""
    session.execute(
        update(RecordingRow).where(RecordingRow.id == row.recording).values(score=row.score)
    )


def _review(row: ReviewRow) -> Review:
    return Review(
        id=row.id,
        assessment=row.assessment,
        recording=RecordingId(row.recording),
        form=row.form,
        version=row.version,
        reviewer=row.reviewer,
        done_at=row.done_at,
        score=row.score,
        fatal=row.fatal,
        answers=msgspec.json.decode(row.answers, type=dict[str, int | None]),
        comment=row.comment,
    )


def _assessment(row: AssessmentRow) -> Assessment:
    return Assessment(
        id=row.id,
        recording=RecordingId(row.recording),
        agent=AgentId(row.agent) if row.agent else None,
        queue=QueueId(row.queue) if row.queue else None,
        kind=cast(Kind, row.kind),
        state=cast(State, row.state),
        made_at=row.made_at,
        score=row.score,
        fatal=row.fatal,
        told_at=row.told_at,
        dispute=row.dispute,
        decision=row.decision,
        decided_by=row.decided_by,
    )
