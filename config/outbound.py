"""Whether a number may be dialled out, by which trunk, showing which number: toll fraud ends here.

Pure: time is an argument. What no route allows is denied, and the default is no route at all.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from zoneinfo import ZoneInfo

from calls.calendar import WorkCalendar
from calls.ids import TreeId
from cti.numbers import read_number
from telephony.asterisk.settings import Rescue
from telephony.asterisk.trunk import Trunk, dial_string


@dataclass(frozen=True, slots=True)
class OutboundRoute:
    name: str
    trunk: Trunk
    caller_number: str
    """Shown to the called party, E.164; '' shows none."""
    allow: tuple[str, ...]
    """Beginnings of the numbers it may dial: ``+8610``, ``95``."""
    deny: tuple[str, ...]
    """Beginnings it may not, though ``allow`` covers them."""
    open: WorkCalendar | None
    """None: at any hour."""
    hours: str
    daily_cap: int
    """Calls a day, in the centre's time zone."""

    def covers(self, key: str) -> bool:
        return key.startswith(self.allow) and not (self.deny and key.startswith(self.deny))


@dataclass(frozen=True, slots=True)
class TrunkPlan:
    """How calls come in and go out."""

    trunks: tuple[Trunk, ...]
    numbers: Mapping[str, TreeId]
    """Called number (E.164, or digits) to its tree."""
    default_tree: TreeId
    routes: tuple[OutboundRoute, ...]
    """The first that covers a number decides."""
    region: str
    area_code: str
    rescue: Rescue
    do_not_call: frozenset[str] = frozenset()
    """Numbers, as read, that are never dialled."""

    def tree_for(self, dialled: str) -> TreeId:
        """The tree of a called number, however the provider writes it; the default for others."""
        return self.numbers.get(self.key_of(dialled), self.default_tree)

    def key_of(self, number: str) -> str:
        return read_number(number, self.region, self.area_code).key


@dataclass(frozen=True, slots=True)
class Allowed:
    route: str
    """What the call counts against."""
    trunk: str
    number: str
    """As this trunk wants it written."""
    caller_number: str


@dataclass(frozen=True, slots=True)
class Denied:
    reason: str
    code: str = field(default="", compare=False)
    """For whoever says it in other words: 'no_number', 'do_not_call', 'no_route', 'closed',
    'cap'."""


def may_dial(
    plan: TrunkPlan, number: str, now: float, used_today: Mapping[str, int]
) -> Allowed | Denied:
    """``number`` as a person or a tree wrote it; ``used_today``: calls per route since midnight."""
    read = read_number(number, plan.region, plan.area_code)
    if not read.can_be_dialled:
        return Denied("this is no number that can be dialled", "no_number")
    if read.key in plan.do_not_call:
        return Denied("this number asked not to be called", "do_not_call")
    if not plan.routes:
        return Denied("no outbound route is configured, so nothing may be dialled", "no_route")
    route = next((r for r in plan.routes if r.covers(read.key)), None)
    if route is None:
        return Denied(f"no outbound route allows numbers like {read.key[:5]}…", "no_route")
    if route.open is not None and not route.open.is_open(now):
        return Denied(f"route {route.name} is closed now; it is open {route.hours}", "closed")
    used = used_today.get(route.name, 0)
    if used >= route.daily_cap:
        return Denied(f"route {route.name} has used its {route.daily_cap} calls of today", "cap")
    return Allowed(
        route.name, route.trunk.name, _written(route.trunk, read.key), route.caller_number
    )


def denial(plan: TrunkPlan, number: str, now: float) -> str:
    """The code of why this number may not be dialled now; '' when it may, as far as is known
    without the day's count."""
    answer = may_dial(plan, number, now, {})
    return answer.code if isinstance(answer, Denied) else ""


def number_to_call(plan: TrunkPlan, number: str) -> str:
    """The number as read when it could be dialled at some hour of some day; else ''."""
    read = read_number(number, plan.region, plan.area_code)
    if not read.can_be_dialled or read.key in plan.do_not_call:
        return ""
    return read.key if any(route.covers(read.key) for route in plan.routes) else ""


class DialOut:
    """`may_dial` with the day's count kept, for whoever really dials; midnight in ``time_zone``.

    ``used``: calls per route already made on the day ``day``, for a controller that starts in
    mid-day; without it a restart begins the count anew.
    """

    def __init__(
        self,
        plan: TrunkPlan,
        time_zone: str,
        used: Mapping[str, int] | None = None,
        day: date | None = None,
    ) -> None:
        self._plan = plan
        self._zone = ZoneInfo(time_zone)
        self.used = dict(used or {})
        """Calls per route since midnight."""
        self.day = day

    def ask(self, number: str, now: float) -> Allowed | Denied:
        """An allowed call counts from here on, whether it is answered or not."""
        today = datetime.fromtimestamp(now, self._zone).date()
        if self.day not in (None, today):
            self.used.clear()
        self.day = today
        answer = may_dial(self._plan, number, now, self.used)
        if isinstance(answer, Allowed):
            self.used[answer.route] = self.used.get(answer.route, 0) + 1
        return answer


def _written(trunk: Trunk, key: str) -> str:
    """The trunk floor alone knows how numbers are written; its dial string is PJSIP/<number>@…"""
    return dial_string(trunk, key).removeprefix("PJSIP/").partition("@")[0]
