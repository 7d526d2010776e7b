"""`threering tree check|publish|export`: trees as files. A mistake is named with its path."""

import sys
from pathlib import Path

from rich.console import Console
from rich.markup import escape

from calls.clock import Clock
from calls.ids import TreeId
from ivr.document import load_tree
from ivr.findings import Finding, TreeRefused
from ivr.service import TreeBook, TreeVersion
from ivr.sql_store import SqlTrees
from ivr.validator import check
from runtime.house_knows import known_to
from runtime.prepare import speak_tree
from runtime.site import Site
from storage.database import Database

BY = "command line"


def check_file(site: Site, file: Path, console: Console) -> None:
    """Print every finding; raises TreeRefused when one of them forbids publishing."""
    tree = load_tree(file.read_bytes(), str(file))
    findings = check(tree, known_to(site, lambda: site.configuration)())
    _print(findings, console)
    _refuse_errors(str(file), findings)
    console.print(f"{file} may be published: {len(tree.nodes)} nodes.", highlight=False)


def publish_file(site: Site, file: Path, clock: Clock, console: Console) -> TreeVersion:
    """Make the file the draft of its tree and publish it: new callers hear it as soon as the
    controller has read it. Raises TreeRefused; nothing has changed then."""
    document = file.read_bytes()
    tree = load_tree(document, str(file))
    with console.status(f"speaking the prompts of {tree.id}"):
        speak_tree(site, tree)
    database = Database(site.configuration.settings.database_url)
    try:
        database.migrate()
        book = TreeBook(SqlTrees(database), known_to(site, lambda: site.configuration))
        book.save_draft(tree.id, document, BY, clock.now())
        version = book.publish(tree.id, BY, clock.now())
    finally:
        database.dispose()
    console.print(f"{tree.id} is published as {version.hash}.", highlight=False)
    return version


def export(site: Site, tree: str, file: Path | None) -> None:
    """Write the draft of ``tree`` to ``file``, or to standard output. Raises NoSuchTree."""
    database = Database(site.configuration.settings.database_url)
    try:
        document = TreeBook(SqlTrees(database)).draft(TreeId(tree)).document
    finally:
        database.dispose()
    if file is None:
        sys.stdout.write(document + "\n")
    else:
        file.write_text(document + "\n", encoding="utf-8")


def _print(findings: list[Finding], console: Console) -> None:
    for finding in findings:
        console.print(f"[bold]{finding.severity}[/]  {escape(str(finding))}", highlight=False)


def _refuse_errors(source: str, findings: list[Finding]) -> None:
    errors = [finding for finding in findings if finding.severity == "error"]
    if errors:
        raise TreeRefused(source, errors)
