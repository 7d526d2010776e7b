"""A hotline for stories told side by side: each has a queue, a number and agents of its own.

``Story`` says what a story needs, ``everyday`` opens a hotline that has it for all of them.
"""

import csv
import json
import shutil
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import yaml

from runtime.site import open_site
from telephony.asterisk.ports import free_ports
from telephony.robots import sipp
from telephony.robots.scenario import Behaviour, CallerStep, Sometimes
from tests.e2e.hotline import PATIENCE_S, Caller, Hotline, Phone, hotline, until
from tests.e2e.trees import queue, tree

FIRST_AGENT = 8101
FIRST_NUMBER = 2001
SCRIPTS = Path(__file__).parent / "agi_scripts"
SHORT = {"short": {"zh-CN": {"text": "好"}, "en": {"text": "Yes"}}}


@dataclass(frozen=True)
class Story:
    """Agents in the order they are rung; rules of the queue, as floor.yaml writes them; the tree
    its number opens (by default: straight into the queue, nothing recorded)."""

    agents: int = 1
    also: str = ""
    """Another story whose first agent serves this queue, too."""
    rules: Mapping[str, Any] = field(default_factory=dict)
    tree: Mapping[str, Any] | None = None
    places: tuple[Any, ...] = ()
    """The place of each agent in the queue, as floor.yaml writes it; by default a tier each."""
    outside: int = 0
    """So many of the agents, from the first on, have an outside phone and no other."""


@dataclass(frozen=True)
class Stage:
    """Where one story happens."""

    queue: str
    number: str
    agents: tuple[str, ...]


class Everyday(Hotline):
    """A hotline whose stages have the names of their stories."""

    stages: dict[str, Stage]

    def __getitem__(self, story: str) -> Stage:
        return self.stages[story]

    def furnish(self, stories: Mapping[str, Story], more: Mapping[str, Mapping[str, Any]]) -> None:
        """Write trunks and trees. ``more``: whole files of the configuration by name; of
        trunks.yaml only what is added."""
        plan = {
            "trunks": {
                "line": {
                    "kind": "address",
                    "host": "127.0.0.2",
                    "port": self.outside_port,
                    "codecs": ["ulaw"],
                    "qualify_s": 0,
                }
            },
            "numbers": {
                "4008001234": "hotline",
                "1001": "quick",
                **{stage.number: f"to-{name}" for name, stage in self.stages.items()},
            },
            "default_tree": "hotline",
            "rescue": {"voicemail": True},
        }
        config = self.folder / "config"
        for name, content in {**more, "trunks": {**plan, **more.get("trunks", {})}}.items():
            (config / f"{name}.yaml").write_text(yaml.safe_dump(content, allow_unicode=True))
        self.site = open_site(config)
        for script in SCRIPTS.iterdir():
            shutil.copy(script, self.site.scripts)
        for name, story in stories.items():
            file = self.folder / f"to-{name}.json"
            document = story.tree or tree("wait", wait=queue(name))
            file.write_text(json.dumps(_published_as(name, document)))
            self.publishes(file)

    # --- people ----------------------------------------------------------------------------

    def staff(self, behaviour: Behaviour | Sometimes, *agents: str) -> Phone:
        """One robot answers the desks of all these agents; they are logged in and ready."""
        phone = self.desks(behaviour, *agents)
        for agent in agents:
            self.ready(agent)
        return phone

    def ready(self, agent: str) -> None:
        """She may be offered a call, and perhaps is at once."""
        if self.agent(agent)["state"] == "logged_out":
            self.client.post(f"/agents/{agent}/log-in", {})
        self.client.post(f"/agents/{agent}/ready", {})

    def desks(self, behaviour: Behaviour | Sometimes, *agents: str) -> Phone:
        port, media = free_ports(2)
        desks = [desk_of(agent) for agent in agents]
        folder = self._robot_folder(desks[0])
        logins = [(desk, self.site.secrets.device(desk)) for desk in desks]
        sipp.register(folder / "register", self.switch, logins, sip_port=port)
        robot = sipp.phones(folder, behaviour, sip_port=port, rtp_port=media, audio=self.tone)
        self.robots.append(robot)
        return Phone(robot, desks[0], port)

    def comes(self, story: str, *steps: CallerStep, number: str, **more: Any) -> Caller:
        """A caller dials the story's number."""
        return self.calls(*steps, dial=self[story].number, number=number, **more)

    # --- what came of it -------------------------------------------------------------------

    def records(self) -> list[dict[str, Any]]:
        """Call records, newest first, as the API gives them."""
        return list(self.client.get("/calls", limit=200)["calls"])

    def tickets(self) -> list[dict[str, Any]]:
        return list(self.client.get("/tickets", limit=200)["tickets"])

    def ticket_of(self, number: str) -> dict[str, Any]:
        """The one ticket of this caller, once there is one."""

        def look() -> list[dict[str, Any]]:
            return [one for one in self.tickets() if number in one["number"]]

        found = until(look, f"a ticket of {number}")
        assert len(found) == 1, found
        return dict(self.client.get(f"/tickets/{found[0]['id']}"))

    def facts_of(self, number: str, *kinds: str) -> list[dict[str, Any]]:
        """What has happened to this caller so far, oldest first."""
        facts = self.facts()
        calls = {
            one["call"] for one in facts if one["fact"] == "CallArrived" and number in one["number"]
        }
        return [
            one for one in facts if one["call"] in calls and (not kinds or one["fact"] in kinds)
        ]

    def happened(
        self, number: str, kind: str, count: int = 1, tries_s: float = PATIENCE_S
    ) -> dict[str, Any]:
        """The ``count``-th fact of this kind in this caller's life, once it has come."""

        def look() -> dict[str, Any] | None:
            found = self.facts_of(number, kind)
            return found[count - 1] if len(found) >= count else None

        with self._telling_of(number):
            return until(look, f"{kind} of {number}", tries_s)

    def record_of(self, number: str, tries_s: float = PATIENCE_S) -> dict[str, Any]:
        with self._telling_of(number):
            return super().record_of(number, tries_s)

    @contextmanager
    def _telling_of(self, number: str) -> Iterator[None]:
        """What was known of her, where a test fails."""
        try:
            yield
        except AssertionError as error:
            for fact in self.facts_of(number):
                error.add_note(str(fact))
            for robot in self.robots:
                if number in (robot.folder / "scenario.xml").read_text(encoding="utf-8"):
                    error.add_note(f"{robot.log()} {robot.complaints()}")
            raise

    def channels(self) -> set[str]:
        """Those that live in Asterisk, by its own log of them."""
        alive: set[str] = set()
        with self.site.asterisk().cel_file.open(newline="") as log:
            for row in csv.reader(log):
                match row[0]:
                    case "CHAN_START":
                        alive.add(row[8])
                    case "CHAN_END":
                        alive.discard(row[8])
        return alive

    def agent(self, agent: str) -> dict[str, Any]:
        """Her line on the live floor."""
        return dict(self.client.get(f"/agents/{agent}"))

    def becomes(self, agent: str, state: str, tries_s: float = PATIENCE_S) -> dict[str, Any]:
        def look() -> dict[str, Any] | None:
            line = self.agent(agent)
            return line if line["state"] == state else None

        try:
            return until(look, f"{agent} is {state}", tries_s)
        except AssertionError as error:
            error.add_note(str(self.agent(agent)))
            for fact in self.facts()[-20:]:
                error.add_note(str(fact))
            raise


