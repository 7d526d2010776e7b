"""A customer file into the store: whose row it is, what it changes, and the same file twice."""

from pathlib import Path

import pytest

from calls.ids import CustomerId
from calls.words import Level
from cti.customer_csv import ImportRefused
from cti.import_customers import BATCH, ImportReport, import_customers
from cti.import_worker import ImportStopped, import_in_worker
from cti.memory import MemoryCustomers
from cti.model import Customer, CustomerNumber
from cti.ports import CustomerStore
from cti.sql_store import SqlCustomers
from storage.database import Database
from tests.conftest import Run
from tests.databases import KINDS, NewDatabase

pytestmark = pytest.mark.contract

FILE = Path("customers.csv")


@pytest.fixture(params=["memory", *KINDS])
def store(request: pytest.FixtureRequest, new_database: NewDatabase) -> CustomerStore:
    if request.param == "memory":
        return MemoryCustomers()
    return SqlCustomers(new_database(request.param))


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "顾客 customers.csv"


def load(
    store: CustomerStore, file: Path, text: str, heard: list[ImportReport] | None = None
) -> ImportReport:
    file.write_text(text, encoding="utf-8")
    hear = heard.append if heard is not None else lambda _: None
    return import_customers(file, store, hear, now=lambda: 1.0, pause=lambda _: None)


def everybody(store: CustomerStore) -> dict[CustomerId, Customer]:
    with store.reading() as rows:
        return {c.id: c for c in rows.search("", None, 10_000)}


def numbers(*written: str) -> tuple[CustomerNumber, ...]:
    return tuple(CustomerNumber(n) for n in sorted(written))


def test_good_rows_go_in_and_bad_rows_are_listed_with_line_and_reason(
    store: CustomerStore, file: Path
) -> None:
    report = load(
        store,
        file,
        "姓名,电话,级别,星座\n"
        "王芳,13812345678;010-62345678,VIP,白羊\n"
        "李伟,abc,,\n"
        "\n"
        "张敏,13912345678,platinum,\n"
        "刘洋,13712345678,,\n",
    )
    assert (report.rows, report.added, report.bad) == (4, 2, 2)
    assert [(b.line, b.reason.partition(";")[0]) for b in report.bad_rows] == [
        (3, "'abc' is no telephone number"),
        (5, "level 'platinum' is not known"),
    ]
    assert report.ignored_columns == ("星座",)
    people = sorted(everybody(store).values(), key=lambda c: c.name)
    assert [(c.name, c.level, c.numbers) for c in people] == [
        ("刘洋", Level.NORMAL, numbers("+8613712345678")),
        ("王芳", Level.VIP, numbers("+8613812345678", "+861062345678")),
    ]


MIXED = (
    "客户编号,姓名,电话,公司,级别\n"
    "C1,王芳,13812345678,华信,金卡\n"
    ",李伟,13912345678,,\n"
    ",李伟,13912345678;010-62345678,东方,\n"  # the same man again: joined
    ",张敏,13912345678,,\n"  # another name: shares his number
    "C1,,13712345678,,\n"  # by id: one more number, the rest stays
    ",,13612345678,,\n"  # a number is all there is
    ",赵丽,13612345678,,vip\n"  # and now it has a name
)


def test_rows_join_by_id_or_by_number_and_name_and_otherwise_share_the_number(
    store: CustomerStore, file: Path
) -> None:
    report = load(store, file, MIXED)
    assert (report.added, report.updated, report.same, report.bad) == (4, 3, 0, 0)
    people = {c.name: c for c in everybody(store).values()}
    assert people["王芳"] == Customer(
        CustomerId("C1"),
        "王芳",
        company="华信",
        level=Level.GOLD,
        numbers=numbers("+8613812345678", "+8613712345678"),
    )
    assert people["李伟"].company == "东方"
    assert people["李伟"].numbers == numbers("+8613912345678", "+861062345678")
    assert people["张敏"].numbers == numbers("+8613912345678")
    assert people["赵丽"].level is Level.VIP


def test_the_same_file_again_gives_the_same_customers(store: CustomerStore, file: Path) -> None:
    load(store, file, MIXED)
    before = everybody(store)
    report = load(store, file, MIXED)
    assert everybody(store) == before
    assert (report.added, report.bad) == (0, 0)


def test_what_people_entered_by_hand_is_kept_where_the_file_says_nothing(
    store: CustomerStore, file: Path
) -> None:
    by_hand = Customer(
        CustomerId("hand"),
        "王芳",
        level=Level.VIP,
        note="要求王芳接待",
        numbers=(CustomerNumber("+8613812345678", "手机", True),),
    )
    with store.writing() as rows:
        rows.put([by_hand], 0.0)
    load(store, file, "姓名,电话,公司,级别\n王芳,13812345678,华信,\n")
    (after,) = everybody(store).values()
    assert (after.company, after.level, after.note) == ("华信", Level.VIP, "要求王芳接待")
    assert after.numbers == by_hand.numbers


