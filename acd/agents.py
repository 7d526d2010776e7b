"""What an agent may do next: one literal table. What is absent is refused, with state and event.

Composite moves are two rows one after the other (a missed offer that was one too many is MISSED,
then STRUCK_OUT). Pure; knows nothing of calls, queues or time.
"""

from enum import StrEnum

from calls.words import AgentState


class AgentEvent(StrEnum):
    LOGGED_IN = "logged_in"
    LOGGED_OUT = "logged_out"
    WENT_READY = "went_ready"
    WENT_NOT_READY = "went_not_ready"
    OFFERED = "offered"
    ANSWERED = "answered"
    RELEASED = "released"
    """The offer ended through nobody's fault."""
    MISSED = "missed"
    """The offer ended through the agent's phone or the agent."""
    STRUCK_OUT = "struck_out"
    """That miss was one too many."""
    ENGAGED = "engaged"
    """The agent talks without having been offered: called out, or was handed a caller."""
    TALK_ENDED = "talk_ended"
    WRAP_UP_EXTENDED = "wrap_up_extended"
    WRAP_UP_OVER = "wrap_up_over"
    RETURN_DUE = "return_due"
    PAUSED = "paused"
    """Somebody or something other than the agent keeps the agent from being ready."""
    UNPAUSED = "unpaused"
    """The last cause of that has ended."""


class Action(StrEnum):
    RESTART_IDLE = "restart_idle"
    """The agent goes to the end of the longest-idle order."""
    CLEAR_STRIKES = "clear_strikes"
    KEEP_FOR_LATER = "keep_for_later"
    """The wish is kept and takes effect when the call is over."""
    DROP_WISH = "drop_wish"
    """A wish kept for later is taken back."""
    RENEW = "renew"
    """The same state begins anew, with its new reason."""


class NotPossible(Exception):
    """An event that makes no sense in this state: the caller of the engine has a bug."""


Row = tuple[AgentState, tuple[Action, ...]]

_S = AgentState
_E = AgentEvent
_A = Action

TABLE: dict[tuple[AgentState, AgentEvent], Row] = {
    (_S.LOGGED_OUT, _E.LOGGED_IN): (_S.NOT_READY, (_A.CLEAR_STRIKES,)),
    (_S.NOT_READY, _E.WENT_READY): (_S.READY, (_A.RESTART_IDLE, _A.CLEAR_STRIKES)),
    (_S.NOT_READY, _E.WENT_NOT_READY): (_S.NOT_READY, (_A.RENEW,)),
    (_S.NOT_READY, _E.RETURN_DUE): (_S.READY, (_A.RESTART_IDLE, _A.CLEAR_STRIKES)),
    (_S.NOT_READY, _E.UNPAUSED): (_S.READY, (_A.RESTART_IDLE, _A.CLEAR_STRIKES)),
    (_S.NOT_READY, _E.ENGAGED): (_S.TALKING, ()),
    (_S.NOT_READY, _E.LOGGED_OUT): (_S.LOGGED_OUT, ()),
    (_S.READY, _E.OFFERED): (_S.OFFERED, ()),
    (_S.READY, _E.ENGAGED): (_S.TALKING, ()),
    (_S.READY, _E.STRUCK_OUT): (_S.NOT_RESPONDING, ()),
    (_S.READY, _E.WENT_NOT_READY): (_S.NOT_READY, ()),
    (_S.READY, _E.PAUSED): (_S.NOT_READY, ()),
    (_S.READY, _E.LOGGED_OUT): (_S.LOGGED_OUT, ()),
    (_S.OFFERED, _E.ANSWERED): (_S.TALKING, (_A.CLEAR_STRIKES,)),
    (_S.OFFERED, _E.RELEASED): (_S.READY, ()),
    (_S.OFFERED, _E.MISSED): (_S.READY, (_A.RESTART_IDLE,)),
    (_S.OFFERED, _E.WENT_NOT_READY): (_S.OFFERED, (_A.KEEP_FOR_LATER,)),
    (_S.OFFERED, _E.LOGGED_OUT): (_S.OFFERED, (_A.KEEP_FOR_LATER,)),
    (_S.OFFERED, _E.WENT_READY): (_S.OFFERED, (_A.DROP_WISH,)),
    (_S.OFFERED, _E.LOGGED_IN): (_S.OFFERED, (_A.DROP_WISH,)),
    (_S.TALKING, _E.TALK_ENDED): (_S.WRAPPING_UP, ()),
    (_S.TALKING, _E.WENT_NOT_READY): (_S.TALKING, (_A.KEEP_FOR_LATER,)),
    (_S.TALKING, _E.LOGGED_OUT): (_S.TALKING, (_A.KEEP_FOR_LATER,)),
    (_S.TALKING, _E.WENT_READY): (_S.TALKING, (_A.DROP_WISH,)),
    (_S.TALKING, _E.LOGGED_IN): (_S.TALKING, (_A.DROP_WISH,)),
    (_S.WRAPPING_UP, _E.ENGAGED): (_S.TALKING, ()),
    (_S.WRAPPING_UP, _E.WRAP_UP_EXTENDED): (_S.WRAPPING_UP, ()),
    (_S.WRAPPING_UP, _E.WRAP_UP_OVER): (_S.READY, (_A.RESTART_IDLE,)),
    (_S.WRAPPING_UP, _E.WENT_READY): (_S.READY, (_A.RESTART_IDLE,)),
    (_S.WRAPPING_UP, _E.WENT_NOT_READY): (_S.NOT_READY, ()),
    (_S.WRAPPING_UP, _E.LOGGED_OUT): (_S.LOGGED_OUT, ()),
    (_S.NOT_RESPONDING, _E.WENT_READY): (_S.READY, (_A.RESTART_IDLE, _A.CLEAR_STRIKES)),
    (_S.NOT_RESPONDING, _E.RETURN_DUE): (_S.READY, (_A.RESTART_IDLE, _A.CLEAR_STRIKES)),
    (_S.NOT_RESPONDING, _E.WENT_NOT_READY): (_S.NOT_READY, (_A.CLEAR_STRIKES,)),
    (_S.NOT_RESPONDING, _E.LOGGED_OUT): (_S.LOGGED_OUT, (_A.CLEAR_STRIKES,)),
}


def refusal(state: AgentState, event: AgentEvent) -> str | None:
    """Why this event may not happen in this state, in words; None when it may."""
    if (state, event) in TABLE:
        return None
    return f"not possible while {state}: {event}"


def step(state: AgentState, event: AgentEvent) -> Row:
    """Next state and what to do. Raises NotPossible for a row that is not in the table."""
    row = TABLE.get((state, event))
    if row is None:
        raise NotPossible(f"not possible while {state}: {event}")
    return row


def edges() -> tuple[tuple[str, str, str, tuple[str, ...]], ...]:
    """The table as (from, event, to, actions), in the order written: what diagrams are drawn of."""
    return tuple(
        (state.value, event.value, then.value, tuple(action.value for action in actions))
        for (state, event), (then, actions) in TABLE.items()
    )
