"""What slow scenarios measured is printed after them: figures to look at, never to pass or fail."""

from collections.abc import Callable

import pytest

Measured = Callable[[str, object], None]
_figures: list[str] = []


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """``measured("first offer after restart, s", 1.2)``."""

    def note(what: str, value: object) -> None:
        shown = f"{value:.2f}" if isinstance(value, float) else value
        _figures.append(f"{request.node.name}: {what}: {shown}")

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    if _figures:
        terminalreporter.section("measured")
        for line in _figures:
            terminalreporter.line(line)
