"""The knowledge base beside a live hotline: written by its owners, found and judged by agents.

Texts are cut into words in a worker (storage.search_words), everything else runs on threads.
"""

from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, replace
from typing import TypeVar

from calls.ids import CallId, TicketId
from storage.offload import Offload
from tickets.knowledge.model import (
    Article,
    ArticleChanged,
    ArticleId,
    ArticleState,
    Hit,
    NoSuchArticle,
    NoSuchRemark,
    NotInForce,
    Remark,
    Use,
    Verdict,
    Version,
    Wording,
)
from tickets.knowledge.ports import ArticleFilter, KnowledgeRows, KnowledgeStore
from tickets.knowledge.suggesting import Situation, in_order

MAX_PAGE = 200
LOOKED_AT = 40
"""Found articles that are put in order; what fits worse is not what anybody means."""
SUGGESTED = 5

T = TypeVar("T")
Cut = Callable[[str], Awaitable[list[str]]]


@dataclass(frozen=True, slots=True)
class Cutting:
    """How texts become words."""

    for_index: Cut
    for_query: Cut


@dataclass(frozen=True, slots=True)
class Keeping:
    """Who looks after an article, and when it is to be read again."""

    owner: str
    review_at: float | None = None


class Knowledge:
    def __init__(
        self, store: KnowledgeStore, offload: Offload, cut: Cutting, now: Callable[[], float]
    ) -> None:
        self._store = store
        self._offload = offload
        self._cut = cut
        self._now = now

    # For whoever writes

    async def write(self, wording: Wording, keeping: Keeping, by: str) -> Article:
        """A new article, as a draft."""
        first = Version(1, wording, by, self._now())
        article = Article(ArticleId(""), first, keeping.owner, review_at=keeping.review_at)
        return await self._offload.run(self._add, article)

    async def reword(
        self, id_: ArticleId, wording: Wording, keeping: Keeping, over: int, by: str
    ) -> Article:
        """The next version; callers are answered with the published one until this is published.
        ``over``: the version it was made of. Raises NoSuchArticle, ArticleChanged."""

        def change(rows: KnowledgeRows) -> Article:
            article = _made_of(rows, id_, over)
            worded = article.worded(wording, by, self._now())
            kept = replace(worded, owner=keeping.owner, review_at=keeping.review_at)
            rows.save(kept)
            return kept

        return await self._offload.run(self._written, change)

    async def publish(self, id_: ArticleId, version: int) -> Article:
        """Everybody finds this version from now on; it must be the latest. Raises NoSuchArticle,
        ArticleChanged."""
        article = await self.get(id_)
        words = await self._cut.for_index(_found_by(article.latest.wording))

        def change(rows: KnowledgeRows) -> Article:
            published = _made_of(rows, id_, version).put_in_force(self._now())
            rows.save(published)
            rows.index(id_, words)
            return published

        if version != article.latest.number:
            raise ArticleChanged(article.latest)
        return await self._offload.run(self._written, change)

    async def retire(self, id_: ArticleId) -> Article:
        """Nobody finds it any more; it and its versions are kept. Raises NoSuchArticle."""

        def change(rows: KnowledgeRows) -> Article:
            retired = _there(rows, id_).retire()
            rows.save(retired)
            rows.index(id_, ())
            return retired

        return await self._offload.run(self._written, change)

    # For whoever reads

    async def get(self, id_: ArticleId) -> Article:
        """Raises NoSuchArticle."""
        return await self._offload.run(self._read, lambda rows: _there(rows, id_))

    async def open(self, id_: ArticleId) -> Version:
        """What callers are answered with; counted. Raises NoSuchArticle, NotInForce."""

        def look(rows: KnowledgeRows) -> Version:
            version = _in_force(rows, id_)
            rows.opened(id_)
            return version

        return await self._offload.run(self._written, look)

    async def versions(self, id_: ArticleId) -> Sequence[Version]:
        """Newest first. Raises NoSuchArticle."""

        def look(rows: KnowledgeRows) -> Sequence[Version]:
            _there(rows, id_)
            return rows.versions(id_)

        return await self._offload.run(self._read, look)

    async def find(
        self, wanted: ArticleFilter, limit: int = 50, before: ArticleId | None = None
    ) -> Sequence[Article]:
        """Newest first, at most MAX_PAGE; pass the last one's id as ``before`` for more."""
        most = min(limit, MAX_PAGE)
        return await self._offload.run(self._read, lambda rows: rows.find(wanted, most, before))

    async def search(self, text: str, limit: int = 20) -> Sequence[Hit]:
        """Articles in force that fit the text, the best first."""
        return await self.suggest(text, Situation(), limit)

    async def suggest(
        self, text: str, situation: Situation, limit: int = SUGGESTED
    ) -> Sequence[Hit]:
        """Articles for a talk: what was typed and said of it, its queue and language. Those that
        have helped come before those that have not."""
        words = await self._cut.for_query(text)
        if not words:
            return ()
        hits = await self._offload.run(self._read, lambda rows: rows.search(words, LOOKED_AT))
        return in_order(hits, situation, limit)

    # For whoever answers with it

    async def used(
        self,
        id_: ArticleId,
        who: str,
        call: CallId | None,
        ticket: TicketId | None,
        verdict: Verdict | None,
    ) -> Use:
        """An agent answered with it; once a call, the later verdict counts. Raises
        NoSuchArticle, NotInForce."""

        def change(rows: KnowledgeRows) -> Use:
            version = _in_force(rows, id_).number
            use = Use(id_, version, who, self._now(), call, ticket, verdict)
            rows.use(use)
            return use

        return await self._offload.run(self._written, change)

    async def remark(self, id_: ArticleId, text: str, who: str) -> Remark:
        """Tell its owner. Raises NoSuchArticle."""

        def change(rows: KnowledgeRows) -> Remark:
            article = _there(rows, id_)
            version = article.published or article.latest.number
            remark = Remark(0, id_, version, who, self._now(), text)
            return replace(remark, id=rows.remark(remark))

        return await self._offload.run(self._written, change)

    async def remarks(
        self, article: ArticleId | None = None, owner: str | None = None, open_only: bool = True
    ) -> Sequence[Remark]:
        """Newest first, at most MAX_PAGE."""
        return await self._offload.run(
            self._read, lambda rows: rows.remarks(article, owner, open_only, MAX_PAGE)
        )

    async def settle(self, remark: int, by: str) -> Remark:
        """Done with; a second time changes nothing. Raises NoSuchRemark."""

        def change(rows: KnowledgeRows) -> Remark:
            settled = rows.settle(remark, by, self._now())
            if settled is None:
                raise NoSuchRemark(remark)
            return settled

        return await self._offload.run(self._written, change)

    def _add(self, article: Article) -> Article:
        with self._store.writing() as rows:
            return replace(article, id=rows.add(article))

    def _written(self, change: Callable[[KnowledgeRows], T]) -> T:
        with self._store.writing() as rows:
            return change(rows)

    def _read(self, look: Callable[[KnowledgeRows], T]) -> T:
        with self._store.reading() as rows:
            return look(rows)


def _there(rows: KnowledgeRows, id_: ArticleId) -> Article:
    article = rows.get(id_)
    if article is None:
        raise NoSuchArticle(id_)
    return article


def _made_of(rows: KnowledgeRows, id_: ArticleId, version: int) -> Article:
    article = _there(rows, id_)
    if article.latest.number != version:
        raise ArticleChanged(article.latest)
    return article


def _in_force(rows: KnowledgeRows, id_: ArticleId) -> Version:
    article = _there(rows, id_)
    version = None if article.published is None else rows.version(id_, article.published)
    if version is None or article.state is not ArticleState.IN_FORCE:
        raise NotInForce(id_)
    return version


def _found_by(wording: Wording) -> str:
    """The title counts three times, how callers put it twice."""
    keywords = "\n".join(wording.keywords)
    return "\n".join((*[wording.title] * 3, keywords, keywords, wording.body))
