"""The figures of a study as a picture, and as files: PNG, and a page (runtime.studies.page).

Chinese labels where a font for them is installed (fonts-noto-cjk, fonts-wqy-*); English elsewhere.
"""

from datetime import datetime
from io import BytesIO
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import matplotlib

matplotlib.use("Agg")

from matplotlib import font_manager
from matplotlib.figure import Figure

from acd.simulator.figures import DayFigures, Quarter
from acd.simulator.study import AS_IT_WAS, Comparison
from calls.words import Language
from runtime.studies.page import page
from runtime.studies.tables import NAMES

FONTS = (
    "Noto Sans CJK SC",
    "Noto Sans CJK JP",
    "Noto Serif CJK SC",
    "WenQuanYi Micro Hei",
    "WenQuanYi Zen Hei",
    "Source Han Sans SC",
)
"""Families that draw Chinese, in order of liking."""
ENOUGH_CALLS = 0.5
"""Of a quarter, below which its share says nothing."""


def font() -> str | None:
    """A family that can draw Chinese; None where there is none."""
    known = {one.name for one in font_manager.fontManager.ttflist}
    return next((name for name in FONTS if name in known), None)


def draw(found: Comparison, zone: ZoneInfo, language: Language, folder: Path) -> tuple[Path, Path]:
    """``study.png`` and ``study.html`` in ``folder``, which is made. Raises OSError."""
    folder.mkdir(parents=True, exist_ok=True)
    drawn = picture(found, zone, language)
    png, html = folder / "study.png", folder / "study.html"
    png.write_bytes(drawn)
    html.write_text(page(found, drawn, language), encoding="utf-8")
    return png, html


def picture(found: Comparison, zone: ZoneInfo, language: Language) -> bytes:
    """PNG."""
    family = font()
    drawn = language if family else Language.EN
    rules: Any = {"font.family": [family]} if family else {}
    with matplotlib.rc_context(rules):
        figure = Figure(figsize=(11, 9), dpi=120, layout="constrained")
        calls, level, wait = figure.subplots(3, 1, sharex=True)
        for name, figures in _lines(found, drawn, readable=family is not None):
            quarters = [one for one in figures.all.quarters if one.calls >= ENOUGH_CALLS]
            hours = [_hour(one.at, found, zone) for one in quarters]
            calls.plot(hours, [one.calls for one in quarters], label=name)
            level.plot(hours, [_level(one) for one in quarters])
            wait.plot(hours, [one.wait_s for one in quarters])
        for axes, key in ((calls, "calls"), (level, "service_level"), (wait, "wait_s")):
            axes.set_ylabel(NAMES[key][drawn])
            axes.grid(alpha=0.3)
        level.set_ylim(-2, 102)
        wait.set_xlabel(NAMES["hour"][drawn])
        figure.legend(loc="outside upper center", ncols=4)
        data = BytesIO()
        figure.savefig(data, format="png")
    return data.getvalue()


def _lines(
    found: Comparison, language: Language, *, readable: bool
) -> list[tuple[str, DayFigures]]:
    """``readable``: names people gave can be drawn, whatever they are written in."""
    named = [
        (NAMES["as_it_was"][language] if one.name == AS_IT_WAS else one.name, one.figures)
        for one in found.variants
    ]
    if not readable:
        named = [
            (name if name.isascii() else f"variant {n}", figures)
            for n, (name, figures) in enumerate(named)
        ]
    real = [] if found.real is None else [(NAMES["real"][language], found.real)]
    return [*real, *named]


def _level(one: Quarter) -> float:
    done = one.answered + one.abandoned
    return 100.0 * one.within / done if done else float("nan")


def _hour(at: float, found: Comparison, zone: ZoneInfo) -> float:
    if found.real is None:
        return at / 3600.0
    local = datetime.fromtimestamp(at, zone)
    return local.hour + local.minute / 60.0
