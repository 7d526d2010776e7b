"""What agents do with a talk, on a real Asterisk with SIP phones: hold, consult, hand over."""

from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers
from tests.e2e.faults import kills_the_controller
from tests.e2e.hotline import Caller, Hotline, Phone, hotline, until

pytestmark = pytest.mark.e2e
LONG = Answers(after_s=0.3, talk_s=120.0)


@pytest.fixture(scope="module")
def open_hotline() -> Iterator[Hotline]:
    with hotline() as site:
        site.opens()
        yield site


@pytest.fixture
def floor(open_hotline: Hotline) -> Iterator[Hotline]:
    yield open_hotline
    everybody_hangs_up(open_hotline)
    open_hotline.logged_out()


def everybody_hangs_up(site: Hotline) -> None:
    for robot in site.robots:
        robot.hang_up()

    def over() -> bool:
        return all(one["stage"] == "ended" for one in site.client.get("/floor")["calls"])

    until(over, "no call is left")
    site.robots_go()


def stage(site: Hotline, agent: str) -> str:
    talks = [one for one in site.client.get("/floor")["talks"] if one["agent"] == agent]
    return str(talks[0]["stage"]) if talks else ""


def talking(site: Hotline, number: str, agent: str = "a8001") -> tuple[Caller, Phone]:
    """A caller whom this agent has answered."""
    phone = site.agent_ready(agent, LONG)
    caller = site.calls(number=number)
    until(lambda: stage(site, agent) == "talking" or None, f"{agent} talks")
    until(lambda: happened(site, number, "TalkBegan") or None, "they hear each other")
    return caller, phone


def do(site: Hotline, who: str, act: str, **where: str) -> None:
    site.client.post(f"/agents/{who}/talk", {"do": act, **where})


def consults(site: Hotline, who: str, whom: str) -> None:
    """Asterisk tells of a telephone that has just registered a moment later."""

    def tried() -> bool:
        if stage(site, who) in ("talking", "held"):
            do(site, who, "consult", agent=whom)
        return stage(site, who) == "consulted"

    until(tried, f"{who} talks to {whom}")


def comes(site: Hotline, agent: str, wanted: str) -> None:
    until(lambda: stage(site, agent) == wanted or None, f"{agent}'s talk is {wanted!r}")


def facts_of(site: Hotline, number: str) -> list[dict[str, Any]]:
    facts = site.facts()
    calls = {one["call"] for one in facts if one.get("number") == number}
    return [one for one in facts if one["call"] in calls]


def happened(site: Hotline, number: str, word: str) -> list[dict[str, Any]]:
    return [one for one in facts_of(site, number) if one["fact"] == word]


def test_cti_12_a_caller_is_held_and_taken_back_and_her_recording_goes_on(floor: Hotline) -> None:
    _, phone = talking(floor, "13911120001")
    do(floor, "a8001", "hold")
    comes(floor, "a8001", "held")
    do(floor, "a8001", "resume")
    comes(floor, "a8001", "talking")
    until(lambda: happened(floor, "13911120001", "TalkResumed") or None, "the talk goes on")
    assert not phone.times("released")
    do(floor, "a8001", "hang_up")
    record = floor.record_of("13911120001")
    assert record["outcome"] == "answered"
    assert record["gaps"] == 0
    assert len(record["recordings"]) == 1


def test_cti_13_p13_a_consulted_colleague_takes_the_caller_over(floor: Hotline) -> None:
    caller, first = talking(floor, "13911120002")
    second = floor.agent_ready("a8002", LONG)
    consults(floor, "a8001", "a8002")
    do(floor, "a8001", "complete")
    comes(floor, "a8002", "talking")
    until(lambda: first.times("released") or None, "the first agent's leg leaves")
    until(lambda: floor.state("a8001") == "wrapping_up" or None, "she wraps up")
    assert not caller.happened("released")
    caller.hangs_up()
    record = floor.record_of("13911120002")
    legs = [leg for leg in record["legs"] if leg.get("talked")]
    assert [leg["agent"] for leg in legs] == ["a8001", "a8002"]
    assert legs[0]["ended_at"] <= legs[1]["ended_at"]
    until(lambda: second.times("released") or None, "nobody is left behind")


def test_cti_14_a_consultation_becomes_a_conference(floor: Hotline) -> None:
    caller, _ = talking(floor, "13911120003")
    second = floor.agent_ready("a8002", LONG)
    consults(floor, "a8001", "a8002")
    do(floor, "a8001", "conference")
    comes(floor, "a8001", "conference")
    do(floor, "a8001", "hang_up")
    comes(floor, "a8002", "talking")
    assert not caller.happened("released")
    caller.hangs_up()
    until(lambda: second.times("released") or None, "nobody is left behind")
    assert floor.record_of("13911120003")["outcome"] == "answered"


def test_cti_13_a_consultation_is_given_up_and_the_caller_taken_back(floor: Hotline) -> None:
    caller, first = talking(floor, "13911120004")
    second = floor.agent_ready("a8002", LONG)
    consults(floor, "a8001", "a8002")
    do(floor, "a8001", "resume")
    comes(floor, "a8001", "talking")
    until(lambda: second.times("released") or None, "the colleague is let go")
    assert not first.times("released")
    assert not caller.happened("released")
    caller.hangs_up()


