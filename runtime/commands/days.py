"""`threering explain`, `replay`, `whatif`, `simulate` and `staffing`: questions about past days,
asked of a worker process, shown with their progress."""

import asyncio
import re
import time
from datetime import date, datetime
from pathlib import Path
from typing import Any
from urllib.parse import quote
from zoneinfo import ZoneInfo

import msgspec
from rich.console import Console
from rich.markup import escape
from rich.progress import Progress
from rich.table import Table

from acd.explain import Explanation
from acd.explain_words import offer_in_words, relaxed_in_words, waits_in_words
from acd.replay_day import Again
from acd.simulator.change import Change
from acd.simulator.study import Comparison
from acd.staffing import QueueNeeds
from acd.standing import Waits
from calls.ids import CallId
from calls.words import Language
from config.plan import Plan
from runtime.local_door import local_client
from runtime.site import Site
from runtime.studies.follow import StudyRefused
from runtime.studies.orders import (
    ExplainCall,
    Invent,
    Order,
    ReplayDay,
    Staffing,
    WhatIf,
    parse_day,
)
from runtime.studies.tables import rows
from runtime.studies.tasks import ask_worker
from runtime.web.client import ApiRefused, Unreachable

DIFFERENCES_SHOWN = 10
_SKILL = re.compile(r"(\w[\w-]*)=([+-]?\d{1,5})")


def explain(site: Site, call: str, language: Language, *, as_json: bool, console: Console) -> None:
    """Each offer of a call in words; for one that waits now, why nobody has been rung yet."""
    waits = _waiting(site, call)
    try:
        told = _ask(site, ExplainCall(call=CallId(call)), console)
        assert isinstance(told, Explanation)
    except StudyRefused:
        if waits is None:
            raise
        told = None
    if as_json:
        _json({"offers": told, "waiting": waits}, console)
        return
    for at_s, (head, *others) in _story(told, language) if told is not None else ():
        at = datetime.fromtimestamp(at_s, _zone(site)).strftime("%m-%d %H:%M:%S")
        console.print(f"[bold]{at}[/] {escape(head)}", highlight=False)
        for line in others:
            console.print(f"    {escape(line)}", highlight=False)
    if waits is not None:
        names = {agent.id: agent.name for agent in site.configuration.floor.agents}
        for line in waits_in_words(waits, language, names):
            console.print(escape(line), highlight=False)
    elif told is not None and not told.offers:
        never = {Language.ZH: "没有派给任何坐席", Language.EN: "was offered to nobody"}
        console.print(never[language])


def _story(told: Explanation, language: Language) -> list[tuple[float, list[str]]]:
    """What happened to her, in order: when, a headline and the lines below it."""
    offers = [(one.at, offer_in_words(one, told, language)) for one in told.offers]
    relaxed = [(one.at, [relaxed_in_words(one, language)]) for one in told.relaxed]
    return sorted([*relaxed, *offers], key=lambda entry: entry[0])


def _waiting(site: Site, call: str) -> Waits | None:
    """Asked of the open hotline; a closed one has nobody waiting."""
    try:
        with local_client(site) as client:
            found = client.get(f"/calls/{quote(call, safe='')}/why").get("waiting")
    except (Unreachable, ApiRefused):
        return None
    return None if found is None else msgspec.convert(found, Waits)


def replay(site: Site, day: str, *, as_json: bool, console: Console) -> int:
    """0: every answer is the same, byte for byte; 1: some differ."""
    again = _ask(site, ReplayDay(day=_day(site, day)), console)
    assert isinstance(again, Again)
    if as_json:
        _json(again, console)
        return 1 if again.differing else 0
    console.print(f"{again.steps} inputs, {again.commands} commands: ", end="", highlight=False)
    if not again.differing:
        console.print("all the same, byte for byte.")
        return 0
    console.print(f"[bold red]{again.differing} answered otherwise[/]")
    for one in again.differences[:DIFFERENCES_SHOWN]:
        at = datetime.fromtimestamp(one.at, _zone(site)).strftime("%H:%M:%S.%f")
        console.print(f"{at} (journal {one.position}) {escape(one.input)}", highlight=False)
        console.print(f"    then {escape(one.then)}\n    now  {escape(one.now)}", highlight=False)
    return 1


