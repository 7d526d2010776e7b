"""``followups.yaml``: which customers are asked how it went (回访), by whom, and in which hours."""

from collections.abc import Collection

from calls.calendar import ROUND_THE_CLOCK, WorkCalendar, week
from calls.ids import QueueId
from calls.words import Level
from config.calendars import read_calendar
from config.section import Section, guess
from tickets.followups.model import DAY_S, FollowUpCause, FollowUpPlan, FollowUpRule, Pool

FILE = "followups.yaml"
MOST_TRIES = 20
_NAME = r"[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}"
_NAME_RIGHT = "letters, digits, _ . and -"
_A_WEEK_OF_MINUTES = 60 * 24 * 7


def read_follow_ups(top: Section, queues: Collection[str], zone: str) -> FollowUpPlan:
    """The rules in the order they are written. ``queues``: ids of the floor's queues; ``zone``: of
    call hours that name none. Mistakes are noted in the section's problems."""
    hours = _hours(top, zone)
    due_days = top.whole("due_in_days", 3, 1, 60)
    tries = top.whole("tries", 3, 1, MOST_TRIES)
    again = top.whole("try_again_in_minutes", 120, 1, _A_WEEK_OF_MINUTES)
    group = top.section("rules")
    names = group.names_matching(_NAME, "no name for a rule", _NAME_RIGHT)
    rules = tuple(_rule(name, group.section(name), queues) for name in names)
    top.finish()
    return FollowUpPlan(rules, hours, due_days * DAY_S, tries, 60.0 * again)


def _hours(top: Section, zone: str) -> WorkCalendar:
    if not top.has("call_hours"):
        return WorkCalendar(zone=zone, weekly=week({"mon-sun": ROUND_THE_CLOCK}))
    before = top.mistakes
    hours = read_calendar(top.section("call_hours"), zone)
    if top.mistakes == before and not any(hours.weekly):
        top.refuse("call_hours", "customers may never be called", "write hours for a day at least")
    return hours


def _rule(name: str, section: Section, queues: Collection[str]) -> FollowUpRule:
    after = section.choice("after", FollowUpCause, None)
    asked = section.texts("queues")
    for queue in asked:
        if queue not in queues:
            known = f"the floor has {', '.join(sorted(queues)) or 'no queue yet'}"
            section.refuse("queues", f"there is no queue {queue!r}", guess(queue, queues) or known)
    if section.has("score_below") and after is not FollowUpCause.LOW_SCORE:
        section.refuse("score_below", "only a low score has one", "write `after: low_score`")
    below = 3 if after is FollowUpCause.LOW_SCORE else None
    rule = FollowUpRule(
        name=name,
        after=after,
        levels=section.choices("levels", Level, ()),
        queues=tuple(map(QueueId, asked)),
        share=section.whole("share_percent", 100, 0, 100) / 100.0,
        score_below=section.whole("score_below", 3, 1, 100)
        if section.has("score_below")
        else below,
        by=section.choice("by", Pool, Pool.AGENTS),
    )
    section.finish()
    return rule
