"""Callers on a web page: who may have a line, for how long, and under which name she is known.

A fixed number of lines, each with a secret of its own for each caller: there are never more callers
than lines, and nothing grows with those who came. Knows no SIP and no HTTP.
"""

import hashlib
import secrets
import threading
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from ipaddress import ip_network

import msgspec

from agent_softphone_bridge.phones import IceServer
from calls.commands import AdmitDevice, Command
from calls.ids import DeviceId, EdgeId

COMES_WITHIN_S = 30.0
"""A page connects at once; a line nobody connected to is somebody else's after this."""
AT_ONCE_PER_ADDRESS = 5
"""A household or an office behind one address; a stranger cannot take all lines."""
BEGUN_PER_ADDRESS = 20
WINDOW_S = 300.0
REMEMBERED = 10_000
NOBODY = f"web-{'0' * 12}"
"""Whose a line is between two callers."""
KNOWN_LENGTHS = range(22, 65)


class CallerLine(msgspec.Struct, frozen=True, kw_only=True):
    """Everything a page needs to call once."""

    dial: str
    """The called number, as it is to be dialled."""
    device: DeviceId
    secret: str
    domain: str
    socket: str
    """Path and query of the SIP WebSocket, on this very host."""
    known_as: str
    """What tells the next time that it is her again. Known to her page alone."""
    caller: str
    """What the hotline sees in place of a number: the same as long as ``known_as`` is."""
    ice: tuple[IceServer, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class CallerSettings:
    edge: EdgeId
    """Beside whose Asterisk they call."""
    numbers: tuple[str, ...]
    """What may be dialled: the hotline's called numbers."""
    shown: tuple[str, ...]
    """The same, as people write them."""
    at_once: int
    origins: tuple[str, ...] = ()
    """Other sites whose pages may carry the caller's page."""
    ice: tuple[IceServer, ...] = ()


class LinesFull(Exception):
    """As many call from pages as may."""


class TooMany(Exception):
    """This address has as many calls as one may have; ``wait_s``: until it may begin another."""

    def __init__(self, wait_s: float) -> None:
        super().__init__(f"wait {wait_s:.0f} s")
        self.wait_s = wait_s


@dataclass(slots=True)
class _Held:
    address: str
    ticket: str
    until: float
    """When the line is free again unless its caller has come."""
    came: bool = False


class Callers:
    """On any thread."""

    def __init__(
        self, settings: CallerSettings, order: Callable[[Command], None], now: Callable[[], float]
    ) -> None:
        """``order``: to the edge; on any thread."""
        self.settings = settings
        self._order = order
        self._now = now
        self._lock = threading.Lock()
        self._free = deque(DeviceId(f"page-{n}") for n in range(1, settings.at_once + 1))
        """The one free for longest is next: on one just left a call may still be ending."""
        self._held: dict[DeviceId, _Held] = {}
        self._begun: OrderedDict[str, deque[float]] = OrderedDict()

    def open(self, number: str, known_as: str, address: str) -> CallerLine:
        """A line for one caller. ``number``: one of the settings' numbers; ``known_as``: '' from
        who has not called before. Raises LinesFull, TooMany."""
        if not (len(known_as) in KNOWN_LENGTHS and known_as.isascii() and known_as.isprintable()):
            known_as = secrets.token_urlsafe(24)
        ticket, secret = secrets.token_urlsafe(24), secrets.token_urlsafe(24)
        now = self._now()
        with self._lock:
            device = self._take(_neighbourhood(address), ticket, now)
        caller = f"web-{hashlib.sha256(known_as.encode()).hexdigest()[:12]}"
        self._admit(device, secret, caller, now + COMES_WITHIN_S)
        return CallerLine(
            dial=number,
            device=device,
            secret=secret,
            domain="threering.invalid",
            socket=f"/ws/call?ticket={ticket}",
            known_as=known_as,
            caller=caller,
            ice=self.settings.ice,
        )

    def come(self, ticket: str) -> DeviceId | None:
        """The line this ticket opens, once; None when it opens none."""
        now = self._now()
        with self._lock:
            self._forget(now)
            for device, held in self._held.items():
                if not held.came and secrets.compare_digest(held.ticket, ticket):
                    held.came = True
                    return device
        return None

    def left(self, device: DeviceId) -> None:
        """Her connection is gone: the line is free, and its secret is good no more."""
        with self._lock:
            known = self._held.pop(device, None) is not None
            if known:
                self._free.append(device)
        if known:
            self._admit(device, secrets.token_urlsafe(24), NOBODY, self._now())

    def _take(self, address: str, ticket: str, now: float) -> DeviceId:
        self._forget(now)
        times = self._begun.setdefault(address, deque())
        self._begun.move_to_end(address)
        while len(self._begun) > REMEMBERED:
            self._begun.popitem(last=False)
        while times and times[0] <= now - WINDOW_S:
            times.popleft()
        if len(times) >= BEGUN_PER_ADDRESS:
            raise TooMany(times[0] + WINDOW_S - now)
        if sum(held.address == address for held in self._held.values()) >= AT_ONCE_PER_ADDRESS:
            raise TooMany(COMES_WITHIN_S)
        if not self._free:
            raise LinesFull
        device = self._free.popleft()
        times.append(now)
        self._held[device] = _Held(address, ticket, now + COMES_WITHIN_S)
        return device

    def _forget(self, now: float) -> None:
        for device in [d for d, held in self._held.items() if not held.came and held.until <= now]:
            del self._held[device]
            self._free.append(device)

    def _admit(self, device: DeviceId, secret: str, caller: str, until: float) -> None:
        self._order(
            AdmitDevice(
                edge=self.settings.edge,
                token=0,
                device=device,
                secret=secret,
                number=caller,
                calls_only=True,
                until=until,
            )
        )


def _neighbourhood(address: str) -> str:
    """One subscriber has 2**64 addresses of IPv6."""
    try:
        return str(ip_network(f"{address}/64", strict=False)) if ":" in address else address
    except ValueError:
        return address
