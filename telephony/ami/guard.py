"""panoramisk's action and connection with their hazards closed; it still correlates and keeps.

What each override is for stands beside it. Knows bytes and replies; knows no event's meaning.
"""

import asyncio
import logging
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from panoramisk.actions import Action
from panoramisk.ami_protocol import AMIProtocol
from panoramisk.manager import Manager
from panoramisk.message import Message as Carrier

from telephony.ami.errors import OutcomeUnknown, ProtocolFault
from telephony.ami.wire import AmiReader, Message, encode_action

log = logging.getLogger(__name__)

REPEATABLE = frozenset({"chanvariable", "destchanvariable", "variable", "output"})
"""Headers that Asterisk itself repeats; any other repeated one is forged text."""

_CORRELATING = ("event", "response", "actionid", "message")


@dataclass(frozen=True, slots=True)
class Ears:
    """What a connection tells its owner, in the order in which it happens."""

    heard: Callable[[Message], None]
    """An event that answers no action."""
    doubted: Callable[[Message, str], None]
    """A message kept out, and why."""
    faulted: Callable[[str], None]
    """The peer broke the protocol; the loss follows."""
    logged_in: Callable[[], None]
    refused: Callable[[str], None]
    """Wrong user or secret, in Asterisk's words. Nothing more will be tried."""
    lost: Callable[[], None]


class GuardedAction(Action):  # type: ignore[misc]
    """An action that refuses what cannot travel, and knows by itself when its answer is whole.

    panoramisk guesses the end of a list from the wording of replies and lets a refused list wait
    for ever; ``EventList`` says it plainly.
    """

    def __init__(
        self, fields: Mapping[str, str | Sequence[str]], as_list: bool | None = None
    ) -> None:
        super().__init__(fields, as_list=bool(as_list))
        rest = {name: value for name, value in self.items() if name.lower() != "action"}
        # Encoded now: a failure inside panoramisk's send() would be swallowed there.
        self._data = encode_action(self["action"], rest)

    def __str__(self) -> str:
        return self._data.decode()

    def add_message(self, carrier: Any) -> bool:
        """Take one message; true when no more will follow and the action may be forgotten."""
        message: Message = carrier.whole
        whole = not self.as_list or _ends_list(message)
        if not self.future.done():
            self.responses.append(carrier)
            if whole:
                self.future.set_result(self.responses if self.as_list else carrier)
        return whole


def _ends_list(message: Message) -> bool:
    mark = message.get("eventlist").lower()
    if message.is_response:
        return not message.succeeded or mark != "start"
    # The name too: text in an item could hold a line "EventList: Complete".
    return message.event.endswith("Complete") and mark in {"complete", "cancelled"}


class GuardedProtocol(AMIProtocol):  # type: ignore[misc]
    """One connection. Reads by itself; correlates and keeps what is pending as panoramisk does."""

    def __init__(self, manager: Manager, ears: Ears) -> None:
        self._manager = manager
        self._ears = ears
        self._reader = AmiReader()
        self.gone = asyncio.Event()

    def connection_made(self, transport: asyncio.Transport) -> None:
        super().connection_made(transport)
        # panoramisk sets it a turn of the loop later; a peer that closes at once would find None.
        self.factory = self._manager

    def send(self, data: Any, as_list: bool | None = False) -> "asyncio.Future[Any]":
        action = data if isinstance(data, GuardedAction) else GuardedAction(data)
        future: asyncio.Future[Any] = super().send(action, as_list=action.as_list)
        return future

    def data_received(self, data: bytes) -> None:
        try:
            messages = self._reader.feed(data)
        except ProtocolFault as fault:
            self._ears.faulted(str(fault))
            self.abort()
            return
        for message in messages:
            if self.closed:
                return
            self._take(message)

    def _take(self, message: Message) -> None:
        awaited = message.action_id in self.responses
        doubt = _doubt_answer(message) if awaited else _doubt_event(message)
        if doubt:
            self._ears.doubted(message, doubt)
            return
        if awaited:
            found = {name: message.get(name) for name in _CORRELATING if message.has(name)}
            carrier = Carrier(found)
            carrier.whole = message
            self.handle_message(carrier)
        elif message.event:
            # Not through panoramisk: it hangs up on the word of one Shutdown event, or when whoever
            # hears an event fails, and looks each name up in its patterns.
            try:
                self._ears.heard(message)
            except Exception:
                log.exception("ami: an event could not be told")

    def close(self) -> None:
        """panoramisk forgets what is pending; whoever waits for it is told."""
        pending = list(self.responses.values())
        super().close()
        for action in pending:
            if not action.future.done():
                action.future.set_exception(
                    OutcomeUnknown(f"{action['action']}: the link was lost before the answer")
                )

    def abort(self) -> None:
        """Leave now, without waiting for a peer that may not read any more."""
        self.transport.abort()

    def connection_lost(self, exc: Exception | None) -> None:
        super().connection_lost(exc)
        self.gone.set()


def _doubt_event(message: Message) -> str:
    if message.stray:
        return "a line without a colon"
    if not message.event and not message.is_response:
        return "neither event nor reply"
    return _repeats(message.repeated - REPEATABLE)


def _doubt_answer(message: Message) -> str:
    # The rest is for whoever asked: keeping an item out here would make a list look whole.
    return _repeats(message.repeated & frozenset(_CORRELATING))


def _repeats(names: frozenset[str]) -> str:
    return f"{', '.join(sorted(names))} repeated" if names else ""
