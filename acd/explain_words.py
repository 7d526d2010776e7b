"""An explanation in sentences, Chinese and English."""

from collections.abc import Iterator, Mapping, Sequence

from acd.choose import Needs, Reason, Why
from acd.explain import Explained, Explanation, Relaxed
from acd.standing import CHOSEN, FREE_NOW, Hold, Waits
from calls.ids import AgentId, CallId, QueueId
from calls.words import AgentState, Language, Strategy

Said = tuple[str, str]
"""Chinese, English."""

REASONS: dict[str, Said] = {
    CHOSEN: ("已选中", "chosen"),
    FREE_NOW: ("空闲，可以接这个电话", "free, and may take her"),
    Reason.SKILL: ("技能不够", "lacks a skill or its level"),
    Reason.RESERVED: ("为优先级更高的来电保留", "kept for callers of a higher priority"),
    Reason.NOT_THIS_CALL: (
        "已漏接这个电话，或不应接这个电话",
        "missed this call, or is not to have it",
    ),
    Reason.RESTING: ("漏接后稍作休息", "resting for a moment after a miss"),
    Reason.NO_DEVICE: ("没有已注册的话机", "has no telephone that is registered"),
    Reason.DO_NOT_DISTURB: ("话机设为免打扰", "has told the telephone not to ring"),
    Reason.DEVICE_BUSY: ("话机正忙", "has a telephone that is in use"),
    Reason.NOT_PREFERRED: ("来电人另有首选坐席", "the caller prefers another"),
    Reason.IDLE_LESS: ("空闲时间较短", "has been free for a shorter time"),
    Reason.MORE_CALLS: ("接听次数较多", "has had more calls"),
    Reason.MORE_TALK: ("通话时间较长", "has talked longer"),
    Reason.NOT_NEXT: ("轮流分配，尚未轮到", "comes later in the round"),
    Reason.NOT_DRAWN: ("随机分配，未抽中", "was not drawn"),
    Reason.LOWER_RANK: ("同层中次序靠后", "is of a later rank"),
    Reason.LOWER_TIER: ("层级靠后", "is of a later tier"),
    AgentState.LOGGED_OUT: ("未签入", "logged out"),
    AgentState.NOT_READY: ("示忙", "not ready"),
    AgentState.OFFERED: ("正在振铃", "being rung for another call"),
    AgentState.TALKING: ("正在通话", "talking"),
    AgentState.WRAPPING_UP: ("正在话后处理", "wrapping up"),
    AgentState.NOT_RESPONDING: ("多次未接，已暂停派话", "set aside after misses"),
    AgentState.READY: ("示闲", "ready"),
}
HOLDS: dict[Hold, Said] = {
    Hold.OFFERED: ("正在向坐席振铃", "she is being offered this moment"),
    Hold.EDGE_LOST: (
        "管理她线路的进程失联，恢复核对之前不派话",
        "the process that holds her line is out of step; nothing is offered until it has told "
        "the truth again",
    ),
    Hold.CALLED_BACK: ("已挂机等候回拨", "she left the line and will be called back"),
    Hold.AT_CAP: ("队列同时通话数已到上限", "the queue has as many talks as it may have"),
    Hold.NO_AGENTS: ("队列中没有坐席", "no agent belongs to this queue"),
    Hold.KEPT_FOR: ("正在等候首选或指定的坐席", "she waits for an agent she prefers or was given"),
    Hold.NOBODY_FREE: ("没有可接她的空闲坐席", "no agent who may take her is free"),
}
STRATEGIES: dict[Strategy, Said] = {
    Strategy.LONGEST_IDLE: (
        "空闲最久，已 {idle:.0f} 秒",
        "free for the longest time, {idle:.0f} s",
    ),
    Strategy.FEWEST_CALLS: ("接听最少，{figure:.0f} 次", "the fewest calls, {figure:.0f}"),
    Strategy.LEAST_TALK: ("通话最短，{figure:.0f} 秒", "the least talk, {figure:.0f} s"),
    Strategy.ROUND_ROBIN: ("轮到此人", "next in the round"),
    Strategy.RANDOM: ("随机抽中", "drawn by chance"),
    Strategy.WEIGHTED_RANDOM: ("按权重抽中", "drawn by weight"),
    Strategy.RING_ALL: ("同时振铃", "all ring at once"),
    Strategy.PROGRESSIVE: ("逐个增加振铃", "one more rings after the other"),
}


def say(said: Said, language: Language, **values: object) -> str:
    return said[0 if language is Language.ZH else 1].format(**values)


def choice_in_words(why: Why, language: Language, name: str) -> str:
    """Who was chosen, and why."""
    given = (
        (bool(why.by_hand), ("{who}：由 {by} 指定", "{who}: by hand, {by}")),
        (why.again, ("{who}：同一坐席的下一部话机", "{who}: the same agent's next telephone")),
        (why.kept, ("{who}：回拨期间为其保留", "{who}: kept for her while she was called back")),
    )
    for true, words in given:
        if true:
            return say(words, language, who=name, by=why.by_hand)
    because = STRATEGIES[why.strategy]
    if why.preferred:
        because = ("来电人的首选坐席", "preferred by the caller")
    reason = say(because, language, idle=why.idle_s, figure=why.figure)
    if why.nobody_else:
        reason += say(
            ("；漏接过，但已无他人", "; missed her before, but nobody else is left"), language
        )
    if why.relaxed:
        asks = levels_in_words(why.relaxed, language)
        reason += say(("；要求已放宽为：{asks}", "; by now needs {asks}"), language, asks=asks)
    return say(
        ("{who}：第 {tier} 层，{reason}", "{who}: tier {tier}, {reason}"),
        language,
        who=name,
        tier=why.tier,
        reason=reason,
    )


