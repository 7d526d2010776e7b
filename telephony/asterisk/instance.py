"""One running Asterisk of ours: rendered, started, booted, reloaded, stopped.

Blocking: ``with Instance(settings, find_root(var)) as asterisk: ...``. From asyncio: ``await
start()``, ``await stop()``. It dies with the *thread* that started it, so start it from a thread
that lives as long: the main one, never a worker.
"""

import asyncio
import os
import signal
import subprocess
from collections.abc import Callable
from pathlib import Path
from types import TracebackType

from telephony.asterisk.boot import wait_booted
from telephony.asterisk.enclosure import command
from telephony.asterisk.ports import check_ports
from telephony.asterisk.render import render
from telephony.asterisk.root import AsteriskRoot, check_version
from telephony.asterisk.settings import AsteriskSettings

_BOOT_LIMIT_S = 60.0
_STOP_LIMIT_S = 5.0
_OWN_FOLDERS = ("etc", "local", "lib/keys", "run", "spool", "cache", "log/cel", "jail")


class Instance:
    def __init__(
        self,
        settings: AsteriskSettings,
        root: AsteriskRoot,
        progress: Callable[[str], None] = lambda line: None,
    ) -> None:
        """``progress`` hears a line when something begins that takes a while."""
        self.settings = settings
        self.version = ""
        """As Asterisk says it, once booted."""
        self._root = root
        self._progress = progress
        self._process: subprocess.Popen[bytes] | None = None

    @property
    def pid(self) -> int | None:
        """Asterisk's own process id, while it runs."""
        return self._process.pid if self.running and self._process else None

    @property
    def running(self) -> bool:
        return self._process is not None and self._process.poll() is None

    @property
    def log_folder(self) -> Path:
        return self.settings.folder / "log"

    def render(self) -> None:
        """Write ``<folder>/etc`` anew, each file whole or not at all, readable by us only.

        Files of other names there, and everything in ``local``, stay as they are.
        """
        texts = render(self.settings, self._root, self._root.indications())
        folder = self.settings.folder
        for name in _OWN_FOLDERS:
            (folder / name).mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)
        for shown in (self.settings.prompts_folder, self.settings.voicemail_folder):
            shown.mkdir(parents=True, exist_ok=True)
        for name, text in texts.items():
            fresh = folder / "etc" / f".{name}"
            fresh.write_text(text, encoding="utf-8")
            fresh.chmod(0o600)
            fresh.replace(folder / "etc" / name)
        if os.geteuid() == 0:
            _take_over(folder)
            _take_over(self.settings.recordings_folder, folders_only=True)

    def start_blocking(self) -> None:
        """Render, start and wait until booted. Raises PortTaken, NotBooted, ValueError, or
        NoAsterisk for one that is too old; nothing is left running then."""
        self._spawn()
        self._wait_booted()

    async def start(self) -> None:
        """The same without blocking the loop; call it on the thread that will live on."""
        self._spawn()
        await asyncio.to_thread(self._wait_booted)

    def reconfigure(self, settings: AsteriskSettings) -> None:
        """Render other settings and let Asterisk read them; calls go on. Devices, trunks, rescue
        and zone change within a second, addresses, ports and folders only with a new start."""
        self.settings = settings
        self.render()
        if self._process is not None and self.running:
            self._process.send_signal(signal.SIGHUP)

    def stop_blocking(self) -> None:
        """Asterisk and its mounts are gone when this returns; its calls end."""
        process, self._process = self._process, None
        if process is None:
            return
        if process.poll() is None:
            process.terminate()
        try:
            process.wait(_STOP_LIMIT_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    async def stop(self) -> None:
        await asyncio.to_thread(self.stop_blocking)

    def __enter__(self) -> "Instance":
        self.start_blocking()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        at: TracebackType | None,
    ) -> None:
        self.stop_blocking()

    def _spawn(self) -> None:
        if self.running:
            raise RuntimeError("this Asterisk runs already")
        check_ports(self.settings)
        self.render()
        folder = self.settings.folder
        for stale in (folder / "run").glob("asterisk.*"):
            stale.unlink()
        argv = command(self._root, self._shown(), folder / "jail", folder / "etc" / "asterisk.conf")
        self._progress("starting Asterisk")
        with open(self.log_folder / "console.txt", "wb") as console:
            self._process = subprocess.Popen(
                argv,
                stdin=subprocess.DEVNULL,
                stdout=console,
                stderr=subprocess.STDOUT,
                cwd="/",
                env={
                    "PATH": "/usr/sbin:/usr/bin:/sbin:/bin",
                    "HOME": str(folder),
                    "LANG": "C.UTF-8",
                },
                start_new_session=True,  # Ctrl-C in a terminal is for us, who then stop it in order
            )

    def _shown(self) -> list[Path]:
        """The folders Asterisk sees; one that lies in another comes with it."""
        wanted = (
            self.settings.folder,
            self.settings.prompts_folder,
            self.settings.recordings_folder,
        )
        return [
            folder
            for folder in dict.fromkeys(wanted)
            if not any(folder != other and folder.is_relative_to(other) for other in wanted)
        ]

    def _wait_booted(self) -> None:
        settings = self.settings
        try:
            self.version = wait_booted(
                settings.ami_port, settings.ami_secret, _BOOT_LIMIT_S, self._why_gone
            )
            check_version(self.version)
        except BaseException:
            self.stop_blocking()
            raise
        self._progress(f"Asterisk {self.version} is up")

    def _why_gone(self) -> str | None:
        if self.running:
            return None
        console = (self.log_folder / "console.txt").read_text(errors="replace").strip()
        last = console.splitlines()[-1] if console else "it said nothing"
        if os.geteuid() and "unshare" in last:
            last += " (user namespaces are refused here: run as root)"
        return f"Asterisk ended while starting: {last}; see {self.log_folder}"


def _take_over(folder: Path, *, folders_only: bool = False) -> None:
    """Make root the owner: root's Asterisk has no capabilities, so it may write only what is
    root's, and an earlier run may have been an ordinary user's."""
    for place, _, files in os.walk(folder):
        for path in (place, *(os.path.join(place, name) for name in files if not folders_only)):
            if os.lstat(path).st_uid != 0:
                os.chown(path, 0, 0, follow_symlinks=False)
