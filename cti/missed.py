"""A call that reached nobody is somebody's to call back (未接来电): which, in which words. Pure."""

from calls.record import CallRecord
from calls.tasks import TaskKind, TaskWanted, role
from calls.words import Language, Outcome, Role

DUE_S = 3600.0
_TITLES: dict[Outcome, tuple[str, str]] = {
    Outcome.ABANDONED_IN_QUEUE: ("等候中放弃，请回电", "Gave up waiting: call back"),
    Outcome.ABANDONED_RINGING: ("振铃中放弃，请回电", "Gave up while it rang: call back"),
    Outcome.VOICEMAIL: ("已留言，请听留言并回电", "Left a message: listen and call back"),
    Outcome.CALLBACK_FAILED: ("预约回电未接通，请再联系", "Promised call back in vain: try again"),
}


def to_call_back(record: CallRecord) -> TaskWanted | None:
    """None for a call that was served, and for one that showed no number to call."""
    if record.outcome not in _TITLES or record.ended_at is None or not record.number:
        return None
    zh, en = _TITLES[record.outcome]
    message = record.outcome is Outcome.VOICEMAIL
    return TaskWanted(
        key=f"missed:{record.call}",
        kind=TaskKind.VOICEMAIL if message else TaskKind.CALL_BACK,
        owner=role(Role.AGENT),
        titles={Language.ZH.value: zh, Language.EN.value: en},
        due_at=record.ended_at + DUE_S,
        call=record.call,
        customer=record.customer,
        queue=record.queue,
        number=record.number,
    )
