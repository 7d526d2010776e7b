"""What was measured, as a table for people and JSON for whoever compares."""

import os
import platform
import subprocess
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from statistics import median
from typing import Any

import msgspec
from rich.console import Console
from rich.table import Table

from bench.figure import Figure

RESULTS = Path(__file__).parent / "results" / "latest.json"
_MARK = {True: "[green]reached[/]", False: "[red]missed[/]", None: ""}


def machine() -> dict[str, Any]:
    """Where it was measured: a figure is a figure of a machine."""
    cpu = [line for line in _lines("/proc/cpuinfo") if line.startswith("model name")]
    return {
        "commit": _git("rev-parse", "--short", "HEAD"),
        "changed": bool(_git("status", "--porcelain")),
        "at": datetime.now(UTC).isoformat(timespec="seconds"),
        "cpu": cpu[0].partition(": ")[2] if cpu else platform.processor(),
        "cores": os.cpu_count(),
        "kernel": platform.release(),
        "python": platform.python_version(),
        "load_before": os.getloadavg()[0],
    }


def table(figures: Sequence[Figure], where: dict[str, Any]) -> Table:
    title = "{commit}, {cores} cores of {cpu}, load before {load_before:.1f}".format(**where)
    shown = Table(title=title, show_lines=True)
    for column in ("figure", "ours", "app_queue", "ratio", "spread (ours; app_queue)", "to reach"):
        shown.add_column(column, justify="right" if column in ("ours", "app_queue") else "left")
    for figure in figures:
        name = f"{figure.name}\n[dim]{figure.note}[/]" if figure.note else figure.name
        ratio = "" if figure.ratio is None else f"{figure.ratio:.3g}"
        spread = "; ".join(filter(None, (_span(figure.ours), _span(figure.peer))))
        reach = "\n".join(filter(None, (figure.target, _MARK[figure.met])))
        shown.add_row(
            name, _of(figure.ours, figure.unit), _of(figure.peer, figure.unit), ratio, spread, reach
        )
    return shown


def keep(figures: Iterable[Figure], where: dict[str, Any], file: Path = RESULTS) -> None:
    file.parent.mkdir(parents=True, exist_ok=True)
    rows = [asdict(figure) | {"ratio": figure.ratio} for figure in figures]
    text = msgspec.json.format(msgspec.json.encode({"machine": where, "figures": rows}))
    file.write_bytes(text)


def show(figures: Sequence[Figure], where: dict[str, Any], console: Console) -> None:
    console.print(table(figures, where))


def _of(values: Sequence[float], unit: str) -> str:
    return f"{median(values):.4g} {unit}" if values else ""


def _span(values: Sequence[float]) -> str:
    return f"{min(values):.4g} to {max(values):.4g}" if len(values) > 1 else ""


def _git(*words: str) -> str:
    try:
        done = subprocess.run(["git", *words], capture_output=True, text=True, check=False)
    except OSError:
        return ""
    return done.stdout.strip()


def _lines(file: str) -> list[str]:
    try:
        return Path(file).read_text().splitlines()
    except OSError:
        return []
