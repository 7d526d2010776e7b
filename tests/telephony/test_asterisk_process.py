"""Asterisk as a process: it comes up, obeys its manager, and leaves nothing behind."""

import asyncio
import dataclasses
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from calls.ids import DeviceId
from telephony.asterisk.boot import NotBooted, wait_booted
from telephony.asterisk.instance import Instance
from telephony.asterisk.ports import PortTaken, free_ports
from telephony.asterisk.render import AMI_EVENTS
from telephony.asterisk.settings import AsteriskSettings, DeviceLogin
from tests.conftest import Run
from tests.telephony.real_asterisk import (
    VAR,
    AgiLine,
    ScriptedController,
    call,
    hung_up_on,
    root,
    serve_and_leave,
    settings_in,
)

pytestmark = pytest.mark.e2e

DESK = DeviceLogin(id=DeviceId("desk-1"), secret="a-secret-of-1", number="8001")
LATER = DeviceLogin(id=DeviceId("desk-2"), secret="a-secret-of-2")

PARENT = """
import sys, time
from pathlib import Path
from tests.conftest import Run
from tests.telephony.real_asterisk import root, settings_in
from telephony.asterisk.instance import Instance

instance = Instance(settings_in(Path(sys.argv[1])), root())
instance.start_blocking()
print(instance.pid, flush=True)
time.sleep(60)
"""


@pytest.fixture(scope="module")
def asterisk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Instance]:
    folder = tmp_path_factory.mktemp("hotline")
    with Instance(settings_in(folder, devices=(DESK,)), root()) as instance:
        yield instance


def test_starting_tells_the_version_and_stopping_leaves_nothing_behind(tmp_path: Path) -> None:
    lines: list[str] = []
    instance = Instance(settings_in(tmp_path), root(), lines.append)
    instance.start_blocking()
    pid = instance.pid
    assert pid is not None
    instance.stop_blocking()
    assert int(instance.version.split(".")[0]) >= 22
    assert [line.split()[0] for line in lines] == ["starting", "Asterisk"]
    assert not Path(f"/proc/{pid}").exists()
    assert str(tmp_path) not in Path("/proc/self/mountinfo").read_text()
    assert list((tmp_path / "asterisk" / "jail").iterdir()) == []


def test_starting_and_stopping_do_not_block_the_loop(run: Run, tmp_path: Path) -> None:
    instance = Instance(settings_in(tmp_path), root())
    turns = 0

    async def turning() -> None:
        nonlocal turns
        while True:
            turns += 1
            await asyncio.sleep(0.01)

    async def start_and_stop() -> None:
        meanwhile = asyncio.create_task(turning())
        await instance.start()
        assert instance.running
        await instance.stop()
        meanwhile.cancel()

    run(start_and_stop(), 30)
    assert not instance.running
    assert turns > 5


def test_it_dies_with_its_parent_even_when_that_is_killed(tmp_path: Path) -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT, str(tmp_path)],
        stdout=subprocess.PIPE,
        cwd=VAR.parent,
        text=True,
    )
    assert parent.stdout is not None
    with parent, parent.stdout:
        pid = int(parent.stdout.readline())
        assert Path(f"/proc/{pid}").exists()
        parent.send_signal(signal.SIGKILL)
    _until(lambda: not _alive(pid))
    assert list((tmp_path / "asterisk" / "jail").iterdir()) == []


def test_it_holds_no_capability_and_sees_no_mount_in_the_provisioned_tree(
    asterisk: Instance,
) -> None:
    if not root().enclosed:
        return  # the machine's own Asterisk runs on the machine's own files
    status = Path(f"/proc/{asterisk.pid}/status").read_text()
    held = dict(line.split(":\t") for line in status.splitlines() if line.startswith("Cap"))
    assert {name: int(value, 16) for name, value in held.items()} == {
        "CapInh": 0,
        "CapPrm": 0,
        "CapEff": 0,
        "CapBnd": 0,
        "CapAmb": 0,
    }
    mounts = Path(f"/proc/{asterisk.pid}/mountinfo").read_text()
    tree = str(root().path)
    assert [line for line in mounts.splitlines() if line.split()[4].startswith(tree)] == []


