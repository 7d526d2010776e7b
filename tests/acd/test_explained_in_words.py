"""What an explanation says, sentence by sentence, from the reasons alone."""

import msgspec
import pytest

from acd.choose import Reason, Why
from acd.engine import Engine
from acd.entries import Epoch, Snapshot, Step, encode
from acd.explain import agrees, explain_call, watched
from acd.explain_words import choice_in_words, reason_in_words, reasons_in_words
from acd.replay_day import replay_day
from acd.standing import CHOSEN, FREE_NOW, Hold, Waits, why_waiting
from calls.floor import AgentSpec, Membership
from calls.ids import AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId
from calls.inputs import Input
from calls.journal import FLOOR, MemoryJournal
from calls.words import AgentState, Language, NoAnswer, Strategy
from tests.acd.scene import Scene, agent, floor, given, queue

pytestmark = pytest.mark.story

ANN, BEN = AgentId("ann"), AgentId("ben")
ZH, EN = Language.ZH, Language.EN


def why(**more: object) -> Why:
    said: dict[str, object] = {"tier": 1, "idle_s": 12.0, "waited_s": 3.0, **more}
    return Why(
        call=CallId("c1"),
        offer=OfferId("o1"),
        queue=QueueId("sales"),
        agent=ANN,
        device=DeviceId("ann-desk"),
        **said,  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("choice", "zh", "en"),
    [
        ({}, "空闲最久，已 12 秒", "free for the longest time, 12 s"),
        ({"by_hand": "li.na"}, "由 li.na 指定", "by hand, li.na"),
        ({"again": True}, "同一坐席的下一部话机", "the same agent's next telephone"),
        ({"kept": True}, "回拨期间为其保留", "kept for her while she was called back"),
        ({"preferred": True}, "来电人的首选坐席", "preferred by the caller"),
        ({"nobody_else": True}, "漏接过，但已无他人", "missed her before, but nobody else"),
        (
            {"strategy": Strategy.FEWEST_CALLS, "figure": 4.0},
            "接听最少，4 次",
            "the fewest calls, 4",
        ),
        ({"strategy": Strategy.LEAST_TALK, "figure": 90.0}, "通话最短，90 秒", "least talk, 90 s"),
        ({"strategy": Strategy.ROUND_ROBIN}, "轮到此人", "next in the round"),
    ],
)
def test_who_was_chosen_and_why(choice: dict[str, object], zh: str, en: str) -> None:
    assert zh in choice_in_words(why(**choice), ZH, "王芳")
    assert en in choice_in_words(why(**choice), EN, "王芳")
    assert choice_in_words(why(**choice), EN, "王芳").startswith("王芳")


def test_those_passed_over_are_named_the_many_counted() -> None:
    told = why(
        passed={Reason.IDLE_LESS: (BEN, AgentId("cai"))},
        more={Reason.IDLE_LESS: 40},
        rest={AgentState.TALKING: 7},
    )
    lines = reasons_in_words([told], None, EN, {BEN: "Ben"})
    assert lines[0].startswith("attempt 1, after 3 s: ann (ann)")
    assert "has been free for a shorter time: Ben (ben), cai (cai) +40" in lines
    assert "talking: 7" in lines


def test_her_wait_is_told_beside_the_offers_made_in_vain() -> None:
    waits = Waits(
        call=CallId("c1"),
        queue=QueueId("sales"),
        waited_s=61.0,
        place=2,
        hold=Hold.NOBODY_FREE,
        edge=EdgeId("east"),
        agents={ANN: AgentState.TALKING, BEN: Reason.NO_DEVICE},
    )
    lines = reasons_in_words([why()], waits, ZH, {ANN: "王芳"})
    assert "已等候 61 秒，排第 2 位：没有可接她的空闲坐席" in lines
    assert "正在通话: 王芳 (ann)" in lines
    assert "没有已注册的话机: ben (ben)" in lines


def test_a_reason_of_another_release_is_shown_as_it_is_written() -> None:
    assert reason_in_words("weather", ZH) == "weather"


# --- who stands where ---------------------------------------------------------------------


def reason_of(scene: Scene, name: str, call: str = "c9") -> str:
    found = why_waiting(scene.engine, CallId(call))
    assert found is not None
    return found.agents[AgentId(name)]


