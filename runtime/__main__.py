"""The command line: `threering`, also `python -m runtime`. Each command parses, calls, prints."""

import sys
from pathlib import Path

import click
from rich.console import Console

from acd.simulator.change import Change
from acd.simulator.study import RUNS
from calls.words import Language, Strategy
from config.folder import DEFAULT_FOLDER, DEMO_FOLDER, usual_folder
from config.plan import read_plan
from config.problems import ConfigRefused
from cti.customer_csv import ImportRefused
from cti.import_worker import ImportStopped
from ivr.findings import TreeRefused
from ivr.service import NoSuchTree
from runtime.clock import WallClock
from runtime.commands import days, keeping, recordings, tables, trees
from runtime.commands import floor as floors
from runtime.commands.call import place_call
from runtime.commands.check import check as check_site
from runtime.commands.customers import import_file
from runtime.controller import MISTAKE, run_controller
from runtime.demo import run_demo
from runtime.installing import install as install_service
from runtime.run import make_ready
from runtime.run import run as run_hotline
from runtime.site import Site, open_site
from runtime.web.client import ApiRefused, Unreachable
from storage.errors import StorageError
from telephony.asterisk.boot import NotBooted
from telephony.asterisk.ports import PortTaken
from telephony.asterisk.root import NoAsterisk
from telephony.asterisk.settings import TEST_CALLER

FOR_PEOPLE = (
    ConfigRefused,
    TreeRefused,
    NoSuchTree,
    ImportRefused,
    ImportStopped,
    StorageError,
    NoAsterisk,
    NotBooted,
    PortTaken,
    ApiRefused,
    Unreachable,
    ValueError,
    OSError,
)
"""What a person can mend: said in its own words, without a stack trace, exit code 2."""

