"""The one door to Asterisk's manager: actions with an answer or a typed failure, events, truth due.

Stands on panoramisk behind guard.py and connection.py. Knows what log-in and boot mean, and of
events only their names.
"""

import asyncio
import logging
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType
from typing import Any

from calls.clock import Clock
from telephony.ami.connection import GuardedManager
from telephony.ami.errors import (
    ActionRefused,
    BadField,
    LinkDown,
    LoginRefused,
    OutcomeUnknown,
    Quarantined,
)
from telephony.ami.events import FullyBooted, read_event
from telephony.ami.guard import Ears, GuardedAction
from telephony.ami.wire import Fields, Message, encode_action

ANY_EVENT = "*"
ACTION_LIMIT_S = 5.0
"""Asterisk answers in under a millisecond; a longer silence is a stuck Asterisk."""

log = logging.getLogger(__name__)

_NO_FIELDS: Fields = MappingProxyType({})

Listener = Callable[[Message], None]


@dataclass(frozen=True, slots=True)
class AmiAddress:
    """Where to log in, and as whom. Raises BadField for what cannot travel in an AMI line."""

    host: str
    port: int
    user: str
    secret: str = field(repr=False)

    def __post_init__(self) -> None:
        encode_action("Login", {"Username": self.user, "Secret": self.secret})
        if not 0 < self.port < 65_536:
            raise BadField(f"not a port: {self.port}")


class LinkState(StrEnum):
    STOPPED = "stopped"
    CONNECTING = "connecting"
    BOOTING = "booting"
    """Logged in, Asterisk not FullyBooted; for ever, when the user lacks ``read=system``."""
    UP = "up"
    REFUSED = "refused"
    """Wrong user or secret. Final until ``start`` is called again."""


@dataclass(slots=True)
class LinkCounts:
    """For /metrics; all only grow."""

    ups: int = 0
    losses: int = 0
    """Of a link that was up."""
    failures: int = 0
    """Attempts that did not come up."""
    faults: int = 0
    """Connections ended because the peer sent what no Asterisk sends."""
    events: int = 0
    quarantined: int = 0
    timeouts: int = 0
    """Actions without an answer in their time."""
    listener_failures: int = 0


