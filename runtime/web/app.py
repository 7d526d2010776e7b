"""The Flask app: rights in one place, the page's token, security headers, the audit.

A view nobody marked is answered to nobody. Views are the rooms' own; nothing is decided here.
"""

import secrets
from collections.abc import Iterable

from flask import Blueprint, Flask, Response, g, request

from agent_softphone_bridge.people import People
from agent_softphone_bridge.web import COOKIE
from calls.exchange import Fault
from calls.rights import mark_of
from runtime.web import refusals

API = "/api/v1"
TOKEN = "X-ThreeRing"
"""A header no form and no other site's page can send without asking us first."""
MAX_BODY = 1_100_000
"""A tree document may have a million bytes (ivr.document)."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
CONTENT_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "connect-src 'self'; media-src 'self'; font-src 'self'; manifest-src 'self'; "
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
)
HEADERS = {
    "Content-Security-Policy": CONTENT_POLICY,
    "X-Content-Type-Options": "nosniff",
    "X-Frame-Options": "DENY",
    "Referrer-Policy": "same-origin",
    "Cross-Origin-Opener-Policy": "same-origin",
    "Cross-Origin-Resource-Policy": "same-origin",
}


def make_app(people: People, api: Iterable[Blueprint], pages: Iterable[Blueprint]) -> Flask:
    """``api`` lives under /api/v1, ``pages`` at the root."""
    app = Flask("threering", static_folder=None, template_folder=None)
    app.config["MAX_CONTENT_LENGTH"] = MAX_BODY
    app.url_map.strict_slashes = False
    refusals.install(app)
    for blueprint in api:
        app.register_blueprint(blueprint, url_prefix=API)
    for blueprint in pages:
        app.register_blueprint(blueprint)

    guard = _Guard(app, people)
    app.before_request(guard.before)
    app.after_request(guard.after)
    return app


class _Guard:
    def __init__(self, app: Flask, people: People) -> None:
        self._app = app
        self._people = people

    def before(self) -> None:
        """Let the request through to its view, or raise Fault."""
        if request.endpoint is None:
            return  # No such page; said after this.
        mark = mark_of(self._app.view_functions[request.endpoint])
        if mark is None:
            raise Fault("not_allowed")
        safe = request.method in SAFE
        if not safe:
            _same_origin()
        if mark.public:
            if not safe and not request.headers.get(TOKEN):
                raise Fault("no_token")
            return
        signed_in = self._people.who(request.cookies.get(COOKIE, ""))
        if signed_in is None:
            raise Fault("not_signed_in")
        if not signed_in.who.is_any(*mark.roles):
            raise Fault("not_allowed")
        if mark.whole and signed_in.who.is_limited():
            raise Fault("not_your_queue")
        sent = request.headers.get(TOKEN, "")
        if not safe and not secrets.compare_digest(sent.encode(), signed_in.session.csrf.encode()):
            raise Fault("no_token")
        g.signed_in = signed_in

    def after(self, response: Response) -> Response:
        for name, value in HEADERS.items():
            response.headers.setdefault(name, value)
        if "frame-ancestors 'none'" not in response.headers["Content-Security-Policy"]:
            # It would forbid what the policy allows to some sites.
            del response.headers["X-Frame-Options"]
        response.headers.setdefault("Cache-Control", "no-store")
        signed_in = g.get("signed_in")
        changed = g.get("changed", {})
        done = request.method not in SAFE and response.status_code < 400
        if signed_in is not None and done and changed is not None:
            subject = next((str(value) for value in (request.view_args or {}).values()), "")
            address = request.remote_addr or ""
            what = request.endpoint or ""
            self._people.note(signed_in.who.person, what, subject, changed, address)
        return response


def _same_origin() -> None:
    """Browsers say where a request comes from; what is no browser sends neither header."""
    if request.headers.get("Sec-Fetch-Site", "same-origin") not in ("same-origin", "none"):
        raise Fault("other_origin")
    origin = request.headers.get("Origin")
    if origin is not None and origin.partition("://")[2] != request.host:
        raise Fault("other_origin")
