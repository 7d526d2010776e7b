"""Callers on web pages, as Asterisk sees them: a called number, one call, and nothing else."""

import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from calls.ids import DeviceId
from telephony.asterisk.browser_lines import BrowserLines, CallerLine, _objects_of_caller
from telephony.asterisk.instance import Instance
from telephony.asterisk.ports import free_ports
from telephony.asterisk.settings import AsteriskSettings
from telephony.robots import sipp
from telephony.robots.scenario import StayUntilHungUp
from telephony.robots.sipp import Robot, Switch
from tests.telephony.real_asterisk import (
    AgiLine,
    ScriptedController,
    call,
    hung_up_on,
    root,
    serve_and_leave,
    settings_in,
)

pytestmark = pytest.mark.e2e
CALLER = "web-0123456789ab"
LINE = CallerLine(id=DeviceId("page-1"), secret="first-secret", caller=CALLER)


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Instance]:
    with TemporaryDirectory(prefix="tr-", dir="/tmp") as folder:
        settings = replace(settings_in(Path(folder)), page_numbers=("+864008001234", "1001"))
        with Instance(settings, root()) as running:
            yield running


@contextmanager
def admitted(asterisk: Instance) -> Iterator[AsteriskSettings]:
    """Without encryption, which SIPp does not know: that alone differs from a page's line."""
    settings = asterisk.settings
    lines = BrowserLines(settings.http_port, settings.http_secret)
    for kind, fields in _objects_of_caller(LINE).items():
        plain = {k: v for k, v in fields.items() if k not in ("webrtc", "dtls_auto_generate_cert")}
        lines._put(kind, LINE.id, plain)
    yield settings


def dials(
    settings: AsteriskSettings, folder: Path, number: str, secret: str = LINE.secret
) -> Robot:
    sip, media = free_ports(2)
    return sipp.callers(
        folder / f"caller-{sip}",
        Switch("127.0.0.1", settings.sip_port),
        (StayUntilHungUp(20),),
        dial=number,
        number=LINE.id,
        name="13812345678",
        sip_port=sip,
        rtp_port=media,
        secret=secret,
    )


def test_a_caller_on_a_page_reaches_called_numbers_alone(
    asterisk: Instance, tmp_path: Path
) -> None:
    with (
        admitted(asterisk) as settings,
        ScriptedController(settings.agi_port, serve_and_leave) as controller,
    ):
        for number in ("8001", "page-1", "s", "page-caller", "watch-00ff", "*78", "+861065432100"):
            assert not hung_up_on(dials(settings, tmp_path, number)), number
        assert controller.environments == []
        assert hung_up_on(dials(settings, tmp_path, "+864008001234"))
        [environment] = controller.environments
    # What she shows is what the controller gave her, whatever she says of herself.
    assert environment["agi_callerid"] == CALLER
    assert environment["agi_calleridname"] in ("", "unknown")
    assert environment["agi_dnid"] == "+864008001234"
    assert environment["agi_rdnis"] == "unknown"


def test_nobody_behind_a_trunk_passes_for_a_caller_on_a_page(
    asterisk: Instance, tmp_path: Path
) -> None:
    settings = asterisk.settings
    with ScriptedController(settings.agi_port, serve_and_leave) as controller:
        assert hung_up_on(call(settings, tmp_path, called="1001", number=CALLER))
        [environment] = controller.environments
    assert environment["agi_callerid"] == "unknown"


def test_one_line_carries_one_call(asterisk: Instance, tmp_path: Path) -> None:
    def stay(line: AgiLine) -> None:
        line.ask("WAIT FOR DIGIT 4000")
        serve_and_leave(line)

    with (
        admitted(asterisk) as settings,
        ScriptedController(settings.agi_port, stay) as controller,
    ):
        first = dials(settings, tmp_path, "1001")
        until_happened(first, "connected")
        second = dials(settings, tmp_path, "1001")
        assert not hung_up_on(second)
        assert "486" in second.complaints()
        assert hung_up_on(first)
        assert len(controller.environments) == 1


def test_a_secret_that_was_replaced_calls_nobody_and_nothing_rings_a_caller(
    asterisk: Instance, tmp_path: Path
) -> None:
    with (
        admitted(asterisk) as settings,
        ScriptedController(settings.agi_port, serve_and_leave) as controller,
    ):
        BrowserLines(settings.http_port, settings.http_secret).admit_caller(
            replace(LINE, secret="second-secret")
        )
        assert not hung_up_on(dials(settings, tmp_path, "1001"))
        assert controller.environments == []
        switch = Switch("127.0.0.1", settings.sip_port)
        with pytest.raises(sipp.RobotFailed):
            sipp.register(tmp_path / "r", switch, [(LINE.id, "second-secret")], sip_port=5998)


def test_what_no_line_may_be_called_never_reaches_asterisk(asterisk: Instance) -> None:
    lines = BrowserLines(asterisk.settings.http_port, asterisk.settings.http_secret)
    for name in ("d8001", "page-", "page-1;x", "../page-1", "trunk-line"):
        with pytest.raises(ValueError, match="caller's line"):
            lines.admit_caller(replace(LINE, id=DeviceId(name)))
    for caller in ("13812345678", "web-0123456789AB", "web-0123456789ab>", ""):
        with pytest.raises(ValueError, match="web caller"):
            lines.admit_caller(replace(LINE, caller=caller))


def until_happened(robot: Robot, word: str) -> None:
    end = time.monotonic() + 10
    while not any(line.word == word for line in robot.log()):
        assert time.monotonic() < end, f"never {word}"
        time.sleep(0.05)
