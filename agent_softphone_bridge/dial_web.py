"""Over HTTP: an agent calls a number. The engine keeps offers from her, her own telephone rings
first, and TalkChanged on the stream says what came of it."""

import secrets
from collections.abc import Callable

from flask import Blueprint

from agent_softphone_bridge.board import AgentLine, Board
from agent_softphone_bridge.web import Tell
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import AgentId, OfferId, QueueId
from calls.inputs import AgentDials
from calls.rights import EVERYBODY, allow
from calls.text import clean_number


class DialWish(Asked, frozen=True):
    number: str
    queue: QueueId | None = None
    """Whose rules the call goes by; None: of the agent's first queue."""


def dial_blueprint(
    http: Exchange, board: Board, may_dial: Callable[[str], str], tell: Tell
) -> Blueprint:
    """``may_dial(number)``: '' or the code of why not."""
    routes = Blueprint("dialling", __name__)

    @routes.post("/agents/<id>/dial")
    @allow(*EVERYBODY)
    @speaks(
        "Call a number: the agent's own telephone is rung first.",
        body=DialWish,
        returns=AgentLine,
        refuses=(404, 409),
    )
    def dial(id: str) -> Reply:
        agent = AgentId(id)
        if http.who().agent != agent:
            # A telephone that rings by itself is nobody's to order for others.
            raise Fault("not_your_agent")
        if all(line.id != agent for line in board.agents()):
            raise Fault("no_such_agent", id=id)
        asked = http.body(DialWish)
        number = clean_number(asked.number)
        if not number:
            raise Fault("dial_no_number", "$.number")
        denied = may_dial(number)
        if denied:
            raise Fault(f"dial_{denied}", "$.number")
        offer = OfferId(secrets.token_hex(10))
        refused = tell(AgentDials(agent=agent, offer=offer, number=number, queue=asked.queue))
        if refused is not None:
            raise Fault("agent_cannot", why=refused)
        return http.reply(next(line for line in board.agents() if line.id == agent))

    return routes
