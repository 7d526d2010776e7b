"""Over HTTP: the telephone in the browser, what an agent does with a talk, and watching one.

What is asked for here happens beside Asterisk; TalkChanged on the stream says what came of it.
"""

import secrets
from collections.abc import Callable
from typing import Annotated, Literal

import msgspec
from flask import Blueprint

from agent_softphone_bridge.board import Board
from agent_softphone_bridge.phones import HeldElsewhere, PhoneLogin, Phones
from calls.commands import AllowWatch, Command, ControlTalk
from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.floor import FloorSpec
from calls.ids import AgentId, CallId, DeviceId, OfferId, QueueId, edge_of
from calls.rights import EVERYBODY, allow
from calls.text import clean_number
from calls.words import Role, TalkAct, Watch

TICKET_S = 30.0
"""A page dials at once; what is dialled later is somebody else's."""


class PhoneAsked(Asked, frozen=True):
    page: Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9-]{8,64}$")]
    """Any name that no other page has."""
    take: bool
    """From another page, too. A page that only renews its secret does not ask for that."""


class TalkWish(Asked, frozen=True):
    do: Literal[
        "hang_up",
        "hold",
        "resume",
        "transfer",
        "consult",
        "complete",
        "conference",
        "swap",
        "pause_recording",
        "resume_recording",
    ]
    number: str = ""
    """For transfer and consult: one of the three says where to."""
    agent: AgentId | None = None
    queue: QueueId | None = None
    """For transfer alone."""


class WatchWish(Asked, frozen=True):
    how: Watch


class WatchTicket(msgspec.Struct, frozen=True, kw_only=True):
    dial: str
    """What the browser's telephone dials, once, within half a minute."""
    device: DeviceId
    agent: AgentId
    sends: bool
    """False: no microphone may be opened for it."""


def phone_blueprint(
    http: Exchange,
    board: Board,
    phones: Phones,
    plan: Callable[[], FloorSpec],
    order: Callable[[Command], None],
) -> Blueprint:
    routes = Blueprint("phone", __name__)

    def own_talk(do: TalkAct) -> Reply:
        found = board.talk_of(http.who().agent)
        if found is not None:
            order(_control(*found, do))
        return http.reply(None, 204)

    @routes.post("/phone")
    @allow(*EVERYBODY)
    @speaks(
        "A secret for this page's telephone; a former one is good no more.",
        body=PhoneAsked,
        returns=PhoneLogin,
        refuses=(404, 409),
    )
    def open_phone() -> Reply:
        asked = http.body(PhoneAsked)
        try:
            login = phones.open(http.who(), asked.page, take=asked.take)
        except HeldElsewhere:
            raise Fault("phone_elsewhere") from None
        if login is None:
            raise Fault("no_phone")
        return http.reply(login)

    @routes.post("/phone/leaving")
    @allow(*EVERYBODY)
    @speaks("This page goes away: the caller hears music until it is back.", status=204)
    def leaving() -> Reply:
        return own_talk(TalkAct.LEAVING)

    @routes.post("/phone/here")
    @allow(*EVERYBODY)
    @speaks("This page's telephone is registered: a talk that lost its agent goes on.", status=204)
    def here() -> Reply:
        return own_talk(TalkAct.HERE)

    @routes.post("/agents/<id>/talk")
    @allow(*EVERYBODY)
    @speaks(
        "Do something with the talk that goes on.", body=TalkWish, status=204, refuses=(404, 409)
    )
    def talk(id: str) -> Reply:
        agent, who = AgentId(id), http.who()
        if not who.may_speak_for(agent, board.serves(agent)):
            raise Fault("not_your_agent")
        asked = http.body(TalkWish)
        if all(line.id != id for line in board.agents()):
            raise Fault("no_such_agent", id=id)
        found = board.talk_of(agent)
        if found is None or not (who.agent == agent or who.looks_after(board.queue_of(found[0]))):
            raise Fault("no_talk")
        order(_wanted(agent, _control(*found, TalkAct(asked.do)), asked, plan()))
        return http.reply(None, 204)

    return routes


def watch_blueprint(
    http: Exchange, board: Board, phones: Phones, order: Callable[[Command], None]
) -> Blueprint:
    """For who looks after the floor."""
    routes = Blueprint("watching", __name__)

    @routes.post("/calls/<id>/watch")
    @allow(Role.SUPERVISOR, Role.ADMIN)
    @speaks(
        "Listen to a talk, whisper to its agent, join it, or take it over.",
        body=WatchWish,
        returns=WatchTicket,
        status=201,
        refuses=(404, 409),
    )
    def watch(id: str) -> Reply:
        how, who = http.body(WatchWish).how, http.who()
        device = phones.device_of(who)
        if device is None:
            raise Fault("no_phone")
        found = next((line for line in board.agents() if line.call == id and line.offer), None)
        if found is None or found.offer is None or not who.looks_after(board.queue_of(CallId(id))):
            raise Fault("no_talk")
        if found.id == who.agent:
            raise Fault("watch_own")
        ticket = secrets.token_hex(16)
        order(
            AllowWatch(
                edge=edge_of(CallId(id)),
                call=CallId(id),
                token=0,
                offer=found.offer,
                device=device,
                ticket=ticket,
                how=how,
                by=who.person,
                until=http.now() + TICKET_S,
            )
        )
        opened = WatchTicket(
            dial=f"watch-{ticket}", device=device, agent=found.id, sends=how is not Watch.LISTEN
        )
        return http.reply(opened, 201)

    return routes


def _control(call: CallId, offer: OfferId, do: TalkAct) -> ControlTalk:
    return ControlTalk(edge=edge_of(call), call=call, token=0, offer=offer, do=do)


def _wanted(who: AgentId, control: ControlTalk, asked: TalkWish, plan: FloorSpec) -> ControlTalk:
    """Raises Fault for a way out that nobody could take."""
    if asked.do not in ("transfer", "consult"):
        return control
    if asked.queue is not None and asked.do == "transfer":
        if asked.queue not in {queue.id for queue in plan.queues}:
            raise Fault("unfit", "$.queue", detail=f"no queue {asked.queue}")
        return msgspec.structs.replace(control, to_queue=asked.queue)
    if asked.agent is not None:
        known = next((one for one in plan.agents if one.id == asked.agent), None)
        if known is None or known.id == who:
            raise Fault("no_such_agent", "$.agent", id=asked.agent)
        devices = tuple(device.id for device in known.devices)
        if not devices:
            raise Fault("nobody_there", "$.agent", id=asked.agent)
        return msgspec.structs.replace(control, to_agent=known.id, devices=devices)
    number = clean_number(asked.number)
    if not number:
        raise Fault("no_number", "$.number")
    return msgspec.structs.replace(control, number=number)
