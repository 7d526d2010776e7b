"""Calls out: the site's plan asked in the words of a session, and the day's count kept."""

import json
import logging
import os
from collections.abc import Callable
from datetime import date
from pathlib import Path
from threading import Lock

from config.outbound import Denied, DialOut, TrunkPlan
from hotline.house import Route

log = logging.getLogger(__name__)


class WaysOut:
    """hotline.house.Routes over config.outbound."""

    def __init__(
        self,
        dial_out: DialOut,
        file: Path,
        off_loop: Callable[[Callable[[], None]], object],
    ) -> None:
        """``file``: where the day's count is kept, so that a cap outlives the controller (see
        ``count_on``). ``off_loop`` runs a write where it holds up nobody."""
        self.denied = 0
        self._dial_out = dial_out
        self._file = file
        self._off_loop = off_loop
        self._one_at_a_time = Lock()

    def allow(self, number: str, now: float) -> Route | None:
        answer = self._dial_out.ask(number, now)
        if isinstance(answer, Denied):
            self.denied += 1
            return None
        self._off_loop(self._keep)
        return Route(answer.trunk, answer.number, answer.caller_number)

    def _keep(self) -> None:
        made = self._file.with_suffix(f".{os.getpid()}")
        try:
            with self._one_at_a_time:
                kept = {"day": str(self._dial_out.day), "used": dict(self._dial_out.used)}
                made.write_text(json.dumps(kept))
                os.replace(made, self._file)
        except OSError as error:
            # The call goes out: the cap is then this controller's only.
            log.warning("calls out of today are not kept: %s", error)


def count_on(plan: TrunkPlan, time_zone: str, file: Path) -> DialOut:
    """Outbound routes that count on from what the file says, or from nothing where it says nothing
    anybody can read."""
    try:
        kept = json.loads(file.read_text())
        day = date.fromisoformat(kept["day"])
        used = {str(route): int(count) for route, count in kept["used"].items()}
    except (OSError, ValueError, KeyError, TypeError, AttributeError):
        return DialOut(plan, time_zone)
    return DialOut(plan, time_zone, used, day)
