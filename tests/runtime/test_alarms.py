"""Alarms by threshold: raised when a limit is passed, told once, over when it is over."""

from dataclasses import replace
from math import inf
from typing import Any

import pytest

from calls.bus import Bus
from calls.events import CallAnswered, QueueJoined, QueueLeft
from calls.floor import AgentSpec, FloorSpec, QueueSpec
from calls.ids import AgentId, CallId, DeviceId, OfferId, QueueId
from calls.notices import AgentChanged, Alarm, QueueChanged, TalkChanged, VoiceMeasured
from calls.words import AgentState, DeviceState, Language, LeaveReason, TalkStage
from config.alarms import AgentLimits, AlarmPlan, QueueLimits
from runtime.alarms.floor_watch import FloorWatch
from runtime.alarms.standing import OVER_AFTER_S, Found, Standing
from runtime.alarms.telling import AlarmTelling
from runtime.alarms.trunk_watch import TrunkWatch
from storage.outgoing import Event, Item, Letter

pytestmark = pytest.mark.unit

SALES, WANG = QueueId("sales"), AgentId("a8001")
FLOOR = FloorSpec(
    version=1,
    ring_cycle_s=5.0,
    queues=(QueueSpec(id=SALES, names={"zh-CN": "销售", "en": "Sales"}),),
    agents=(AgentSpec(id=WANG, name="王芳", staff_number="8001"),),
)
PLAN = AlarmPlan(
    every_queue=QueueLimits(),
    queues={SALES: QueueLimits(2, 60.0, 80, 10)},
    agents=AgentLimits(0.0, 120.0, 90.0, 30.0),
    trunk_lost_s=30.0,
    over_s=1800.0,
    of_at_least=4,
    mail=("lead@example.com",),
    mail_pause_s=600.0,
    language=Language.ZH,
)


def watch(plan: AlarmPlan = PLAN) -> FloorWatch:
    return FloorWatch(lambda: plan, lambda: FLOOR)


def line(waiting: int, since: float | None) -> QueueChanged:
    return QueueChanged(
        queue=SALES, waiting=waiting, offered=0, talking=0, ready=0, longest_since=since
    )


def names(found: list[Found]) -> list[str]:
    return [one.name for one in found]


def test_sup_3_more_callers_than_the_limit_and_a_wait_longer_than_it_are_alarms() -> None:
    floor = watch()
    floor.queue(line(2, 100.0))
    assert floor.look(160.0, ()) == []
    floor.queue(line(3, 100.0))
    assert names(floor.look(110.0, ())) == ["queue_waiting:sales"]
    found = floor.look(161.0, ())
    assert names(found) == ["queue_waiting:sales", "queue_longest_wait:sales"]
    assert found[1].values == {"now": "61", "limit": "60"}


def test_sup_3_shares_count_the_last_minutes_calls_and_not_too_few_of_them() -> None:
    floor = watch()
    for n in range(4):
        call = CallId(f"c{n}")
        floor.shares.joined(QueueJoined(call=call, at=100.0 + n, key="j", queue=SALES))
        if n == 3:
            floor.shares.left(
                QueueLeft(call=call, at=140.0, key="l", queue=SALES, reason=LeaveReason.HUNG_UP)
            )
            break
        assert floor.look(139.0, ()) == []
        offer = OfferId("o")
        floor.shares.answered(
            CallAnswered(
                call=call, at=110.0, key="a", offer=offer, agent=WANG, device=DeviceId("d")
            )
        )
    found = floor.look(141.0, ())
    assert names(found) == ["queue_service_level:sales", "queue_abandoned:sales"]
    assert [one.values["now"] for one in found] == ["75", "25"]
    assert floor.look(141.0 + 1801.0, ()) == []


