"""The description of the API against the API: every route is in it, every answer fits it."""

from pathlib import Path
from typing import Any

import msgspec
import pytest
from flask import Blueprint, Flask
from jsonschema import Draft202012Validator
from msgspec import to_builtins

from calls.exchange import speaks, speech_of
from calls.ids import CallId, RecordingId
from calls.inputs import CallQueued, DeviceChanged
from calls.notices import Alarm, CallChanged
from calls.rights import allow
from calls.tasks import TaskKind, TaskWanted
from calls.words import DeviceState, Role
from recordings.scoring.form import Question, ScoreForm, Section
from recordings.sql_store import SqlRecordings
from runtime.web.openapi import NamedAlike, describe
from runtime.web.sentences import SENTENCES
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import PASSWORD, SALES, House, make_house, open_house
from tests.web.records import NUMBER, answered, keep, keep_recording, low_score, shipped_tree
from tests.web.test_api import a_ticket

pytestmark = pytest.mark.integration

REPORT = "first=1970-01-01&last=1970-12-31"

PAGES = {"pages.page", "pages.call", "pages.widget", "pages.file", "pages.icon"}
NATIVE = {"/api/v1/events", "/api/v1/recordings/{id}/audio", "/health"}


SECOND = {"secret": "A" * 32, "code": "000000", "password": PASSWORD}


