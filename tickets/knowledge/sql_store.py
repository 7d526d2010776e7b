"""The knowledge base in SQL, its words in a full-text index beside it."""

import json
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from sqlalchemy import ColumnElement, ForeignKey, Index, case, func, select, update
from sqlalchemy.orm import Mapped, Session, mapped_column

from calls.ids import QueueId
from calls.words import Language
from storage.base import Base, BigId
from storage.database import Database
from storage.search_index import SearchIndex
from tickets.knowledge.model import (
    Article,
    ArticleId,
    ArticleState,
    Hit,
    Remark,
    Tally,
    Use,
    Verdict,
    Version,
    Wording,
    excerpt,
)
from tickets.knowledge.ports import ArticleFilter

WORDS = SearchIndex("article_words")
NO_CALL = ""
"""A use outside any call: one for each article and person."""


class ArticleRow(Base):
    __tablename__ = "articles"
    __table_args__ = (
        Index(None, "owner"),
        Index(None, "review_at"),
        {"sqlite_autoincrement": True},
    )

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    latest: Mapped[int]
    owner: Mapped[str]
    published: Mapped[int | None]
    published_at: Mapped[float | None]
    retired: Mapped[bool]
    review_at: Mapped[float | None]
    opened: Mapped[int] = mapped_column(server_default="0")


class VersionRow(Base):
    __tablename__ = "article_versions"

    article: Mapped[int] = mapped_column(
        BigId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    )
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str]
    body: Mapped[str]
    language: Mapped[str]
    keywords: Mapped[str] = mapped_column(server_default="[]")
    queues: Mapped[str] = mapped_column(server_default="[]")
    by: Mapped[str]
    at: Mapped[float]


class UseRow(Base):
    __tablename__ = "article_uses"

    article: Mapped[int] = mapped_column(
        BigId, ForeignKey("articles.id", ondelete="CASCADE"), primary_key=True
    )
    who: Mapped[str] = mapped_column(primary_key=True)
    call: Mapped[str] = mapped_column(primary_key=True)
    version: Mapped[int]
    at: Mapped[float]
    ticket: Mapped[str | None]
    verdict: Mapped[str | None]


class RemarkRow(Base):
    __tablename__ = "article_remarks"
    __table_args__ = (Index(None, "article"), {"sqlite_autoincrement": True})

    id: Mapped[int] = mapped_column(BigId, primary_key=True)
    article: Mapped[int] = mapped_column(BigId, ForeignKey("articles.id", ondelete="CASCADE"))
    version: Mapped[int]
    who: Mapped[str]
    at: Mapped[float]
    text: Mapped[str]
    settled_by: Mapped[str] = mapped_column(server_default="")
    settled_at: Mapped[float | None]


