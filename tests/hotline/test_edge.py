"""What an edge makes of commands: each reaches its caller, and none of a former engine does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import pytest

from calls.clock import ManualClock
from calls.commands import Command, OfferCall, WithdrawOffer
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.inputs import (
    CallerLeft,
    CallQueued,
    EdgeSynced,
    Input,
    OfferFailed,
    TalkEnded,
)
from calls.words import LeaveReason, NoAnswer, Party
from hotline.edge import Edge
from hotline.offer import OfferRun
from telephony.ami.events import NO_OFFER, ChannelHungUp

pytestmark = pytest.mark.unit

EAST = EdgeId("east")
CALL = CallId("east-1")
SALES = QueueId("sales")


@dataclass
class Caller:
    """As much of a visit as the edge sees."""

    call: CallId = CALL
    offers: list[OfferId] = field(default_factory=list)
    open_offers: set[OfferId] = field(default_factory=set)
    got: list[object] = field(default_factory=list)
    has_left_queue: bool = False
    queued: Callable[[], CallQueued] | None = None
    offer: None = None
    unattended: OfferRun | None = None
    ended: bool = False
    redirected: bool = False
    shown: int = 0

    def deliver(self, item: object) -> None:
        self.got.append(item)

    def unread_offers(self) -> list[OfferCall]:
        return [item for item in self.got if isinstance(item, OfferCall)]

    def show_again(self) -> None:
        self.shown += 1


class Scene:
    def __init__(self) -> None:
        self.told: list[Input] = []
        nobody: Any = None
        self.edge = Edge(EAST, ManualClock(1000.0), self.told.append, nobody)

    def present(self, caller: Caller) -> Any:
        visit: Any = caller
        return self.edge.present(visit)

    def synced(self, *channel_ids: str) -> EdgeSynced:
        truth: Any = _Truth(frozenset(channel_ids))
        self.edge.synced(truth)
        (said,) = (one for one in self.told if isinstance(one, EdgeSynced))
        return said


@dataclass
class _Truth:
    channel_ids: frozenset[str]
    channels: tuple[Any, ...] = ()
    devices: dict[DeviceId, Any] = field(default_factory=dict)


def offer(id: str = "o1", token: int = 3) -> OfferCall:
    return OfferCall(
        edge=EAST,
        call=CALL,
        token=token,
        offer=OfferId(id),
        queue=SALES,
        agent=AgentId("ann"),
        device=DeviceId("d1"),
        staff_number="8001",
        ring_limit_s=15.0,
        ring_cycle_s=5.0,
        never_rang_s=3.0,
    )


def waits(waited_s: float = 12.0) -> Callable[[], CallQueued]:
    return lambda: CallQueued(call=CALL, edge=EAST, queue=SALES, waited_s=waited_s)


def failed(id: str, why: NoAnswer) -> OfferFailed:
    return OfferFailed(offer=OfferId(id), why=why)


def test_a_command_reaches_its_caller():
    scene, caller = Scene(), Caller(queued=waits())
    commands: list[Command] = [
        offer(),
        WithdrawOffer(edge=EAST, call=CALL, token=3, offer=OfferId("o1")),
    ]
    with scene.present(caller):
        for command in commands:
            scene.edge.obey(command)
        assert caller.got == commands
        assert scene.told == []


def test_a_command_under_an_older_token_is_refused():
    scene, caller = Scene(), Caller(queued=waits())
    with scene.present(caller):
        scene.edge.obey(offer("o1", token=3))
        scene.edge.obey(offer("o2", token=2))
        assert [one.offer for one in caller.unread_offers()] == ["o1"]
        assert scene.edge.counts.stale_commands == 1


def test_a_greeting_takes_the_word_from_a_former_brain():
    scene, caller = Scene(), Caller(queued=waits())
    with scene.present(caller):
        scene.edge.heed(7)
        scene.edge.obey(offer("o1", token=6))
        assert caller.got == []
        scene.edge.obey(offer("o2", token=7))
        assert [one.offer for one in caller.unread_offers()] == ["o2"]


def test_an_offer_for_a_caller_between_two_sessions_may_come_again():
    scene = Scene()
    scene.edge.obey(offer())
    assert scene.told == [failed("o1", NoAnswer.FAILED)]


def test_an_offer_for_a_caller_who_left_the_queue_does_not_come_again():
    scene, caller = Scene(), Caller(has_left_queue=True)
    with scene.present(caller):
        scene.edge.obey(offer())
        assert caller.got == []
        assert scene.told == [failed("o1", NoAnswer.CALLER_LEFT)]


def test_the_truth_names_who_waits_and_for_how_long():
    scene, caller = Scene(), Caller(queued=waits(12.0))
    with scene.present(caller):
        said = scene.synced("1", "2")
    assert said.calls == ("east-1", "east-2")
    assert [(one.call, one.waited_s) for one in said.waiting] == [(CALL, 12.0)]


def test_the_truth_does_not_call_waiting_who_has_an_offer_or_is_in_no_queue():
    scene, offered = Scene(), Caller(queued=waits())
    elsewhere = Caller(call=CallId("east-2"))
    with scene.present(offered), scene.present(elsewhere):
        scene.edge.obey(offer())
        said = scene.synced("1", "2")
    assert said.waiting == ()
    assert said.offers == ("o1",)


def test_everybody_here_is_shown_to_screens_that_begin_anew():
    scene, callers = Scene(), (Caller(), Caller(call=CallId("east-2")))
    with scene.present(callers[0]), scene.present(callers[1]):
        scene.edge.show_all()
    assert [one.shown for one in callers] == [1, 1]


def hung_up(channel_id: str, offer: OfferId = NO_OFFER) -> ChannelHungUp:
    return ChannelHungUp(f"PJSIP/x-{channel_id}", channel_id, 16, "Normal Clearing", offer)


def test_who_hangs_up_between_two_sessions_is_in_no_queue_any_more():
    scene = Scene()
    with scene.present(Caller()):
        pass
    scene.edge.hear(hung_up("1"))
    scene.edge.hear(hung_up("1"))
    assert scene.told == [CallerLeft(call=CALL, reason=LeaveReason.LOST)]


def test_who_came_back_or_whose_call_is_over_is_not_reported_lost():
    scene = Scene()
    with scene.present(Caller()):
        pass
    with scene.present(Caller(ended=True)):
        pass
    scene.edge.hear(hung_up("1"))
    assert scene.told == []


def test_a_talk_that_outlives_its_session_ends_when_its_leg_does():
    scene = Scene()
    nobody: Any = None
    run = OfferRun(offer(), ManualClock(1000.0), nobody, nobody)
    run.leg_began("PJSIP/d1-2", "2")
    with scene.present(Caller(unattended=run)):
        pass
    scene.edge.hear(hung_up("2", OfferId("o1")))
    assert scene.told == [TalkEnded(offer=OfferId("o1"), by=Party.AGENT)]
