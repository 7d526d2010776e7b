"""Alarms in words, for letters and webhooks; pages have their own (ui/src/i18n). Pure."""

from collections.abc import Mapping

from calls.notices import Alarm
from calls.words import Language

_WORDS: dict[str, tuple[str, str]] = {
    "queue_waiting": (
        "{of}：等候 {now} 人，超过 {limit} 人",
        "{of}: {now} callers wait, more than {limit}",
    ),
    "queue_longest_wait": (
        "{of}：最长等候 {now} 秒，超过 {limit} 秒",
        "{of}: somebody has waited {now} s, longer than {limit} s",
    ),
    "queue_service_level": (
        "{of}：服务水平 {now}%，低于 {limit}%",
        "{of}: service level {now} %, below {limit} %",
    ),
    "queue_abandoned": (
        "{of}：放弃率 {now}%，超过 {limit}%",
        "{of}: {now} % gave up, more than {limit} %",
    ),
    "agent_not_responding": ("{of}：无应答", "{of} does not respond"),
    "agent_wrap_up": (
        "{of}：话后处理已 {now} 秒，超过 {limit} 秒",
        "{of} has wrapped up for {now} s, longer than {limit} s",
    ),
    "agent_hold": (
        "{of}：客户被保持 {now} 秒，超过 {limit} 秒",
        "{of} has held the caller for {now} s, longer than {limit} s",
    ),
    "agent_no_telephone": (
        "{of}：已就绪，但没有已注册的话机",
        "{of} is ready and has no telephone that is registered",
    ),
    "agent_voice": (
        "{of}：最近几次通话语音评分 {now}，低于 {limit}（满分 5）",
        "{of}: voice of the last talks {now}, below {limit} (of 5)",
    ),
    "prompts_missing": (
        "{of}：缺少 {now} 条语音：{names}",
        "{of}: {now} prompts are missing: {names}",
    ),
    "trunk_lost": ("中继 {of}：未注册", "Trunk {of} is not registered"),
    "tree_plan": (
        "语音树 {of} 未能按计划发布，来电人仍听到原版本：{zh-CN}",
        "Tree {of} was not published as planned, callers hear what they heard: {en}",
    ),
    "calendar_unknown": (
        "{of} 年的日历尚不清楚：{names}",
        "The calendar of {of} is not known yet: {names}",
    ),
    "emergency": ("紧急开关已打开：{text}", "The emergency switch is on: {text}"),
    "journal": ("流水日志异常：{text}", "The journal is in trouble: {text}"),
    "records_waiting": ("通话记录等待写入：{text}", "Call records wait to be written: {text}"),
    "tickets_waiting": ("通话等待工单台处理：{text}", "Calls wait for the desk: {text}"),
    "edge_lost": ("话务节点 {of} 失去联系", "Telephone node {of} is out of touch"),
}


def kind_of(alarm: Alarm) -> tuple[str, str]:
    """Its kind, and what it is about ('' for the house)."""
    kind, _, of = alarm.name.partition(":")
    return kind, of


def say(alarm: Alarm, language: Language, names: Mapping[str, str]) -> str:
    """``names``: of queues and agents, by id; what has none is called by its id."""
    kind, of = kind_of(alarm)
    zh, en = _WORDS.get(kind, ("{kind} {of} {text}", "{kind} {of} {text}"))
    text = zh if language is Language.ZH else en
    values = {"kind": kind, "of": names.get(of, of), "text": alarm.text}
    for key, value in {**alarm.values, **values}.items():
        text = text.replace(f"{{{key}}}", value)
    return " ".join(text.split())