def test_every_route_is_described(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            document = (await Browser(house).ask("GET", "/openapi.json")).json
            app = house.server.app
            undescribed = {
                name for name, view in app.view_functions.items() if speech_of(view) is None
            }
            assert undescribed == PAGES
            routes = {
                (rule.rule.replace("<", "{").replace(">", "}"), method.lower())
                for rule in app.url_map.iter_rules()
                for method in (rule.methods or set()) - {"HEAD", "OPTIONS"}
                if rule.endpoint not in PAGES
            }
            described = {
                (path, method)
                for path, item in document["paths"].items()
                for method in item
                if path not in NATIVE
            }
            assert described == routes
            assert set(document["paths"]) >= NATIVE

    run(scenario())


OURS = msgspec.defstruct("Score", [("points", int)], module="one.room")
THEIRS = msgspec.defstruct("Score", [("per_cent", float)], module="another.room")
Wanted = msgspec.defstruct("Wanted", [("score", THEIRS)])


def described_with(**of_view: Any) -> None:
    app, routes = Flask("small"), Blueprint("more", __name__)
    ours = allow(Role.ADMIN)(speaks("Ours.", returns=OURS)(lambda: ""))
    theirs = allow(Role.ADMIN)(speaks("Theirs.", **of_view)(lambda: ""))
    routes.add_url_rule("/ours", "ours", ours)
    routes.add_url_rule("/theirs", "theirs", theirs)
    app.register_blueprint(routes)
    describe(app)


def test_two_types_of_one_name_are_refused_by_name() -> None:
    described_with(returns=OURS)
    with pytest.raises(NamedAlike, match="Score"):
        described_with(returns=THEIRS)
    with pytest.raises(NamedAlike, match="Score"):
        described_with(query=Wanted)


CHANGED = {"name": "赵", "roles": [], "agent": None, "language": "en", "active": False}
WRONG = {"text": "queues: {sales: {rings: 3}}"}
BACK = {"version": 1}
ARTICLE: Any = {"title": "Refund", "body": "Three days.", "language": "en"}


FORM = ScoreForm(
    id="calls",
    names={"en": "Calls"},
    sections=(
        Section(
            names={"en": "Manners"},
            questions=(Question(id="greets", text={"en": "Greets"}),),
        ),
    ),
)
PLAN_OF_REVIEWS = {"id": "weekly", "form": "calls", "reviewers": ["boss"], "seed": "s"}
DRAW = {"period": "2026-W48", "since": 0.0, "until": 1.0}
ASSIGN = {"recording": "r1", "form": "calls", "reviewers": ["boss"]}


async def busy(house: House) -> dict[str, str]:
    """Something of everything; the ids of what was made."""
    keep(house, answered(1))
    keep_recording(house)
    boss = await Browser.of(house, "boss")
    for act in ("log-in", "ready"):
        await boss.ask("POST", f"/agents/a8001/{act}")
    house.brain.tell(DeviceChanged(edge="main", device="d8001", state=DeviceState.IDLE))  # type: ignore[arg-type]
    house.brain.tell(CallQueued(call=CallId("main-1"), edge="main", queue=SALES))  # type: ignore[arg-type]
    house.bus.publish(CallChanged(call=CallId("main-1"), stage="offered", at=1.0, queue=SALES))
    house.bus.publish(Alarm(name="journal_late", on=True, text="late", at=1.0))
    wanted = TaskWanted(
        key="t:1", kind=TaskKind.OTHER, owner="role:admin", titles={"en": "Look", "zh-CN": "看"}
    )
    task = await house.ports.tasks.want(wanted)
    return {
        "ticket": await a_ticket(house),
        "task": str(task),
        "follow_up": str(low_score(house, 1)),
        **reviews(house),
    }


def reviews(house: House) -> dict[str, str]:
    """A review of the admin's to be done, and one that was."""
    recording = house.recordings.find(RecordingId("r1"))
    assert recording is not None
    SqlRecordings(house.database).add(recording)
    scoring = house.ports.scoring
    scoring.put_form(FORM, "admin", 1.0)
    done = scoring.assign(recording, FORM.id, ["admin"], "single", 1.0)
    [review] = scoring.reviews_of("admin")
    scoring.submit(review.id, "admin", {"greets": 3}, "", 2.0)
    scoring.assign(recording, FORM.id, ["admin"], "single", 3.0)
    return {"done": done, "review": scoring.reviews_of("admin")[0].id}


def asked(ids: dict[str, str]) -> list[tuple[str, str, str, Any]]:
    """Method, described path, real path, body: each operation once, and once refused."""
    tree: Any = shipped_tree()
    return [
        ("get", "/session", "/session", None),
        ("put", "/session/password", "/session/password", {"old": "none", "new": "x"}),
        ("get", "/people", "/people", None),
        ("post", "/people", "/people", {"id": "zhao", "name": "赵", "roles": ["agent"]}),
        ("post", "/people", "/people", {"id": "a b"}),
        ("put", "/people/{id}", "/people/zhao", CHANGED),
        ("put", "/people/{id}", "/people/none", CHANGED),
        ("post", "/people/{id}/password", "/people/zhao/password", None),
        ("get", "/audit", "/audit?limit=5", None),
        ("get", "/audit", "/audit?limit=0", None),
        ("get", "/hours", "/hours?at=2026-10-01T10:30", None),
        ("get", "/hours", "/hours?at=soon", None),
        ("get", "/configuration", "/configuration", None),
        ("get", "/configuration/{id}", "/configuration/floor.yaml", None),
        ("get", "/configuration/{id}", "/configuration/none", None),
        ("post", "/configuration/{id}/check", "/configuration/floor.yaml/check", WRONG),
        ("put", "/configuration/{id}", "/configuration/floor.yaml", WRONG),
        ("post", "/configuration/{id}/take-back", "/configuration/floor.yaml/take-back", BACK),
        ("get", "/configuration/{id}/versions", "/configuration/floor.yaml/versions", None),
        ("get", "/configuration/{id}/versions/{number}", "/configuration/x/versions/1", None),
        ("get", "/floor", "/floor", None),
        ("get", "/queues", "/queues", None),
        ("get", "/colleagues", "/colleagues", None),
        ("get", "/queues/{id}/guide", "/queues/sales/guide", None),
        ("get", "/queues/{id}/guide", "/queues/none/guide", None),
        ("post", "/agents/{id}/disposition", "/agents/a8001/disposition", {"code": "sold"}),
        ("post", "/agents/{id}/dial", "/agents/a8001/dial", {"number": "13800138000"}),
        ("get", "/agents", "/agents", None),
        ("get", "/agents/{id}", "/agents/a8001", None),
        ("post", "/agents/{id}/log-in", "/agents/a8002/log-in", None),
        ("post", "/agents/{id}/ready", "/agents/a8002/ready", None),
        ("post", "/agents/{id}/not-ready", "/agents/a8002/not-ready", {"reason": "lunch"}),
        ("post", "/agents/{id}/pauses", "/agents/a8002/pauses", {"cause": "meeting"}),
        ("post", "/agents/{id}/pauses", "/agents/a8002/pauses", {"cause": ""}),
        ("delete", "/agents/{id}/pauses/{cause}", "/agents/a8002/pauses/meeting", None),
        ("put", "/agents/{id}/queues", "/agents/a8002/queues", {"queues": []}),
        ("get", "/agents/{id}/skills", "/agents/a8002/skills", None),
        ("get", "/agents/{id}/skills", "/agents/nobody/skills", None),
        ("put", "/agents/{id}/skills", "/agents/a8002/skills", {"skills": {"英语": 3}}),
        ("put", "/agents/{id}/skills", "/agents/a8002/skills", {"skills": {"英语": 11}}),
        ("post", "/agents/{id}/free", "/agents/a8002/free", None),
        ("post", "/agents/{id}/wrap-up", "/agents/a8002/wrap-up", {"do": "finish"}),
        ("post", "/agents/{id}/log-out", "/agents/a8002/log-out", None),
        ("get", "/callbacks", "/callbacks", None),
        ("delete", "/callbacks/{id}", "/callbacks/none", None),
        ("get", "/calls", "/calls?limit=5", None),
        ("get", "/calls", "/calls?limit=0", None),
        ("get", "/calls/{id}", "/calls/main-1", None),
        ("get", "/calls/{id}", "/calls/none", None),
        ("get", "/calls/{id}/why", "/calls/main-1/why", None),
        ("get", "/calls/{id}/contact", "/calls/main-1/contact", None),
        ("get", "/calls/{id}/contact", "/calls/none/contact", None),
        ("get", "/figures/repeats", "/figures/repeats?since=0&until=9999999999", None),
        ("post", "/calls/{id}/priority", "/calls/main-1/priority", {"priority": 3}),
        ("post", "/calls/{id}/pick", "/calls/none/pick", {"agent": "a8001"}),
        ("post", "/calls/{id}/assign", "/calls/main-1/assign", {"agent": "a8002"}),
        ("post", "/calls/{id}/move", "/calls/main-9/move", {"queue": "support"}),
        ("post", "/calls/{id}/withdraw", "/calls/main-9/withdraw", {"to": "voicemail"}),
        ("get", "/session/second", "/session/second", None),
        ("put", "/session/second", "/session/second", SECOND),
        ("post", "/session/second/off", "/session/second/off", {"password": PASSWORD}),
        ("post", "/people/{id}/second/off", "/people/boss/second/off", None),
        ("get", "/customers", "/customers?name=", None),
        ("get", "/customers", f"/customers?number={NUMBER[1:]}", None),
        ("get", "/customers/{id}", "/customers/c1", None),
        ("get", "/customers/{id}", "/customers/none", None),
        ("get", "/customers/{id}/timeline", "/customers/c1/timeline?limit=5", None),
        ("get", "/customers/{id}/timeline", "/customers/none/timeline", None),
        ("post", "/customers/{id}/merge", "/customers/c2/merge", {"into": "c2"}),
        ("post", "/customers/{id}/merge", "/customers/c2/merge", {"into": "c1"}),
        ("get", "/customers/{id}/merges", "/customers/c1/merges", None),
        ("post", "/customer-merges/{id}/undo", "/customer-merges/1/undo", None),
        ("post", "/customer-merges/{id}/undo", "/customer-merges/x/undo", None),
        ("post", "/customers/{id}/export", "/customers/c1/export", None),
        ("post", "/customers/{id}/erase", "/customers/c1/erase", {"confirm": "c", "why": "w"}),
        ("post", "/customers/{id}/erase", "/customers/c1/erase", {"confirm": "c1", "why": "w"}),
        ("get", "/personal-acts", "/personal-acts?limit=5", None),
        ("get", "/figures/queues", "/figures/queues?since=0", None),
        ("get", "/figures/queues", "/figures/queues", None),
        ("get", "/figures/voice", "/figures/voice?since=0", None),
        ("get", "/figures/agents/{id}", "/figures/agents/a8001?since=0", None),
        ("get", "/reports", f"/reports?{REPORT}&by=whole", None),
        ("get", "/reports", f"/reports?{REPORT}&of=agent", None),
        ("get", "/reports", "/reports?first=2026-01-01&last=2000-01-01", None),
        ("get", "/reports/file", f"/reports/file?{REPORT}&by=whole&form=csv", None),
        ("get", "/reports/file", "/reports/file", None),
        ("post", "/tickets", "/tickets", {"call": "main-1", "kind": "sales", "title": "t"}),
        ("post", "/tickets", "/tickets", {"call": "main-1", "kind": "none"}),
        ("get", "/tickets", "/tickets?call=main-1", None),
        ("get", "/tickets/{id}", f"/tickets/{ids['ticket']}", None),
        ("patch", "/tickets/{id}", f"/tickets/{ids['ticket']}", {"note": "n"}),
        ("patch", "/tickets/{id}", f"/tickets/{ids['ticket']}", {"note": ""}),
        ("patch", "/tickets/{id}", f"/tickets/{ids['ticket']}", {"kind": "sales", "title": "t"}),
        ("get", "/tickets", "/tickets?text=call&live=true&owner=", None),
        ("patch", "/tickets/{id}", f"/tickets/{ids['ticket']}", {"version": 0, "note": "n"}),
        ("patch", "/tickets/{id}", f"/tickets/{ids['ticket']}", {"state": "closed"}),
        ("get", "/departments", "/departments", None),
        ("post", "/tickets/{id}/split", f"/tickets/{ids['ticket']}/split", {"title": "more"}),
        ("put", "/tickets/{id}/links", f"/tickets/{ids['ticket']}/links", {"ticket": "2"}),
        ("post", "/tickets/{id}/merge", f"/tickets/{ids['ticket']}/merge", {"into": "2"}),
        ("post", "/tickets/{id}/unmerge", f"/tickets/{ids['ticket']}/unmerge", None),
        ("post", "/tickets/{id}/unmerge", f"/tickets/{ids['ticket']}/unmerge", None),
        ("post", "/tickets/{id}/files", f"/tickets/{ids['ticket']}/files?name=a", None),
        ("get", "/tickets/{id}/files/{file}", f"/tickets/{ids['ticket']}/files/9", None),
        ("get", "/tickets/{id}/complaint", f"/tickets/{ids['ticket']}/complaint", None),
        ("post", "/tickets/{id}/complaint", f"/tickets/{ids['ticket']}/complaint", None),
        (
            "post",
            "/tickets/{id}/complaint/steps",
            f"/tickets/{ids['ticket']}/complaint/steps",
            {"version": 1, "step": "accept"},
        ),
        (
            "post",
            "/tickets/{id}/complaint/steps",
            f"/tickets/{ids['ticket']}/complaint/steps",
            {"version": 1, "step": "archive"},
        ),
        ("get", "/complaints", "/complaints", None),
        ("get", "/forms", "/forms", None),
        ("get", "/forms/{id}", "/forms/consultation", None),
        ("get", "/forms/{id}", "/forms/none", None),
        ("put", "/forms/{id}", "/forms/mine", {"document": {"type": "object"}}),
        ("get", "/tickets/{id}/forms", f"/tickets/{ids['ticket']}/forms", None),
        (
            "put",
            "/tickets/{id}/forms",
            f"/tickets/{ids['ticket']}/forms",
            {"form": "consultation", "data": {"question": "why"}},
        ),
        ("get", "/forms/{id}/filled", "/forms/new-members/filled", None),
        (
            "post",
            "/forms/{id}/filled",
            "/forms/new-members/filled",
            {"form": "new-members", "data": {"phone": 3}},
        ),
        (
            "post",
            "/forms/{id}/filled",
            "/forms/new-members/filled",
            {"form": "new-members", "data": {"phone": -3}},
        ),
        ("get", "/filled/{id}/pdf", "/filled/99/pdf", None),
        ("get", "/figures/complaints", "/figures/complaints?first=2024-01&last=2030-12", None),
        ("get", "/figures/answers", "/figures/answers?since=0&until=9999999999", None),
        ("get", "/follow-ups", "/follow-ups", None),
        ("get", "/follow-ups", "/follow-ups?over=true&whose=all", None),
        ("get", "/follow-ups/{id}", f"/follow-ups/{ids['follow_up']}", None),
        ("get", "/follow-ups/{id}", "/follow-ups/x", None),
        ("post", "/follow-ups/{id}/take", f"/follow-ups/{ids['follow_up']}/take", {"version": 9}),
        (
            "post",
            "/follow-ups/{id}/end",
            f"/follow-ups/{ids['follow_up']}/end",
            {"version": 1, "ending": "complete"},
        ),
        (
            "post",
            "/follow-ups/{id}/end",
            f"/follow-ups/{ids['follow_up']}/end",
            {"version": 1, "ending": "complete", "solved": True, "score": 5},
        ),
        ("get", "/figures/follow-ups", "/figures/follow-ups?since=0&until=9999999999", None),
        ("get", "/tasks", "/tasks", None),
        ("get", "/tasks/{id}", f"/tasks/{ids['task']}", None),
        ("patch", "/tasks/{id}", f"/tasks/{ids['task']}", {"version": 1, "state": "done"}),
        ("patch", "/tasks/{id}", f"/tasks/{ids['task']}", {"version": 1, "state": "open"}),
        ("post", "/knowledge/articles", "/knowledge/articles", ARTICLE),
        ("post", "/knowledge/articles", "/knowledge/articles", ARTICLE | {"title": ""}),
        ("get", "/knowledge/articles", "/knowledge/articles?limit=5", None),
        ("put", "/knowledge/articles/{id}", "/knowledge/articles/1", ARTICLE | {"over": 1}),
        ("put", "/knowledge/articles/{id}", "/knowledge/articles/1", ARTICLE | {"over": 7}),
        ("get", "/knowledge/articles/{id}/draft", "/knowledge/articles/1/draft", None),
        ("get", "/knowledge/articles/{id}/versions", "/knowledge/articles/1/versions", None),
        (
            "post",
            "/knowledge/articles/{id}/publish",
            "/knowledge/articles/1/publish",
            {"version": 1},
        ),
        ("get", "/knowledge/articles/{id}", "/knowledge/articles/1", None),
        ("get", "/knowledge/articles/{id}", "/knowledge/articles/none", None),
        ("get", "/knowledge", "/knowledge?text=refund", None),
        ("get", "/knowledge/suggestions", "/knowledge/suggestions?text=refund", None),
        (
            "put",
            "/knowledge/articles/{id}/use",
            "/knowledge/articles/1/use",
            {"verdict": "helped"},
        ),
        (
            "post",
            "/knowledge/articles/{id}/remarks",
            "/knowledge/articles/1/remarks",
            {"text": "old"},
        ),
        ("get", "/knowledge/remarks", "/knowledge/remarks", None),
        ("post", "/knowledge/remarks/{id}/settle", "/knowledge/remarks/1/settle", None),
        ("post", "/knowledge/remarks/{id}/settle", "/knowledge/remarks/none/settle", None),
        ("post", "/knowledge/articles/{id}/retire", "/knowledge/articles/1/retire", None),
        ("get", "/recordings/{id}", "/recordings/r1", None),
        ("get", "/scoring/forms", "/scoring/forms", None),
        ("put", "/scoring/forms", "/scoring/forms", to_builtins(FORM)),
        ("put", "/scoring/forms", "/scoring/forms", {"id": "x"}),
        ("get", "/scoring/plans", "/scoring/plans", None),
        ("put", "/scoring/plans", "/scoring/plans", PLAN_OF_REVIEWS),
        ("put", "/scoring/plans", "/scoring/plans", PLAN_OF_REVIEWS | {"form": "none"}),
        ("post", "/scoring/plans/{id}/draw", "/scoring/plans/weekly/draw", DRAW),
        ("post", "/scoring/plans/{id}/draw", "/scoring/plans/none/draw", DRAW),
        ("post", "/scoring/assessments", "/scoring/assessments", ASSIGN),
        ("post", "/scoring/assessments", "/scoring/assessments", ASSIGN | {"reviewers": ["x"]}),
        ("get", "/scoring/reviews", "/scoring/reviews", None),
        ("get", "/scoring/reviews/{id}", f"/scoring/reviews/{ids['review']}", None),
        ("get", "/scoring/reviews/{id}", "/scoring/reviews/none", None),
        ("put", "/scoring/reviews/{id}", f"/scoring/reviews/{ids['review']}", {"answers": {}}),
        ("get", "/scoring/results", "/scoring/results?state=told", None),
        ("get", "/scoring/results/{id}", f"/scoring/results/{ids['done']}", None),
        ("post", "/scoring/results/{id}/dispute", "/scoring/results/x/dispute", {"text": "no"}),
        (
            "post",
            "/scoring/results/{id}/decision",
            f"/scoring/results/{ids['done']}/decision",
            {"why": "as it is"},
        ),
        ("get", "/scoring/figures", "/scoring/figures", None),
        ("get", "/devices", "/devices", None),
        ("post", "/devices/{id}/password", "/devices/d8001/password", None),
        ("post", "/devices/{id}/password", "/devices/none/password", None),
        ("get", "/outgoing", "/outgoing", None),
        ("get", "/customer-imports", "/customer-imports", None),
        ("post", "/customer-imports", "/customer-imports", {"name": "a.csv", "size": 5}),
        ("put", "/customer-imports/{id}/parts/{offset}", "/customer-imports/x/parts/0", None),
        ("post", "/customer-imports/{id}/begin", "/customer-imports/x/begin", None),
        ("get", "/customer-imports/{id}", "/customer-imports/x", None),
        ("delete", "/customer-imports/{id}", "/customer-imports/x", None),
        ("post", "/outgoing/trial", "/outgoing/trial", {"to": "a@b.cn"}),
        ("post", "/outgoing/trial", "/outgoing/trial", {"to": "nowhere"}),
        ("post", "/outgoing/{id}/again", "/outgoing/none/again", None),
        ("get", "/recordings", "/recordings?limit=1", None),
        ("get", "/recordings/kept", "/recordings/kept", None),
        ("get", "/recordings/{id}", "/recordings/r1", None),
        ("get", "/scoring/forms", "/scoring/forms", None),
        ("put", "/scoring/forms", "/scoring/forms", to_builtins(FORM)),
        ("put", "/scoring/forms", "/scoring/forms", {"id": "x"}),
        ("get", "/scoring/plans", "/scoring/plans", None),
        ("put", "/scoring/plans", "/scoring/plans", PLAN_OF_REVIEWS),
        ("put", "/scoring/plans", "/scoring/plans", PLAN_OF_REVIEWS | {"form": "none"}),
        ("post", "/scoring/plans/{id}/draw", "/scoring/plans/weekly/draw", DRAW),
        ("post", "/scoring/plans/{id}/draw", "/scoring/plans/none/draw", DRAW),
        ("post", "/scoring/assessments", "/scoring/assessments", ASSIGN),
        ("post", "/scoring/assessments", "/scoring/assessments", ASSIGN | {"reviewers": ["x"]}),
        ("get", "/scoring/reviews", "/scoring/reviews", None),
        ("get", "/scoring/reviews/{id}", f"/scoring/reviews/{ids['review']}", None),
        ("get", "/scoring/reviews/{id}", "/scoring/reviews/none", None),
        ("put", "/scoring/reviews/{id}", f"/scoring/reviews/{ids['review']}", {"answers": {}}),
        ("get", "/scoring/results", "/scoring/results?state=told", None),
        ("get", "/scoring/results/{id}", f"/scoring/results/{ids['done']}", None),
        ("post", "/scoring/results/{id}/dispute", "/scoring/results/x/dispute", {"text": "no"}),
        (
            "post",
            "/scoring/results/{id}/decision",
            f"/scoring/results/{ids['done']}/decision",
            {"why": "as it is"},
        ),
        ("get", "/scoring/figures", "/scoring/figures", None),
        ("get", "/recordings/{id}/peaks", "/recordings/r1/peaks", None),
        ("get", "/recordings/{id}/heard", "/recordings/r1/heard", None),
        ("post", "/recordings/{id}/link", "/recordings/r1/link", {}),
        ("put", "/recordings/{id}/hold", "/recordings/r1/hold", {"why": "a court"}),
        ("delete", "/recordings/{id}/hold", "/recordings/r1/hold", None),
        ("delete", "/recordings/{id}", "/recordings/r1", None),
        ("put", "/trees/{id}", "/trees/hotline", tree),
        ("get", "/trees", "/trees", None),
        ("get", "/trees/{id}", "/trees/hotline", None),
        ("get", "/trees/{id}/check", "/trees/hotline/check", None),
        ("post", "/trees/{id}/publish", "/trees/hotline/publish", None),
        ("get", "/trees/{id}/versions", "/trees/hotline/versions", None),
        ("post", "/trees/{id}/rollback", "/trees/hotline/rollback", {"version": "none"}),
        ("get", "/trees-house", "/trees-house", None),
        ("get", "/trees/{id}/plans", "/trees/hotline/plans", None),
        ("post", "/trees/{id}/plans", "/trees/hotline/plans", {"at": 4e9}),
        ("post", "/trees/{id}/plans", "/trees/hotline/plans", {"at": 1.0}),
        ("delete", "/trees/{id}/plans/{plan}", "/trees/hotline/plans/none", None),
        ("post", "/trees/{id}/trials", "/trees/hotline/trials", {"share": 20}),
        ("get", "/trees/{id}/trials", "/trees/hotline/trials", None),
        ("put", "/trees/{id}/trials/share", "/trees/hotline/trials/share", {"share": 0}),
        ("post", "/trees/{id}/trials/end", "/trees/hotline/trials/end", {"keep": "a"}),
        ("get", "/trees/{id}/paths", "/trees/hotline/paths?since=0&until=1", None),
        ("get", "/trees/{id}/paths", "/trees/hotline/paths?since=1&until=0", None),
        ("put", "/trees/{id}/editing", "/trees/hotline/editing", {"page": "p"}),
        ("post", "/trees/{id}/editing/end", "/trees/hotline/editing/end", {"page": "p"}),
        ("get", "/trees/{id}/callers", "/trees/hotline/callers", None),
        ("post", "/trees/{id}/simulate", "/trees/hotline/simulate", {}),
        (
            "post",
            "/trees/{id}/simulate",
            "/trees/hotline/simulate",
            {"answers": [{"type": "Done"}]},
        ),
        ("post", "/speech", "/speech", {"language": "en", "text": ""}),
        ("put", "/trees/{id}", "/trees/hotline", {"root": 5}),
        ("post", "/studies", "/studies", {"ask": {"study": "replay", "day": "2026-11-24"}}),
        ("post", "/studies", "/studies", {"ask": {"study": "replay"}}),
        ("get", "/studies", "/studies", None),
        ("get", "/studies/{id}", "/studies/1", None),
        ("get", "/studies/{id}", "/studies/none", None),
        ("get", "/studies/{id}/study.png", "/studies/1/study.png", None),
        ("get", "/studies/{id}/study.html", "/studies/none/study.html?language=en", None),
        ("delete", "/studies/{id}", "/studies/1", None),
        ("post", "/phone", "/phone", {"page": "some-page", "take": True}),
        ("post", "/phone", "/phone", {"page": "other-page", "take": False}),
        ("post", "/phone/here", "/phone/here", None),
        ("post", "/phone/leaving", "/phone/leaving", None),
        ("post", "/agents/{id}/talk", "/agents/a8001/talk", {"do": "hold"}),
        ("post", "/agents/{id}/talk", "/agents/nobody/talk", {"do": "hold"}),
        ("post", "/agents/{id}/talk", "/agents/a8001/talk", {"do": "fly"}),
        ("post", "/calls/{id}/watch", "/calls/none/watch", {"how": "listen"}),
        ("get", "/call", "/call", None),
        ("post", "/call", "/call", {"number": "400 800 1234"}),
        ("post", "/call", "/call", {"number": "10086"}),
        ("get", "/trunks", "/trunks", None),
        ("get", "/trials", "/trials", None),
        ("get", "/trials/plan", "/trials/plan?way=out&number=01088887777", None),
        ("get", "/trials/plan", "/trials/plan?way=out&number=x", None),
        ("post", "/trials", "/trials", {"way": "in", "number": "4008001234"}),
        ("get", "/trials/{id}", "/trials/none", None),
        ("get", "/emergency", "/emergency", None),
        ("put", "/emergency", "/emergency", {"on": True}),
        ("get", "/openapi.json", "/openapi.json", None),
        ("post", "/session", "/session", {"name": "boss", "password": PASSWORD}),
        ("post", "/session", "/session", {"name": "boss", "password": "wrong"}),
        ("delete", "/session", "/session", None),
    ]


def test_every_answer_of_a_busy_house_fits_its_description(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            ids = await busy(house)
            admin = await Browser.of(house, "admin")
            document: Any = (await admin.ask("GET", "/openapi.json")).json
            tried = set()
            for method, described, real, body in asked(ids):
                operation = document["paths"][f"/api/v1{described}"][method]
                answer = await admin.ask(method.upper(), real, json=body)
                where = f"{method} {real}: {answer.status_code} {answer.data[:300]!r}"
                assert str(answer.status_code) in operation["responses"], where
                response = operation["responses"][str(answer.status_code)]
                if "content" in response:
                    schema = response["content"]["application/json"]["schema"]
                    whole = {**schema, "components": document["components"]}
                    Draft202012Validator(whole).validate(answer.json)
                    fits(answer.json, schema, document["components"]["schemas"], where)
                tried.add((f"/api/v1{described}", method))
            described_here = {
                (path, method)
                for path, item in document["paths"].items()
                for method in item
                if path.startswith("/api/v1") and path not in NATIVE
            }
            assert tried == described_here

    run(scenario(), 30.0)


def fits(value: Any, schema: Any, known: Any, where: str) -> None:
    """Stricter than JSON Schema: an answer has no field that its description does not name."""
    while "$ref" in schema:
        schema = known[schema["$ref"].rpartition("/")[2]]
    if isinstance(value, dict) and "properties" in schema:
        assert set(value) <= set(schema["properties"]), where
        for name, inner in value.items():
            fits(inner, schema["properties"][name], known, where)
    if isinstance(value, list) and isinstance(schema.get("items"), dict):
        for inner in value:
            fits(inner, schema["items"], known, where)


def test_every_code_a_view_may_raise_has_its_sentences() -> None:
    root = Path(__file__).parents[2]
    used = set()
    for file in root.glob("*/**/*.py"):
        if file.parts[len(root.parts)] in {"tests", ".venv", "bench"}:
            continue
        text = file.read_text()
        if "from calls.exchange import" not in text:
            continue
        for part in text.split("Fault(")[1:]:
            if part.startswith('"'):
                used.add(part.split('"')[1])
    assert used
    assert used <= set(SENTENCES)


def test_whatever_is_pointed_at_is_there(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        document = describe(make_house(tmp_path).server.app)
        there = {f"#/components/schemas/{name}" for name in document["components"]["schemas"]}
        assert pointed_at(document) <= there

    run(scenario())


def pointed_at(node: Any) -> set[str]:
    if isinstance(node, dict):
        own = {node["$ref"]} if isinstance(node.get("$ref"), str) else set()
        return own.union(*(pointed_at(one) for one in node.values()))
    return set().union(*(pointed_at(one) for one in node)) if isinstance(node, list) else set()
