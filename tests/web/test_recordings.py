"""Recordings over the API: who finds and hears which, links, holds, and what strangers try."""

import asyncio
import dataclasses
import http.client
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from msgspec.structs import replace

from calls.ids import CallId, OfferId, RecordingId, TicketId
from calls.record import Mark
from recordings.keys import KeyRing
from recordings.listening import read_link, sign_link
from recordings.model import Recording
from recordings.rules import RecordingRules
from recordings.sealed import HEADER, seal
from tests.conftest import Run
from tests.web.browser import Browser
from tests.web.house import LI, SALES, SUPPORT, WANG, House, open_house
from tests.web.records import BEGAN, NUMBER, answered, keep, keep_recording
from tickets.model import Ticket, TicketKind

pytestmark = pytest.mark.integration

R1 = RecordingId("r1")


def codes(answer: Any) -> tuple[int, str]:
    return answer.status_code, answer.json["error"]


def given_some(house: House) -> bytes:
    """r1 of Wang in sales with sound, r2 of Li in support, v1 a message."""
    data = keep_recording(house, seconds=20.0)
    first = house.recordings.find(R1)
    assert first is not None
    house.recordings.add(
        replace(first, queue=SALES, agent=WANG, number=NUMBER, offer=OfferId("o1"), made_at=BEGAN)
    )
    house.recordings.add(
        Recording(id=RecordingId("r2"), call=CallId("main-2"), queue=SUPPORT, agent=LI,
                  flaw="silent", seconds=90.0, made_at=BEGAN + 60)
    )  # fmt: skip
    house.recordings.add(
        Recording(id=RecordingId("v1"), call=CallId("main-3"), kind="voicemail", made_at=BEGAN + 90)
    )
    return data


def rule(house: House, rules: RecordingRules) -> None:
    in_force = house.ports.in_force
    in_force._now = dataclasses.replace(in_force.configuration, recordings=rules)


async def found(browser: Browser, query: str = "") -> list[str]:
    answer = await browser.ask("GET", f"/recordings?{query}")
    assert answer.status_code == 200, answer.text
    return [one["id"] for one in answer.json["recordings"]]


async def fetched(house: House, path: str, browser: Browser | None = None,
                  **headers: str) -> tuple[int, bytes, dict[str, str]]:  # fmt: skip
    """By the native door, as a player asks."""
    cookie = browser._client.get_cookie("threering") if browser else None
    sent = headers | ({"Cookie": f"threering={cookie.value}"} if cookie else {})

    def ask() -> tuple[int, bytes, dict[str, str]]:
        connection = http.client.HTTPConnection("127.0.0.1", house.port, timeout=10)
        connection.request("GET", f"/api/v1{path}", headers=sent)
        answer = connection.getresponse()
        body = answer.read()
        connection.close()
        return answer.status, body, dict(answer.getheaders())

    return await asyncio.to_thread(ask)


