"""An agent at work: the record, the person's rules and telephones, and the queues served."""

from collections.abc import Mapping

from acd.choose import Reason, Skills
from acd.live_queue import LiveQueue
from acd.staff import FREE, NEW, Filed
from acd.state import Agent, Device, Offer
from calls.floor import AgentSpec
from calls.ids import DeviceId
from calls.notices import AgentChanged, PauseGlimpse
from calls.words import AgentState, DeviceState

STAYING = frozenset(
    {AgentState.READY, AgentState.OFFERED, AgentState.TALKING, AgentState.WRAPPING_UP}
)
SILENT = (Reason.NO_DEVICE, Reason.DO_NOT_DISTURB)
"""No telephone of the agent's could ring, whatever became free."""


class Seat:
    __slots__ = (
        "agent",
        "spec",
        "skills",
        "gone",
        "queues",
        "noted_in",
        "thins",
        "device",
        "unfit",
        "filed",
    )

    def __init__(
        self, agent: Agent, spec: AgentSpec, queues: tuple[tuple[LiveQueue, int], ...], gone: bool
    ) -> None:
        self.agent = agent
        self.spec = spec
        self.skills: Skills = spec.skills if agent.skills is None else agent.skills
        self.gone = gone
        """No longer on the floor plan; leaves when the call is over."""
        self.sit(queues)
        self.device: DeviceId | None = None
        """The telephone to ring next."""
        self.unfit: Reason | None = Reason.NO_DEVICE
        """Why no telephone can be rung."""
        self.filed = NEW

    def sit(self, queues: tuple[tuple[LiveQueue, int], ...]) -> None:
        """Serve these queues from now on, each with the agent's tier in it."""
        self.queues = queues
        self.noted_in = tuple(queue.staff.stale for queue, _ in queues)
        """Where the queues note who has changed."""
        self.thins = tuple(queue for queue, _ in queues if queue.leaves_empty)
        """Those whose callers leave with the last agent."""

    def look_at_devices(self, known: Mapping[DeviceId, Device]) -> None:
        """Find the telephone to ring: the first in order that is registered and may be disturbed.

        A state never reported counts as usable. A person speaking on any one of the telephones is
        busy, and is not rung on another.
        """
        self.device, self.unfit = None, Reason.NO_DEVICE
        for spec in self.spec.devices:
            device = known.get(spec.id)
            state = DeviceState.UNKNOWN if device is None else device.state
            if state in (DeviceState.IN_USE, DeviceState.RINGING):
                self.device, self.unfit = None, Reason.DEVICE_BUSY
                return
            if self.device is not None or state is DeviceState.UNREGISTERED:
                continue
            if state is DeviceState.DO_NOT_DISTURB:
                self.unfit = Reason.DO_NOT_DISTURB
            else:
                self.device, self.unfit = spec.id, None

    def device_after(
        self, tried: tuple[DeviceId, ...], known: Mapping[DeviceId, Device]
    ) -> DeviceId | None:
        """The next telephone in order that has not been tried and may be registered."""
        for spec in self.spec.devices:
            device = known.get(spec.id)
            if spec.id not in tried and (
                device is None or device.state in (DeviceState.UNKNOWN, DeviceState.IDLE)
            ):
                return spec.id
        return None

    def filed_now(self) -> Filed:
        agent = self.agent
        standing: str = agent.state
        if agent.state is AgentState.READY:
            if self.unfit is not None:
                standing = self.unfit
            else:
                standing = FREE if agent.rest_until is None else Reason.RESTING
        stays = (
            agent.state in STAYING
            and agent.wish is None
            and not agent.pauses
            and self.unfit not in SILENT
        )
        return Filed(standing, agent.idle_since, stays)

    def changed(self, offer: Offer | None) -> AgentChanged:
        """What a screen shows. A ready agent who cannot be offered anything is shown with why."""
        agent = self.agent
        held = agent.state is AgentState.READY and self.filed.standing != FREE
        return AgentChanged(
            agent=agent.id,
            state=agent.state,
            since=agent.since,
            reason=self.filed.standing if held else self._reason(),
            call=offer.call if offer else None,
            offer=offer.id if offer else None,
            queue=offer.queue if offer else None,
            device=offer.device if offer else None,
            until=self._until(held),
            strikes=sum(agent.strikes.values()),
            missed=agent.missed,
            pauses=tuple(
                PauseGlimpse(cause=cause, reason=pause.reason, until=pause.until)
                for cause, pause in agent.pauses.items()
            ),
            away_from=agent.away,
            skills=agent.skills,
            disposition=agent.last.disposition if agent.last else "",
        )

    def _until(self, held: bool) -> float | None:
        agent = self.agent
        if held:
            return agent.rest_until
        if not agent.paused:
            return agent.until
        ends = [pause.until for pause in agent.pauses.values() if pause.until is not None]
        return max(ends) if len(ends) == len(agent.pauses) else None

    def _reason(self) -> str:
        agent = self.agent
        if agent.paused:
            return next((pause.reason or cause for cause, pause in agent.pauses.items()), "")
        return agent.reason or agent.wish_reason