def test_a_nameless_row_with_a_number_of_several_people_is_bad_not_guessed(
    store: CustomerStore, file: Path
) -> None:
    report = load(store, file, "姓名,电话\n王芳,13812345678\n李伟,13812345678\n,13812345678\n")
    assert [(b.line, b.reason) for b in report.bad_rows] == [
        (4, "several customers have this number; give the name or the id")
    ]


def test_progress_is_told_after_each_transaction_and_a_cut_off_import_is_whole_so_far(
    store: CustomerStore, file: Path
) -> None:
    rows = "".join(f"客{i},138{i:08}\n" for i in range(2 * BATCH + 10))
    heard: list[ImportReport] = []
    report = load(store, file, "姓名,电话\n" + rows, heard)
    assert [r.rows for r in heard] == [BATCH, 2 * BATCH, 2 * BATCH + 10]
    assert heard[-1].read_bytes == heard[-1].total_bytes == file.stat().st_size
    assert report.added == len(everybody(store)) == 2 * BATCH + 10

    class Cut(Exception):
        pass

    def cut(_: ImportReport) -> None:
        raise Cut

    fresh = MemoryCustomers()
    with pytest.raises(Cut):
        import_customers(file, fresh, cut, now=lambda: 1.0, pause=lambda _: None)
    assert fresh.count() == BATCH
    load(fresh, file, "姓名,电话\n" + rows)
    assert everybody(fresh) == everybody(store)


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("", "the file is empty"),
        ("\n\n", "the file is empty"),
        ("王芳,13812345678\n", "must name the columns"),
        ('"姓名,电话\n', "the first line cannot be read"),
    ],
)
def test_a_file_that_is_no_customer_list_is_refused_whole(
    store: CustomerStore, file: Path, text: str, why: str
) -> None:
    with pytest.raises(ImportRefused, match=why):
        load(store, file, text)


def test_a_missing_file_and_a_folder_are_refused(store: CustomerStore, tmp_path: Path) -> None:
    for path in (tmp_path / "none.csv", tmp_path):
        with pytest.raises(ImportRefused, match="cannot be read"):
            import_customers(path, store, lambda _: None, now=lambda: 1.0, pause=lambda _: None)


# --- in a process of its own -------------------------------------------------------------------


def test_the_worker_imports_reports_progress_and_ends(
    database: Database, file: Path, run: Run
) -> None:
    file.write_bytes("姓名,电话\n王芳,13812345678\n坏,x\n".encode("gbk"))
    url = database.url.render_as_string(hide_password=False)
    heard: list[ImportReport] = []
    report = run(import_in_worker(file, url, heard.append), timeout_s=60)
    assert (report.added, report.bad, report.encoding) == (1, 1, "gb18030")
    assert report.bad_rows[0].line == 3
    assert len(heard) == 1
    assert [c.name for c in everybody(SqlCustomers(database)).values()] == ["王芳"]


def test_the_worker_says_why_it_refuses_or_stops(database: Database, file: Path, run: Run) -> None:
    url = database.url.render_as_string(hide_password=False)
    with pytest.raises(ImportRefused, match="cannot be read"):
        run(import_in_worker(file, url, lambda _: None), timeout_s=60)
    file.write_text("姓名,电话\n王芳,13812345678\n", encoding="utf-8")
    empty = url + "-of-nobody"
    with pytest.raises(ImportStopped, match="do the import again") as stopped:
        run(import_in_worker(file, empty, lambda _: None), timeout_s=60)
    assert "13812345678" not in str(stopped.value)


def test_whoever_stops_listening_ends_the_worker_and_whole_batches_stay(
    database: Database, file: Path, run: Run
) -> None:
    rows = "".join(f"客{i},138{i:08}\n" for i in range(40 * BATCH))
    file.write_text("姓名,电话\n" + rows, encoding="utf-8")
    url = database.url.render_as_string(hide_password=False)

    class Enough(Exception):
        pass

    def stop(report: ImportReport) -> None:
        raise Enough

    with pytest.raises(Enough):
        run(import_in_worker(file, url, stop), timeout_s=60)
    stored = SqlCustomers(database)
    with stored.reading() as looked:
        count = looked.count()
    assert count % BATCH == 0
    assert BATCH <= count < 40 * BATCH
    run(import_in_worker(file, url, lambda _: None), timeout_s=120)
    with stored.reading() as looked:
        assert looked.count() == 40 * BATCH
