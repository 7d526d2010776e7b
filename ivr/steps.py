"""What passes between the interpreter and the session: effects out, inputs in. Pure.

``step`` returns any number of notes followed by exactly one effect that waits for an input (or
ends the call).
"""

import msgspec

from calls.floor import Relaxation, SkillNeed
from calls.ids import QueueId
from calls.words import Language
from ivr.prompts import Prompt


class _Step(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    pass


# --- notes: performed at once, no answer expected ------------------------------------------


class Entered(_Step, frozen=True):
    node: str


class LanguageSet(_Step, frozen=True):
    language: Language


class VariableNoted(_Step, frozen=True):
    """Passed on to the agent with the pop and into the record."""

    name: str
    value: str


class SurveyScored(_Step, frozen=True):
    question: str
    score: int


class SelfServiceDone(_Step, frozen=True):
    node: str


class ConsentNoted(_Step, frozen=True):
    given: bool


Note = Entered | LanguageSet | VariableNoted | SurveyScored | SelfServiceDone | ConsentNoted


# --- effects: exactly one ends each step ---------------------------------------------------


class Say(_Step, frozen=True):
    """Play to the end. Answer: Done."""

    prompts: tuple[Prompt, ...]


class Ask(_Step, frozen=True):
    """Play, then collect keys. Answer: Keys (without the terminator; '' when time ran out)."""

    node: str
    prompts: tuple[Prompt, ...]
    max_keys: int
    terminator: str = ""
    """A key that ends the entry early; '' when none."""
    first_timeout_s: float = 5.0
    """From the end of the prompts to the first key."""
    next_timeout_s: float = 3.0
    barge_in: bool = True
    """Keys during the prompts cut them short and count."""
    secret: bool = False
    """Keys are not kept in the record."""
    at_once: str = ""
    """Keys that, pressed first, end the entry at once however many could follow."""


class LookUp(_Step, frozen=True):
    """Ask the house for data. Answer: Found, NotFound or LookUpFailed within ``budget_s``."""

    what: str
    """'customer', 'ticket' ... : the name of a registered look-up."""
    key: str
    budget_s: float = 0.3


class Enqueue(_Step, frozen=True):
    """Wait for an agent and talk. Answer: Returned with 'served', 'exit_key', or a word of
    calls.words.Released."""

    queue: QueueId
    priority: int = 0
    needs: tuple[SkillNeed, ...] = ()
    relax: tuple[Relaxation, ...] = ()
    staff_number: str = ""
    """The caller asked for this agent by number; anybody else of the queue will do as well."""


class TakeVoicemail(_Step, frozen=True):
    """Play, beep, record. Answer: Returned 'stored' or 'empty'."""

    box: str
    prompts: tuple[Prompt, ...]
    max_s: float = 120.0


class Transfer(_Step, frozen=True):
    """Dial out over the outbound routes. Answer: Returned 'answered', 'refused', 'failed'."""

    to: str


class RunScript(_Step, frozen=True):
    """Run a site's AGI script. Answer: Returned 'ok', 'failed' or 'missing'."""

    script: str
    arguments: tuple[str, ...] = ()


class HangUp(_Step, frozen=True):
    """Over. No answer."""

    reason: str = ""


Effect = Say | Ask | LookUp | Enqueue | TakeVoicemail | Transfer | RunScript | HangUp


# --- inputs --------------------------------------------------------------------------------


class Began(_Step, frozen=True):
    """A new call enters the tree at its root."""


class Resumed(_Step, frozen=True):
    """The caller is back after the controller was lost: repeat the effect she was in."""


class Done(_Step, frozen=True):
    pass


class Keys(_Step, frozen=True):
    keys: str


class Found(_Step, frozen=True):
    values: dict[str, str]


class NotFound(_Step, frozen=True):
    pass


class LookUpFailed(_Step, frozen=True):
    """Too late or broken: the node's fallback branch."""


class Returned(_Step, frozen=True):
    result: str


Answer = Began | Resumed | Done | Keys | Found | NotFound | LookUpFailed | Returned
