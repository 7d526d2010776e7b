import json

import pytest

from agent_softphone_bridge.board import Board
from agent_softphone_bridge.push import Hub
from calls.bus import Bus
from calls.clock import ManualClock
from calls.ids import CallId, OfferId
from calls.notices import AgentChanged, Alarm, Pop, PopShown, QueueChanged
from calls.rights import Who
from calls.words import AgentState, Role
from tests.web.house import LI, PLAN, SALES, WANG

pytestmark = pytest.mark.unit

BOSS = Who(person="boss", name="Boss", roles=(Role.SUPERVISOR,))
SHE = Who(person="a8001", name="王芳", roles=(Role.AGENT,), agent=WANG)


class Screen:
    """A listener that keeps what it is told."""

    def __init__(self, who: Who) -> None:
        self.who = who
        self.heard: list[tuple[str, str, dict[str, object]]] = []

    def send(self, data: bytes) -> None:
        for block in data.decode().split("\n\n"):
            lines = dict(line.split(": ", 1) for line in block.splitlines())
            if "data" in lines:
                entry = (lines.get("id", ""), lines["event"], json.loads(lines["data"]))
                self.heard.append(entry)

    @property
    def kinds(self) -> list[str]:
        return [kind for _, kind, _ in self.heard]

    @property
    def last_id(self) -> str:
        return next(id for id, _, _ in reversed(self.heard) if id)


def hub(kept: int = 100, epoch: str = "e") -> Hub:
    clock = ManualClock(1_000.0)
    made = Hub(Board(clock, epoch), clock, kept)
    made.furnish(PLAN)
    return made


def ready(agent: object = WANG) -> AgentChanged:
    return AgentChanged(agent=agent, state=AgentState.READY, since=1_000.0)  # type: ignore[arg-type]


def pop(agent: object = WANG) -> PopShown:
    shown = Pop(call=CallId("main-1"), number="+8613812345678")
    return PopShown(agent=agent, offer=OfferId("o"), queue=SALES, pop=shown)  # type: ignore[arg-type]


def test_a_screen_begins_with_the_whole_floor() -> None:
    screen, told = Screen(BOSS), hub()
    told.join(screen)
    assert screen.kinds == ["reset"]
    assert len(screen.heard[0][2]["agents"]) == 2  # type: ignore[arg-type]


def test_the_pop_has_been_handed_over_when_publish_returns() -> None:
    failures: list[object] = []
    bus, told, screen = Bus(lambda *why: failures.append(why)), hub(), Screen(SHE)
    told.listen(bus)
    told.join(screen)
    bus.publish(pop())
    assert screen.kinds == ["reset", "PopShown"]
    assert not failures


def test_an_agent_is_told_of_herself_and_the_queues_and_of_nothing_else() -> None:
    screen, told = Screen(SHE), hub()
    told.join(screen)
    queue = QueueChanged(queue=SALES, waiting=1, offered=0, talking=0, ready=0)
    for notice in (ready(LI), pop(LI), Alarm(name="x", on=True), queue, ready(), pop()):
        told.hear(notice)
    assert screen.kinds == ["reset", "QueueChanged", "AgentChanged", "PopShown"]


def test_who_comes_back_is_told_exactly_what_was_missed() -> None:
    screen, told = Screen(BOSS), hub()
    told.join(screen)
    told.hear(ready())
    last = screen.last_id
    told.leave(screen)
    told.hear(ready(LI))
    told.hear(pop())
    again = Screen(BOSS)
    told.join(again, last)
    assert again.kinds == ["AgentChanged", "PopShown", "beat"]
    assert again.heard[0][2]["agent"] == LI
    told.hear(ready())
    assert again.kinds[-1] == "AgentChanged"


def test_who_missed_nothing_is_told_nothing_twice() -> None:
    screen, told = Screen(BOSS), hub()
    told.hear(ready())
    told.join(screen)
    again = Screen(BOSS)
    told.join(again, screen.last_id)
    assert again.kinds == ["beat"]


def test_who_was_away_too_long_begins_anew() -> None:
    screen, told = Screen(BOSS), hub(kept=3)
    told.join(screen)
    for _ in range(4):
        told.hear(ready())
    again = Screen(BOSS)
    told.join(again, screen.heard[0][0])
    assert again.kinds == ["reset"]


def test_an_event_of_another_process_is_not_mistaken_for_ours() -> None:
    before, screen = hub(epoch="one"), Screen(BOSS)
    before.hear(ready())
    before.join(screen)
    after, again = hub(epoch="two"), Screen(BOSS)
    after.hear(ready())
    after.hear(ready())
    after.join(again, screen.last_id)
    assert again.kinds == ["reset"]


def test_a_new_floor_plan_makes_every_screen_begin_anew_those_away_included() -> None:
    screen, told = Screen(BOSS), hub()
    told.hear(ready())
    told.join(screen)
    last = screen.last_id
    told.furnish(PLAN)
    assert screen.kinds == ["reset", "reset"]
    again = Screen(BOSS)
    told.join(again, last)
    assert again.kinds == ["reset"]


def test_a_beat_carries_the_hotlines_clock() -> None:
    screen, told = Screen(SHE), hub()
    told.join(screen)
    told.beat()
    assert screen.heard[-1][1:] == ("beat", {"at": 1_000.0})


def test_a_screen_that_fails_keeps_nothing_from_the_others() -> None:
    class Broken(Screen):
        def send(self, data: bytes) -> None:
            if self.heard:
                raise RuntimeError("broken")
            super().send(data)

    told, broken, screens = hub(), Broken(BOSS), [Screen(BOSS) for _ in range(3)]
    for screen in (*screens[:1], broken, *screens[1:]):
        told.join(screen)
    told.hear(ready())
    assert [screen.kinds[-1] for screen in screens] == ["AgentChanged"] * 3
    assert broken not in told.listeners
