"""How fast articles are suggested while an agent talks, in twenty thousand, on either database."""

import json
import random
import tempfile
import time
from collections.abc import Iterator
from pathlib import Path

from sqlalchemy import insert

from bench.figure import Effort, Figure, percentile
from bench.figures.ticket_search import PLACES, THINGS, TROUBLES
from calls.ids import QueueId
from calls.words import Language
from storage.database import Database
from storage.search_words import words_asked, words_of
from tests.storage.postgres_server import PostgresServer
from tickets.knowledge.service import LOOKED_AT, SUGGESTED
from tickets.knowledge.sql_store import WORDS, ArticleRow, SqlKnowledge, VersionRow
from tickets.knowledge.suggesting import Situation, in_order

ARTICLES, SMALL = 20_000, 1_000
AT_ONCE = 2_000
LIMIT_MS = 100.0
SENTENCES = 20
"""Of an article: some 400 characters."""
QUEUES = ("sales", "service", "technology")


def measure(effort: Effort) -> Iterator[Figure]:
    articles = effort.scaled(ARTICLES, SMALL)
    server = PostgresServer()
    try:
        server.start()
        server.create("knowledge")
        with tempfile.TemporaryDirectory() as folder:
            databases = {
                "SQLite": Database(f"sqlite:///{Path(folder)}/knowledge.db"),
                "PostgreSQL": Database(server.url("knowledge")),
            }
            for name, database in databases.items():
                database.migrate()
                fill(database, articles)
                found = tuple(percentile(run, 95) for run in runs(database, effort))
                database.dispose()
                yield Figure(
                    name=f"articles suggested among {articles:,}, p95, {name}",
                    unit="ms",
                    ours=found,
                    target=f"{LIMIT_MS:.0f} ms",
                    met=max(found) <= LIMIT_MS,
                    note="a title and two sentences typed of the talk, its queue and language",
                )
    finally:
        server.close()


def fill(database: Database, articles: int) -> None:
    chance = random.Random(3)
    for first in range(1, articles + 1, AT_ONCE):
        ids = range(first, min(first + AT_ONCE, articles + 1))
        versions = [_version(chance, id_) for id_ in ids]
        with database.session() as session:
            session.execute(insert(ArticleRow), [_article(id_) for id_ in ids])
            session.execute(insert(VersionRow), versions)
            for one in versions:
                title, body = str(one["title"]), str(one["body"])
                WORDS.put(session, int(str(one["article"])), words_of(f"{title}\n" * 3 + body))


def runs(database: Database, effort: Effort) -> Iterator[list[float]]:
    store = SqlKnowledge(database)
    chance = random.Random(7)
    words_of("预热")
    for _ in range(effort.runs):
        took = []
        for _ in range(effort.scaled(400, 50)):
            title, said = _sentence(chance), _sentence(chance) + _sentence(chance)
            now = Situation(QueueId(chance.choice(QUEUES)), Language.ZH)
            begun = time.perf_counter()
            with store.reading() as rows:
                hits = rows.search(words_asked(f"{title}\n{said}"), LOOKED_AT)
            assert in_order(hits, now, SUGGESTED)
            took.append((time.perf_counter() - begun) * 1_000)
        yield took


def _sentence(chance: random.Random) -> str:
    return f"{chance.choice(PLACES)}的{chance.choice(THINGS)}{chance.choice(TROUBLES)}。"


def _article(id_: int) -> dict[str, object]:
    return {"id": id_, "latest": 1, "owner": "boss", "published": 1, "published_at": 1.7e9,
            "retired": False}  # fmt: skip


def _version(chance: random.Random, id_: int) -> dict[str, object]:
    return {
        "article": id_,
        "number": 1,
        "title": _sentence(chance),
        "body": "".join(_sentence(chance) for _ in range(SENTENCES)),
        "language": Language.ZH.value,
        "queues": json.dumps([chance.choice(QUEUES)]),
        "by": "boss",
        "at": 1.7e9,
    }
