"""More words for scenarios: what breaks, and what must hold however it breaks."""

import contextlib
import json
import os
import signal
import subprocess
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calls.journal import FLOOR
from config.folder import open_folder
from runtime.parent import controller_command
from runtime.site import Site
from runtime.web.client import ApiRefused, Unreachable
from storage.journal_file import read_entries
from telephony.asterisk.instance import Instance
from telephony.asterisk.ports import free_ports
from tests.e2e.hotline import PATIENCE_S, REPOSITORY, Hotline, hotline, until
from tests.e2e.proxy import AGI_END, AMI_END, Proxy, proxy

STEPS = "1002"
"""Called number of the tree whose menu and survey wait long enough to break something in."""

EVERY_CALL = """
rules:
  every-call:
    kind: other
    join_within_hours: 0
    title: {zh-CN: "{caller}", en: "{caller}"}
"""
"""Ticket rules: one for each call, never joined, so that tickets can be counted against calls."""
QUEUES = ("sales", "support", "service", "orders", "returns")
KEYS = {queue: str(key) for key, queue in enumerate(QUEUES, start=1)}
"""What to press at STEPS for each queue."""


def one_queue_an_agent() -> dict[str, Any]:
    """A floor where a8001 alone serves the first of QUEUES, a8002 the second, and so on; agents are
    free again the moment a talk is over."""
    return {
        "queues": {name: _queue(name) for name in QUEUES},
        "agents": {f"a{8001 + n}": _agent(8001 + n, name) for n, name in enumerate(QUEUES)},
    }


def one_queue(agents: int) -> dict[str, Any]:
    """A floor where all serve the last of QUEUES, the one without a survey."""
    return {
        "queues": {name: _queue(name) for name in QUEUES},
        "agents": {f"a{8001 + n}": _agent(8001 + n, QUEUES[-1]) for n in range(agents)},
    }


def _queue(name: str) -> dict[str, Any]:
    return {"names": {"en": name}, "wrap_up_s": 0, "announce_every_s": 0}


def _agent(number: int, queue: str) -> dict[str, Any]:
    return {
        "name": f"Agent {number}",
        "staff_number": str(number),
        "queues": {queue: 1},
        "devices": {f"d{number}": "desk"},
    }


def prepared(house: Hotline) -> Hotline:
    """The same hotline, not opened yet, with the tree of faults at STEPS and a ticket a call."""
    trunks = house.folder / "config" / "trunks.yaml"
    trunks.write_text(trunks.read_text().replace("numbers:", f'numbers:\n  "{STEPS}": faults'))
    (house.folder / "config" / "tickets.yaml").write_text(EVERY_CALL)
    house.publishes(Path(__file__).parent / "faults.json")
    return house


@dataclass
class Story:
    """What the journal says of one caller."""

    facts: list[dict[str, Any]]

    def all(self, kind: str) -> list[dict[str, Any]]:
        return [fact for fact in self.facts if fact["fact"] == kind]

    def has(self, kind: str) -> bool:
        return bool(self.all(kind))

    def kinds(self) -> list[str]:
        return [fact["fact"] for fact in self.facts]


def story(house: Hotline, number: str) -> Story:
    """Facts of the one call from this number, oldest first; empty before she arrived."""
    facts = house.facts()
    calls = {
        fact["call"] for fact in facts if fact["fact"] == "CallArrived" and number in fact["number"]
    }
    assert len(calls) < 2, calls
    return Story([fact for fact in facts if fact["call"] in calls])


def happens(
    house: Hotline, number: str, kind: str, times: int = 1, tries_s: float = PATIENCE_S
) -> Story:
    """Wait until this fact of her has been told so many times."""

    def look() -> Story | None:
        told = story(house, number)
        return told if len(told.all(kind)) >= times else None

    return until(look, f"{kind} of {number}", tries_s)


def offers_decided(house: Hotline) -> list[dict[str, Any]]:
    """Every offer the engine decided on, in order."""
    steps = [json.loads(entry) for _, entry in read_entries(house.folder / "journal.db", FLOOR, 0)]
    commands = [command for step in steps for command in step.get("commands", ())]
    return [command for command in commands if command["command"] == "OfferCall"]


def agent(house: Hotline, name: str) -> dict[str, Any]:
    """An agent as the board shows her."""
    [found] = [one for one in house.client.get("/floor")["agents"] if one["id"] == name]
    return dict(found)


