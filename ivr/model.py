"""The tree document: what an admin draws and a caller hears, as JSON with a published schema. Pure.

Shapes only. Whether a tree makes sense is asked of ivr.validator, what it does of ivr.interpreter.
"""

from typing import Annotated, Literal

import msgspec
from msgspec import Meta

from calls.floor import Relaxation, SkillNeed
from calls.ids import QueueId, TreeId
from calls.words import Language, Level

END = r"$(?!\n)"
"""In Python ``$`` alone also stands before a last newline."""
Name = Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,39}" + END)]
"""Of nodes, prompts, variables: 40 characters, because a caller's place rides on her channel."""
Key = Annotated[str, Meta(pattern=r"^[0-9*#]" + END)]
Tries = Annotated[int, Meta(ge=1, le=9)]
Seconds = Annotated[float, Meta(gt=0, le=60)]

MAX_ENTRY = 32
"""Keys in one entry: twice a card number."""


class Part(
    msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True, forbid_unknown_fields=True
):
    """One value of the document. Defaults are left out when written, so that a field added later
    changes no hash of a tree that does not use it."""


# --- what is said --------------------------------------------------------------------------


class Variable(Part, frozen=True):
    """A variable's value, spoken."""

    variable: Name
    read_as: Literal["text", "number", "digits", "date", "prompt"] = "text"
    """'prompt': by the fixed prompt called ``prefix`` + value, so that a closed set of words is
    never spoken by a machine at run time. What cannot be read so is read as text."""
    prefix: str = ""


Says = tuple[Name | Variable, ...]
"""Prompt names and spoken variables, in order."""


class Wording(Part, frozen=True):
    """A prompt in one language."""

    text: str
    audio: str = ""
    """An uploaded file in place of the text, relative to the prompts folder."""


# --- nodes ---------------------------------------------------------------------------------


class _Node(Part, frozen=True, tag_field="kind"):
    pass


class Say(_Node, frozen=True, tag="say"):
    says: Says
    next: Name


class Consent(_Node, frozen=True, tag="consent"):
    """Tells that talks are recorded. Going on is consent, pressing ``refuse_key`` is not; the
    recorder obeys."""

    says: Says
    next: Name
    refuse_key: Key | None = None
    timeout_s: Seconds = 2.0
    """How long the refusing key may follow the last word."""


class StaffDial(Part, frozen=True):
    """A staff number may be dialled instead of choosing; none that begins with a key of the menu,
    which acts at once."""

    to: Name
    """Where it leads: a queue that asks for this variable's agent, or a look-up of it first."""
    length: Annotated[int, Meta(ge=2, le=8)] = 4
    variable: Name = "staff_number"


class Menu(_Node, frozen=True, tag="menu"):
    says: Says
    keys: dict[Key, Name]
    on_timeout: Name
    """After the last try, when nothing was pressed."""
    on_invalid: Name
    """After the last try, when the key meant nothing."""
    tries: Tries = 3
    timeout_s: Seconds = 5.0
    timeout_says: Says = ()
    """Said before the menu is repeated."""
    invalid_says: Says = ()
    barge_in: bool = True
    staff: StaffDial | None = None


class ChooseLanguage(_Node, frozen=True, tag="language"):
    """Says ``says`` once in each offered language, in that language."""

    says: Says
    choices: dict[Key, Language]
    next: Name
    otherwise: Language
    """After the last try."""
    tries: Tries = 2
    timeout_s: Seconds = 5.0
    barge_in: bool = True


class Luhn(Part, frozen=True, tag_field="rule", tag="luhn"):
    """Card numbers: the last digit is the check."""


class Modulo(Part, frozen=True, tag_field="rule", tag="modulo"):
    """The entry as one number, divided by ``divisor``, leaves ``remainder``."""

    divisor: Annotated[int, Meta(ge=2)]
    remainder: Annotated[int, Meta(ge=0)] = 0


class Regex(Part, frozen=True, tag_field="rule", tag="regex"):
    """The whole entry matches. Only patterns that cannot run long: no repeated groups, no
    look-around, no back-references."""

    pattern: Annotated[str, Meta(min_length=1, max_length=200)]


class KnownTo(Part, frozen=True, tag_field="rule", tag="lookup"):
    """Something of this name exists. When the look-up fails the entry is believed."""

    what: Name
    budget_s: Annotated[float, Meta(gt=0, le=2)] = 0.3
    keep: dict[Name, Name] = {}
    """Found value to the variable it becomes."""


Check = Luhn | Modulo | Regex | KnownTo


class Confirm(Part, frozen=True):
    """Read the entry back, by its variable, and have it confirmed."""

    says: Says
    accept: Key = "1"
    again: Key = "2"


class Ask(_Node, frozen=True, tag="ask"):
    """Digits only, unless a regex allows more. Checked, then confirmed, then looked up."""

    says: Says
    variable: Name
    next: Name
    on_fail: Name
    """After the last try."""
    min_length: Annotated[int, Meta(ge=1, le=MAX_ENTRY)] = 1
    max_length: Annotated[int, Meta(ge=1, le=MAX_ENTRY)] = MAX_ENTRY
    terminator: Key | None = "#"
    check: Check | None = None
    confirm: Confirm | None = None
    tries: Tries = 3
    timeout_s: Seconds = 8.0
    key_timeout_s: Seconds = 4.0
    """Between two keys."""
    invalid_says: Says = ()
    barge_in: bool = True
    secret: bool = False
    """Never noted, never read back: PINs."""


