"""Channel event logging: what Asterisk itself wrote about calls, read as it grows.

Sans-I/O and pure: bytes in, events out. Names and numbers in it are strangers' text, quoted by
Asterisk and cut here by a real CSV reader, so that a quote or a line end in a name forges nothing.
"""

import csv
import re

import msgspec

from calls.text import clean_caller, clean_name

COLUMNS: tuple[tuple[str, str], ...] = (
    ("kind", "eventtype"),
    ("at", "eventtime"),
    ("name", "CALLERID(name)"),
    ("number", "CALLERID(num)"),
    ("ani", "CALLERID(ANI)"),
    ("dialled", "CALLERID(DNID)"),
    ("exten", "CHANNEL(exten)"),
    ("context", "CHANNEL(context)"),
    ("channel", "CHANNEL(channame)"),
    ("app", "CHANNEL(appname)"),
    ("app_data", "CHANNEL(appdata)"),
    ("uniqueid", "CHANNEL(uniqueid)"),
    ("linkedid", "CHANNEL(linkedid)"),
    ("peer", "BRIDGEPEER"),
    ("userfield", "CHANNEL(userfield)"),
    ("user_event", "userdeftype"),
    ("extra", "eventextra"),
)
MAPPING = ",".join("${CSV_QUOTE(${" + source + "})}" for _, source in COLUMNS)
"""What cel_custom is told to write; the order is the order of COLUMNS."""
MAX_ROW = 65536
"""Asterisk's own fields are far below; beyond it a quote was lost and the row is given up."""

# Inside a quoted field every quote is doubled, so no stranger's text can look like this.
_ROW_BEGINS = re.compile(rb'"[A-Z_]{3,40}","[0-9]{9,11}\.[0-9]{1,6}",')


class CelEvent(msgspec.Struct, frozen=True):
    kind: str
    """CHAN_START, ANSWER, HANGUP, CHAN_END, BRIDGE_ENTER, ..., or the name of a user event."""
    at: float
    """Seconds since the epoch, by Asterisk's clock."""
    name: str
    number: str
    dialled: str
    exten: str
    context: str
    channel: str
    app: str
    app_data: str
    uniqueid: str
    linkedid: str
    peer: str
    userfield: str
    user_event: str
    extra: str
    """JSON, or ''."""


class CelReader:
    """Bytes of a CEL file in the order written, in pieces of any size, to events."""

    def __init__(self) -> None:
        self.consumed = 0
        """Bytes of whole rows so far: where a later reader may begin."""
        self.flawed = 0
        """Rows that were no events: torn by a crash or a full disk."""
        self._tail = b""
        self._row = b""

    def feed(self, data: bytes) -> list[CelEvent]:
        """The events completed by ``data``; an unfinished last row is kept for the next call."""
        events: list[CelEvent] = []
        *lines, self._tail = (self._tail + data).split(b"\n")
        for line in lines:
            if self._row and _ROW_BEGINS.match(line):
                self._give_up()
            self._row += line + b"\n"
            if self._row.count(b'"') % 2 and len(self._row) < MAX_ROW:
                continue
            event = _event(self._row)
            if event is None:
                self._give_up()
                continue
            events.append(event)
            self.consumed += len(self._row)
            self._row = b""
        return events

    def _give_up(self) -> None:
        self.flawed += 1
        self.consumed += len(self._row)
        self._row = b""


def _event(row: bytes) -> CelEvent | None:
    text = row.decode("utf-8", "replace")
    try:
        [cells] = csv.reader([text], strict=True)
        kind, at, name, number, ani, dialled, exten, *asterisks_own = cells
        context, channel, app, app_data, uniqueid, linkedid, peer, *rest = asterisks_own
        userfield, user_event, extra = rest
        moment = float(at)
    except (csv.Error, ValueError):
        return None
    return CelEvent(
        kind=kind,
        at=moment,
        name=clean_name(name),
        number=clean_caller(number or ani),
        dialled=clean_name(dialled),
        exten=clean_name(exten),
        context=context,
        channel=channel,
        app=app,
        app_data=clean_name(app_data),
        uniqueid=uniqueid,
        linkedid=linkedid,
        peer=peer,
        userfield=clean_name(userfield),
        user_event=user_event,
        extra=extra,
    )
