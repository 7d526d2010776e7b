"""Over HTTP: what happens at a moment: which calendars are open and why, where callers are sent.

Says what the sessions would do, by the same rules: calls.calendar and ivr.branching.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from datetime import datetime, timedelta

import msgspec
from flask import Blueprint

from calls.calendar import DayCause, DayState, WorkCalendar, zone_of
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import QueueId, TreeId
from calls.rights import WATCHERS, allow
from calls.words import Closing
from config.folder import Configuration
from ivr.branching import hours_target
from ivr.model import Hours, Tree
from ivr.service import NothingPublished, TreeBook

FARTHEST = (1990, 2100)


class HoursAsked(Asked, frozen=True):
    at: str = ""
    """``2026-10-01T10:30`` on the hotline's wall; '' for now."""
    emergency: bool | None = None
    """With the emergency switch on or off; null: as it is now."""


class CalendarThen(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    at: str
    """The same moment on this calendar's wall."""
    state: DayState
    cause: DayCause
    """Which entry decides the hours of that day."""
    hours: tuple[str, ...]
    """What begins on that day; none: closed all day."""
    carried: bool
    """Open by a shift that began on the day before."""
    year_known: bool
    """False: only the weekly hours hold, as the public holidays of that year are not known."""
    changes_at: float | None
    """When it next opens or closes; null: not within eight days."""


class QueueThen(msgspec.Struct, frozen=True, kw_only=True):
    queue: QueueId
    calendar: str
    open: bool
    closing: Closing
    """What becomes of those already waiting when it closes."""


class BranchThen(msgspec.Struct, frozen=True, kw_only=True):
    tree: TreeId
    title: str
    numbers: tuple[str, ...]
    """Called numbers that open this tree."""
    begins: str
    """Where calls begin."""
    node: str
    """'' for a tree that asks no calendar."""
    calendar: str
    state: DayState | None
    goes_to: str


class HoursThen(msgspec.Struct, frozen=True, kw_only=True):
    at: float
    zone: str
    emergency: bool
    calendars: tuple[CalendarThen, ...]
    queues: tuple[QueueThen, ...]
    """Those with a calendar; the others are always open."""
    branches: tuple[BranchThen, ...]
    """Each node of each live tree that asks a calendar."""


def hours_blueprint(
    http: Exchange,
    now: Callable[[], Configuration],
    trees: TreeBook,
    emergency: Callable[[], bool],
) -> Blueprint:
    """``now``: the configuration in force."""
    routes = Blueprint("hours", __name__)

    @routes.get("/hours")
    @allow(*WATCHERS)
    @speaks("What happens at a date and time.", query=HoursAsked, returns=HoursThen)
    def hours() -> Reply:
        asked, configuration = http.query(HoursAsked), now()
        zone = configuration.settings.time_zone
        at = _moment(asked.at, zone) if asked.at else http.now()
        on = emergency() if asked.emergency is None else asked.emergency
        calendars = configuration.calendars
        return http.reply(
            HoursThen(
                at=at,
                zone=zone,
                emergency=on,
                calendars=tuple(_calendar(n, calendars[n], at) for n in sorted(calendars)),
                queues=tuple(_queues(configuration, at)),
                branches=tuple(_branches(configuration, trees, at, on)),
            )
        )

    return routes


def _moment(text: str, zone: str) -> float:
    try:
        wall = datetime.fromisoformat(text)
    except ValueError:
        raise Fault("unfit", "$.at", detail="2026-10-01T10:30") from None
    if not FARTHEST[0] <= wall.year <= FARTHEST[1]:
        raise Fault("unfit", "$.at", detail=f"{FARTHEST[0]}–{FARTHEST[1]}")
    return (wall if wall.tzinfo else wall.replace(tzinfo=zone_of(zone))).timestamp()


def _calendar(name: str, calendar: WorkCalendar, at: float) -> CalendarThen:
    state, day = calendar.state_at(at), calendar.date_at(at)
    hours = tuple(f"{one.opens}-{one.closes}" for one in calendar.hours_of(day))
    return CalendarThen(
        name=name,
        at=datetime.fromtimestamp(at, zone_of(calendar.zone)).isoformat(timespec="minutes"),
        state=state,
        cause=calendar.cause_on(day),
        hours=hours,
        carried=state is DayState.OPEN and not _within(calendar, at),
        year_known=not calendar.known_years or calendar.knows_year_of(at),
        changes_at=_changes_at(calendar, at),
    )


def _within(calendar: WorkCalendar, at: float) -> bool:
    """Whether the day's own hours are why it is open."""
    alone = msgspec.structs.replace(
        calendar, closed=calendar.closed | {calendar.date_at(at) - timedelta(days=1)}
    )
    return alone.is_open(at)


def _changes_at(calendar: WorkCalendar, at: float) -> float | None:
    """Hours are written in whole minutes. A closing shorter than a quarter of an hour that lies
    between two looks is passed over."""
    open_, minute = calendar.is_open(at), at - at % 60
    span = 8 * 24 * 60
    step = next(
        (n for n in range(15, span + 15, 15) if calendar.is_open(minute + n * 60) != open_), None
    )
    if step is None:
        return None
    exact = (n for n in range(step - 14, step + 1) if calendar.is_open(minute + n * 60) != open_)
    return minute + next(exact) * 60


def _queues(configuration: Configuration, at: float) -> Iterator[QueueThen]:
    for queue in configuration.floor.queues:
        if queue.calendar:
            calendar = configuration.calendars[queue.calendar]
            yield QueueThen(
                queue=queue.id,
                calendar=queue.calendar,
                open=calendar.is_open(at),
                closing=queue.closing,
            )


def _branches(
    configuration: Configuration, trees: TreeBook, at: float, emergency: bool
) -> Iterator[BranchThen]:
    plan = configuration.trunks
    numbers: dict[TreeId, list[str]] = {plan.default_tree: []}
    for number, tree in plan.numbers.items():
        numbers.setdefault(tree, []).append(number)
    for id in sorted(numbers):
        with suppress(NothingPublished):
            live = trees.current(id).tree
            yield from _of_tree(live, tuple(numbers[id]), configuration.calendars, at, emergency)


def _of_tree(
    tree: Tree,
    numbers: tuple[str, ...],
    calendars: Mapping[str, WorkCalendar],
    at: float,
    emergency: bool,
) -> Iterator[BranchThen]:
    asking: list[tuple[str, Hours | None]] = [
        (name, node) for name, node in sorted(tree.nodes.items()) if isinstance(node, Hours)
    ]
    begins = (emergency and tree.emergency) or tree.root
    for name, node in asking or [("", None)]:
        calendar = calendars.get(node.calendar) if node else None
        yield BranchThen(
            tree=tree.id,
            title=tree.title,
            numbers=numbers,
            begins=begins,
            node=name,
            calendar=node.calendar if node else "",
            state=calendar.state_at(at) if calendar else None,
            goes_to=hours_target(node, calendars, at, emergency) if node else "",
        )