def levels_in_words(needs: Needs, language: Language) -> str:
    """``english 1, german no more``."""
    no_more = say((" 不再要求", " no more"), language)
    comma = say(("、", ", "), language)
    return comma.join(
        f"{need.skill} {need.level}" if need.level else f"{need.skill}{no_more}" for need in needs
    )


def relaxed_in_words(one: Relaxed, language: Language) -> str:
    """That what she needs was lowered, when and by what."""
    by = ("来电自带的步骤", "a step of her own") if one.own else ("队列规则", "her queue's recipe")
    return say(
        ("等候 {wait:.0f} 秒，{by}放宽要求为：{asks}", "after {wait:.0f} s {by} asks for: {asks}"),
        language,
        wait=one.waited_s,
        by=say(by, language),
        asks=levels_in_words(one.needs, language),
    )


def others_in_words(
    one: Explained, names: Mapping[AgentId, str], language: Language
) -> Iterator[str]:
    """A line for each reason: whom it kept from being chosen."""
    by_reason: dict[str, list[str]] = {}
    for agent, reason in one.agents.items():
        if agent != one.why.agent:
            by_reason.setdefault(reason, []).append(agent)
    if not one.agents:
        by_reason = {reason: list(some) for reason, some in one.why.passed.items()}
    for reason, agents in sorted(by_reason.items()):
        yield f"{reason_in_words(reason, language)}: {_listed(agents, names)}{_more(one, reason)}"
    if not one.agents:
        for state, count in sorted(one.why.rest.items()):
            yield f"{reason_in_words(state, language)}: {count}"


def _more(one: Explained, reason: str) -> str:
    more = 0 if one.agents else one.why.more.get(Reason(reason), 0)
    return f" +{more}" if more else ""


def _listed(agents: list[str], names: Mapping[AgentId, str]) -> str:
    return ", ".join(f"{names.get(AgentId(agent)) or agent} ({agent})" for agent in agents)


def reason_in_words(reason: str, language: Language) -> str:
    """A reason of another release is shown as it is written."""
    said = REASONS.get(reason)
    return reason if said is None else say(said, language)


def offer_in_words(one: Explained, told: Explanation, language: Language) -> list[str]:
    """The offer's headline, then a line for each reason against the others."""
    why = one.why
    who = f"{told.names.get(why.agent) or why.agent} ({why.agent})"
    head = say(
        ("第 {n} 次，等候 {wait:.0f} 秒后", "attempt {n}, after {wait:.0f} s"),
        language,
        n=why.attempt,
        wait=why.waited_s,
    )
    lines = [f"{head}: {choice_in_words(why, language, who)}"]
    lines += others_in_words(one, told.names, language)
    if not one.same:
        lines.append(
            say(("当前版本的程序会作出不同的选择", "this release would decide otherwise"), language)
        )
    return lines


def reasons_in_words(
    offers: Sequence[Why],
    waits: Waits | None,
    language: Language,
    names: Mapping[AgentId, str],
) -> list[str]:
    """What the journal stores of a call's offers, and her wait if she does."""
    told = Explanation(
        call=CallId(""), queued_at=0.0, queue=QueueId(""), offers=(), queues={}, names=dict(names)
    )
    lines = [
        line
        for why in offers
        for line in offer_in_words(Explained(position=0, at=0.0, why=why), told, language)
    ]
    return lines + ([] if waits is None else waits_in_words(waits, language, names))


def waits_in_words(waits: Waits, language: Language, names: Mapping[AgentId, str]) -> list[str]:
    """Why a waiting caller has not been offered to anybody yet."""
    head = say(
        ("已等候 {s:.0f} 秒，排第 {place} 位：{why}", "waits for {s:.0f} s, place {place}: {why}"),
        language,
        s=waits.waited_s,
        place=waits.place,
        why=say(HOLDS[waits.hold], language),
    )
    by_reason: dict[str, list[str]] = {}
    for agent, reason in waits.agents.items():
        by_reason.setdefault(reason, []).append(agent)
    return [head, *_asks_in_words(waits, language)] + [
        f"{reason_in_words(reason, language)}: {_listed(agents, names)}"
        for reason, agents in sorted(by_reason.items())
    ]


def _asks_in_words(waits: Waits, language: Language) -> Iterator[str]:
    """What she needs now, and will need."""
    if waits.needs:
        asks = levels_in_words(waits.needs, language)
        yield say(("现在要求：{asks}", "needs now: {asks}"), language, asks=asks)
    for step in waits.relaxes:
        asks = levels_in_words(step.needs, language)
        then = ("等候满 {s:g} 秒后要求：{asks}", "after {s:g} s needs: {asks}")
        yield say(then, language, s=step.after_s, asks=asks)