def test_cti_15_a_transfer_to_a_queue_keeps_waited_time_and_record(floor: Hotline) -> None:
    caller, _ = talking(floor, "13911120005")
    floor.agent_ready("a8002", LONG)
    do(floor, "a8001", "transfer", queue="support")
    comes(floor, "a8002", "talking")
    caller.hangs_up()
    record = floor.record_of("13911120005")
    assert record["queues"][-1] == "support"
    assert [leg["agent"] for leg in record["legs"] if leg.get("talked")] == ["a8001", "a8002"]


def test_cti_13_a_caller_is_sent_to_a_colleague_by_name(floor: Hotline) -> None:
    caller, first = talking(floor, "13911120009")
    floor.agent_ready("a8002", LONG)
    consults(floor, "a8001", "a8002")  # by then it is known that the telephone is there
    do(floor, "a8001", "resume")
    comes(floor, "a8001", "talking")
    do(floor, "a8001", "transfer", agent="a8002")
    comes(floor, "a8002", "talking")
    until(lambda: first.times("released") or None, "the first agent's leg leaves")
    caller.hangs_up()
    record = floor.record_of("13911120009")
    assert [leg["agent"] for leg in record["legs"] if leg.get("talked")] == ["a8001", "a8002"]


def test_cti_13_who_is_sent_to_nobody_is_told_and_the_talk_goes_on(floor: Hotline) -> None:
    caller, _ = talking(floor, "13911120006")
    do(floor, "a8001", "transfer", number="19999999999")
    refused = until(
        lambda: [
            one for one in floor.client.get("/floor")["talks"] if one.get("refused") == "no_route"
        ],
        "it is said that no route leads there",
    )
    assert refused[0]["stage"] == "talking"
    do(floor, "a8001", "consult", agent="a8003")
    until(
        lambda: (
            [one for one in floor.client.get("/floor")["talks"] if one.get("refused") == "nobody"]
            or None
        ),
        "it is said that nobody is there",
    )
    assert not caller.happened("released")
    caller.hangs_up()


def test_rec_3_a_recording_is_paused_and_resumed(floor: Hotline) -> None:
    caller, _ = talking(floor, "13911120007")
    do(floor, "a8001", "pause_recording")
    until(lambda: happened(floor, "13911120007", "RecordingPaused") or None, "it is paused")
    do(floor, "a8001", "resume_recording")
    until(lambda: happened(floor, "13911120007", "RecordingResumed") or None, "it goes on")
    caller.hangs_up()
    assert len(floor.record_of("13911120007")["recordings"]) == 1


def test_p13_who_hangs_up_on_hold_leaves_nobody_behind(floor: Hotline) -> None:
    caller, first = talking(floor, "13911120008")
    do(floor, "a8001", "hold")
    comes(floor, "a8001", "held")
    caller.hangs_up()
    until(lambda: first.times("released") or None, "the agent's leg is ended")
    assert floor.record_of("13911120008")["ended_by"] == "caller"


def test_cti_12_a_talk_on_hold_outlives_its_controller(floor: Hotline) -> None:
    number = "13911120010"
    caller, phone = talking(floor, number)
    do(floor, "a8001", "hold")
    comes(floor, "a8001", "held")
    kills_the_controller(floor)
    floor.waits_until_open()
    comes(floor, "a8001", "held")
    assert not caller.happened("released")
    assert not phone.times("released")
    do(floor, "a8001", "resume")
    comes(floor, "a8001", "talking")
    until(lambda: happened(floor, number, "TalkResumed") or None, "the talk goes on")
    do(floor, "a8001", "hang_up")
    record = floor.record_of(number)
    assert (record["outcome"], record["agent"], record["gaps"]) == ("answered", "a8001", 1)
    assert len(record["recordings"]) == 1


def test_cti_13_a_consultation_outlives_its_controller_and_is_completed(floor: Hotline) -> None:
    number = "13911120011"
    caller, first = talking(floor, number)
    second = floor.agent_ready("a8002", LONG)
    consults(floor, "a8001", "a8002")
    kills_the_controller(floor)
    floor.waits_until_open()
    comes(floor, "a8001", "consulted")
    do(floor, "a8001", "complete")
    comes(floor, "a8002", "talking")
    until(lambda: first.times("released") or None, "the first agent's leg leaves")
    assert not caller.happened("released")
    caller.hangs_up()
    legs = [leg for leg in floor.record_of(number)["legs"] if leg.get("talked")]
    assert [leg["agent"] for leg in legs] == ["a8001", "a8002"]
    until(lambda: second.times("released") or None, "nobody is left behind")


def test_p13_who_hangs_up_on_hold_while_no_controller_is_there_leaves_nobody_behind(
    floor: Hotline,
) -> None:
    caller, phone = talking(floor, "13911120012")
    do(floor, "a8001", "hold")
    comes(floor, "a8001", "held")
    kills_the_controller(floor, meanwhile=caller.hangs_up)
    floor.waits_until_open()
    until(lambda: phone.times("released") or None, "the agent's leg is ended")
    until(lambda: floor.state("a8001") != "talking" or None, "the agent is free")
