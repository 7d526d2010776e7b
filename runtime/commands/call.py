"""`threering call`: a test call through the whole path, each of the eight hops with its time.

A robot telephone of our own calls the hotline as anybody would; whoever is ready answers.
"""

import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from calls import hops
from calls.events import Fact
from calls.hops import Hop
from runtime.local_door import local_client
from runtime.site import Site
from runtime.web.client import ApiRefused, Client
from telephony.asterisk.ports import free_ports
from telephony.asterisk.settings import TEST_CALLER, TEST_NUMBER
from telephony.robots import sipp
from telephony.robots.scenario import CallerStep, Press, StayUntilHungUp, Wait
from telephony.robots.sipp import Robot, Switch

KEY_GAP_S = 1.0
LOOK_EVERY_S = 0.2
SETTLE_S = 20.0
"""After the call: record and ticket are written within a few seconds."""


WORDS = {
    hops.TREE: "ivr",
    hops.OFFER: "offer, pop sent",
    hops.RINGS: "phone rings",
    hops.TALK_OVER: "talk over",
}
"""Of hops that are not called here what they are called there."""


def place_call(site: Site, dial: str, keys: str, limit_s: float, console: Console) -> int:
    """0 when every hop was reached, 1 otherwise. Raises Unreachable when the hotline is closed."""
    with local_client(site) as client, tempfile.TemporaryDirectory() as folder:
        client.get("/floor")
        began_at = time.time()
        robot = _call(site, Path(folder), dial, keys, limit_s)
        try:
            with console.status(f"calling {dial}"):
                found = _follow(client, robot, began_at, limit_s)
        finally:
            robot.stop()
    return _report(found, began_at, console)


def _call(site: Site, folder: Path, dial: str, keys: str, limit_s: float) -> Robot:
    listen = site.configuration.settings.listen
    steps: list[CallerStep] = []
    for key in keys:
        steps += [Wait(KEY_GAP_S), *([] if key == "," else [Press(key)])]
    port, media = free_ports(2)
    return sipp.callers(
        folder,
        Switch(listen.address, listen.sip_port),
        (*steps, StayUntilHungUp(limit_s)),
        dial=dial,
        number=TEST_CALLER,
        secret=site.secrets.device(TEST_CALLER),
        rate=20.0,
        sip_port=port,
        rtp_port=media,
    )


def _follow(client: Client, robot: Robot, began_at: float, limit_s: float) -> list[Hop]:
    call = _until(lambda: _our_call(client, began_at), 10.0)
    if call is None:
        came = _connected(robot)
        return [Hop(number=1, name="trunk, dialplan", at=came), *hops.hops_of([])]
    _until(lambda: robot.running is False or _over(client, call), limit_s)
    record = _until(lambda: _record(client, call), SETTLE_S)
    facts = msgspec.convert(client.get(f"/calls/{call}")["facts"], list[Fact])
    found = [Hop(number=1, name="trunk, dialplan", at=_connected(robot)), *hops.hops_of(facts)]
    ended_at = record["ended_at"] if record else None
    found.append(Hop(number=7, name="record", at=ended_at, detail=_outcome(record)))
    at, number = _until(lambda: _ticket(client, call), SETTLE_S) or (None, "")
    found.append(Hop(number=8, name="ticket", at=at, detail=number))
    return found


def _report(found: Sequence[Hop], began_at: float, console: Console) -> int:
    table = Table("hop", "", "since the call began", "")
    for hop in found:
        name = WORDS.get(hop.name, hop.name)
        if hop.at is None:
            table.add_row(str(hop.number), f"[red]{name}[/]", "[red]never[/]", hop.detail)
        else:
            ms = (hop.at - began_at) * 1000
            table.add_row(str(hop.number), f"[green]{name}[/]", f"{ms:,.0f} ms", hop.detail)
    console.print(table)
    missing = [WORDS.get(hop.name, hop.name) for hop in found if hop.at is None]
    if missing:
        console.print(f"The call never came to: {', '.join(missing)}.", highlight=False)
    return 1 if missing else 0


def _until(look: Callable[[], Any], limit_s: float) -> Any:
    end = time.monotonic() + limit_s
    while not (found := look()) and time.monotonic() < end:
        time.sleep(LOOK_EVERY_S)
    return found


def _our_call(client: Client, began_at: float) -> str | None:
    """The newest call on the board that began after we dialled and shows the test number."""
    for one in client.get("/floor")["calls"]:
        if one["at"] >= began_at and one["number"].endswith(TEST_NUMBER[-4:]):
            return str(one["call"])
    return None


def _over(client: Client, call: str) -> bool:
    return all(
        one["call"] != call or one["stage"] == "ended" for one in client.get("/floor")["calls"]
    )


def _record(client: Client, call: str) -> Any:
    try:
        record = client.get(f"/calls/{call}")["record"]
    except ApiRefused:
        return None
    return record if record and record.get("ended_at") else None


def _ticket(client: Client, call: str) -> tuple[float, str] | None:
    for ticket in client.get("/tickets")["tickets"]:
        full = client.get(f"/tickets/{ticket['id']}")
        if any(link["call"] == call for link in full["calls"]):
            return ticket["updated_at"], f"number {ticket['id']}"
    return None


def _connected(robot: Robot) -> float | None:
    return next((line.at for line in robot.log() if line.word == "connected"), None)


def _outcome(record: dict[str, Any] | None) -> str:
    return str(record["outcome"]) if record else ""
