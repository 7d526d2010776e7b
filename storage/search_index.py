"""A full-text index beside a table: rows found by the words of storage.search_words.

SQLite: an FTS5 table. PostgreSQL: a tsvector column under a GIN index. What stands in it is written
in the same unit of work as the row it speaks of. A migration makes it (`create`).
"""

from collections.abc import Sequence

from sqlalchemy import Connection, text

from storage.base import Work, is_sqlite

MOST_ASKED = 32
"""Words of one query; a longer one is a text pasted whole."""


class SearchIndex:
    """``name``: of the index's own table; its rows are keyed by the number of theirs."""

    def __init__(self, name: str) -> None:
        self.name = name

    def create(self, connection: Connection) -> None:
        """For a migration."""
        if connection.dialect.name == "sqlite":
            # Words come cut and of one case already: FTS5 must only part them at spaces, and what
            # it would part at besides is told to be a letter.
            connection.exec_driver_sql(
                f"CREATE VIRTUAL TABLE {self.name} USING fts5(words, "
                """tokenize="unicode61 remove_diacritics 0 tokenchars '-_.@+#/:%&*'")"""
            )
            return
        connection.exec_driver_sql(
            f"CREATE TABLE {self.name} (id BIGINT PRIMARY KEY, words TSVECTOR NOT NULL)"
        )
        connection.exec_driver_sql(
            f"CREATE INDEX ix_{self.name}_words ON {self.name} USING gin (words)"
        )

    def put(self, session: Work, id_: int, words: Sequence[str]) -> None:
        """These words in place of those the row had."""
        self.remove(session, id_)
        if is_sqlite(session):
            statement = f"INSERT INTO {self.name} (rowid, words) VALUES (:id, :words)"
            session.execute(text(statement), {"id": id_, "words": " ".join(words)})
            return
        # Cast, not to_tsvector: PostgreSQL's own parser would cut the words once more.
        statement = f"INSERT INTO {self.name} (id, words) VALUES (:id, CAST(:words AS tsvector))"
        placed = " ".join(f"{_quoted(word)}:{min(n, 16_383)}" for n, word in enumerate(words, 1))
        session.execute(text(statement), {"id": id_, "words": placed})

    def remove(self, session: Work, id_: int) -> None:
        key = "rowid" if is_sqlite(session) else "id"
        session.execute(text(f"DELETE FROM {self.name} WHERE {key} = :id"), {"id": id_})

    def newest(
        self, session: Work, words: Sequence[str], limit: int, before: int | None = None
    ) -> list[int]:
        """Rows with all of the words, the highest number first, below ``before``. Nothing for no
        words."""
        if not words:
            return []
        sqlite = is_sqlite(session)
        key = "rowid" if sqlite else "id"
        below = "" if before is None else f" AND {key} < :before"
        found = "words MATCH :asked" if sqlite else "words @@ CAST(:asked AS tsquery)"
        statement = (
            f"SELECT {key} FROM {self.name} WHERE {found}{below} ORDER BY {key} DESC LIMIT :most"
        )
        asked = _asked(words, " " if sqlite else " & ", sqlite)
        values = {"asked": asked, "most": limit, "before": before}
        return [row[0] for row in session.execute(text(statement), values)]

    def best(self, session: Work, words: Sequence[str], limit: int) -> list[tuple[int, float]]:
        """Rows with any of the words and how well each fits (above 0, higher is better): on SQLite
        by how rare the words are that it has (BM25), on PostgreSQL by how often it has them
        (ts_rank). Nothing for no words."""
        if not words:
            return []
        sqlite = is_sqlite(session)
        statement = (
            f"SELECT rowid, -bm25({self.name}) FROM {self.name} WHERE words MATCH :asked"
            f" ORDER BY bm25({self.name}) LIMIT :most"
            if sqlite
            else f"SELECT id, ts_rank(words, query, 1) AS fit FROM {self.name},"
            " CAST(:asked AS tsquery) AS query WHERE words @@ query"
            " ORDER BY fit DESC, id LIMIT :most"
        )
        asked = _asked(words, " OR " if sqlite else " | ", sqlite)
        found = session.execute(text(statement), {"asked": asked, "most": limit})
        return [(row[0], float(row[1])) for row in found]


def _asked(words: Sequence[str], between: str, sqlite: bool) -> str:
    quote = _phrase if sqlite else _quoted
    return between.join(quote(word) for word in list(dict.fromkeys(words))[:MOST_ASKED])


def _phrase(word: str) -> str:
    """A word of FTS5's query language that means itself."""
    return '"' + word.replace('"', '""') + '"'


def _quoted(word: str) -> str:
    """A lexeme of PostgreSQL's that means itself."""
    return "'" + word.replace("\\", "\\\\").replace("'", "''") + "'"