def test_c6_recordings_are_found_page_by_page_by_what_is_known_of_them(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            given_some(house)
            boss = await Browser.of(house, "boss")
            assert await found(boss) == ["v1", "r2", "r1"]
            assert await found(boss, "number=13812345678") == ["r1"]
            assert await found(boss, "queue=support&flaw=any&longer_s=60") == ["r2"]
            assert await found(boss, "kind=voicemail") == ["v1"]
            first = (await boss.ask("GET", "/recordings?limit=2")).json
            assert [one["id"] for one in first["recordings"]] == ["v1", "r2"]
            assert await found(boss, f"limit=2&before={first['next']}") == ["r1"]
            wanted = Ticket(
                id=TicketId(""), kind=TicketKind.SALES, opened_at=BEGAN, updated_at=BEGAN
            )
            ticket = await house.ports.tickets.open_by_hand(wanted, CallId("main-2"), "boss")
            assert await found(boss, f"ticket={ticket.id}") == ["r2"]
            for bad in ("limit=0", "flaw=loud", "longer_s=-1", "score_from=101", "before=x", "x=1"):
                assert (await boss.ask("GET", f"/recordings?{bad}")).status_code == 422, bad

    run(scenario(), 20.0)


def test_who_hears_what_follows_her_role_and_her_queues(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            given_some(house)
            boss, wang = await Browser.of(house, "boss"), await Browser.of(house, "a8001")
            assert await found(wang) == ["r1"]
            assert await found(wang, "agent=a8002") == []
            assert codes(await wang.ask("GET", "/recordings/r2")) == (404, "no_such_recording")
            assert (await fetched(house, "/recordings/r1/audio", wang))[0] == 200
            assert (await fetched(house, "/recordings/r2/audio", wang))[0] == 404
            assert codes(await wang.ask("POST", "/recordings/r1/link")) == (403, "not_allowed")
            rule(house, RecordingRules(agents_hear_own=False, scopes={"boss": (SUPPORT,)}))
            assert await found(wang) == []
            assert (await fetched(house, "/recordings/r1/audio", wang))[0] == 404
            assert await found(boss) == ["r2"]
            assert codes(await boss.ask("GET", "/recordings/r1")) == (404, "no_such_recording")
            assert codes(await boss.ask("POST", "/recordings/r1/link")) == (
                404,
                "no_such_recording",
            )
            assert (await fetched(house, "/recordings/r1/audio", boss))[0] == 404

    run(scenario(), 20.0)


def test_rec_12_one_playing_in_many_parts_is_one_line(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            size = len(given_some(house))
            boss = await Browser.of(house, "boss")
            await fetched(
                house, "/recordings/r1/audio?play=abcdef0123", boss, Range="bytes=0-16043"
            )
            half = f"bytes={size // 2}-"
            await fetched(house, "/recordings/r1/audio?play=abcdef0123", boss, Range=half)
            [line] = (await boss.ask("GET", "/recordings/r1/heard")).json["heard"]
            assert (line["who"], line["how"], line["address"]) == ("boss", "played", "127.0.0.1")
            [first, second] = line["parts"]
            assert (first[0], second[1]) == (0.0, 20.0)
            assert first[1] < 1.0
            assert second[0] == pytest.approx(10.0, abs=0.1)
            await fetched(house, "/recordings/r1/audio?play=../../x", boss)
            assert len((await boss.ask("GET", "/recordings/r1/heard")).json["heard"]) == 2

    run(scenario(), 20.0)


def test_where_it_cannot_be_noted_who_listens_nothing_is_sent(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            given_some(house)
            boss = await Browser.of(house, "boss")

            def away(line: object) -> None:
                raise OSError("the database is gone")

            house.recordings.hear = away  # type: ignore[method-assign]
            status, body, _ = await fetched(house, "/recordings/r1/audio", boss)
            assert status == 503
            assert b"RIFF" not in body

    run(scenario(), 20.0)


def test_a_link_fetches_one_recording_for_a_while_and_no_other(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            data = given_some(house)
            boss = await Browser.of(house, "boss")
            made = (await boss.ask("POST", "/recordings/r1/link")).json
            path = made["url"].removeprefix("/api/v1")
            status, body, headers = await fetched(house, path)
            assert (status, body) == (200, data)
            assert headers["Content-Disposition"] == "attachment; filename=r1.wav"
            [line] = house.recordings.heard(R1)
            assert (line.who, line.how) == ("boss", "downloaded")
            now = house.ports.clock.now()
            for link in (
                "x",
                "",
                path.partition("link=")[2] + "0",
                sign_link(b"links", R1, "boss", now - 1),
                sign_link(b"other", R1, "boss", now + 60),
                sign_link(b"links", RecordingId("r2"), "boss", now + 60),
            ):
                status, body, _ = await fetched(house, f"/recordings/r1/audio?link={link}")
                assert status == (403 if link else 401), link
                assert b"RIFF" not in body

    run(scenario(), 20.0)


def test_a_link_is_good_only_as_it_was_signed() -> None:
    link = sign_link(b"s", R1, "王芳.x", 100.0)
    assert read_link(b"s", R1, link, 99.0) == "王芳.x"
    assert read_link(b"s", R1, link, 100.0) is None
    assert read_link(b"t", R1, link, 99.0) is None
    assert read_link(b"s", RecordingId("r2"), link, 99.0) is None
    for forged in ("", ".", "....", link[:-1], link.replace(".", ""), "é." + link, link + "\n"):
        assert read_link(b"s", R1, forged, 99.0) is None


@pytest.mark.parametrize("part", ["bytes=5-2", "bytes=-0", "bytes=x-", "lines=0-5", "bytes=0-1,5-9",
                                  "bytes=" + "9" * 400 + "-", "bytes=1-" + "9" * 30])  # fmt: skip
def test_a_strange_range_is_refused_or_answered_whole(run: Run, tmp_path: Path, part: str) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            data = given_some(house)
            boss = await Browser.of(house, "boss")
            status, body, _ = await fetched(house, "/recordings/r1/audio", boss, Range=part)
            assert (
                (status == 200 and body == data)
                or (status == 206 and body in data)
                or (status == 416)
            )

    run(scenario(), 20.0)


@pytest.mark.parametrize(
    "id_", ["..", "../talk/r1", "%2e%2e%2fweb.db", "r1%00", "x" * 3000, "录音"]
)
def test_an_id_that_is_no_recording_reaches_no_file(run: Run, tmp_path: Path, id_: str) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            given_some(house)
            boss = await Browser.of(house, "boss")
            quoted = quote(id_, safe="%./")
            status, body, _ = await fetched(house, f"/recordings/{quoted}/audio", boss)
            assert status in (401, 404, 400), body
            assert b"RIFF" not in body

    run(scenario(), 20.0)


def test_a_damaged_file_is_said_to_be_and_nothing_of_it_is_sent(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            given_some(house)
            boss = await Browser.of(house, "boss")
            file = house.folder / "talk" / "r1.wav"
            seal(file, file, KeyRing({"aaaaaaaa": bytes(32)}))
            assert (await fetched(house, "/recordings/r1/audio", boss))[0] == 500
            file.write_bytes(file.read_bytes()[: HEADER + 5])
            status, body, _ = await fetched(house, "/recordings/r1/audio", boss)
            assert (status, b"audio_broken" in body) == (500, True)

    run(scenario(), 20.0)


def test_rec_10_an_admin_holds_and_lifts_with_a_reason_and_it_is_in_the_audit(
    run: Run, tmp_path: Path
) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            given_some(house)
            admin, boss = await Browser.of(house, "admin"), await Browser.of(house, "boss")
            why = {"why": "民事诉讼 2026-17"}
            assert codes(await boss.ask("PUT", "/recordings/r1/hold", json=why))[0] == 403
            for bad in ({}, {"why": ""}, {"why": "   "}, {"why": "x" * 501}):
                assert (await admin.ask("PUT", "/recordings/r1/hold", json=bad)).status_code == 422
            held = (await admin.ask("PUT", "/recordings/r1/hold", json=why)).json
            assert (held["hold_why"], held["hold_by"]) == (why["why"], "admin")
            assert await found(admin, "held=true") == ["r1"]
            assert codes(await admin.ask("DELETE", "/recordings/r1")) == (409, "audio_held")
            assert (await admin.ask("DELETE", "/recordings/r1/hold")).json["hold_why"] == ""
            assert (await admin.ask("DELETE", "/recordings/r1")).status_code == 204
            assert codes(await admin.ask("PUT", "/recordings/r1/hold", json=why)) == (
                409,
                "audio_gone",
            )
            assert (await fetched(house, "/recordings/r1/audio", admin))[0] == 404
            deeds = [(d.what, d.subject) for d in house.ports.people.deeds(10)]
            assert deeds[:3] == [(f"keeping.{deed}", "r1") for deed in ("erase", "lift", "hold")]
            assert (await admin.ask("GET", "/recordings/kept")).json["going"] == 1

    run(scenario(), 20.0)


def test_marks_and_peaks_are_for_a_player_and_name_no_key(run: Run, tmp_path: Path) -> None:
    async def scenario() -> None:
        async with open_house(tmp_path) as house:
            given_some(house)
            marks = (
                Mark(at=BEGAN - 20, what="began", offer=OfferId("o1")),
                Mark(at=BEGAN - 15, what="paused"),
                Mark(at=BEGAN - 10, what="unpaused"),
            )
            keep(house, replace(answered(1), marks=marks, keys=("6222021234",)))
            boss = await Browser.of(house, "boss")
            detail = await boss.ask("GET", "/recordings/r1")
            [pause] = detail.json["marks"]
            assert (pause["what"], pause["at_s"], pause["until_s"]) == ("paused", 5.0, 10.0)
            assert "6222021234" not in detail.text
            (tmp_path / "spool").mkdir()
            peaks = (await boss.ask("GET", "/recordings/r1/peaks")).json
            assert peaks["seconds"] == 20.0
            assert [len(channel) for channel in peaks["channels"]] == [200, 200]

    run(scenario(), 30.0)
