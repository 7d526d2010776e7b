"""An article of the knowledge base: what it says, whose it is, whether it is in force. Pure."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import NewType

from calls.ids import CallId, QueueId, TicketId
from calls.words import Language

ArticleId = NewType("ArticleId", str)
"""Digits; '' before it is stored."""

MAX_TITLE = 120
MAX_BODY = 20_000
MAX_KEYWORDS = 30
MAX_REMARK = 2_000


class ArticleState(StrEnum):
    DRAFT = "draft"
    """Never published: found by nobody who talks."""
    IN_FORCE = "in_force"
    """A version is published; a newer draft may wait behind it."""
    RETIRED = "retired"


@dataclass(frozen=True, slots=True)
class Wording:
    """What an article says; a version of it never changes."""

    title: str
    body: str
    """Plain text with empty lines between paragraphs; shown as text, never as markup."""
    language: Language
    keywords: tuple[str, ...] = ()
    """How callers put it, where the article says it otherwise."""
    queues: tuple[QueueId, ...] = ()
    """Where it is suggested first; () anywhere alike."""


@dataclass(frozen=True, slots=True)
class Version:
    number: int
    """From 1, rising by one with each saving."""
    wording: Wording
    by: str
    at: float


@dataclass(frozen=True, slots=True)
class Tally:
    """How an article has served."""

    opened: int = 0
    used: int = 0
    """An agent answered with it, once a call."""
    helped: int = 0
    did_not: int = 0

    @property
    def usefulness(self) -> float:
        """The share it helped, from 0 to 1; one half while nobody has said (Laplace's rule), so
        that one early "no" does not bury an article."""
        return (self.helped + 1) / (self.helped + self.did_not + 2)


@dataclass(frozen=True, slots=True)
class Article:
    id: ArticleId
    latest: Version
    owner: str
    """The person who is told what agents think of it, and when it is to be read again."""
    published: int | None = None
    """The version callers are answered with."""
    published_at: float | None = None
    retired: bool = False
    review_at: float | None = None
    tally: Tally = field(default_factory=Tally)

    @property
    def state(self) -> ArticleState:
        if self.retired:
            return ArticleState.RETIRED
        return ArticleState.DRAFT if self.published is None else ArticleState.IN_FORCE

    def worded(self, wording: Wording, by: str, at: float) -> "Article":
        """With a next version; the same words again are no new version."""
        if wording == self.latest.wording:
            return self
        return replace(self, latest=Version(self.latest.number + 1, wording, by, at))

    def put_in_force(self, at: float) -> "Article":
        """The latest version is what everybody finds from now on."""
        return replace(self, published=self.latest.number, published_at=at, retired=False)

    def retire(self) -> "Article":
        return replace(self, retired=True)


class Verdict(StrEnum):
    """What an agent says of an article after she used it."""

    HELPED = "helped"
    DID_NOT = "did_not"


@dataclass(frozen=True, slots=True)
class Use:
    """One agent's answer with one article in one call; said again, the later verdict counts."""

    article: ArticleId
    version: int
    who: str
    at: float
    call: CallId | None = None
    ticket: TicketId | None = None
    verdict: Verdict | None = None


@dataclass(frozen=True, slots=True)
class Remark:
    """What an agent tells the owner of an article: wrong, old, missing something."""

    id: int
    """0 before it is stored."""
    article: ArticleId
    version: int
    who: str
    at: float
    text: str
    settled_by: str = ""
    settled_at: float | None = None


MOST_EXCERPT = 160


def excerpt(body: str, words: Sequence[str]) -> str:
    """The paragraph of ``body`` with most of the words, the first of equals, cut to be read at a
    glance."""
    paragraphs = [" ".join(part.split()) for part in body.split("\n") if part.strip()]
    if not paragraphs:
        return ""
    best = max(paragraphs, key=lambda part: sum(word in part.casefold() for word in words))
    return best if len(best) <= MOST_EXCERPT else best[: MOST_EXCERPT - 1].rstrip() + "…"


@dataclass(frozen=True, slots=True)
class Hit:
    """One article as found, with how well it fits."""

    article: ArticleId
    version: int
    title: str
    excerpt: str
    language: Language
    queues: tuple[QueueId, ...]
    score: float
    """Above 0; only the order within one answer means anything."""
    usefulness: float


class KnowledgeError(Exception):
    """The caller of the API asked for something that cannot be."""


class NoSuchArticle(KnowledgeError):
    def __init__(self, id_: str) -> None:
        super().__init__(f"there is no article {id_}")
        self.id = id_


class ArticleChanged(KnowledgeError):
    """Somebody else saved a version meanwhile; nothing was kept over it."""

    def __init__(self, latest: Version) -> None:
        super().__init__(f"version {latest.number} was saved meanwhile by {latest.by}")
        self.latest = latest


class NotInForce(KnowledgeError):
    def __init__(self, id_: str) -> None:
        super().__init__(f"article {id_} is not published")
        self.id = id_


class NoSuchRemark(KnowledgeError):
    def __init__(self, id_: int | str) -> None:
        super().__init__(f"there is no remark {id_}")
        self.id = id_
