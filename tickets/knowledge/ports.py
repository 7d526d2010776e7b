"""What the knowledge base asks of the place where articles are kept; sql_store.py answers it.

Synchronous: runs on threads (storage.offload).
"""

from collections.abc import Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass
from typing import Protocol

from tickets.knowledge.model import (
    Article,
    ArticleId,
    ArticleState,
    Hit,
    Remark,
    Use,
    Version,
)


@dataclass(frozen=True, slots=True)
class ArticleFilter:
    """None means any."""

    state: ArticleState | None = None
    owner: str | None = None
    review_before: float | None = None


class KnowledgeRows(Protocol):
    """One consistent look, or one unit of work."""

    def get(self, id_: ArticleId) -> Article | None: ...

    def find(self, wanted: ArticleFilter, limit: int, before: ArticleId | None) -> list[Article]:
        """Newest first, below ``before``."""

    def versions(self, id_: ArticleId) -> list[Version]:
        """Newest first."""

    def version(self, id_: ArticleId, number: int) -> Version | None: ...

    def add(self, article: Article) -> ArticleId:
        """Store a new article with its first version; its number, never used before."""

    def save(self, article: Article) -> None:
        """Its fields, and its latest version if that is new; what it is found by stays."""

    def index(self, id_: ArticleId, words: Sequence[str]) -> None:
        """It is found by these words from now on; by none: not at all."""

    def search(self, words: Sequence[str], limit: int) -> list[Hit]:
        """Articles in force found by any of the words, the best first; nothing for no words."""

    def opened(self, id_: ArticleId) -> None:
        """One more has read it."""

    def use(self, use: Use) -> None:
        """Kept once for each article, person and call; the later verdict in place of the
        earlier."""

    def remark(self, remark: Remark) -> int:
        """Keep it; its number."""

    def remarks(self, article: ArticleId | None, owner: str | None, open_only: bool,
                limit: int) -> list[Remark]:  # fmt: skip
        """Newest first; of one article, or of all that one person owns."""

    def settle(self, id_: int, by: str, at: float) -> Remark | None:
        """Done with; None when there is no such remark."""


class KnowledgeStore(Protocol):
    def reading(self) -> AbstractContextManager[KnowledgeRows]:
        """A look that waits for no writer."""

    def writing(self) -> AbstractContextManager[KnowledgeRows]:
        """A unit of work: kept whole when the block ends, undone when it raises."""
