"""The demo floor: robots with real SIP phones answer, robots call at random. Uses only the doors
that people use: SIP for telephones, the HTTP API for agents."""

import contextlib
import csv
import json
import os
import random
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import yaml

from calls.floor import AgentSpec
from calls.words import DeviceKind
from config.folder import ARTICLES, CUSTOMERS
from runtime.site import Site
from runtime.web.client import ApiRefused, Client, Unreachable
from telephony.asterisk.ports import free_ports
from telephony.robots import sipp
from telephony.robots.scenario import (
    Answers,
    CallerStep,
    Press,
    Refuses,
    RingsOut,
    Sometimes,
    Speak,
    StayUntilHungUp,
    Wait,
)
from telephony.robots.sipp import Robot, Switch

PASSWORDS = "THREERING_DEMO_PASSWORDS"
"""Environment variable by which the parent hands the demo its passwords, as JSON."""
MEAN_GAP_S = 7.0
"""Between callers: keeps eight agents about three quarters busy."""
MOST_CALLERS = 20
CHEER_UP_S = 15.0
"""An agent put to 'not responding' by a robot that let it ring comes back after this."""
CONSENT_S = 6.5
"""Until the main menu begins; keys typed ahead would count as well."""
WORDS = {
    "agent": (
        "cmn-latn-pinyin",
        "您好，很高兴为您服务，请问有什么可以帮您？好的，请稍等，我查一下。",
    ),
    "caller": ("cmn-latn-pinyin", "您好，我想咨询一下我的订单，什么时候可以送到？谢谢。"),
}

PHONES = Sometimes(
    choices=(
        (0.30, Answers(after_s=2.0, talk_s=18.0)),
        (0.35, Answers(after_s=4.0, talk_s=30.0)),
        (0.40, Answers(after_s=7.5, talk_s=24.0)),
        (0.40, Answers(after_s=11.0, talk_s=15.0)),
        (0.70, RingsOut()),
        (0.60, Refuses(code=603, after_s=3.0)),
        (1.00, Answers(after_s=3.0, talk_s=40.0)),
    )
)
"""Of all calls: about a tenth ring out, one in twenty is refused."""


def run_demo(site: Site) -> int:
    """Until SIGTERM. Ends what it started."""
    # The parent ends us by SIGTERM, which would otherwise end no robot.
    signal.signal(signal.SIGTERM, lambda number, frame: sys.exit(0))
    folder = site.data / "demo"
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    robots: list[Robot] = []
    try:
        audio = {who: _speech(folder / f"{who}.ul", *words) for who, words in WORDS.items()}
        switch = Switch(
            site.configuration.settings.listen.address,
            site.configuration.settings.listen.sip_port,
        )
        robots.append(_phones(site, switch, folder, audio["agent"]))
        supervisor = _sign_in(site)
        _teach(supervisor, site.configuration.folder / ARTICLES)
        _work(site, switch, folder, audio["caller"], supervisor, robots)
    finally:
        sipp.stop_all(robots)
    return 0


def _work(
    site: Site,
    switch: Switch,
    folder: Path,
    audio: Path,
    supervisor: Client,
    robots: list[Robot],
) -> None:
    chance = random.Random()
    people = list(_people(site.configuration.folder / CUSTOMERS))
    agents = _Agents(site, supervisor)
    next_call = time.monotonic() + 1.0
    count = 0
    while True:
        agents.look_after()
        time.sleep(0.5)
        robots[1:] = [robot for robot in robots[1:] if robot.running]
        if time.monotonic() >= next_call and len(robots) <= MOST_CALLERS:
            count += 1
            next_call = time.monotonic() + chance.expovariate(1 / MEAN_GAP_S)
            robots.append(
                _caller(site, switch, folder / f"caller{count % 50}", audio, chance, people)
            )


def answered_by_robots(agent: AgentSpec) -> bool:
    """It has a desk telephone; one with a browser alone is the visitor's own."""
    return any(device.kind is DeviceKind.DESK for device in agent.devices)