@pytest.mark.parametrize(
    ("state", "name", "limit_s"),
    [
        (AgentState.NOT_RESPONDING, "agent_not_responding:a8001", 0.0),
        (AgentState.WRAPPING_UP, "agent_wrap_up:a8001", 120.0),
    ],
)
def test_sup_3_an_agent_too_long_in_a_state_is_an_alarm(
    state: AgentState, name: str, limit_s: float
) -> None:
    floor = watch()
    floor.agent(AgentChanged(agent=WANG, state=state, since=50.0))
    if limit_s:
        assert floor.look(50.0 + limit_s - 1, ()) == []
    assert names(floor.look(50.0 + limit_s, ())) == [name]
    floor.agent(AgentChanged(agent=WANG, state=AgentState.READY, since=300.0))
    assert floor.look(900.0, ()) == []


def test_sup_3_a_caller_held_too_long_is_an_alarm_until_she_is_spoken_to() -> None:
    floor = watch()
    floor.talk(talk(TalkStage.HELD, 10.0, since_held=10.0))
    assert floor.look(99.0, ()) == []
    floor.talk(talk(TalkStage.CONSULTING, 99.0, since_held=10.0))
    assert names(floor.look(100.0, ())) == ["agent_hold:a8001"], "a consultation is music, too"
    floor.talk(talk(TalkStage.TALKING, 101.0))
    assert floor.look(300.0, ()) == []


def test_rings_a_queue_has_a_limit_of_its_own_for_how_long_its_callers_are_held() -> None:
    floor = watch(replace(PLAN, queues={SALES: QueueLimits(hold_s=30.0)}))
    floor.agent(AgentChanged(agent=WANG, state=AgentState.TALKING, since=0.0, queue=SALES))
    floor.talk(talk(TalkStage.HELD, 10.0, since_held=10.0))
    assert floor.look(39.0, ()) == []
    [found] = floor.look(40.0, ())
    assert (found.name, found.values) == ("agent_hold:a8001", {"now": "30", "limit": "30"})


def test_rings_a_queue_that_wants_no_alarm_for_holding_has_none() -> None:
    floor = watch(replace(PLAN, queues={SALES: QueueLimits(hold_s=inf)}))
    floor.agent(AgentChanged(agent=WANG, state=AgentState.TALKING, since=0.0, queue=SALES))
    floor.talk(talk(TalkStage.HELD, 10.0, since_held=10.0))
    assert floor.look(9_999.0, ()) == []


def talk(stage: TalkStage, at: float, **more: Any) -> TalkChanged:
    return TalkChanged(agent=WANG, call=CallId("c"), offer=OfferId("o"), stage=stage, at=at, **more)


def test_p63_who_looks_free_without_a_telephone_is_an_alarm() -> None:
    floor = watch()
    assert floor.look(10.0, (WANG,)) == []
    assert names(floor.look(40.0, (WANG,))) == ["agent_no_telephone:a8001"]
    assert floor.look(41.0, ()) == []


def test_a_trunk_that_stays_lost_is_an_alarm_and_one_that_blinks_is_none() -> None:
    trunks, lost = TrunkWatch(), {"carrier": DeviceState.UNREGISTERED}
    assert list(trunks.look(lost, 30.0, 0.0)) == []
    assert list(trunks.look({"carrier": DeviceState.IDLE}, 30.0, 20.0)) == []
    assert list(trunks.look(lost, 30.0, 25.0)) == []
    assert names(list(trunks.look(lost, 30.0, 55.0))) == ["trunk_lost:carrier"]
    assert list(trunks.look(lost, None, 999.0)) == []


def test_what_goes_to_and_fro_around_its_limit_is_one_alarm() -> None:
    standing, one = Standing(), Found(name="queue_waiting:sales", values={})
    said = [alarm.on for alarm in standing.look([one], 0.0)]
    for at in (1.0, 2.0, 3.0):
        said += [alarm.on for alarm in standing.look([one] if at == 2.0 else [], at)]
    said += [alarm.on for alarm in standing.look([], 3.0 + OVER_AFTER_S)]
    assert said == [True, False]


