"""A plan of what to try on a day (``threering simulate PLAN.yaml``), read with the care of the
configuration: refused whole, with line, path and what would be right."""

from pathlib import Path

from acd.simulator.change import Change, QueueChange
from acd.simulator.poisson import Stream
from acd.simulator.study import RUNS, RUNS_MOST, VARIANTS_MOST
from calls.floor import Value
from calls.ids import QueueId
from calls.words import Strategy
from config.folder import read_one
from config.section import Section

MANY = 1_000_000


class Plan(Value, frozen=True):
    day: str
    """As written; '' for a day that is made up of ``load``."""
    hours: float
    load: tuple[Stream, ...]
    variants: tuple[Change, ...]
    runs: int
    seed: int


def read_plan(path: Path) -> Plan:
    """Raises ConfigRefused with every mistake, OSError when there is no such file."""
    path.stat()
    return read_one(path, _plan)


def _plan(top: Section) -> Plan:
    load = top.section("load")
    variants = top.section("variants")
    plan = Plan(
        day=top.text("day", ""),
        hours=top.seconds("hours", 8.0, 0.25, 24.0),
        load=tuple(_stream(QueueId(name), load.section(name)) for name in load.names()),
        variants=tuple(_change(name, variants.section(name)) for name in variants.names()),
        runs=top.whole("runs", RUNS, 1, RUNS_MOST),
        seed=top.whole("seed", 1, 0, 2**31 - 1),
    )
    if bool(plan.day) == bool(plan.load):
        wrong = "both a day and a load" if plan.day else "neither a day nor a load"
        top.refuse("day", wrong, "name the real day, or say under load who would call")
    if len(plan.variants) > VARIANTS_MOST:
        top.refuse("variants", f"{len(plan.variants)} variants", f"at most {VARIANTS_MOST}")
    top.finish()
    return plan


def _stream(queue: QueueId, section: Section) -> Stream:
    stream = Stream(
        queue=queue,
        calls_an_hour=float(section.whole("calls_an_hour", None, 1, MANY)),
        talk_s=section.seconds("talk_s", 180.0, 1.0),
        patience_s=section.maybe_seconds("patience_s", None, 1.0),
        wrap_up_s=section.maybe_seconds("wrap_up_s", None, 0.0),
    )
    section.finish()
    return stream


def _change(name: str, section: Section) -> Change:
    queues = section.section("queues")
    skills = section.section("skills")
    change = Change(
        name=name,
        rings=_maybe_whole(section, "rings", 1, 20),
        wrap_up_s=section.maybe_seconds("wrap_up_s", None, 0.0, 3600.0),
        strategy=_strategy(section),
        agents=section.whole("agents", 0, -10_000, 10_000),
        skills={skill: skills.whole(skill, None, -10_000, 10_000) for skill in skills.names()},
        calls_percent=float(section.whole("calls_percent", 0, -99, 1000)),
        queues={QueueId(id): _queue(queues.section(id)) for id in queues.names()},
    )
    section.finish()
    return change


def _queue(section: Section) -> QueueChange:
    change = QueueChange(
        rings=_maybe_whole(section, "rings", 1, 20),
        wrap_up_s=section.maybe_seconds("wrap_up_s", None, 0.0, 3600.0),
        strategy=_strategy(section),
        weight=_maybe_whole(section, "weight", -100, 100),
        max_waiting=_maybe_whole(section, "max_waiting", 0, MANY),
    )
    section.finish()
    return change


def _maybe_whole(section: Section, key: str, least: int, most: int) -> int | None:
    return section.whole(key, None, least, most) if section.has(key) else None


def _strategy(section: Section) -> Strategy | None:
    return section.choice("strategy", Strategy, None) if section.has("strategy") else None
