"""What the desk raises in its own words, as faults of the asker."""

from collections.abc import Callable
from typing import Any

from calls.exchange import Fault
from tickets.complaints.model import (
    ComplaintChanged,
    NoSuchComplaint,
    SameEyes,
    StepLacks,
    StepRefused,
)
from tickets.complaints.service import NotForHer
from tickets.file_kinds import KindRefused
from tickets.files import FileTooLarge, NoSuchFile
from tickets.followups.model import AlreadyOver, AnswersLack, CannotCall
from tickets.forms.service import FilledChanged, FormRefused, NoSuchForm
from tickets.knowledge.model import ArticleChanged, NoSuchArticle, NoSuchRemark, NotInForce
from tickets.model import (
    CannotJoin,
    ChangeRefused,
    FormLacks,
    NoSuchTicket,
    NotAnswered,
    NotItsCall,
    TicketChanged,
)
from tickets.tasks.model import NoSuchTask, TaskByRecord, TaskCannot, TaskChanged

OF_THE_DESK: dict[type[Exception], Callable[[Any, str], Fault]] = {
    NoSuchTicket: lambda _, id: Fault("no_such_ticket", id=id),
    NotItsCall: lambda error, _: Fault("not_its_call", "call_note.call", call=error.call),
    ChangeRefused: lambda error, _: Fault("ticket_cannot", "state", why=str(error)),
    NotAnswered: lambda _, __: Fault("not_answered", "state"),
    TicketChanged: lambda error, _: Fault("ticket_changed", now=error.now, id=error.now.id),
    CannotJoin: lambda error, _: Fault(error.why),
    FormLacks: lambda error, _: Fault(
        "form_lacks", error.fields[0], fields=", ".join(error.fields)
    ),
    FormRefused: lambda error, _: Fault(
        error.mistakes[0].code,
        error.mistakes[0].field,
        findings=tuple(error.mistakes),
        detail=error.mistakes[0].detail,
    ),
    FilledChanged: lambda error, _: Fault("form_changed", now=error.now),
    NoSuchForm: lambda _, __: Fault("no_such_form"),
    FileTooLarge: lambda _, __: Fault("too_large"),
    KindRefused: lambda _, __: Fault("file_kind"),
    NoSuchFile: lambda _, __: Fault("no_such_file"),
    NoSuchComplaint: lambda _, id: Fault("no_such_complaint", id=id),
    ComplaintChanged: lambda error, _: Fault("complaint_changed", now=error.now),
    StepRefused: lambda error, _: Fault("complaint_cannot", "step", why=str(error)),
    StepLacks: lambda error, _: Fault("step_lacks", error.field),
    SameEyes: lambda _, __: Fault("same_eyes", "step"),
    NotForHer: lambda _, __: Fault("not_allowed", "step"),
    CannotCall: lambda error, _: Fault(f"follow_up_{error.why}"),
    AlreadyOver: lambda error, _: Fault("follow_up_ended", now=error.now),
    AnswersLack: lambda error, _: Fault("follow_up_lacks", error.field),
    TaskByRecord: lambda _, __: Fault("task_by_record", "state"),
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
