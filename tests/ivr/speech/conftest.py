"""Real speech, rendered once for all tests of this folder."""

from pathlib import Path

import pytest

from calls.words import Language
from ivr.speech.render import render_house, render_pieces


@pytest.fixture(scope="session")
def rendered(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A prompts folder as set-up leaves it."""
    folder = tmp_path_factory.mktemp("prompts")
    for language in Language:
        render_pieces(str(folder), language)
        render_house(str(folder), language)
    return folder
