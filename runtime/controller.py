"""The controller process: the event loop, the house on it, and an orderly end."""

import asyncio
import logging
import signal
from collections.abc import Coroutine
from pathlib import Path
from typing import Any

from twisted.internet.asyncioreactor import AsyncioSelectorReactor
from twisted.internet.error import CannotListenError
from twisted.internet.main import installReactor

from calls.streams import Taken
from config.problems import ConfigRefused
from runtime.heartbeat import Heartbeat
from runtime.housekeeping import keep_house
from runtime.logs import log_alarms, log_facts, start_logging
from runtime.pace import keep_pace
from runtime.site import open_site
from runtime.web.certificate import CertificateUnfit
from storage.errors import StorageError
from telephony.ami.errors import LoginRefused

MISTAKE = 2
"""Exit code for what a restart cannot mend: the parent stops, too."""

REPLACED = 3
"""Exit code of a brain that another has taken over from: started again, it stands by."""

log = logging.getLogger(__name__)


def run_controller(config: Path, heartbeat_fd: int | None) -> int:
    """Run until SIGTERM or SIGINT; the exit code for the parent."""
    loop = asyncio.new_event_loop()
    asyncio.set_event_loop(loop)
    reactor = AsyncioSelectorReactor(loop)
    installReactor(reactor)  # type: ignore[no-untyped-call]
    reactor.startRunning(installSignalHandlers=False)
    try:
        return loop.run_until_complete(_live(config, heartbeat_fd, loop))
    except (
        CertificateUnfit,
        ConfigRefused,
        LoginRefused,
        CannotListenError,
        StorageError,
        Taken,
    ) as error:
        why = _sentence(error)
        log.error("the controller cannot start", extra={"why": why})
        print(f"threering: {why}", flush=True)  # noqa: T201 - for the person at the terminal
        return MISTAKE
    finally:
        reactor.stop()  # type: ignore[no-untyped-call]
        loop.call_later(2.0, loop.stop)
        loop.run_forever()


def _sentence(error: Exception) -> str:
    if isinstance(error, LoginRefused):
        return (
            f"Asterisk refused the AMI secret ({error}): it was started with another; "
            "stop it, and let `threering run` start its own"
        )
    if isinstance(error, CannotListenError):
        return f"port {error.port} cannot be listened on: {error.socketError}; stop who has it"
    return str(error)


async def _live(config: Path, heartbeat_fd: int | None, loop: asyncio.AbstractEventLoop) -> int:
    # Only now: the reactor must be installed before anything imports it.
    from runtime.chores import chores
    from runtime.wiring import wire
    from storage.database import Database

    site = open_site(config)
    start_logging(str(site.controller_log))
    controller = wire(site, Database(site.configuration.settings.database_url), loop)
    log_facts(controller.bus)
    log_alarms(controller.bus)
    stop = asyncio.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        loop.add_signal_handler(number, stop.set)
    heart: Heartbeat | None = None
    if heartbeat_fd is not None:
        heart = Heartbeat(heartbeat_fd, controller.clock, stop.set)
        heart.begin()
    replaced = controller.brain.replaced if controller.brain else asyncio.Event()
    ended = asyncio.ensure_future(_first_of(stop, replaced))
    try:
        # A standby is here for as long as another brain is active.
        await _unless(ended, controller.start())
        if not ended.done():
            keep_pace()
            log.info("the hotline is open")
            if heart is not None:
                heart.say_open()
            chored = asyncio.ensure_future(keep_house(chores(controller)))
            await ended
            chored.cancel()
    finally:
        await controller.stop()
    if replaced.is_set():
        log.warning("another brain has taken over; this one begins again behind it")
        return REPLACED
    return 0


async def _first_of(*events: asyncio.Event) -> None:
    waiting = [asyncio.ensure_future(event.wait()) for event in events]
    await asyncio.wait(waiting, return_when=asyncio.FIRST_COMPLETED)
    for one in waiting:
        one.cancel()


async def _unless(ended: "asyncio.Future[None]", work: Coroutine[Any, Any, None]) -> None:
    """Do the work, or as much of it as is done when ``ended`` comes."""
    working = asyncio.ensure_future(work)
    await asyncio.wait({working, ended}, return_when=asyncio.FIRST_COMPLETED)
    if not working.done():
        working.cancel()
        await asyncio.gather(working, return_exceptions=True)
    else:
        working.result()
