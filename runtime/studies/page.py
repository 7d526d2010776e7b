"""A study as one HTML page that needs nothing beside it: its figures as a table, and the picture.

Knows no library that draws, so that a process that serves calls may make it.
"""

import base64
from html import escape

from acd.simulator.study import Comparison
from calls.words import Language
from runtime.studies.tables import NAMES, rows


def page(found: Comparison, picture: bytes, language: Language) -> str:
    """``picture``: PNG. Names people gave to variants are text, whatever they write."""
    head, *lines = rows(found, language)
    table = "".join(
        "<tr>" + "".join(f"<td>{escape(cell)}</td>" for cell in line) + "</tr>" for line in lines
    )
    titles = "".join(f"<th>{escape(cell)}</th>" for cell in head)
    image = base64.b64encode(picture).decode()
    title = escape(NAMES["title"][language])
    return (
        f'<!doctype html><html lang="{language.value}"><meta charset="utf-8">'
        f"<title>{title}</title><style>body{{font-family:sans-serif;margin:2em}}"
        "td,th{padding:.3em .8em;text-align:right;border-bottom:1px solid #ddd}"
        "td:first-child,th:first-child{text-align:left}img{max-width:100%}</style>"
        f"<h1>{title}</h1><table><thead><tr>{titles}</tr></thead><tbody>{table}</tbody></table>"
        f'<img alt="{title}" src="data:image/png;base64,{image}"></html>\n'
    )
