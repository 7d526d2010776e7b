"""How good the voice was, on the pages that show it."""

from pathlib import Path

import pytest
from playwright.sync_api import Page, expect

from calls.ids import AgentId, CallId, DeviceId
from calls.voice import Voice, Way
from tests.conftest import Run
from tests.web.house import House
from tests.web.page import Tell, in_browser, sign_in
from tests.web.records import answered, keep, keep_recording
from tests.web.scene import busy_floor
from tests.web.test_page_access import faults
from tests.web.test_page_scope import shot

pytestmark = pytest.mark.integration

LOOKS = [
    ("zh-CN", "light", "今日语音最差", "较差", "本次通话语音质量"),
    ("en", "dark", "Worst voice today", "poor", "Voice of this call"),
]


def voice(channel: str, agent: str | None, score: float, at: float) -> Voice:
    return Voice(
        call=CallId("main-1"),
        channel=channel,
        at=at,
        agent=AgentId(agent) if agent else None,
        device=DeviceId(f"d{agent}") if agent else None,
        came=Way(packets=900, loss=3.2, jitter_ms=31.5, score=score),
        went=Way(packets=900, loss=0.1, jitter_ms=2.0, score=88.0),
        round_trip_ms=42.0,
    )


@pytest.mark.parametrize(("language", "scheme", "worst", "poor", "title"), LOOKS)
def test_pho_8_whose_telephone_sounded_worst_is_on_the_board(
    run: Run, tmp_path: Path, language: str, scheme: str, worst: str, poor: str, title: str
) -> None:
    def act(page: Page, house: House, tell: Tell) -> None:
        now = house.ports.clock.now()
        house.ports.voices.keep(
            [
                voice("1.2", "a8001", 52.0, now),
                voice("1.1", None, 86.0, now),
                voice("2.2", "a8002", 84.0, now),
            ]
        )
        keep(house, answered(1))
        keep_recording(house)
        tell(*busy_floor(now))
        sign_in(page)
        rows = page.locator("#worst-voice tbody tr")
        expect(rows).to_have_count(2)
        expect(rows.first).to_contain_text("王芳")
        expect(rows.first).to_contain_text("2.6")
        expect(rows.first).to_contain_text(poor)
        expect(page.locator("#voice-title")).to_have_text(worst)
        assert faults(page) == []
        page.locator("#worst-voice").scroll_into_view_if_needed()
        shot(page, f"voice-board-{language}")
        page.goto(f"{house.base}/recordings/r1")
        expect(page.get_by_role("heading", name=title)).to_be_visible()
        expect(page.locator(".voices tbody tr")).to_have_count(6)
        expect(page.locator(".voices")).to_contain_text("31.5")
        shot(page, f"voice-call-{language}")
        assert faults(page) == []

    in_browser(run, tmp_path, act, language, scheme)
