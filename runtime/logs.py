"""Logs as JSON lines: a static message, values in fields, one call id through all hops.

Personal data only in the fields named here, and masked there; nothing else may carry a number.
"""

import logging
import sys
from pathlib import Path
from typing import Any, get_args

import msgspec

from calls.bus import Bus
from calls.events import Fact
from calls.notices import Alarm
from calls.text import mask_number
from runtime.log_file import LogFile

FILE_BYTES, FILES = 50_000_000, 5
_UNSAID = frozenset({"key", "at", "name", "keys", "value", "level"})
"""Fields of facts that are the caller's own, or of no use to a reader."""
_FACT = "fact"
calls = logging.getLogger("calls")
alarms = logging.getLogger("alarms")
_PLAIN = set(vars(logging.makeLogRecord({}))) | {"message", "taskName", "asctime"}
_NUMBERS = frozenset({"number", "caller", "dialled", "to"})


class JsonLines(logging.Formatter):
    def format(self, record: logging.LogRecord) -> str:
        line: dict[str, Any] = {
            "at": round(record.created, 3),
            "level": record.levelname.lower(),
            "from": record.name,
            "say": record.getMessage(),
        }
        for name, value in _fields(record).items():
            line[name] = mask_number(str(value)) if name in _NUMBERS else value
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return msgspec.json.encode(line, enc_hook=str).decode()


def _fields(record: logging.LogRecord) -> dict[str, Any]:
    fact = getattr(record, _FACT, None)
    if fact is None:
        return {name: value for name, value in vars(record).items() if name not in _PLAIN}
    return {
        name: value
        for name, value in msgspec.structs.asdict(fact).items()
        if value is not None and name not in _UNSAID
    }


def start_logging(path: str = "", level: int = logging.INFO) -> None:
    """Send everything to ``path`` (appending), or to standard error."""
    handler: logging.Handler = logging.StreamHandler(sys.stderr)
    if path:
        handler = LogFile(Path(path), FILE_BYTES, FILES)
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def log_facts(bus: Bus) -> None:
    """Write each fact of each call as one line: one call id through all its hops."""
    for kind in get_args(Fact):
        bus.subscribe(kind, _log_fact)


def log_alarms(bus: Bus) -> None:
    """Write each alarm of this process as one line, when it begins and when it is over."""
    bus.subscribe(Alarm, _log_alarm)


def _log_alarm(alarm: Alarm) -> None:
    say = "an alarm is on" if alarm.on else "an alarm is over"
    alarms.log(
        logging.WARNING if alarm.on else logging.INFO,
        say,
        extra={"alarm": alarm.name, "why": alarm.text},
    )


def _log_fact(fact: Fact) -> None:
    # Taken apart where it is written: here calls are waiting.
    calls.info(type(fact).__name__, extra={_FACT: fact})
