"""Agents call out and hand callers to numbers outside, over a trunk: real Asterisk, real SIP."""

from collections.abc import Iterator

import pytest

from calls.words import Role
from runtime.web.client import ApiRefused
from telephony.robots.scenario import Answers, Refuses, RingsOut
from tests.e2e.hotline import Hotline, hotline, until
from tests.e2e.test_talk_control import LONG, comes, do, everybody_hangs_up, facts_of, talking

pytestmark = pytest.mark.e2e
HER = "13800138001"


@pytest.fixture(scope="module")
def open_hotline() -> Iterator[Hotline]:
    with hotline() as site:
        site.may_dial("+86138", daily_cap=6)
        site.hires("fang", Role.AGENT, agent="a8001")
        site.opens()
        yield site


@pytest.fixture
def world(open_hotline: Hotline) -> Iterator[Hotline]:
    yield open_hotline
    everybody_hangs_up(open_hotline)
    open_hotline.logged_out()


def dials(site: Hotline, number: str = HER) -> None:
    """The agent herself: nobody else may have her telephone rung."""
    client = site.signed_in("fang")

    def tried() -> bool:
        try:
            client.post("/agents/a8001/dial", {"number": number})
        except ApiRefused as refused:
            # Asterisk tells of a telephone that has just registered a moment later.
            if refused.code == "agent_cannot":
                return False
            raise
        return True

    until(tried, f"she calls {number}")


def test_cti_11_an_agent_calls_a_number_her_own_telephone_first(world: Hotline) -> None:
    site = world
    own = site.agent_ready("a8001", LONG)
    her = world.beyond_the_trunk(Answers(after_s=0.5, talk_s=0.0))
    dials(site)
    assert site.state("a8001") == "talking"
    comes(site, "a8001", "talking")
    assert own.times("lifted")[0] <= her.times("lifted")[0]
    do(site, "a8001", "hold")
    comes(site, "a8001", "held")
    do(site, "a8001", "resume")
    comes(site, "a8001", "talking")
    do(site, "a8001", "hang_up")
    record = site.record_of(HER[-9:])
    assert (record["out_by"], record["agent"], record["outcome"]) == ("a8001", "a8001", "answered")
    assert record["talk_s"] > 0
    until(lambda: her.times("released") or None, "nobody is left behind")
    assert site.state("a8001") == "wrapping_up"
    assert not any(record["call"] in ticket.get("calls", ()) for ticket in site.tickets())


def test_cti_11_who_is_not_reached_is_told_and_recorded(world: Hotline) -> None:
    site = world
    site.agent_ready("a8001", LONG)
    world.beyond_the_trunk(Refuses(code=486))
    number = "13800138002"
    dials(site, number)
    until(lambda: site.state("a8001") == "wrapping_up" or None, "it is over")
    record = site.record_of(number[-9:])
    assert (record["outcome"], record["cause"]) == ("not_reached", "busy")


def test_cti_11_she_gives_up_while_it_rings(world: Hotline) -> None:
    site = world
    own = site.agent_ready("a8001", LONG)
    her = world.beyond_the_trunk(RingsOut())
    number = "13800138003"
    dials(site, number)
    until(lambda: her.times("rang") or None, "it rings there")
    do(site, "a8001", "hang_up")
    until(lambda: own.times("released") or None, "her own telephone is let go")
    until(lambda: her.times("cancelled") or None, "the other one stops ringing")
    assert site.record_of(number[-9:])["cause"] == "given_up"


def test_cti_11_numbers_no_route_allows_are_refused_in_words(world: Hotline) -> None:
    site = world
    site.agent_ready("a8001", LONG)
    for number, why in (("19900000001", "dial_no_route"), ("../../etc", "dial_no_number")):
        with pytest.raises(ApiRefused) as refused:
            dials(site, number)
        assert refused.value.code == why
    assert site.state("a8001") == "ready"


def test_cti_13_a_caller_is_handed_to_a_number_outside(world: Hotline) -> None:
    site = world
    her = world.beyond_the_trunk(Answers(after_s=0.5, talk_s=0.0))
    caller, first = talking(site, "13911180001")
    do(site, "a8001", "transfer", number="13800138004")
    until(lambda: her.times("lifted") or None, "the number outside answers")
    until(lambda: first.times("released") or None, "the agent's leg leaves")
    assert not caller.happened("released")
    caller.hangs_up()
    until(lambda: her.times("released") or None, "nobody is left behind")
    assert site.record_of("13911180001")["transferred_to"] == "13800138004"


def test_cti_13_a_number_outside_is_consulted_and_takes_the_caller(world: Hotline) -> None:
    site = world
    her = world.beyond_the_trunk(Answers(after_s=0.5, talk_s=0.0))
    caller, _ = talking(site, "13911180002")
    do(site, "a8001", "consult", number="13800138005")
    comes(site, "a8001", "consulted")
    do(site, "a8001", "swap")
    comes(site, "a8001", "swapped")
    do(site, "a8001", "complete")
    until(lambda: site.state("a8001") == "wrapping_up" or None, "she wraps up")
    transfers = until(
        lambda: [one for one in facts_of(site, "13911180002") if one["fact"] == "CallTransferred"],
        "where she went is kept",
    )
    assert not caller.happened("released")
    caller.hangs_up()
    until(lambda: her.times("released") or None, "nobody is left behind")
    assert [one["to"] for one in transfers] == ["13800138005"]
