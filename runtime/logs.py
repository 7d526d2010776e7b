"""Logs as JSON lines: a static message, values in fields, one call id through all hops.

Personal data only in the fields named here, and masked there; nothing else may carry a number.
"""

import json
import logging
import sys
from typing import Any

from calls.text import mask_number

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
        for name, value in vars(record).items():
            if name not in _PLAIN:
                line[name] = mask_number(str(value)) if name in _NUMBERS else value
        if record.exc_info:
            line["error"] = self.formatException(record.exc_info)
        return json.dumps(line, ensure_ascii=False, default=str)


def start_logging(path: str = "", level: int = logging.INFO) -> None:
    """Send everything to ``path`` (appending), or to standard error."""
    handler = logging.FileHandler(path, encoding="utf-8") if path else _stderr()
    handler.setFormatter(JsonLines())
    root = logging.getLogger()
    root.handlers[:] = [handler]
    root.setLevel(level)


def _stderr() -> logging.Handler:
    return logging.StreamHandler(sys.stderr)
