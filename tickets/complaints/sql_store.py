"""Complaints in SQL, in the unit of work of their ticket."""

from dataclasses import dataclass
from typing import Any, cast

from sqlalchemy import ForeignKey, Index, Row, Table, case, func, insert, select, update
from sqlalchemy.orm import Mapped, mapped_column

from calls.ids import TicketId
from storage.base import Base, BigId, Work
from tickets.complaints.model import Category, Complaint, State, Step, Taken


class ComplaintRow(Base):
    __tablename__ = "complaints"
    __table_args__ = (Index(None, "state"), Index(None, "received_at"))

    ticket: Mapped[int] = mapped_column(
        BigId, ForeignKey("tickets.id", ondelete="CASCADE"), primary_key=True
    )
    received_at: Mapped[float]
    month: Mapped[str]
    state: Mapped[str]
    stands: Mapped[bool | None]
    category: Mapped[str | None]
    department: Mapped[str] = mapped_column(server_default="")
    assignee: Mapped[str] = mapped_column(server_default="")
    version: Mapped[int] = mapped_column(server_default="1")


class StepRow(Base):
    __tablename__ = "complaint_steps"

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    ticket: Mapped[int] = mapped_column(
        BigId, ForeignKey("complaints.ticket", ondelete="CASCADE"), index=True
    )
    step: Mapped[str]
    at: Mapped[float]
    who: Mapped[str] = mapped_column(server_default="")
    text: Mapped[str] = mapped_column(server_default="")


_COMPLAINTS = cast(Table, ComplaintRow.__table__)
_STEPS = cast(Table, StepRow.__table__)


@dataclass(frozen=True, slots=True)
class Trend:
    """How many complaints of one month are of one kind."""

    month: str
    """``2026-11``, on the hotline's wall."""
    category: Category | None
    stands: bool | None
    department: str
    count: int
    archived: int


class SqlComplaints:
    """On the connection of whoever began the unit of work."""

    def __init__(self, work: Work) -> None:
        self._work = work

    def get(self, ticket: TicketId) -> Complaint | None:
        read = self._work.execute
        row = read(select(_COMPLAINTS).where(_COMPLAINTS.c.ticket == int(ticket))).first()
        if row is None:
            return None
        steps = read(
            select(_STEPS).where(_STEPS.c.ticket == int(ticket)).order_by(_STEPS.c.id)
        ).all()
        return _complaint(row, tuple(map(_taken, steps)))

    def add(self, complaint: Complaint, month: str) -> None:
        self._work.execute(insert(_COMPLAINTS).values(_columns(complaint) | {"month": month}))

    def advance(self, complaint: Complaint) -> None:
        """With its last step."""
        number = int(complaint.ticket)
        self._work.execute(
            update(_COMPLAINTS).where(_COMPLAINTS.c.ticket == number).values(_columns(complaint))
        )
        last = complaint.steps[-1]
        self._work.execute(
            insert(_STEPS).values(
                ticket=number, step=last.step, at=last.at, who=last.who, text=last.text
            )
        )

    def find(
        self, states: tuple[State, ...], departments: tuple[str, ...] | None, limit: int
    ) -> list[Complaint]:
        """Newest first, without steps; ``departments``: of tickets of these alone."""
        table = _COMPLAINTS.c
        query = select(_COMPLAINTS)
        if states:
            query = query.where(table.state.in_(states))
        if departments is not None:
            tickets = Base.metadata.tables["tickets"].c
            query = query.join(Base.metadata.tables["tickets"], tickets.id == table.ticket).where(
                tickets.department.in_(departments)
            )
        rows = self._work.execute(query.order_by(table.ticket.desc()).limit(limit))
        return [_complaint(row) for row in rows]

    def trends(self, first: str, last: str) -> list[Trend]:
        """Months from ``first`` to ``last``, both with."""
        table = _COMPLAINTS.c
        kinds = (table.month, table.category, table.stands, table.department)
        archived = func.sum(case((table.state == State.ARCHIVED, 1), else_=0))
        query = (
            select(*kinds, func.count(), archived)
            .where(table.month >= first, table.month <= last)
            .group_by(*kinds)
            .order_by(*kinds)
        )
        return [
            Trend(month, Category(category) if category else None, stands, dept, count, done)
            for month, category, stands, dept, count, done in self._work.execute(query)
        ]


def _columns(complaint: Complaint) -> dict[str, object]:
    return {
        "ticket": int(complaint.ticket),
        "received_at": complaint.received_at,
        "state": complaint.state,
        "stands": complaint.stands,
        "category": complaint.category,
        "department": complaint.department,
        "assignee": complaint.assignee,
        "version": complaint.version,
    }


def _complaint(row: Row[Any], steps: tuple[Taken, ...] = ()) -> Complaint:
    return Complaint(
        ticket=TicketId(str(row.ticket)),
        received_at=row.received_at,
        state=State(row.state),
        stands=row.stands,
        category=Category(row.category) if row.category else None,
        department=row.department,
        assignee=row.assignee,
        version=row.version,
        steps=steps,
    )


def _taken(row: Row[Any]) -> Taken:
    return Taken(Step(row.step), row.at, row.who, row.text)
