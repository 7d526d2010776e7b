"""What leaves the house by mail or webhook, kept on the disk until it has arrived.

How to send: in the unit of work that makes it necessary,
``outgoing.post(session, key, Letter(...) | Event(...), at)``; on the event loop, where there is no
unit of work, ``ground.outgoing.post(key, ...)`` (runtime.outgoing.service). Neither waits for a
network. ``key`` names the occasion (``ticket-17-overdue``): the same key is sent once, and
receivers are told it. An event goes to every webhook of outgoing.yaml that wants its name.
runtime.outgoing sends, signs, and tries again with growing pauses.
"""

from collections.abc import Collection, Sequence
from typing import Any, cast

import msgspec
from sqlalchemy import Index, Table, UniqueConstraint, delete, func, insert, select, update
from sqlalchemy.exc import IntegrityError
from sqlalchemy.orm import Mapped, Session, mapped_column

from storage.base import Base, BigId

MAIL = "mail"
"""The one target of letters; a webhook's target is its name."""
_EVERYBODY = "*"


class Attachment(msgspec.Struct, frozen=True, kw_only=True):
    name: str
    kind: str
    """Its MIME type, ``text/csv``; text is UTF-8."""
    data: bytes


class Letter(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    to: tuple[str, ...]
    """Addresses, one letter for all of them."""
    subject: str
    text: str
    attachments: tuple[Attachment, ...] = ()


class Event(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """For every webhook that wants events of this name."""

    name: str
    """``alarm.on``, ``ticket.opened``: the room and what happened."""
    body: dict[str, Any]
    """JSON; times are seconds since the epoch."""


class Hook(msgspec.Struct, frozen=True, kw_only=True, tag=True):
    """An event on its way to one webhook; made of events when they are sent."""

    to: str
    event: str
    body: dict[str, Any]


Item = Letter | Event | Hook


class Waiting(msgspec.Struct, frozen=True, kw_only=True):
    """One item, taken to be sent."""

    id: int
    key: str
    item: Item
    made_at: float
    tries: int
    """Before this one."""


class OutgoingLine(msgspec.Struct, frozen=True, kw_only=True):
    """One item, for people; what it says is not shown."""

    id: int
    key: str
    kind: str
    to: str
    made_at: float
    tries: int
    sent_at: float | None
    again_at: float | None
    """None: it has arrived, or nobody tries any more."""
    error: str


class _Row(Base):
    __tablename__ = "outgoing"
    __table_args__ = (
        UniqueConstraint("key"),
        Index(None, "again_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    key: Mapped[str]
    kind: Mapped[str]
    target: Mapped[str]
    item: Mapped[str]
    made_at: Mapped[float]
    again_at: Mapped[float | None]
    tries: Mapped[int] = mapped_column(server_default="0")
    sent_at: Mapped[float | None]
    error: Mapped[str] = mapped_column(server_default="")


_TABLE = cast(Table, _Row.__table__)
_C = _TABLE.c
_LINE = (_C.id, _C.key, _C.kind, _C.target, _C.made_at, _C.tries, _C.sent_at, _C.again_at, _C.error)


def post(session: Session, key: str, item: Item, at: float) -> bool:
    """To be sent when this unit of work is committed. False when the key was posted before: then
    nothing is sent a second time."""
    row = {
        "key": key,
        "kind": type(item).__name__.lower(),
        "target": _target(item),
        "item": msgspec.json.encode(item).decode(),
        "made_at": at,
        "again_at": at,
    }
    try:
        with session.begin_nested():
            session.execute(insert(_TABLE), [row])
    except IntegrityError:
        return False
    return True


def take(
    session: Session, now: float, hold_s: float, limit: int, without: Collection[str] = ()
) -> list[Waiting]:
    """What is due, oldest first; nobody else takes it for ``hold_s``, so that who dies while
    sending only delays it. ``without``: targets that are out of reach."""
    due = (
        select(_C.id)
        .where(_C.again_at <= now, _C.target.not_in(list(without)))
        .order_by(_C.again_at, _C.id)
        .limit(limit)
    )
    rows = session.execute(
        update(_TABLE)
        .where(_C.id.in_(due), _C.again_at <= now)
        .values(again_at=now + hold_s)
        .returning(_C.id, _C.key, _C.item, _C.made_at, _C.tries)
    ).all()
    return [
        Waiting(
            id=row.id,
            key=row.key,
            item=msgspec.json.decode(row.item, type=Item),
            made_at=row.made_at,
            tries=row.tries,
        )
        for row in sorted(rows, key=lambda row: row.id)
    ]


def arrived(session: Session, id_: int, at: float) -> None:
    session.execute(
        update(_TABLE)
        .where(_C.id == id_)
        .values(sent_at=at, again_at=None, tries=_C.tries + 1, error="")
    )


def failed(session: Session, id_: int, error: str, again_at: float | None) -> None:
    """``again_at`` None: nobody tries any more."""
    session.execute(
        update(_TABLE)
        .where(_C.id == id_)
        .values(again_at=again_at, tries=_C.tries + 1, error=error[:500])
    )


def lines(
    session: Session, limit: int, before: int | None = None, waiting: bool = False
) -> Sequence[OutgoingLine]:
    """Newest first. ``waiting``: only what has not arrived."""
    wanted = select(*_LINE).order_by(_C.id.desc()).limit(limit)
    if before is not None:
        wanted = wanted.where(_C.id < before)
    if waiting:
        wanted = wanted.where(_C.sent_at.is_(None))
    names = ("id", "key", "kind", "to", "made_at", "tries", "sent_at", "again_at", "error")
    return [OutgoingLine(**dict(zip(names, row, strict=True))) for row in session.execute(wanted)]


def try_again(session: Session, id_: int, now: float) -> bool:
    """At once, whatever went wrong before. False where there is nothing to send."""
    found = session.execute(
        update(_TABLE)
        .where(_C.id == id_, _C.sent_at.is_(None))
        .values(again_at=now, tries=0)
        .returning(_C.id)
    ).first()
    return found is not None


def oldest_failing(session: Session) -> tuple[int, float | None, str]:
    """How many items have failed and are tried again, since when the oldest waits, and why."""
    mine = (_C.sent_at.is_(None), _C.again_at.is_not(None), _C.error != "")
    count, since = session.execute(select(func.count(), func.min(_C.made_at)).where(*mine)).one()
    why = session.scalar(select(_C.error).where(*mine).order_by(_C.id.desc()).limit(1))
    return count, since, why or ""


def forget(session: Session, before: float) -> None:
    """Drop what was made before that time and is not tried any more."""
    session.execute(delete(_TABLE).where(_C.made_at < before, _C.again_at.is_(None)))


def _target(item: Item) -> str:
    if isinstance(item, Letter):
        return MAIL
    return item.to if isinstance(item, Hook) else _EVERYBODY
