"""A filled form as a PDF page with Chinese letters. Runs in a worker process.

Its own font travels in the file where fonts-wqy-microhei is installed; else the reader's machine
must have one (Adobe's STSong-Light), which most have.
"""

import io
import json
from pathlib import Path

from calls.words import Language
from tickets.forms.model import fields_of, names_of, shown

WQY = Path("/usr/share/fonts/truetype/wqy/wqy-microhei.ttc")


def form_pdf(document: str, data: str, language: Language, head: str) -> bytes:
    """``document``, ``data``: as JSON."""
    from reportlab.lib import colors
    from reportlab.lib.pagesizes import A4
    from reportlab.lib.styles import ParagraphStyle
    from reportlab.lib.units import mm
    from reportlab.platypus import Paragraph, SimpleDocTemplate, Spacer, Table, TableStyle

    form, values = json.loads(document), json.loads(data)
    font = _font()
    plain = ParagraphStyle("plain", fontName=font, fontSize=10, leading=15, wordWrap="CJK")
    title = ParagraphStyle("title", parent=plain, fontSize=16, leading=24, alignment=1)
    quiet = ParagraphStyle("quiet", parent=plain, fontSize=8, textColor=colors.grey)
    rows = [
        [
            Paragraph(_safe(names_of(field).get(language, name)), plain),
            Paragraph(_safe(shown(field, values.get(name), language)), plain),
        ]
        for name, field in fields_of(form).items()
    ]
    grid = Table(rows, colWidths=(45 * mm, 125 * mm))
    grid.setStyle(
        TableStyle(
            [
                ("GRID", (0, 0), (-1, -1), 0.5, colors.grey),
                ("BACKGROUND", (0, 0), (0, -1), colors.whitesmoke),
                ("VALIGN", (0, 0), (-1, -1), "TOP"),
            ]
        )
    )
    name = names_of(form).get(language, "")
    out = io.BytesIO()
    SimpleDocTemplate(out, pagesize=A4, title=name, author="ThreeRing", invariant=1).build(
        [Paragraph(_safe(name), title), Paragraph(_safe(head), quiet), Spacer(1, 4 * mm), grid]
    )
    return out.getvalue()


def _font() -> str:
    from reportlab.pdfbase import pdfmetrics
    from reportlab.pdfbase.cidfonts import UnicodeCIDFont
    from reportlab.pdfbase.ttfonts import TTFont

    if WQY.exists():
        pdfmetrics.registerFont(TTFont("wqy", str(WQY), subfontIndex=0))
        return "wqy"
    pdfmetrics.registerFont(UnicodeCIDFont("STSong-Light"))
    return "STSong-Light"


def _safe(text: str) -> str:
    """The paragraph's own marks are no marks in what a customer said."""
    escaped = text.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return escaped.replace("\n", "<br/>")
