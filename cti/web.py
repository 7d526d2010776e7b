"""Over HTTP: calls as they were and are, and the customers who call."""

from collections.abc import Callable, Mapping, Sequence
from typing import Annotated, Protocol

import msgspec
from flask import Blueprint

from calls.events import Fact
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, CallId, CustomerId, QueueId
from calls.record import CallRecord
from calls.rights import EVERYBODY, WATCHERS, Serving, Who, allow
from calls.voice import Voice
from calls.words import Outcome
from cti.figures import AgentFigures, QueueFigures
from cti.model import Customer
from cti.numbers import CallerNumber
from cti.recent import RecentFacts
from cti.records_sql import RecordFilter
from cti.service import Customers
from cti.voice_sql import AgentVoice

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]


class Records(Protocol):
    """Call records as cti.records_sql keeps them. Synchronous: called on threads."""

    def get(self, call: CallId) -> CallRecord | None: ...

    def recent(
        self, wanted: RecordFilter, limit: int = 50, before: tuple[float, CallId] | None = None
    ) -> Sequence[CallRecord]: ...


class Figures(Protocol):
    """Figures as cti.figures counts them. Synchronous: called on threads."""

    def of_queues(
        self, since: float, levels_s: Mapping[QueueId, float]
    ) -> tuple[QueueFigures, ...]: ...

    def of_agent(self, agent: AgentId, since: float) -> AgentFigures: ...


class FiguresQuery(Asked, frozen=True):
    since: float
    """Begun at or after, seconds since the epoch."""


class VoiceLine(msgspec.Struct, frozen=True, kw_only=True):
    """One agent's telephones since then, worst first."""

    agent: AgentId
    name: str
    talks: int
    mos: float
    """1 to 5, on average, the worse way of each talk."""
    worst_mos: float
    loss: float
    jitter_ms: float
    round_trip_ms: float | None


class VoicePage(msgspec.Struct, frozen=True):
    agents: tuple[VoiceLine, ...]


class QueueFiguresPage(msgspec.Struct, frozen=True):
    queues: tuple[QueueFigures, ...]


class CallQuery(Asked, frozen=True):
    number: str = ""
    customer: CustomerId | None = None
    queue: QueueId | None = None
    agent: AgentId | None = None
    outcome: Outcome | None = None
    since: float | None = None
    """Begun at or after, seconds since the epoch."""
    until: float | None = None
    limit: Limit = 50
    before: str = ""
    """``next`` of the page before."""


class CallPage(msgspec.Struct, frozen=True):
    calls: tuple[CallRecord, ...]
    """Newest first."""
    next: str
    """'' on the last page."""


class CallDetail(msgspec.Struct, frozen=True):
    record: CallRecord
    facts: tuple[Fact, ...]
    """What happened, in order; kept for the last calls only."""
    voices: tuple[Voice, ...] = ()
    """How good the voice of each telephone was; a few seconds after its end."""


class CustomerQuery(Asked, frozen=True):
    name: str = ""
    """The beginning of a name."""
    number: str = ""
    """However it is written; with it, the name is not looked at."""
    after: CustomerId | None = None
    limit: Limit = 50


class CustomerPage(msgspec.Struct, frozen=True):
    customers: tuple[Customer, ...]
    next: str


def calls_blueprint(
    http: Exchange,
    records: Records,
    facts: RecentFacts,
    read_number: Callable[[str], CallerNumber],
    voices: Callable[[CallId], tuple[Voice, ...]],
) -> Blueprint:
    routes = Blueprint("calls", __name__)

    @routes.get("/calls")
    @allow(*EVERYBODY)
    @speaks("Calls that are over, newest first; agents see their own, supervisors those "
            "of the queues they look after.", query=CallQuery,
            returns=CallPage)  # fmt: skip
    def calls() -> Reply:
        asked, who = http.query(CallQuery), http.who()
        leads = who.is_any(*WATCHERS)
        wanted = RecordFilter(
            number=read_number(asked.number).key or asked.number,
            customer=asked.customer,
            queue=asked.queue,
            queues=who.queues if who.is_limited() else None,
            agent=asked.agent if leads else who.agent,
            outcome=asked.outcome,
            since=asked.since,
            until=asked.until,
        )
        if not leads and wanted.agent is None:
            return http.reply(CallPage((), ""))
        found = tuple(records.recent(wanted, asked.limit, _position(asked.before)))
        last = found[-1] if len(found) == asked.limit else None
        return http.reply(CallPage(found, f"{last.started_at!r},{last.call}" if last else ""))

    @routes.get("/calls/<id>")
    @allow(*EVERYBODY)
    @speaks("One call, also one that goes on now: record, legs, facts.", returns=CallDetail,
            refuses=(404,))  # fmt: skip
    def call(id: str) -> Reply:
        known = CallId(id)
        record = records.get(known) or facts.record(known)
        if record is None or not concerns(http.who(), record):
            raise Fault("no_such_call", id=id)
        return http.reply(CallDetail(record, tuple(facts.of(known)), voices(known)))

    return routes


