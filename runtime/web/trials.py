"""Test calls that an admin places from a page, and how far each came.

A trial is kept for as long as somebody may look at it; the edge does the calling
(hotline/trying.py), the facts of a call that comes in tell its hops as they do of any call.
"""

import secrets
from collections import OrderedDict
from collections.abc import Callable, Mapping
from threading import Lock
from typing import Literal

import msgspec
from flask import Blueprint

from calls.bus import Bus
from calls.commands import Command, PlaceTrial
from calls.events import CallEnded, NodeEntered
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.hops import Hop, hops_of
from calls.ids import CallId, EdgeId, OfferId, TreeId
from calls.notices import TrialMoved
from calls.rights import allow
from calls.text import clean_number
from calls.words import Role, TrialStep
from config.outbound import Denied, TrunkPlan, may_dial
from cti.recent import RecentFacts
from hotline.trying import call_of
from ivr.allowance import Allowance
from ivr.interpreter import CallFacts
from ivr.service import NothingPublished, TreeBook
from ivr.simulator import walk
from ivr.steps import Entered

PER_MINUTE = 6
"""Of one person; a call out costs money."""
KEPT = 100

Way = Literal["in", "out"]


class TrialQuery(Asked, frozen=True):
    way: Way
    number: str


class NumberLine(msgspec.Struct, frozen=True):
    number: str
    tree: TreeId


