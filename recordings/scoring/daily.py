"""Each day's samples: every plan draws from the talks of the day that ended, as the house's clocks
say. Drawn again, by whomever, it draws the same.
"""

from collections.abc import Mapping
from datetime import date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from calls.ids import AgentId
from recordings.scoring.sql_store import SqlScoring


def yesterday(now: float, zone: str) -> tuple[str, float, float]:
    """What the day before is called, when it began and when it ended; 23 hours long, or 25, where
    the clocks were changed."""
    today = datetime.fromtimestamp(now, ZoneInfo(zone)).date()
    before = today - timedelta(days=1)
    return before.isoformat(), _begins(before, zone), _begins(today, zone)


def draw_samples(
    scoring: SqlScoring, zone: str, now: float, own_agent: Mapping[str, AgentId | None]
) -> int:
    """How many talks are to be reviewed that were not before. Synchronous."""
    period, since, until = yesterday(now, zone)
    return sum(
        scoring.draw(plan.id, period, since, until, now, own_agent) for plan in scoring.plans()
    )


def _begins(day: date, zone: str) -> float:
    return datetime.combine(day, time(), ZoneInfo(zone)).timestamp()
