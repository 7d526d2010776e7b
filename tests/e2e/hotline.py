"""A whole hotline for tests, in scenario words: given an agent, when she calls, then the record.

Everything goes through the doors people use: SIP, the HTTP API, the command line, and signals.
"""

import fcntl
import io
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeVar

import yaml
from rich.console import Console

from agent_softphone_bridge.model import Person
from agent_softphone_bridge.passwords import Passwords
from agent_softphone_bridge.sql_store import SqlPeople
from calls.ids import AgentId, DeviceId
from calls.words import Role
from ivr.speech.house_prompts import HOUSE_PROMPTS
from recordings.opened import open_source, ring_of, shelves_of
from runtime.clock import WallClock
from runtime.commands.tables import show_calls, show_tickets
from runtime.commands.trees import publish_file
from runtime.prepare import prepare_prompts, shipped_trees
from runtime.site import Site, open_site
from runtime.web.client import ApiRefused, Client, Unreachable
from storage.database import Database
from telephony.asterisk.ports import free_ports
from telephony.robots import sipp
from telephony.robots.scenario import Behaviour, CallerStep, Press, Sometimes, StayUntilHungUp, Wait
from telephony.robots.sipp import Logged, Robot, Switch

REPOSITORY = Path(__file__).parents[2]
PROMPTS = REPOSITORY / "var" / "test-prompts"
"""Spoken once for all tests of this checkout."""
QUIET = Console(quiet=True)
PASSWORD = "correct-horse-battery"
NUMBER = "1001"
"""Called number of the quick tree: straight into the queue, recording consented to."""
PATIENCE_S = 60.0
"""After that a test gives up waiting for what should have happened. A busy machine may take long;
how long is what ``bench`` looks at, and a test that needs it sooner says so."""
T = TypeVar("T")


def until(look: Callable[[], T | None], what: str, tries_s: float = PATIENCE_S) -> T:
    """What ``look`` gives as soon as it is something; AssertionError naming ``what`` after that."""
    end = time.monotonic() + tries_s
    while True:
        found = look()
        if found:
            return found
        if time.monotonic() > end:
            raise AssertionError(f"never happened in {tries_s:g} s: {what}")
        time.sleep(0.05)


@dataclass
class Caller:
    robot: Robot

    def happened(self, word: str) -> Logged | None:
        return next((line for line in self.robot.log() if line.word == word), None)

    def ended(self, timeout_s: float = 60.0) -> None:
        """Wait until her script is over."""
        self.robot.ended(timeout_s)

    def hangs_up(self) -> None:
        """Now, whatever she is doing."""
        self.robot.hang_up()


@dataclass
class Phone:
    robot: Robot
    device: str
    port: int

    def hangs_up(self) -> None:
        """Whoever holds the receiver puts it down now."""
        self.robot.hang_up()

    def log(self) -> list[Logged]:
        return self.robot.log()

    def times(self, word: str) -> list[float]:
        return [line.at for line in self.robot.log() if line.word == word]


