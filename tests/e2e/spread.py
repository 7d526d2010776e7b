"""A hotline of five processes on one real Redis: two edges, each with an Asterisk of its own; a
brain and a standby; a web. Each has a folder of its own, as on a machine of its own."""

import json
import os
import shutil
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from calls.journal import FACTS
from storage.journal_file import read_entries
from telephony.asterisk.ports import free_ports
from telephony.robots.sipp import Switch
from tests.e2e.divided import Divided, publish_trees
from tests.e2e.hotline import PATIENCE_S, REPOSITORY, hotline, until
from tests.storage.redis_server import RedisServer

MAIN, EAST = "main", "east"
BRAIN, STANDBY, WEB = "brain", "standby", "web"
ROLES = {MAIN: "edge", EAST: "edge", BRAIN: "brain", STANDBY: "brain", WEB: "web"}
_PORTS = ("SIP", "AMI", "AGI", "ASTERISK_HTTP")


@dataclass
class Spread(Divided):
    at: str = MAIN
    """The edge whose Asterisk telephones register at and callers call."""
    east: dict[str, str] = field(default_factory=dict)
    """What is different in the environment of the second edge."""

    @property
    def switch(self) -> Switch:
        if self.at == EAST:
            return Switch("127.0.0.1", int(self.east["THREERING_SIP_PORT"]))
        return super().switch

    def data(self, name: str) -> Path:
        return self.folder if name == MAIN else self.folder / name

    def opens(self) -> None:
        for name in (MAIN, EAST, BRAIN):
            self.begins(name)
        for name in (MAIN, EAST, BRAIN):
            self._says(name, "the hotline is open")
        self.begins(STANDBY)
        self._says(STANDBY, "standing by")
        self.begins(WEB)
        self.process = self.parents[WEB]
        self.waits_until_open()

    def begins(self, name: str) -> None:
        own = self.east if name == EAST else {}
        environment = {
            **self.environment,
            **own,
            "THREERING_ROLES": ROLES[name],
            "THREERING_DATA": str(self.data(name)),
            "THREERING_DATABASE_URL": f"sqlite:///{self.folder}/threering.db",
        }
        with open(self.folder / f"run-{name}.log", "ab") as log:
            self.parents[name] = subprocess.Popen(
                [sys.executable, "-m", "runtime", "run", "--config", f"{self.folder}/config"],
                env=environment,
                stdout=log,
                stderr=log,
                cwd=REPOSITORY,
            )

    def _says(self, name: str, words: str) -> None:
        log = self.data(name) / "log" / f"controller-{ROLES[name]}.log"
        until(
            lambda: log.exists() and words in log.read_text(),
            f"{name}: {words}; see {self.folder}/run-{name}.log",
            2 * PATIENCE_S,
        )

    def facts(self) -> list[dict[str, Any]]:
        found = []
        for edge in (MAIN, EAST):
            journal = self.data(edge) / "journal.db"
            found += [json.loads(entry) for _, entry in read_entries(journal, FACTS, 0)]
        return sorted(found, key=lambda fact: float(fact["at"]))

    def asterisk_dies(self, edge: str) -> None:
        """kill -9 of that edge's Asterisk and of everything beside it, as of a machine."""
        parent = self.parents[edge]
        for pid in _below(parent.pid):
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        parent.kill()
        parent.wait()

    def closes(self) -> int:
        alive = [parent for parent in self.parents.values() if parent.poll() is None]
        for parent in alive:
            parent.send_signal(signal.SIGINT)
        return max(parent.wait(30) for parent in alive)


def _below(pid: int) -> list[int]:
    found: list[int] = []
    with suppress(OSError):
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            found += [int(child), *_below(int(child))]
    return found


@contextmanager
def spread(floor: dict[str, Any]) -> Iterator[Spread]:
    """Open: ``house.redis`` is its Redis."""
    with hotline(floor=floor, kind=Spread) as house:
        assert isinstance(house, Spread)
        publish_trees(house)
        _second_edge(house)
        house.redis = RedisServer(house.folder / "redis")
        house.redis.start()
        house.environment["THREERING_REDIS_URL"] = house.redis.url
        try:
            house.opens()
            yield house
        finally:
            house.robots_go()
            house.closes()
            house.redis.kill()


def _second_edge(house: Spread) -> None:
    ports = dict(zip(_PORTS, free_ports(len(_PORTS)), strict=True))
    rtp = house.site.configuration.settings.listen
    house.east = {f"THREERING_{name}_PORT": str(port) for name, port in ports.items()}
    house.east |= {
        "THREERING_EDGE": EAST,
        "THREERING_RTP_FIRST": str(rtp.rtp_last + 1),
        "THREERING_RTP_LAST": str(rtp.rtp_last + 1000),
    }
    sip = {MAIN: rtp.sip_port, EAST: ports["SIP"]}
    lines = "".join(f"  {name}: {{host: 127.0.0.1, port: {port}}}\n" for name, port in sip.items())
    with (house.folder / "config" / "threering.yaml").open("a") as file:
        file.write(f"\nedges:\n{lines}")
    for name in (EAST, BRAIN, STANDBY, WEB):
        house.data(name).mkdir()
        shutil.copy(house.folder / "secrets", house.data(name) / "secrets")
    for name in (EAST, WEB):
        shutil.copytree(house.folder / "prompts", house.data(name) / "prompts")
