"""What stands beside a ticket, off the event loop: other tickets, and files."""

from collections.abc import Sequence

from calls.clock import Clock
from calls.ids import CallId, TicketId
from calls.rights import Who
from storage.offload import Offload
from tickets.changes import scope_of
from tickets.files import Files
from tickets.joining import Joining
from tickets.model import Attachment, LinkKind, Ticket


class Beside:
    """Raises what Joining and Files raise."""

    def __init__(self, joining: Joining, files: Files, offload: Offload, clock: Clock) -> None:
        self._joining = joining
        self._files = files
        self._offload = offload
        self._clock = clock

    async def link(self, id_: TicketId, other: TicketId, kind: LinkKind | None, who: Who) -> Ticket:
        now, scope = self._clock.now(), scope_of(who)
        return await self._offload.run(self._joining.link, id_, other, kind, who.person, now, scope)

    async def merge(self, id_: TicketId, into: TicketId, who: Who) -> Ticket:
        now, scope = self._clock.now(), scope_of(who)
        return await self._offload.run(self._joining.merge, id_, into, who.person, now, scope)

    async def unmerge(self, id_: TicketId, who: Who) -> Ticket:
        now, scope = self._clock.now(), scope_of(who)
        return await self._offload.run(self._joining.unmerge, id_, who.person, now, scope)

    async def split(
        self, id_: TicketId, calls: Sequence[CallId], titles: dict[str, str], who: Who
    ) -> Ticket:
        now, scope = self._clock.now(), scope_of(who)
        return await self._offload.run(
            self._joining.split, id_, calls, titles, who.person, now, scope
        )

    async def attach(self, id_: TicketId, name: str, data: bytes, who: Who) -> Ticket:
        now, scope = self._clock.now(), scope_of(who)
        return await self._offload.run(self._files.attach, id_, name, data, who.person, now, scope)

    async def read(self, id_: TicketId, file: int, who: Who) -> tuple[Attachment, bytes]:
        return await self._offload.run(self._files.read, id_, file, scope_of(who))
