"""The heavy work of an office, while calls come in: an import and a report, in processes of their
own, beginning anew when they are done. At low priority, as the house itself runs them."""

import subprocess
import sys
import threading
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path

from runtime.site import Site

LOW = ("nice", "-n", "10")
REPORT = """
import sqlite3, sys
with sqlite3.connect(sys.argv[1]) as reading:
    reading.execute(
        "SELECT level, substr(name, 1, 8), count(*) FROM customers GROUP BY 1, 2 ORDER BY 3"
    ).fetchall()
    reading.execute(
        "SELECT agent, avg(started_at), count(*) FROM call_records GROUP BY 1"
    ).fetchall()
"""


@contextmanager
def chores(site: Site, file: Path) -> Iterator[None]:
    """Import ``file`` and report, as long as the block lasts. Ends both with it."""
    config = str(site.configuration.folder)
    database = site.configuration.settings.database_url.removeprefix("sqlite:///")
    commands = (
        [*LOW, sys.executable, "-m", "runtime", "import-customers", str(file), "--config", config],
        [*LOW, sys.executable, "-c", REPORT, database],
    )
    over = threading.Event()
    workers = [threading.Thread(target=_repeat, args=(c, over)) for c in commands]
    for worker in workers:
        worker.start()
    try:
        yield
    finally:
        over.set()
        for worker in workers:
            worker.join()


def _repeat(command: Sequence[str], over: threading.Event) -> None:
    while not over.is_set():
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        while process.poll() is None and not over.wait(0.1):
            pass
        if process.poll() is None:
            process.terminate()
        process.wait()
