"""Over HTTP: reports of past days, to look at and to take away."""

from collections.abc import Callable, Coroutine, Mapping
from datetime import date
from typing import Annotated, Any, Protocol

import msgspec
from flask import Blueprint, Response

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, QueueId
from calls.periods import Period
from calls.rights import WATCHERS, allow
from calls.tally import Subject
from calls.words import Language
from cti.ratios import Limits
from cti.report_export import CONTENT_TYPES, Form
from cti.report_worker import Made
from cti.reports import Report, ReportOrder
from cti.tree_paths import PathOrder


class ReportQuery(Asked, frozen=True):
    first: date
    last: date
    by: Period = Period.DAY
    of: Subject = Subject.QUEUE
    ids: Annotated[str, msgspec.Meta(max_length=4_000)] = ""
    """Commas between; '' means all."""
    level_s: Annotated[float, msgspec.Meta(ge=0, le=14_400)] = 20.0
    short_s: Annotated[float, msgspec.Meta(ge=0, le=600)] = 5.0

    def order(self) -> ReportOrder:
        return ReportOrder(
            first=self.first,
            last=self.last,
            by=self.by,
            of=self.of,
            ids=tuple(id_ for id_ in self.ids.split(",") if id_),
            limits=Limits(level_s=self.level_s, short_s=self.short_s),
        )


class ReportFileQuery(ReportQuery, frozen=True):
    form: Form = Form.XLSX
    language: Language = Language.ZH


class Reports(Protocol):
    """Makes them, beside the calls."""

    def json(self, order: ReportOrder) -> Coroutine[Any, Any, Made]: ...

    def file(
        self, order: ReportOrder, form: Form, language: Language
    ) -> Coroutine[Any, Any, Made]: ...

    def paths(self, order: PathOrder) -> Coroutine[Any, Any, Made]: ...


def reports_blueprint(
    http: Exchange, reports: Reports, serves: Callable[[], Mapping[AgentId, tuple[QueueId, ...]]]
) -> Blueprint:
    """``serves``: every agent of the plan with her queues."""
    routes = Blueprint("reports", __name__)

    def ordered(asked: ReportQuery) -> ReportOrder:
        """Cut to what she looks after. Raises Fault when that is nothing of what was asked for."""
        who, order = http.who(), asked.order()
        if not who.is_limited():
            return order
        hers: set[str] = set()
        if order.of is Subject.QUEUE:
            hers.update(who.queues)
        elif order.of is Subject.AGENT:
            hers.update(id_ for id_, queues in serves().items() if who.may_speak_for(id_, queues))
        ids = tuple(id_ for id_ in order.ids or sorted(hers) if id_ in hers)
        if not ids:
            raise Fault("not_your_queue", "ids" if order.ids else "of")
        return msgspec.structs.replace(order, ids=ids)

    @routes.get("/reports")
    @allow(*WATCHERS)
    @speaks(
        "Figures of days, by quarter of an hour to year, of queues, agents or nodes of a tree.",
        query=ReportQuery,
        returns=Report,
    )
    def report() -> Reply:
        made = _well(http.wait(reports.json(ordered(http.query(ReportQuery)))))
        return Response(made.body, content_type="application/json")

    @routes.get("/reports/file")
    @allow(*WATCHERS)
    @speaks("The same, as CSV or XLSX.", query=ReportFileQuery)
    def file() -> Reply:
        asked = http.query(ReportFileQuery)
        made = _well(http.wait(reports.file(ordered(asked), asked.form, asked.language)))
        name = f"report-{asked.of}-{asked.first}-{asked.last}.{asked.form}"
        return Response(
            made.body,
            content_type=CONTENT_TYPES[asked.form],
            headers={"Content-Disposition": f'attachment; filename="{name}"'},
        )

    return routes


def _well(made: Made) -> Made:
    if made.wrong:
        raise Fault(made.why, made.wrong)
    return made
