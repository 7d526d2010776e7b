"""Studies asked for over the API: one process at a time, a few in line, the last answers kept."""

import asyncio
import logging
from collections.abc import Awaitable, Callable
from enum import StrEnum
from typing import Any

import msgspec

from acd.simulator.study import Comparison
from calls.words import Language
from runtime.studies.follow import StudyBroke, StudyRefused
from runtime.studies.orders import Order, Result
from runtime.studies.painter import Pictures

KEPT = 20
"""Answers of a busy day are megabytes, and anybody can ask again."""
IN_LINE = 5

Ask = Callable[[Order, Callable[[float], None]], Awaitable[Result]]
Draw = Callable[[Comparison], Awaitable[Pictures]]

log = logging.getLogger(__name__)


class StudyState(StrEnum):
    WAITING = "waiting"
    RUNNING = "running"
    DONE = "done"
    REFUSED = "refused"
    """The question was at fault, or there is no such day."""
    BROKE = "broke"
    CANCELLED = "cancelled"


class Study(msgspec.Struct, kw_only=True, omit_defaults=True):
    id: str
    order: Order
    by: str
    asked_at: float
    state: StudyState = StudyState.WAITING
    share: float = 0.0
    """Done, from 0 to 1."""
    why: str = ""
    """Why it was refused or broke."""
    result: Any = None
    """What ``threering explain``, ``replay``, ``whatif``, ``simulate`` or ``staffing`` print with
    ``--json``."""


class TooManyStudies(Exception):
    """Wait until one is done."""


class StudyBook:
    """Everything is called on the thread of the event loop."""

    def __init__(self, ask: Ask, draw: Draw, now: Callable[[], float]) -> None:
        self._ask, self._draw, self._now = ask, draw, now
        self._studies: dict[str, Study] = {}
        self._pictures: dict[str, Pictures] = {}
        self._tasks: dict[str, asyncio.Task[None]] = {}
        self._one = asyncio.Lock()
        self._asked = 0

    def start(self, order: Order, by: str) -> Study:
        """Raises TooManyStudies."""
        if len(self._tasks) > IN_LINE:
            raise TooManyStudies
        self._asked += 1
        study = Study(id=str(self._asked), order=order, by=by, asked_at=self._now())
        self._studies[study.id] = study
        for old in [id for id in self._studies if id not in self._tasks][:-KEPT]:
            del self._studies[old]
            self._pictures.pop(old, None)
        task = self._tasks[study.id] = asyncio.ensure_future(self._run(study))
        task.add_done_callback(lambda task: self._end(study, task))
        return study

    def get(self, id: str) -> Study | None:
        return self._studies.get(id)

    def picture(self, id: str, language: Language) -> bytes | None:
        """PNG; None for a study that is not done, or has nothing to draw."""
        return self._pictures.get(id, {}).get(language)

    def all(self) -> list[Study]:
        """Without their answers, newest first."""
        return [
            msgspec.structs.replace(study, result=None)
            for study in reversed(self._studies.values())
        ]

    def cancel(self, id: str) -> None:
        """Its process is ended; an answer that is there stays."""
        task = self._tasks.get(id)
        if task is not None:
            task.cancel()

    async def stop(self) -> None:
        """No process is left."""
        tasks = list(self._tasks.values())
        for task in tasks:
            task.cancel()
        await asyncio.gather(*tasks, return_exceptions=True)

    async def _run(self, study: Study) -> None:
        try:
            async with self._one:
                study.state = StudyState.RUNNING
                found = await self._ask(study.order, lambda share: _go_on(study, share))
                if isinstance(found, Comparison):
                    self._pictures[study.id] = await self._drawn(found)
                study.result, study.state, study.share = found, StudyState.DONE, 1.0
        except StudyRefused as refused:
            study.state, study.why = StudyState.REFUSED, str(refused)
        except Exception as error:
            study.state = StudyState.BROKE
            study.why = str(error) if isinstance(error, StudyBroke) else "see the log"
            log.exception("a study broke", extra={"study": type(study.order).__name__})

    async def _drawn(self, found: Comparison) -> Pictures:
        """An answer without a picture is better than none."""
        try:
            return await self._draw(found)
        except StudyBroke:
            log.exception("a study was not drawn")
            return {}

    def _end(self, study: Study, task: asyncio.Task[None]) -> None:
        del self._tasks[study.id]
        if task.cancelled():
            study.state = StudyState.CANCELLED


def _go_on(study: Study, share: float) -> None:
    study.share = share