class RouteLine(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    trunk: str
    allow: tuple[str, ...]
    deny: tuple[str, ...]
    hours: str
    cap: int
    """Calls a day."""


class Ways(msgspec.Struct, frozen=True, kw_only=True):
    """What there is to be tried."""

    trunks: dict[str, str]
    """Each with what its last OPTIONS or registration came to."""
    numbers: tuple[NumberLine, ...]
    default_tree: TreeId
    routes: tuple[RouteLine, ...]


class Planned(msgspec.Struct, frozen=True, kw_only=True):
    """What would become of a call, without one."""

    way: Way
    number: str
    """As it was read."""
    denied: str = ""
    """Code of why no route takes it; '' when one does, or it comes in."""
    route: str = ""
    trunk: str = ""
    trunk_state: str = ""
    """What its last OPTIONS or registration came to."""
    written: str = ""
    """As this trunk is given the number."""
    shown: str = ""
    cap: int = 0
    """Calls a day this route may make; a test is one of them."""
    known: bool = True
    """Coming in: a number of ours; false: whoever dials it is in the default tree."""
    tree: TreeId = TreeId("")
    nodes: tuple[str, ...] = ()
    """Through which she goes until she must do something; none: nothing is published."""


class TestCall(msgspec.Struct, frozen=True, kw_only=True):
    id: OfferId
    way: Way
    number: str
    by: str
    at: float
    call: CallId
    """'' for one that goes out."""
    over: bool = False
    denied: str = ""
    """Code of why it was not made."""
    cause: int = 0
    """Q.850, of whoever refused it; 0: nobody did."""
    hops: tuple[Hop, ...] = ()
    nodes: tuple[str, ...] = ()
    """Entered so far, in order."""


class TrialBook:
    """Written on the event loop's thread, read on any."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._trials: OrderedDict[OfferId, TestCall] = OrderedDict()
        self._steps: dict[OfferId, list[TrialMoved]] = {}

    def listen(self, bus: Bus) -> None:
        bus.subscribe(TrialMoved, self._moved)

    def begin(self, trial: TestCall) -> None:
        with self._lock:
            self._trials[trial.id] = trial
            self._steps[trial.id] = []
            if len(self._trials) > KEPT:
                gone, _ = self._trials.popitem(last=False)
                self._steps.pop(gone, None)

    def get(self, id_: OfferId) -> tuple[TestCall, tuple[TrialMoved, ...]] | None:
        with self._lock:
            found = self._trials.get(id_)
            return None if found is None else (found, tuple(self._steps[id_]))

    def _moved(self, said: TrialMoved) -> None:
        with self._lock:
            if said.trial in self._steps:
                self._steps[said.trial].append(said)


def trials_blueprint(
    http: Exchange,
    book: TrialBook,
    facts: RecentFacts,
    order: Callable[[Command], None],
    edge: EdgeId,
    ways: Callable[[], Ways],
    plan: Callable[[Way, str], Planned],
) -> Blueprint:
    routes = Blueprint("trials", __name__)
    allowed = Allowance(PER_MINUTE, http.now)

    @routes.get("/trials")
    @allow(Role.ADMIN)
    @speaks("Trunks, called numbers and outbound routes, each to be proved by a test call.",
            returns=Ways)  # fmt: skip
    def all_ways() -> Reply:
        return http.reply(ways())

    @routes.get("/trials/plan")
    @allow(Role.ADMIN)
    @speaks("What would become of a call, without one: the way out, or the tree and its first "
            "nodes.", query=TrialQuery, returns=Planned)  # fmt: skip
    def planned() -> Reply:
        asked = http.query(TrialQuery)
        return http.reply(plan(asked.way, _number(asked.number)))

    @routes.post("/trials")
    @allow(Role.ADMIN)
    @speaks("A real test call; it ends by itself. One that goes out counts for the day.",
            body=TrialQuery, returns=TestCall, status=202, refuses=(429,))  # fmt: skip
    def begin() -> Reply:
        asked = http.body(TrialQuery)
        number, person = _number(asked.number), http.who().person
        wait_s = allowed.wait_s(person)
        if wait_s > 0:
            raise Fault("too_many_tries", wait_s=round(wait_s) + 1)
        id_ = OfferId(secrets.token_hex(10))
        call = call_of(edge, id_) if asked.way == "in" else CallId("")
        trial = TestCall(id=id_, way=asked.way, number=number, by=person, at=http.now(), call=call)
        book.begin(trial)
        order(PlaceTrial(edge=edge, token=0, call=call, trial=id_, number=number))
        http.changed("", f"{asked.way} {number}")
        return http.reply(trial, 202)

    @routes.get("/trials/<id>")
    @allow(Role.ADMIN)
    @speaks("How far a test call has come.", returns=TestCall, refuses=(404,))
    def one(id: str) -> Reply:
        found = book.get(OfferId(id))
        if found is None:
            raise Fault("no_such_trial", id=id)
        return http.reply(_so_far(*found, facts))

    return routes


def ways_of(trunks: TrunkPlan, states: Mapping[str, str]) -> Ways:
    return Ways(
        trunks={one.name: states.get(one.name, "unknown") for one in trunks.trunks},
        numbers=tuple(NumberLine(number, tree) for number, tree in trunks.numbers.items()),
        default_tree=trunks.default_tree,
        routes=tuple(
            RouteLine(
                name=one.name,
                trunk=one.trunk.name,
                allow=one.allow,
                deny=one.deny,
                hours=one.hours,
                cap=one.daily_cap,
            )
            for one in trunks.routes
        ),
    )


def plan_of(
    trunks: Callable[[], TrunkPlan],
    states: Callable[[], Mapping[str, str]],
    trees: TreeBook,
    facts_now: Callable[[], CallFacts],
) -> Callable[[Way, str], Planned]:
    def plan(way: Way, number: str) -> Planned:
        ways = trunks()
        if way == "in":
            return _in(ways, number, trees, facts_now())
        answer = may_dial(ways, number, facts_now().now, {})
        if isinstance(answer, Denied):
            return Planned(way=way, number=number, denied=answer.code)
        route = next(one for one in ways.routes if one.name == answer.route)
        return Planned(
            way=way,
            number=ways.key_of(number),
            route=answer.route,
            trunk=answer.trunk,
            trunk_state=states().get(answer.trunk, "unknown"),
            written=answer.number,
            shown=answer.caller_number,
            cap=route.daily_cap,
        )

    return plan


def _in(ways: TrunkPlan, number: str, trees: TreeBook, facts: CallFacts) -> Planned:
    tree = ways.tree_for(number)
    key = ways.key_of(number) or number
    try:
        moments = walk(trees.current(tree).tree, [], facts)
    except NothingPublished:
        moments = []
    entered = (note.node for one in moments for note in one.notes if isinstance(note, Entered))
    return Planned(way="in", number=key, known=key in ways.numbers, tree=tree, nodes=tuple(entered))


def _number(written: str) -> str:
    number = clean_number(written)
    if not number:
        raise Fault("dial_no_number", "$.number")
    return number


def _so_far(trial: TestCall, steps: tuple[TrialMoved, ...], facts: RecentFacts) -> TestCall:
    told = facts.of(trial.call) if trial.call else []
    first: dict[TrialStep, TrialMoved] = {}
    for step in steps:
        first.setdefault(step.step, step)
    denied, refused = first.get(TrialStep.DENIED), first.get(TrialStep.REFUSED)
    own = tuple(
        Hop(number=1, name=step.step.value, at=step.at, detail=step.detail)
        for step in first.values()
        if step.step is not TrialStep.DENIED
    )
    over = TrialStep.OVER in first or denied is not None
    ended = any(isinstance(fact, CallEnded) for fact in told)
    came = tuple(hop for hop in hops_of(told) if hop.at is not None)
    return msgspec.structs.replace(
        trial,
        over=over or ended,
        denied=denied.detail if denied else "",
        cause=int(refused.detail) if refused and refused.detail.isdigit() else 0,
        hops=tuple(sorted((*own, *came), key=lambda hop: hop.at or 0.0)),
        nodes=tuple(str(fact.node) for fact in told if isinstance(fact, NodeEntered)),
    )
