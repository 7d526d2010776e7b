"""One person's timeline, export and erasure, for whoever asks on the event loop.

An erasure is one unit of work over all rooms but the audio, which goes first and by itself: should
the rest fail, it is asked for again and finds less to do.
"""

import json
import tempfile
import zipfile
from collections.abc import Callable, Coroutine, Sequence
from typing import IO, Any, TypeVar

import msgspec
from sqlalchemy.orm import Session

from calls.clock import Clock
from calls.ids import CallId, CustomerId, RecordingId
from calls.record import CallRecord
from calls.rights import Who
from cti.personal import calls_of, forget_calls, forget_customer
from cti.service import UnknownCustomer
from cti.sql_store import SqlRows as SqlCustomerRows
from recordings.keeping import Keeping
from recordings.model import Recording
from recordings.service import RecordingService
from recordings.shelves import NoAudio
from runtime.person import log
from runtime.person.gathering import moments
from runtime.person.merging import forget_merges, merge, merged_into, merges_into, undo
from runtime.person.model import Act, CustomerMoment, Logged, Merge, Person
from storage import outbox
from storage.database import Database
from storage.offload import Offload
from tickets.files import Files
from tickets.personal import forget, tickets_of

MOST = 1_000_000
"""Calls or tickets of one person: nobody has as many."""
CHUNK = 1 << 20
IN_MEMORY = 8 << 20
"""Of an export; what is larger waits on the disk."""
T = TypeVar("T")


