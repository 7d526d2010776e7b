"""P3, ADM-10: the floor changed in the browser while a caller waits, on a real Asterisk."""

from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers, RingsOut
from tests.e2e.hotline import Hotline, hotline, until

pytestmark = pytest.mark.e2e

NUMBER = "13933330001"
NEWCOMER = """
  a8099:
    name: 新来的
    staff_number: "8099"
    queues: {sales: 9}
    devices: {d8099: desk}
"""


@pytest.fixture
def floor() -> Iterator[Hotline]:
    with hotline() as site:
        site.opens()
        yield site


def facts(site: Hotline, kind: str) -> list[dict[str, Any]]:
    return [one for one in site.facts() if one["fact"] == kind]


def test_p3_rings_and_a_new_telephone_are_in_force_for_a_caller_who_waits_through_the_change(
    floor: Hotline,
) -> None:
    caller = floor.calls(number=NUMBER)
    until(lambda: facts(floor, "QueueJoined"), "she waits")
    found = floor.client.get("/configuration/floor.yaml")
    text = found["text"].replace("ring: {rings: 3}", "ring: {rings: 1}", 1)
    text = text.replace("\nseed:", NEWCOMER + "seed:")
    kept = floor.client.put(
        "/configuration/floor.yaml", {"text": text, "note": "一声试试"}, found["hash"]
    )
    assert (kept["in_force"], kept.get("missing", [])) == (True, [])
    sleepy = floor.agent_ready("a8001", RingsOut())
    until(lambda: sleepy.times("cancelled") or None, "the phone is cancelled")
    ringing, cancelled = sleepy.times("rang")[0], sleepy.times("cancelled")[0]
    assert 2.0 < cancelled - ringing < 3.0, "one ring of three seconds"
    floor.agent_ready("a8099", Answers(after_s=0.3, talk_s=1.0))
    until(lambda: facts(floor, "CallAnswered"), "the new agent answers on her new telephone")
    caller.hangs_up()
    legs = [(leg["agent"], leg.get("missed")) for leg in floor.record_of(NUMBER)["legs"]]
    assert legs[0] == ("a8001", "rang_out")
    assert legs[-1] == ("a8099", None)
    assert len(facts(floor, "QueueJoined")) == 1
