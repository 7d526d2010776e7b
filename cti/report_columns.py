"""What stands in the columns of a report, in both languages: for tables, CSV and XLSX alike."""

from collections.abc import Callable
from dataclasses import dataclass
from enum import StrEnum

from calls.tally import Subject
from calls.words import STRIKING, Language
from cti.ratios import Figures

Value = float | int | None


class Kind(StrEnum):
    COUNT = "count"
    SHARE = "share"
    SECONDS = "seconds"
    SCORE = "score"


@dataclass(frozen=True, slots=True)
class Column:
    zh: str
    en: str
    kind: Kind
    value: Callable[[Figures], Value]

    def title(self, language: Language) -> str:
        return self.zh if language is Language.ZH else self.en


def _plain(zh: str, en: str, name: str, kind: Kind = Kind.COUNT) -> Column:
    return Column(zh, en, kind, lambda figures: getattr(figures, name))


def _level(zh: str, en: str, name: str) -> Column:
    return Column(
        zh, en, Kind.SHARE, lambda f: getattr(f.service_level, name) if f.service_level else None
    )


def _wait(zh: str, en: str, name: str, given_up: bool = False) -> Column:
    def value(figures: Figures) -> Value:
        waits = figures.abandon_waits if given_up else figures.answer_waits
        return getattr(waits, name) if waits else None

    return Column(zh, en, Kind.SECONDS, value)


def _ring(zh: str, en: str, n: int) -> Column:
    return Column(zh, en, Kind.COUNT, lambda f: f.rings[n] if f.rings else 0)


def _time(zh: str, en: str, state: str) -> Column:
    return Column(zh, en, Kind.SECONDS, lambda f: f.times_s.get(state, 0.0))


def _missed(figures: Figures) -> int:
    return sum(count for kind, count in figures.missed.items() if kind in STRIKING)


_ANSWERED = _plain("接听", "Answered", "answered")
_ANSWER_S = _plain("平均应答时间", "Average speed of answer", "answer_s", Kind.SECONDS)
_IN_RULE = _plain("三声内接听率", "Answered within the ring rule", "in_rule_share", Kind.SHARE)
_RINGS = (
    _ring("第一声", "On ring 1", 0),
    _ring("第二声", "On ring 2", 1),
    _ring("第三声", "On ring 3", 2),
    _ring("三声以后", "On a later ring", 3),
)
_TALK = _plain("平均通话时长", "Average talk", "talk_average_s", Kind.SECONDS)
_HANDLE = _plain("平均处理时长", "Average handle time", "handle_s", Kind.SECONDS)
_JUDGED = (
    _plain("一次解决率", "First-contact resolution", "first_contact", Kind.SHARE),
    _plain("重复来电", "Repeat calls", "repeated"),
    _plain("评分数", "Scores given", "scored"),
    _plain("满意度", "Satisfied", "satisfied", Kind.SHARE),
    _plain("平均分", "Average score", "score", Kind.SCORE),
)

COLUMNS: dict[Subject, tuple[Column, ...]] = {
    Subject.QUEUE: (
        _plain("来电", "Calls", "calls"),
        _plain("进入队列", "Offered", "offered"),
        _ANSWERED,
        _plain("放弃", "Abandoned", "abandoned"),
        _plain("短时放弃", "Short abandons", "short_abandoned"),
        _plain("放弃率", "Abandon rate", "abandoned_share", Kind.SHARE),
        _plain("限时内接听", "Answered in time", "in_level"),
        _level("服务水平", "Service level", "of_offered"),
        _level("服务水平（不计短时放弃）", "Service level without short abandons", "without_short"),
        _level("服务水平（按接听计）", "Service level of the answered", "of_answered"),
        _level(
            "服务水平（含限时内放弃）", "Service level with abandons in time", "abandons_in_time"
        ),
        _ANSWER_S,
        _wait("应答等待 P50", "Wait to answer, P50", "p50"),
        _wait("应答等待 P90", "Wait to answer, P90", "p90"),
        _wait("应答等待 P95", "Wait to answer, P95", "p95"),
        _wait("放弃等待 P50", "Wait to abandon, P50", "p50", given_up=True),
        _wait("放弃等待 P90", "Wait to abandon, P90", "p90", given_up=True),
        _IN_RULE,
        *_RINGS,
        _TALK,
        _HANDLE,
        _plain("自助解决", "Solved by self-service", "self_service"),
        _plain("自助解决率", "Self-service share", "self_service_share", Kind.SHARE),
        _plain("菜单中挂断", "Hung up in the menu", "abandoned_in_menu"),
        _plain("留言", "Voicemail", "voicemail"),
        _plain("预约回拨", "Call backs promised", "callback"),
        _plain("客户费力度（步）", "Customer effort (steps)", "effort", Kind.SCORE),
        *_JUDGED,
    ),
    Subject.AGENT: (
        _plain("振铃", "Rung", "rung"),
        _ANSWERED,
        Column("未接", "Missed", Kind.COUNT, _missed),
        _IN_RULE,
        *_RINGS,
        _ANSWER_S,
        _plain("通话数", "Talks", "talks"),
        _plain("通话总时长", "Talk time", "talk_s", Kind.SECONDS),
        _TALK,
        _HANDLE,
        _plain("占用率", "Occupancy", "occupancy", Kind.SHARE),
        _time("就绪时长", "Ready", "ready"),
        _time("话后处理时长", "Wrap-up", "wrap_up"),
        _time("未就绪时长", "Not ready", "not_ready"),
        *_JUDGED,
    ),
    Subject.NODE: (
        _plain("经过", "Visits", "visits"),
        _plain("自助解决", "Solved here", "served"),
        _plain("在此挂断", "Hung up here", "left"),
    ),
}