@dataclass
class Hotline:
    folder: Path
    site: Site
    environment: dict[str, str]
    outside_port: int
    """Where the trunk leads: see ``beyond_the_trunk``."""
    process: subprocess.Popen[bytes] | None = None
    client: Client = field(init=False)
    robots: list[Robot] = field(default_factory=list)
    _count: int = 0

    # --- the hotline itself ----------------------------------------------------------------

    def opens(self, *more: str) -> None:
        """`threering run`, until it is ready and we are signed in. ``more``: options of it."""
        command = [sys.executable, "-m", "runtime", "run", *more]
        with open(self.folder / "run.log", "ab") as log:
            self.process = subprocess.Popen(
                [*command, "--config", str(self.folder / "config")],
                env=self.environment,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
            )
        self.waits_until_open()

    def waits_until_open(self) -> None:
        web = self.site.configuration.settings.web
        self.client = Client(f"http://{web.address}:{web.port}", timeout_s=PATIENCE_S)
        until(self._signs_in, f"the hotline opens; see {self.folder}/run.log", 2 * PATIENCE_S)

    def _signs_in(self) -> bool:
        assert self.process is not None
        if self.process.poll() is not None:
            raise AssertionError((self.folder / "run.log").read_text())
        try:
            self.client.sign_in("boss", PASSWORD)
        except (ApiRefused, Unreachable):
            return False
        return True

    def closes(self) -> int:
        """Ctrl-C; the exit code."""
        assert self.process is not None
        self.process.send_signal(signal.SIGINT)
        return self.process.wait(30)

    def publishes(self, tree: Path) -> None:
        publish_file(self.site, tree, WallClock(), QUIET)

    def controller_pid(self) -> int:
        return int(until(self._controller, "a controller runs"))

    def _controller(self) -> int | None:
        assert self.process is not None
        for child in (
            Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
        ):
            with suppress(OSError):  # it may end while we look
                if b"controller" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                    return int(child)
        return None

    # --- people ----------------------------------------------------------------------------

    def agent_ready(self, agent: str, behaviour: Behaviour | Sometimes) -> Phone:
        """The agent's desk phone is registered and behaves so; she is logged in and ready."""
        phone = self.phone(agent.replace("a", "d"), behaviour)
        self.ready(agent)
        return phone

    def ready(self, agent: str) -> None:
        self.client.post(f"/agents/{agent}/log-in", {})
        self.client.post(f"/agents/{agent}/ready", {})
        until(lambda: self.state(agent) == "ready", f"{agent} is ready")

    def logged_out(self, *agents: str) -> None:
        for agent in agents or [a.id for a in self.site.configuration.floor.agents]:
            if self.state(agent) != "logged_out":
                self.client.post(f"/agents/{agent}/log-out", {})

    def audio_of(self, path: str) -> Path:
        """A copy of kept audio, as it is heard."""
        where = self.site.audio
        source = open_source(shelves_of(where).find(path), ring_of(where))
        heard = self.folder / "heard.wav"
        heard.write_bytes(source.read(0, source.size))
        return heard

    def state(self, agent: str) -> str:
        found = [one for one in self.client.get("/floor")["agents"] if one["id"] == agent]
        return str(found[0]["state"]) if found else "logged_out"

    def phone(self, device: str, behaviour: Behaviour | Sometimes) -> Phone:
        port, media = free_ports(2)
        folder = self._robot_folder(device)
        login = (device, self.site.secrets.device(DeviceId(device)))
        sipp.register(folder / "register", self.switch, [login], sip_port=port)
        robot = sipp.phones(folder, behaviour, sip_port=port, rtp_port=media, audio=self.tone)
        self.robots.append(robot)
        return Phone(robot, device, port)

    def may_dial(self, *beginnings: str, daily_cap: int = 9) -> None:
        """Agents may call such numbers over the trunk, from the next opening on."""
        file = self.folder / "config" / "trunks.yaml"
        plan = yaml.safe_load(file.read_text())
        plan["routes"] = {
            "mobiles": {"trunk": "line", "allow": list(beginnings), "daily_cap": daily_cap}
        }
        file.write_text(yaml.safe_dump(plan))

    def beyond_the_trunk(self, behaviour: Behaviour) -> Phone:
        """Whatever number we dial out, this phone answers it."""
        robot = sipp.phones(
            self._robot_folder("outside"),
            behaviour,
            sip_port=self.outside_port,
            rtp_port=free_ports(1)[0],
            audio=self.tone,
            address=sipp.CALLERS_ADDRESS,
        )
        self.robots.append(robot)
        return Phone(robot, "line", self.outside_port)

    def hires(
        self, name: str, *roles: Role, agent: str = "", departments: Sequence[str] = ()
    ) -> None:
        """One more person who may sign in with PASSWORD."""
        person = Person(
            name,
            name,
            roles,
            AgentId(agent) if agent else None,
            password_hash=Passwords().hash(PASSWORD),
            departments=tuple(departments),
        )
        database = Database(self.site.configuration.settings.database_url)
        database.migrate()
        SqlPeople(database).put(person, time.time())
        database.dispose()

    def signed_in(self, name: str) -> Client:
        """What this person may do, over the API."""
        web = self.site.configuration.settings.web
        client = Client(f"http://{web.address}:{web.port}", timeout_s=PATIENCE_S)
        client.sign_in(name, PASSWORD)
        return client

    def unregisters(self, phone: Phone) -> None:
        phone.robot.stop()
        login = (phone.device, self.site.secrets.device(DeviceId(phone.device)))
        sipp.register(
            self._robot_folder("off"), self.switch, [login], sip_port=phone.port, expires_s=0
        )

    def calls(
        self,
        *steps: CallerStep,
        dial: str = NUMBER,
        number: str = "13900000001",
        name: str = "",
        count: int = 1,
        rate: float = 10.0,
        ear: int = 0,
        secret: str = "",
    ) -> Caller:
        """Somebody calls; by default she stays until she is hung up on. ``ear``: the UDP port that
        gets what she hears. ``secret``: of our own device ``number``, which calls then."""
        port, media = free_ports(2)
        robot = sipp.callers(
            self._robot_folder("caller"),
            self.switch,
            steps or (StayUntilHungUp(60.0),),
            dial=dial,
            number=number,
            name=name,
            calls=count,
            rate=rate,
            sip_port=port,
            rtp_port=media,
            ear=ear,
            secret=secret,
        )
        self.robots.append(robot)
        return Caller(robot)

    # --- what came of it -------------------------------------------------------------------

    def records(self) -> list[dict[str, Any]]:
        """Call records, newest first, as `threering calls --json` prints them."""
        return _printed(show_calls, self.site)

    def tickets(self) -> list[dict[str, Any]]:
        return _printed(show_tickets, self.site)

    def record_of(self, number: str, tries_s: float = PATIENCE_S) -> dict[str, Any]:
        """The one record of the caller with this number."""

        def look() -> list[dict[str, Any]]:
            return [one for one in self.records() if number in one["number"]]

        found = until(look, f"a record of {number}", tries_s)
        assert len(found) == 1, found
        return found[0]

    def facts(self) -> list[dict[str, Any]]:
        """Every fact of every call, from the journal, oldest first."""
        from calls.journal import FACTS
        from storage.journal_file import read_entries

        return [
            json.loads(entry) for _, entry in read_entries(self.folder / "journal.db", FACTS, 0)
        ]

    def threering(self, *words: str, code: int = 0) -> str:
        """Run a command of `threering`; what it printed."""
        done = subprocess.run(
            [sys.executable, "-m", "runtime", *words, "--config", str(self.folder / "config")],
            env={**self.environment, "COLUMNS": "200"},
            capture_output=True,
            text=True,
            cwd=REPOSITORY,
            timeout=120,
            check=False,
        )
        assert done.returncode == code, done.stdout + done.stderr
        return done.stdout + done.stderr

    # --- inside ----------------------------------------------------------------------------

    @property
    def switch(self) -> Switch:
        listen = self.site.configuration.settings.listen
        return Switch(listen.address, listen.sip_port)

    @property
    def tone(self) -> Path:
        """What phones speak."""
        return self.sound("tone", "synth", "2", "sine", "440", "gain", "-6")

    def sound(self, name: str, *effects: str) -> Path:
        """Something to speak, made by sox of these effects."""
        file = self.folder / f"{name}.ul"
        if not file.exists():
            shape = ["-n", "-r", "8000", "-c", "1", "-e", "u-law", "-t", "raw", str(file)]
            subprocess.run(["sox", *shape, *effects], check=True)
        return file

    def robots_go(self) -> None:
        sipp.stop_all(self.robots)
        self.robots.clear()

    def _robot_folder(self, what: str) -> Path:
        self._count += 1
        return self.folder / "robots" / f"{self._count}-{what}"


