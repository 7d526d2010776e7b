"""What a tree may ask the house while the caller waits. Each gives values by name, or None.

Only what may be spoken to whoever typed the number: a ticket's state, never its words.
"""

from collections.abc import Mapping

from calls.ids import TicketId
from cti.numbers import read_number
from cti.service import Customers
from hotline.house import LookUpSource
from hotline.visit import Visit
from tickets.model import NoSuchTicket
from tickets.service import Tickets

TICKET, CUSTOMER = "ticket", "customer"
NAMES = frozenset({TICKET, CUSTOMER})
LONGEST_TICKET = 12
"""Digits; more would not be one of ours."""


def look_ups(tickets: Tickets, customers: Customers, region: str) -> Mapping[str, LookUpSource]:
    """By the name a tree uses. ``region``: how a typed telephone number is read."""

    async def ticket(visit: Visit, key: str) -> dict[str, str] | None:
        if not (key.isascii() and key.isdigit() and len(key) <= LONGEST_TICKET):
            return None
        try:
            found = await tickets.get(TicketId(key.lstrip("0") or "0"))
        except NoSuchTicket:
            return None
        return {"state": found.state, "kind": found.kind}

    async def customer(visit: Visit, key: str) -> dict[str, str] | None:
        person = (await customers.find(read_number(key, region))).person
        if person is None:
            return None
        return {"customer": person.customer, "name": person.name, "level": person.level}

    return {TICKET: ticket, CUSTOMER: customer}