def what_if(
    site: Site,
    day: str,
    change: Change,
    runs: int,
    seed: int,
    plot: Path | None,
    language: Language,
    *,
    as_json: bool,
    console: Console,
) -> None:
    order = WhatIf(day=_day(site, day), variants=(change,), runs=runs, seed=seed)
    _compare(site, order, plot, language, as_json=as_json, console=console)


def simulate(
    site: Site,
    plan: Plan,
    plot: Path | None,
    language: Language,
    *,
    as_json: bool,
    console: Console,
) -> None:
    order: Order
    if plan.load:
        order = Invent(
            hours=plan.hours,
            load=plan.load,
            variants=plan.variants,
            runs=plan.runs,
            seed=plan.seed,
        )
    else:
        order = WhatIf(
            day=_day(site, plan.day), variants=plan.variants, runs=plan.runs, seed=plan.seed
        )
    _compare(site, order, plot, language, as_json=as_json, console=console)


def _compare(
    site: Site,
    order: Order,
    plot: Path | None,
    language: Language,
    *,
    as_json: bool,
    console: Console,
) -> None:
    found = _ask(site, order, console)
    assert isinstance(found, Comparison)
    if as_json:
        _json(found, console)
    else:
        head, *lines = rows(found, language)
        table = Table(*(escape(name) for name in head))
        for column in table.columns[1:]:
            column.justify = "right"
        for line in lines:
            table.add_row(*line)
        console.print(table)
    if plot is not None:
        from runtime.studies.plots import draw  # takes a second, and a picture is seldom wanted

        for file in draw(found, _zone(site), language, plot):
            console.print(str(file), highlight=False, soft_wrap=True)


def staffing(site: Site, days: str, target: float, *, as_json: bool, console: Console) -> None:
    """``days``: one, or ``FIRST..LAST``."""
    first, _, last = days.partition("..")
    until = _day(site, last) if last else None
    needs = _ask(site, Staffing(day=_day(site, first), until=until, target=target), console)
    assert isinstance(needs, tuple)
    if as_json:
        _json(needs, console)
        return
    for one in needs:
        console.print(_needs(one), highlight=False)


def _needs(one: QueueNeeds) -> Table:
    patience = "never gives up" if one.patience_s is None else f"patience {one.patience_s:.0f} s"
    title = (
        f"{one.queue}: {100 * one.target:.0f} % within {one.service_level_s:.0f} s, "
        f"{one.days} day(s), {patience}"
    )
    table = Table("from", "calls", "call s", "Erlang C", "Erlang A", title=title)
    for at in one.quarters:
        table.add_row(
            f"{at.minute // 60:02}:{at.minute % 60:02}",
            f"{at.calls:.1f}",
            f"{at.handle_s:.0f}",
            str(at.agents_c),
            str(at.agents_a),
        )
    return table


def skills_of(texts: tuple[str, ...]) -> dict[str, int]:
    """``german=+2``. Raises ValueError."""
    found = {}
    for text in texts:
        match = _SKILL.fullmatch(text)
        if match is None:
            raise ValueError(f"--skill {text!r} does not fit; write NAME=+2 or NAME=-1")
        found[match[1]] = int(match[2])
    return found


def _ask(site: Site, order: Order, console: Console) -> Any:
    # Progress goes to the terminal alone: what is printed may be piped on.
    with Progress(console=Console(stderr=True), transient=True) as bars:
        row = bars.add_task(type(order).__name__, total=1.0)

        def share(done: float) -> None:
            bars.update(row, completed=done)

        return asyncio.run(ask_worker(site, order, share))


def _day(site: Site, text: str) -> date:
    return parse_day(text, _zone(site), time.time())


def _zone(site: Site) -> ZoneInfo:
    return ZoneInfo(site.configuration.settings.time_zone)


def _json(value: object, console: Console) -> None:
    console.out(msgspec.json.encode(value).decode(), highlight=False)
