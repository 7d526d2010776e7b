"""The process that draws what a study found, in each language: drawing costs seconds of processor
time and a library of its own, and neither belongs where calls are."""

import asyncio
import os
import sys
from contextlib import suppress
from zoneinfo import ZoneInfo

import msgspec

from acd.simulator.study import Comparison
from calls.words import Language
from runtime.studies.follow import StudyBroke

Pictures = dict[Language, bytes]
"""PNG, by the language of its labels."""


class Drawing(msgspec.Struct, frozen=True, kw_only=True):
    found: Comparison
    zone: str


async def paint(zone: str, found: Comparison) -> Pictures:
    """Cancelling ends the process. Raises StudyBroke."""
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-m",
        "runtime.studies.painter",
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
    )
    try:
        told = msgspec.json.encode(Drawing(found=found, zone=zone))
        drawn, _ = await process.communicate(told)
        if not drawn:
            raise StudyBroke("nothing was drawn; see the log")
        return msgspec.json.decode(drawn, type=Pictures)
    finally:
        with suppress(ProcessLookupError):
            process.kill()
        await process.wait()


def draw_all(data: bytes) -> bytes:
    """The process's whole life."""
    from runtime.studies.plots import picture  # only here is the library that draws wanted

    drawing = msgspec.json.decode(data, type=Drawing)
    zone = ZoneInfo(drawing.zone)
    return msgspec.json.encode({one: picture(drawing.found, zone, one) for one in Language})


if __name__ == "__main__":
    os.nice(19)
    sys.stdout.buffer.write(draw_all(sys.stdin.buffer.read()))