_config = click.option(
    "--config",
    type=click.Path(file_okay=False, path_type=Path),
    default=usual_folder,
    show_default=str(DEFAULT_FOLDER),
    envvar="THREERING_CONFIG",
    help="The configuration folder; made from what we ship when it is not there.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def threering() -> None:
    """ThreeRing (三响): a hotline on Asterisk, answered within three rings."""


@threering.command()
@click.option(
    "--config",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    envvar="THREERING_CONFIG",
    help=f"The configuration folder.  [default: {DEFAULT_FOLDER}; demo: {DEMO_FOLDER}]",
)
@click.option("--demo/--no-demo", default=False, help="With robots who call and answer.")
def run(config: Path | None, demo: bool) -> None:
    """Open the hotline and keep it open until Ctrl-C."""
    folder = config or (DEMO_FOLDER if demo else DEFAULT_FOLDER)
    sys.exit(run_hotline(folder, demo=demo, console=Console()))


@threering.command()
@_config
def check(config: Path) -> None:
    """Look whether everything a hotline needs is there; each line says what to do."""
    sys.exit(check_site(config, WallClock(), Console()))


_json = click.option("--json", "as_json", is_flag=True, help="One JSON object a line.")
_limit = click.option("--limit", default=20, show_default=True, help="How many, newest first.")


@threering.command()
@_config
@_json
@_limit
def calls(config: Path, as_json: bool, limit: int) -> None:
    """The last calls: who, how long they waited, who answered on which ring."""
    tables.show_calls(open_site(config), limit, as_json=as_json, console=Console())


@threering.command()
@_config
@_json
@_limit
def tickets(config: Path, as_json: bool, limit: int) -> None:
    """The newest tickets."""
    tables.show_tickets(open_site(config), limit, as_json=as_json, console=Console())


@threering.command()
@_config
@_json
def floor(config: Path, as_json: bool) -> None:
    """Queues and agents as they are now."""
    floors.show_floor(open_site(config), as_json=as_json, console=Console())


@threering.command()
@_config
def watch(config: Path) -> None:
    """The floor, live, until Ctrl-C."""
    floors.watch(open_site(config), Console())


@threering.command()
@_config
@click.option("--dial", default="", help="Called number; default: the first one configured.")
@click.option("--keys", default="1,,,,,,1", show_default=True, help="Keys a second apart; , waits.")
@click.option("--limit", default=120.0, show_default=True, help="Seconds until we hang up.")
def call(config: Path, dial: str, keys: str, limit: float) -> None:
    """Place a test call through the whole path; each hop with its time."""
    site = open_site(config)
    number = dial or next(iter(site.configuration.trunks.numbers), TEST_CALLER)
    sys.exit(place_call(site, number, keys, limit, Console()))


_lang = click.option(
    "--lang",
    type=click.Choice([one.value for one in Language]),
    default=None,
    help="Of the sentences; default: the site's first.",
)
_plot = click.option(
    "--plot",
    type=click.Path(file_okay=False, path_type=Path),
    default=None,
    help="Also write study.png and study.html into this folder.",
)


@threering.command()
@_config
@_json
@_lang
@click.argument("call_id", metavar="CALL")
def explain(config: Path, as_json: bool, lang: str | None, call_id: str) -> None:
    """Why each agent was rung for CALL and the others were not; or why nobody has been yet."""
    site = open_site(config)
    days.explain(site, call_id, _language(site, lang), as_json=as_json, console=Console())


@threering.command()
@_config
@_json
@click.argument("day")
def replay(config: Path, as_json: bool, day: str) -> None:
    """Decide DAY (2026-11-24, today, yesterday) again with this release; says where it differs."""
    sys.exit(days.replay(open_site(config), day, as_json=as_json, console=Console()))


@threering.command()
@_config
@_json
@_lang
@_plot
@click.argument("day")
@click.option("--ring", type=int, default=None, help="How many rings.")
@click.option("--wrap-up", type=float, default=None, help="Seconds of wrap-up, at most.")
@click.option("--agents", type=int, default=0, help="+3: three more, like those who worked.")
@click.option("--skill", multiple=True, help="NAME=+2: two more agents have it.")
@click.option("--strategy", type=click.Choice([one.value for one in Strategy]), default=None)
@click.option("--calls", type=float, default=0.0, help="Percent more callers, or fewer.")
@click.option("--runs", type=int, default=RUNS, show_default=True)
@click.option("--seed", type=int, default=1, show_default=True)
def whatif(
    config: Path,
    as_json: bool,
    lang: str | None,
    plot: Path | None,
    day: str,
    ring: int | None,
    wrap_up: float | None,
    agents: int,
    skill: tuple[str, ...],
    strategy: str | None,
    calls: float,
    runs: int,
    seed: int,
) -> None:
    """DAY as it was beside DAY with other rings, agents, skills, strategy or callers."""
    change = Change(
        name="what if",
        rings=ring,
        wrap_up_s=wrap_up,
        strategy=Strategy(strategy) if strategy else None,
        agents=agents,
        skills=days.skills_of(skill),
        calls_percent=calls,
    )
    site, console = open_site(config), Console()
    language = _language(site, lang)
    days.what_if(site, day, change, runs, seed, plot, language, as_json=as_json, console=console)


@threering.command()
@_config
@_json
@_lang
@_plot
@click.argument("plan", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def simulate(config: Path, as_json: bool, lang: str | None, plot: Path | None, plan: Path) -> None:
    """Several variants of a real day, or of one made up, as PLAN (a YAML file) says."""
    site, console = open_site(config), Console()
    language = _language(site, lang)
    days.simulate(site, read_plan(plan), plot, language, as_json=as_json, console=console)


@threering.command()
@_config
@_json
@click.argument("period", metavar="DAY|FIRST..LAST")
@click.option("--target", type=float, default=0.8, show_default=True, help="Service level.")
def staffing(config: Path, as_json: bool, period: str, target: float) -> None:
    """Agents needed for each quarter of an hour, by Erlang C and A, from the centre's own days."""
    days.staffing(open_site(config), period, target, as_json=as_json, console=Console())


def _language(site: Site, asked: str | None) -> Language:
    return Language(asked) if asked else site.configuration.settings.languages[0]


@threering.command()
@_config
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
def import_customers(config: Path, file: Path) -> None:
    """Take customers from a CSV file: good rows in, bad rows listed."""
    sys.exit(import_file(open_site(config), file, Console()))


@threering.group()
def tree() -> None:
    """IVR trees as files: check, publish, export."""


@threering.group("recordings")
def recordings_group() -> None:
    """Recorded audio: prove that nothing was changed, and seal with a new key."""


@recordings_group.command("verify")
@_config
@click.option("--audio", is_flag=True, help="Read every file, too; takes as long as that does.")
def verify_recordings(config: Path, audio: bool) -> None:
    """Follow the chain over all recordings; names the first link that is broken."""
    sys.exit(recordings.verify_recordings(open_site(config), Console(), audio=audio))


@recordings_group.command("new-key")
@_config
def new_key(config: Path) -> None:
    """Make a new key to encrypt with; what older keys have encrypted is read as before."""
    sys.exit(recordings.new_key(open_site(config), Console()))


_file = click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))


