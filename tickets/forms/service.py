"""Forms as people fill them in, on a ticket or by themselves; and as admins publish them."""

import json
from collections.abc import Callable, Mapping
from dataclasses import replace
from typing import Any, TypeVar

from calls.clock import Clock
from calls.ids import TicketId
from calls.rights import Who
from calls.words import Language
from storage.offload import Offload
from storage.worker import Worker
from tickets.changes import Scope, scope_of
from tickets.forms.model import Mistake, data_mistakes, document_mistakes, fields_of, shown
from tickets.forms.pdf import form_pdf
from tickets.forms.sql_store import Filled, FormVersion, SqlForms
from tickets.handling import existing, keep
from tickets.model import Entry, EntryKind
from tickets.ports import TicketRows, TicketStore

MAX_PAGE = 200
T = TypeVar("T")


class NoSuchForm(Exception):
    pass


class FormRefused(ValueError):
    def __init__(self, mistakes: list[Mistake]) -> None:
        super().__init__(", ".join(f"{one.field}: {one.code}" for one in mistakes))
        self.mistakes = mistakes


class FilledChanged(Exception):
    """Somebody else was quicker; ``now`` is what she filled in."""

    def __init__(self, now: Filled) -> None:
        super().__init__(f"the form is at version {now.version}")
        self.now = now


class Forms:
    def __init__(self, store: TicketStore, offload: Offload, worker: Worker, clock: Clock) -> None:
        """``worker``: where pages are set."""
        self._store = store
        self._offload = offload
        self._worker = worker
        self._clock = clock

    def ship(self, shipped: Mapping[str, dict[str, Any]]) -> None:
        """Forms of ours that are not there yet become their first version. Synchronous."""
        with self._store.writing() as rows:
            known = {form.id for form in rows.forms.newest()}
            for id_, document in shipped.items():
                if id_ not in known:
                    rows.forms.publish(FormVersion(id_, 1, document, self._clock.now(), ""))

    async def all(self) -> list[FormVersion]:
        return await self._look(lambda rows: rows.forms.newest())

    async def get(self, id_: str, number: int | None) -> FormVersion:
        """Raises NoSuchForm."""
        return await self._look(lambda rows: _form(rows.forms, id_, number))

    async def publish(
        self, id_: str, document: dict[str, Any], number: int, who: Who
    ) -> FormVersion:
        """The version after ``number`` (0: a new form). Raises FormRefused, and FormRefused with
        ``form_published`` when somebody published one meanwhile."""
        mistakes = document_mistakes(document)
        if mistakes:
            raise FormRefused(mistakes)
        form = FormVersion(id_, number + 1, document, self._clock.now(), who.person)

        def add() -> FormVersion:
            with self._store.writing() as rows:
                known = rows.forms.get(id_)
                if (known.number if known else 0) != number:
                    raise FormRefused([Mistake("", "form_published")])
                rows.forms.publish(form)
                return form

        return await self._offload.run(add)

    async def of_ticket(self, ticket: TicketId, who: Who) -> list[Filled]:
        """Raises NoSuchTicket."""

        def look(rows: TicketRows) -> list[Filled]:
            existing(rows, ticket, scope_of(who))
            return rows.forms.of_ticket(ticket)

        return await self._look(look)

    async def of_form(self, form: str, limit: int) -> list[Filled]:
        return await self._look(lambda rows: rows.forms.of_form(form, min(limit, MAX_PAGE)))

    async def fill(
        self, form: str, ticket: TicketId | None, data: dict[str, Any], version: int, who: Who
    ) -> Filled:
        """``version``: of what was there before (0: nothing). Raises NoSuchForm, NoSuchTicket,
        FormRefused, FilledChanged; then nothing was kept."""
        now, scope = self._clock.now(), scope_of(who)
        return await self._offload.run(
            self._fill, form, ticket, data, version, who.person, now, scope
        )

    async def pdf(self, id_: int, language: Language, who: Who) -> tuple[str, bytes]:
        """A name and the page. Raises NoSuchForm, NoSuchTicket."""

        def look(rows: TicketRows) -> tuple[Filled, FormVersion]:
            filled = rows.forms.filled(id_)
            if filled is None:
                raise NoSuchForm
            if filled.ticket is not None:
                existing(rows, filled.ticket, scope_of(who))
            return filled, _form(rows.forms, filled.form, filled.number)

        filled, form = await self._look(look)
        page = await self._worker.run(
            form_pdf, json.dumps(form.document), json.dumps(filled.data), language, _head(filled)
        )
        return f"{form.id}-{filled.ticket or filled.id}.pdf", page

    def _fill(
        self,
        form: str,
        ticket: TicketId | None,
        data: dict[str, Any],
        version: int,
        who: str,
        now: float,
        scope: Scope,
    ) -> Filled:
        with self._store.writing() as rows:
            whole = None if ticket is None else existing(rows, ticket, scope)
            known = None
            if ticket is not None:
                of_it = rows.forms.of_ticket(ticket)
                known = next((one for one in of_it if one.form == form), None)
            if (known.version if known else 0) != version:
                if known is not None:
                    raise FilledChanged(known)
                raise NoSuchForm
            # What was begun on one version of the form is finished on it.
            found = _form(rows.forms, form, known.number if known else None)
            mistakes = data_mistakes(found.document, data)
            if mistakes:
                raise FormRefused(mistakes)
            id_ = known.id if known else 0
            filled = Filled(id_, ticket, form, found.number, data, version + 1, now, who)
            filled = replace(filled, id=rows.forms.keep(filled))
            if whole is not None:
                text = _said(found, data)
                rows.write(whole.id, Entry(now, who, EntryKind.FORM, text))
                rows.mark(whole.id)
                keep(rows, whole, replace(whole, version=whole.version + 1, updated_at=now))
            return filled

    async def _look(self, look: Callable[[TicketRows], T]) -> T:
        def looked() -> T:
            with self._store.reading() as rows:
                return look(rows)

        return await self._offload.run(looked)


def _form(forms: SqlForms, id_: str, number: int | None) -> FormVersion:
    found = forms.get(id_, number)
    if found is None:
        raise NoSuchForm
    return found


def _said(form: FormVersion, data: dict[str, Any]) -> str:
    """For the ticket's history and its search: the form's name and what stands in it."""
    name = form.document["x-names"].get(Language.ZH, form.id)
    fields = fields_of(form.document)
    values = (shown(fields[one], value, Language.ZH) for one, value in data.items())
    return f"{name}: {'; '.join(filter(None, values))}"[:2_000]


def _head(filled: Filled) -> str:
    ticket = f"#{filled.ticket} · " if filled.ticket else ""
    return f"{ticket}{filled.who} · v{filled.number}"
