"""The forms we ship, in config/forms: JSON Schema documents, put into an empty house once."""

import json
from importlib.resources import files
from typing import Any


def shipped_forms() -> dict[str, dict[str, Any]]:
    """Those in config/forms, by id."""
    folder = files("config").joinpath("forms")
    return {
        entry.name.removesuffix(".json"): json.loads(entry.read_text("utf-8"))
        for entry in folder.iterdir()
        if entry.name.endswith(".json")
    }
