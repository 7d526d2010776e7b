"""A real PostgreSQL of its own for tests: in a folder of its own, on a socket in it, no network.

It refuses to run as root; then another user of the machine runs it.
"""

import os
import pwd
import shutil
import signal
import subprocess
import tempfile
import time
from pathlib import Path

import psycopg
from psycopg import sql

ROLE = "threering"
_QUICK = {
    "listen_addresses": "",
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "max_connections": "200",
    "shared_buffers": "64MB",
    "log_min_messages": "fatal",
}
"""Nothing here shall outlive a power cut."""


class PostgresServer:
    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="threering-pg-"))
        self._process: subprocess.Popen[bytes] | None = None
        self._as: list[str] = []
        if os.geteuid() == 0:
            user = _somebody()
            os.chown(self.folder, user.pw_uid, user.pw_gid)
            self._as = [f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups"]

    def url(self, database: str) -> str:
        return f"postgresql://{ROLE}@/{database}?host={self.folder}"

    def start(self, **settings: str) -> None:
        """Returns when it answers; ``settings`` instead of the quick ones."""
        data = self.folder / "data"
        if not data.exists():
            made = ["initdb", "--no-sync", "-A", "trust", "-U", ROLE, "-E", "UTF8"]
            self._run(*made, "--locale=C.UTF-8", "-D", str(data)).check_returncode()
        options = [f"--{name}={value}" for name, value in (_QUICK | settings).items()]
        program = [_program("postgres"), "-D", str(data), "-k", str(self.folder), *options]
        # Ends with us, whatever ends us.
        start = ["setpriv", "--pdeathsig", "QUIT", *self._as, *program]
        self._process = subprocess.Popen(
            start, cwd="/", stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL
        )
        give_up = time.monotonic() + 30.0
        while not self._answers():
            assert self._process.poll() is None, "postgres would not start"
            assert time.monotonic() < give_up, "postgres does not answer"
            time.sleep(0.02)

    def create(self, name: str, template: str | None = None) -> None:
        """A database, as a copy of another where one is named."""
        statement = sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name))
        if template is not None:
            copied = sql.SQL(" TEMPLATE {} STRATEGY FILE_COPY").format(sql.Identifier(template))
            statement = statement + copied
        self._ask(statement)

    def drop(self, name: str) -> None:
        self._ask(sql.SQL("DROP DATABASE {} WITH (FORCE)").format(sql.Identifier(name)))

    def kill(self) -> None:
        """As when its machine goes down: everybody's connection breaks."""
        self._end(signal.SIGQUIT)

    def close(self) -> None:
        self._end(signal.SIGINT)
        shutil.rmtree(self.folder, ignore_errors=True)

    def _end(self, how: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(how)
            self._process.wait(30)
            self._process = None

    def _ask(self, statement: sql.Composed) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement)

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True

    def _run(self, program: str, *arguments: str) -> subprocess.CompletedProcess[bytes]:
        command = ["setpriv", *self._as] if self._as else []
        command += [_program(program), *arguments]
        return subprocess.run(command, cwd="/", stdout=subprocess.DEVNULL)


def _somebody() -> pwd.struct_passwd:
    for name in ("postgres", "nobody"):
        try:
            return pwd.getpwnam(name)
        except KeyError:
            continue
    raise AssertionError("no user of this machine may run PostgreSQL for root")


def _program(name: str) -> str:
    """Debian keeps them beside the path, a folder for each major version."""
    places = sorted(Path("/usr/lib/postgresql").glob(f"*/bin/{name}"), key=_major)
    found = shutil.which(name) or (str(places[-1]) if places else None)
    assert found, f"{name} is missing: sh telephony/provisioning/prerequisites.sh test"
    return found


def _major(program: Path) -> int:
    return int(program.parts[-3]) if program.parts[-3].isdigit() else 0
