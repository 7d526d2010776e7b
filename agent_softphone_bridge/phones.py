"""Who has which telephone in the browser, and the short-lived secret it registers with.

Knows no SIP: says to the edge which secret is good from now on, and to the page what it needs.
"""

import hashlib
import secrets
import threading
from collections.abc import Callable
from dataclasses import dataclass

import msgspec

from calls.commands import AdmitDevice, Command, DeviceLeft
from calls.floor import FloorSpec
from calls.ids import CallId, DeviceId, EdgeId
from calls.rights import Who
from calls.words import DeviceKind, Role

LIVES_S = 3_600.0
"""A secret that got out is of no use after this; the page asks for the next one before."""
OF_A_WATCHER = "w-"


class IceServer(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """As a browser takes it."""

    urls: str
    username: str = ""
    credential: str = ""


class PhoneLogin(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a page's telephone needs to register and to ring."""

    device: DeviceId
    secret: str
    domain: str
    socket: str
    """The path of the SIP WebSocket, on this very host."""
    expires_at: float
    ring_ms: tuple[int, ...]
    """On and off in turn: the zone's cadence."""
    ring_hz: tuple[int, ...]
    """The tones that make the ring."""
    ice: tuple[IceServer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class PhoneSettings:
    edge: EdgeId
    """Beside whose Asterisk browsers register."""
    ring_ms: tuple[int, ...]
    ring_hz: tuple[int, ...]
    ice: tuple[IceServer, ...] = ()


class HeldElsewhere(Exception):
    """Another page has this telephone, and this one did not ask to take it."""


class Phones:
    def __init__(
        self,
        settings: PhoneSettings,
        plan: Callable[[], FloorSpec],
        order: Callable[[Command], None],
        now: Callable[[], float],
    ) -> None:
        """``order``: to the edge; on any thread."""
        self._settings = settings
        self._plan = plan
        self._order = order
        self._now = now
        self._lock = threading.Lock()
        self._pages: dict[DeviceId, tuple[str, float]] = {}
        """Which page has it, and until when its secret is good."""

    def device_of(self, who: Who) -> DeviceId | None:
        """The agent's own browser telephone, as the floor plan has it; one for listening in for
        who watches the floor and takes no calls; None for everybody else."""
        for agent in self._plan().agents:
            if agent.id == who.agent:
                for device in agent.devices:
                    if device.kind is DeviceKind.BROWSER:
                        return device.id
        if who.is_any(Role.SUPERVISOR, Role.ADMIN):
            return DeviceId(OF_A_WATCHER + hashlib.sha256(who.person.encode()).hexdigest()[:12])
        return None

    def open(self, who: Who, page: str, *, take: bool) -> PhoneLogin | None:
        """A new secret for this person's telephone; a former one is good no more. None when she
        has none.

        ``page``: any name that no other page has. ``take``: from another page, too, as somebody
        who opens one means it; without, HeldElsewhere is raised when one has it, so that two
        browsers of one agent do not take it from each other for ever.
        """
        device = self.device_of(who)
        if device is None:
            return None
        until, secret = self._now() + LIVES_S, secrets.token_urlsafe(24)
        with self._lock:
            if not take and not self._free_for(device, page):
                raise HeldElsewhere(device)
            self._pages[device] = (page, until)
        self._order(
            AdmitDevice(
                edge=self._settings.edge,
                token=0,
                device=device,
                secret=secret,
                number=self._number(who),
                until=until,
            )
        )
        return PhoneLogin(
            device=device,
            secret=secret,
            domain="threering.invalid",
            socket="/ws/sip",
            expires_at=until,
            ring_ms=self._settings.ring_ms,
            ring_hz=self._settings.ring_hz,
            ice=self._settings.ice,
        )

    def may_connect(self, device: DeviceId, page: str) -> bool:
        """This page has the telephone, or nobody has."""
        with self._lock:
            return self._free_for(device, page)

    def _free_for(self, device: DeviceId, page: str) -> bool:
        holder, until = self._pages.get(device, ("", 0.0))
        return holder in ("", page) or until <= self._now()

    def left(self, device: DeviceId) -> None:
        """Its connection is gone."""
        self._order(DeviceLeft(edge=self._settings.edge, call=CallId(""), token=0, device=device))

    def _number(self, who: Who) -> str:
        return next((a.staff_number for a in self._plan().agents if a.id == who.agent), "")
