"""What the desk raises in its own words, as faults of the asker."""

from calls.exchange import Fault
from tickets.model import ChangeRefused, NoSuchTicket, NotItsCall
from tickets.tasks.model import NoSuchTask, TaskCannot


def of_the_desk(error: Exception, asked_for: str) -> Fault | None:
    """``asked_for``: the id in the address. None for what the desk never raises."""
    match error:
        case NoSuchTicket():
            return Fault("no_such_ticket", id=str(error).rpartition(" ")[2])
        case NotItsCall():
            return Fault("not_its_call", "call_note.call", call=error.call)
        case ChangeRefused():
            return Fault("ticket_cannot", "state", why=str(error))
        case NoSuchTask():
            return Fault("no_such_task", id=asked_for)
        case TaskCannot():
            return Fault("task_cannot", "state", why=str(error))
    return None
