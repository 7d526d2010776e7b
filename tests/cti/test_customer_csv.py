"""Customer files as people really export them."""

import codecs
from io import BytesIO

import pytest
from hypothesis import given
from hypothesis import strategies as st

from calls.words import Language, Level
from cti.customer_csv import MAX_LINE, ImportRefused, RawRow, detect_encoding, read_rows
from cti.customer_rows import BadRow, Told, read_header, read_row

pytestmark = pytest.mark.unit

CHINESE = "姓名,电话\n王芳,13812345678\n李伟,13912345678\n"


def rows_of(data: bytes) -> list[RawRow]:
    file = BytesIO(data)
    return list(read_rows(file, detect_encoding(file)))


def told(header: str, row: str) -> Told | BadRow:
    first, second = rows_of(f"{header}\n{row}\n".encode())
    return read_row(second, read_header(first), "CN", "")


def good(header: str, row: str) -> Told:
    result = told(header, row)
    assert isinstance(result, Told), result
    return result


def reason(header: str, row: str) -> str:
    result = told(header, row)
    assert isinstance(result, BadRow), result
    assert result.line == 2
    return result.reason


@pytest.mark.parametrize(
    ("data", "encoding"),
    [
        (CHINESE.encode(), "utf-8"),
        (codecs.BOM_UTF8 + CHINESE.encode(), "utf-8-sig"),
        (CHINESE.encode("gbk"), "gb18030"),
        (CHINESE.encode("utf-16"), "utf-16"),
    ],
)
def test_the_encoding_is_found_and_the_rows_are_the_same(data: bytes, encoding: str) -> None:
    assert detect_encoding(BytesIO(data)) == encoding
    assert [row.cells for row in rows_of(data)] == [
        ("姓名", "电话"),
        ("王芳", "13812345678"),
        ("李伟", "13912345678"),
    ]


def test_one_broken_character_spoils_its_row_and_not_the_encoding() -> None:
    data = CHINESE.encode() + b"\xff\xfe,13712345678\n" + "赵,13612345678\n".encode() * 40
    rows = rows_of(data)
    assert [r.line for r in rows if r.flaw] == [4]
    assert "neither UTF-8 nor GBK" in rows[3].flaw
    assert rows[4].cells[0] == "赵"


@pytest.mark.parametrize("data", [b"PK\x03\x04rest", b"\xd0\xcf\x11\xe0rest", b"a,b\0c\n"])
def test_what_is_no_text_is_refused_with_what_to_do(data: bytes) -> None:
    with pytest.raises(ImportRefused, match="save"):
        detect_encoding(BytesIO(data))


def test_cells_may_be_quoted_and_hold_commas_quotes_and_line_ends() -> None:
    rows = rows_of('name,note\n"王, 芳","说""好""\n再来"\n李,x\n'.encode())
    assert [(r.line, r.cells) for r in rows] == [
        (1, ("name", "note")),
        (2, ("王, 芳", '说"好"\n再来')),
        (4, ("李", "x")),
    ]


def test_a_quote_nobody_closed_costs_one_row_and_never_the_rest() -> None:
    rows = rows_of(b'name,phone\n"A,1\n' + b"B,2\n" * 100)
    assert [r.line for r in rows if r.flaw] == [2]
    assert "never closed" in rows[1].flaw
    assert len(rows) == 102


def test_tabs_blank_rows_and_every_kind_of_line_end_are_read() -> None:
    rows = rows_of(b"name\tphone\r\nA\t1\r\n\r\n\t\r\nB\t2")
    assert [(r.line, r.cells) for r in rows] == [
        (1, ("name", "phone")),
        (2, ("A", "1")),
        (5, ("B", "2")),
    ]


def test_a_line_without_an_end_is_one_bad_row_and_reading_goes_on_after_it() -> None:
    rows = rows_of(b"name,phone\n" + b"x" * (3 * MAX_LINE) + b"\nB,2\n")
    assert [(r.line, bool(r.flaw)) for r in rows] == [(1, False), (2, True), (3, False)]