class Persons:
    def __init__(
        self,
        database: Database,
        keeping: Keeping,
        recordings: RecordingService,
        files: Files,
        offload: Offload,
        clock: Clock,
    ) -> None:
        self._database = database
        self._keeping = keeping
        self._recordings = recordings
        self._files = files
        self._offload = offload
        self._clock = clock

    async def timeline(
        self, id_: CustomerId, limit: int, before: float | None
    ) -> list[CustomerMoment]:
        """Newest first. Raises UnknownCustomer."""
        return await self._look(
            lambda session: moments(session, _person(session, id_), limit, before)
        )

    async def acts(self, limit: int) -> list[Logged]:
        return await self._look(lambda session: log.read(session, limit))

    async def merge(self, gone: CustomerId, stays: CustomerId, who: Who) -> Merge:
        """They are one person. Raises UnknownCustomer, MergeRefused."""
        now = self._clock.now()
        return await self._change(lambda session: merge(session, gone, stays, who.person, now))

    async def unmerge(self, id_: int) -> Merge:
        """They are two again. Raises MergeRefused."""
        now = self._clock.now()
        return await self._change(lambda session: undo(session, id_, now))

    async def merges(self, id_: CustomerId) -> list[Merge]:
        return await self._look(lambda session: merges_into(session, id_))

    async def export(self, id_: CustomerId, who: Who) -> IO[bytes]:
        """Everything known of her as a ZIP: JSON, and the audio of her calls. Raises
        UnknownCustomer."""

        def gather(session: Session) -> tuple[Person, list[CallRecord], dict[str, Any]]:
            person = _person(session, id_)
            calls = calls_of(session, person.customers, person.numbers, MOST)
            tickets = tickets_of(session, person.customers, person.numbers, MOST)
            story = moments(session, person, MOST)
            parts = {"customer": person.customer, "calls": calls, "tickets": tickets}
            return person, calls, parts | {"timeline": story}

        _, calls, parts = await self._look(gather)
        audio = [one for call in calls for one in await self._recordings.of_call(call.call)]
        made = await self._offload.run(self._zip, parts, audio)
        done = Logged(
            act=Act.EXPORTED,
            at=self._clock.now(),
            by=who.person,
            customer=id_,
            calls=len(calls),
            recordings=len(audio),
            tickets=len(parts["tickets"]),
        )
        await self._offload.run(self._write, done)
        return made

    async def erase(self, id_: CustomerId, why: str, who: Who) -> Logged:
        """Her name, numbers, words and audio, out of all rooms; figures stay. Raises
        UnknownCustomer."""
        person, calls = await self._look(
            lambda session: (
                _person(session, id_),
                [one.call for one in _calls(session, _person(session, id_))],
            )
        )
        gone, held = await self._erase_audio(calls)
        return await self._offload.run(self._forget, person, why, who.person, len(gone), len(held))

    # Inside

    async def _erase_audio(
        self, calls: Sequence[CallId]
    ) -> tuple[list[RecordingId], list[RecordingId]]:
        gone: list[RecordingId] = []
        held: list[RecordingId] = []
        for call in calls:
            away, kept = await self._keeping.erase_call(call)
            gone += away
            held += kept
        return gone, held

    def _forget(self, person: Person, why: str, by: str, gone: int, held: int) -> Logged:
        now = self._clock.now()
        with self._database.session() as session:
            calls = [one.call for one in _calls(session, person)]
            forget_calls(session, calls)
            outbox.forget_what_was_said(session, outbox.CALL_ENDED, calls)
            found = forget(session, person.customers, person.numbers, now)
            forget_merges(session, person.customers)
            for id_ in person.customers:
                forget_customer(session, id_)
            done = Logged(
                act=Act.ERASED,
                at=now,
                by=by,
                why=why,
                customer=", ".join(person.customers),
                calls=len(calls),
                recordings=gone,
                held=held,
                tickets=found.tickets,
                follow_ups=found.follow_ups,
                tasks=found.tasks,
                files=len(found.files),
            )
            done = msgspec.structs.replace(done, id=log.write(session, done))
        for digest in found.files:
            self._files.drop(digest)
        return done

    def _zip(self, parts: dict[str, Any], audio: Sequence[Recording]) -> IO[bytes]:
        made: IO[bytes] = tempfile.SpooledTemporaryFile(IN_MEMORY)  # noqa: SIM115 - closed by the asker
        with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as file:
            for name, part in parts.items():
                text = json.dumps(msgspec.to_builtins(part), ensure_ascii=False, indent=1)
                file.writestr(f"{name}.json", text)
            for one in audio:
                self._add_audio(file, one)
        made.seek(0)
        return made

    def _add_audio(self, file: zipfile.ZipFile, recording: Recording) -> None:
        try:
            source = self._recordings.audio_of(recording)
        except NoAudio:
            return
        with file.open(f"audio/{recording.call}-{recording.id}.wav", "w", force_zip64=True) as to:
            for begin in range(0, source.size, CHUNK):
                to.write(source.read(begin, min(begin + CHUNK, source.size)))

    def _write(self, one: Logged) -> None:
        with self._database.session() as session:
            log.write(session, one)

    def _change(self, change: Callable[[Session], T]) -> Coroutine[Any, Any, T]:
        def changed() -> T:
            with self._database.session() as session:
                return change(session)

        return self._offload.run(changed)

    def _look(self, look: Callable[[Session], T]) -> Coroutine[Any, Any, T]:
        def looked() -> T:
            with self._database.reading() as session:
                return look(session)

        return self._offload.run(looked)


def _calls(session: Session, person: Person) -> list[CallRecord]:
    return calls_of(session, person.customers, person.numbers, MOST)


def _person(session: Session, id_: CustomerId) -> Person:
    """Raises UnknownCustomer. A number that several have, or that is marked as shared, speaks for
    none of them."""
    rows = SqlCustomerRows(session.connection())
    customer = rows.get([id_]).get(id_)
    if customer is None:
        into = merged_into(session, id_)
        if into is None:
            raise UnknownCustomer(id_)
        return _person(session, into)
    own = [one.number for one in customer.numbers if not one.shared]
    holders = rows.holders(own)
    return Person(
        customer=customer,
        numbers=tuple(one for one in own if holders.get(one) == (id_,)),
        merged=tuple(one.gone for one in merges_into(session, id_)),
    )
