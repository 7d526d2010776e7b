"""Supervisors of some queues: what is of other queues they neither see, nor hear, nor change.

Every route is asked by one who looks after a queue in which nothing happened, with the ids of what
happened in another.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import msgspec
import pytest

from calls.ids import CallId, OfferId
from calls.inputs import AgentLoggedIn
from calls.notices import Alarm, CallChanged, Pop, PopShown, QueueChanged
from calls.words import Role
from runtime.web.openapi import described
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import LI, PASSWORD, SALES, SUPPORT, WANG, House, open_house
from tests.web.records import NUMBER, answered, keep
from tests.web.test_openapi import asked, busy
from tests.web.test_stream import watching

pytestmark = pytest.mark.integration

FOREIGN = ("main-1", NUMBER, NUMBER[1:], "a8001", "王芳", "8001", '"r1"', '"queue":"sales"')
"""Of the other queue: its caller, its agent, its recording, itself."""
OF_THE_HOUSE = (
    *("/colleagues", "/openapi.json", "/session", "/queues/{id}/guide", "/hours", "/departments"),
    *("/customers", "/trunks", "/emergency", "/forms", "/knowledge", "/trees", "/tickets"),
    *("/filled", "/complaints", "/figures/complaints", "/figures/answers", "/scoring/forms"),
    *("/scoring/plans", "/recordings/kept", "/call", "/follow-ups"),
)
"""Not of a queue: customers, tickets, answers, trees, and whom a caller may be handed to."""
REFUSED = {
    *("not_your_queue", "not_your_agent", "not_allowed", "no_such_call", "no_such_recording"),
    *("no_such_review", "no_talk", "no_phone", "no_such_callback", "no_such_task"),
}


@asynccontextmanager
async def two_supervisors(tmp_path: Path) -> AsyncIterator[tuple[House, dict[str, str]]]:
    """``lead`` looks after support alone; everything happened in sales."""
    async with open_house(tmp_path) as house:
        house.server.people.create_person(
            "lead", "组长", PASSWORD, (Role.SUPERVISOR,), queues=(SUPPORT,)
        )
        yield house, await busy(house)


def of_the_house(path: str) -> bool:
    return any(path == one or path.startswith(f"{one}/") for one in OF_THE_HOUSE)


def test_adm_2_no_route_tells_of_another_queue(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with two_supervisors(tmp_path) as (house, ids):
            lead = await Browser.of(house, "lead")
            tried: set[str] = set()
            for method, path, real, _ in asked(ids):
                if method != "get" or of_the_house(path):
                    continue
                answer = await lead.ask("GET", real)
                tried.add(path[1:])
                if not answer.is_json or "error" not in (answer.json or {}):
                    told = [word for word in FOREIGN if word in answer.text]
                    assert not told, (path, told, answer.text[:400])
            everything = {
                path.removeprefix("/api/v1").removeprefix("/")
                for path, method, *_ in described(house.server.app)
                if method == "get"
            }
            left = {one for one in everything - tried if not of_the_house(f"/{one}")}
            assert left <= {"ready", "metrics"}, left

    run(scenario(), 60.0)


def test_adm_2_no_route_changes_anything_of_another_queue(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with two_supervisors(tmp_path) as (house, ids):
            lead = await Browser.of(house, "lead")
            tried = 0
            for method, path, real, body in asked(ids):
                words = real.split("/") + ([str(v) for v in body.values()] if body else [])
                foreign = {"a8001", "main-1", "r1", ids["done"]} & set(words)
                if method == "get" or not foreign or of_the_house(path):
                    continue
                answer = await lead.ask(method.upper(), real, json=body)
                tried += 1
                error = (answer.json or {}).get("error") if answer.is_json else "nothing"
                assert error in REFUSED, (method, real, answer.status_code, answer.text[:300])
            assert tried > 15

    run(scenario(), 60.0)


def test_adm_2_what_is_of_the_whole_house_is_refused_in_words(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with two_supervisors(tmp_path) as (house, _):
            lead = await Browser.of(house, "lead")
            answer = await lead.ask("PUT", "/emergency", json={"on": True})
            assert (answer.status_code, answer.json["error"]) == (403, "not_your_queue")
            assert not house.ports.emergency.on
            wanted = {"ask": {"study": "replay", "day": "2026-11-24"}}
            assert (await lead.ask("POST", "/studies", json=wanted)).json["error"] == (
                "not_your_queue"
            )
            for of in ("queue&ids=sales", "node"):
                days = "first=2026-11-01&last=2026-11-02"
                refused = await lead.ask("GET", f"/reports?{days}&of={of}")
                assert refused.json["error"] == "not_your_queue", of

    run(scenario(), 30.0)


def test_adm_2_her_own_queue_is_hers_as_ever(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with two_supervisors(tmp_path) as (house, _):
            keep(house, of_support())
            lead = await Browser.of(house, "lead")
            assert [one["id"] for one in (await lead.ask("GET", "/queues")).json["queues"]] == [
                "support"
            ]
            # Li serves support first, and sales too.
            agents = (await lead.ask("GET", "/agents")).json["agents"]
            assert [one["id"] for one in agents] == ["a8002"]
            assert (await lead.ask("POST", "/agents/a8002/log-in")).status_code == 200
            found = (await lead.ask("GET", "/calls")).json["calls"]
            assert [one["queue"] for one in found] == ["support"]
            assert (await lead.ask("GET", "/calls/main-2")).status_code == 200
            figures = (await lead.ask("GET", "/figures/queues?since=0")).json["queues"]
            assert [one["queue"] for one in figures] == ["support"]
            assert (await lead.ask("GET", "/session")).json["queues"] == ["support"]

    run(scenario(), 30.0)


def of_support() -> Any:
    record = answered(2, LI)
    legs = tuple(msgspec.structs.replace(leg, queue=SUPPORT) for leg in record.legs)
    return msgspec.structs.replace(
        record, queue=SUPPORT, queues=(SUPPORT,), legs=legs, first_queued_at=record.started_at
    )


def test_adm_2_she_changes_of_an_agents_queues_hers_alone(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with two_supervisors(tmp_path) as (house, _):
            lead = await Browser.of(house, "lead")
            house.brain.tell(AgentLoggedIn(agent=LI))
            only_hers = await lead.ask("PUT", "/agents/a8002/queues", json={"queues": ["support"]})
            assert only_hers.json["error"] == "not_your_queue"
            not_hers = await lead.ask("PUT", "/agents/a8002/queues", json={"queues": ["sales"]})
            assert not_hers.status_code == 200, not_hers.text

    run(scenario(), 30.0)


def test_adm_2_the_stream_tells_her_of_her_queues_and_of_a_caller_who_leaves_them(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with two_supervisors(tmp_path) as (house, _):
            lead = await Browser.of(house, "lead")
            async with watching(house, lead) as (status, stream):
                assert status == 200
                floor = await stream.next("reset")
                assert [one["id"] for one in floor["queues"]] == ["support"]
                assert [one["id"] for one in floor["agents"]] == ["a8002"]
                assert floor["calls"] == []
                say = house.bus.publish
                pop = Pop(call=CallId("main-8"), number="13900000000")
                say(PopShown(agent=LI, offer=OfferId("o8"), queue=SALES, pop=pop))
                say(PopShown(agent=WANG, offer=OfferId("o9"), queue=SALES, pop=pop))
                say(Alarm(name="queue_waiting:sales", on=True))
                say(Alarm(name="agent_hold:a8001", on=True))
                say(CallChanged(call=CallId("main-7"), stage="waiting", at=1.0, queue=SALES))
                say(CallChanged(call=CallId("main-6"), stage="waiting", at=1.0, queue=SUPPORT))
                say(CallChanged(call=CallId("main-6"), stage="waiting", at=2.0, queue=SALES))
                say(Alarm(name="queue_waiting:support", on=True))
                say(QueueChanged(queue=SUPPORT, waiting=0, offered=0, talking=0, ready=1))
                heard = []
                while not heard or heard[-1][0] != "QueueChanged":
                    _, kind, said = await stream.event()
                    if kind != "beat":
                        heard.append((kind, said))
                assert [
                    (kind, said.get("call") or said.get("name") or said.get("queue"))
                    for kind, said in heard
                ] == [
                    ("CallChanged", "main-6"),
                    ("CallChanged", "main-6"),
                    ("Alarm", "queue_waiting:support"),
                    ("QueueChanged", "support"),
                ]
                left = heard[1][1]
                assert (left["stage"], left["queue"]) == ("ended", "support")

    run(scenario(), 30.0)


def test_adm_2_a_supervisor_who_is_admin_too_is_not_limited(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            house.server.people.create_person(
                "both", "主管", PASSWORD, (Role.SUPERVISOR, Role.ADMIN), queues=(SUPPORT,)
            )
            both = await Browser.of(house, "both")
            assert len((await both.ask("GET", "/queues")).json["queues"]) == 2

    run(scenario())


def test_adm_2_queues_are_given_and_taken_and_who_has_others_signs_in_again(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin, boss = await Browser.of(house, "admin"), await Browser.of(house, "boss")
            wanted = {"name": "班长", "roles": ["supervisor"], "agent": None, "language": None}
            changed = await admin.ask(
                "PUT", "/people/boss", json=wanted | {"active": True, "queues": ["support"]}
            )
            assert changed.json["queues"] == ["support"]
            assert (await boss.ask("GET", "/session")).status_code == 401
            bad = wanted | {"active": True, "queues": ["a,b"]}
            refused = await admin.ask("PUT", "/people/boss", json=bad)
            assert (refused.status_code, refused.json["field"]) == (422, "$.queues[0]")

    run(scenario())