@tree.command("check")
@_config
@_file
def check_tree(config: Path, file: Path) -> None:
    """Name every mistake in a tree, with the path to it."""
    trees.check_file(open_site(config), file, Console())


@tree.command("publish")
@_config
@_file
def publish_tree(config: Path, file: Path) -> None:
    """Check the tree, speak its prompts, and make it what new callers hear."""
    trees.publish_file(open_site(config), file, WallClock(), Console())


@tree.command("export")
@_config
@click.argument("tree_id")
@click.argument("file", required=False, type=click.Path(dir_okay=False, path_type=Path))
def export_tree(config: Path, tree_id: str, file: Path | None) -> None:
    """Write a tree's draft to FILE, or to standard output."""
    trees.export(open_site(config), tree_id, file)


_root = click.option(
    "--root",
    type=click.Path(file_okay=False, path_type=Path),
    default=Path("/"),
    help="Below this folder instead of on this machine.",
)


@threering.command()
@_root
@click.option("--dry-run", is_flag=True, help="Say what would be done, and do nothing.")
def install(root: Path, dry_run: bool) -> None:
    """Make the hotline a service of this machine; root alone may."""
    install_service(root.resolve(), dry_run=dry_run, say=print)


@threering.command()
@_config
@click.argument("file", type=click.Path(dir_okay=False, path_type=Path))
def backup(config: Path, file: Path) -> None:
    """The whole site into FILE, while calls go on."""
    keeping.backup(open_site(config), file, WallClock(), Console())


@threering.command()
@_config
@click.argument("file", type=click.Path(exists=True, dir_okay=False, path_type=Path))
@click.option("--over", is_flag=True, help="Although there is a site; that one is moved aside.")
def restore(config: Path, file: Path, over: bool) -> None:
    """A site from FILE, into the configuration folder and where its settings say."""
    keeping.restore(config, file, over, WallClock(), Console())


@threering.command()
@_config
@click.argument("release", type=click.Path(exists=True, file_okay=False, path_type=Path))
def upgrade(config: Path, release: Path) -> None:
    """Go on with the hotline in RELEASE, another checkout or environment; no call is lost."""
    sys.exit(keeping.upgrade(open_site(config), release, Console()))


@threering.command(hidden=True)
@_config
def prepare(config: Path) -> None:
    """Make ready whatever this release needs, as `upgrade` asks of the new one."""
    make_ready(open_site(config), Console(), demo=False)


@threering.command(hidden=True)
@_config
@click.option("--heartbeat-fd", type=int, default=None)
def controller(config: Path, heartbeat_fd: int | None) -> None:
    """The controller alone, as `run` starts it."""
    sys.exit(run_controller(config, heartbeat_fd))


@threering.command(hidden=True)
@_config
def demo(config: Path) -> None:
    """The demo's robots alone, as `run --demo` starts them."""
    sys.exit(run_demo(open_site(config)))


def main() -> None:
    try:
        threering.main(standalone_mode=False)
    except click.ClickException as error:
        error.show()
        sys.exit(error.exit_code)
    except click.Abort:
        sys.exit(130)
    except FOR_PEOPLE as error:
        print(f"threering: {error}", file=sys.stderr)
        sys.exit(MISTAKE)


if __name__ == "__main__":
    main()