def test_who_is_free_for_a_caller_at_the_cap_is_said_to_be_free() -> None:
    scene = Scene(floor(agent("ann"), agent("ben"), queues=(queue(max_talks=1),)))
    scene.queued("c1")
    scene.queued("c9")
    found = why_waiting(scene.engine, CallId("c9"))
    assert found is not None
    assert found.hold is Hold.AT_CAP
    assert found.agents[BEN] == FREE_NOW


def test_who_missed_her_may_have_her_again_when_nobody_else_is_left() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    scene.answers(scene.queued("c1"))
    other = given(scene.queued("c9"))
    assert scene.misses(other, NoAnswer.REJECTED) is None
    scene.pass_time(5.0)
    assert reason_of(scene, other.agent) in (Reason.NOT_THIS_CALL, Reason.RESTING)


# --- a journal of several lives -----------------------------------------------------------


def journal_of(scene: Scene, *, snapshot_after: int, epoch_after: int) -> MemoryJournal:
    """The scene told again into a journal that begins with an older engine's snapshot, as after
    a prune, and has another brain in its middle."""
    journal, engine = MemoryJournal(), Engine()
    for place, (said, now) in enumerate(scene.said):
        if place == snapshot_after:
            journal.append(FLOOR, encode(Snapshot(state=engine.live.state)))
        if place == epoch_after:
            journal.append(FLOOR, encode(Epoch(now=now, token=7)))
            engine.take_over(7, now)
        step = _step(engine, said, now)
        if place >= snapshot_after:
            journal.append(FLOOR, encode(step))
    return journal


def _step(engine: Engine, said: Input, now: float) -> Step:
    decided = engine.apply(said, now)
    return Step(
        now=now,
        input=said,
        commands=decided.commands,
        why=decided.why,
        refused=decided.refused,
    )


def test_a_call_is_explained_from_a_pruned_journal_with_two_brains_in_it() -> None:
    scene = Scene(floor(agent("ann"), agent("ben")))
    scene.answers(scene.queued("c1"))
    starts = scene.now
    offer = scene.queued("c9")
    other = scene.misses(offer)
    assert other is None
    journal = journal_of(scene, snapshot_after=5, epoch_after=len(scene.said))
    told = explain_call(journal, CallId("c9"))
    assert [one.why.agent for one in told.offers] == [given(offer).agent]
    assert all(one.same for one in told.offers)
    assert told.names == {ANN: "Ann", BEN: "Ben"}
    again = replay_day(journal, starts, scene.now + 1.0)
    assert (again.differing, again.steps) == (0, len([n for _, n in scene.said if n >= starts]))


def test_a_day_with_another_brain_in_its_middle_is_replayed() -> None:
    scene = Scene(floor(agent("ann")))
    scene.answers(scene.queued("c1"))
    scene.ends(scene.offers[-1])
    journal = journal_of(scene, snapshot_after=0, epoch_after=4)
    assert replay_day(journal, 0.0, scene.now + 1.0).differing == 0


def placed(name: str, **place: int) -> AgentSpec:
    member = Membership(queue=QueueId("sales"), **place)
    return msgspec.structs.replace(agent(name), queues=(member,))


@pytest.mark.parametrize(
    ("other", "asks", "reason"),
    [
        ({"tier": 2}, {}, Reason.LOWER_TIER),
        ({"rank": 2}, {}, Reason.LOWER_RANK),
        ({"reserved_from": 50}, {}, Reason.RESERVED),
        ({}, {"prefer": (ANN,)}, Reason.NOT_PREFERRED),
        ({}, {}, Reason.IDLE_LESS),
    ],
)
def test_why_another_who_is_free_was_not_chosen(
    other: dict[str, int], asks: dict[str, object], reason: Reason
) -> None:
    scene = Scene(floor(placed("ann"), placed("ben", **other)))
    with watched() as seen:
        offer = given(scene.queued("c1", **asks))
    assert offer.agent == ANN
    assert seen[offer.offer] == {ANN: CHOSEN, BEN: reason}
    assert agrees(scene.why(), seen[offer.offer])


def test_who_is_kept_for_callers_of_a_higher_priority_is_said_to_be() -> None:
    scene = Scene(floor(placed("ann", reserved_from=50)))
    assert scene.queued("c9") is None
    assert reason_of(scene, "ann") == Reason.RESERVED
