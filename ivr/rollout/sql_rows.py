"""Plans and trials in SQL, within whoever's unit of work; ivr.sql_store joins them to trees."""

from collections.abc import Sequence

import msgspec
from sqlalchemy import ForeignKey, Index, delete, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from calls.ids import TreeId
from ivr.findings import Finding
from ivr.rollout.model import TreePlan, TreeTrial
from storage.base import Base

_FINDINGS = msgspec.json.Decoder(tuple[Finding, ...])


class PlanRow(Base):
    __tablename__ = "tree_plans"
    __table_args__ = (Index(None, "tree", "at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tree: Mapped[str] = mapped_column(ForeignKey("trees.id", ondelete="CASCADE"))
    version: Mapped[str] = mapped_column(ForeignKey("tree_versions.hash"))
    at: Mapped[float]
    by: Mapped[str]
    made_at: Mapped[float]
    failed_at: Mapped[float | None]
    findings: Mapped[str] = mapped_column(server_default="[]")


class TrialRow(Base):
    __tablename__ = "tree_trials"
    __table_args__ = (Index(None, "tree", "began_at"),)

    id: Mapped[str] = mapped_column(primary_key=True)
    tree: Mapped[str] = mapped_column(ForeignKey("trees.id", ondelete="CASCADE"))
    a: Mapped[str] = mapped_column(ForeignKey("tree_versions.hash"))
    b: Mapped[str] = mapped_column(ForeignKey("tree_versions.hash"))
    share: Mapped[int]
    by: Mapped[str]
    began_at: Mapped[float]
    ended_at: Mapped[float | None]
    ended_by: Mapped[str] = mapped_column(server_default="")
    kept: Mapped[str] = mapped_column(server_default="")


def plans(session: Session, tree: TreeId | None = None) -> Sequence[TreePlan]:
    query = select(PlanRow).order_by(PlanRow.at, PlanRow.id)
    if tree is not None:
        query = query.where(PlanRow.tree == tree)
    return [_plan(row) for row in session.scalars(query)]


def add_plan(session: Session, plan: TreePlan) -> None:
    session.add(
        PlanRow(
            id=plan.id,
            tree=plan.tree,
            version=plan.version,
            at=plan.at,
            by=plan.by,
            made_at=plan.made_at,
        )
    )


def take_plan(session: Session, id: str, *, waiting: bool) -> bool:
    """Whether it was there to be taken; ``waiting``: only when it has not failed."""
    query = delete(PlanRow).where(PlanRow.id == id).returning(PlanRow.id)
    if waiting:
        query = query.where(PlanRow.failed_at.is_(None))
    return session.execute(query).first() is not None


def fail_plan(session: Session, id: str, findings: Sequence[Finding], at: float) -> bool:
    query = (
        update(PlanRow)
        .where(PlanRow.id == id, PlanRow.failed_at.is_(None))
        .values(failed_at=at, findings=msgspec.json.encode(findings).decode())
        .returning(PlanRow.id)
    )
    return session.execute(query).first() is not None


def trials(
    session: Session, tree: TreeId | None = None, *, going_on: bool = False
) -> Sequence[TreeTrial]:
    query = select(TrialRow).order_by(TrialRow.began_at.desc(), TrialRow.id)
    if tree is not None:
        query = query.where(TrialRow.tree == tree)
    if going_on:
        query = query.where(TrialRow.ended_at.is_(None))
    return [_trial(row) for row in session.scalars(query)]


def begin_trial(session: Session, trial: TreeTrial) -> bool:
    # Of two who begin one at once, the second reads what the first has written: one writes at a
    # time (decision 0090).
    if trials(session, trial.tree, going_on=True):
        return False
    session.add(
        TrialRow(
            id=trial.id,
            tree=trial.tree,
            a=trial.a,
            b=trial.b,
            share=trial.share,
            by=trial.by,
            began_at=trial.began_at,
        )
    )
    return True


def change_trial(session: Session, id: str, **values: object) -> bool:
    """Whether it goes on."""
    query = (
        update(TrialRow)
        .where(TrialRow.id == id, TrialRow.ended_at.is_(None))
        .values(**values)
        .returning(TrialRow.id)
    )
    return session.execute(query).first() is not None


def end_trials_of(session: Session, tree: TreeId, kept: str, by: str, at: float) -> None:
    session.execute(
        update(TrialRow)
        .where(TrialRow.tree == tree, TrialRow.ended_at.is_(None))
        .values(ended_at=at, ended_by=by, kept=kept)
    )


def _plan(row: PlanRow) -> TreePlan:
    return TreePlan(
        id=row.id,
        tree=TreeId(row.tree),
        version=row.version,
        at=row.at,
        by=row.by,
        made_at=row.made_at,
        failed_at=row.failed_at,
        findings=_FINDINGS.decode(row.findings),
    )


def _trial(row: TrialRow) -> TreeTrial:
    return TreeTrial(
        id=row.id,
        tree=TreeId(row.tree),
        a=row.a,
        b=row.b,
        share=row.share,
        by=row.by,
        began_at=row.began_at,
        ended_at=row.ended_at,
        ended_by=row.ended_by,
        kept=row.kept,
    )
