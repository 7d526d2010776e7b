"""What an edge makes of commands: each reaches its caller, and none of a former engine does."""

from collections.abc import Callable
from dataclasses import dataclass, field
from types import SimpleNamespace
from typing import Any

import pytest
from msgspec.structs import replace

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
from calls.words import DeviceState, LeaveReason, NoAnswer, Party
from hotline.between_sessions import RETURN_S
from hotline.edge import DOUBT_S, Edge, Hands
from hotline.offer import OfferRun
from telephony.ami.events import NO_OFFER, ChannelHungUp, DeviceChanged, QuietChanged
from telephony.ami.truth import LiveChannel, Truth

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
    is_out_of_touch: bool = False
    queued: Callable[[], CallQueued] | None = None
    runs: dict[OfferId, OfferRun] = field(default_factory=dict)
    together: None = None
    unattended: OfferRun | None = None
    ended: bool = False
    stay: int = 0
    redirected: bool = False
    shown: int = 0

    def __post_init__(self) -> None:
        self.channel = Line(self.call)

    def deliver(self, item: object) -> None:
        self.got.append(item)

    def unread_offers(self) -> list[OfferCall]:
        return [item for item in self.got if isinstance(item, OfferCall)]

    def show_again(self) -> None:
        self.shown += 1


class Fingers:
    """Looks channels up in an Asterisk that knows those of ``alive``."""

    def __init__(self) -> None:
        self.alive: set[str] = set()

    def settle(self, channel: str, gone: Callable[[], None]) -> None:
        if channel not in self.alive:
            gone()

    def leg_ended(self, offer: OfferId) -> None:
        pass


class Line:
    """As much of a caller's channel as the edge sees."""

    def __init__(self, call: CallId) -> None:
        self.environment: Any = SimpleNamespace(channel_id=call.partition("-")[2])
        self.lost = False

    def gone(self) -> None:
        self.lost = True


class Scene:
    def __init__(self) -> None:
        self.told: list[Input] = []
        self.clock = ManualClock(1000.0)
        self.hands = Fingers()
        lines: Any = self.hands
        nothing: Any = SimpleNamespace(
            running=set(),
            hung_up=lambda *_: False,
            tidy=lambda *_: None,
            withdraw=lambda *_: False,
            hear=lambda *_: False,
        )
        talks: Any = SimpleNamespace(
            dial_ended=lambda *_: None,
            leg_began=lambda *_: None,
            leg_up=lambda *_: None,
            hung_up=lambda *_: None,
            browsers=frozenset,
            knows=lambda *_: False,
            settle=lambda *_: None,
            when_shown=lambda *_: None,
        )
        control: Any = SimpleNamespace(device=lambda *_: None)
        hands = Hands(
            lines=lines,
            calling_back=nothing,
            dialling_out=nothing,
            trials=nothing,
            talks=talks,
            control=control,
            watchers=nothing,
        )
        self.edge = Edge(EAST, self.clock, self.told.append, hands, nothing, nothing)

    def present(self, caller: Caller) -> Any:
        visit: Any = caller
        return self.edge.present(visit)

    def synced(self, *channel_ids: str, channels: tuple[LiveChannel, ...] = ()) -> EdgeSynced:
        """As Asterisk lists them: callers by their ids, each her own channel, and what else."""
        callers = tuple(_caller(id) for id in channel_ids)
        self.edge.synced(Truth((*callers, *channels), {}))
        (said,) = (one for one in self.told if isinstance(one, EdgeSynced))
        return said


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


@pytest.mark.parametrize(
    ("stay", "rings"), [(8, False), (9, True), (0, True)], ids=["earlier", "this", "not counted"]
)
def test_an_offer_made_for_an_earlier_coming_of_its_caller_is_not_rung(stay: int, rings: bool):
    scene, caller = Scene(), Caller(queued=waits(), stay=9)
    with scene.present(caller):
        scene.edge.obey(replace(offer(), stay=stay))
        assert bool(caller.unread_offers()) is rings
        assert scene.told == [], "the engine took it back when she came again"
        caller.got.clear()
    assert scene.edge.counts.late_offers == int(not rings)


def test_an_offer_for_a_caller_nobody_knows_fails_at_once():
    scene = Scene()
    scene.edge.obey(offer())
    assert scene.told == [failed("o1", NoAnswer.FAILED)]


def test_an_offer_for_a_caller_between_two_sessions_waits_until_she_is_back_and_is_taken_back():
    scene, caller = Scene(), Caller(queued=waits())
    scene.synced("1")
    scene.edge.obey(offer())
    with scene.present(caller):
        scene.edge.obey(WithdrawOffer(edge=EAST, call=CALL, token=3, offer=OfferId("o1")))
        scene.clock.advance(60.0)
        assert caller.got == []
    assert [one for one in scene.told if isinstance(one, OfferFailed)] == []


def test_no_agent_is_kept_for_a_caller_who_does_not_come_back():
    scene = Scene()
    scene.synced("1")
    scene.edge.obey(offer("o1"))
    scene.clock.advance(RETURN_S)
    scene.edge.obey(offer("o2"))
    assert scene.told[1:] == [failed("o1", NoAnswer.FAILED), failed("o2", NoAnswer.FAILED)]


