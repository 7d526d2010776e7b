"""Over HTTP: an agent's skills, as the plan has them and as a supervisor wants them now."""

from collections.abc import Callable
from typing import Annotated

import msgspec
from flask import Blueprint

from agent_softphone_bridge.board import AgentLine, Board
from agent_softphone_bridge.web import Tell
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.floor import FloorSpec
from calls.ids import AgentId
from calls.inputs import AgentSkilled
from calls.rights import WATCHERS, allow

MOST = 100
Skill = Annotated[str, msgspec.Meta(pattern=r"^[\w-]{1,40}$")]
Level = Annotated[int, msgspec.Meta(ge=1, le=10)]


class SkillsOfAgent(msgspec.Struct, frozen=True, kw_only=True):
    planned: dict[str, int]
    """Skill to level, 1 to 10."""
    now: dict[str, int] | None
    """In place of the plan's; None: the plan's hold."""
    known: tuple[str, ...]
    """Every skill that somebody on the plan has, or a queue needs."""


class SkillsWanted(Asked, frozen=True):
    skills: Annotated[dict[Skill, Level], msgspec.Meta(max_length=MOST)] | None
    """None: the plan's again."""


def skills_blueprint(
    http: Exchange, board: Board, plan: Callable[[], FloorSpec], tell: Tell
) -> Blueprint:
    routes = Blueprint("skills", __name__)

    @routes.get("/agents/<id>/skills")
    @allow(*WATCHERS)
    @speaks("Skills of an agent, by the plan and now.", returns=SkillsOfAgent, refuses=(404,))
    def skills(id: str) -> Reply:
        line, spec = _hers(id), plan()
        mine = next((one.skills for one in spec.agents if one.id == line.id), {})
        known = {skill for one in spec.agents for skill in one.skills}
        known |= {need.skill for queue in spec.queues for need in queue.needs}
        return http.reply(
            SkillsOfAgent(planned=dict(mine), now=line.skills, known=tuple(sorted(known)))
        )

    @routes.put("/agents/<id>/skills")
    @allow(*WATCHERS)
    @speaks(
        "Other skills than on the plan from now on, or the plan's again.",
        body=SkillsWanted,
        returns=AgentLine,
        refuses=(404, 409),
    )
    def change(id: str) -> Reply:
        line = _hers(id)
        refused = tell(AgentSkilled(agent=line.id, skills=http.body(SkillsWanted).skills))
        if refused is not None:
            raise Fault("agent_cannot", why=refused)
        return http.reply(_hers(id))

    def _hers(id: str) -> AgentLine:
        """The agent, when this person looks after every queue that the skills count in."""
        agent = AgentId(id)
        serves = board.serves(agent)
        if not http.who().may_speak_for(agent, serves) or not all(
            http.who().looks_after(queue) for queue in serves
        ):
            raise Fault("not_your_agent")
        found = next((line for line in board.agents() if line.id == agent), None)
        if found is None:
            raise Fault("no_such_agent", id=id)
        return found

    return routes
