"""A customer is followed up on a real Asterisk: she called, is called from the list, it is kept."""

from collections.abc import Iterator
from typing import Any

import pytest
import yaml

from calls.words import Role
from telephony.robots.scenario import Answers
from tests.e2e.hotline import Hotline, hotline, until
from tests.e2e.test_dialling import dials
from tests.e2e.test_talk_control import comes, do, talking

pytestmark = pytest.mark.e2e

HER = "13811180009"
PLAN = {"rules": {"every-call": {"after": "call"}}}


@pytest.fixture(scope="module")
def open_hotline() -> Iterator[Hotline]:
    with hotline() as site:
        site.may_dial("+86138", daily_cap=6)
        (site.folder / "config" / "followups.yaml").write_text(yaml.safe_dump(PLAN))
        site.hires("fang", Role.AGENT, agent="a8001")
        site.opens()
        yield site


def test_d5_who_called_is_called_from_the_list_and_followed_up_once(open_hotline: Hotline) -> None:
    site = open_hotline
    fang = site.signed_in("fang")

    def waiting() -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = fang.get("/follow-ups")["follow_ups"]
        return found

    caller, own = talking(site, HER)
    caller.hangs_up()
    until(lambda: own.times("released") or None, "the talk is over")
    call = site.record_of(HER)["call"]
    [one] = until(lambda: waiting() or None, "she is to be followed up")
    task = one["follow_up"]["task"]
    assert [reason["call"] for reason in one["follow_up"]["reasons"]] == [call]
    assert one["obstacle"] is None
    her = site.beyond_the_trunk(Answers(after_s=0.5, talk_s=0.0))
    taken = fang.post(f"/follow-ups/{task['id']}/take", {"version": task["version"]})
    dials(site, task["number"])
    comes(site, "a8001", "talking")
    until(lambda: her.times("lifted") or None, "she answers")
    do(site, "a8001", "hang_up")
    until(lambda: her.times("released") or None, "nobody is left behind")
    version = taken["follow_up"]["task"]["version"]
    said = {"version": version, "ending": "complete", "solved": True, "score": 5}
    done = fang.post(f"/follow-ups/{task['id']}/end", said)
    assert done["follow_up"]["task"]["state"] == "done"
    # The call that was made for it asks for no other.
    until(
        lambda: [one for one in site.records() if one["out_by"] == "a8001"],
        "the record of the call that was made is written",
    )
    assert waiting() == []
