"""`threering floor` and `threering watch`: the floor now, or live, in the terminal."""

import time
from collections.abc import Iterator
from typing import Any

import msgspec
from rich.console import Console, Group, RenderableType
from rich.live import Live
from rich.markup import escape
from rich.table import Table

from runtime.local_door import local_client
from runtime.site import Site
from runtime.web.client import Client, Unreachable

COLOURS = {
    "ready": "green",
    "offered": "bold yellow",
    "talking": "cyan",
    "wrapping_up": "blue",
    "not_responding": "bold red",
    "not_ready": "dim",
    "logged_out": "dim",
}
LOOK_EVERY_S = 0.5
"""Between looks: a person reads no faster, and ages tick."""
AWAY_S = 2.0


def show_floor(site: Site, *, as_json: bool, console: Console) -> None:
    """Queues and agents as they are now. Raises Unreachable when the hotline is not open."""
    with local_client(site) as client:
        floor = client.get("/floor")
    if as_json:
        console.out(msgspec.json.encode(floor).decode(), highlight=False)
    else:
        console.print(_picture(floor))


def watch(site: Site, console: Console) -> None:
    """The floor, live, until Ctrl-C; says so when the hotline is away, and comes back by itself."""
    with local_client(site) as client, Live(console=console, screen=console.is_terminal) as live:
        for picture in _pictures(client):
            live.update(picture)


def _pictures(client: Client) -> Iterator[RenderableType]:
    last: RenderableType = ""
    while True:
        try:
            last = _picture(client.get("/floor"))
            yield last
            time.sleep(LOOK_EVERY_S)
        except Unreachable as away:
            yield Group(f"[bold red]not live[/]: {escape(str(away))}", last)
            time.sleep(AWAY_S)


def _picture(floor: dict[str, Any]) -> RenderableType:
    now = float(floor["at"])
    parts: list[RenderableType] = [_queues(floor, now), _agents(floor, now)]
    for alarm in floor["alarms"]:
        text = f"{alarm['name']}: {alarm.get('text', '')}"
        parts.append(f"[bold red]![/] {escape(text)}")
    return Group(*parts)


def _queues(floor: dict[str, Any], now: float) -> Table:
    table = Table("queue", "waiting", "longest", "offered", "talking", "ready")
    for queue in floor["queues"]:
        since = queue.get("longest_since")
        names = " / ".join(queue["names"].values()) or queue["id"]
        table.add_row(
            names,
            str(queue["waiting"]),
            f"{now - since:.0f} s" if since else "",
            str(queue["offered"]),
            str(queue["talking"]),
            str(queue["ready"]),
        )
    return table


def _agents(floor: dict[str, Any], now: float) -> Table:
    table = Table("agent", "name", "state", "for", "ring", "strikes")
    for agent in floor["agents"]:
        state, ringing = agent["state"], agent.get("ringing")
        ring = int((now - ringing["at"]) / ringing["cycle_s"]) + 1 if ringing else ""
        table.add_row(
            agent["id"],
            escape(agent["name"]),
            f"[{COLOURS.get(state, 'white')}]{state}[/] {escape(agent.get('reason', ''))}",
            f"{max(0.0, now - agent['since']):.0f} s" if agent["since"] else "",
            str(ring),
            str(agent["strikes"] or ""),
        )
    return table
