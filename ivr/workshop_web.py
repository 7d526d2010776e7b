"""Over HTTP: what the tree editor needs besides drafts and versions: who edits, what the house has,
how a text sounds, how a call would go, who is inside."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

import msgspec
from flask import Blueprint, Response

from calls.calendar import WorkCalendar
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import TreeId
from calls.rights import WATCHERS, allow
from calls.words import Language, Level, Role
from ivr.allowance import Allowance
from ivr.document import load_tree
from ivr.editing import EditLocks, Editor
from ivr.interpreter import CallFacts
from ivr.model import Tree
from ivr.service import TreeBook
from ivr.simulator import MOST_ANSWERS, AnswerRefused, Moment, walk
from ivr.speech.voices import VoiceMissing
from ivr.speech.writing import MAX_TEXT
from ivr.steps import Answer
from ivr.validator import Known
from ivr.whereabouts import Whereabouts

LISTENS_PER_MINUTE = 30
LONGEST_PAGE = 64


@dataclass(frozen=True, slots=True)
class Workshop:
    """What the house lends the editor."""

    inside: Whereabouts
    calendars: Callable[[], Mapping[str, WorkCalendar]]
    emergency: Callable[[], bool]
    speak: Callable[[Language, str], bytes]
    """A WAV. On any thread; raises VoiceMissing."""


class House(msgspec.Struct, frozen=True, kw_only=True):
    """Names a tree may use; null: anything goes."""

    queues: tuple[str, ...] | None
    calendars: tuple[str, ...] | None
    lookups: tuple[str, ...] | None
    scripts: tuple[str, ...] | None
    boxes: tuple[str, ...] | None
    number_lists: tuple[str, ...] | None
    languages: tuple[Language, ...] | None


class Edit(Asked, frozen=True):
    page: str
    """A random text, one an open page."""
    take_over: bool = False


class EditEnd(Asked, frozen=True):
    page: str


class Editing(msgspec.Struct, frozen=True, kw_only=True):
    by: str
    name: str
    since: float
    yours: bool
    """This page may edit."""


class Inside(msgspec.Struct, frozen=True, kw_only=True):
    callers: int
    nodes: dict[str, int]


class Listen(Asked, frozen=True):
    language: Language
    text: str


class Caller(Asked, frozen=True):
    at: float | None = None
    """Seconds since the epoch; None: now."""
    number: str = ""
    level: Level = Level.NORMAL
    emergency: bool | None = None
    """None: as the switch is now."""
    variables: dict[str, str] = msgspec.field(default_factory=dict)


class Simulate(Asked, frozen=True):
    document: str = ""
    """The tree to walk; '' for the draft as it is kept."""
    answers: tuple[Answer, ...] = ()
    caller: Caller = Caller()


class Simulated(msgspec.Struct, frozen=True, kw_only=True):
    at: float
    moments: tuple[Moment, ...]
    """The first is how the call begins; each answer adds one."""


def workshop_blueprint(http: Exchange, book: TreeBook, house: Workshop) -> Blueprint:
    routes = Blueprint("workshop", __name__)
    locks = EditLocks()
    listening = Allowance(LISTENS_PER_MINUTE, http.now)

    @routes.get("/trees-house")
    @allow(*WATCHERS)
    @speaks("What the house has that a tree may name.", returns=House)
    def known() -> Reply:
        return http.reply(_house(book.known()))

    @routes.put("/trees/<id>/editing")
    @allow(Role.ADMIN)
    @speaks("Edit, go on editing, or take over: who edits now.", body=Edit, returns=Editing)
    def edit(id: str) -> Reply:
        asked, who = http.body(Edit), http.who()
        me = Editor(
            person=who.person, name=who.name, page=asked.page[:LONGEST_PAGE], since=http.now()
        )
        now, taken = locks.hold(TreeId(id), me, asked.take_over)
        if not taken:
            http.unchanged()
        mine = (now.person, now.page) == (me.person, me.page)
        return http.reply(Editing(by=now.person, name=now.name, since=now.since, yours=mine))

    @routes.post("/trees/<id>/editing/end")
    @allow(Role.ADMIN)
    @speaks("This page edits no more.", body=EditEnd, status=204)
    def end(id: str) -> Reply:
        locks.release(TreeId(id), http.who().person, http.body(EditEnd).page[:LONGEST_PAGE])
        http.unchanged()
        return http.reply(None, 204)

    @routes.get("/trees/<id>/callers")
    @allow(*WATCHERS)
    @speaks("Callers inside each node now.", returns=Inside)
    def callers(id: str) -> Reply:
        nodes = dict(house.inside.inside(TreeId(id)))
        return http.reply(Inside(callers=sum(nodes.values()), nodes=nodes))

    @routes.post("/trees/<id>/simulate")
    @allow(*WATCHERS)
    @speaks("A call that nobody makes, through the draft or through a document sent.",
            body=Simulate, returns=Simulated, refuses=(404,))  # fmt: skip
    def simulate(id: str) -> Reply:
        asked = http.body(Simulate)
        http.unchanged()
        document = asked.document or book.draft(TreeId(id)).document
        return http.reply(_simulated(asked, load_tree(_utf8(document), id), house, http.now()))

    @routes.post("/speech")
    @allow(Role.ADMIN)
    @speaks("A text as callers would hear it: WAV.", body=Listen, refuses=(429,))
    def listen() -> Reply:
        asked = http.body(Listen)
        http.unchanged()
        if not asked.text.strip():
            raise Fault("unfit", "$.text", detail="nothing to say")
        if len(asked.text) > MAX_TEXT:
            raise Fault("unfit", "$.text", detail=f"more than {MAX_TEXT} characters")
        wait_s = listening.wait_s(http.who().person)
        if wait_s > 0:
            raise Fault("too_many_tries", wait_s=round(wait_s) + 1)
        try:
            audio = house.speak(asked.language, asked.text)
        except VoiceMissing as error:
            raise Fault("no_voice", why=str(error)) from error
        return Response(audio, content_type="audio/wav")

    return routes


def _simulated(asked: Simulate, tree: Tree, house: Workshop, now: float) -> Simulated:
    if len(asked.answers) > MOST_ANSWERS:
        raise Fault("unfit", "$.answers", detail=f"more than {MOST_ANSWERS} answers")
    caller = asked.caller
    at = now if caller.at is None else caller.at
    facts = CallFacts(
        now=at,
        number=caller.number,
        level=caller.level,
        variables=caller.variables,
        calendars=house.calendars(),
        emergency=house.emergency() if caller.emergency is None else caller.emergency,
    )
    try:
        moments = walk(tree, asked.answers, facts)
    except AnswerRefused as error:
        raise Fault("unfit", f"$.answers[{error.index}]", detail=str(error)) from error
    return Simulated(at=at, moments=tuple(moments))


def _utf8(text: str) -> bytes:
    # Half of a surrogate pair can stand in JSON, and nowhere else.
    return text.encode(errors="replace")


def _house(has: Known) -> House:
    return House(
        queues=_names(has.queues),
        calendars=_names(has.calendars),
        lookups=_names(has.lookups),
        scripts=_names(has.scripts),
        boxes=_names(has.boxes),
        number_lists=_names(has.number_lists),
        languages=None if has.languages is None else tuple(sorted(has.languages)),
    )


def _names(known: Collection[str] | None) -> tuple[str, ...] | None:
    return None if known is None else tuple(sorted(known))
