"""The hotline as a service of its machine: a user of its own, a systemd unit, folders, rotation.

``--dry-run`` prints what would be done, ``--root`` does it below another folder. The hotline's own
log, Asterisk's log of calls and the journal are kept small by the hotline itself; what is left to
logrotate is what Asterisk writes for people.
"""

import os
import pwd
import shutil
import subprocess
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

USER = "threering"
CONFIG = Path("/etc/threering")
DATA = Path("/var/lib/threering")
UNIT = Path("/etc/systemd/system/threering.service")
ROTATION = Path("/etc/logrotate.d/threering")

Say = Callable[[str], None]

_UNIT = """\
[Unit]
Description=ThreeRing hotline
Documentation=file://{home}/README.md
After=network-online.target postgresql.service redis-server.service
Wants=network-online.target

[Service]
Type=exec
User={user}
Group={user}
Environment=THREERING_CONFIG={config}
Environment=THREERING_DATA={data}
WorkingDirectory={home}
ExecStart={python} -m runtime run --no-demo
# Another release, named by `threering upgrade`: the controller changes, calls stay.
ExecReload=/bin/kill -HUP $MAINPID
KillMode=mixed
TimeoutStartSec=10min
TimeoutStopSec=30
Restart=on-failure
RestartSec=2
LimitNOFILE=65536
UMask=0077
NoNewPrivileges=yes
ProtectSystem=full
ReadWritePaths={data} {config}
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectClock=yes
RestrictSUIDSGID=yes
LockPersonality=yes

[Install]
WantedBy=multi-user.target
"""

_ROTATION = """\
{data}/asterisk/log/messages.log {data}/asterisk/log/security.log {{
    su {user} {user}
    weekly
    maxsize 50M
    rotate 8
    compress
    missingok
    notifempty
    copytruncate
}}
"""


@dataclass(frozen=True, slots=True)
class Step:
    """``what`` for people; ``do`` when it is meant."""

    what: str
    do: Callable[[], None]


def install(root: Path, *, dry_run: bool, say: Say) -> None:
    """Below ``root``; ``/`` is this machine. What is there already is left or written anew, so that
    it may be done twice. Raises OSError, and CalledProcessError where the system refuses."""
    for step in _steps(root):
        say(step.what)
        if not dry_run:
            step.do()


def _steps(root: Path) -> Iterator[Step]:
    here = root == Path("/")
    words = {
        "user": USER,
        "home": Path(__file__).resolve().parent.parent,
        "python": sys.executable,
        "config": CONFIG,
        "data": DATA,
    }
    if here:
        yield Step(f"user {USER}, without a log-in", _add_user)
    for folder in (CONFIG, DATA):
        yield Step(
            f"folder {folder}, for {USER} alone",
            lambda folder=folder: _folder(_below(root, folder), owned=here),  # type: ignore[misc]
        )
    for path, text in ((UNIT, _UNIT), (ROTATION, _ROTATION)):
        text = text.format(**words)
        yield Step(
            f"{path}:\n{text}",
            lambda path=path, text=text: _write(_below(root, path), text),  # type: ignore[misc]
        )
    if here and shutil.which("systemctl"):
        yield Step("systemctl daemon-reload", lambda: _run("systemctl", "daemon-reload"))
        yield Step(
            "systemctl enable threering: it opens with the machine; now: systemctl start threering",
            lambda: _run("systemctl", "enable", "threering"),
        )


def _below(root: Path, path: Path) -> Path:
    return root / path.relative_to("/")


def _add_user() -> None:
    try:
        pwd.getpwnam(USER)
    except KeyError:
        _run("useradd", "--system", "--home-dir", str(DATA), "--shell", "/usr/sbin/nologin", USER)


def _folder(path: Path, *, owned: bool) -> None:
    path.mkdir(parents=True, exist_ok=True)
    path.chmod(0o700)
    if owned:
        user = pwd.getpwnam(USER)
        os.chown(path, user.pw_uid, user.pw_gid)


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    new = path.with_name(f".{path.name}.new")
    new.write_text(text, encoding="utf-8")
    new.chmod(0o644)
    new.replace(path)


def _run(*command: str) -> None:
    subprocess.run(command, check=True)
