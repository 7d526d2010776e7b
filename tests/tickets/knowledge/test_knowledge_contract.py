"""The knowledge base, through its service, over each database."""

import asyncio
from collections.abc import Coroutine, Iterator
from typing import Any, TypeVar

import pytest

from calls.ids import CallId, QueueId
from calls.words import Language
from storage.database import Database
from storage.offload import Offload
from storage.search_words import words_asked, words_of
from tickets.knowledge.model import (
    ArticleChanged,
    ArticleId,
    ArticleState,
    Hit,
    NoSuchArticle,
    NoSuchRemark,
    NotInForce,
    Verdict,
    Wording,
)
from tickets.knowledge.ports import ArticleFilter, KnowledgeStore
from tickets.knowledge.service import Cutting, Keeping, Knowledge
from tickets.knowledge.sql_store import SqlKnowledge
from tickets.knowledge.suggesting import Situation

pytestmark = pytest.mark.contract

T = TypeVar("T")
BROADBAND = Wording(
    "宽带断线怎么办",
    "先请客户看光猫的灯。\n\n红灯亮：报修，两小时内有人上门。",
    Language.ZH,
    keywords=("上不了网", "没有网络"),
    queues=(QueueId("tech"),),
)
REFUND = Wording("退款多久到账", "原路退回，三个工作日。", Language.ZH)
REFUND_EN = Wording("How long a refund takes", "Three working days.", Language.EN)
KEPT = Keeping("boss")


class Desk:
    """The service, asked from a test that knows no event loop."""

    def __init__(self, store: KnowledgeStore) -> None:
        self.now = 1_000.0
        self._loop = asyncio.new_event_loop()
        self._offload = Offload(threads=1)
        self.knowledge = Knowledge(
            store, self._offload, Cutting(_cut(words_of), _cut(words_asked)), lambda: self.now
        )

    def do(self, work: Coroutine[Any, Any, T]) -> T:
        return self._loop.run_until_complete(work)

    def published(self, wording: Wording) -> ArticleId:
        article = self.do(self.knowledge.write(wording, KEPT, "li"))
        self.do(self.knowledge.publish(article.id, 1))
        return article.id

    def suggested(self, text: str, queue: str = "", language: Language | None = None) -> list[str]:
        situation = Situation(QueueId(queue) if queue else None, language)
        hits: tuple[Hit, ...] = tuple(self.do(self.knowledge.suggest(text, situation)))
        return [hit.article for hit in hits]

    def close(self) -> None:
        self._loop.run_until_complete(self._offload.close())
        self._loop.close()


def _cut(words: Any) -> Any:
    async def cut(text: str) -> list[str]:
        found: list[str] = words(text)
        return found

    return cut


@pytest.fixture
def desk(database: Database) -> Iterator[Desk]:
    desk = Desk(SqlKnowledge(database))
    yield desk
    desk.close()


def test_a_draft_is_found_by_nobody_until_it_is_published(desk: Desk) -> None:
    article = desk.do(desk.knowledge.write(REFUND, KEPT, "li"))
    assert article.state is ArticleState.DRAFT
    assert desk.suggested("退款") == []
    with pytest.raises(NotInForce):
        desk.do(desk.knowledge.open(article.id))
    desk.do(desk.knowledge.publish(article.id, 1))
    assert desk.suggested("退款") == [article.id]
    assert desk.do(desk.knowledge.open(article.id)).wording == REFUND


def test_callers_are_answered_with_the_published_version_while_the_next_is_written(
    desk: Desk,
) -> None:
    id_ = desk.published(REFUND)
    better = Wording("退款多久到账", "原路退回，五个工作日。赔偿另计。", Language.ZH)
    desk.do(desk.knowledge.reword(id_, better, KEPT, over=1, by="wang"))
    assert desk.do(desk.knowledge.open(id_)).wording == REFUND
    assert desk.suggested("赔偿") == []
    desk.do(desk.knowledge.publish(id_, 2))
    assert desk.do(desk.knowledge.open(id_)).wording == better
    assert desk.suggested("赔偿") == [id_]
    versions = desk.do(desk.knowledge.versions(id_))
    assert [(v.number, v.by, v.wording) for v in versions] == [
        (2, "wang", better),
        (1, "li", REFUND),
    ]


def test_who_saves_over_a_version_she_has_not_seen_is_shown_it_and_nothing_is_lost(
    desk: Desk,
) -> None:
    id_ = desk.published(REFUND)
    desk.do(desk.knowledge.reword(id_, BROADBAND, KEPT, over=1, by="wang"))
    with pytest.raises(ArticleChanged) as refused:
        desk.do(desk.knowledge.reword(id_, REFUND_EN, KEPT, over=1, by="li"))
    assert refused.value.latest.wording == BROADBAND
    with pytest.raises(ArticleChanged):
        desk.do(desk.knowledge.publish(id_, 1))
    assert desk.do(desk.knowledge.get(id_)).latest.number == 2


def test_the_same_words_again_are_no_new_version(desk: Desk) -> None:
    id_ = desk.published(REFUND)
    again = desk.do(desk.knowledge.reword(id_, REFUND, Keeping("wang", 9.0), over=1, by="li"))
    assert (again.latest.number, again.owner, again.review_at) == (1, "wang", 9.0)
    assert desk.do(desk.knowledge.get(id_)) == again


def test_a_retired_article_is_found_no_more_and_kept(desk: Desk) -> None:
    id_ = desk.published(REFUND)
    desk.do(desk.knowledge.retire(id_))
    assert desk.suggested("退款") == []
    assert desk.do(desk.knowledge.get(id_)).state is ArticleState.RETIRED
    desk.do(desk.knowledge.publish(id_, 1))
    assert desk.suggested("退款") == [id_]


