"""Talks the engine did not arrange: an agent calls out, or takes a caller over from a colleague.
She is offered nobody meanwhile, and has her wrap-up afterwards."""

from acd.agents import AgentEvent, refusal
from acd.live import Live
from acd.on_agents import OWED
from acd.seat import Seat
from acd.state import Offer
from calls.commands import PlaceCall
from calls.ids import DIALLED_OUT, AgentId, CallId, DeviceId, EdgeId, OfferId, QueueId, call_id
from calls.inputs import AgentDials, AgentEngaged
from calls.words import DeviceKind


def dials(live: Live, said: AgentDials) -> str | None:
    seat = _seat(live, said.agent, said.offer)
    if isinstance(seat, str):
        return seat
    if live.owes_disposition(seat):
        return f"agent {said.agent}: {OWED}"
    device = None if seat.device is None else live.state.devices.get(seat.device)
    kinds = {one.id: one.kind for one in seat.spec.devices}
    if seat.device is None or device is None or kinds[seat.device] is DeviceKind.MOBILE:
        return f"agent {said.agent} cannot be rung: {seat.unfit or 'no_device'}"
    if not live.in_step(device.edge):
        return f"agent {said.agent} cannot be rung: edge {device.edge} is lost"
    own = [queue.spec.id for queue, _ in seat.queues if not queue.gone]
    queue = said.queue or next(iter(own), None)
    if queue is None or queue not in live.queues or live.queues[queue].gone:
        return f"agent {said.agent} has no queue {queue or ''}".rstrip()
    call = call_id(device.edge, f"{DIALLED_OUT}{said.offer}")
    live.engage(_offer(live, said.offer, call, device.edge, queue, seat, seat.device))
    live.turn.commands.append(
        PlaceCall(
            edge=device.edge,
            call=call,
            token=live.state.token,
            offer=said.offer,
            agent=said.agent,
            device=seat.device,
            queue=queue,
            number=said.number,
            staff_number=seat.spec.staff_number,
        )
    )
    return None


def engaged(live: Live, said: AgentEngaged) -> str | None:
    seat = _seat(live, said.agent, said.offer)
    if isinstance(seat, str):
        return seat
    if said.queue not in live.queues:
        return f"unknown queue: {said.queue}"
    live.engage(_offer(live, said.offer, said.call, said.edge, said.queue, seat, said.device))
    return None


def _seat(live: Live, agent: AgentId, offer: OfferId) -> Seat | str:
    """Why not, in words, when she cannot talk now."""
    seat = live.seats.get(agent)
    if seat is None or seat.gone:
        return f"unknown agent: {agent}"
    refused = refusal(seat.agent.state, AgentEvent.ENGAGED)
    if refused is not None:
        return f"agent {agent}: {refused}"
    return f"offer {offer} is known already" if offer in live.state.offers else seat


def _offer(
    live: Live,
    id: OfferId,
    call: CallId,
    edge: EdgeId,
    queue: QueueId,
    seat: Seat,
    device: DeviceId,
) -> Offer:
    now = live.state.now
    return Offer(
        id=id,
        call=call,
        edge=edge,
        queue=queue,
        agent=seat.agent.id,
        device=device,
        offered_at=now,
        backstop_at=now,
        answered_at=now,
    )
