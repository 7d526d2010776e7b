"""The knowledge base in memory: for a hotline that may forget, and for tests. Same promises as
sql_store."""

import math
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass, field, replace
from threading import RLock

from calls.ids import CallId
from tickets.knowledge.model import (
    Article,
    ArticleId,
    Hit,
    Remark,
    Tally,
    Use,
    Verdict,
    Version,
    excerpt,
)
from tickets.knowledge.ports import ArticleFilter


@dataclass(slots=True)
class _State:
    articles: dict[ArticleId, Article] = field(default_factory=dict)
    versions: dict[tuple[ArticleId, int], Version] = field(default_factory=dict)
    words: dict[ArticleId, Counter[str]] = field(default_factory=dict)
    opened: Counter[ArticleId] = field(default_factory=Counter)
    uses: dict[tuple[ArticleId, str, CallId | None], Use] = field(default_factory=dict)
    remarks: list[Remark] = field(default_factory=list)


class MemoryKnowledge:
    def __init__(self) -> None:
        self._state = _State()
        self._lock = RLock()

    @contextmanager
    def reading(self) -> Iterator["MemoryRows"]:
        with self._lock:
            yield MemoryRows(deepcopy(self._state))

    @contextmanager
    def writing(self) -> Iterator["MemoryRows"]:
        with self._lock:
            work = deepcopy(self._state)
            yield MemoryRows(work)
            self._state = work


class MemoryRows:
    def __init__(self, state: _State) -> None:
        self._state = state

    def get(self, id_: ArticleId) -> Article | None:
        article = self._state.articles.get(id_)
        return None if article is None else replace(article, tally=self._tally(id_))

    def find(self, wanted: ArticleFilter, limit: int, before: ArticleId | None) -> list[Article]:
        found = [
            replace(article, tally=self._tally(article.id))
            for article in reversed(self._state.articles.values())
            if _fits(article, wanted) and (before is None or int(article.id) < int(before))
        ]
        return found[:limit]

    def versions(self, id_: ArticleId) -> list[Version]:
        found = [version for (of, _), version in self._state.versions.items() if of == id_]
        return sorted(found, key=lambda version: -version.number)

    def version(self, id_: ArticleId, number: int) -> Version | None:
        return self._state.versions.get((id_, number))

    def add(self, article: Article) -> ArticleId:
        id_ = ArticleId(str(len(self._state.articles) + 1))
        self.save(replace(article, id=id_))
        return id_

    def save(self, article: Article) -> None:
        self._state.articles[article.id] = article
        self._state.versions.setdefault((article.id, article.latest.number), article.latest)

    def index(self, id_: ArticleId, words: Sequence[str]) -> None:
        self._state.words.pop(id_, None)
        if words:
            self._state.words[id_] = Counter(words)

    def search(self, words: Sequence[str], limit: int) -> list[Hit]:
        every = self._state.words
        rarity = {
            word: math.log(1 + len(every) / (1 + sum(word in has for has in every.values())))
            for word in words
        }
        scores = {
            id_: sum(rarity[word] * min(has[word], 3) for word in rarity) / math.sqrt(has.total())
            for id_, has in every.items()
        }
        found = sorted((id_ for id_ in scores if scores[id_] > 0), key=lambda id_: -scores[id_])
        return [self._hit(id_, scores[id_], words) for id_ in found[:limit]]

    def opened(self, id_: ArticleId) -> None:
        self._state.opened[id_] += 1

    def use(self, use: Use) -> None:
        self._state.uses[use.article, use.who, use.call] = use

    def remark(self, remark: Remark) -> int:
        number = len(self._state.remarks) + 1
        self._state.remarks.append(replace(remark, id=number))
        return number

    def remarks(
        self, article: ArticleId | None, owner: str | None, open_only: bool, limit: int
    ) -> list[Remark]:
        found = [
            remark
            for remark in reversed(self._state.remarks)
            if article in (None, remark.article)
            and owner in (None, self._state.articles[remark.article].owner)
            and not (open_only and remark.settled_at is not None)
        ]
        return found[:limit]

    def settle(self, id_: int, by: str, at: float) -> Remark | None:
        if not 0 < id_ <= len(self._state.remarks):
            return None
        remark = self._state.remarks[id_ - 1]
        if remark.settled_at is None:
            remark = replace(remark, settled_by=by, settled_at=at)
            self._state.remarks[id_ - 1] = remark
        return remark

    def _hit(self, id_: ArticleId, score: float, words: Sequence[str]) -> Hit:
        article = self._state.articles[id_]
        number = article.published or article.latest.number
        wording = self._state.versions[id_, number].wording
        return Hit(
            article=id_,
            version=number,
            title=wording.title,
            excerpt=excerpt(wording.body, words),
            language=wording.language,
            queues=wording.queues,
            score=score,
            usefulness=self._tally(id_).usefulness,
        )

    def _tally(self, id_: ArticleId) -> Tally:
        uses = [use for use in self._state.uses.values() if use.article == id_]
        verdicts = Counter(use.verdict for use in uses)
        return Tally(
            opened=self._state.opened[id_],
            used=len(uses),
            helped=verdicts[Verdict.HELPED],
            did_not=verdicts[Verdict.DID_NOT],
        )


def _fits(article: Article, wanted: ArticleFilter) -> bool:
    return (
        wanted.standing in (None, article.standing)
        and wanted.owner in (None, article.owner)
        and (
            wanted.review_before is None
            or (article.review_at is not None and article.review_at < wanted.review_before)
        )
    )