@pytest.mark.skipif(os.geteuid() != 0, reason="only root can come after somebody else")
def test_root_starts_it_on_what_an_ordinary_user_left(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    Instance(settings, root()).render()
    (settings.folder / "log" / "messages.log").touch(mode=0o600)
    for place in (settings.folder, *settings.folder.rglob("*"), settings.voicemail_folder):
        os.chown(place, 12345, 12345)
    with Instance(settings, root()):
        assert (settings.folder / "log" / "messages.log").stat().st_size > 0


def test_a_taken_port_is_named_with_its_owner(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    with (
        socket.create_server(("127.0.0.1", settings.ami_port)),
        pytest.raises(PortTaken, match=rf"port {settings.ami_port} .tcp. .*pid {os.getpid()}\)"),
    ):
        Instance(settings, root()).start_blocking()


def test_a_configuration_it_cannot_read_ends_in_one_sentence(tmp_path: Path) -> None:
    settings = settings_in(tmp_path)
    local = settings.folder / "local"
    local.mkdir(parents=True)
    (local / "modules.conf").write_text("require = no_such_module.so\n")
    instance = Instance(settings, root())
    with pytest.raises(NotBooted, match="Asterisk ended while starting"):
        instance.start_blocking()
    assert not instance.running


def test_a_wrong_secret_is_refused_at_once(asterisk: Instance) -> None:
    with pytest.raises(NotBooted, match="refused the AMI secret"):
        wait_booted(asterisk.settings.ami_port, "not-the-secret", 10, lambda: None)


def test_the_manager_hears_only_what_it_needs(asterisk: Instance, tmp_path: Path) -> None:
    settings = asterisk.settings
    with manager(settings) as link, ScriptedController(settings.agi_port, serve_and_leave):
        assert hung_up_on(call(settings, tmp_path))
        seen = link.until("Event: Hangup")
    events = [line[7:] for line in seen.splitlines() if line.startswith("Event: ")]
    assert set(events) <= set(AMI_EVENTS)
    assert {"Newchannel", "Hangup"} <= set(events)
    assert len(events) <= 3


def test_an_offer_is_told_by_its_own_id_and_costs_few_events(tmp_path: Path) -> None:
    [port] = free_ports(1)
    phone = DeviceLogin(
        id=DeviceId("desk-3"),
        secret="a-secret-of-3",
        static_contact=f"sip:desk-3@127.0.0.1:{port}",
        qualify_s=0,
    )

    def session(line: AgiLine) -> None:
        line.ask('SET VARIABLE __TR_OFFER "o-1"')
        line.ask('EXEC Dial "PJSIP/desk-3,4.9^3,gm(default)"')
        serve_and_leave(line)

    settings = settings_in(tmp_path, devices=(phone,))
    answering = ("sipp", "-sn", "uas", "-i", "127.0.0.1", "-p", str(port), "-nostdin")
    with Instance(settings, root()), ScriptedController(settings.agi_port, session):
        desk = subprocess.Popen(answering, stdout=subprocess.DEVNULL, cwd=tmp_path)
        try:
            with manager(settings) as link:
                caller = call(settings, tmp_path, patience_s=2)  # gives up talking after that
                seen = link.until("Event: DialEnd")
                hung_up_on(caller)
                caller_gone = "Context: hotline\r\n"
                while caller_gone not in seen.rpartition("Event: Hangup")[2]:
                    seen += link.until("Event: Hangup")
        finally:
            desk.kill()
            desk.wait()
    messages = [m for m in seen.split("\r\n\r\n") if m.startswith("Event: ")]
    dial_end = next(m for m in messages if m.startswith("Event: DialEnd"))
    assert "DestChanVariable: TR_OFFER=o-1" in dial_end
    assert "DialStatus: ANSWER" in dial_end
    assert len(messages) <= 13  # one of them is FullyBooted
    assert not [m for m in messages if "Device: PJSIP/trunk-" in m]


def test_the_manager_gets_answers_to_its_lists_and_may_not_run_commands(
    asterisk: Instance,
) -> None:
    with manager(asterisk.settings) as link:
        link.send("Action: DeviceStateList")
        assert "Device: PJSIP/desk-1" in link.until("Event: DeviceStateListComplete")
        link.send("Action: CoreShowChannels")
        link.until("Event: CoreShowChannelsComplete")
        link.send("Action: Command\r\nCommand: core show version")
        assert "Permission denied" in link.until("Response: Error")


def test_a_device_added_later_is_there_without_a_restart(asterisk: Instance) -> None:
    before = asterisk.pid
    asterisk.reconfigure(dataclasses.replace(asterisk.settings, devices=(DESK, LATER)))

    def is_there() -> bool:
        with manager(asterisk.settings) as link:
            link.send("Action: GetVar\r\nVariable: PJSIP_ENDPOINT(desk-2,context)")
            return "Value: from-device" in link.until("Response: ")

    _until(is_there)
    assert asterisk.pid == before


class ManagerLink:
    def __init__(self, link: socket.socket) -> None:
        self._link = link
        self._seen = ""

    def send(self, action: str) -> None:
        self._link.sendall(f"{action}\r\n\r\n".encode())

    def until(self, mark: str) -> str:
        """Everything up to and with the message that has ``mark`` in it."""
        while mark not in self._seen or not self._seen.endswith("\r\n\r\n"):
            chunk = self._link.recv(65536)
            assert chunk, f"closed before {mark}: {self._seen}"
            self._seen += chunk.decode()
        seen, self._seen = self._seen, ""
        return seen


@contextmanager
def manager(settings: AsteriskSettings) -> Iterator[ManagerLink]:
    with socket.create_connection(("127.0.0.1", settings.ami_port), timeout=10) as raw:
        link = ManagerLink(raw)
        link.send(f"Action: Login\r\nUsername: threering\r\nSecret: {settings.ami_secret}")
        link.until("Event: FullyBooted")
        yield link


def _until(true: Callable[[], bool], limit_s: float = 10) -> None:
    deadline = time.monotonic() + limit_s
    while not true():
        assert time.monotonic() < deadline, "did not become true in time"
        time.sleep(0.05)


def _alive(pid: int) -> bool:
    """A zombie that nobody has collected yet is dead."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except FileNotFoundError:
        return False
