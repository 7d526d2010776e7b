"""The published JSON schema of tree documents, drawn from the model itself. Pure."""

from functools import cache
from typing import Any

import msgspec

from ivr.model import Tree

DIALECT = "https://json-schema.org/draft/2020-12/schema"


@cache
def tree_schema() -> dict[str, Any]:
    """For editors and for anybody who writes trees by hand."""
    return {"$schema": DIALECT, "title": "ThreeRing IVR tree", **msgspec.json.schema(Tree)}
