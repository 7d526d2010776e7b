"""ADM-3, ADM-10: the site's documents edited over the API: checked, saved, in force, taken back."""

from pathlib import Path
from typing import Any

import pytest
from werkzeug.test import TestResponse

from calls.commands import OfferCall
from calls.ids import CallId, EdgeId
from calls.inputs import AgentLoggedIn, AgentReady, CallQueued, DeviceChanged
from calls.words import DeviceState
from config.hidden import DOTS
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import LI, SALES, WANG, House, open_house

pytestmark = pytest.mark.integration

FLOOR = """# 楼面 the floor
queues:
  sales:
    names: {zh-CN: 销售咨询, en: Sales}
    ring: {rings: 3}     # as the law has it
  support:
    names: {zh-CN: 技术支持, en: Support}
agents:
  a8001: {name: 王芳, staff_number: "8001", queues: {sales: 1}, devices: {d8001: desk}}
  a8002: {name: 李伟, staff_number: "8002", queues: {support: 1, sales: 2}, devices: {d8002: desk}}
"""
TRUNKS = "trunks:\n  carrier: {kind: register, host: sip.example.net, username: u, secret: hush}\n"


async def read(browser: Browser, id: str = "floor.yaml") -> Any:
    return (await browser.ask("GET", f"/configuration/{id}")).json


async def save(
    browser: Browser, text: str, hash: str, id: str = "floor.yaml", note: str = ""
) -> TestResponse:
    body = {"text": text, "note": note}
    return await browser.ask("PUT", f"/configuration/{id}", {"If-Match": f'"{hash}"'}, json=body)


async def saved(browser: Browser, text: str, id: str = "floor.yaml") -> Any:
    answer = await save(browser, text, (await read(browser, id))["hash"], id)
    assert answer.status_code == 200, answer.text
    return answer.json


