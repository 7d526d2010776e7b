"""What the desk raises in its own words, as faults of the asker."""

from collections.abc import Callable
from typing import Any

from calls.exchange import Fault
from tickets.knowledge.model import ArticleChanged, NoSuchArticle, NoSuchRemark, NotInForce
from tickets.model import ChangeRefused, NoSuchTicket, NotItsCall
from tickets.tasks.model import NoSuchTask, TaskCannot, TaskChanged

OF_THE_DESK: dict[type[Exception], Callable[[Any, str], Fault]] = {
    NoSuchTicket: lambda _, id: Fault("no_such_ticket", id=id),
    NotItsCall: lambda error, _: Fault("not_its_call", "call_note.call", call=error.call),
    ChangeRefused: lambda error, _: Fault("ticket_cannot", "state", why=str(error)),
    NoSuchTask: lambda _, id: Fault("no_such_task", id=id),
    TaskCannot: lambda error, _: Fault("task_cannot", "state", why=str(error)),
    TaskChanged: lambda error, _: Fault("task_changed", now=error.now, id=error.now.id),
    NoSuchArticle: lambda error, _: Fault("no_such_article", id=error.id),
    NotInForce: lambda error, _: Fault("no_such_article", id=error.id),
    NoSuchRemark: lambda error, _: Fault("no_such_remark", id=error.id),
    ArticleChanged: lambda error, _: Fault(
        "article_changed", "over", now=error.latest, version=error.latest.number, by=error.latest.by
    ),
}
"""Kind of error to what is said of it; asked with the error and the id in the address."""
