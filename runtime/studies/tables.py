"""The figures of a study as rows of words: what the terminal and the HTML page show alike."""

from acd.simulator.figures import DayFigures
from acd.simulator.study import AS_IT_WAS, Comparison
from calls.words import Language

ZH, EN = Language.ZH, Language.EN
NAMES: dict[str, dict[Language, str]] = {
    "title": {ZH: "这一天，以及换一种做法", EN: "A day, and the same day otherwise"},
    "figure": {ZH: "指标", EN: "figure"},
    "real": {ZH: "真实的一天", EN: "the real day"},
    "as_it_was": {ZH: "照原样模拟", EN: "simulated as it was"},
    "hour": {ZH: "时", EN: "hour"},
    "calls": {ZH: "来电", EN: "calls"},
    "answered": {ZH: "接听", EN: "answered"},
    "abandoned": {ZH: "放弃", EN: "gave up"},
    "sent_on": {ZH: "转走", EN: "sent on"},
    "service_level": {ZH: "服务水平 %", EN: "service level %"},
    "spread": {ZH: "各次模拟之间 %", EN: "between runs %"},
    "abandon_share": {ZH: "放弃率 %", EN: "gave up %"},
    "wait_s": {ZH: "平均等候 秒", EN: "mean wait s"},
    "p50": {ZH: "等候中位数 秒", EN: "wait p50 s"},
    "p90": {ZH: "等候 90 分位 秒", EN: "wait p90 s"},
    "p95": {ZH: "等候 95 分位 秒", EN: "wait p95 s"},
    "p99": {ZH: "等候 99 分位 秒", EN: "wait p99 s"},
    "longest_s": {ZH: "最长等候 秒", EN: "longest wait s"},
    "abandon_s": {ZH: "放弃前等候 秒", EN: "gave up after s"},
    "talk_s": {ZH: "平均通话 秒", EN: "mean talk s"},
    "occupancy": {ZH: "占用率 %", EN: "occupancy %"},
    "staffed_h": {ZH: "坐席工时", EN: "agent hours"},
    "misses": {ZH: "漏接", EN: "phones not answered"},
}


def rows(found: Comparison, language: Language) -> list[list[str]]:
    """The first is the head; a column for the real day and for each variant."""
    head, columns = [NAMES["figure"][language]], []
    if found.real is not None:
        head.append(NAMES["real"][language])
        columns.append(_column(found.real, ""))
    for one in found.variants:
        head.append(NAMES["as_it_was"][language] if one.name == AS_IT_WAS else one.name)
        low, high = one.lowest_service_level, one.highest_service_level
        spread = "" if low is None or high is None else f"{100 * low:.1f}–{100 * high:.1f}"
        columns.append(_column(one.figures, spread))
    return [
        head,
        *([NAMES[key][language], *(column[key] for column in columns)] for key in columns[0]),
    ]


def _column(day: DayFigures, spread: str) -> dict[str, str]:
    of = day.all
    return {
        "calls": str(of.calls),
        "answered": str(of.answered),
        "abandoned": str(of.abandoned),
        "sent_on": str(of.sent_on),
        "service_level": _number(of.service_level, 100.0),
        "spread": spread,
        "abandon_share": _number(of.abandon_share, 100.0),
        "wait_s": _number(of.wait_s),
        **{f"p{p}": _number(of.percentiles_s.get(p)) for p in (50, 90, 95, 99)},
        "longest_s": _number(of.longest_s),
        "abandon_s": _number(of.abandon_s),
        "talk_s": _number(of.talk_s),
        "occupancy": _number(day.occupancy, 100.0),
        "staffed_h": _number(day.staffed_h),
        "misses": str(sum(day.misses.values())),
    }


def _number(value: float | None, times: float = 1.0) -> str:
    return "" if value is None else f"{value * times:.1f}"
