"""Callers' SIP: the WebSocket of somebody on a web page who has a ticket, and no log-in.

What she says is read before Asterisk hears it (runtime.web.caller_speech); when her connection
goes, her line is free.
"""

from typing import Any

from twisted.web.server import NOT_DONE_YET

from agent_softphone_bridge.callers import Callers
from calls.exchange import Fault
from calls.ids import DeviceId
from runtime.web.caller_speech import CallerSpeech
from runtime.web.native import Request, asked_for, refuse, refuse_for
from runtime.web.sip_ends import Browser, join, must_be_ours

PATH = "/ws/call"


class CallerDoor:
    def __init__(self, callers: Callers | None, reactor: Any, port: int) -> None:
        """``callers``: None where nobody may call from a page; ``port``: of Asterisk's HTTP."""
        self._callers = callers
        self._reactor = reactor
        self._port = port
        self._open: set[Browser] = set()

    @property
    def calling(self) -> int:
        """Callers connected now."""
        return len(self._open)

    def render(self, request: Request) -> Any:
        try:
            if self._callers is None:
                raise Fault("no_page_callers")
            must_be_ours(request)
            device = self._callers.come(asked_for(request, b"ticket"))
            if device is None:
                raise Fault("not_your_phone")
        except Fault as error:
            return refuse_for(request, error)
        self._hand_over(request, device, self._callers)
        return NOT_DONE_YET

    def close(self) -> None:
        for browser in tuple(self._open):
            browser.cut()

    def _hand_over(self, request: Request, device: DeviceId, callers: Callers) -> None:
        def gone() -> None:
            self._open.discard(browser)
            callers.left(device)

        def failed() -> None:
            callers.left(device)
            if not request._disconnected:
                refuse(request, "no_telephony")

        browser = Browser(gone, CallerSpeech(device).feed)
        # Unpacked, because it is read.
        join(
            request,
            self._reactor,
            self._port,
            browser,
            lambda: self._open.add(browser),
            failed,
            packed=False,
        )
