"""Transfers out: the site's plan asked in the words of a session."""

from config.outbound import Denied, DialOut
from hotline.house import Route


class WaysOut:
    """hotline.house.Routes over config.outbound."""

    def __init__(self, dial_out: DialOut) -> None:
        self.denied = 0
        self._dial_out = dial_out

    def allow(self, number: str, now: float) -> Route | None:
        answer = self._dial_out.ask(number, now)
        if isinstance(answer, Denied):
            self.denied += 1
            return None
        return Route(answer.trunk, answer.number, answer.caller_number)
