"""The small parent of `threering run`: starts the parts, restarts a dead or stuck controller.

Asterisk is the parent's child, not the controller's, so calls outlive the controller. Knows
nothing of calls; the controller proves that it lives by a byte a second on a pipe.
"""

import os
import select
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from contextlib import suppress

from runtime.heartbeat import OPEN

STUCK_S = 5.0
"""A heartbeat older than this means a stuck event loop: restart it."""
GRACE_S = 8.0
"""Time to end cleanly after SIGTERM."""
LEAST_PAUSE_S = 0.2
MOST_PAUSE_S = 5.0
OPEN_S = 60.0
"""A new release has this long to open."""
CALM_S = 30.0
"""A controller that lived this long starts the next one without a pause."""


class Controller:
    """One controller process at a time, with its heartbeat."""

    def __init__(self, command: Sequence[str], boot_s: float = 30.0) -> None:
        """``boot_s``: how long the first heartbeat may take."""
        self._command = command
        self._boot_s = boot_s
        self._child: subprocess.Popen[bytes] | None = None
        self._pipe = -1
        self._born = self._deadline = 0.0
        self._pause_s = LEAST_PAUSE_S
        self.has_opened = False
        """One of them has served calls."""

    @property
    def pid(self) -> int:
        return self._child.pid if self._child else 0

    def start(self) -> None:
        read, write = os.pipe()
        self._child = subprocess.Popen(
            [*self._command, "--heartbeat-fd", str(write)], pass_fds=(write,)
        )
        os.close(write)
        self._pipe = read
        self._born = time.monotonic()
        self._deadline = self._born + self._boot_s

    def watch(self, for_s: float) -> str:
        """Wait up to ``for_s`` seconds; says '' while all is well, else what happened."""
        assert self._child is not None
        ready, _, _ = select.select([self._pipe], [], [], for_s)
        said = os.read(self._pipe, 4096) if ready else b""
        self.has_opened = self.has_opened or OPEN in said
        if said:
            self._deadline = time.monotonic() + STUCK_S
        if (code := self._child.poll()) is not None:
            return f"ended with code {code}"
        if time.monotonic() > self._deadline:
            return f"gave no sign of life for {STUCK_S:.0f} s"
        if ready:
            time.sleep(0.05)  # a closed pipe is always ready: do not spin until poll() sees it
        return ""

    def replace(self, command: Sequence[str]) -> bool:
        """Start this one instead, for good if it opens before ``OPEN_S``; else, and then False is
        returned, the former one again. Asterisk's callers hear music meanwhile."""
        former = self._command
        self.stop()
        self._command, self.has_opened = command, False
        self.start()
        until = time.monotonic() + OPEN_S
        while not self.has_opened and not self.watch(0.2) and time.monotonic() < until:
            pass
        opened, self.has_opened = self.has_opened, True
        if not opened:
            self.stop(grace_s=0.0)
            self._command = former
            self.start()
        return opened

    def restart(self) -> None:
        lived = time.monotonic() - self._born
        self.stop(grace_s=0.0)
        self._pause_s = LEAST_PAUSE_S if lived > CALM_S else min(self._pause_s * 2, MOST_PAUSE_S)
        time.sleep(self._pause_s)
        self.start()

    def stop(self, grace_s: float = GRACE_S) -> int:
        """End it: SIGTERM and ``grace_s`` seconds, then SIGKILL. Returns its exit code."""
        child = self._child
        if child is None:
            return 0
        if child.poll() is None and grace_s > 0:
            child.terminate()
            with suppress(subprocess.TimeoutExpired):
                child.wait(grace_s)
        if child.poll() is None:
            child.kill()
        code = child.wait()
        os.close(self._pipe)
        self._child = None
        return code


class Stopped(Exception):
    """SIGINT or SIGTERM came."""


def watch_forever(
    controller: Controller,
    say: Callable[[str], None],
    final: frozenset[int],
    renew: Callable[[Controller], None] = lambda controller: None,
) -> int:
    """Keep the controller running until a signal comes, or until the first ends with a code in
    ``final`` (a mistake that a restart cannot mend). Once calls have been served, Asterisk holds
    some: then it is tried again whatever the code. ``renew`` is called when SIGHUP came. Returns
    the exit code for the shell."""
    renewal = False

    def on_signal(_number: int, _frame: object) -> None:
        raise Stopped

    def on_renewal(_number: int, _frame: object) -> None:
        nonlocal renewal
        renewal = True

    signal.signal(signal.SIGHUP, on_renewal)
    for number in (signal.SIGINT, signal.SIGTERM):
        signal.signal(number, on_signal)
    try:
        controller.start()
        while True:
            trouble = controller.watch(1.0)
            if renewal:
                renewal = False
                renew(controller)
                continue
            if not trouble:
                continue
            code = controller.stop(grace_s=0.0)
            if code in final and not controller.has_opened:
                return code
            say(f"The controller {trouble}; callers hear music while it starts again.")
            controller.restart()
    except Stopped:
        for number in (signal.SIGINT, signal.SIGTERM):
            signal.signal(number, signal.SIG_IGN)
        controller.stop()
        return 0


def controller_command(config: str, python: str = sys.executable) -> list[str]:
    # -P: the release's own code, not what lies in the folder we were started from.
    return [python, "-P", "-m", "runtime", "controller", "--config", config]
