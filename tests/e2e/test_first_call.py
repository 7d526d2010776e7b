"""The main job: a caller reaches an agent within three rings, and a ticket is waiting."""

from collections.abc import Iterator

import pytest

from telephony.robots.scenario import Answers
from tests.databases import KINDS
from tests.e2e.hotline import Hotline, hotline, until
from tests.storage.postgres_server import PostgresServer

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module", params=KINDS)
def open_hotline(request: pytest.FixtureRequest) -> Iterator[Hotline]:
    with pytest.MonkeyPatch.context() as environment:
        if request.param == "postgresql":
            server: PostgresServer = request.getfixturevalue("postgres")
            server.create("first_call")
            environment.setenv("THREERING_DATABASE_URL", server.url("first_call"))
        with hotline() as site:
            site.opens()
            yield site


def test_a_caller_reaches_an_agent_and_leaves_one_record_and_one_ticket(
    open_hotline: Hotline,
) -> None:
    phone = open_hotline.agent_ready("a8001", Answers(after_s=1.0, talk_s=6.0))
    caller = open_hotline.calls(number="13911110001")
    until(lambda: caller.happened("connected"), "the hotline answers")
    until(lambda: phone.times("lifted"), "the agent answers")
    record = open_hotline.record_of("13911110001")
    assert record["outcome"] == "answered"
    assert record["agent"] == "a8001"
    assert record["ring"] == 1
    assert record["within_rule"] is True
    [recording] = record["recordings"]
    assert recording["flaw"] in {"", "silent_caller"}
    tickets = [one for one in open_hotline.tickets() if "13911110001" in one["number"]]
    assert len(tickets) == 1
    assert record["call"] in open_hotline.threering("calls", "--json")
