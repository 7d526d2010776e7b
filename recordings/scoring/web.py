"""Over HTTP: quality scoring (质检). Reviewers are supervisors and admins; an agent sees, and may
dispute, what she was told."""

from collections.abc import Callable, Mapping
from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, QueueId, RecordingId
from calls.rights import EVERYBODY, WATCHERS, Who, allow
from calls.words import Role
from recordings.ports import RecordingStore
from recordings.scoring.form import ScoreForm, Spread, spread
from recordings.scoring.model import AgentScore, Assessment, Kind, Plan, Review, State
from recordings.scoring.sql_store import NotNow, NotThere, SqlScoring, Unfit

Text = Annotated[str, msgspec.Meta(min_length=1, max_length=2_000)]
Points = Annotated[float, msgspec.Meta(ge=0, le=100)]


class ScoreFormPage(msgspec.Struct, frozen=True):
    forms: tuple[ScoreForm, ...]


class PlanPage(msgspec.Struct, frozen=True):
    plans: tuple[Plan, ...]


class Draw(Asked, frozen=True):
    period: Annotated[str, msgspec.Meta(pattern=r"^[0-9A-Za-z-]{1,20}$")]
    """What the draw is called, as 2026-W48: drawn again it draws the same."""
    since: float
    until: float


class Drawn(msgspec.Struct, frozen=True):
    new: int


class AssignWanted(Asked, frozen=True):
    recording: RecordingId
    form: str
    reviewers: Annotated[tuple[str, ...], msgspec.Meta(min_length=1, max_length=20)]
    kind: Kind = "single"


class Opened(msgspec.Struct, frozen=True):
    assessment: str


class ReviewPage(msgspec.Struct, frozen=True):
    reviews: tuple[Review, ...]


class ReviewOpened(msgspec.Struct, frozen=True):
    review: Review
    form: ScoreForm


class ScoresFilled(Asked, frozen=True):
    answers: dict[str, int | None]
    comment: Annotated[str, msgspec.Meta(max_length=2_000)] = ""


class ResultQuery(Asked, frozen=True):
    agent: AgentId | None = None
    state: State | None = None


class ResultPage(msgspec.Struct, frozen=True):
    results: tuple[Assessment, ...]


class Behind(msgspec.Struct, frozen=True):
    assessment: Assessment
    reviews: tuple[Review, ...]
    spread: Spread


class Disputed(Asked, frozen=True):
    text: Text


class Decided(Asked, frozen=True):
    why: Text
    score: Points | None = None
    """None: what was told stands."""


class ScoresQuery(Asked, frozen=True):
    since: float = 0.0


class ScoresPage(msgspec.Struct, frozen=True):
    agents: tuple[AgentScore, ...]


def forms_blueprint(
    http: Exchange,
    scoring: SqlScoring,
    store: RecordingStore,
    own_agents: Callable[[], Mapping[str, AgentId | None]],
) -> Blueprint:
    """Forms, plans and who reviews what. ``own_agents``: person to the agent she is."""
    routes = Blueprint("scoring", __name__)

    @routes.get("/scoring/forms")
    @allow(*WATCHERS)
    @speaks("Forms as they are now.", returns=ScoreFormPage)
    def forms() -> Reply:
        return http.reply(ScoreFormPage(tuple(scoring.forms())))

    @routes.put("/scoring/forms")
    @allow(Role.ADMIN)
    @speaks("A form, or a new version of it; reviews begun keep theirs.", body=ScoreForm,
            returns=ScoreFormPage)  # fmt: skip
    def put_form() -> Reply:
        form = http.body(ScoreForm)
        with _in_words(form.id):
            scoring.put_form(form, http.who().person, http.now())
        return http.reply(ScoreFormPage(tuple(scoring.forms())))

    @routes.get("/scoring/plans")
    @allow(*WATCHERS)
    @speaks("Which share of which talks is reviewed.", returns=PlanPage)
    def plans() -> Reply:
        return http.reply(PlanPage(tuple(scoring.plans())))

    @routes.put("/scoring/plans")
    @allow(Role.ADMIN)
    @speaks("A plan, or what it is from now on.", body=Plan, returns=PlanPage, refuses=(404,))
    def put_plan() -> Reply:
        plan = http.body(Plan)
        with _in_words(plan.form):
            scoring.put_plan(plan)
        return http.reply(PlanPage(tuple(scoring.plans())))

    @routes.post("/scoring/plans/<id>/draw")
    @allow(*WATCHERS, whole=True)
    @speaks("Draw this plan's share of the talks that ended within, and assign them.", body=Draw,
            returns=Drawn, refuses=(404,))  # fmt: skip
    def draw(id: str) -> Reply:
        asked = http.body(Draw)
        with _in_words(id):
            new = scoring.draw(id, asked.period, asked.since, asked.until, http.now(), own_agents())
        return http.reply(Drawn(new))

    @routes.post("/scoring/assessments")
    @allow(*WATCHERS)
    @speaks("Have one talk reviewed: by one, by two blind to each other, or by many to calibrate.",
            body=AssignWanted, returns=Opened, status=201, refuses=(404,))  # fmt: skip
    def assign() -> Reply:
        asked = http.body(AssignWanted)
        recording = store.find(asked.recording)
        known = own_agents()
        if recording is None or not http.who().looks_after(recording.queue):
            raise Fault("no_such_recording", id=asked.recording)
        if not _fit(asked, known, recording.agent):
            raise Fault("bad_reviewers", "reviewers")
        with _in_words(asked.form):
            id_ = scoring.assign(recording, asked.form, asked.reviewers, asked.kind, http.now())
        return http.reply(Opened(id_), 201)

    return routes


