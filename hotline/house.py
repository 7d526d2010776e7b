"""What every session of this edge uses: handed over once, by the wiring in runtime."""

from collections.abc import Awaitable, Callable, Mapping
from contextlib import AbstractContextManager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Protocol

from calls.bus import Bus
from calls.clock import Clock
from calls.ids import CallId, CustomerId, EdgeId, QueueId, RecordingId
from calls.inputs import Input
from calls.notices import Pop
from calls.words import Language, Level
from hotline.factlog import FactLog
from hotline.lines import Lines
from ivr.interpreter import CallFacts
from ivr.model import Tree
from ivr.prompts import Prompt

if TYPE_CHECKING:
    from hotline.visit import Visit

LookUpSource = Callable[["Visit", str], Awaitable[dict[str, str] | None]]


class TreeVersion(Protocol):
    @property
    def hash(self) -> str: ...
    @property
    def tree(self) -> Tree: ...


class Trees(Protocol):
    def for_number(self, dialled: str) -> TreeVersion:
        """The published tree of a called number; the default tree for an unknown one."""

    def version(self, hash: str) -> TreeVersion:
        """A version somebody is still on; the default tree's current one when it is unknown."""


class Speech(Protocol):
    async def files(self, prompts: tuple[Prompt, ...], language: Language, tree: Tree) -> list[str]:
        """Files Asterisk can play, without extension, in order. Never raises."""

    async def staff_file(self, digits: str, language: Language) -> str:
        """One file that says the staff number; '' when there is none."""


@dataclass(frozen=True, slots=True)
class KnownCaller:
    """What is known of the caller by now; routing never waits for more."""

    customer: CustomerId | None = None
    level: Level = Level.NORMAL


class CallerLookUp(Protocol):
    def known(self) -> KnownCaller: ...


class Callers(Protocol):
    def begin(self, number: str) -> CallerLookUp:
        """Start finding out who this is; returns at once."""


class Pops(Protocol):
    def compose(self, visit: "Visit") -> Pop:
        """Everything known now, for the agent's screen."""


class Recorder(Protocol):
    async def arm(self, visit: "Visit", offer: str) -> None:
        """Record the talk that this offer may become, if consent was given."""

    async def disarm(self, visit: "Visit", offer: str) -> None:
        """The talk is over or never was, and the caller is still there."""

    def finish(self, call: CallId, offer: str, *, talked: bool) -> None:
        """Join, measure and keep what was recorded, or drop it; in the background."""

    def voicemail_path(self, recording: RecordingId) -> Path: ...
    def voicemail_seconds(self, recording: RecordingId) -> float: ...
    def store_voicemail(self, call: CallId, recording: RecordingId) -> None: ...


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
    speech: Speech
    callers: Callers
    pops: Pops
    recorder: Recorder
    routes: Routes
    look_ups: Mapping[str, LookUpSource]
    scripts_folder: Path
    facts_for: Callable[["Visit"], CallFacts]
    """What the tree may branch on: time, level, calendars, the emergency switch."""
    exit_key: Callable[[QueueId], str]
    present: Callable[["Visit"], AbstractContextManager[None]]
    """Makes the visit reachable for commands and events while it lasts."""
