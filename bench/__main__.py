"""`python -m bench [FIGURE...]`: measure, show the table, keep the JSON."""

import os
import signal
import sys
import time
from pathlib import Path

import click
from rich.console import Console

from bench import peer, report
from bench.figure import Effort, Figure
from bench.figures import FIGURES
from bench.site import Plan

REALTIME = 5
"""Any real-time priority stands above everything ordinary."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("names", nargs=-1, metavar="[FIGURE]...")
@click.option("--runs", default=5, show_default=True, help="Alternating runs of each side.")
@click.option("--quick", is_flag=True, help="Small and rough: does the bench itself work?")
@click.option("--realtime", is_flag=True, help="All at real-time priority, on a shared machine.")
@click.option("--keep", type=click.Path(path_type=Path), default=report.RESULTS)
def main(names: tuple[str, ...], runs: int, quick: bool, realtime: bool, keep: Path) -> None:
    """Measure the FIGUREs named, or all of them: ours beside bare app_queue."""
    # Ended from outside, nothing is left either.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))
    console = Console()
    unknown = [name for name in names if name not in FIGURES]
    if unknown:
        raise click.UsageError(f"no figure {', '.join(unknown)}; there are {', '.join(FIGURES)}")
    if realtime:
        os.sched_setscheduler(0, os.SCHED_RR, os.sched_param(REALTIME))
    where = report.machine() | {"realtime": realtime, "quick": quick, "runs": runs}
    console.rule("app_queue as measured: queues.conf and its dialplan")
    console.print(peer.queues(Plan(agents=2), Path("/prompts")), markup=False, highlight=False)
    console.print(peer.extensions(Plan(), Path("/prompts")), markup=False, highlight=False)
    figures: list[Figure] = []
    failed = False
    for name in names or FIGURES:
        began = time.monotonic()
        with console.status(f"measuring {name}"):
            try:
                found = list(FIGURES[name](Effort(runs=1 if quick else runs, quick=quick)))
            except (RuntimeError, TimeoutError, OSError) as error:
                console.print(f"[red]{name} could not be measured:[/] {error}")
                failed = True
                continue
        figures += found
        console.print(f"{name}: measured in {time.monotonic() - began:.0f} s")
        report.keep(figures, where, keep)
    report.show(figures, where, console)
    sys.exit(1 if failed else 0)


if __name__ == "__main__":
    main()
