"""How fast a ticket is found by Chinese words among five million, on SQLite."""

import json
import random
import tempfile
import time
from collections.abc import Iterator
from itertools import product
from pathlib import Path

from bench.figure import Effort, Figure, percentile
from storage.database import Database
from storage.search_words import words_asked, words_of
from tickets.ports import TicketFilter
from tickets.sql_beside import WORDS, department_word
from tickets.sql_store import SqlTickets

TICKETS, SMALL = 5_000_000, 50_000
AT_ONCE = 50_000
LIMIT_MS = 100.0
DEPARTMENTS = ("technology", "service", "sales", "other")
_WORDS = [
    "宽带", "电视", "手机", "账单", "发票", "套餐", "路由器", "光纤", "短信", "流量", "退款",
    "押金", "合同", "订单", "快递", "安装", "维修", "密码", "账号", "会员", "积分", "优惠券",
    "充值", "余额", "号码", "漫游", "信号", "网速", "机顶盒", "遥控器", "不能上网",
    "无法登录", "扣费错误", "没有收到", "需要更换", "反复重启", "速度太慢", "突然中断",
    "要求退货", "申请延期", "地址错误", "信息泄露", "质量问题", "服务态度差", "迟迟未处理",
    "多次投诉", "想要咨询", "需要发票", "无法充值", "显示异常", "北京", "上海", "广州",
    "深圳", "杭州", "成都", "武汉", "西安", "南京", "重庆", "天津", "苏州", "长沙", "青岛",
    "大连",
]  # fmt: skip
_TICKET = (
    "INSERT INTO tickets (id, kind, state, priority, titles, number, department, opened_at,"
    " updated_at, version) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)"
)
_WORDS_OF = f"INSERT INTO {WORDS.name} (rowid, words) VALUES (?, ?)"
THINGS, TROUBLES, PLACES = _WORDS[:30], _WORDS[30:50], _WORDS[50:]


def measure(effort: Effort) -> Iterator[Figure]:
    tickets = effort.scaled(TICKETS, SMALL)
    with tempfile.TemporaryDirectory() as folder:
        database = Database(f"sqlite:///{Path(folder)}/search.db")
        database.migrate()
        fill(database, tickets)
        found = list(runs(database, tickets, effort))
        database.dispose()
    yield Figure(
        name=f"a ticket found by Chinese words among {tickets:,}, p95",
        unit="ms",
        ours=tuple(percentile(run, 95) for run in found),
        target=f"{LIMIT_MS:.0f} ms",
        met=max(percentile(run, 95) for run in found) <= LIMIT_MS,
        note="one to three words, a quarter of them within one department; the first page, SQLite",
    )


def fill(database: Database, tickets: int) -> None:
    """Titles of three words; each the words of a sentence somebody might have typed. Rows go to
    the driver as they are: five million take minutes as it is."""
    chance = random.Random(5)
    said = [_said(*three) for three in product(PLACES, THINGS, TROUBLES)]
    for first in range(1, tickets + 1, AT_ONCE):
        rows, index = [], []
        for id_ in range(first, min(first + AT_ONCE, tickets + 1)):
            title, words = chance.choice(said)
            own = chance.choice(DEPARTMENTS)
            rows.append(_row(id_, title, own))
            index.append((id_, f"{words} {id_ % 100_000_000:08} #{id_} {department_word(own)}"))
        with database.changing() as connection:
            connection.exec_driver_sql(_TICKET, rows)
            connection.exec_driver_sql(_WORDS_OF, index)


def _said(*words: str) -> tuple[str, str]:
    """The title as it is kept, and its words as they are indexed."""
    title = json.dumps({"zh-CN": "".join(words)}, ensure_ascii=False)
    return title, " ".join(part for word in words for part in words_of(word))


def runs(database: Database, tickets: int, effort: Effort) -> Iterator[list[float]]:
    store = SqlTickets(database)
    chance = random.Random(7)
    words_of("预热")
    for _ in range(effort.runs):
        took = []
        for n in range(effort.scaled(400, 50)):
            asked = "".join(
                (
                    chance.choice(THINGS),
                    chance.choice(TROUBLES) if n % 3 else "",
                    chance.choice(PLACES) if n % 3 == 1 else "",
                )
            )
            if n % 20 == 0:
                asked = f"{chance.randrange(tickets):08}"
            wanted = TicketFilter(department=DEPARTMENTS[n % 4] if n % 4 == 0 else None)
            begun = time.perf_counter()
            with store.reading() as rows:
                rows.search(words_asked(asked), wanted, 50, None)
            took.append((time.perf_counter() - begun) * 1_000)
        yield took


def _row(id_: int, title: str, department: str) -> tuple[object, ...]:
    state, number = "open" if id_ % 10 == 0 else "closed", f"+86138{id_ % 100_000_000:08}"
    return id_, "service", state, 1, title, number, department, 1.7e9 + id_, 1.7e9 + id_, 1