@given(st.binary(max_size=300))
def test_any_bytes_give_rows_or_a_refusal_and_nothing_else(data: bytes) -> None:
    try:
        rows = rows_of(data)
        if rows and not rows[0].flaw:
            columns = read_header(rows[0])
            for row in rows[1:]:
                read_row(row, columns, "CN", "")
    except ImportRefused:
        return


@pytest.mark.parametrize(
    "header",
    [
        "id,name,numbers,company,level,language,region,note",
        "客户编号,姓名,电话,公司,级别,语言,地区,备注",
        "Customer ID,Name,Phone Numbers,Company,Level,Language,Region,Note",
        "编号：,*姓名,联系电话,单位,等级,语种,城市,说明",
    ],
)
def test_titles_are_known_in_chinese_and_english(header: str) -> None:
    row = good(header, "C1,王芳,138 1234 5678;010-62345678,华信,金卡,英文,北京,老客户")
    assert (row.id, row.name, row.company) == ("C1", "王芳", "华信")
    assert (row.level, row.language) == (Level.GOLD, Language.EN)
    assert (row.region, row.note) == ("北京", "老客户")
    assert [n.number for n in row.numbers] == ["+8613812345678", "+861062345678"]


def test_several_number_columns_are_one_list_and_the_same_number_counts_once() -> None:
    row = good("姓名,手机,座机", "王芳,13812345678,010-62345678；+8613812345678")
    assert [n.number for n in row.numbers] == ["+8613812345678", "+861062345678"]


@pytest.mark.parametrize(
    ("cell", "numbers"),
    [
        ("0138/1234/5678", ["+8613812345678"]),
        ("13812345678/13912345678", ["+8613812345678", "+8613912345678"]),
        ("13812345678、13912345678", ["+8613812345678", "+8613912345678"]),
        ("13812345678.0", ["+8613812345678"]),
        ("'13812345678", ["+8613812345678"]),
        ("8001", ["8001"]),
        ("匿名;13812345678;", ["+8613812345678"]),
    ],
)
def test_numbers_are_read_however_they_were_written(cell: str, numbers: list[str]) -> None:
    assert [n.number for n in good("姓名,电话", f"王,{cell}").numbers] == numbers


def test_a_number_with_an_extension_is_a_switchboard_and_marked_shared() -> None:
    (number,) = good("姓名,电话", "王,010-88886666转801").numbers
    assert (number.number, number.label, number.shared) == ("+861088886666", "801", True)


@pytest.mark.parametrize(
    ("row", "why"),
    [
        ("王,abc,", "'abc' is no telephone number"),
        ("王,12345678901234567,", "is no telephone number"),
        ("王,13812345678;999999999999,", "'999999999999' is no telephone number"),
        ("王,1.38123E+10,", "shortened by a spreadsheet"),
        ("王,,", "neither a number nor an id"),
        ("王,匿名,", "neither a number nor an id"),
        ("王,13812345678,platinum", "level 'platinum' is not known; write normal, silver, gold"),
        (f"{'王' * 81},13812345678,", "the name has 81 characters"),
        ("王,13812345678,,extra", "4 cells, but only 3 columns"),
    ],
)
def test_a_bad_row_says_what_is_wrong_with_it(row: str, why: str) -> None:
    assert why in reason("姓名,电话,级别", row)


def test_hostile_cells_lose_their_control_characters() -> None:
    row = good("姓名,电话,备注", "王\x07芳\u202e,13812345678,\x1b[2J老客户")
    assert row.name == "王芳"
    assert row.note == "[2J老客户"


def test_what_is_no_header_is_refused_with_the_titles_that_are_known() -> None:
    with pytest.raises(ImportRefused, match=r"numbers \(电话\)"):
        read_header(RawRow(1, ("13812345678", "王芳")))
    with pytest.raises(ImportRefused, match="both mean name"):
        read_header(RawRow(1, ("姓名", "name", "电话")))


def test_titles_we_do_not_know_are_named_and_left_out() -> None:
    columns = read_header(RawRow(1, ("姓名", "星座", "电话", "")))
    assert columns.ignored == ("星座",)
