"""`threering import-customers FILE.csv`: good rows in, bad rows listed with line and reason."""

import asyncio
from pathlib import Path

from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, DownloadColumn, Progress, TextColumn, TimeRemainingColumn

from cti.import_customers import ImportReport
from cti.import_worker import import_in_worker
from runtime.site import Site
from storage.database import Database

SHOWN = 50
"""Bad rows printed; the count covers the rest."""


def import_file(site: Site, file: Path, console: Console) -> int:
    """0 when every row went in, 1 when some were bad. Raises ImportRefused, ImportStopped."""
    settings = site.configuration.settings
    database = Database(settings.database_url)
    database.migrate()
    database.dispose()
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        DownloadColumn(),
        TimeRemainingColumn(),
    )
    with Progress(*columns, console=console, transient=True) as bars:
        row = bars.add_task("customers", total=None)

        def progress(report: ImportReport) -> None:
            bars.update(row, completed=report.read_bytes, total=report.total_bytes)

        report = asyncio.run(
            import_in_worker(
                file,
                settings.database_url,
                progress,
                region=settings.region,
                area_code=settings.area_code,
            )
        )
    _print(report, console)
    return 1 if report.bad else 0


def _print(report: ImportReport, console: Console) -> None:
    console.print(
        f"{report.rows} rows: {report.added} new, {report.updated} changed, "
        f"{report.same} as they were, {report.bad} bad.",
        highlight=False,
    )
    for bad in report.bad_rows[:SHOWN]:
        console.print(f"line {bad.line}: {escape(bad.reason)}", highlight=False)
    if report.bad > SHOWN:
        console.print(f"... and {report.bad - SHOWN} more")
