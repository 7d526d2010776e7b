"""Which calls somebody has to call back."""

import pytest

from calls.ids import CallId
from calls.record import CallRecord
from calls.tasks import TaskKind
from calls.words import Outcome
from cti.missed import DUE_S, to_call_back

pytestmark = pytest.mark.unit

MISSED = {
    Outcome.ABANDONED_IN_QUEUE: TaskKind.CALL_BACK,
    Outcome.ABANDONED_RINGING: TaskKind.CALL_BACK,
    Outcome.CALLBACK_FAILED: TaskKind.CALL_BACK,
    Outcome.VOICEMAIL: TaskKind.VOICEMAIL,
}


def record(outcome: Outcome | None, number: str = "+8613812345678") -> CallRecord:
    return CallRecord(
        call=CallId("main-1"), started_at=0.0, number=number, ended_at=50.0, outcome=outcome
    )


@pytest.mark.parametrize("outcome", list(Outcome))
def test_sup_16_who_gave_up_left_a_message_or_was_not_reached_is_to_be_called_back(
    outcome: Outcome,
) -> None:
    wanted = to_call_back(record(outcome))
    assert (wanted.kind if wanted else None) == MISSED.get(outcome)
    if wanted is not None:
        assert (wanted.key, wanted.due_at) == ("missed:main-1", 50.0 + DUE_S)
        assert set(wanted.titles) == {"zh-CN", "en"}


def test_who_showed_no_number_cannot_be_called_back() -> None:
    assert to_call_back(record(Outcome.ABANDONED_IN_QUEUE, number="")) is None
