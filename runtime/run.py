"""`threering run`: make ready what is missing, start Asterisk, keep the controller alive, end all.

The order of ending is the reverse, and nothing is left: Asterisk dies with this process even when
it is killed.
"""

import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from ivr.document import dump_tree
from ivr.service import TreeBook
from ivr.sql_store import SqlTrees
from runtime.clock import WallClock
from runtime.controller import MISTAKE
from runtime.parent import Controller, controller_command, watch_forever
from runtime.prepare import prepare_database, prepare_prompts, shipped_trees
from runtime.site import Site, open_site
from telephony.asterisk.instance import Instance

Say = Callable[[str], None]


def run(config: Path, *, demo: bool, console: Console) -> int:
    """Until Ctrl-C or SIGTERM. Returns the exit code. Raises what site, database, speech and
    Asterisk raise for what a person must mend."""

    def say(line: str) -> None:
        console.print(line, highlight=False)

    site = open_site(config, demo=demo)
    _prepare(site, console)
    with ExitStack() as open_parts:
        asterisk = Instance(site.asterisk(), site.asterisk_root())
        with console.status("starting Asterisk"):
            open_parts.enter_context(asterisk)
        say(f"Asterisk {asterisk.version.partition('+')[0]} is up.")
        if demo:
            open_parts.enter_context(_demo_floor(config))
        _where_to_look(site, say)
        controller = Controller(controller_command(str(config)))
        return watch_forever(controller, say, final=frozenset({MISTAKE}))


def _prepare(site: Site, console: Console) -> None:
    trees = shipped_trees()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        rows: dict[str, int] = {}

        def progress(what: str, done: int, of: int) -> None:
            if what not in rows:
                rows[what] = bars.add_task(what, total=None)
            bars.update(rows[what], completed=done, total=of or None)  # type: ignore[arg-type]

        database = prepare_database(site, progress)
        prepare_prompts(site, trees, progress)
    book = TreeBook(SqlTrees(database))
    for tree in trees:
        book.install(dump_tree(tree), "set-up", WallClock().now())
    database.dispose()


def _where_to_look(site: Site, say: Say) -> None:
    settings = site.configuration.settings
    web, listen = settings.web, settings.listen
    say(f"The hotline opens.  Board: http://{web.address}:{web.port}/")
    for number in site.configuration.trunks.numbers:
        say(f"Called number: {number}, by SIP at {listen.address}:{listen.sip_port}")
    say(f"Logs: {site.logs}    Stop with Ctrl-C.")


@contextmanager
def _demo_floor(config: Path) -> Iterator[None]:
    """Robots with phones, and robots who call, in a process of their own."""
    process = subprocess.Popen([sys.executable, "-m", "runtime", "demo", "--config", str(config)])
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
