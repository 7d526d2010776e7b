"""Over HTTP: articles searched, suggested, read and judged by agents, written by who owns them."""

from typing import Annotated

import msgspec
from flask import Blueprint

from calls.exchange import Asked, Exchange, Reply, speaks
from calls.ids import CallId, QueueId, TicketId
from calls.rights import EVERYBODY, WATCHERS, allow
from calls.words import Language
from tickets.knowledge.model import (
    MAX_BODY,
    MAX_KEYWORDS,
    MAX_REMARK,
    MAX_TITLE,
    Article,
    ArticleId,
    ArticleState,
    Hit,
    NoSuchRemark,
    Remark,
    Tally,
    Use,
    Verdict,
    Version,
    Wording,
)
from tickets.knowledge.ports import ArticleFilter
from tickets.knowledge.service import Keeping, Knowledge
from tickets.knowledge.suggesting import Situation
from tickets.model import EntryKind, Ticket
from tickets.service import Tickets

MAX_TEXT = 4_000
Limit = Annotated[int, msgspec.Meta(ge=1, le=200)]
Text = Annotated[str, msgspec.Meta(max_length=MAX_TEXT)]
Keyword = Annotated[str, msgspec.Meta(min_length=1, max_length=60)]


class SearchQuery(Asked, frozen=True):
    text: Text
    limit: Annotated[int, msgspec.Meta(ge=1, le=50)] = 20


class SuggestQuery(Asked, frozen=True):
    """What is known of the talk; all of it together is what articles are looked for by."""

    text: Text = ""
    """What the agent has typed, and the names of the keys the caller pressed."""
    ticket: TicketId | None = None
    queue: QueueId | None = None
    language: Language | None = None
    """The caller's."""


class Hits(msgspec.Struct, frozen=True):
    hits: tuple[Hit, ...]
    """The best first."""


class ArticleQuery(Asked, frozen=True):
    state: ArticleState | None = None
    owner: str | None = None
    review_before: float | None = None
    limit: Limit = 50
    before: ArticleId | None = None
    """``next`` of the page before."""


class ArticleLine(msgspec.Struct, frozen=True, kw_only=True):
    id: ArticleId
    state: ArticleState
    latest: Version
    """As it is worded now, published or not."""
    published: int | None
    """The version callers are answered with."""
    owner: str
    review_at: float | None
    tally: Tally


class ArticlePage(msgspec.Struct, frozen=True):
    articles: tuple[ArticleLine, ...]
    next: str


class ArticleWritten(Asked, frozen=True):
    title: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_TITLE)]
    body: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_BODY)]
    language: Language
    keywords: Annotated[tuple[Keyword, ...], msgspec.Meta(max_length=MAX_KEYWORDS)] = ()
    queues: tuple[QueueId, ...] = ()
    owner: str = ""
    """'': who writes it."""
    review_at: float | None = None

    def wording(self) -> Wording:
        return Wording(self.title, self.body, self.language, self.keywords, self.queues)

    def keeping(self, writer: str) -> Keeping:
        return Keeping(self.owner or writer, self.review_at)


class ArticleReworded(ArticleWritten, frozen=True, kw_only=True):
    over: int
    """The version it was made of."""


class Publishing(Asked, frozen=True):
    version: int


class VersionList(msgspec.Struct, frozen=True):
    versions: tuple[Version, ...]


class Used(Asked, frozen=True):
    call: CallId | None = None
    ticket: TicketId | None = None
    verdict: Verdict | None = None


class Remarked(Asked, frozen=True):
    text: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_REMARK)]


class RemarkQuery(Asked, frozen=True):
    article: ArticleId | None = None
    owner: str | None = None
    """On whose articles."""
    settled: bool = False
    """Those that are done with, too."""


class RemarkPage(msgspec.Struct, frozen=True):
    remarks: tuple[Remark, ...]


def reading_blueprint(http: Exchange, knowledge: Knowledge, tickets: Tickets) -> Blueprint:
    """For everybody who talks with callers."""
    routes = Blueprint("knowledge", __name__)

    @routes.get("/knowledge")
    @allow(*EVERYBODY)
    @speaks("Articles in force that fit a text, the best first.", query=SearchQuery, returns=Hits)
    def search() -> Reply:
        asked = http.query(SearchQuery)
        return http.reply(Hits(tuple(http.wait(knowledge.search(asked.text, asked.limit)))))

    @routes.get("/knowledge/suggestions")
    @allow(*EVERYBODY)
    @speaks("Articles for a talk, from its ticket, queue and what was typed.", query=SuggestQuery,
            returns=Hits, refuses=(404,))  # fmt: skip
    def suggest() -> Reply:
        asked = http.query(SuggestQuery)
        said = [asked.text]
        if asked.ticket is not None:
            said += _said_on(http.wait(tickets.get(asked.ticket)))
        situation = Situation(asked.queue, asked.language)
        return http.reply(Hits(tuple(http.wait(knowledge.suggest("\n".join(said), situation)))))

    @routes.get("/knowledge/articles/<id>")
    @allow(*EVERYBODY)
    @speaks("What callers are answered with; reading it is counted.", returns=Version,
            refuses=(404,))  # fmt: skip
    def read(id: str) -> Reply:
        return http.reply(http.wait(knowledge.open(ArticleId(id))))

    @routes.put("/knowledge/articles/<id>/use")
    @allow(*EVERYBODY)
    @speaks("A caller was answered with it, and whether it helped; once a call.", body=Used,
            returns=Use, refuses=(404,))  # fmt: skip
    def use(id: str) -> Reply:
        asked = http.body(Used)
        work = knowledge.used(
            ArticleId(id), http.who().person, asked.call, asked.ticket, asked.verdict
        )
        return http.reply(http.wait(work))

    @routes.post("/knowledge/articles/<id>/remarks")
    @allow(*EVERYBODY)
    @speaks("Tell its owner what is wrong or missing.", body=Remarked, returns=Remark, status=201,
            refuses=(404,))  # fmt: skip
    def remark(id: str) -> Reply:
        said = http.body(Remarked).text
        return http.reply(http.wait(knowledge.remark(ArticleId(id), said, http.who().person)), 201)

    return routes


