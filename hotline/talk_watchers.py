"""Supervisors' tickets into talks: each lets one telephone in, once, for a short while."""

import secrets

from calls import events
from calls.clock import Clock
from calls.commands import AllowWatch
from calls.ids import AgentId, DeviceId, OfferId
from hotline.lines import Lines
from hotline.talk import LEG, Talk, Third
from hotline.talks import Talks


class TalkWatchers:
    def __init__(self, clock: Clock, lines: Lines, talks: Talks) -> None:
        self._clock = clock
        self._lines = lines
        self._talks = talks
        self._tickets: dict[str, AllowWatch] = {}

    def allow(self, ticket: AllowWatch) -> None:
        now = self._clock.now()
        self._tickets = {k: one for k, one in self._tickets.items() if one.until > now}
        self._tickets[ticket.ticket] = ticket

    def admit(self, ticket: str, device: DeviceId) -> tuple[AllowWatch, Talk] | None:
        """Whoever comes with this ticket, once; None when it is good for nothing here."""
        known = self._tickets.get(ticket)
        if known is None or known.device != device or known.until < self._clock.now():
            return None
        del self._tickets[ticket]
        talk = self._talks.of(known.call)
        if talk is None or talk.offer.offer != known.offer or not talk.leg:
            return None
        self._talks.visit_of(talk).note(
            events.TalkWatched, offer=talk.offer.offer, by=known.by, how=known.how
        )
        return known, talk

    async def take_over(self, talk: Talk, watcher: AllowWatch, channel: str) -> None:
        """The caller goes from her agent to whoever is on this channel."""
        if not await self._lines.redirect(channel, LEG, "wait"):
            return
        person = AgentId(watcher.by)
        third = Third(OfferId(secrets.token_hex(8)), watcher.by, person, watcher.device, channel)
        self._talks.hand_over(talk, third)
