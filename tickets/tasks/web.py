"""Over HTTP: tasks of one's own, and for those who lead, everybody's."""

from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import CallId, CustomerId, TicketId
from calls.rights import DESK, Who, allow
from calls.tasks import TaskKind, owners_of
from tickets.tasks.model import Task, TaskState
from tickets.tasks.ports import TaskFilter
from tickets.tasks.service import Tasks

Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Outcome = Annotated[str, msgspec.Meta(max_length=2_000)]
Owner = Annotated[str, msgspec.Meta(pattern=r"^(agent|person|role|department):\S{1,60}$")]


class TaskQuery(Asked, frozen=True):
    whose: Annotated[str, msgspec.Meta(pattern="^(mine|all)$")] = "mine"
    """``mine``: of her and her roles, and for those who lead what was left undone, too; ``all``:
    everybody's, for those who lead."""
    state: TaskState | None = None
    kind: TaskKind | None = None
    ticket: TicketId | None = None
    call: CallId | None = None
    customer: CustomerId | None = None
    due_before: float | None = None
    opened_from: float | None = None
    opened_before: float | None = None
    limit: Limit = 50
    skip: Annotated[int, msgspec.Meta(ge=0, le=1_000_000)] = 0


class TaskPage(msgspec.Struct, frozen=True):
    tasks: tuple[Task, ...]
    """Soonest due first."""
    more: bool


class TaskChange(Asked, frozen=True):
    """One change; ``version`` is that of the task as it was seen."""

    version: int
    state: TaskState | msgspec.UnsetType = msgspec.UNSET
    outcome: Outcome = ""
    owner: Owner | msgspec.UnsetType = msgspec.UNSET
    due_at: float | msgspec.UnsetType = msgspec.UNSET


def tasks_blueprint(http: Exchange, tasks: Tasks) -> Blueprint:
    routes = Blueprint("tasks", __name__)

    @routes.get("/tasks")
    @allow(*DESK)
    @speaks("Tasks, soonest due first.", query=TaskQuery, returns=TaskPage)
    def find() -> Reply:
        asked, who = http.query(TaskQuery), http.who()
        mine = asked.whose == "mine"
        wanted = TaskFilter(
            owners=owners_of(who) if mine else None,
            or_escalated=mine,
            states=(asked.state,) if asked.state else (),
            kind=asked.kind,
            ticket=asked.ticket,
            call=asked.call,
            customer=asked.customer,
            due_before=asked.due_before,
            opened_from=asked.opened_from,
            opened_before=asked.opened_before,
        )
        found = http.wait(tasks.find(wanted, who, asked.limit, asked.skip))
        return http.reply(TaskPage(tuple(found), len(found) == asked.limit))

    @routes.get("/tasks/<id>")
    @allow(*DESK)
    @speaks("One task.", returns=Task, refuses=(404,))
    def task(id: str) -> Reply:
        return http.reply(http.wait(tasks.get(_number(id), http.who())))

    @routes.patch("/tasks/<id>")
    @allow(*DESK)
    @speaks("Done, not finished, not needed or open again; else put off, else handed over.",
            body=TaskChange, returns=Task, refuses=(404, 409, 412))  # fmt: skip
    def change(id: str) -> Reply:
        asked, who = http.body(TaskChange), http.who()
        return http.reply(http.wait(_change(_number(id), asked, who)))

    async def _change(id: int, asked: TaskChange, who: Who) -> Task:
        if asked.state is not msgspec.UNSET:
            return await tasks.close(id, asked.state, asked.outcome, who, asked.version)
        if asked.due_at is not msgspec.UNSET:
            return await tasks.put_off(id, asked.due_at, who, asked.version)
        if asked.owner is not msgspec.UNSET:
            return await tasks.hand_over(id, asked.owner, who, asked.version)
        raise Fault("nothing_asked")

    return routes


def _number(id: str) -> int:
    if not (id.isascii() and id.isdigit() and len(id) < 19):
        raise Fault("no_such_task", id=id)
    return int(id)
