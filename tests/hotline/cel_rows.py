"""Asterisk's own log as a pasted table: ``seconds  event  channel  field=value ...``, one a line.

Channels have nicknames: ``caller`` came in over the trunk ``line``; ``d1``, ``d1/2`` are legs to
device d1. ``source`` and ``cause`` say who hung up and why.
"""

import json
import shlex

from msgspec.structs import replace

from telephony.cel import COLUMNS, CelReader
from telephony.cel_calls import CallTrace, traced

CHANNEL = "1700000000.1"
CALL = f"cn1-{CHANNEL}"
ZERO = 1_000_000_000
"""Rows carry ten-digit times; tables count from here."""


def rows(table: str, channel: str = CHANNEL, zero: float = ZERO) -> bytes:
    """The table as Asterisk writes it."""
    return b"".join(_row(line, channel, zero) for line in table.splitlines() if line.strip())


def trace(table: str) -> CallTrace:
    """The call of a table, its times counted as the table counts them."""
    seen = CallTrace(CHANNEL)
    for event in CelReader().feed(rows(table)):
        seen = traced(seen, replace(event, at=round(event.at - ZERO, 6)))
    return seen


def _row(line: str, channel: str, zero: float) -> bytes:
    at, kind, who, *words = shlex.split(line, comments=True)
    fields = dict(word.split("=", 1) for word in words)
    if kind == "HANGUP":
        cause = int(fields.pop("cause", 16))
        source = fields.pop("source", "")
        fields["extra"] = json.dumps(
            {"hangupcause": cause, "hangupsource": source and _name(source), "dialstatus": ""}
        )
    elif "extra" in fields:
        fields["extra"] = json.dumps({"extra": fields["extra"]})
    cells = {
        "kind": kind,
        "at": f"{zero + float(at):.6f}",
        "channel": _name(who),
        "uniqueid": channel if who == "caller" else f"{channel}9{sum(who.encode())}",
        "linkedid": channel,
        **fields,
    }
    quoted = ('"' + str(cells.get(name, "")).replace('"', '""') + '"' for name, _ in COLUMNS)
    return (",".join(quoted) + "\n").encode()


def _name(who: str) -> str:
    if who == "caller":
        return "PJSIP/trunk-line-00000001"
    device, _, number = who.partition("/")
    return f"PJSIP/{device}-0000000{number or 1}"