def _printed(show: Callable[..., None], site: Site) -> list[dict[str, Any]]:
    out = io.StringIO()
    show(site, 200, as_json=True, console=Console(file=out))
    return [json.loads(line) for line in out.getvalue().splitlines()]


def pressing(*keys: str, every_s: float = 0.4, then: Sequence[CallerStep] = ()) -> list[CallerStep]:
    """Steps of a caller who presses one key after the other."""
    steps: list[CallerStep] = []
    for key in keys:
        steps += [Wait(every_s), Press(key)]
    return [*steps, *(then or (StayUntilHungUp(60.0),))]


@contextmanager
def hotline(
    zone: str = "uk", floor: dict[str, Any] | None = None, kind: type[Hotline] = Hotline
) -> Iterator[Hotline]:
    """A site in a folder of its own on free ports, with the demo's floor (or ``floor``), the quick
    tree at NUMBER, and a person ``boss`` who may do everything. Not opened yet."""
    folder = Path(tempfile.mkdtemp(prefix="tr-", dir="/tmp"))  # Asterisk's socket wants short paths
    made: Hotline | None = None
    try:
        made = _site(folder, zone, floor, kind)
        yield made
    finally:
        if made is not None:
            made.robots_go()
            if made.process is not None and made.process.poll() is None:
                made.closes()
        shutil.rmtree(folder, ignore_errors=True)


def _site(folder: Path, zone: str, floor: dict[str, Any] | None, kind: type[Hotline]) -> Hotline:
    ports = free_ports(6)
    names = ("SIP", "AMI", "AGI", "ASTERISK_HTTP", "WEB", "TLS")
    environment = {
        **os.environ,
        **{f"THREERING_{name}_PORT": str(port) for name, port in zip(names, ports, strict=True)},
        "THREERING_ZONE": zone,
    }
    root = REPOSITORY / "var" / "asterisk-root"
    if root.exists():
        environment.setdefault("THREERING_ASTERISK_ROOT", str(root))
    os.environ.update({k: v for k, v in environment.items() if k.startswith("THREERING_")})
    site = open_site(folder / "config", demo=True)
    _speak(site)
    if floor is not None:
        (folder / "config" / "floor.yaml").write_text(yaml.safe_dump(floor, allow_unicode=True))
    [outside] = free_ports(1)
    (folder / "config" / "trunks.yaml").write_text(TRUNKS.format(port=outside))
    site = open_site(folder / "config")
    made = kind(folder, site, environment, outside)
    made.hires("boss", Role.ADMIN, Role.SUPERVISOR)
    made.publishes(Path(__file__).parent / "quick.json")
    return made


def _speak(site: Site) -> None:
    """The prompts, spoken once a checkout and copied into each site; new words once more."""
    house = [PROMPTS / "en" / "house" / f"{name}.wav" for name in HOUSE_PROMPTS]
    PROMPTS.mkdir(parents=True, exist_ok=True)
    with open(PROMPTS / ".lock", "w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)  # another run may be speaking them
        shutil.copytree(PROMPTS, site.prompts, dirs_exist_ok=True)
        if not all(file.exists() for file in house):
            prepare_prompts(site, shipped_trees(), lambda what, done, of: None)
            shutil.copytree(site.prompts, PROMPTS, dirs_exist_ok=True)


TRUNKS = """
trunks:
  line: {{kind: address, host: 127.0.0.2, port: {port}, codecs: [ulaw], qualify_s: 0}}
numbers:
  "4008001234": hotline
  "1001": quick
default_tree: hotline
rescue: {{voicemail: true}}
"""