def outside_number(staff: int) -> str:
    return f"+861390000{staff}"


def desk_of(agent: str) -> Any:
    return agent.replace("a", "d")


@contextmanager
def everyday(stories: Mapping[str, Story], **more: Mapping[str, Any]) -> Iterator[Everyday]:
    """A hotline furnished for these stories and open. ``more``: configuration, by file."""
    stages, floor = _floor(stories)
    with hotline(floor=floor, kind=Everyday) as made:
        assert isinstance(made, Everyday)
        made.stages = stages
        made.furnish(stories, more)
        made.opens()
        yield made


def _published_as(name: str, document: Mapping[str, Any]) -> dict[str, Any]:
    short = SHORT if '"short"' in json.dumps(document) else {}
    head = {"id": f"to-{name}", "title": name, "languages": ["zh-CN", "en"], "prompts": short}
    return {**head, **document}


def _floor(stories: Mapping[str, Story]) -> tuple[dict[str, Stage], dict[str, Any]]:
    """The demo's three queues, which its tree and ticket rules name, and one for each story."""
    queues: dict[str, Any] = {
        name: {"names": {"zh-CN": name}, "wrap_up_s": 1, "exit_key": "0"}
        for name in ("sales", "support", "service")
    }
    people: dict[str, Any] = {}
    stages: dict[str, Stage] = {}
    staff = FIRST_AGENT
    for place, (name, story) in enumerate(stories.items()):
        queues.setdefault(name, {"wrap_up_s": 0, "announce_every_s": 0})
        queues[name].update(deepcopy(story.rules))
        agents = []
        for tier in range(1, story.agents + 1):
            people[f"a{staff}"] = {
                "name": f"坐席{staff}",
                "staff_number": str(staff),
                "queues": {name: story.places[tier - 1] if story.places else tier},
                "devices": {f"d{staff}": "desk"},
            }
            if tier <= story.outside:
                people[f"a{staff}"]["devices"] = {f"m{staff}": {"number": outside_number(staff)}}
            agents.append(f"a{staff}")
            staff += 1
        if story.also:
            people[stages[story.also].agents[0]]["queues"][name] = 1
        stages[name] = Stage(name, str(FIRST_NUMBER + place), tuple(agents))
    return stages, {"queues": queues, "agents": people}