class Hours(_Node, frozen=True, tag="hours"):
    calendar: Name
    open: Name
    closed: Name
    holiday: Name | None = None
    """None: as closed."""
    emergency: Name | None = None
    """While the emergency switch is on; None: as closed."""


class LevelIs(Part, frozen=True, tag_field="on", tag="level"):
    levels: Annotated[tuple[Level, ...], Meta(min_length=1)]
    to: Name


class NumberIs(Part, frozen=True, tag_field="on", tag="number"):
    """The caller's number is on a list, begins with a prefix, or is hidden."""

    to: Name
    lists: tuple[Name, ...] = ()
    prefixes: tuple[Annotated[str, Meta(pattern=r"^\+?[0-9]{1,15}" + END)], ...] = ()
    hidden: bool = False


class VariableIs(Part, frozen=True, tag_field="on", tag="variable"):
    variable: Name
    to: Name
    values: tuple[str, ...] = ()
    """Empty: it is set to anything but ''."""


Case = LevelIs | NumberIs | VariableIs


class Branch(_Node, frozen=True, tag="branch"):
    """The first case that holds wins."""

    cases: tuple[Case, ...]
    otherwise: Name


class LookUp(_Node, frozen=True, tag="lookup"):
    what: Name
    found: Name
    not_found: Name
    failed: Name
    """Too late or broken."""
    key: Name | None = None
    """The variable looked up; None: the caller's number."""
    budget_s: Annotated[float, Meta(gt=0, le=2)] = 0.3
    keep: dict[Name, Name] = {}
    """Found value to the variable it becomes."""
    says: Says = ()
    """Spoken when found: the caller has served herself."""


QueueResult = Literal[
    "exit_key", "full", "closed", "nobody", "overflow", "voicemail", "callback", "failed"
]


class Queue(_Node, frozen=True, tag="queue"):
    queue: QueueId
    next: Name
    """After the talk."""
    otherwise: Name
    """For every other result that has no branch of its own."""
    branches: dict[QueueResult, Name] = {}
    priority: Annotated[int, Meta(ge=-100, le=100)] = 0
    priority_by_level: dict[Level, Annotated[int, Meta(ge=-100, le=100)]] = {}
    needs: tuple[SkillNeed, ...] = ()
    relax: Annotated[tuple[Relaxation, ...], Meta(max_length=10)] = ()
    """In the order of their time, each asking for less than what was asked before."""
    staff: Name | None = None
    """The variable that holds a staff number asked for."""


class Voicemail(_Node, frozen=True, tag="voicemail"):
    says: Says
    box: Name
    next: Name
    on_empty: Name | None = None
    """Nothing was said; None: as ``next``."""
    max_s: Annotated[float, Meta(ge=5, le=600)] = 120.0


class Transfer(_Node, frozen=True, tag="transfer"):
    """Exactly one of ``to`` and ``variable``."""

    next: Name
    """After the talk."""
    otherwise: Name
    branches: dict[Literal["refused", "failed"], Name] = {}
    to: Annotated[str, Meta(pattern=r"^(\+?[0-9*#]{1,31})?" + END)] = ""
    variable: Name | None = None


class Survey(_Node, frozen=True, tag="survey"):
    question: Name
    says: Says
    next: Name
    low: Annotated[int, Meta(ge=0, le=9)] = 1
    high: Annotated[int, Meta(ge=0, le=9)] = 5
    tries: Tries = 2
    timeout_s: Seconds = 6.0
    invalid_says: Says = ()
    thanks: Says = ()


class Script(_Node, frozen=True, tag="script"):
    script: Annotated[str, Meta(pattern=r"^[A-Za-z0-9_][A-Za-z0-9_.-]{0,63}" + END)]
    next: Name
    otherwise: Name
    branches: dict[Literal["failed", "missing"], Name] = {}
    arguments: tuple[str, ...] = ()
    """An argument ``{name}`` is that variable's value."""


class Set(_Node, frozen=True, tag="set"):
    """Note something about the call, for the agent and the record."""

    variable: Name
    value: Annotated[str, Meta(max_length=64)]
    next: Name


class GoTo(_Node, frozen=True, tag="goto"):
    to: Name


class HangUp(_Node, frozen=True, tag="hangup"):
    says: Says = ()
    reason: Annotated[str, Meta(max_length=64)] = ""


Node = (
    Say
    | Consent
    | Menu
    | ChooseLanguage
    | Ask
    | Hours
    | Branch
    | LookUp
    | Queue
    | Voicemail
    | Transfer
    | Survey
    | Script
    | Set
    | GoTo
    | HangUp
)


# --- the tree ------------------------------------------------------------------------------


class Limits(Part, frozen=True):
    max_steps: Annotated[int, Meta(ge=5, le=1000)] = 200
    """Nodes entered and questions repeated in one call; the one after is ``on_limit``'s."""
    on_limit: Name | None = None
    """The node then gone to, with GRACE_STEPS of its own; None: hang up."""


class Tree(Part, frozen=True):
    id: TreeId
    title: str
    languages: Annotated[tuple[Language, ...], Meta(min_length=1)]
    """The first is spoken until another is chosen."""
    root: Name
    nodes: dict[Name, Node]
    prompts: dict[Name, dict[Language, Wording]]
    limits: Limits = Limits()
    emergency: Name | None = None
    """Where calls begin while the emergency switch is on; None: at the root."""
    comment: str = ""
    """What this version changes, for the list of versions."""
