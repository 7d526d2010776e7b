"""Over HTTP: complaints, the steps they take, and their monthly trends."""

from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Reply, speaks
from calls.ids import TicketId
from calls.rights import DESK, WATCHERS, allow
from tickets.complaints import model
from tickets.complaints.model import Category, Complaint, State, Step
from tickets.complaints.service import Complaints
from tickets.complaints.sql_store import Trend

Month = Annotated[str, msgspec.Meta(pattern=r"^20[0-9]{2}-(0[1-9]|1[0-2])$")]
Text = Annotated[str, msgspec.Meta(max_length=8_000)]
Short = Annotated[str, msgspec.Meta(max_length=60)]


class ComplaintLine(msgspec.Struct, frozen=True, kw_only=True):
    complaint: Complaint
    may: tuple[Step, ...]
    """What can be done next."""


class ComplaintPage(msgspec.Struct, frozen=True):
    complaints: tuple[ComplaintLine, ...]


class ComplaintQuery(Asked, frozen=True):
    state: State | None = None
    limit: Annotated[int, msgspec.Meta(ge=1, le=200)] = 50


class StepAsked(Asked, frozen=True):
    version: int
    """Of the complaint as it was seen: 412 when somebody was quicker."""
    step: Step
    text: Text = ""
    """Why it stands or not; what was found, proposed, answered, asked."""
    category: Category | None = None
    department: Short = ""
    assignee: Short = ""


class TrendsAsked(Asked, frozen=True):
    first: Month
    last: Month


class TrendPage(msgspec.Struct, frozen=True):
    trends: tuple[Trend, ...]


def complaints_blueprint(http: Exchange, complaints: Complaints) -> Blueprint:
    routes = Blueprint("complaints", __name__)

    @routes.get("/complaints")
    @allow(*DESK)
    @speaks("Complaints, newest first, without their steps.", query=ComplaintQuery,
            returns=ComplaintPage)  # fmt: skip
    def find() -> Reply:
        asked = http.query(ComplaintQuery)
        states = (asked.state,) if asked.state else ()
        found = http.wait(complaints.find(states, http.who(), asked.limit))
        return http.reply(ComplaintPage(tuple(map(_line, found))))

    @routes.get("/tickets/<id>/complaint")
    @allow(*DESK)
    @speaks("The complaint of a ticket, with every step.", returns=ComplaintLine, refuses=(404,))
    def one(id: str) -> Reply:
        return http.reply(_line(http.wait(complaints.get(TicketId(id), http.who()))))

    @routes.post("/tickets/<id>/complaint")
    @allow(*DESK)
    @speaks("This ticket is a complaint.", returns=ComplaintLine, status=201, refuses=(404,))
    def receive(id: str) -> Reply:
        return http.reply(_line(http.wait(complaints.receive(TicketId(id), http.who()))), 201)

    @routes.post("/tickets/<id>/complaint/steps")
    @allow(*DESK)
    @speaks("Take the next step.", body=StepAsked, returns=ComplaintLine,
            refuses=(403, 404, 409, 412, 422))  # fmt: skip
    def take(id: str) -> Reply:
        asked, who = http.body(StepAsked), http.who()
        step = model.Asked(asked.step, asked.text, asked.category, asked.department, asked.assignee)
        return http.reply(_line(http.wait(complaints.take(TicketId(id), step, asked.version, who))))

    @routes.get("/figures/complaints")
    @allow(*WATCHERS)
    @speaks("Complaints of each month, by category and judgement.", query=TrendsAsked,
            returns=TrendPage)  # fmt: skip
    def trends() -> Reply:
        asked = http.query(TrendsAsked)
        return http.reply(TrendPage(tuple(http.wait(complaints.trends(asked.first, asked.last)))))

    return routes


def _line(complaint: Complaint) -> ComplaintLine:
    return ComplaintLine(complaint=complaint, may=complaint.may)