def test_d6_the_words_of_a_caller_find_it_in_both_languages(desk: Desk) -> None:
    broadband, refund, english = map(desk.published, (BROADBAND, REFUND, REFUND_EN))
    assert desk.suggested("客户说家里上不了网了") == [broadband]
    assert desk.suggested("退款") == [refund]
    assert desk.suggested("where is my REFUND?") == [english]
    assert desk.suggested("的 the ？") == desk.suggested("") == []


def test_d6_what_was_written_for_her_queue_and_in_her_language_comes_first(desk: Desk) -> None:
    plain = Wording("故障", "等待。", Language.ZH)
    anywhere = desk.published(plain)
    sales = desk.published(Wording("故障", "等待。", Language.ZH, queues=(QueueId("sales"),)))
    tech = desk.published(Wording("故障", "等待。", Language.ZH, queues=(QueueId("tech"),)))
    assert desk.suggested("故障", "tech") == [tech, anywhere, sales]
    assert desk.suggested("故障", "sales") == [sales, anywhere, tech]


def test_d6_what_has_helped_comes_before_what_has_not(desk: Desk) -> None:
    first, second = desk.published(REFUND), desk.published(REFUND)
    assert desk.suggested("退款") == [first, second]
    for n in range(3):
        call = CallId(f"main-{n}")
        desk.do(desk.knowledge.used(second, "li", call, None, Verdict.HELPED))
        desk.do(desk.knowledge.used(first, "li", call, None, Verdict.DID_NOT))
    assert desk.suggested("退款") == [second, first]


def test_a_use_is_counted_once_a_call_and_its_later_verdict_counts(desk: Desk) -> None:
    id_, call = desk.published(REFUND), CallId("main-1")
    desk.do(desk.knowledge.used(id_, "li", call, None, None))
    desk.do(desk.knowledge.used(id_, "li", call, None, Verdict.DID_NOT))
    desk.do(desk.knowledge.used(id_, "li", call, None, Verdict.HELPED))
    desk.do(desk.knowledge.used(id_, "wang", call, None, None))
    desk.do(desk.knowledge.open(id_))
    tally = desk.do(desk.knowledge.get(id_)).tally
    assert (tally.opened, tally.used, tally.helped, tally.did_not) == (1, 2, 1, 0)


def test_a_remark_reaches_the_owner_until_it_is_settled(desk: Desk) -> None:
    id_ = desk.published(REFUND)
    desk.published(BROADBAND)
    remark = desk.do(desk.knowledge.remark(id_, "现在是五个工作日", "li"))
    assert desk.do(desk.knowledge.remarks(owner="boss")) == [remark]
    assert desk.do(desk.knowledge.remarks(owner="li")) == []
    desk.now = 2_000.0
    settled = desk.do(desk.knowledge.settle(remark.id, "boss"))
    desk.now = 3_000.0
    assert desk.do(desk.knowledge.settle(remark.id, "wang")) == settled
    assert (settled.settled_by, settled.settled_at) == ("boss", 2_000.0)
    assert desk.do(desk.knowledge.remarks(id_)) == []
    assert desk.do(desk.knowledge.remarks(id_, open_only=False)) == [settled]


def test_what_is_to_be_read_again_is_listed(desk: Desk) -> None:
    old = desk.do(desk.knowledge.write(REFUND, Keeping("boss", 100.0), "li"))
    desk.do(desk.knowledge.write(REFUND, Keeping("boss", 300.0), "li"))
    desk.do(desk.knowledge.write(REFUND, KEPT, "li"))
    found = desk.do(desk.knowledge.find(ArticleFilter(review_before=200.0)))
    assert [article.id for article in found] == [old.id]


def test_articles_are_listed_newest_first_page_by_page_by_standing_and_owner(desk: Desk) -> None:
    one = desk.published(REFUND)
    two = desk.do(desk.knowledge.write(BROADBAND, Keeping("li"), "li")).id
    three = desk.published(REFUND_EN)
    desk.do(desk.knowledge.retire(three))

    def listed(wanted: ArticleFilter, limit: int = 9, before: ArticleId | None = None) -> list[str]:
        return [article.id for article in desk.do(desk.knowledge.find(wanted, limit, before))]

    assert listed(ArticleFilter()) == [three, two, one]
    assert listed(ArticleFilter(), limit=2) == [three, two]
    assert listed(ArticleFilter(), before=two) == [one]
    assert listed(ArticleFilter(state=ArticleState.IN_FORCE)) == [one]
    assert listed(ArticleFilter(state=ArticleState.DRAFT)) == [two]
    assert listed(ArticleFilter(state=ArticleState.RETIRED)) == [three]
    assert listed(ArticleFilter(owner="li")) == [two]


@pytest.mark.parametrize("id_", ["99", "", "x", "-1", "1" * 40, "１", "1 OR 1=1"])
def test_an_article_that_is_not_there_is_said(desk: Desk, id_: str) -> None:
    for work in (
        desk.knowledge.get(ArticleId(id_)),
        desk.knowledge.open(ArticleId(id_)),
        desk.knowledge.versions(ArticleId(id_)),
        desk.knowledge.retire(ArticleId(id_)),
        desk.knowledge.publish(ArticleId(id_), 1),
        desk.knowledge.remark(ArticleId(id_), "?", "li"),
    ):
        with pytest.raises(NoSuchArticle):
            desk.do(work)
    with pytest.raises(NoSuchRemark):
        desk.do(desk.knowledge.settle(99, "li"))
