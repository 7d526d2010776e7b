"""The command line: `threering`, also `python -m runtime`. Each command parses, calls, prints."""

import sys
from pathlib import Path

import click
from rich.console import Console

from config.folder import DEFAULT_FOLDER
from config.problems import ConfigRefused
from ivr.findings import TreeRefused
from runtime.controller import MISTAKE, run_controller
from runtime.run import run as run_hotline
from storage.errors import StorageError
from telephony.asterisk.boot import NotBooted
from telephony.asterisk.ports import PortTaken
from telephony.asterisk.root import NoAsterisk

FOR_PEOPLE = (
    ConfigRefused,
    TreeRefused,
    StorageError,
    NoAsterisk,
    NotBooted,
    PortTaken,
    ValueError,
    OSError,
)
"""What a person can mend: said in its own words, without a stack trace, exit code 2."""

_config = click.option(
    "--config",
    type=click.Path(file_okay=False, path_type=Path),
    default=DEFAULT_FOLDER,
    show_default=True,
    envvar="THREERING_CONFIG",
    help="The configuration folder; made from what we ship when it is not there.",
)


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
def threering() -> None:
    """ThreeRing (三响): a hotline on Asterisk, answered within three rings."""


@threering.command()
@_config
@click.option("--demo/--no-demo", default=False, help="With robots who call and answer.")
def run(config: Path, demo: bool) -> None:
    """Open the hotline and keep it open until Ctrl-C."""
    sys.exit(run_hotline(config, demo=demo, console=Console()))


@threering.command(hidden=True)
@_config
@click.option("--heartbeat-fd", type=int, default=None)
def controller(config: Path, heartbeat_fd: int | None) -> None:
    """The controller alone, as `run` starts it."""
    sys.exit(run_controller(config, heartbeat_fd))


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