def reviews_blueprint(http: Exchange, scoring: SqlScoring) -> Blueprint:
    """A reviewer's own work."""
    routes = Blueprint("reviews", __name__)

    @routes.get("/scoring/reviews")
    @allow(*WATCHERS)
    @speaks("Her own, those to be done first.", returns=ReviewPage)
    def reviews() -> Reply:
        return http.reply(ReviewPage(tuple(scoring.reviews_of(http.who().person))))

    @routes.get("/scoring/reviews/<id>")
    @allow(*WATCHERS)
    @speaks("One of her own, with its form.", returns=ReviewOpened, refuses=(404,))
    def review(id: str) -> Reply:
        with _in_words(id):
            found = scoring.review(id, http.who().person)
            return http.reply(ReviewOpened(found, scoring.form(found.form, found.version)))

    @routes.put("/scoring/reviews/<id>")
    @allow(*WATCHERS)
    @speaks("Hand it in, for good.", body=ScoresFilled, returns=Assessment, refuses=(404, 409))
    def submit(id: str) -> Reply:
        asked, who = http.body(ScoresFilled), http.who().person
        with _in_words(id):
            return http.reply(scoring.submit(id, who, asked.answers, asked.comment, http.now()))

    return routes


def results_blueprint(http: Exchange, scoring: SqlScoring) -> Blueprint:
    """What talks were judged to be, and what is said to it."""
    routes = Blueprint("results", __name__)

    @routes.get("/scoring/results")
    @allow(*EVERYBODY)
    @speaks("What talks were judged to be; an agent sees what she was told.", query=ResultQuery,
            returns=ResultPage)  # fmt: skip
    def results() -> Reply:
        asked, who = http.query(ResultQuery), http.who()
        if who.is_any(*WATCHERS):
            found = scoring.results(asked.agent, asked.state, _limits(who))
        elif who.agent is not None:
            found = scoring.results(who.agent, asked.state)
        else:
            found = []
        return http.reply(ResultPage(tuple(found)))

    @routes.get("/scoring/results/<id>")
    @allow(*WATCHERS)
    @speaks("One with its reviews and how far they are apart; without, while it is open.",
            returns=Behind, refuses=(404,))  # fmt: skip
    def behind(id: str) -> Reply:
        with _in_words(id):
            assessment, reviews = scoring.behind(id)
            _check_hers(http.who(), assessment)
        scores = [one.score for one in reviews if one.score is not None]
        apart = spread(scores, [one.answers for one in reviews])
        return http.reply(Behind(assessment, tuple(reviews), apart))

    @routes.post("/scoring/results/<id>/dispute")
    @allow(Role.AGENT)
    @speaks("She does not agree, and says why.", body=Disputed, returns=Assessment,
            refuses=(404, 409))  # fmt: skip
    def dispute(id: str) -> Reply:
        asked, agent = http.body(Disputed), http.who().agent
        with _in_words(id):
            if agent is None:
                raise NotThere(id)
            return http.reply(scoring.dispute(id, agent, asked.text, http.now()))

    @routes.post("/scoring/results/<id>/decision")
    @allow(*WATCHERS)
    @speaks("Decide on a dispute, or between two who are too far apart.", body=Decided,
            returns=Assessment, refuses=(404, 409))  # fmt: skip
    def decide(id: str) -> Reply:
        asked, who = http.body(Decided), http.who().person
        with _in_words(id):
            assessment, _ = scoring.behind(id)
            _check_hers(http.who(), assessment)
            state = assessment.state
            if state != "differs":
                return http.reply(scoring.decide(id, asked.score, who, asked.why))
            if asked.score is None:
                raise Unfit("score")
            return http.reply(scoring.settle(id, asked.score, who, asked.why, http.now()))

    @routes.get("/scoring/figures")
    @allow(*WATCHERS)
    @speaks("How each agent was judged.", query=ScoresQuery, returns=ScoresPage)
    def figures() -> Reply:
        since = http.query(ScoresQuery).since
        return http.reply(ScoresPage(tuple(scoring.figures(since, _limits(http.who())))))

    return routes


def _limits(who: Who) -> tuple[QueueId, ...] | None:
    return who.queues if who.is_limited() else None


def _check_hers(who: Who, assessment: Assessment) -> None:
    if not who.looks_after(assessment.queue):
        raise NotThere(assessment.id)


def _fit(asked: AssignWanted, known: Mapping[str, AgentId | None], agent: AgentId | None) -> bool:
    """Each there, once, and not the agent herself; as many as the kind wants."""
    count, most = len(asked.reviewers), {"single": 1, "double": 2}.get(asked.kind, 20)
    least = 2 if asked.kind != "single" else 1
    there = all(one in known for one in asked.reviewers)
    herself = agent is not None and any(known.get(one) == agent for one in asked.reviewers)
    return there and not herself and len(set(asked.reviewers)) == count and least <= count <= most


class _in_words:  # noqa: N801 - read as a word of the statement it begins
    """What the room refuses, as a fault of who asks."""

    def __init__(self, id: str) -> None:
        self._id = id

    def __enter__(self) -> None: ...

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        match error:
            case NotThere():
                raise Fault("no_such_review", id=self._id) from error
            case NotNow():
                raise Fault("review_cannot", state=str(error)) from error
            case Unfit():
                raise Fault("unfit", "answers", detail=str(error)) from error
