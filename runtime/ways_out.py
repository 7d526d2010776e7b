"""Transfers out: the configured routes, asked with the time and today's use."""

from collections import Counter
from datetime import date, datetime
from zoneinfo import ZoneInfo

from config.outbound import Denied, TrunkPlan, may_dial
from hotline.house import Route


class WaysOut:
    """hotline.house.Routes over the site's plan. Today's count is this process's own."""

    def __init__(self, plan: TrunkPlan, time_zone: str) -> None:
        self.denied = 0
        self._plan = plan
        self._zone = ZoneInfo(time_zone)
        self._day = date.min
        self._used: Counter[str] = Counter()

    def allow(self, number: str, now: float) -> Route | None:
        today = datetime.fromtimestamp(now, self._zone).date()
        if today != self._day:
            self._day = today
            self._used.clear()
        verdict = may_dial(self._plan, number, now, self._used)
        if isinstance(verdict, Denied):
            self.denied += 1
            return None
        self._used[verdict.route] += 1
        return Route(verdict.trunk, verdict.number, verdict.caller_number)
