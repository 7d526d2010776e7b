"""Test calls that an admin places: out over a real trunk to a telephone beyond it, and in to a
number of ours, on a real Asterisk."""

from collections.abc import Iterator
from typing import Any

import pytest

from telephony.robots.scenario import Answers, Refuses
from tests.e2e.hotline import Hotline, hotline, until
from tests.e2e.test_talk_control import everybody_hangs_up

pytestmark = pytest.mark.e2e
HER = "13800138001"


@pytest.fixture(scope="module")
def open_hotline() -> Iterator[Hotline]:
    with hotline() as site:
        site.may_dial("+86138", daily_cap=2)
        site.opens()
        yield site


def tried(site: Hotline, way: str, number: str) -> dict[str, Any]:
    begun = site.client.post("/trials", {"way": way, "number": number})

    def over() -> dict[str, Any] | None:
        found: dict[str, Any] = site.client.get(f"/trials/{begun['id']}")
        return found if found["over"] else None

    return until(over, f"the test call {way} {number} is over")


def names(trial: dict[str, Any]) -> list[str]:
    return [hop["name"] for hop in trial["hops"]]


def test_adm_trial_a_call_out_is_answered_refused_and_denied_each_in_its_own_words(
    open_hotline: Hotline,
) -> None:
    site = open_hotline
    her = site.beyond_the_trunk(Answers(after_s=0.5, talk_s=0.0))
    answered = tried(site, "out", HER)
    assert names(answered) == ["dialled", "rang", "answered", "over"]
    assert (answered["denied"], answered["cause"]) == ("", 0)
    until(lambda: her.times("released") or None, "nobody is left behind")
    everybody_hangs_up(site)
    site.beyond_the_trunk(Refuses(code=486))
    busy = tried(site, "out", HER)
    assert (names(busy)[-2:], busy["cause"]) == (["refused", "over"], 17)
    # Two were the day's: the third is none.
    assert tried(site, "out", HER)["denied"] == "cap"
    assert tried(site, "out", "+441632960000")["denied"] == "no_route"


def test_adm_trial_a_called_number_is_reached_walked_and_left_at_the_queue(
    open_hotline: Hotline,
) -> None:
    site = open_hotline
    number = site.client.get("/trials")["numbers"][0]["number"]
    came = tried(site, "in", number)
    assert names(came)[:3] == ["dialled", "session", "tree"]
    assert came["nodes"]
    record = until(
        lambda: next((r for r in site.records() if r["call"] == came["call"]), None), "a record"
    )
    assert record["number"].endswith("99900000001"[-9:])
    assert not site.client.get("/floor")["agents"][0]["call"]