class SqlKnowledge:
    """A KnowledgeStore over a migrated Database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    @contextmanager
    def reading(self) -> Iterator["SqlRows"]:
        with self._database.reading() as session:
            yield SqlRows(session)

    @contextmanager
    def writing(self) -> Iterator["SqlRows"]:
        with self._database.session() as session:
            yield SqlRows(session)


class SqlRows:
    def __init__(self, session: Session) -> None:
        self._session = session

    def get(self, id_: ArticleId) -> Article | None:
        number = _number(id_)
        found = [] if number is None else self._articles(ArticleRow.id == number)
        return found[0] if found else None

    def find(self, wanted: ArticleFilter, limit: int, before: ArticleId | None) -> list[Article]:
        conditions = list(_conditions(wanted))
        if before is not None:
            conditions.append(ArticleRow.id < (_number(before) or 0))
        return self._articles(*conditions, limit=limit)

    def versions(self, id_: ArticleId) -> list[Version]:
        query = (
            select(VersionRow)
            .where(VersionRow.article == (_number(id_) or 0))
            .order_by(VersionRow.number.desc())
        )
        return [_version(row) for row in self._session.scalars(query)]

    def version(self, id_: ArticleId, number: int) -> Version | None:
        row = self._session.get(VersionRow, (_number(id_) or 0, number))
        return None if row is None else _version(row)

    def add(self, article: Article) -> ArticleId:
        row = ArticleRow(**_columns(article))
        self._session.add(row)
        self._session.flush()
        self._keep_version(row.id, article.latest)
        return ArticleId(str(row.id))

    def save(self, article: Article) -> None:
        number = int(article.id)
        self._session.execute(
            update(ArticleRow).where(ArticleRow.id == number).values(_columns(article))
        )
        if self._session.get(VersionRow, (number, article.latest.number)) is None:
            self._keep_version(number, article.latest)

    def index(self, id_: ArticleId, words: Sequence[str]) -> None:
        if words:
            WORDS.put(self._session, int(id_), words)
        else:
            WORDS.remove(self._session, int(id_))

    def search(self, words: Sequence[str], limit: int) -> list[Hit]:
        fits = dict(WORDS.best(self._session, words, limit))
        if not fits:
            return []
        query = (
            select(VersionRow)
            .join(ArticleRow, ArticleRow.id == VersionRow.article)
            .where(ArticleRow.id.in_(fits), VersionRow.number == ArticleRow.published)
        )
        rows = {row.article: row for row in self._session.scalars(query)}
        tallies = self._tallies(rows)
        return [
            _hit(rows[id_], fit, words, tallies.get(id_, Tally()))
            for id_, fit in fits.items()
            if id_ in rows
        ]

    def opened(self, id_: ArticleId) -> None:
        self._session.execute(
            update(ArticleRow).where(ArticleRow.id == int(id_)).values(opened=ArticleRow.opened + 1)
        )

    def use(self, use: Use) -> None:
        self._session.merge(
            UseRow(
                article=int(use.article),
                who=use.who,
                call=use.call or NO_CALL,
                version=use.version,
                at=use.at,
                ticket=use.ticket,
                verdict=use.verdict,
            )
        )

    def remark(self, remark: Remark) -> int:
        row = RemarkRow(
            article=int(remark.article),
            version=remark.version,
            who=remark.who,
            at=remark.at,
            text=remark.text,
        )
        self._session.add(row)
        self._session.flush()
        return row.id

    def remarks(
        self, article: ArticleId | None, owner: str | None, open_only: bool, limit: int
    ) -> list[Remark]:
        query = select(RemarkRow).order_by(RemarkRow.id.desc()).limit(limit)
        if article is not None:
            query = query.where(RemarkRow.article == (_number(article) or 0))
        if owner is not None:
            query = query.join(ArticleRow, ArticleRow.id == RemarkRow.article).where(
                ArticleRow.owner == owner
            )
        if open_only:
            query = query.where(RemarkRow.settled_at.is_(None))
        return [_remark(row) for row in self._session.scalars(query)]

    def settle(self, id_: int, by: str, at: float) -> Remark | None:
        row = self._session.get(RemarkRow, id_, with_for_update=True)
        if row is None:
            return None
        if row.settled_at is None:
            row.settled_by, row.settled_at = by, at
        return _remark(row)

    def _keep_version(self, article: int, version: Version) -> None:
        wording = version.wording
        self._session.add(
            VersionRow(
                article=article,
                number=version.number,
                title=wording.title,
                body=wording.body,
                language=wording.language,
                keywords=_listed(wording.keywords),
                queues=_listed(wording.queues),
                by=version.by,
                at=version.at,
            )
        )
        self._session.flush()

    def _articles(self, *conditions: ColumnElement[bool], limit: int = 1) -> list[Article]:
        query = (
            select(ArticleRow, VersionRow)
            .join(
                VersionRow,
                (VersionRow.article == ArticleRow.id) & (VersionRow.number == ArticleRow.latest),
            )
            .where(*conditions)
            .order_by(ArticleRow.id.desc())
            .limit(limit)
        )
        rows = self._session.execute(query).all()
        tallies = self._tallies(article.id for article, _ in rows)
        return [
            _article(article, latest, tallies.get(article.id, Tally())) for article, latest in rows
        ]

    def _tallies(self, articles: Iterable[int]) -> dict[int, Tally]:
        def counted(verdict: Verdict) -> ColumnElement[int]:
            return func.sum(case((UseRow.verdict == verdict, 1), else_=0))

        query = (
            select(UseRow.article, func.count(), counted(Verdict.HELPED), counted(Verdict.DID_NOT))
            .where(UseRow.article.in_(list(articles)))
            .group_by(UseRow.article)
        )
        return {
            article: Tally(used=used, helped=int(helped), did_not=int(did_not))
            for article, used, helped, did_not in self._session.execute(query)
        }


def _number(id_: ArticleId) -> int | None:
    """None for what no article can be called."""
    return int(id_) if id_.isascii() and id_.isdigit() and len(id_) < 19 else None


def _conditions(wanted: ArticleFilter) -> Iterator[ColumnElement[bool]]:
    match wanted.state:
        case ArticleState.RETIRED:
            yield ArticleRow.retired.is_(True)
        case ArticleState.IN_FORCE:
            yield ~ArticleRow.retired & ArticleRow.published.is_not(None)
        case ArticleState.DRAFT:
            yield ~ArticleRow.retired & ArticleRow.published.is_(None)
    if wanted.owner is not None:
        yield ArticleRow.owner == wanted.owner
    if wanted.review_before is not None:
        yield ArticleRow.review_at < wanted.review_before


def _columns(article: Article) -> dict[str, Any]:
    return {
        "latest": article.latest.number,
        "owner": article.owner,
        "published": article.published,
        "published_at": article.published_at,
        "retired": article.retired,
        "review_at": article.review_at,
    }


def _article(article: ArticleRow, latest: VersionRow, tally: Tally) -> Article:
    return Article(
        id=ArticleId(str(article.id)),
        latest=_version(latest),
        owner=article.owner,
        published=article.published,
        published_at=article.published_at,
        retired=article.retired,
        review_at=article.review_at,
        tally=Tally(article.opened, tally.used, tally.helped, tally.did_not),
    )


def _version(row: VersionRow) -> Version:
    wording = Wording(
        title=row.title,
        body=row.body,
        language=Language(row.language),
        keywords=tuple(json.loads(row.keywords)),
        queues=tuple(QueueId(queue) for queue in json.loads(row.queues)),
    )
    return Version(row.number, wording, row.by, row.at)


def _hit(row: VersionRow, fit: float, words: Sequence[str], tally: Tally) -> Hit:
    wording = _version(row).wording
    return Hit(
        article=ArticleId(str(row.article)),
        version=row.number,
        title=wording.title,
        excerpt=excerpt(wording.body, words),
        language=wording.language,
        queues=wording.queues,
        score=fit,
        usefulness=tally.usefulness,
    )


def _remark(row: RemarkRow) -> Remark:
    return Remark(
        id=row.id,
        article=ArticleId(str(row.article)),
        version=row.version,
        who=row.who,
        at=row.at,
        text=row.text,
        settled_by=row.settled_by,
        settled_at=row.settled_at,
    )


def _listed(values: Sequence[str]) -> str:
    return json.dumps(list(values), ensure_ascii=False)
