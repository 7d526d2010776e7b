"""What the columns of a customer file mean, in Chinese and English. Pure."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TypeVar

from calls.ids import CustomerId
from calls.text import MAX_NAME, clean_name
from calls.words import Language, Level
from cti.customer_csv import ImportRefused, RawRow
from cti.model import CustomerNumber
from cti.numbers import NumberKind, read_number

MAX_NOTE = 2_000
MAX_NUMBERS = 20

_TITLES: dict[str, str] = {
    title: column
    for column, titles in {
        "id": "id customer_id 客户编号 编号 客户号 客户id 会员号 会员编号",
        "name": "name customer 姓名 客户 客户姓名 客户名称 名称 联系人",
        "numbers": (
            "number numbers phone phones phone_number phone_numbers telephone tel mobile cell "
            "电话 号码 电话号码 联系电话 手机 手机号 手机号码 移动电话 固定电话 座机 "
            "办公电话 家庭电话"
        ),
        "company": "company organisation organization 公司 单位 企业 公司名称 工作单位",
        "level": "level tier grade 级别 等级 客户级别 客户等级 会员等级",
        "language": "language lang 语言 语种",
        "region": "region area city 地区 区域 城市 所在地",
        "note": "note notes remark remarks comment 备注 说明 附注",
    }.items()
    for title in titles.split()
}
_LEVELS: dict[str, Level] = {
    word: level
    for level, words in {
        Level.NORMAL: "normal 普通 一般 普通客户",
        Level.SILVER: "silver 银 银卡 银牌 白银",
        Level.GOLD: "gold 金 金卡 金牌 黄金 重要 重点",
        Level.VIP: "vip 贵宾 钻石 大客户 重点客户",
    }.items()
    for word in words.split()
}
_LANGUAGES: dict[str, Language] = {
    word: language
    for language, words in {
        Language.ZH: "zh-cn zh cn chinese mandarin 中文 汉语 普通话 国语 华语",
        Language.EN: "en en-us en-gb english 英文 英语",
    }.items()
    for word in words.split()
}
W = TypeVar("W", Level, Language)
_BETWEEN = re.compile(r"[;；,，、|\r\n]+")
_EXTENSION = re.compile(r"\s*(?:转|分机|ext\.?|x)\s*([0-9]{1,6})\Z", re.IGNORECASE)
_SHORTENED = re.compile(r"[0-9]\.?[0-9]*[eE]\+[0-9]+\Z")
_ID = re.compile(r"[\w.@-]{1,64}\Z")


@dataclass(frozen=True, slots=True)
class Told:
    """One good row: what it says of one customer. Empty or None: it says nothing of that."""

    line: int
    id: CustomerId | None
    name: str
    company: str = ""
    level: Level | None = None
    language: Language | None = None
    region: str = ""
    note: str = ""
    numbers: tuple[CustomerNumber, ...] = ()


@dataclass(frozen=True, slots=True)
class BadRow:
    line: int
    reason: str


@dataclass(frozen=True, slots=True)
class Columns:
    places: Mapping[str, tuple[int, ...]]
    """Column to the cells it stands in; several for numbers."""
    ignored: tuple[str, ...]
    """Titles we do not know; their cells are left out."""
    width: int


def read_header(row: RawRow) -> Columns:
    """Raises ImportRefused, saying which titles are known, when this is no header."""
    places: dict[str, list[int]] = {}
    ignored: list[str] = []
    for place, cell in enumerate(row.cells):
        title = cell.strip("\ufeff *:：").casefold().replace(" ", "_")
        column = _TITLES.get(title)
        if column is None:
            ignored.extend([cell] if cell else [])
        else:
            places.setdefault(column, []).append(place)
    twice = [c for c, cells in places.items() if len(cells) > 1 and c != "numbers"]
    if twice:
        raise ImportRefused(f"two columns both mean {twice[0]}; keep one of them")
    if "numbers" not in places and not {"id", "name"} <= places.keys():
        raise ImportRefused(
            "the first line must name the columns, at least numbers (电话), better with name "
            "(姓名), company (公司), level (级别), language (语言), note (备注), id (客户编号)"
        )
    return Columns({c: tuple(p) for c, p in places.items()}, tuple(ignored), len(row.cells))


def read_row(row: RawRow, columns: Columns, region: str, area_code: str) -> Told | BadRow:
    """A row is taken whole or not at all: one number that cannot be read makes it bad."""
    try:
        if row.flaw:
            raise _Bad(row.flaw)
        if len(row.cells) > columns.width and any(row.cells[columns.width :]):
            raise _Bad(f"{len(row.cells)} cells, but only {columns.width} columns; quote commas")
        return _told(row, columns, region, area_code)
    except _Bad as bad:
        return BadRow(row.line, str(bad))


class _Bad(Exception):
    pass


def _told(row: RawRow, columns: Columns, region: str, area_code: str) -> Told:
    def cell(column: str) -> str:
        place = columns.places.get(column, (-1,))[0]
        return row.cells[place] if 0 <= place < len(row.cells) else ""

    id_, name = cell("id"), cell("name")
    if id_ and not _ID.match(id_):
        raise _Bad(f"id {id_[:20]!r} is no id; use letters, digits, - _ . and @, at most 64")
    cells = [row.cells[p] for p in columns.places.get("numbers", ()) if p < len(row.cells)]
    numbers = _numbers(cells, region, area_code)
    if not numbers and not id_:
        raise _Bad("there is neither a number nor an id: she could never be found again")
    return Told(
        line=row.line,
        id=CustomerId(id_) if id_ else None,
        name=_line_of_text("name", name),
        company=_line_of_text("company", cell("company")),
        level=_word("level", cell("level"), _LEVELS, "normal, silver, gold or vip"),
        language=_word("language", cell("language"), _LANGUAGES, "zh-CN or en"),
        region=_line_of_text("region", cell("region")),
        note=_note(cell("note")),
        numbers=numbers,
    )


def _numbers(cells: Sequence[str], region: str, area_code: str) -> tuple[CustomerNumber, ...]:
    found: dict[str, CustomerNumber] = {}
    for cell in cells:
        for written in _BETWEEN.split(cell) if cell else ():
            for number in _number(written.strip(" \t'="), region, area_code):
                found.setdefault(number.number, number)
    if len(found) > MAX_NUMBERS:
        raise _Bad(f"{len(found)} numbers; at most {MAX_NUMBERS} belong to one customer")
    return tuple(found.values())


def _number(written: str, region: str, area_code: str) -> list[CustomerNumber]:
    if not written:
        return []
    extension = _EXTENSION.search(written)
    plain = written[: extension.start()] if extension else written.removesuffix(".0")
    read = read_number(plain, region, area_code)
    if read.kind is NumberKind.MALFORMED and "/" in plain:
        # A slash separates digits as often as numbers; numbers, if every part is one.
        return [n for part in plain.split("/") for n in _number(part.strip(), region, area_code)]
    if _SHORTENED.match(written):
        raise _Bad(f"{written!r} was shortened by a spreadsheet; format that column as text")
    if read.kind is NumberKind.MALFORMED:
        raise _Bad(f"{written[:40]!r} is no telephone number")
    if read.kind is NumberKind.HIDDEN:
        return []
    if extension:  # everybody behind that switchboard calls from this number
        return [CustomerNumber(read.key, label=extension[1], shared=True)]
    return [CustomerNumber(read.key)]


def _word(column: str, cell: str, words: Mapping[str, W], right: str) -> W | None:
    if not cell:
        return None
    word = words.get(cell.casefold().replace("_", "-"))
    if word is None:
        raise _Bad(f"{column} {cell[:20]!r} is not known; write {right}")
    return word


def _line_of_text(column: str, cell: str) -> str:
    if len(cell) > MAX_NAME:
        raise _Bad(f"the {column} has {len(cell)} characters; at most {MAX_NAME} fit")
    # Nearly every cell is clean already, and a million rows have three million of them.
    return cell if cell.isprintable() and "  " not in cell else clean_name(cell)


def _note(cell: str) -> str:
    if len(cell) > MAX_NOTE:
        raise _Bad(f"the note has {len(cell)} characters; at most {MAX_NOTE} fit")
    return "\n".join(clean_line for line in cell.splitlines() if (clean_line := _printable(line)))


def _printable(line: str) -> str:
    return "".join(c for c in line if c.isprintable()).strip()
