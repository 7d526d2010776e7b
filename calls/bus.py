"""Notices and facts inside one process: say it once, whoever cares hears it, in the order said.

A listener's failure is reported and stops nobody else. Synchronous on purpose: when ``publish``
returns, the screen-pop has been written to its socket, before the phone is dialled.
"""

from collections import defaultdict
from collections.abc import Callable
from typing import Any, TypeVar

Word = TypeVar("Word")
Listener = Callable[[Any], None]


class Bus:
    def __init__(self, on_failure: Callable[[Listener, object, Exception], None]) -> None:
        """``on_failure(listener, word, error)`` is told of every listener that raised."""
        self._listeners: dict[type, list[Listener]] = defaultdict(list)
        self._on_failure = on_failure

    def subscribe(self, kind: type[Word], listener: Callable[[Word], None]) -> Callable[[], None]:
        """Hear every word of exactly this type; the returned function unsubscribes."""
        listeners = self._listeners[kind]
        listeners.append(listener)

        def unsubscribe() -> None:
            if listener in listeners:
                listeners.remove(listener)

        return unsubscribe

    def publish(self, word: object) -> None:
        """Tell every listener of ``type(word)`` now, in order of subscription."""
        for listener in tuple(self._listeners.get(type(word), ())):
            try:
                listener(word)
            except Exception as error:
                self._on_failure(listener, word, error)
