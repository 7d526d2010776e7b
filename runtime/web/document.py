"""The API's description without a hotline: what the browser app's client is generated from.

``python -m runtime.web.document`` prints it. No port is opened and nothing is kept.
"""

import sys
from typing import Any

import msgspec

from runtime.web.app import make_app
from runtime.web.openapi import describe
from runtime.web.routes import api_blueprints


class _Nobody:
    """Stands where a hotline would be. Views are described, never answered."""

    def __getattr__(self, name: str) -> "_Nobody":
        return self


def document() -> dict[str, Any]:
    nobody: Any = _Nobody()
    routes = api_blueprints(*(nobody,) * 11)
    return describe(make_app(nobody, routes, ()))


if __name__ == "__main__":
    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(document()), indent=1))
