"""Over HTTP: what callers did in a tree."""

from typing import Annotated

import msgspec
from flask import Blueprint, Response

from calls.exchange import Asked, Exchange, Fault, Reply, speaks
from calls.ids import TreeId
from calls.rights import WATCHERS, allow
from cti.report_web import Reports
from cti.tree_paths import PathOrder, TreePaths


class PathQuery(Asked, frozen=True):
    since: float
    until: float
    """Calls begun before it."""
    version: Annotated[str, msgspec.Meta(max_length=64)] = ""
    """'' for whatever version they heard."""


def paths_blueprint(http: Exchange, reports: Reports) -> Blueprint:
    routes = Blueprint("paths", __name__)

    @routes.get("/trees/<id>/paths")
    @allow(*WATCHERS)
    @speaks(
        "How many callers came to each node, went from one to the next, and hung up where.",
        query=PathQuery,
        returns=TreePaths,
    )
    def paths(id: str) -> Reply:
        asked = http.query(PathQuery)
        if not asked.since < asked.until:
            raise Fault("ends_before_it_begins", "until")
        order = PathOrder(
            tree=TreeId(id), since=asked.since, until=asked.until, version=asked.version
        )
        made = http.wait(reports.paths(order))
        return Response(made.body, content_type="application/json")

    return routes
