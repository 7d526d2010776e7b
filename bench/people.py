"""A million customers: in the database, or in a file that is still to be imported."""

import sqlite3
import time
from collections.abc import Iterator
from pathlib import Path

LEVELS = ("normal", "normal", "normal", "silver", "gold", "vip")


def number(n: int) -> str:
    """As a caller shows it."""
    return f"138{n:08d}"


def fill(database: Path, count: int) -> None:
    """Put ``count`` customers into a migrated SQLite file; ``number(0)`` and so on are theirs."""
    now = time.time()
    with sqlite3.connect(database) as writing:
        writing.executemany(
            "INSERT INTO customers (id, name, level, created_at, updated_at) VALUES (?,?,?,?,?)",
            ((f"C{n}", f"name {n}", LEVELS[n % len(LEVELS)], now, now) for n in range(count)),
        )
        writing.executemany(
            "INSERT INTO customer_numbers (number, customer, tail) VALUES (?,?,?)",
            ((f"+86{number(n)}", f"C{n}", number(n)[-8:]) for n in range(count)),
        )


def write_csv(file: Path, count: int) -> None:
    """Other people than those of ``fill``, as a site would hand them over."""
    with file.open("w", encoding="utf-8") as out:
        out.writelines(_rows(count))


def _rows(count: int) -> Iterator[str]:
    yield "客户编号,姓名,电话,公司,级别,语言,备注\n"
    for n in range(count):
        yield f"I{n},name {n},139{n:08d},company {n % 977},{LEVELS[n % len(LEVELS)]},,\n"
