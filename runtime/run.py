"""`threering run`: make ready what is missing, start Asterisk, keep the controller alive, end all.

The order of ending is the reverse, and nothing is left: Asterisk dies with this process even when
it is killed.
"""

import json
import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TaskID, TextColumn, TimeElapsedColumn

from agent_softphone_bridge.people import DEMO, People
from agent_softphone_bridge.sql_store import SqlPeople
from config.folder import CUSTOMERS, usual_folder
from config.settings import ProcessRole
from cti.import_customers import import_customers
from cti.sql_store import SqlCustomers
from ivr.document import dump_tree
from ivr.service import TreeBook
from ivr.sql_store import SqlTrees
from runtime.clock import WallClock
from runtime.controller import MISTAKE
from runtime.demo import PASSWORDS, answered_by_robots
from runtime.parent import Controller, controller_command, watch_forever
from runtime.prepare import prepare_database, prepare_prompts, shipped_trees
from runtime.ready_to_open import check_doors, check_journal, check_room
from runtime.releases import Releases
from runtime.site import Site, open_site
from storage.database import Database
from telephony.asterisk.instance import Instance

Say = Callable[[str], None]
_ENDS_WITH_US = ("setpriv", "--pdeathsig", "TERM", "--")
EVERY_PAGE = "   (agent, supervisor, department and admin in one: every page)"


def run(config: Path, *, demo: bool, console: Console) -> int:
    """Until Ctrl-C or SIGTERM. Returns the exit code. Raises what site, database, speech and
    Asterisk raise for what a person must mend."""

    def say(line: str) -> None:
        console.print(line, highlight=False)

    site = open_site(config, demo=demo)
    for look in (check_room, check_doors, check_journal):
        look(site)
    passwords = make_ready(site, console, demo=demo)
    with ExitStack() as open_parts:
        if ProcessRole.EDGE in site.configuration.settings.roles:
            asterisk = Instance(site.asterisk(), site.asterisk_root())
            with console.status("starting Asterisk"):
                open_parts.enter_context(asterisk)
            say(f"Asterisk {asterisk.version.partition('+')[0]} is up.")
        if demo:
            open_parts.enter_context(_demo_floor(config, passwords))
        _where_to_look(site, say)
        for name, password in passwords.items():
            say(f"Sign in as {name} with {password}{EVERY_PAGE if name == DEMO else ''}")
        releases = Releases(site.data)
        running = releases.chosen()
        controller = Controller(controller_command(str(config), running))
        releases.i_am_the_parent()
        releases.runs(running)
        open_parts.callback(releases.parent_is_gone)

        def renew(controller: Controller) -> None:
            nonlocal running
            wanted = releases.chosen()
            say(f"Another release takes over: {wanted}")
            if controller.replace(controller_command(str(config), wanted)):
                running = wanted
                releases.runs(running)
                return
            releases.choose(running)
            say(f"It did not open; {running} goes on.")

        return watch_forever(controller, say, frozenset({MISTAKE}), renew)


def make_ready(site: Site, console: Console, *, demo: bool) -> dict[str, str]:
    """Everything a first call needs; passwords made just now, to be shown once."""
    trees = shipped_trees()
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        rows: dict[str, TaskID] = {}

        def progress(what: str, done: int, of: int) -> None:
            if what not in rows:
                rows[what] = bars.add_task(what, total=None)
            bars.update(rows[what], completed=done, total=of or None)

        database = prepare_database(site, progress)
        if {ProcessRole.EDGE, ProcessRole.WEB} & set(site.configuration.settings.roles):
            prepare_prompts(site, trees, progress)
    clock = WallClock()
    book = TreeBook(SqlTrees(database))
    for tree in trees:
        book.install(dump_tree(tree), "set-up", clock.now())
    people = People(SqlPeople(database), clock.now)
    if demo:
        _demo_customers(site, database, clock)
        agents = site.configuration.floor.agents
        own = next((agent.id for agent in agents if not answered_by_robots(agent)), None)
        passwords = people.ensure_demo_people(((agent.id, agent.name) for agent in agents), own)
    else:
        password = people.ensure_admin()
        passwords = {"admin": password} if password else {}
    database.dispose()
    return passwords


def _demo_customers(site: Site, database: Database, clock: WallClock) -> None:
    settings = site.configuration.settings
    import_customers(
        site.configuration.folder / CUSTOMERS,
        SqlCustomers(database),
        lambda report: None,
        now=clock.now,
        pause=lambda seconds: None,
        region=settings.region,
        area_code=settings.area_code,
    )


def _where_to_look(site: Site, say: Say) -> None:
    settings = site.configuration.settings
    web, listen = settings.web, settings.listen
    if ProcessRole.WEB in settings.roles:
        say(f"The hotline opens.  Board: http://{web.address}:{web.port}/")
        if web.callers:
            say(f"Call it from the browser: http://{web.address}:{web.port}/call")
    else:
        say(f"The hotline opens in part: {', '.join(settings.roles)}.")
    for number in site.configuration.trunks.numbers if ProcessRole.EDGE in settings.roles else ():
        say(f"Called number: {number}, by SIP at {listen.address}:{listen.sip_port}")
    folder = site.configuration.folder
    if folder != usual_folder().resolve():
        say(f"Commands for this hotline: threering ... --config {folder}")
    say(f"Logs: {site.logs}    Stop with Ctrl-C.")


@contextmanager
def _demo_floor(config: Path, passwords: dict[str, str]) -> Iterator[None]:
    """Robots with phones, and robots who call, in a process of their own."""
    process = subprocess.Popen(
        [*_ENDS_WITH_US, sys.executable, "-m", "runtime", "demo", "--config", str(config)],
        env={**os.environ, PASSWORDS: json.dumps(passwords)},
    )
    try:
        yield
    finally:
        process.terminate()
        try:
            process.wait(5.0)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
