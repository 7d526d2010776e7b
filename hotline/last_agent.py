"""The agent who talked to this caller last (熟客优先): whom she prefers, if not too long ago."""

from collections.abc import Sequence

from calls.ids import AgentId
from calls.notices import ContactGlimpse
from calls.words import Outcome

TALKED = frozenset({Outcome.ANSWERED, Outcome.TRANSFERRED})


def last_agent(
    contacts: Sequence[ContactGlimpse], within_days: int, now: float
) -> tuple[AgentId, ...]:
    """``contacts``: newest first. One agent, or nobody: none talked to her, or too long ago."""
    since = now - within_days * 86_400.0
    for contact in contacts:
        if contact.at < since:
            break
        if contact.agent and contact.outcome in TALKED:
            return (AgentId(contact.agent),)
    return ()
