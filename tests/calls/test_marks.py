"""Where holds, pauses and transfers are in the audio, told as a table of what happened when."""

import pytest

from calls import events as e
from calls.fold import fold
from calls.ids import CallId, OfferId, RecordingId
from calls.marks import Placed, placed
from calls.record import Mark

pytestmark = pytest.mark.unit

O1, O2 = OfferId("o1"), OfferId("o2")


def marks(*told: tuple[float, str] | tuple[float, str, str]) -> list[Mark]:
    return [Mark(at=one[0], what=one[1], offer=O1, to=one[2] if len(one) > 2 else "")
            for one in told]  # fmt: skip


def test_a_hold_is_one_instant_of_the_audio_and_a_pause_lasts() -> None:
    told = marks(
        (100.0, "began"), (110.0, "held"), (410.0, "resumed"), (415.0, "paused"),
        (420.0, "unpaused"), (430.0, "over"),
    )  # fmt: skip
    assert placed(told, O1, 430.5, 30.0) == (
        Placed(what="held", at_s=10.0, until_s=10.0, lasted_s=300.0),
        Placed(what="paused", at_s=15.0, until_s=20.0, lasted_s=5.0),
    )


def test_a_pause_that_was_forgotten_lasts_to_the_end_of_the_audio() -> None:
    told = marks((100.0, "began"), (104.0, "paused"), (120.0, "over"))
    [pause] = placed(told, O1, 121.0, 20.0)
    assert (pause.at_s, pause.until_s) == (4.0, 20.0)


def test_a_consultation_and_who_took_over_are_within_the_one_recording() -> None:
    told = [
        *marks((100.0, "began"), (110.0, "held"), (111.0, "consult", "a8002")),
        Mark(at=140.0, what="over", offer=O1),
        Mark(at=140.0, what="began", offer=O2),
        Mark(at=150.0, what="paused"),
        Mark(at=152.0, what="unpaused"),
    ]
    found = placed(told, O1, 170.0, 40.0)
    assert [(one.what, one.at_s, one.to) for one in found] == [
        ("held", 10.0, ""), ("consult", 10.0, "a8002"), ("paused", 20.0, "")]  # fmt: skip


def test_the_marks_of_another_recording_of_the_call_are_not_this_ones() -> None:
    told = [
        *marks((100.0, "began"), (110.0, "paused"), (112.0, "unpaused"), (120.0, "over")),
        Mark(at=200.0, what="began", offer=O2),
        Mark(at=205.0, what="held", offer=O2),
        Mark(at=230.0, what="resumed", offer=O2),
    ]
    assert [one.what for one in placed(told, O1, 121.0, 20.0)] == ["paused"]
    assert [(one.what, one.at_s) for one in placed(told, O2, 240.0, 15.0)] == [("held", 5.0)]
    assert placed(told, OfferId("o3"), 240.0, 15.0) == ()


def test_the_record_keeps_what_happened_to_the_talk_and_no_key() -> None:
    call = CallId("a-1")
    facts = [
        e.CallArrived(call=call, at=1.0, key="1", number="1001"),
        e.KeysPressed(call=call, at=2.0, key="2", node="card", keys="6222021234"),
        e.TalkBegan(call=call, at=10.0, key="3", offer=O1),
        e.RecordingPaused(call=call, at=12.0, key="4", recording=RecordingId("t-o1")),
        e.RecordingResumed(call=call, at=14.0, key="5", recording=RecordingId("t-o1")),
        e.TalkFinished(call=call, at=20.0, key="6", offer=O1, by="caller"),  # type: ignore[arg-type]
    ]
    record = fold(facts, rings=3)
    assert [(mark.at, mark.what) for mark in record.marks] == [
        (10.0, "began"), (12.0, "paused"), (14.0, "unpaused"), (20.0, "over")]  # fmt: skip
    assert "6222021234" not in str(record.marks)
