"""A screen that listens: what comes out of the live stream, and when it was read here."""

import threading
import time
from dataclasses import dataclass, field

from runtime.local_door import local_client
from runtime.site import Site
from runtime.web.client import ApiRefused, Unreachable


@dataclass(frozen=True, slots=True)
class Shown:
    agent: str
    at: float
    """When this process had read it: later than it was written to the socket."""


@dataclass(slots=True)
class Screen:
    """Listens in a thread of its own until the controller ends."""

    site: Site
    shown: list[Shown] = field(default_factory=list)
    _ready: threading.Event = field(default_factory=threading.Event)

    def start(self) -> None:
        """Returns when the stream is open. Raises TimeoutError."""
        threading.Thread(target=self._listen, daemon=True).start()
        if not self._ready.wait(10):
            raise TimeoutError("the live stream did not open")

    def _listen(self) -> None:
        try:
            with local_client(self.site) as api:
                for event in api.events():
                    at = time.time()
                    self._ready.set()
                    if event.name == "PopShown":
                        self.shown.append(Shown(event.data["agent"], at))
        except (ApiRefused, Unreachable):
            return  # the measurement is over
