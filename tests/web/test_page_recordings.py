"""Recordings in a real browser: found, played, who listened, held."""

import hashlib
import math
import os
import struct
import wave
from pathlib import Path

import pytest
from msgspec.structs import replace
from playwright.sync_api import Page, expect

from calls.ids import CallId, OfferId, RecordingId
from calls.record import Mark
from recordings.model import Recording
from tests.conftest import Run
from tests.web.house import SALES, SUPPORT, WANG, House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import BEGAN, NUMBER, answered, keep
from tests.web.test_page_access import LOOKS, faults

pytestmark = pytest.mark.integration

R1 = RecordingId("r1")
SECONDS = 24.0
SHOTS = os.environ.get("THREERING_SHOTS", "")
"""A folder: pictures of the pages are left there."""


def given_a_talk(house: House) -> None:
    """r1: caller and agent in turn, paused from second 10 to 14, held before; and two others."""
    file = house.folder / "talk" / "r1.wav"
    file.parent.mkdir(exist_ok=True)
    with wave.open(str(file), "wb") as out:
        out.setparams((2, 2, 8000, 0, "NONE", ""))
        for tenth in range(int(SECONDS * 10)):
            at = tenth / 10
            paused = 10 <= at < 14
            loud = (0.0, 0.0) if paused else _loud(at)
            for n in range(800):
                tone = math.sin(2 * math.pi * 300 * (at + n / 8000))
                out.writeframesraw(struct.pack("<hh", *(int(tone * side) for side in loud)))
    data = file.read_bytes()
    (house.folder / "spool").mkdir(exist_ok=True)
    house.recordings.add(
        Recording(id=R1, call=CallId("main-1"), path="talk/r1.wav", place="here", seconds=SECONDS,
                  bytes=len(data), sha256=hashlib.sha256(data).hexdigest(), queue=SALES, agent=WANG,
                  offer=OfferId("o1"), number=NUMBER, made_at=BEGAN + 100)
    )  # fmt: skip
    house.recordings.score(R1, 87.0)
    house.recordings.add(
        Recording(id=RecordingId("r2"), call=CallId("main-2"), queue=SUPPORT, flaw="missing",
                  number="+8613912345678", made_at=BEGAN + 60)
    )  # fmt: skip
    house.recordings.add(
        Recording(id=RecordingId("v1"), call=CallId("main-3"), kind="voicemail", seconds=31.0,
                  path="voicemail/v1.wav", place="here", number=NUMBER, made_at=BEGAN)
    )  # fmt: skip
    began = BEGAN + 100 - SECONDS - 60
    marks = (
        Mark(at=began, what="began", offer=OfferId("o1")),
        Mark(at=began + 5, what="held"),
        Mark(at=began + 65, what="resumed"),
        Mark(at=began + 70, what="paused"),
        Mark(at=began + 74, what="unpaused"),
    )
    keep(house, replace(answered(1), marks=marks))


def _loud(at: float) -> tuple[float, float]:
    wave_ = 9000 * abs(math.sin(at * 1.7)) + 800
    return (wave_, 300.0) if int(at / 3) % 2 else (300.0, wave_)


def shot(page: Page, name: str) -> None:
    if SHOTS:
        page.wait_for_timeout(500)
        page.screenshot(path=f"{SHOTS}/{name}.png")


@pytest.mark.parametrize(("language", "scheme"), LOOKS)
def test_rec_14_a_talk_is_found_and_heard_from_where_somebody_wants(
    run: Run, tmp_path: Path, language: str, scheme: str
) -> None:
    zh = language == "zh-CN"

    def act(page: Page, house: House, tell: Tell) -> None:
        given_a_talk(house)
        sign_in(page)
        page.get_by_role("link", name="录音" if zh else "Recordings").click()
        expect(page.locator("#recordings tbody tr")).to_have_count(3)
        shot(page, f"recordings-{language}-{scheme}")
        assert faults(page) == []
        page.get_by_label("主叫号码" if zh else "Caller").fill("138 1234 5678")
        page.get_by_label("类型" if zh else "Kind").select_option("talk")
        page.keyboard.press("Enter")
        expect(page.locator("#recordings tbody tr")).to_have_count(1)
        page.locator("#recordings a").click()
        expect(page.locator(".player-mark")).to_have_count(2)
        assert house.recordings.heard(R1) == [], "who has not played it has not listened"
        placed = "(one) => getComputedStyle(one).position"
        assert page.locator('.player-drawn [part="cursor"]').evaluate(placed) == "absolute"
        shot(page, f"recording-{language}-{scheme}")
        assert faults(page) == []
        paused = page.locator('.player-mark[data-what="paused"]')
        whole = page.locator(".player-drawn").bounding_box()
        box = paused.bounding_box()
        assert whole is not None
        assert box is not None
        assert (box["x"] - whole["x"]) / whole["width"] == pytest.approx(10 / 24, abs=0.01)
        assert box["width"] / whole["width"] == pytest.approx(4 / 24, abs=0.01)
        page.locator('.player-marks [data-what="paused"] button').click()
        expect(page.locator(".player .clock")).to_contain_text("0:10")
        page.locator("h1").click()
        page.keyboard.press("ArrowRight")
        expect(page.locator(".player .clock")).to_contain_text("0:15")
        page.keyboard.press("Space")
        expect(page.locator(".player .clock")).to_contain_text("0:16")
        page.keyboard.press("Space")
        page.reload()
        expect(page.locator("#heard tbody tr")).to_have_count(1)
        expect(page.locator("#heard tbody tr")).to_contain_text("admin")

    in_browser(run, tmp_path, act, language, scheme)


def test_rec_10_an_admin_holds_a_recording_and_says_why(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        given_a_talk(house)
        sign_in(page)
        page.goto(f"{house.base}/recordings/r1")
        page.get_by_role("button", name="Put under legal hold").click()
        page.get_by_label("Why").fill("Case 2026-17")
        page.keyboard.press("Enter")
        expect(page.locator(".recording-held")).to_contain_text("Held by admin: Case 2026-17")
        expect(page.get_by_role("button", name="Delete the audio")).to_have_count(0)
        page.get_by_role("button", name="Lift the hold").click()
        expect(page.locator(".recording-held")).to_have_count(0)
        page.get_by_role("button", name="Delete the audio").click()
        page.get_by_role("dialog").get_by_role("button", name="Delete the audio").click()
        found = house.recordings.find(R1)
        expect(page.get_by_role("dialog")).to_have_count(0)
        found = house.recordings.find(R1)
        assert found is not None
        assert found.place == "going"

    in_browser(run, tmp_path, act)


def test_an_agent_finds_her_own_talks_alone(run: Run, tmp_path: Path) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        given_a_talk(house)
        sign_in(page, "a8001")
        page.goto(f"{house.base}/recordings")
        expect(page.locator("#recordings tbody tr")).to_have_count(1)
        page.locator("#recordings a").click()
        expect(page.locator(".player-mark")).to_have_count(2)
        expect(page.locator("#heard")).to_have_count(0)
        page.goto(f"{house.base}/recordings/r2")
        expect(page.get_by_role("alert")).to_contain_text("r2")

    in_browser(run, tmp_path, act)