def figures_blueprint(
    http: Exchange,
    figures: Figures,
    levels_s: Callable[[], Mapping[QueueId, float]],
    serves: Serving,
    voices: Callable[[float], Sequence[AgentVoice]],
    names: Callable[[], Mapping[AgentId, str]],
) -> Blueprint:
    """``levels_s``: each queue's service level as the floor plan has it now."""
    routes = Blueprint("figures", __name__)

    @routes.get("/figures/queues")
    @allow(*EVERYBODY)
    @speaks("What came, was answered and given up in each queue.", query=FiguresQuery,
            returns=QueueFiguresPage)  # fmt: skip
    def queues() -> Reply:
        since = http.query(FiguresQuery).since
        who, found = http.who(), figures.of_queues(since, levels_s())
        if who.is_limited():
            found = tuple(one for one in found if who.looks_after(one.queue))
        return http.reply(QueueFiguresPage(found))

    @routes.get("/figures/agents/<id>")
    @allow(*EVERYBODY)
    @speaks("What one agent answered, missed and talked; her own, or a supervisor's to see.",
            query=FiguresQuery, returns=AgentFigures)  # fmt: skip
    def agent(id: str) -> Reply:
        agent, since = AgentId(id), http.query(FiguresQuery).since
        if not http.who().may_speak_for(agent, serves(agent)):
            raise Fault("not_your_agent")
        return http.reply(figures.of_agent(agent, since))

    @routes.get("/figures/voice")
    @allow(*WATCHERS)
    @speaks("How good the voice of each agent's telephone was, worst first.", query=FiguresQuery,
            returns=VoicePage)  # fmt: skip
    def voice() -> Reply:
        who, known = http.who(), names()
        lines = (
            _voice_line(one, known.get(one.agent, one.agent))
            for one in voices(http.query(FiguresQuery).since)
            if who.may_speak_for(one.agent, serves(one.agent))
        )
        return http.reply(VoicePage(tuple(lines)))

    return routes


def customers_blueprint(
    http: Exchange, customers: Customers, read_number: Callable[[str], CallerNumber]
) -> Blueprint:
    routes = Blueprint("customers", __name__)

    @routes.get("/customers")
    @allow(*EVERYBODY)
    @speaks("Customers by the beginning of their names.", query=CustomerQuery,
            returns=CustomerPage)  # fmt: skip
    def search() -> Reply:
        asked = http.query(CustomerQuery)
        if asked.number:
            return http.reply(_by_number(asked.number))
        found = http.wait(customers.search(asked.name, asked.after, asked.limit))
        more = found[-1].id if len(found) == asked.limit else ""
        return http.reply(CustomerPage(found, more))

    def _by_number(written: str) -> CustomerPage:
        number = read_number(written)
        if not number.key:
            raise Fault("no_number", "number")
        matches = http.wait(customers.lookup(number))
        return CustomerPage(tuple(http.wait(customers.get(m.customer)) for m in matches), "")

    @routes.get("/customers/<id>")
    @allow(*EVERYBODY)
    @speaks("One customer with all her numbers.", returns=Customer, refuses=(404,))
    def customer(id: str) -> Reply:
        return http.reply(http.wait(customers.get(CustomerId(id))))

    return routes


def _voice_line(one: AgentVoice, name: str) -> VoiceLine:
    return VoiceLine(
        agent=one.agent,
        name=name,
        talks=one.talks,
        mos=round(one.score / 20, 1),
        worst_mos=round(one.worst / 20, 1),
        loss=one.loss,
        jitter_ms=one.jitter_ms,
        round_trip_ms=one.round_trip_ms,
    )


def _position(text: str) -> tuple[float, CallId] | None:
    if not text:
        return None
    at, _, call = text.partition(",")
    try:
        return float(at), CallId(call)
    except ValueError:
        raise Fault("unfit", "before", detail="before") from None


def concerns(who: Who, record: CallRecord) -> bool:
    """Supervisors see the calls of their queues, agents those they were rung for."""
    own = any(leg.agent == who.agent for leg in record.legs if leg.agent)
    return own or who.looks_after(record.queue)