class Out:
    def __init__(self) -> None:
        self.posted: list[tuple[str, Item]] = []

    def post(self, key: str, item: Item) -> None:
        self.posted.append((key, item))

    def letters(self) -> list[str]:
        return [item.subject for _, item in self.posted if isinstance(item, Letter)]

    def events(self) -> list[str]:
        return [item.name for _, item in self.posted if isinstance(item, Event)]


def telling(plan: AlarmPlan = PLAN) -> tuple[Bus, Out]:
    def failed(listener: object, word: object, error: Exception) -> None:
        raise error

    bus, out = Bus(failed), Out()
    untyped: Any = out
    AlarmTelling(bus, untyped, lambda: plan, lambda: FLOOR).begin()
    return bus, out


def alarm(at: float, on: bool = True, name: str = "queue_waiting:sales") -> Alarm:
    return Alarm(name=name, on=on, values={"now": "3", "limit": "2"} if on else {}, at=at)


def test_sup_3_an_alarm_goes_to_webhooks_and_by_mail_in_both_languages_once() -> None:
    bus, out = telling()
    bus.publish(alarm(1.0))
    bus.publish(alarm(2.0))
    bus.publish(alarm(9.0, on=False))
    bus.publish(alarm(10.0, on=False))
    assert out.events() == ["alarm.on", "alarm.over"]
    assert out.letters() == [
        "[三响告警] 销售：等候 3 人，超过 2 人",
        "[三响告警解除] 销售：等候 3 人，超过 2 人",
    ]
    event = next(item for _, item in out.posted if isinstance(item, Event))
    assert event.body["text"]["en"] == "Sales: 3 callers wait, more than 2"
    assert len({key for key, _ in out.posted}) == 4


def test_the_same_alarm_again_within_minutes_is_no_second_letter() -> None:
    bus, out = telling()
    for at in (0.0, 100.0, 700.0):
        bus.publish(alarm(at))
        bus.publish(alarm(at + 50.0, on=False))
    assert len(out.letters()) == 4
    assert len(out.events()) == 6


def test_that_nothing_can_go_out_is_not_told_by_going_out() -> None:
    bus, out = telling()
    bus.publish(alarm(0.0, name="outgoing"))
    assert out.posted == []


def test_any_alarm_of_the_house_is_told_hostile_names_as_text() -> None:
    bus, out = telling(replace(PLAN, language=Language.EN))
    bus.publish(Alarm(name="trunk_lost:{now}\r\nBcc: x", on=True, at=0.0, values={"now": "1"}))
    bus.publish(Alarm(name="brain_new", on=True, at=0.0, text="what is this"))
    assert out.letters()[1] == "[ThreeRing alarm] brain_new what is this"
    assert "\n" not in out.letters()[0]


def test_pho_8_three_bad_talks_in_a_row_are_an_alarm_and_one_is_not() -> None:
    floor = watch()
    for n, score in enumerate((88.0, 40.0, 45.0)):
        floor.voice(VoiceMeasured(agent=WANG, call=CallId(f"c{n}"), at=10.0 + n, score=score))
    assert names(floor.look(20.0, ())) == ["agent_voice:a8001"]
    floor.voice(VoiceMeasured(agent=WANG, call=CallId("c3"), at=14.0, score=88.0))
    floor.voice(VoiceMeasured(agent=WANG, call=CallId("c4"), at=15.0, score=88.0))
    assert floor.look(20.0, ()) == []


def test_pho_8_one_bad_talk_and_bad_ones_of_long_ago_are_no_alarm() -> None:
    floor = watch()
    floor.voice(VoiceMeasured(agent=WANG, call=CallId("c"), at=10.0, score=0.0))
    assert floor.look(20.0, ()) == []
    for n in range(3):
        floor.voice(VoiceMeasured(agent=WANG, call=CallId(f"c{n}"), at=10.0, score=10.0))
    assert floor.look(100_000.0, ()) == []
