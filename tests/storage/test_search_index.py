"""Rows found by their words: the same cases against each database."""

import pytest

from storage.database import Database
from storage.search_index import SearchIndex
from storage.search_words import words_asked, words_of
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract

INDEX = SearchIndex("found_words")


@pytest.fixture(params=KINDS)
def database(request: pytest.FixtureRequest, empty_database: NewDatabase) -> Database:
    made = empty_database(request.param)
    with made.engine.begin() as connection:
        INDEX.create(connection)
    return made


def write(database: Database, **texts: str) -> None:
    with database.session() as session:
        for number, text in texts.items():
            INDEX.put(session, int(number.removeprefix("n")), words_of(text))


def newest(database: Database, text: str, limit: int = 10, before: int | None = None) -> list[int]:
    with database.reading() as session:
        return INDEX.newest(session, words_asked(text), limit, before)


def best(database: Database, text: str) -> list[int]:
    with database.reading() as session:
        return [id_ for id_, _ in INDEX.best(session, words_asked(text), 10)]


def test_a_row_is_found_by_all_of_the_words_the_newest_first(database: Database) -> None:
    write(database, n1="宽带故障三天", n2="电话费退款", n3="宽带退款", n4="Broadband refund")
    assert newest(database, "宽带") == [3, 1]
    assert newest(database, "宽带退款") == [3]
    assert newest(database, "REFUND") == [4]
    assert newest(database, "手机") == []


def test_pages_go_on_below_the_last_row(database: Database) -> None:
    write(database, n1="退款", n2="退款", n3="退款")
    assert newest(database, "退款", limit=2) == [3, 2]
    assert newest(database, "退款", limit=2, before=2) == [1]


def test_a_row_written_again_is_found_by_its_new_words_alone(database: Database) -> None:
    write(database, n1="退款")
    write(database, n1="发票")
    assert (newest(database, "退款"), newest(database, "发票")) == ([], [1])
    with database.session() as session:
        INDEX.remove(session, 1)
    assert newest(database, "发票") == []


def test_the_row_with_more_of_the_words_fits_best(database: Database) -> None:
    write(database, n1="宽带故障", n2="宽带故障报修电话", n3="发票")
    assert best(database, "宽带故障报修") == [2, 1]


@pytest.mark.parametrize(
    "hostile",
    [
        '" OR 1',
        "') --",
        "a'b",
        "back\\slash",
        "NEAR(退款",
        "退款*",
        "words:退款",
        "-退款",
        "&|!:*()",
    ],
)
def test_what_looks_like_a_query_is_words(database: Database, hostile: str) -> None:
    write(database, n1=hostile, n2="宽带")
    assert 2 not in newest(database, hostile)
    assert 2 not in best(database, hostile)
    assert newest(database, hostile) == ([1] if words_asked(hostile) else [])


def test_words_with_signs_in_them_are_found_whole(database: Database) -> None:
    write(database, n1="order-123 user@example.com v2.0 C++")
    assert newest(database, "order-123") == [1]
    assert newest(database, "user@example.com") == [1]


def test_no_words_find_nothing(database: Database) -> None:
    write(database, n1="退款")
    assert (newest(database, "的"), best(database, "")) == ([], [])