class _Agents:
    """Logs the demo's agents in, and back to ready when their robots let a call ring out."""

    def __init__(self, site: Site, supervisor: Client) -> None:
        self._supervisor = supervisor
        agents = site.configuration.floor.agents
        self._agents = [agent.id for agent in agents if answered_by_robots(agent)]
        self._next = 0.0

    def look_after(self) -> None:
        if time.monotonic() < self._next:
            return
        self._next = time.monotonic() + CHEER_UP_S
        with contextlib.suppress(ApiRefused, Unreachable):
            states = {one["id"]: one["state"] for one in self._supervisor.get("/floor")["agents"]}
            for agent in self._agents:
                state = states.get(agent, "logged_out")
                if state == "logged_out":
                    self._supervisor.post(f"/agents/{agent}/log-in", {})
                if state in {"logged_out", "not_responding", "not_ready"}:
                    self._supervisor.post(f"/agents/{agent}/ready", {})


def _phones(site: Site, switch: Switch, folder: Path, audio: Path) -> Robot:
    port, media = free_ports(2)
    desks = [
        device.id
        for agent in site.configuration.floor.agents
        for device in agent.devices
        if device.kind == "desk"
    ]
    logins = [(desk, site.secrets.device(desk)) for desk in desks]
    sipp.register(folder / "register", switch, logins, sip_port=port)
    return sipp.phones(folder / "phones", PHONES, sip_port=port, rtp_port=media, audio=audio)


def _caller(
    site: Site,
    switch: Switch,
    folder: Path,
    audio: Path,
    chance: random.Random,
    people: list[tuple[str, str]],
) -> Robot:
    port, media = free_ports(2)
    number, name = chance.choice(people) if people else ("13800000001", "")
    patience_s = chance.uniform(3.0, 12.0) if chance.random() < 0.15 else 120.0
    steps: tuple[CallerStep, ...] = (
        Wait(chance.uniform(0.5, 2.0)),
        Press(chance.choice("1112")),
        Wait(CONSENT_S),
        Press(chance.choice("124")),
        Wait(0.3),
        Speak(str(audio)),
        StayUntilHungUp(patience_s),
    )
    dialled = next(iter(site.configuration.trunks.numbers), "4008001234")
    shutil.rmtree(folder, ignore_errors=True)
    return sipp.callers(
        folder, switch, steps, dial=dialled, number=number, name=name, sip_port=port, rtp_port=media
    )


def _teach(supervisor: Client, file: Path) -> None:
    """What is known, published where nothing is yet."""
    if not file.exists() or supervisor.get("/knowledge/articles", limit=1)["articles"]:
        return
    for article in yaml.safe_load(file.read_text(encoding="utf-8")):
        kept = supervisor.post("/knowledge/articles", article)
        supervisor.post(f"/knowledge/articles/{kept['id']}/publish", {"version": 1})


def _people(file: Path) -> Iterator[tuple[str, str]]:
    """(number, name) of each demo customer's first number."""
    if not file.exists():
        return
    with file.open(encoding="utf-8-sig", newline="") as rows:
        for row in csv.DictReader(rows):
            number = (row.get("电话") or "").split(";")[0].replace("-", "")
            if number:
                yield number, row.get("姓名") or ""


def _speech(file: Path, voice: str, text: str) -> Path:
    """Something to say, as raw 8 kHz ulaw."""
    spoken = subprocess.run(
        ["espeak-ng", "-v", voice, "--stdout", "--stdin"],
        input=text.encode(),
        capture_output=True,
        check=True,
    )
    shape = ["-r", "8000", "-c", "1", "-e", "u-law", "-t", "raw", str(file)]
    subprocess.run(["sox", "-t", "wav", "-", *shape], input=spoken.stdout, check=True)
    return file


def _sign_in(site: Site) -> Client:
    web = site.configuration.settings.web
    client = Client(f"http://{web.address}:{web.port}")
    password = json.loads(os.environ.get(PASSWORDS, "{}")).get("supervisor", "")
    for _ in range(60):
        try:
            client.sign_in("supervisor", password)
        except (ApiRefused, Unreachable):
            time.sleep(0.5)
        else:
            return client
    raise SystemExit("threering: the demo could not sign in; no robots will work")
