"""One measured floor: a real Asterisk with both hotlines on it, real phones, real callers.

Everything lives in a short folder under /tmp and on free ports, and is gone at the end. The
controller runs only while ours is measured, so that it costs app_queue nothing.
"""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from http import HTTPStatus
from pathlib import Path

from bench import peer, sound, tap
from bench import site as sites
from bench.site import Plan
from calls.ids import DeviceId
from ivr.document import dump_tree
from ivr.service import TreeBook
from ivr.sql_store import SqlTrees
from runtime.local_door import local_client
from runtime.site import Site, open_site
from runtime.web.client import ApiRefused, Client, Unreachable
from storage.database import Database
from telephony.asterisk.instance import Instance
from telephony.asterisk.ports import free_ports
from telephony.asterisk.root import find_root
from telephony.robots import sipp
from telephony.robots.scenario import Behaviour, CallerStep, Press, StayUntilHungUp, Wait
from telephony.robots.sipp import Logged, Robot, Switch

OURS, PEER = "ours", "app_queue"
NUMBERS = {OURS: sites.OURS, PEER: sites.PEERS}
VAR = Path(__file__).parent.parent / "var"
PHONES_RTP, CALLERS_RTP = 20000, 26000
PEOPLE = 1000
"""As many numbers call, in turn."""
OPEN_LIMIT_S = 90.0
PRESS = (Wait(0.3), Press(sites.KEY))


@dataclass(slots=True)
class Floor:
    plan: Plan
    folder: Path
    site: Site
    asterisk: Instance
    phones: Robot
    ami_port: int
    like_us: tap.TapUser | None = None
    """Hears what the controller hears."""
    controller: "subprocess.Popen[bytes] | None" = None
    _robots: list[Robot] = field(default_factory=list)

    @property
    def pids(self) -> list[int]:
        """Asterisk's, and the controller's while there is one."""
        found = [self.asterisk.pid, self.controller.pid if self.controller else None]
        return [pid for pid in found if pid]

    @contextmanager
    def side(self, name: str) -> Iterator[None]:
        """Run the controller for ours, and nothing for the peer."""
        if name == OURS:
            self.controller = _open_controller(self.site, self.folder)
        try:
            yield
        finally:
            self.sweep()
            if self.controller is not None:
                _end(self.controller)
                self.controller = None

    def call(
        self,
        side: str,
        *,
        calls: int,
        rate: float,
        at_once: int = 0,
        steps: tuple[CallerStep, ...] = (*PRESS, StayUntilHungUp(600)),
    ) -> Robot:
        """Callers of one side, each pressing the key and staying until released."""
        folder = Path(tempfile.mkdtemp(dir=self.folder, prefix="c"))
        robot = sipp.callers(
            folder,
            self.switch,
            steps,
            dial=NUMBERS[side],
            numbers=[f"138{n:08d}" for n in range(min(calls, PEOPLE))],
            calls=calls,
            rate=rate,
            at_once=at_once,
            sip_port=free_ports(1)[0],
            rtp_port=CALLERS_RTP + 2000 * (len(self._robots) % 3),
        )
        self._robots.append(robot)
        return robot

    @property
    def switch(self) -> Switch:
        listen = self.site.configuration.settings.listen
        return Switch(listen.address, listen.sip_port)

    def at_phones(self, since: float) -> list[Logged]:
        """What the phones logged from then on, oldest first."""
        return sorted((line for line in self.phones.log() if line.at >= since), key=lambda e: e.at)

    def send_everybody_home(self) -> None:
        """Every agent logs out: whoever calls now waits."""
        with local_client(self.site) as api:
            for agent in self.site.configuration.floor.agents:
                api.post(f"/agents/{agent.id}/log-out")

    def sweep(self) -> None:
        """No callers, no calls: nothing of one measurement is left for the next."""
        sipp.stop_all(self._robots)
        self._robots.clear()
        tap.hang_up_everybody(self.ami_port)
        wait_for(lambda: tap.channels(self.ami_port) == 0, 30, "calls that do not end")

    def warm_up(self, side: str, calls: int = 5) -> None:
        """A few calls that do not count: caches fill, and it is seen that the path works."""
        began = time.time()
        robot = self.call(side, calls=calls, rate=5)
        wait_for(lambda: not robot.running, 60, f"{side}: warm-up calls do not end")
        lifted = sum(line.word == "lifted" for line in self.at_phones(began))
        if lifted != calls:
            raise RuntimeError(f"{side}: {lifted} of {calls} warm-up calls reached a phone")


