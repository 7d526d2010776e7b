"""The screen-pop (来电弹屏): everything known about a caller, in the one shape screens read.

Pure. Complete enough to greet with whatever is there; composed again when late data comes.
"""

from collections.abc import Iterable, Mapping, Sequence

from calls.ids import CallId
from calls.notices import ContactGlimpse, Pop, TicketGlimpse
from calls.text import clean_name
from calls.words import Language
from cti.lookup import Known

MAX_TICKETS = 10
MAX_CONTACTS = 5
MAX_KEYS = 30
MAX_VARIABLES = 20
"""A pop is read in one ring; more of any kind is on the customer's own page."""


def compose_pop(
    call: CallId,
    known: Known,
    *,
    dialled: str = "",
    language: Language = Language.ZH,
    keys: Sequence[str] = (),
    variables: Mapping[str, str] | None = None,
    waited_s: float = 0.0,
    tickets: Iterable[TicketGlimpse] = (),
    contacts: Iterable[ContactGlimpse] = (),
    more_to_come: bool = False,
) -> Pop:
    """The pop of ``call`` as far as it is known. ``keys`` oldest first (secret ones masked by who
    collected them); newest tickets and contacts are kept. ``more_to_come``: tickets or contacts
    are still being read, so the pop is late although the look-up is not."""
    return Pop(
        call=call,
        number=known.number.key,
        dialled=dialled,
        matches=known.found.matches,
        language=language,
        keys=tuple(keys)[-MAX_KEYS:],
        variables=_variables(variables or {}),
        waited_s=max(0.0, waited_s),
        tickets=tuple(sorted(tickets, key=lambda t: (-t.opened_at, t.id))[:MAX_TICKETS]),
        contacts=tuple(sorted(contacts, key=lambda c: (-c.at, c.call))[:MAX_CONTACTS]),
        late=known.late or more_to_come,
    )


def _variables(variables: Mapping[str, str]) -> dict[str, str]:
    kept = list(variables.items())[:MAX_VARIABLES]
    return {clean_name(name): clean_name(value) for name, value in kept}
