"""Browsers' telephones are put into a running Asterisk, which is not reloaded for it."""

import socket
import time
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest

from calls.ids import DeviceId
from telephony.asterisk.browser_lines import BrowserLine, BrowserLines, NotAdmitted
from telephony.asterisk.http_door import HttpDoor
from telephony.asterisk.instance import Instance
from telephony.asterisk.settings import DeviceLogin
from telephony.robots import sipp
from telephony.robots.sipp import Switch
from tests.telephony.real_asterisk import root, settings_in

pytestmark = pytest.mark.e2e


@pytest.fixture(scope="module")
def asterisk() -> Iterator[Instance]:
    with (
        TemporaryDirectory(prefix="tr-", dir="/tmp") as folder,
        Instance(settings_in(Path(folder)), root()) as running,
    ):
        yield running


def lines(asterisk: Instance) -> BrowserLines:
    return BrowserLines(asterisk.settings.http_port, asterisk.settings.http_secret)


def registers(asterisk: Instance, folder: Path, secret: str, device: str = "b1") -> bool:
    switch = Switch("127.0.0.1", asterisk.settings.sip_port)
    try:
        sipp.register(folder, switch, [(device, secret)], sip_port=5999)
    except Exception:
        return False
    return True


def test_pho_1_only_the_newest_secret_of_a_browser_registers(
    asterisk: Instance, tmp_path: Path
) -> None:
    lines(asterisk).admit(BrowserLine(id=DeviceId("b1"), secret="first-secret"))
    assert registers(asterisk, tmp_path / "1", "first-secret")
    lines(asterisk).admit(BrowserLine(id=DeviceId("b1"), secret="second-secret", number="8001"))
    assert not registers(asterisk, tmp_path / "2", "first-secret")
    assert registers(asterisk, tmp_path / "3", "second-secret")


def test_pho_1_what_no_device_may_be_called_never_reaches_asterisk(asterisk: Instance) -> None:
    for name in ("trunk-line", "a/../b", "", "b 1", "坐席"):
        with pytest.raises(ValueError, match="device id"):
            lines(asterisk).admit(BrowserLine(id=DeviceId(name), secret="first-secret"))


def test_pho_1_an_asterisk_that_is_away_or_refuses_is_said_to() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    with pytest.raises(NotAdmitted, match=str(port)):
        BrowserLines(port, "x").admit(BrowserLine(id=DeviceId("b1"), secret="first-secret"))


def test_adm_10_a_desk_telephone_is_added_to_a_running_asterisk_and_browsers_stay(
    asterisk: Instance, tmp_path: Path
) -> None:
    lines(asterisk).admit(BrowserLine(id=DeviceId("b1"), secret="second-secret"))
    added = DeviceLogin(id=DeviceId("d9"), secret="desk-secret", number="8009")
    settings = replace(asterisk.settings, devices=(added,))
    assert not registers(asterisk, tmp_path / "1", "desk-secret", "d9")
    Instance(settings, root()).render()
    HttpDoor(settings.http_port, settings.http_secret).reload_telephones()
    assert soon(lambda n: registers(asterisk, tmp_path / f"2-{n}", "desk-secret", "d9"))
    assert registers(asterisk, tmp_path / "3", "second-secret")
    assert asterisk.running


def soon(holds: Callable[[int], bool]) -> bool:
    """Asterisk reads its files on a thread of its own."""
    for n in range(50):
        if holds(n):
            return True
        time.sleep(0.1)
    return False


def test_pho_1_asterisks_http_lets_in_nobody_without_its_secret(asterisk: Instance) -> None:
    wrong = BrowserLines(asterisk.settings.http_port, "wrong-secret")
    with pytest.raises(NotAdmitted, match="401"):
        wrong.admit(BrowserLine(id=DeviceId("b1"), secret="first-secret"))
