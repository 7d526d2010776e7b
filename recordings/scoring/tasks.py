"""What quality scoring asks of those who lead, as tasks. Pure."""

from calls.ids import AgentId, CallId
from calls.tasks import TaskKind, TaskWanted, role
from calls.words import Language, Role

DUE_S = 3 * 24 * 3600.0


def to_coach(
    assessment: str, agent: AgentId | None, call: CallId, score: float, now: float
) -> TaskWanted:
    """An agent was told a low score: somebody speaks with her."""
    who, points = agent or "—", f"{score:g}"
    titles = {
        Language.ZH.value: f"质检得分低（{who}，{points} 分）：请听录音并辅导",
        Language.EN.value: f"Low quality score ({who}, {points}): listen and coach",
    }
    return _wanted(f"low_quality:{assessment}", titles, call, now)


def to_decide(assessment: str, agent: AgentId, call: CallId, now: float) -> TaskWanted:
    """An agent disputes what she was told."""
    titles = {
        Language.ZH.value: f"坐席 {agent} 对质检得分有异议：请裁定",
        Language.EN.value: f"Agent {agent} disputes a quality score: decide",
    }
    return _wanted(f"dispute:{assessment}", titles, call, now)


def _wanted(key: str, titles: dict[str, str], call: CallId, now: float) -> TaskWanted:
    return TaskWanted(
        key=key,
        kind=TaskKind.QUALITY,
        owner=role(Role.SUPERVISOR),
        titles=titles,
        due_at=now + DUE_S,
        call=call,
    )