def test_p3_a_ring_limit_changed_in_the_browser_is_in_force_for_the_next_offer(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin, call = await Browser.of(house, "admin"), CallId("main-1")
            await saved(admin, FLOOR)
            house.brain.tell(CallQueued(call=call, edge=EdgeId("main"), queue=SALES))
            before = since(house)
            kept = await saved(admin, FLOOR.replace("rings: 3", "rings: 2"))
            assert (kept["in_force"], kept["why"]) == (True, "")
            assert since(house) == before == {call: before[call]}
            for agent, device in ((WANG, "d8001"), (LI, "d8002")):
                house.brain.tell(
                    DeviceChanged(edge="main", device=device, state=DeviceState.IDLE)  # type: ignore[arg-type]
                )
                house.brain.tell(AgentLoggedIn(agent=agent))
                house.brain.tell(AgentReady(agent=agent))
            (offer,) = [one for one in house.decided if isinstance(one, OfferCall)]
            assert (offer.call, offer.ring_limit_s / offer.ring_cycle_s) == (call, 2)
            floor = (await admin.ask("GET", "/floor")).json
            assert [q["rings"] for q in floor["queues"] if q["id"] == "sales"] == [2]
            on_disk = (house.folder / "config" / "floor.yaml").read_text()
            assert "rings: 2}     # as the law has it" in on_disk

    run(scenario())


def test_adm_10_all_mistakes_are_told_at_once_each_with_its_path_and_nothing_is_saved(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            before = await read(admin)
            wrong = FLOOR.replace("rings: 3", "rings: 99").replace("support: 1", "suport: 1")
            found = (
                await admin.ask("POST", "/configuration/floor.yaml/check", json={"text": wrong})
            ).json
            assert [(one["path"], one["line"]) for one in found["mistakes"]] == [
                ("queues.sales.ring.rings", 5),
                ("agents.a8002.queues.suport", 10),
            ]
            assert "support" in found["mistakes"][1]["right"]
            assert {one["document"] for one in found["mistakes"]} == {"floor.yaml"}
            refused = await save(admin, wrong, before["hash"])
            assert (refused.status_code, refused.json["error"]) == (422, "configuration_refused")  # type: ignore[index]
            assert len(refused.json["findings"]) == 2  # type: ignore[index]
            assert str(house.folder) not in refused.text
            assert await read(admin) == before
            assert list((house.folder / "config").glob(".*")) == []

    run(scenario())


def test_a_document_is_checked_with_all_others(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            await saved(admin, FLOOR)
            rule = (
                "rules:\n  complaint:\n    when: {queues: [support]}\n    kind: service\n"
                "    title: {zh-CN: 投诉, en: Complaint}\n"
            )
            await saved(admin, rule, "tickets.yaml")
            without = FLOOR.replace("  support:\n", "  service:\n").replace("support: 1, ", "")
            body = {"text": without}
            found = (await admin.ask("POST", "/configuration/floor.yaml/check", json=body)).json
            assert [one["document"] for one in found["mistakes"]] == ["tickets.yaml"]
            body = {"text": "queues: ["}
            found = (await admin.ask("POST", "/configuration/floor.yaml/check", json=body)).json
            assert [one["document"] for one in found["mistakes"]] == ["floor.yaml"]

    run(scenario())


def test_adm_3_two_who_edit_at_once_the_second_is_told_and_loses_nothing(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            li, wang = await Browser.of(house, "admin"), await Browser.of(house, "admin")
            seen = (await read(wang))["hash"]
            await saved(li, FLOOR)
            late = await save(wang, FLOOR.replace("销售", "售前"), seen)
            assert (late.status_code, late.json["error"]) == (412, "document_changed")  # type: ignore[index]
            assert (await read(wang))["text"] == FLOOR
            unsaid = await wang.ask(
                "PUT", "/configuration/floor.yaml", json={"text": FLOOR, "note": ""}
            )
            assert (unsaid.status_code, unsaid.json["error"]) == (428, "hash_missing")  # type: ignore[index]

    run(scenario())


def test_adm_3_every_version_is_kept_with_who_and_when_and_can_be_taken_back(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            shipped = await read(admin)
            await saved(admin, FLOOR)
            (house.folder / "config" / "floor.yaml").write_text(FLOOR + "# by hand\n")
            now = await read(admin)
            await save(admin, FLOOR.replace("3", "4", 1), now["hash"], note="四声试一周")
            listed = (await admin.ask("GET", "/configuration/floor.yaml/versions")).json["versions"]
            assert [(one["number"], one["by"], one["note"]) for one in listed] == [
                (4, "admin", "四声试一周"),
                (3, "", ""),
                (2, "admin", ""),
                (1, "", ""),
            ]
            by_hand = (await admin.ask("GET", "/configuration/floor.yaml/versions/3")).json
            assert by_hand["text"].endswith("# by hand\n")
            hash = {"If-Match": (await read(admin))["hash"]}
            taken = await admin.ask(
                "POST", "/configuration/floor.yaml/take-back", hash, json={"version": 1}
            )
            assert taken.json["in_force"]
            assert (await read(admin))["text"] == shipped["text"]
            assert house.brain.engine.floor is not None
            assert house.brain.engine.floor.queues == ()
            for number in ("99", "0", "-1", "x", "1" * 30, "%2e%2e"):
                gone = await admin.ask("GET", f"/configuration/floor.yaml/versions/{number}")
                assert gone.status_code == 404
            deeds = house.ports.people.deeds(3)
            assert deeds[0].what == "configuration.take_back"
            assert deeds[0].subject == "floor.yaml"
            assert now["hash"] in deeds[1].detail

    run(scenario())


def test_adm_10_passwords_of_trunks_are_never_shown_and_never_lost(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            kept = await saved(admin, TRUNKS, "trunks.yaml")
            assert (kept["in_force"], kept["why"]) == (False, "next_start")
            shown = await read(admin, "trunks.yaml")
            assert "hush" not in shown["text"]
            await saved(admin, shown["text"].replace("username: u", "username: v"), "trunks.yaml")
            file = house.folder / "config" / "trunks.yaml"
            assert "username: v, secret: hush" in file.read_text()
            assert file.stat().st_mode & 0o077 == 0
            for n in (1, 2, 3):
                one = await admin.ask("GET", f"/configuration/trunks.yaml/versions/{n}")
                assert "hush" not in one.text
            stray = f"trunks: {{new: {{kind: ip, host: a.b, secret: {DOTS}}}}}"
            refused = await save(
                admin, stray, (await read(admin, "trunks.yaml"))["hash"], "trunks.yaml"
            )
            assert refused.json["findings"][0]["path"] == "trunks.new.secret"  # type: ignore[index]
            file.write_text("trunks: {carrier: {secret: hush")
            torn = await admin.ask("GET", "/configuration/trunks.yaml")
            assert (torn.status_code, torn.json["error"]) == (409, "document_torn")  # type: ignore[index]

    run(scenario())


def test_who_waits_in_a_queue_that_would_be_gone_is_counted_before_it_is(
    run: Run, tmp_path: Path
) -> None:
    """ADM-15"""

    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            await saved(admin, FLOOR)
            for n in range(2):
                house.brain.tell(
                    CallQueued(call=CallId(f"main-{n}"), edge=EdgeId("main"), queue=SALES)
                )
            body = {"text": "queues: {support: {}}"}
            found = (await admin.ask("POST", "/configuration/floor.yaml/check", json=body)).json
            assert found == {"mistakes": [], "gone": [{"queue": "sales", "waiting": 2}]}

    run(scenario())


@pytest.mark.parametrize(
    "text",
    [
        "queues: {sales: {names: {en: '</script><img src=x onerror=alert(1)>'}}}",
        "\x00",
        "a: &a [*a]",
        "[" * 5_000,
        "!!python/object/apply:os.system ['true']",
        "queues:\n" + "".join(f"  q{n}: {{ring: {{rings: 0}}}}\n" for n in range(5_000)),
        "键: 值",
    ],
)
def test_hostile_texts_are_refused_in_words_or_taken_as_text(
    run: Run, tmp_path: Path, text: str
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            answer = await admin.ask("POST", "/configuration/floor.yaml/check", json={"text": text})
            assert answer.status_code == 200
            assert answer.json is not None
            for one in answer.json["mistakes"]:
                assert one["wrong"]
                assert one["right"]
            assert answer.json["mistakes"] or "script" in text

    run(scenario())


def test_what_is_no_document_is_not_found(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            for id in ("threering.yaml", "passwd", "..%2fsecrets", "%00", "楼面.yaml"):
                for method, path in (("GET", ""), ("GET", "/versions"), ("GET", "/versions/1")):
                    answer = await admin.ask(method, f"/configuration/{id}{path}")
                    assert answer.status_code == 404, (id, path)
                assert (await save(admin, "", "x", id)).status_code == 404
            huge = await save(admin, "#" * 1_200_000, "x")
            assert huge.status_code == 413

    run(scenario())


def test_a_file_that_cannot_be_written_leaves_everything_as_it_was(
    run: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            admin = await Browser.of(house, "admin")
            before = await read(admin)
            monkeypatch.setattr("os.fsync", _full)
            answer = await save(admin, FLOOR, before["hash"])
            monkeypatch.undo()
            assert answer.status_code == 503
            assert await read(admin) == before
            assert house.brain.engine.floor is not None
            assert len(house.brain.engine.floor.queues) == 2
            _whole(house)

    run(scenario())


def since(house: House) -> dict[CallId, float]:
    """Who waits for sales, and since when."""
    return {one.id: one.began for one in house.brain.engine.callers(SALES)}


def _whole(house: House) -> None:
    left = [path for path in house.folder.rglob(".*") if path.is_file()]
    assert left == []


def _full(handle: int) -> None:
    raise OSError(28, "No space left on device")