def writing_blueprint(http: Exchange, knowledge: Knowledge) -> Blueprint:
    """For those who answer for what it says."""
    routes = Blueprint("articles", __name__)

    @routes.get("/knowledge/articles")
    @allow(*WATCHERS)
    @speaks("Articles with their latest versions, newest first.", query=ArticleQuery,
            returns=ArticlePage)  # fmt: skip
    def find() -> Reply:
        asked = http.query(ArticleQuery)
        wanted = ArticleFilter(asked.state, asked.owner, asked.review_before)
        found = tuple(http.wait(knowledge.find(wanted, asked.limit, asked.before)))
        return http.reply(
            ArticlePage(tuple(map(_line, found)), found[-1].id if len(found) == asked.limit else "")
        )

    @routes.post("/knowledge/articles")
    @allow(*WATCHERS)
    @speaks("Write an article; nobody finds it before it is published.", body=ArticleWritten,
            returns=ArticleLine, status=201)  # fmt: skip
    def write() -> Reply:
        asked, who = http.body(ArticleWritten), http.who().person
        work = knowledge.write(asked.wording(), asked.keeping(who), who)
        return http.reply(_line(http.wait(work)), 201)

    @routes.put("/knowledge/articles/<id>")
    @allow(*WATCHERS)
    @speaks("Word it anew: its next version, as a draft.", body=ArticleReworded,
            returns=ArticleLine, refuses=(404, 412))  # fmt: skip
    def reword(id: str) -> Reply:
        asked, who = http.body(ArticleReworded), http.who().person
        work = knowledge.reword(ArticleId(id), asked.wording(), asked.keeping(who), asked.over, who)
        return http.reply(_line(http.wait(work)))

    @routes.get("/knowledge/articles/<id>/versions")
    @allow(*WATCHERS)
    @speaks("All it ever said, newest first.", returns=VersionList, refuses=(404,))
    def versions(id: str) -> Reply:
        return http.reply(VersionList(tuple(http.wait(knowledge.versions(ArticleId(id))))))

    @routes.get("/knowledge/articles/<id>/draft")
    @allow(*WATCHERS)
    @speaks("The article with its latest version, published or not.", returns=ArticleLine,
            refuses=(404,))  # fmt: skip
    def draft(id: str) -> Reply:
        return http.reply(_line(http.wait(knowledge.get(ArticleId(id)))))

    @routes.post("/knowledge/articles/<id>/publish")
    @allow(*WATCHERS)
    @speaks("Callers are answered with this version from now on; it must be the latest.",
            body=Publishing, returns=ArticleLine, refuses=(404, 412))  # fmt: skip
    def publish(id: str) -> Reply:
        version = http.body(Publishing).version
        return http.reply(_line(http.wait(knowledge.publish(ArticleId(id), version))))

    @routes.post("/knowledge/articles/<id>/retire")
    @allow(*WATCHERS)
    @speaks("Nobody finds it any more.", returns=ArticleLine, refuses=(404,))
    def retire(id: str) -> Reply:
        return http.reply(_line(http.wait(knowledge.retire(ArticleId(id)))))

    @routes.get("/knowledge/remarks")
    @allow(*WATCHERS)
    @speaks("What agents say of articles, newest first.", query=RemarkQuery, returns=RemarkPage)
    def remarks() -> Reply:
        asked = http.query(RemarkQuery)
        work = knowledge.remarks(asked.article, asked.owner, open_only=not asked.settled)
        return http.reply(RemarkPage(tuple(http.wait(work))))

    @routes.post("/knowledge/remarks/<id>/settle")
    @allow(*WATCHERS)
    @speaks("Done with.", returns=Remark, refuses=(404,))
    def settle(id: str) -> Reply:
        if not (id.isascii() and id.isdigit() and len(id) < 19):
            raise NoSuchRemark(id)
        return http.reply(http.wait(knowledge.settle(int(id), http.who().person)))

    return routes


def _line(article: Article) -> ArticleLine:
    return ArticleLine(
        id=article.id,
        state=article.state,
        latest=article.latest,
        published=article.published,
        owner=article.owner,
        review_at=article.review_at,
        tally=article.tally,
    )


def _said_on(ticket: Ticket) -> list[str]:
    notes = [entry.text for entry in ticket.entries if entry.kind is EntryKind.NOTE]
    return [*ticket.titles.values(), *notes][:20]
