"""The configuration folder: made from the files we ship, read whole, checked whole.

Nothing in it is ever overwritten; a new file of a later version is added beside what is there.
"""

import os
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TypeVar

from calls.calendar import WorkCalendar
from calls.floor import FloorSpec
from config import (
    alarms,
    calendars,
    departments,
    floor,
    followups,
    outgoing,
    recordings,
    settings,
    ticket_rules,
    trunks,
)
from config.alarms import AlarmPlan
from config.document import MAX_BYTES, read_document
from config.outbound import TrunkPlan
from config.outgoing import OutgoingPlan
from config.problems import ConfigRefused, Problem
from config.section import Override, Section, guess
from config.settings import RING_CYCLES_S, Settings
from recordings.rules import RecordingRules
from tickets.departments import Departments
from tickets.followups.model import FollowUpPlan
from tickets.rules import RuleBook

Value = TypeVar("Value")

DEFAULT_FOLDER = Path("var/config")
DEMO_FOLDER = Path("var/demo/config")
"""The demo is a site of its own, so that an empty hotline stays empty beside it."""
ARTICLES = "articles.yaml"
"""In the demo alone: what its agents know."""
CUSTOMERS = "customers.csv"
"""In the demo alone: who the robot callers are, for ``threering import-customers``."""
_DEMO = "demo"
DOCUMENTS = (
    floor.FILE,
    trunks.FILE,
    calendars.FILE,
    ticket_rules.FILE,
    departments.FILE,
    followups.FILE,
    outgoing.FILE,
    recordings.FILE,
    alarms.FILE,
)
"""What is edited while the hotline runs, too; ``threering.yaml`` is the machine's."""
NOTHING: Mapping[str, bytes] = {}


@dataclass(frozen=True, slots=True)
class Configuration:
    folder: Path
    settings: Settings
    floor: FloorSpec
    calendars: Mapping[str, WorkCalendar]
    trunks: TrunkPlan
    ticket_rules: RuleBook
    outgoing: OutgoingPlan
    recordings: RecordingRules
    alarms: AlarmPlan
    departments: Departments
    follow_ups: FollowUpPlan


def usual_folder() -> Path:
    """What a command means that names no folder: the hotline's, or the demo's where only that has
    been opened."""
    only_demo = DEMO_FOLDER.exists() and not DEFAULT_FOLDER.exists()
    return DEMO_FOLDER if only_demo else DEFAULT_FOLDER


def seed_folder(folder: Path, *, demo: bool = False) -> tuple[Path, ...]:
    """Put the files we ship where there are none yet, readable by their owner alone (trunks have
    passwords); ``demo``: with the demo floor. Returns those that were made. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True, mode=0o700)
    shipped = files("config").joinpath("defaults")
    sources = {e.name: e for e in shipped.iterdir() if e.is_file()}
    if demo:
        sources |= {e.name: e for e in shipped.joinpath(_DEMO).iterdir() if e.is_file()}
    made = []
    for name, source in sorted(sources.items()):
        if name.endswith((".yaml", ".csv")) and _make(folder / name, source.read_bytes()):
            made.append(folder / name)
    return tuple(made)


def open_folder(
    folder: Path,
    environment: Mapping[str, str],
    ring_cycles_s: Mapping[str, float] = RING_CYCLES_S,
    instead: Mapping[str, bytes] = NOTHING,
) -> Configuration:
    """Everything the folder says, checked. A file that is not there counts as empty.

    ``environment``: os.environ, for the few variables of settings.ENVIRONMENT. ``instead``: by
    file name, what is taken in place of what stands there, to see whether it would do. Raises
    ConfigRefused with every mistake of every file.
    """

    def top(name: str, overrides: Mapping[str, Override] | None = None) -> Section:
        return _top(folder / name, problems, overrides, instead.get(name))

    folder = folder.resolve()
    problems: list[Problem] = []
    overrides = settings.overrides_from(environment)
    house = top(settings.FILE, overrides)
    site = settings.read_settings(house, folder, ring_cycles_s)
    people_top = top(floor.FILE)
    people = floor.read_floor(people_top, site.ring_cycle_s)
    hours = calendars.read_calendars(top(calendars.FILE), site.time_zone)
    if site.calendar not in hours:
        right = guess(site.calendar, hours) or f"add it to {calendars.FILE}"
        house.refuse_at("hours.calendar", f"there is no calendar {site.calendar!r}", right)
    _refuse_unknown_calendars(people_top, people, hours)
    plan = trunks.read_trunks(top(trunks.FILE), site, hours)
    queues = [queue.id for queue in people.queues]
    rules = ticket_rules.read_ticket_rules(top(ticket_rules.FILE), queues)
    ways_out = outgoing.read_outgoing(top(outgoing.FILE))
    audio = recordings.read_recordings(top(recordings.FILE), queues)
    watched = alarms.read_alarms(top(alarms.FILE), queues)
    desks = departments.read_departments(top(departments.FILE), hours)
    asked = followups.read_follow_ups(top(followups.FILE), queues, site.time_zone)
    if problems:
        raise ConfigRefused(problems)
    return Configuration(
        folder, site, people, hours, plan, rules, ways_out, audio, watched, desks, asked
    )


def _refuse_unknown_calendars(
    top: Section, people: FloorSpec, hours: Mapping[str, WorkCalendar]
) -> None:
    for queue in people.queues:
        named = {"calendar": queue.calendar}
        if queue.callback is not None:
            named["callback.calendar"] = queue.callback.calendar
        for key, name in named.items():
            if name and name not in hours:
                right = guess(name, hours) or f"add it to {calendars.FILE}"
                path = f"queues.{queue.id}.{key}"
                top.refuse_at(path, f"there is no calendar {name!r}", right)


def read_one(path: Path, read: Callable[[Section], Value]) -> Value:
    """One more YAML file, read by ``read`` with the same care; rooms add files this way. Raises
    ConfigRefused."""
    problems: list[Problem] = []
    value = read(_top(path, problems))
    if problems:
        raise ConfigRefused(problems)
    return value


def _top(
    path: Path,
    problems: list[Problem],
    overrides: Mapping[str, Override] | None = None,
    instead: bytes | None = None,
) -> Section:
    data = _read(path, problems) if instead is None else instead
    return Section(read_document(data, str(path), problems), str(path), problems, "", overrides)


def _read(path: Path, problems: list[Problem]) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(MAX_BYTES + 1)
    except FileNotFoundError:
        return b""
    except OSError as error:
        wrong = f"cannot be read: {error.strerror}"
        problems.append(Problem(str(path), 0, "", wrong, "check the file and its rights"))
        return b""


def _make(path: Path, data: bytes) -> bool:
    try:
        handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with os.fdopen(handle, "wb") as file:
        file.write(data)
    return True
