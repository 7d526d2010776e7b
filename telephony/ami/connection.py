"""Knocking, logging in, beating, knocking again: panoramisk's Manager with limits on all of it.

It never re-sends, notices a dead peer, waits longer after each failure, and takes a refused
log-in for an answer. Knows no event's meaning.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping
from typing import Any

from panoramisk.manager import Manager

from calls.clock import Clock, Timer
from telephony.ami.guard import Ears, GuardedAction, GuardedProtocol

LOGIN_LIMIT_S = 10.0
"""From the first SYN to the log-in's answer."""
HEARTBEAT_S = 5.0
"""From one answered Ping to the next."""
HEARTBEAT_LIMIT_S = 5.0
"""Longest wait for an answer; a peer that stopped is noticed after 10 s at the latest."""
LONGEST_WAIT_S = 10.0

log = logging.getLogger(__name__)

# It speaks of delays that are not ours, and writes whole actions, secrets and all.
_silent = logging.getLogger(f"{__name__}.panoramisk")
_silent.setLevel(logging.CRITICAL + 1)


class _Everything:
    """Stands as ``forgetable_actions``: whatever is asked for is in it."""

    def __contains__(self, action: object) -> bool:
        return True


def back_off_s(failures: int, chance: float) -> float:
    """Seconds before the next attempt: none at first, then 0.25 doubling up to LONGEST_WAIT_S,
    the later half of it by ``chance`` (0 to 1), so that many edges do not knock at one moment."""
    if failures == 0:
        return 0.0
    whole = min(LONGEST_WAIT_S, 0.25 * 2.0 ** min(failures - 1, 10))
    return whole * (0.5 + 0.5 * chance)


class GuardedManager(Manager):  # type: ignore[misc]
    """One of these lives from ``connect()`` to ``end()``, or to the first refused log-in."""

    def __init__(
        self, config: Mapping[str, object], clock: Clock, jitter: Callable[[], float], ears: Ears
    ) -> None:
        super().__init__(
            **config,
            loop=asyncio.get_running_loop(),
            protocol_factory=lambda: GuardedProtocol(self, ears),
            forgetable_actions=_Everything(),
            reconnect_timeout=0,
            log=_silent,
        )
        self._clock = clock
        self._jitter = jitter
        self._ears = ears
        self._failures = 0
        self._timer: Timer | None = None
        self._attempt: asyncio.Task[Any] | None = None
        self._ended = False

    def connect(self) -> None:
        """Knock when the back-off says so; panoramisk calls this again after each loss."""
        if self._ended:
            return
        wait_s = back_off_s(self._failures, self._jitter())
        self._failures += 1
        self._set_timer(wait_s, self._knock)

    def _knock(self) -> None:
        self._attempt = super().connect()
        self._set_timer(LOGIN_LIMIT_S, self._give_up)

    def _give_up(self) -> None:
        log.warning("ami: no answer to the log-in in time", extra={"limit_s": LOGIN_LIMIT_S})
        attempt = self._attempt
        if attempt is not None and not attempt.cancel() and attempt.exception() is None:
            attempt.result()[1].abort()

    def connection_made(self, attempt: "asyncio.Task[Any]") -> None:
        """An attempt is over: log in, or try again later."""
        error = asyncio.CancelledError() if attempt.cancelled() else attempt.exception()
        if error is not None:
            log.warning("ami: cannot connect", extra={"error": repr(error)})
            self._ears.lost()
            self.connect()
        elif self._ended:
            attempt.result()[1].abort()
        elif not attempt.result()[1].closed:
            # A peer that hung up already has been told of, and the next knock is due.
            super().connection_made(attempt)

    def login(self, answer: "asyncio.Future[Any]") -> None:
        """The log-in was answered, or the link was lost over it."""
        if answer.cancelled() or answer.exception() is not None:
            return
        super().login(answer)
        if self.authenticated:
            self._set_timer(HEARTBEAT_S, self._beat)
            self._ears.logged_in()
            return
        self._ended = True
        self._stop_timer()
        self._ears.refused(answer.result().whole.get("message"))
        self.protocol.abort()

    def ping(self) -> None:
        """panoramisk's own ping, which waits for no answer, is not used."""

    def _beat(self) -> None:
        answer = self.send_action({"Action": "Ping"})
        answer.add_done_callback(self._beat_answered)
        self._set_timer(HEARTBEAT_LIMIT_S, self._find_dead)

    def _beat_answered(self, answer: "asyncio.Future[Any]") -> None:
        if answer.exception() is None:
            # Only a link that has lasted clears the count: one that is cut at once goes on waiting.
            self._failures = 1
            self._set_timer(HEARTBEAT_S, self._beat)

    def _find_dead(self) -> None:
        log.warning("ami: the peer has stopped answering", extra={"limit_s": HEARTBEAT_LIMIT_S})
        self.protocol.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        self._stop_timer()
        self._ears.lost()
        super().connection_lost(exc)

    def forget(self, action: GuardedAction) -> None:
        """Nobody waits for its answer any more. A list stays, to swallow its late items."""
        if not action.as_list:
            self.protocol.responses.pop(action.id, None)

    async def end(self) -> None:
        """Leave at once and for good; what is pending fails. Returns when the socket is closed."""
        self._ended = True
        self._stop_timer()
        self.close()
        attempt, self._attempt = self._attempt, None
        if attempt is None:
            return
        attempt.cancel()
        await asyncio.wait([attempt])
        if not attempt.cancelled() and attempt.exception() is None:
            _, protocol = attempt.result()
            protocol.abort()
            await protocol.gone.wait()

    def _set_timer(self, delay_s: float, then: Callable[[], None]) -> None:
        self._stop_timer()
        self._timer = self._clock.call_later(delay_s, then)

    def _stop_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None
