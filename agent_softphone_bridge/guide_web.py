"""Over HTTP: what a queue gives its agents beside a call (script, dispositions), and what they say
came of it."""

from collections.abc import Callable

import msgspec
from flask import Blueprint

from agent_softphone_bridge.board import AgentLine, Board
from agent_softphone_bridge.web import Tell
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.floor import Disposition, FloorSpec
from calls.ids import AgentId, QueueId
from calls.inputs import CallDisposed
from calls.rights import EVERYBODY, allow


class Guide(msgspec.Struct, frozen=True, kw_only=True):
    queue: QueueId
    script: dict[str, dict[str, str]]
    """By part of the talk (opening, hold, transfer, closing) and language tag."""
    dispositions: tuple[Disposition, ...]
    required: bool
    """No wrap-up ends before one has been said."""


class DispositionSaid(Asked, frozen=True):
    code: str
    """With those above it: ``lost/price``."""


def guide_blueprint(
    http: Exchange, board: Board, plan: Callable[[], FloorSpec], tell: Tell
) -> Blueprint:
    routes = Blueprint("guide", __name__)

    @routes.get("/queues/<id>/guide")
    @allow(*EVERYBODY)
    @speaks("Script and dispositions of a queue.", returns=Guide, refuses=(404,))
    def guide(id: str) -> Reply:
        spec = next((queue for queue in plan().queues if queue.id == id), None)
        if spec is None:
            raise Fault("no_such_queue", id=id)
        return http.reply(
            Guide(
                queue=spec.id,
                script=spec.script,
                dispositions=spec.dispositions,
                required=spec.disposition_required,
            )
        )

    @routes.post("/agents/<id>/disposition")
    @allow(*EVERYBODY)
    @speaks(
        "What came of the talk the agent has, or had last.",
        body=DispositionSaid,
        returns=AgentLine,
        refuses=(404, 409),
    )
    def dispose(id: str) -> Reply:
        agent = AgentId(id)
        if not http.who().may_speak_for(agent, board.serves(agent)):
            raise Fault("not_your_agent")
        if all(line.id != agent for line in board.agents()):
            raise Fault("no_such_agent", id=id)
        refused = tell(CallDisposed(agent=agent, code=http.body(DispositionSaid).code))
        if refused is not None:
            raise Fault("agent_cannot", why=refused)
        return http.reply(next(line for line in board.agents() if line.id == agent))

    return routes
