import asyncio
import shutil
from pathlib import Path
from typing import Any

import pytest

from calls.events import CallArrived, NodeEntered
from calls.ids import CallId, RecordingId, TicketId
from calls.inputs import CallQueued, DeviceChanged
from calls.words import DeviceState
from runtime.emergency import EmergencySwitch
from runtime.web.app import MAX_BODY
from runtime.web.client import ApiRefused
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import PASSWORD, SALES, House, open_house
from tests.web.records import NUMBER, answered, keep, keep_recording, shipped_tree
from tickets.model import Ticket, TicketKind

pytestmark = pytest.mark.integration


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


# --- the floor


def test_what_an_agent_may_not_do_now_is_said_and_changes_nothing(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang = await Browser.of(house, "a8001")
            assert codes(await wang.ask("POST", "/agents/a8001/ready")) == (409, "agent_cannot")
            for act, body, state in (
                ("log-in", None, "not_ready"),
                ("ready", None, "ready"),
                ("not-ready", {"reason": "lunch"}, "not_ready"),
                ("log-out", None, "logged_out"),
            ):
                answer = await wang.ask("POST", f"/agents/a8001/{act}", json=body)
                assert (answer.status_code, answer.json["state"]) == (200, state), answer.text
            agents = (await (await Browser.of(house, "boss")).ask("GET", "/agents")).json
            assert [line["state"] for line in agents["agents"]] == ["logged_out"] * 2
            assert codes(await wang.ask("POST", "/agents/a8001/wrap-up", json={})) == (
                409,
                "agent_cannot",
            )

    run(scenario())


def test_p48_an_agent_is_paused_for_a_cause_and_ready_again_when_it_is_taken_back(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang, boss = await Browser.of(house, "a8001"), await Browser.of(house, "boss")
            for act in ("log-in", "ready"):
                await wang.ask("POST", f"/agents/a8001/{act}")
            meeting = {"cause": "meeting", "reason": "team", "until": house.brain.engine.now + 600}
            line = (await boss.ask("POST", "/agents/a8001/pauses", json=meeting)).json
            assert (line["state"], line["reason"], line["until"]) == (
                "not_ready",
                "team",
                meeting["until"],
            )
            assert line["pauses"] == [meeting]
            line = (await boss.ask("DELETE", "/agents/a8001/pauses/meeting")).json
            assert (line["state"], line["pauses"]) == ("ready", [])
            again = await boss.ask("DELETE", "/agents/a8001/pauses/meeting")
            assert codes(again) == (409, "agent_cannot")

    run(scenario())


def test_acd_45_an_agent_says_which_of_her_queues_she_serves(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang = await Browser.of(house, "a8001")
            own = (await wang.ask("GET", "/agents/a8001")).json["queues"]
            line = (await wang.ask("PUT", "/agents/a8001/queues", json={"queues": []})).json
            assert line["away_from"] == own
            strange = await wang.ask("PUT", "/agents/a8001/queues", json={"queues": ["nowhere"]})
            assert codes(strange) == (409, "agent_cannot")
            assert codes(await wang.ask("POST", "/agents/a8001/free")) == (403, "not_allowed")

    run(scenario())


def test_an_unknown_agent_is_not_found(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            answer = await boss.ask("POST", "/agents/a9999/ready")
            assert codes(answer) == (404, "no_such_agent")
            assert "a9999" in answer.json["message"]

    run(scenario())


def test_why_an_agent_was_chosen_can_be_asked(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss, call = await Browser.of(house, "boss"), CallId("main-7")
            for act in ("log-in", "ready"):
                await boss.ask("POST", f"/agents/a8001/{act}")
            edge = house.brain.engine.now and "main"
            for device in ("d8001", "d8002"):
                house.brain.tell(DeviceChanged(edge=edge, device=device, state=DeviceState.IDLE))  # type: ignore[arg-type]
            house.brain.tell(CallQueued(call=call, edge="main", queue=SALES))  # type: ignore[arg-type]
            why = (await boss.ask("GET", f"/calls/{call}/why")).json["offers"]
            assert [(one["agent"], one["rest"]) for one in why] == [("a8001", {"logged_out": 1})]

    run(scenario())


# --- calls


def test_calls_are_found_page_by_page(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            keep(house, *(answered(n) for n in range(5)))
            boss, seen, before = await Browser.of(house, "boss"), [], ""
            for _ in range(3):
                page = (await boss.ask("GET", f"/calls?limit=2&before={before}")).json
                seen += [call["call"] for call in page["calls"]]
                before = page["next"]
            assert seen == [f"main-{n}" for n in (4, 3, 2, 1, 0)]
            assert before == ""

    run(scenario())


def test_calls_are_found_by_number_however_it_is_written(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            keep(house, answered(1))
            boss = await Browser.of(house, "boss")
            for number, found in (("138 1234 5678", 1), ("139 1234 5678", 0)):
                page = (await boss.ask("GET", "/calls", query_string={"number": number})).json
                assert len(page["calls"]) == found

    run(scenario())


def test_an_agent_sees_the_calls_she_answered_and_those_she_was_rung_for(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            li = await Browser.of(house, "a8002")
            keep(house, answered(1), answered(2, agent=house.ports.plan().agents[1].id))
            page = (await li.ask("GET", "/calls?agent=a8001")).json
            assert [call["call"] for call in page["calls"]] == ["main-2"]
            assert (await li.ask("GET", "/calls/main-1")).status_code == 200
            keep(house, answered(3))
            admin = await Browser.of(house, "admin")
            assert (await admin.ask("GET", "/calls?agent=a8002")).json["calls"] == page["calls"]

    run(scenario())


def test_a_call_that_goes_on_now_is_shown_with_what_happened(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            call = CallId("main-9")
            house.bus.publish(CallArrived(call=call, at=1.0, key="1", number=NUMBER))
            house.bus.publish(NodeEntered(call=call, at=2.0, key="2", node="welcome"))
            boss = await Browser.of(house, "boss")
            detail = (await boss.ask("GET", f"/calls/{call}")).json
            assert [fact["fact"] for fact in detail["facts"]] == ["CallArrived", "NodeEntered"]
            assert (detail["record"]["ended_at"], detail["record"]["nodes"]) == (None, ["welcome"])
            wang = await Browser.of(house, "a8001")
            assert codes(await wang.ask("GET", f"/calls/{call}")) == (404, "no_such_call")

    run(scenario())


# --- customers, tickets, trunks, emergency


def test_customers_are_found_by_name_and_by_number(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang = await Browser.of(house, "a8001")

            async def ids(**query: object) -> list[str]:
                page = (await wang.ask("GET", "/customers", query_string=query)).json
                return [customer["id"] for customer in page["customers"]]

            assert await ids(name="陈") == ["c1", "c2"]
            assert await ids(name="陈", limit=1) == ["c1"]
            assert await ids(name="陈", limit=1, after="c1") == ["c2"]
            assert await ids(number="+86 138-1234-5678") == ["c1"]
            answer = await wang.ask("GET", "/customers?number=anonymous")
            assert codes(answer) == (422, "no_number")
            assert (await wang.ask("GET", "/customers/c2")).json["name"] == "陈伟"
            assert codes(await wang.ask("GET", "/customers/c9")) == (404, "no_such_customer")

    run(scenario())


def test_an_agent_opens_one_ticket_for_a_call_and_one_note_is_rewritten_as_she_types(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            wang, li = await Browser.of(house, "a8001"), await Browser.of(house, "a8002")
            wanted = {"call": "main-9", "kind": "sales", "title": "报价", "customer": "c1"}
            first = await wang.ask("POST", "/tickets", json=wanted)
            again = await wang.ask("POST", "/tickets", json=wanted | {"kind": "other"})
            assert (first.status_code, again.status_code) == (201, 201)
            assert (again.json["id"], again.json["kind"]) == (first.json["id"], "sales")
            assert (first.json["assignee"], first.json["customer"]) == ("a8001", "c1")
            found = (await wang.ask("GET", "/tickets?call=main-9")).json["tickets"]
            assert [one["id"] for one in found] == [first.json["id"]]
            assert (await wang.ask("GET", "/tickets?call=main-8")).json["tickets"] == []
            path = f"/tickets/{first.json['id']}"
            for browser, text in ((wang, "a"), (li, "hers"), (wang, "a b"), (wang, "")):
                note = {"call_note": {"call": "main-9", "text": text}}
                answer = await browser.ask("PATCH", path, json=note)
                assert answer.status_code == 200, answer.text
            notes = [one for one in answer.json["entries"] if one["kind"] == "note"]
            assert [(one["who"], one["text"]) for one in notes] == [
                ("a8001", ""),
                ("a8002", "hers"),
            ]
            other = {"call_note": {"call": "main-8", "text": "x"}}
            assert codes(await wang.ask("PATCH", path, json=other)) == (409, "not_its_call")
            long = {"call_note": {"call": "main-9", "text": "x" * 4_001}}
            assert (await wang.ask("PATCH", path, json=long)).status_code == 422

    run(scenario())


def test_a_ticket_is_amended_and_says_by_whom(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            path, wang = f"/tickets/{await a_ticket(house)}", await Browser.of(house, "a8001")
            change = {"kind": "technical", "priority": "urgent", "title": "断网", "customer": "c2"}
            ticket = (await wang.ask("PATCH", path, json=change)).json
            assert (ticket["kind"], ticket["priority"], ticket["customer"]) == (
                "technical",
                "urgent",
                "c2",
            )
            assert ticket["titles"] == {"en": "Call back", "zh-CN": "断网"}
            said = [(one["who"], one["text"]) for one in ticket["entries"]]
            assert said == [
                ("a8001", "kind=technical"),
                ("a8001", "priority=urgent"),
                ("a8001", "customer=c2"),
            ]
            gone = await wang.ask("PATCH", path, json={"title": "", "language": "en"})
            assert gone.json["titles"] == {"zh-CN": "断网"}
            assert (await wang.ask("PATCH", path, json={"kind": "none"})).status_code == 422

    run(scenario())


def test_cti_21_an_agent_sees_her_own_figures_and_a_supervisor_everybodys(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            keep(house, answered(1))
            wang, boss = await Browser.of(house, "a8001"), await Browser.of(house, "boss")
            assert (await wang.ask("GET", "/figures/agents/a8001?since=0")).json["answered"] == 1
            theirs = await wang.ask("GET", "/figures/agents/a8002?since=0")
            assert codes(theirs) == (403, "not_your_agent")
            missed = (await boss.ask("GET", "/figures/agents/a8002?since=0")).json["missed"]
            assert missed == {"rang_out": 1}
            assert (await boss.ask("GET", "/figures/agents/a8002?since=x")).status_code == 422

    run(scenario())


async def a_ticket(house: House) -> TicketId:
    store = house.tickets
    with store.writing() as rows:
        return rows.add(
            Ticket(TicketId(""), TicketKind.SERVICE, 1.0, 1.0, titles={"en": "Call back"})
        )


def test_a_ticket_is_written_on_and_moved_on_by_who_is_signed_in(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            id, wang = await a_ticket(house), await Browser.of(house, "a8001")
            change = {"note": "called back", "assignee": "a8001", "state": "resolved"}
            early = await wang.ask("PATCH", f"/tickets/{id}", json=change)
            assert codes(early) == (409, "not_answered")
            assert (await wang.ask("GET", f"/tickets/{id}")).json["entries"] == []
            change["reply"] = {"channel": "phone", "text": "comes tomorrow"}
            answer = await wang.ask("PATCH", f"/tickets/{id}", json=change)
            assert answer.status_code == 200, answer.text
            assert (answer.json["state"], answer.json["assignee"]) == ("resolved", "a8001")
            assert {entry["who"] for entry in answer.json["entries"]} == {"a8001"}
            nobody = await wang.ask("PATCH", f"/tickets/{id}", json={"assignee": None})
            assert nobody.json["assignee"] is None
            answer = await wang.ask("PATCH", f"/tickets/{id}", json={"state": "in_progress"})
            assert codes(answer) == (409, "ticket_cannot")
            assert codes(await wang.ask("GET", "/tickets/77")) == (404, "no_such_ticket")
            page = (await wang.ask("GET", "/tickets?state=resolved&kind=service")).json
            assert [ticket["id"] for ticket in page["tickets"]] == [id]
            assert (await wang.ask("GET", "/tickets?state=open")).json["tickets"] == []

    run(scenario())


def test_a_trunks_secret_is_never_shown(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            answer = await (await Browser.of(house, "admin")).ask("GET", "/trunks")
            assert [trunk["name"] for trunk in answer.json["trunks"]] == ["carrier"]
            assert "hush" not in answer.text

    run(scenario())


def test_the_emergency_switch_stays_where_it_was_thrown(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            why = "机房 <b>停电</b>\x00"
            thrown = (await boss.ask("PUT", "/emergency", json={"on": True, "reason": why})).json
            assert thrown == (await boss.ask("GET", "/emergency")).json
            assert {**thrown, "at": None} == {
                "on": True,
                "reason": "机房 <b>停电</b>",
                "by": "boss",
                "at": None,
            }
            again = EmergencySwitch(house.folder / "emergency", False, lambda position: None)
            assert again.on
            assert again.position.by == "boss"
            (deed,) = house.ports.people.deeds(1)
            assert "on: 机房" in deed.detail

    run(scenario())


# --- trees


def test_a_tree_is_drafted_checked_published_and_taken_back(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin, tree = await Browser.of(house, "admin"), shipped_tree()
            assert codes(await admin.ask("GET", "/trees/hotline")) == (404, "no_such_tree")
            saved = await admin.ask("PUT", "/trees/hotline", json=tree)
            assert saved.json["may_be_published"], saved.text
            first = (await admin.ask("POST", "/trees/hotline/publish")).json["version"]
            broken = {**tree, "root": "nowhere"}
            saved = await admin.ask("PUT", "/trees/hotline", json=broken)
            assert not saved.json["may_be_published"]
            refused = await admin.ask("POST", "/trees/hotline/publish")
            assert codes(refused) == (422, "tree_refused")
            assert any(one["where"] == "$.root" for one in refused.json["findings"])
            await admin.ask("PUT", "/trees/hotline", json={**tree, "title": "Another"})
            second = (await admin.ask("POST", "/trees/hotline/publish")).json["version"]
            versions = (await admin.ask("GET", "/trees/hotline/versions")).json["versions"]
            assert {one["hash"] for one in versions} == {first, second}
            back = await admin.ask("POST", "/trees/hotline/rollback", json={"version": first})
            assert back.json["version"] == first
            trees = (await admin.ask("GET", "/trees")).json["trees"]
            assert [one["current"] for one in trees] == [first]
            answer = await admin.ask("POST", "/trees/hotline/rollback", json={"version": "no"})
            assert codes(answer) == (404, "no_such_tree")

    run(scenario())


# --- recordings


def test_audio_is_sent_whole_and_in_parts(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            data, boss = keep_recording(house, seconds=20.0), await Browser.of(house, "boss")
            assert (await boss.ask("GET", "/recordings/r1")).json["recording"]["bytes"] == len(data)
            whole = await fetch(house, boss, "r1")
            assert whole == (200, data, "")
            status, part, where = await fetch(house, boss, "r1", "bytes=100-199")
            assert (status, part) == (206, data[100:200])
            assert where == f"bytes 100-199/{len(data)}"
            status, part, _ = await fetch(house, boss, "r1", "bytes=-50")
            assert (status, part) == (206, data[-50:])
            status, _, _ = await fetch(house, boss, "r1", f"bytes={len(data)}-")
            assert status == 416
            assert (await fetch(house, boss, "r9"))[0] == 404
            shutil.rmtree(house.folder / "talk")
            assert (await fetch(house, boss, "r1"))[0] == 404

    run(scenario(), 20.0)


def test_audio_is_for_supervisors_and_who_listened_is_noted(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            keep_recording(house)
            assert (await fetch(house, await Browser.of(house, "a8001"), "r1"))[0] == 404
            assert (await fetch(house, Browser(house), "r1"))[0] == 401
            assert (await fetch(house, await Browser.of(house, "boss"), "r1"))[0] == 200
            [line] = house.recordings.heard(RecordingId("r1"))
            assert (line.who, line.how, line.address) == ("boss", "played", "127.0.0.1")
            assert line.parts == ((0.0, 1.0),)

    run(scenario())


async def fetch(house: House, browser: Browser, id: str, part: str = "") -> tuple[int, bytes, str]:
    """Status, body and Content-Range of GET …/audio."""
    cookie = browser._client.get_cookie("threering")
    reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
    lines = [f"GET /api/v1/recordings/{id}/audio HTTP/1.0"]
    lines += [f"Cookie: threering={cookie.value}"] if cookie else []
    lines += [f"Range: {part}"] if part else []
    writer.write(("\r\n".join(lines) + "\r\n\r\n").encode())
    head, _, body = (await reader.read()).partition(b"\r\n\r\n")
    writer.close()
    await writer.wait_closed()
    headers = dict(line.split(": ", 1) for line in head.decode().split("\r\n")[1:])
    return int(head.split()[1]), body, headers.get("Content-Range", "")


# --- what is refused, and how


@pytest.mark.parametrize(
    ("body", "kind", "expected"),
    [
        (b"{", "application/json", (400, "not_json")),
        (b"on=true", "application/x-www-form-urlencoded", (400, "not_json")),
        (b"", "application/json", (400, "not_json")),
        (b'{"on": "maybe"}', "application/json", (422, "unfit")),
        (b"{}", "application/json", (422, "unfit")),
        (b'{"on": true, "more": 1}', "application/json", (422, "unfit")),
        (b"\xff\xfe", "application/json", (400, "not_json")),
    ],
)
def test_a_body_that_does_not_fit_is_refused(
    run: Run, tmp_path: Path, body: bytes, kind: str, expected: tuple[int, str]
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            answer = await boss.ask("PUT", "/emergency", data=body, content_type=kind)
            assert codes(answer) == expected

    run(scenario())


@pytest.mark.parametrize("query", ["limit=0", "limit=x", "limit=999999", "unknown=1", "before=x,y"])
def test_a_query_that_does_not_fit_is_refused(run: Run, tmp_path: Path, query: str) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            assert codes(await boss.ask("GET", f"/calls?{query}")) == (422, "unfit")

    run(scenario())


@pytest.mark.parametrize(
    "path", ["/figures/queues?since=1" + "0" * 30, "/figures/queues?since=-1e30"]
)
def test_a_number_beyond_all_measure_is_refused_beside_its_field(
    run: Run, tmp_path: Path, path: str
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            answer = await boss.ask("GET", path)
            assert codes(answer) == (422, "out_of_range")
            assert answer.json["field"] in path

    run(scenario())


def test_refusals_speak_the_askers_language(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            nobody = Browser(house)
            for headers, query, said in (
                ({"Accept-Language": "zh-CN,zh;q=0.9"}, "", "请先登录。"),
                ({"Accept-Language": "en-GB"}, "", "Please sign in."),
                ({"Accept-Language": "fr, en;q=0.5"}, "", "Please sign in."),
                ({"Accept-Language": "en"}, "?lang=zh-CN", "请先登录。"),
                ({"Accept-Language": ""}, "", "请先登录。"),
            ):
                answer = await nobody.ask("GET", f"/floor{query}", headers)
                assert answer.json["message"] == said

    run(scenario())


def test_what_is_not_there_is_refused_in_json_too(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            assert codes(await boss.ask("GET", "/nothing")) == (404, "not_found")
            assert codes(await boss.ask("GET", "//board/../../setup.cfg")) == (404, "not_found")
            assert codes(await boss.ask("DELETE", "/floor")) == (405, "wrong_method")

    run(scenario())


@pytest.mark.parametrize("chunked", [False, True])
def test_a_body_that_is_too_large_is_refused_while_it_arrives(
    run: Run, tmp_path: Path, chunked: bool
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            cookie = boss._client.get_cookie("threering")
            assert cookie is not None
            reader, writer = await asyncio.open_connection("127.0.0.1", house.port)
            size = MAX_BODY + 1
            length = "Transfer-Encoding: chunked" if chunked else f"Content-Length: {size}"
            head = (
                "PUT /api/v1/trees/hotline HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\n"
                f"Cookie: threering={cookie.value}\r\nX-ThreeRing: {boss.token}\r\n{length}\r\n\r\n"
            )
            body = b"x" * size
            if chunked:
                body = b"%x\r\n%b\r\n0\r\n\r\n" % (size, body)
            writer.write(head.encode() + body)
            assert b" 413 " in await reader.readline()
            writer.close()
            await writer.wait_closed()

    run(scenario())


def test_when_the_database_is_gone_that_is_said_and_the_floor_goes_on(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            boss = await Browser.of(house, "boss")
            house.database.dispose()
            file = house.folder / "web.db"
            for one in house.folder.glob("web.db*"):
                one.unlink()
            file.mkdir()
            assert codes(await boss.ask("GET", "/calls")) == (503, "unavailable")
            answer = await boss.ask("POST", "/agents/a8001/log-in")
            assert (answer.status_code, answer.json["state"]) == (200, "not_ready")

    run(scenario(), 30.0)


def test_ready_says_what_is_wrong(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            nobody = Browser(house)
            assert (await nobody.ask("GET", "//ready")).status_code == 200
            house.well["ami"] = "no answer since 12:00"
            answer = await nobody.ask("GET", "//ready")
            assert (answer.status_code, answer.json["ready"]) == (503, False)
            assert answer.json["checks"]["ami"] == "no answer since 12:00"

    run(scenario())


def test_the_client_says_what_the_server_said(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            client = await house.client("boss")
            with pytest.raises(ApiRefused) as refused:
                await asyncio.to_thread(client.post, "/agents/a8001/ready")
            assert (refused.value.status, refused.value.code) == (409, "agent_cannot")
            stream = client.events()
            first = await asyncio.to_thread(next, stream)
            await asyncio.to_thread(client.post, "/agents/a8001/log-in")
            second = await asyncio.to_thread(next, stream)
            assert (first.name, second.name) == ("reset", "AgentChanged")
            stream.close()
            again = client.events(after=first.id)
            assert (await asyncio.to_thread(next, again)).id == second.id
            again.close()
            assert (await asyncio.to_thread(client.get, "//health")) == {"alive": True}
            await asyncio.to_thread(client.sign_out)
            with pytest.raises(ApiRefused):
                await asyncio.to_thread(client.get, "/floor")

    run(scenario(), 20.0)


def test_the_password_is_in_no_answer(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            browser = Browser(house)
            body = {"name": "boss", "password": PASSWORD}
            answer = await browser.ask("POST", "/session", json=body)
            assert PASSWORD not in answer.text
            assert "argon2" not in answer.text

    run(scenario())
