"""What every session of this edge uses: handed over once, by the wiring in runtime."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from calls.bus import Bus
from calls.clock import Clock
from calls.floor import CallbackRule
from calls.ids import CallId, DeviceId, EdgeId, QueueId
from calls.inputs import Input
from hotline.factlog import FactLog
from hotline.lines import Lines
from hotline.pops import Pops
from hotline.recorder import Recorder
from ivr.interpreter import CallFacts
from ivr.model import Tree
from ivr.speech.book import PromptBook

if TYPE_CHECKING:
    from hotline.accepting import AwaitedKeys
    from hotline.calling_back import CallingBack
    from hotline.dialling_out import DiallingOut
    from hotline.ring_together import RingTogether
    from hotline.talk_watchers import TalkWatchers
    from hotline.talks import Talks
    from hotline.visit import Visit

LookUpSource = Callable[["Visit", str], Awaitable[dict[str, str] | None]]


class TreeVersion(Protocol):
    @property
    def hash(self) -> str: ...
    @property
    def tree(self) -> Tree: ...


class Trees(Protocol):
    def for_number(self, dialled: str, call: CallId) -> TreeVersion:
        """The published tree of a called number, the default tree for an unknown one; of two
        versions that are tried, this call's."""

    def version(self, hash: str) -> TreeVersion:
        """A version somebody is still on; the default tree's current one when it is unknown."""


@dataclass(frozen=True, slots=True)
class Route:
    trunk: str
    number: str
    """As this trunk wants it written."""
    caller_number: str = ""


class Routes(Protocol):
    def allow(self, number: str, now: float) -> Route | None:
        """The way out for this number, counted against its cap; None when denied."""


@dataclass(frozen=True, slots=True, kw_only=True)
class House:
    edge: EdgeId
    clock: Clock
    tell: Callable[[Input], None]
    """To the engine, wherever it runs."""
    facts: FactLog
    bus: Bus
    lines: Lines
    trees: Trees
    speech: PromptBook
    pops: Pops
    recorder: Recorder
    routes: Routes
    talks: "Talks"
    watchers: "TalkWatchers"
    look_ups: Mapping[str, LookUpSource]
    scripts_folder: Path
    longest_call_s: float
    """A talk longer than this has been forgotten by somebody."""
    facts_for: Callable[["Visit"], CallFacts]
    """What the tree may branch on: time, level, calendars, the emergency switch."""
    exit_key: Callable[[QueueId], str]
    last_agent_days: Callable[[QueueId], int]
    """How long ago an agent may have talked to a caller for her to prefer that agent."""
    callback_rule: Callable[[QueueId], CallbackRule | None]
    number_to_call: Callable[[str], str]
    """A number she gave, as read; '' when it may not be called back: no route, do not call."""
    calling_back: "CallingBack"
    dialling_out: "DiallingOut"
    present: Callable[["Visit"], AbstractContextManager[None]]
    """Makes the visit reachable for commands and events while it lasts."""
    outside: Callable[[DeviceId], str]
    """The number of an outside phone; '' for one registered here."""
    keys: "AwaitedKeys"
    """Outside phones being rung, for whoever asks for the key on them."""
    legs: dict[str, "RingTogether"] = field(default_factory=dict)
    """Callers for whom several phones ring, by the name of their legs."""