class AmiLink:
    """Not thread-safe: everything on one asyncio loop."""

    def __init__(
        self,
        address: AmiAddress,
        clock: Clock,
        *,
        jitter: Callable[[], float],
        on_up: Callable[[], None] = lambda: None,
        on_down: Callable[[], None] = lambda: None,
        on_quarantine: Callable[[Message, str], None] = lambda message, reason: None,
    ) -> None:
        """``jitter()`` gives 0 to 1. ``on_up`` after each log-in to a booted Asterisk: events
        were missed, so read the truth again. ``on_down`` at each loss of a link that was up."""
        self._address = address
        self._clock = clock
        self._jitter = jitter
        self._on_up = on_up
        self._on_down = on_down
        self._on_quarantine = on_quarantine
        self._listeners: dict[str, list[Listener]] = defaultdict(list)
        self._manager: GuardedManager | None = None
        self._logged_in = False
        self._booted = False
        self._decided = asyncio.Event()
        self.counts = LinkCounts()
        self.state = LinkState.STOPPED
        self.refused = ""
        """Asterisk's words when it refused the log-in; '' otherwise."""

    @property
    def up(self) -> bool:
        """Actions can be sent and events flow."""
        return self.state is LinkState.UP

    async def start(self) -> None:
        """Connect, and keep connected until ``stop``. Returns when the first attempt is decided:
        up, or not reachable yet. Raises LoginRefused, after which nothing more is tried."""
        if self._manager is not None and self.state is not LinkState.REFUSED:
            raise RuntimeError("the link has been started already")
        await self.stop()
        self.refused = ""
        self.state = LinkState.CONNECTING
        self._decided.clear()
        config = {
            "host": self._address.host,
            "port": self._address.port,
            "username": self._address.user,
            "secret": self._address.secret,
        }
        ears = Ears(
            heard=self._hear,
            doubted=self._doubt,
            faulted=self._fault,
            logged_in=self._log_in,
            refused=self._refuse,
            lost=self._lose,
        )
        self._manager = GuardedManager(config, self._clock, self._jitter, ears)
        self._manager.connect()
        await self._decided.wait()
        if self.refused:
            raise LoginRefused(self.refused)

    async def stop(self) -> None:
        """Leave. Pending actions fail with OutcomeUnknown; ``on_down`` is not called."""
        manager, self._manager = self._manager, None
        self.state = LinkState.STOPPED
        self._logged_in = self._booted = False
        self._decided.set()
        if manager is not None:
            await manager.end()

    async def send(
        self, action: str, fields: Fields = _NO_FIELDS, timeout_s: float = ACTION_LIMIT_S
    ) -> Message:
        """Send once, never again, and give the reply.

        Raises LinkDown (not sent), BadField (not sent), ActionRefused (not done), OutcomeUnknown
        (sent, unanswered: look before doing anything).
        """
        carrier = await self._ask(_action(action, fields), timeout_s)
        return _accepted(action, carrier.whole)

    async def collect(
        self, action: str, fields: Fields = _NO_FIELDS, timeout_s: float = ACTION_LIMIT_S
    ) -> list[Message]:
        """Send a list action and give its items, without the opening reply and the closing event.

        Raises as ``send`` does; a list cut short is OutcomeUnknown, never half a list.
        """
        carriers = await self._ask(_action(action, fields, as_list=True), timeout_s)
        first, *rest = [carrier.whole for carrier in carriers]
        _accepted(action, first)
        *items, end = rest or [first]
        if end.get("eventlist").lower() == "cancelled":
            raise OutcomeUnknown(f"{action}: Asterisk broke the list off")
        if end.get("listitems", str(len(items))) != str(len(items)):
            raise OutcomeUnknown(f"{action}: {end.get('listitems')} announced, {len(items)} came")
        return items

    def subscribe(self, event_name: str, fn: Listener) -> Callable[[], None]:
        """Hear every event of that name (ANY_EVENT: all), in order; the result unsubscribes.

        ``fn`` may raise Quarantined, which is counted as such; any other error of its is counted
        and logged, and stops nobody else.
        """
        listeners = self._listeners[event_name.lower()]
        listeners.append(fn)

        def unsubscribe() -> None:
            if fn in listeners:
                listeners.remove(fn)

        return unsubscribe

    async def _ask(self, action: GuardedAction, timeout_s: float) -> Any:
        if self.refused:
            raise LoginRefused(self.refused)
        manager = self._manager
        if manager is None or not self.up:
            raise LinkDown(f"{action['action']}: the link is {self.state}")
        answer = manager.send_action(action)

        def expire() -> None:
            if not answer.done():
                self.counts.timeouts += 1
                manager.forget(action)
                answer.set_exception(
                    OutcomeUnknown(f"{action['action']}: no answer in {timeout_s} s")
                )

        timer = self._clock.call_later(timeout_s, expire)
        try:
            return await answer
        finally:
            timer.cancel()

    def _log_in(self) -> None:
        self._logged_in = True
        if self.state is LinkState.CONNECTING:
            self.state = LinkState.BOOTING
        self._rise_when_ready()

    def _rise_when_ready(self) -> None:
        # FullyBooted often comes in the same read as the log-in's answer, and is told first.
        if self.up or not (self._logged_in and self._booted):
            return
        self.state = LinkState.UP
        self.counts.ups += 1
        self._decided.set()
        self._tell(self._on_up)

    def _refuse(self, text: str) -> None:
        self.refused = text or "log-in refused"
        self.state = LinkState.REFUSED
        log.error("ami: log-in refused, not trying again", extra={"text": self.refused})
        self._decided.set()

    def _lose(self) -> None:
        was_up = self.up
        self._logged_in = self._booted = False
        if self.state in {LinkState.REFUSED, LinkState.STOPPED}:
            return
        self.state = LinkState.CONNECTING
        self._decided.set()
        if not was_up:
            self.counts.failures += 1
            return
        self.counts.losses += 1
        log.warning("ami: link lost")
        self._tell(self._on_down)

    def _fault(self, text: str) -> None:
        self.counts.faults += 1
        log.error("ami: the peer broke the protocol", extra={"text": text})

    def _doubt(self, message: Message, reason: str) -> None:
        self.counts.quarantined += 1
        # Only the reason: the message holds a stranger's text.
        log.warning("ami: message quarantined", extra={"reason": reason})
        self._tell(lambda: self._on_quarantine(message, reason))

    def _hear(self, message: Message) -> None:
        self.counts.events += 1
        name = message.event.lower()
        try:
            if name == "fullybooted" and isinstance(read_event(message), FullyBooted):
                self._booted = True
                self._rise_when_ready()
        except Quarantined as doubt:
            self._doubt(message, doubt.reason)
            return
        for fn in (*self._listeners.get(name, ()), *self._listeners.get(ANY_EVENT, ())):
            try:
                fn(message)
            except Quarantined as doubt:
                self._doubt(message, doubt.reason)
                return
            except Exception:
                self.counts.listener_failures += 1
                log.exception("ami: a listener failed", extra={"event": message.event})

    def _tell(self, fn: Callable[[], None]) -> None:
        try:
            fn()
        except Exception:
            self.counts.listener_failures += 1
            log.exception("ami: the owner of the link failed")


def _action(name: str, fields: Fields, as_list: bool = False) -> GuardedAction:
    names = [field.lower() for field in fields]
    if len(set(names)) < len(names) or {"action", "actionid"} & set(names):
        raise BadField(f"{name}: a field twice, or one that is not the caller's to set")
    return GuardedAction({**fields, "Action": name}, as_list=as_list)


def _accepted(action: str, reply: Message) -> Message:
    if not reply.succeeded:
        raise ActionRefused(action, reply.get("message"))
    return reply
