"""What slow scenarios measured is printed after them: figures to look at, never to pass or fail."""

from collections.abc import Callable

import pytest

Measured = Callable[[str, object], None]


@pytest.fixture
def measured(request: pytest.FixtureRequest) -> Measured:
    """``measured("first offer after restart, s", 1.2)``."""

    def note(what: str, value: object) -> None:
        shown = f"{value:.2f}" if isinstance(value, float) else value
        request.node.user_properties.append(("measured", f"{what}: {shown}"))

    return note


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    figures = [
        f"{report.nodeid.partition('::')[2]}: {figure}"
        for report in terminalreporter.getreports("passed")
        for name, figure in report.user_properties
        if name == "measured" and report.when == "call"
    ]
    if figures:
        terminalreporter.section("measured")
        for line in figures:
            terminalreporter.line(line)