def wait_for(done: Callable[[], bool], limit_s: float, otherwise: str) -> None:
    """Raises TimeoutError(otherwise) when it is not so within ``limit_s`` seconds."""
    until = time.monotonic() + limit_s
    while not done():
        if time.monotonic() > until:
            raise TimeoutError(otherwise)
        time.sleep(0.05)


@contextmanager
def floor(
    plan: Plan, behaviour: Behaviour, taps: Sequence[tap.TapUser] = (), *, like_us: bool = False
) -> Iterator[Floor]:
    """Open a floor of this plan, every phone registered. ``like_us``: also have a tap user that
    hears what the controller hears."""
    with ExitStack() as parts:
        folder = Path(tempfile.mkdtemp(prefix="trb", dir="/tmp"))
        parts.callback(shutil.rmtree, folder, ignore_errors=True)
        ports = free_ports(6)
        names = ("SIP", "AMI", "AGI", "ASTERISK_HTTP", "WEB")
        environment = {f"THREERING_{n}_PORT": str(p) for n, p in zip(names, ports, strict=False)}
        environment["THREERING_TLS_PORT"] = "0"
        environment["THREERING_RTP_FIRST"] = str(sites.RTP_FIRST)
        environment["THREERING_RTP_LAST"] = str(sites.RTP_LAST)
        os.environ.update(environment)
        site = _prepare(folder, plan)
        asterisk = Instance(site.asterisk(), find_root(VAR))
        peer.install(asterisk.settings.folder, plan, site.prompts)
        users = list(taps)
        ear = _ear_like_ours(asterisk) if like_us else None
        users += [ear] if ear else []
        tap.install(asterisk.settings.folder, *users)
        parts.enter_context(asterisk)
        phones_port = ports[5]
        _register(folder, site, plan, phones_port)
        tone = folder / "voice.ul"
        sound.write_ulaw(tone, 2.0)
        phones = sipp.phones(
            folder / "phones", behaviour, sip_port=phones_port, rtp_port=PHONES_RTP, audio=tone
        )
        parts.callback(phones.stop)
        yield Floor(plan, folder, site, asterisk, phones, ports[1], ear)


def _prepare(folder: Path, plan: Plan) -> Site:
    sites.write_configuration(folder / "config", plan)
    site = open_site(folder / "config")
    sites.write_audio(site.prompts, plan)
    database = Database(site.configuration.settings.database_url)
    database.migrate()
    TreeBook(SqlTrees(database)).install(dump_tree(sites.tree(plan)), "bench", time.time())
    database.engine.dispose()
    return site


def _ear_like_ours(asterisk: Instance) -> tap.TapUser:
    asterisk.render()
    return tap.like_the_controller((asterisk.settings.folder / "etc" / "manager.conf").read_text())


def _register(folder: Path, site: Site, plan: Plan, port: int) -> None:
    listen = site.configuration.settings.listen
    logins = [(d, site.secrets.device(DeviceId(d))) for d in plan.devices]
    sipp.register(folder / "reg", Switch(listen.address, listen.sip_port), logins, sip_port=port)


def _open_controller(site: Site, folder: Path) -> "subprocess.Popen[bytes]":
    """The controller as `run` starts it, every agent logged in and ready."""
    config = str(site.configuration.folder)
    with (folder / "controller.txt").open("ab") as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "runtime", "controller", "--config", config],
            stdout=said,
            stderr=said,
        )
    try:
        with local_client(site) as api:
            wait_for(partial(_answers, api, process), OPEN_LIMIT_S, "the controller is not ready")
            for agent in site.configuration.floor.agents:
                for step in ("log-in", "ready"):
                    _unless_done(api, f"/agents/{agent.id}/{step}")
    except BaseException as error:
        _end(process)
        why = (folder / "controller.txt").read_text()[-1500:]
        raise RuntimeError(f"{error} {why}") from error
    return process


def _unless_done(api: Client, step: str) -> None:
    try:
        api.post(step)
    except ApiRefused as refused:
        # The journal knows it from the last time.
        if refused.status != HTTPStatus.CONFLICT:
            raise


def _answers(api: Client, process: "subprocess.Popen[bytes]") -> bool:
    if process.poll() is not None:
        raise RuntimeError(f"the controller ended with code {process.returncode}")
    try:
        api.get("//ready")
    except (ApiRefused, Unreachable):
        return False
    return True


def _end(process: "subprocess.Popen[bytes]") -> None:
    process.terminate()
    try:
        process.wait(15)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()
