"""Trees in SQL: one draft a tree, versions that are only ever added, and which one is current."""

from collections.abc import Sequence

from sqlalchemy import ForeignKey, Index, select
from sqlalchemy.orm import Mapped, Session, mapped_column

from calls.ids import TreeId
from ivr.document import title_of
from ivr.findings import Finding
from ivr.ports import Draft, DraftChanged, StoredVersion, TreeSummary, draft_hash
from ivr.rollout import sql_rows as rows_of
from ivr.rollout.model import TreePlan, TreeTrial
from storage.base import Base
from storage.database import Database


class TreeRow(Base):
    __tablename__ = "trees"

    id: Mapped[str] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(server_default="")
    draft: Mapped[str] = mapped_column(server_default="")
    draft_by: Mapped[str] = mapped_column(server_default="")
    created_at: Mapped[float]
    updated_at: Mapped[float]


class VersionRow(Base):
    __tablename__ = "tree_versions"
    __table_args__ = (Index("ix_tree_versions_tree_published_at", "tree", "published_at"),)

    hash: Mapped[str] = mapped_column(primary_key=True)
    tree: Mapped[str] = mapped_column(ForeignKey("trees.id"))
    document: Mapped[str]
    published_at: Mapped[float]
    published_by: Mapped[str] = mapped_column(server_default="")


class CurrentRow(Base):
    __tablename__ = "tree_current"

    tree: Mapped[str] = mapped_column(ForeignKey("trees.id", ondelete="CASCADE"), primary_key=True)
    version: Mapped[str] = mapped_column(ForeignKey("tree_versions.hash"))
    at: Mapped[float]
    by: Mapped[str] = mapped_column(server_default="")


class SqlTrees:
    """A TreeStore over a migrated database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def save_draft(self, draft: Draft, over: str | None = None) -> str:
        with self._database.session() as session:
            row = session.get(TreeRow, draft.tree, with_for_update=True)
            before = draft_hash(row.draft if row else "")
            if over is not None and over != before:
                raise DraftChanged(draft.tree)
            _put_draft(session, draft)
            return before

    def draft(self, tree: TreeId) -> Draft | None:
        with self._database.reading() as session:
            row = session.get(TreeRow, tree)
            return _draft(row) if row else None

    def publish(self, version: StoredVersion, by: str, at: float) -> None:
        with self._database.session() as session:
            _publish(session, version, by, at)

    def keep(self, version: StoredVersion) -> None:
        with self._database.session() as session:
            _keep(session, version)

    def version(self, hash: str) -> StoredVersion | None:
        with self._database.reading() as session:
            row = session.get(VersionRow, hash)
            return _version(row) if row else None

    def versions(self, tree: TreeId, limit: int = 50) -> Sequence[StoredVersion]:
        newest = (
            select(VersionRow)
            .where(VersionRow.tree == tree)
            .order_by(VersionRow.published_at.desc(), VersionRow.hash)
            .limit(limit)
        )
        with self._database.reading() as session:
            return [_version(row) for row in session.scalars(newest)]

    def trees(self) -> Sequence[TreeSummary]:
        # The documents stay where they are: a list of trees needs none.
        rows = (
            select(
                TreeRow.id, TreeRow.name, TreeRow.draft_by, TreeRow.updated_at, CurrentRow.version
            )
            .outerjoin(CurrentRow, CurrentRow.tree == TreeRow.id)
            .order_by(TreeRow.id)
        )
        with self._database.reading() as session:
            trials = {one.tree: one for one in rows_of.trials(session, going_on=True)}
            plans = rows_of.plans(session)
            return [
                TreeSummary(
                    tree=TreeId(tree),
                    title=title,
                    current=current,
                    edited_by=by,
                    edited_at=at,
                    trial=trials.get(TreeId(tree)),
                    plans=tuple(one for one in plans if one.tree == tree),
                )
                for tree, title, by, at, current in session.execute(rows)
            ]

    def plans(self, tree: TreeId | None) -> Sequence[TreePlan]:
        with self._database.reading() as session:
            return rows_of.plans(session, tree)

    def add_plan(self, plan: TreePlan) -> None:
        with self._database.session() as session:
            rows_of.add_plan(session, plan)

    def drop_plan(self, id: str) -> bool:
        with self._database.session() as session:
            return rows_of.take_plan(session, id, waiting=False)

    def fail_plan(self, id: str, findings: Sequence[Finding], at: float) -> bool:
        with self._database.session() as session:
            return rows_of.fail_plan(session, id, findings, at)

    def carry_out(self, plan: TreePlan, version: StoredVersion, at: float) -> bool:
        with self._database.session() as session:
            if not rows_of.take_plan(session, plan.id, waiting=True):
                return False
            _publish(session, version, plan.by, at)
            return True

    def trials(self, tree: TreeId) -> Sequence[TreeTrial]:
        with self._database.reading() as session:
            return rows_of.trials(session, tree)

    def begin_trial(self, trial: TreeTrial) -> bool:
        with self._database.session() as session:
            return rows_of.begin_trial(session, trial)

    def change_share(self, id: str, share: int) -> bool:
        with self._database.session() as session:
            return rows_of.change_trial(session, id, share=share)

    def end_trial(self, id: str, kept: str, by: str, at: float) -> bool:
        with self._database.session() as session:
            return rows_of.change_trial(session, id, kept=kept, ended_by=by, ended_at=at)


def _publish(session: Session, version: StoredVersion, by: str, at: float) -> None:
    tree = version.tree
    if session.get(TreeRow, tree) is None:
        title = title_of(version.document)
        draft = Draft(tree=tree, title=title, document=version.document, by=by, at=at)
        _put_draft(session, draft)
    _keep(session, version)
    session.merge(CurrentRow(tree=tree, version=version.hash, at=at, by=by))
    rows_of.end_trials_of(session, tree, version.hash, by, at)


def _keep(session: Session, version: StoredVersion) -> None:
    if session.get(VersionRow, version.hash) is not None:
        return
    session.add(
        VersionRow(
            hash=version.hash,
            tree=version.tree,
            document=version.document,
            published_at=version.at,
            published_by=version.by,
        )
    )
    session.flush()  # before the row that refers to it


def _put_draft(session: Session, draft: Draft) -> None:
    row = session.get(TreeRow, draft.tree)
    if row is None:
        row = TreeRow(id=draft.tree, created_at=draft.at)
        session.add(row)
    row.name, row.draft, row.draft_by = draft.title, draft.document, draft.by
    row.updated_at = draft.at
    session.flush()


def _draft(row: TreeRow) -> Draft:
    return Draft(
        tree=TreeId(row.id),
        title=row.name,
        document=row.draft,
        by=row.draft_by,
        at=row.updated_at,
    )


def _version(row: VersionRow) -> StoredVersion:
    return StoredVersion(
        hash=row.hash,
        tree=TreeId(row.tree),
        document=row.document,
        by=row.published_by,
        at=row.published_at,
    )
