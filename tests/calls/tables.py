"""Facts as a pasted table: ``time  fact  field=value ...``, one a line; ``#`` begins a remark."""

import shlex

import msgspec

from calls.events import Fact

CALL = "cn1-1700000000.1"


def facts(table: str, call: str = CALL) -> list[Fact]:
    """The facts of a table; keys are the numbers of the lines."""
    told: list[Fact] = []
    for number, line in enumerate(table.splitlines()):
        words = shlex.split(line, comments=True)
        if not words:
            continue
        fields = dict(word.split("=", 1) for word in words[2:])
        row = {"call": call, "key": f"s.{number}", "at": words[0], "fact": words[1], **fields}
        told.append(msgspec.convert(row, Fact, strict=False))  # type: ignore[call-overload]
    return told
