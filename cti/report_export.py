"""A report as a file for spreadsheets: CSV that Excel reads as UTF-8, or XLSX.

Names are people's text: none of them becomes a formula. In XLSX each is written as a text; CSV has
no types, so a text that a spreadsheet would reckon with gets an apostrophe before it.
"""

import csv
import io
from collections.abc import Iterator, Mapping
from datetime import datetime
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo

from calls.periods import Period
from calls.tally import HOUSE
from calls.words import Language
from cti.report_columns import COLUMNS, Kind, Value
from cti.reports import Report, ReportRow

_RECKONED = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_FORMATS = {Kind.COUNT: "0", Kind.SHARE: "0.0%", Kind.SECONDS: "0.0", Kind.SCORE: "0.00"}
_WORDS = {
    Language.ZH: {"since": "开始", "until": "结束", "who": "对象", HOUSE: "全部", "sum": "合计",
                  "report": "报表", "seconds": "（秒）"},
    Language.EN: {"since": "From", "until": "To", "who": "Of", HOUSE: "All", "sum": "Total",
                  "report": "Report", "seconds": " (s)"},
}  # fmt: skip


class Form(StrEnum):
    CSV = "csv"
    XLSX = "xlsx"


CONTENT_TYPES = {
    Form.CSV: "text/csv; charset=utf-8",
    Form.XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}


def export(report: Report, form: Form, language: Language, names: Mapping[str, str]) -> bytes:
    """``names``: what ids are called on the floor."""
    if form is Form.CSV:
        return _csv(report, language, names)
    return _xlsx(report, language, names)


def harmless(text: str) -> str:
    """The text, as no spreadsheet takes it for a formula."""
    return f"'{text}" if text.startswith(_RECKONED) else text


def _csv(report: Report, language: Language, names: Mapping[str, str]) -> bytes:
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow([harmless(title) for title in _titles(report, language)])
    for texts, values in _rows(report, language, names):
        writer.writerow([*(harmless(text) for text in texts), *(_rounded(v) for v in values)])
    return file.getvalue().encode("utf-8-sig")


def _xlsx(report: Report, language: Language, names: Mapping[str, str]) -> bytes:
    import xlsxwriter  # its weight is carried by those alone who export

    file = io.BytesIO()
    # A text is never read for what it might be: no formula, no address, no number.
    plain = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    with xlsxwriter.Workbook(file, {"in_memory": True, **plain}) as book:
        sheet = book.add_worksheet(_WORDS[language]["report"])
        head = book.add_format({"bold": True, "text_wrap": True, "valign": "top"})
        formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        columns = COLUMNS[report.order.of]
        for n, title in enumerate(_titles(report, language)):
            sheet.write_string(0, n, title, head)
        for line, (texts, values) in enumerate(_rows(report, language, names), start=1):
            for n, text in enumerate(texts):
                sheet.write_string(line, n, text)
            for n, (column, value) in enumerate(zip(columns, values, strict=True), len(texts)):
                if value is not None:
                    sheet.write_number(line, n, value, formats[column.kind])
        sheet.freeze_panes(1, 3)
        sheet.set_column(0, 1, 17)
        sheet.set_column(2, 2, 22)
    return file.getvalue()


def _titles(report: Report, language: Language) -> list[str]:
    words = _WORDS[language]
    titles = [words["since"], words["until"], words["who"]]
    for column in COLUMNS[report.order.of]:
        unit = words["seconds"] if column.kind is Kind.SECONDS else ""
        titles.append(column.title(language) + unit)
    return titles


def _rows(
    report: Report, language: Language, names: Mapping[str, str]
) -> Iterator[tuple[list[str], list[Value]]]:
    """Period by period, the totals last."""
    words = _WORDS[language]
    zone = ZoneInfo(report.zone)
    columns = COLUMNS[report.order.of]

    def row(one: ReportRow, prefix: str = "") -> tuple[list[str], list[Value]]:
        who = words[HOUSE] if one.id == HOUSE else names.get(one.id, one.id)
        texts = [_moment(one.since, zone), _moment(one.until, zone), prefix + who]
        return texts, [column.value(one.figures) for column in columns]

    if report.order.by is not Period.WHOLE:
        for one in report.rows:
            yield row(one)
    for one in report.totals:
        yield row(one, "" if report.order.by is Period.WHOLE else f"{words['sum']} ")


def _moment(at: float, zone: ZoneInfo) -> str:
    return f"{datetime.fromtimestamp(at, zone):%Y-%m-%d %H:%M}"


def _rounded(value: Value) -> Any:
    return "" if value is None else round(value, 4)