def ready(house: Hotline) -> dict[str, Any]:
    """What /ready says: each check, '' when it is well."""
    try:
        answer = house.client.get("//ready")
    except ApiRefused as refused:
        answer = refused.body
    return dict(answer["checks"])


def alarms(house: Hotline) -> set[str]:
    """Names of the alarms the board shows."""
    return {alarm["name"] for alarm in house.client.get("/floor")["alarms"]}


def link_is_up(house: Hotline) -> bool:
    return not ready(house)["asterisk"]


def record_of(house: Hotline, number: str, tries_s: float = PATIENCE_S) -> dict[str, Any]:
    """The one record of the caller with this number, as the API shows it."""
    return _the_one(lambda: house.client.get("/calls", limit=200)["calls"], number, tries_s)


def one_ticket_of(house: Hotline, number: str) -> dict[str, Any]:
    """The one ticket about the caller with this number."""
    return _the_one(lambda: house.client.get("/tickets", limit=200)["tickets"], number, PATIENCE_S)


def _the_one(
    read: Callable[[], list[dict[str, Any]]], number: str, tries_s: float
) -> dict[str, Any]:
    def look() -> list[dict[str, Any]]:
        try:
            return [one for one in read() if number in one["number"]]
        except (ApiRefused, Unreachable):
            return []  # there is no controller just now

    [found] = until(look, f"it is written of {number}", tries_s)
    return found


def processes_of(house: Hotline, *, robots: bool = False) -> list[str]:
    """Command lines of processes that name the site's folder; ``robots``: SIPp's, too."""
    found = []
    for process in Path("/proc").glob("[0-9]*"):
        with contextlib.suppress(OSError):
            words = (process / "cmdline").read_bytes().replace(b"\0", b" ").decode()
            if str(house.folder) in words and (robots or not words.startswith("sipp")):
                found.append(words)
    return found


def log_lines(house: Hotline) -> list[dict[str, Any]]:
    file = house.site.logs / "controller.log"
    return [json.loads(line) for line in file.read_text().splitlines() if line.startswith("{")]


def opened_at(house: Hotline) -> list[float]:
    """When a controller said that it is open, each time."""
    return [line["at"] for line in log_lines(house) if line["say"] == "the hotline is open"]


def kills_the_controller(
    house: Hotline,
    by: signal.Signals = signal.SIGKILL,
    meanwhile: Callable[[], object] = lambda: None,
) -> None:
    """Kill or stop it, do something while there is none, and wait until its parent has opened
    another."""
    before = len(opened_at(house))
    os.kill(house.controller_pid(), by)
    meanwhile()
    until(lambda: len(opened_at(house)) > before, "the next controller opens")


@dataclass
class Apart(Hotline):
    """A hotline whose Asterisk and controller are started apart, with a cable between them for
    each way: ``ami`` and ``agi``."""

    within: tuple[str, ...] = ()
    """What the controller is started by: a command that ends in becoming another."""
    ami: Proxy = field(init=False)
    agi: Proxy = field(init=False)

    def opens(self) -> None:
        """The controller alone, until it is ready and we are signed in."""
        with open(self.folder / "run.log", "ab") as log:
            self.process = subprocess.Popen(
                [*self.within, *controller_command(str(self.folder / "config"))],
                env=self.environment,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
            )
        self.waits_until_open()

    def controller_pid(self) -> int:
        assert self.process is not None
        return self.process.pid


@contextmanager
def apart(
    prepare: Callable[[Apart], None] = lambda house: None,
    kind: type[Apart] = Apart,
    **site: Any,
) -> Iterator[Apart]:
    """An open hotline whose links to Asterisk can be broken. ``prepare(house)`` before it opens."""
    ami_port, agi_port = free_ports(2)
    with hotline(kind=kind, **site) as house:
        assert isinstance(house, Apart)
        listen = house.site.configuration.settings.listen
        prepared(house)
        prepare(house)
        theirs = {**os.environ, **house.environment, "THREERING_AGI_PORT": str(agi_port)}
        house.environment["THREERING_AMI_PORT"] = str(ami_port)
        settings = Site(open_folder(house.folder / "config", theirs), house.site.secrets).asterisk()
        with (
            Instance(settings, house.site.asterisk_root()),
            proxy(ami_port, listen.ami_port, AMI_END) as house.ami,
            proxy(agi_port, listen.agi_port, AGI_END) as house.agi,
        ):
            house.opens()
            try:
                yield house
            finally:
                house.robots_go()
                house.closes()
