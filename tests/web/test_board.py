import pytest

from agent_softphone_bridge.board import Board, Floor
from calls.clock import ManualClock
from calls.ids import AgentId, CallId, CustomerId, OfferId, QueueId
from calls.notices import (
    AgentChanged,
    Alarm,
    CallChanged,
    CallRinging,
    Match,
    Pop,
    PopPatched,
    PopShown,
    PopWithdrawn,
    QueueChanged,
)
from calls.rights import Who
from calls.words import AgentState, Role
from tests.web.house import LI, PLAN, SALES, WANG

pytestmark = pytest.mark.unit

BOSS = Who(person="boss", name="Boss", roles=(Role.SUPERVISOR,))
SHE = Who(person="a8001", name="王芳", roles=(Role.AGENT,), agent=WANG)
CALL, OFFER = CallId("main-1.1"), OfferId("o1")
POP = Pop(call=CALL, number="+8613812345678")


@pytest.fixture
def clock() -> ManualClock:
    return ManualClock(1_000.0)


@pytest.fixture
def board(clock: ManualClock) -> Board:
    board = Board(clock, "e")
    board.furnish(PLAN)
    return board


def offered(offer: OfferId = OFFER) -> AgentChanged:
    return AgentChanged(agent=WANG, state=AgentState.OFFERED, since=1_000.0, offer=offer, call=CALL)


def wang(floor: Floor) -> object:
    return next(line for line in floor.agents if line.id == WANG)


def test_a_queue_has_its_names_and_its_figures(board: Board) -> None:
    board.fold(QueueChanged(queue=SALES, waiting=3, offered=1, talking=2, ready=0,
                            longest_since=900.0))  # fmt: skip
    line = board.queues()[0]
    assert (line.names["en"], line.waiting, line.longest_since) == ("Sales", 3, 900.0)


def test_a_ring_is_shown_while_the_phone_rings_and_no_longer(board: Board) -> None:
    board.fold(offered())
    board.fold(CallRinging(agent=WANG, offer=OFFER, at=1_001.0, cycle_s=5.0))
    assert wang(board.snapshot(BOSS)).ringing.cycle_s == 5.0  # type: ignore[attr-defined]
    board.fold(AgentChanged(agent=WANG, state=AgentState.TALKING, since=1_004.0, offer=OFFER))
    assert wang(board.snapshot(BOSS)).ringing is None  # type: ignore[attr-defined]


def test_the_ring_of_an_earlier_offer_does_not_belong_to_the_next(board: Board) -> None:
    board.fold(offered())
    board.fold(CallRinging(agent=WANG, offer=OFFER, at=1_001.0, cycle_s=5.0))
    board.fold(offered(OfferId("o2")))
    assert wang(board.snapshot(BOSS)).ringing is None  # type: ignore[attr-defined]


def test_an_ended_call_leaves_the_board_after_a_few_seconds(
    board: Board, clock: ManualClock
) -> None:
    board.fold(CallChanged(call=CALL, stage="menu", at=1_000.0))
    board.fold(CallChanged(call=CALL, stage="ended", at=1_001.0))
    assert [call.stage for call in board.snapshot(BOSS).calls] == ["ended"]
    clock.advance(10.0)
    assert board.snapshot(BOSS).calls == ()


def test_a_call_that_comes_back_after_its_end_stays(board: Board, clock: ManualClock) -> None:
    board.fold(CallChanged(call=CALL, stage="ended", at=1_001.0))
    board.fold(CallChanged(call=CALL, stage="waiting", at=1_002.0))
    clock.advance(10.0)
    assert [call.stage for call in board.snapshot(BOSS).calls] == ["waiting"]


def test_a_pop_is_patched_and_taken_back_only_for_its_own_offer(board: Board) -> None:
    board.fold(PopShown(agent=WANG, offer=OFFER, queue=SALES, pop=POP))
    known = Pop(call=CALL, number=POP.number, matches=(Match(customer=CustomerId("c"), name="n"),))
    board.fold(PopPatched(agent=WANG, offer=OfferId("other"), pop=known))
    assert board.snapshot(SHE).pops[0].pop == POP
    board.fold(PopPatched(agent=WANG, offer=OFFER, pop=known))
    board.fold(PopWithdrawn(agent=WANG, offer=OfferId("other"), why="rang_out"))
    assert board.snapshot(SHE).pops[0].pop == known
    board.fold(PopWithdrawn(agent=WANG, offer=OFFER, why="rang_out"))
    assert board.snapshot(SHE).pops == ()


def test_the_pop_of_a_lost_session_goes_when_the_agent_is_free_again(board: Board) -> None:
    board.fold(PopShown(agent=WANG, offer=OFFER, queue=SALES, pop=POP))
    board.fold(AgentChanged(agent=WANG, state=AgentState.READY, since=1_002.0))
    assert board.snapshot(SHE).pops == ()


def test_an_alarm_stays_until_it_is_called_off(board: Board) -> None:
    board.fold(Alarm(name="journal", on=True, text="late"))
    assert [alarm.name for alarm in board.snapshot(BOSS).alarms] == ["journal"]
    board.fold(Alarm(name="journal", on=False))
    assert board.snapshot(BOSS).alarms == ()


def test_an_agent_sees_the_queues_and_of_people_only_herself(board: Board) -> None:
    board.fold(CallChanged(call=CALL, stage="menu", at=1_000.0))
    board.fold(Alarm(name="journal", on=True))
    board.fold(PopShown(agent=LI, offer=OFFER, queue=SALES, pop=POP))
    floor = board.snapshot(SHE)
    assert len(floor.queues) == 2
    assert [line.id for line in floor.agents] == [WANG]
    assert (floor.calls, floor.alarms, floor.pops) == ((), (), ())


def test_who_is_not_on_the_new_floor_plan_leaves_and_who_stays_keeps_her_state(
    board: Board,
) -> None:
    board.fold(offered())
    board.fold(AgentChanged(agent=AgentId("a9999"), state=AgentState.READY, since=1.0))
    board.fold(QueueChanged(queue=QueueId("gone"), waiting=1, offered=0, talking=0, ready=0))
    board.furnish(PLAN)
    assert [line.id for line in board.agents()] == [WANG, LI]
    assert board.agents()[0].state is AgentState.OFFERED
    assert [line.id for line in board.queues()] == ["sales", "support"]


def test_every_notice_gets_a_later_event_id(board: Board) -> None:
    ids = [board.fold(Alarm(name="x", on=True)) for _ in range(3)]
    assert len(set(ids)) == 3
    assert board.snapshot(BOSS).event == ids[-1]
