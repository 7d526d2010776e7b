"""Browsers' SIP: the WebSocket of a signed-in person, handed on to Asterisk's HTTP on loopback.

Who may use which telephone is asked before a byte is handed on; afterwards bytes pass unread. When
the connection goes, whoever holds the talk is told at once: no BYE comes from a page that is gone.
"""

import asyncio
from typing import Any

from twisted.web.server import NOT_DONE_YET

from agent_softphone_bridge.people import People
from agent_softphone_bridge.phones import Phones
from calls.clock import Clock
from calls.exchange import Fault
from calls.ids import DeviceId
from runtime.web.native import Request, asked_for, refuse, refuse_for, signed_in
from runtime.web.sip_ends import Browser, join, must_be_ours
from storage.offload import Offload

PATH = "/ws/sip"
ASK_AGAIN_S = 60.0
"""A person who signed out keeps no telephone longer than this."""


class SipDoor:
    def __init__(
        self,
        people: People,
        offload: Offload,
        clock: Clock,
        reactor: Any,
        port: int,
        phones: Phones,
    ) -> None:
        """``port``: of Asterisk's HTTP."""
        self._people = people
        self._offload = offload
        self._clock = clock
        self._reactor = reactor
        self._port = port
        self._phones = phones
        self._tasks: set[asyncio.Task[None]] = set()
        self._open: dict[DeviceId, Browser] = {}

    @property
    def telephones(self) -> int:
        """Browsers connected now."""
        return len(self._open)

    def render(self, request: Request) -> Any:
        task = asyncio.get_running_loop().create_task(self._answer(request))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)
        return NOT_DONE_YET

    def close(self) -> None:
        for task in self._tasks:
            task.cancel()
        for browser in tuple(self._open.values()):
            browser.cut()

    async def _answer(self, request: Request) -> None:
        try:
            must_be_ours(request)
            person = await signed_in(request, self._people, self._offload)
            device = self._phones.device_of(person.who)
            if device is None or asked_for(request, b"device") != device:
                raise Fault("not_your_phone")
            if not self._phones.may_connect(device, asked_for(request, b"page")):
                raise Fault("phone_elsewhere")
        except Exception as error:
            if not request._disconnected:
                refuse_for(request, error)
            return
        if not request._disconnected:
            self._hand_over(request, device)

    def _hand_over(self, request: Request, device: DeviceId) -> None:
        browser = Browser(lambda: self._gone(device, browser))

        def begun() -> None:
            former = self._open.get(device)
            self._open[device] = browser
            if former is not None:
                former.cut()
            self._ask_again(request, device, browser)

        def failed() -> None:
            if not request._disconnected:
                refuse(request, "no_telephony")

        join(request, self._reactor, self._port, browser, begun, failed)

    def _gone(self, device: DeviceId, browser: Browser) -> None:
        if browser.timer is not None:
            browser.timer.cancel()
        if self._open.get(device) is browser:
            del self._open[device]
            self._phones.left(device)

    def _ask_again(self, request: Request, device: DeviceId, browser: Browser) -> None:
        def look() -> None:
            task = asyncio.get_running_loop().create_task(ask())
            self._tasks.add(task)
            task.add_done_callback(self._tasks.discard)

        async def ask() -> None:
            try:
                person = await signed_in(request, self._people, self._offload)
            except Fault:
                browser.cut()
                return
            except Exception:
                pass  # The database is away: whoever was signed in here stays so.
            else:
                if self._phones.device_of(person.who) != device:
                    browser.cut()
                    return
            browser.timer = self._clock.call_later(ASK_AGAIN_S, look)

        browser.timer = self._clock.call_later(ASK_AGAIN_S, look)