def test_who_hangs_up_before_a_new_controller_has_seen_her_has_left():
    scene = Scene()
    scene.synced("1")
    scene.edge.hear(hung_up("1"))
    assert scene.told[1:] == [CallerLeft(call=CALL, reason=LeaveReason.LOST)]


def test_who_is_being_rescued_waits_for_no_agent_any_more():
    scene = Scene()
    lost = LiveChannel("PJSIP/x-1", "1", "1", True, NO_OFFER, "Record", "rescue")
    assert scene.synced(channels=(lost,)).calls == ()


@pytest.mark.parametrize(
    ("up", "said"),
    [
        (True, TalkEnded(offer=OfferId("o1"), by=Party.AGENT)),
        (False, OfferFailed(offer=OfferId("o1"), why=NoAnswer.FAILED)),
    ],
)
def test_a_leg_without_a_session_ends_as_what_it_was(up: bool, said: Input):
    scene = Scene()
    scene.synced(channels=(_leg(up),))
    scene.edge.hear(hung_up("2", OfferId("o1")))
    assert scene.told[-1] == said


def test_a_talk_begun_while_nobody_listened_is_found():
    scene = Scene()
    words = Reports()
    run = OfferRun(offer(), scene.clock, lambda leg: None, words)
    caller = Caller(queued=waits(), runs={run.offer.offer: run})
    with scene.present(caller):
        scene.edge.obey(offer())
        run.leg_rang()
        scene.edge.deaf()
        scene.synced("1", channels=(_leg(up=True),))
        scene.clock.advance(600.0)
    assert words.told == ["rang", "answered"]
    assert run.answered


def test_a_caller_of_whom_ami_alone_says_that_she_is_gone_is_looked_up():
    scene, gone, here = Scene(), Caller(), Caller(call=CallId("east-2"))
    scene.hands.alive = {"2"}
    with scene.present(gone), scene.present(here):
        scene.edge.hear(hung_up("1"))
        scene.edge.hear(hung_up("2"))
        scene.clock.advance(DOUBT_S)
        assert (gone.channel.lost, here.channel.lost) == (True, False)


def test_a_caller_whom_the_truth_does_not_list_is_looked_up():
    scene, gone = Scene(), Caller()
    with scene.present(gone):
        scene.synced()
        scene.clock.advance(DOUBT_S)
        assert gone.channel.lost


def test_an_offer_for_a_caller_who_left_the_queue_does_not_come_again():
    scene, caller = Scene(), Caller(has_left_queue=True)
    with scene.present(caller):
        scene.edge.obey(offer())
        assert caller.got == []
        assert scene.told == [failed("o1", NoAnswer.CALLER_LEFT)]


def test_a_caller_whose_last_dial_has_not_returned_is_offered_again_later():
    scene, caller = Scene(), Caller(queued=waits(), is_out_of_touch=True)
    with scene.present(caller):
        scene.edge.obey(offer())
        assert caller.got == []
        assert scene.told == [failed("o1", NoAnswer.FAILED)]


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


class Reports:
    def __init__(self) -> None:
        self.told: list[str] = []

    def rang(self) -> None:
        self.told.append("rang")

    def answered(self, ring: int | None) -> None:
        self.told.append("answered")

    def talking(self) -> None:
        self.told.append("talking")


def _caller(channel_id: str) -> LiveChannel:
    name = f"PJSIP/trunk-{channel_id}"
    return LiveChannel(name, channel_id, channel_id, True, NO_OFFER, "AGI", "hotline")


def _leg(up: bool) -> LiveChannel:
    return LiveChannel("PJSIP/d1-2", "2", "1", up, OfferId("o1"))


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


def test_acd_50_a_telephone_told_not_to_ring_is_told_so_while_it_could_ring():
    scene, desk = Scene(), DeviceId("d1")
    for event in (
        DeviceChanged(desk, DeviceState.IDLE),
        QuietChanged(desk, True),
        DeviceChanged(desk, DeviceState.IN_USE),
        DeviceChanged(desk, DeviceState.IDLE),
        QuietChanged(desk, False),
        QuietChanged(desk, True),
        DeviceChanged(desk, DeviceState.UNREGISTERED),
    ):
        scene.edge.hear(event)
    assert [one.state for one in scene.told] == [
        *("idle", "do_not_disturb", "in_use", "do_not_disturb", "idle", "do_not_disturb"),
        "unregistered",
    ]


def test_acd_50_what_a_telephone_was_told_is_read_again_after_a_gap():
    scene = Scene()
    desk, other = DeviceId("d1"), DeviceId("d2")
    both = dict.fromkeys((desk, other), DeviceState.IDLE)
    scene.edge.synced(Truth((), both, frozenset({desk})))
    states = {one.device: one.state for one in scene.told if hasattr(one, "device")}
    assert states == {desk: DeviceState.DO_NOT_DISTURB, other: DeviceState.IDLE}
