"""The browser app as it was built: one page for all faces, its files, its icon.

Files under /app carry a hash of their content in their names and are kept by browsers for ever.
"""

import mimetypes
import secrets
from collections.abc import Sequence
from pathlib import Path

from flask import Blueprint, Response, request
from werkzeug.security import safe_join

from calls.exchange import Fault, Reply
from calls.rights import public
from runtime.web.app import CONTENT_POLICY

FOR_EVER = "public, max-age=31536000, immutable"
NONCE_PLACE = b'name="style-nonce" content=""'


def pages_blueprint(folder: Path, origins: Sequence[str] | None = None) -> Blueprint:
    """``origins``: sites whose pages may carry the caller's page; None where there is none."""
    routes = Blueprint("pages", __name__)

    @routes.get("/")
    @routes.get("/<any(board, customers, desk, followups, knowledge, missed, quality):face>")
    @routes.get("/<any(recordings, trees, reports, admin, password):face>")
    @routes.get("/<any(customers, desk, quality, recordings, trees, admin):face>/<part>")
    @routes.get("/<any(desk, quality):face>/<part>/<id>")
    @public
    def page(face: str = "", part: str = "", id: str = "") -> Reply:
        return _page(folder, "index.html", CONTENT_POLICY)

    @routes.get("/call")
    @public
    def call() -> Reply:
        """In a frame of another site only with ``?embedded``, and only of those allowed."""
        if origins is None:
            raise Fault("no_page_callers")
        policy = CONTENT_POLICY
        if origins and "embedded" in request.args:
            policy = policy.replace(
                "frame-ancestors 'none'", f"frame-ancestors {' '.join(origins)}"
            )
        return _page(folder, "call.html", policy)

    @routes.get("/widget.js")
    @public
    def widget() -> Reply:
        if not origins:
            raise Fault("not_found")
        response = _file(folder, "widget.js", "public, max-age=300")
        response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
        return response

    @routes.get("/app/<path:name>")
    @public
    def file(name: str) -> Reply:
        return _file(folder / "app", name, FOR_EVER)

    @routes.get("/icon.svg")
    @public
    def icon() -> Reply:
        return _file(folder, "icon.svg", "no-cache")

    return routes


def _page(folder: Path, name: str, policy: str) -> Reply:
    """The kit writes a style sheet into the page: it may, by a nonce new for each page."""
    file = folder / name
    if not file.is_file():
        raise Fault("no_app")
    nonce = secrets.token_urlsafe(16)
    named = NONCE_PLACE.replace(b'""', b'"%b"' % nonce.encode())
    response = Response(
        file.read_bytes().replace(NONCE_PLACE, named), content_type="text/html; charset=utf-8"
    )
    response.headers["Content-Security-Policy"] = policy.replace(
        "style-src 'self'", f"style-src 'self' 'nonce-{nonce}'"
    )
    return response


def _file(where: Path, name: str, keep: str) -> Reply:
    path = safe_join(str(where), name)
    if path is None or not Path(path).is_file():
        raise Fault("not_found")
    kind = mimetypes.guess_type(name)[0] or "application/octet-stream"
    packed = Path(f"{path}.gz")
    if packed.is_file() and request.accept_encodings["gzip"]:
        response = Response(packed.read_bytes(), content_type=kind)
        response.headers["Content-Encoding"] = "gzip"
    else:
        response = Response(Path(path).read_bytes(), content_type=kind)
    response.headers["Vary"] = "Accept-Encoding"
    response.headers["Cache-Control"] = keep
    response.add_etag()
    return response.make_conditional(request)
