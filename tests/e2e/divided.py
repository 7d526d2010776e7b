"""A hotline of two processes on one real Redis: an edge with its Asterisk; brain and web."""

import json
import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from tests.e2e.hotline import PATIENCE_S, REPOSITORY, Hotline, hotline, until
from tests.storage.redis_server import RedisServer

EDGE = "edge"
BRAIN = "brain,web"

QUEUES = ("sales", "support", "service")
AGENTS = {"sales": "a8001", "support": "a8002", "service": "a8003"}
"""One agent a queue, free again the moment a talk is over."""
NUMBERS = {"sales": "1011", "support": "1012", "service": "1013"}
"""Called numbers that lead straight into the queue."""


@dataclass
class Divided(Hotline):
    redis: RedisServer = field(init=False)
    parents: dict[str, "subprocess.Popen[bytes]"] = field(default_factory=dict)

    def opens(self) -> None:
        """Both processes, each by `threering run`; until both are open and we are signed in."""
        for roles in (EDGE, BRAIN):
            with open(self.folder / "run.log", "ab") as log:
                self.parents[roles] = subprocess.Popen(
                    [sys.executable, "-m", "runtime", "run", "--config", f"{self.folder}/config"],
                    env={**self.environment, "THREERING_ROLES": roles},
                    stdout=log,
                    stderr=log,
                    cwd=REPOSITORY,
                )
        self.process = self.parents[BRAIN]
        self.waits_until_open()
        until(self._edge_is_open, f"the edge opens; see {self.folder}/run.log", 2 * PATIENCE_S)

    def _edge_is_open(self) -> bool:
        log = self.site.logs / f"controller-{EDGE}.log"
        return log.exists() and "the hotline is open" in log.read_text()

    def closes(self) -> int:
        """Ctrl-C for both; the worse of the two exit codes."""
        for parent in self.parents.values():
            parent.send_signal(signal.SIGCONT)
            parent.send_signal(signal.SIGINT)
        return max(parent.wait(30) for parent in self.parents.values())

    def controller_of(self, roles: str) -> int | None:
        """Process id of the controller with these roles."""
        pid = self.parents[roles].pid
        for child in Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
            with suppress(OSError):  # it may end while we look
                if b"controller" in Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0"):
                    return int(child)
        return None

    @contextmanager
    def without(self, roles: str) -> Iterator[None]:
        """kill -9 of the controller with these roles; its parent starts another afterwards."""
        killed = until(lambda: self.controller_of(roles), f"a controller as {roles}")
        parent = self.parents[roles]
        parent.send_signal(signal.SIGSTOP)
        os.kill(killed, signal.SIGKILL)
        try:
            yield
        finally:
            parent.send_signal(signal.SIGCONT)
            until(lambda: self.controller_of(roles) not in (None, killed), f"another {roles}")

    def facts_of(self, number: str, kind: str) -> list[dict[str, Any]]:
        """Facts of this kind of the one call from this number, oldest first."""
        facts = self.facts()
        calls = {
            one["call"] for one in facts if one["fact"] == "CallArrived" and number in one["number"]
        }
        assert len(calls) < 2, calls
        return [one for one in facts if one["call"] in calls and one["fact"] == kind]

    def happens(self, number: str, kind: str, times: int = 1, tries_s: float = PATIENCE_S) -> None:
        until(
            lambda: len(self.facts_of(number, kind)) >= times,
            f"{kind} of {number}, {times} in all",
            tries_s,
        )

    def board(self, queue: str) -> dict[str, Any]:
        """A queue as screens show it."""
        [found] = [one for one in self.client.get("/floor")["queues"] if one["id"] == queue]
        return dict(found)

    def alarms(self) -> set[str]:
        return {one["name"] for one in self.client.get("/floor")["alarms"]}

    def records(self) -> list[dict[str, Any]]:
        """By the API: a process for each look would take longer than the calls."""
        return list(self.client.get("/calls", limit=200)["calls"])

    def tickets(self) -> list[dict[str, Any]]:
        return list(self.client.get("/tickets", limit=200)["tickets"])

    def tickets_of(self, number: str) -> list[dict[str, Any]]:
        return [one for one in self.tickets() if number in one["number"]]


@contextmanager
def divided() -> Iterator[Divided]:
    """Open, on a Redis of its own: ``house.redis``."""
    with hotline(floor=_floor(), kind=Divided) as house:
        assert isinstance(house, Divided)
        publish_trees(house)
        house.redis = RedisServer(house.folder / "redis")
        house.redis.start()
        house.environment["THREERING_REDIS_URL"] = house.redis.url
        try:
            house.opens()
            yield house
        finally:
            house.robots_go()
            if any(parent.poll() is None for parent in house.parents.values()):
                house.closes()
            house.redis.kill()


def _floor() -> dict[str, Any]:
    numbers = {agent: agent.removeprefix("a") for agent in AGENTS.values()}
    return {
        "queues": {q: {"names": {"en": q}, "wrap_up_s": 0, "announce_every_s": 0} for q in QUEUES},
        "agents": {
            agent: {
                "name": f"Agent {numbers[agent]}",
                "staff_number": numbers[agent],
                "queues": {queue: 1},
                "devices": {f"d{numbers[agent]}": "desk"},
            }
            for queue, agent in AGENTS.items()
        },
    }


def publish_trees(house: Divided) -> None:
    trunks = house.folder / "config" / "trunks.yaml"
    lines = "".join(f'\n  "{number}": to_{queue}' for queue, number in NUMBERS.items())
    trunks.write_text(trunks.read_text().replace("numbers:", f"numbers:{lines}"))
    for queue in QUEUES:
        tree = {
            "id": f"to_{queue}",
            "title": queue,
            "languages": ["en"],
            "root": "queue",
            "nodes": {
                "queue": {"kind": "queue", "queue": queue, "next": "bye", "otherwise": "bye"},
                "bye": {"kind": "hangup"},
            },
            "prompts": {},
        }
        file = house.folder / f"to_{queue}.json"
        file.write_text(json.dumps(tree))
        house.publishes(file)
