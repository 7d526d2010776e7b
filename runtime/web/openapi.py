"""The API described (OpenAPI 3.1), made of the marks its views carry and the types they name."""

import re
from collections.abc import Iterable, Iterator, Mapping
from typing import Any

import msgspec
from flask import Blueprint, Flask, current_app
from werkzeug.routing import Rule

from calls.exchange import Exchange, Reply, Speech, speaks, speech_of
from calls.notices import Notice
from calls.rights import Mark, mark_of, public
from runtime.web.refusals import Refusal
from runtime.web.sentences import SENTENCES

VERSION = "3.1.0"
COMPONENTS = "#/components/schemas/{name}"
_BLANK = re.compile(r"<(?:[^:<>]+:)?([^<>]+)>")
_METHODS = ("GET", "POST", "PUT", "PATCH", "DELETE")

STREAM = {
    "summary": "The live floor as server-sent events, each named after its notice; `reset` carries "
    "a Floor, `beat` a clock.",
    "parameters": [
        {"name": "Last-Event-ID", "in": "header", "required": False, "schema": {"type": "string"}},
        {"name": "after", "in": "query", "required": False, "schema": {"type": "string"}},
    ],
}
AUDIO = {
    "summary": "The audio of a recording; parts by Range.",
    "parameters": [{"name": "id", "in": "path", "required": True, "schema": {"type": "string"}}],
    "responses": {
        "200": {"description": "WAV", "content": {"audio/wav": {}}},
        "206": {"description": "A part of it", "content": {"audio/wav": {}}},
    },
}
HEALTH = {
    "summary": "The process is alive.",
    "security": [],
    "responses": {"200": {"description": "Alive", "content": {"application/json": {}}}},
}


def openapi_blueprint(http: Exchange) -> Blueprint:
    routes = Blueprint("openapi", __name__)

    @routes.get("/openapi.json")
    @public
    @speaks("This description.")
    def description() -> Reply:
        return http.reply(describe(current_app))

    return routes


def described(app: Flask) -> Iterator[tuple[str, str, Rule, Mark, Speech]]:
    """Path, method, rule and marks of every route that is part of the API."""
    for rule in app.url_map.iter_rules():
        view = app.view_functions[rule.endpoint]
        mark, speech = mark_of(view), speech_of(view)
        if mark is None or speech is None:
            continue
        path = _BLANK.sub(r"{\1}", rule.rule)
        for method in _METHODS:
            if method in (rule.methods or ()):
                yield path, method.lower(), rule, mark, speech


def describe(app: Flask) -> dict[str, Any]:
    found = sorted(described(app), key=lambda one: (one[0], one[1]))
    types = [kind for *_, speech in found for kind in (speech.body, speech.returns) if kind]
    types += [Refusal, Notice]
    schemas, components = msgspec.json.schema_components(types, ref_template=COMPONENTS)
    named = dict(zip(types, schemas, strict=True))
    _one_of_each_name(components)
    for *_, speech in found:  # words that are asked for alone, and in no body
        _join(components, _components_of(speech.query)[1])
    paths: dict[str, dict[str, Any]] = {}
    for path, method, rule, mark, speech in found:
        paths.setdefault(path, {})[method] = _operation(rule, mark, speech, named)
    events = {
        "description": "A stream",
        "content": {"text/event-stream": {"schema": named[Notice]}},
    }
    paths["/api/v1/events"] = {"get": STREAM | {"responses": {"200": events}}}
    paths["/api/v1/recordings/{id}/audio"] = {"get": AUDIO}
    paths["/health"] = {"get": HEALTH}
    return {
        "openapi": VERSION,
        "info": {"title": "ThreeRing", "version": "1"},
        "paths": paths,
        "components": {
            "schemas": components,
            "securitySchemes": {
                "session": {"type": "apiKey", "in": "cookie", "name": "threering"},
                "token": {"type": "apiKey", "in": "header", "name": "X-ThreeRing"},
            },
        },
        "security": [{"session": []}],
        "x-errors": {code: sentence.status for code, sentence in sorted(SENTENCES.items())},
    }


class NamedAlike(ValueError):
    """Two types of the API have one name: whoever reads its description could not tell them."""

    def __init__(self, names: Iterable[str]) -> None:
        listed = ", ".join(sorted(names))
        super().__init__(f"API types share a name; give one of each another: {listed}")


def _one_of_each_name(components: Mapping[str, Any]) -> None:
    """msgspec puts the module before the names of types that are named alike, and says nothing.
    Raises NamedAlike."""
    alike = [name for name in components if "." in name]
    if alike:
        raise NamedAlike(alike)


def _join(components: dict[str, Any], more: Mapping[str, Any]) -> None:
    """Raises NamedAlike."""
    _one_of_each_name(more)
    alike = [name for name, schema in more.items() if components.get(name, schema) != schema]
    if alike:
        raise NamedAlike(alike)
    components |= more


def _operation(rule: Rule, mark: Mark, speech: Speech, named: dict[Any, Any]) -> dict[str, Any]:
    operation: dict[str, Any] = {
        "operationId": rule.endpoint,
        "summary": speech.about,
        "parameters": [*_in_path(rule), *_in_query(speech.query)],
        "responses": _responses(mark, speech, named),
    }
    if speech.body is not None:
        content = {"application/json": {"schema": named[speech.body]}}
        operation["requestBody"] = {"required": True, "content": content}
    if mark.public:
        operation["security"] = []
    else:
        operation["x-roles"] = [role.value for role in mark.roles]
    return operation


def _in_path(rule: Rule) -> Iterator[dict[str, Any]]:
    for name in sorted(rule.arguments):
        yield {"name": name, "in": "path", "required": True, "schema": {"type": "string"}}


def _in_query(query: Any) -> Iterator[dict[str, Any]]:
    asked, _ = _components_of(query)
    for name, schema in asked.get("properties", {}).items():
        required = name in asked.get("required", ())
        yield {"name": name, "in": "query", "required": required, "schema": schema}


def _components_of(query: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A query's own schema, and those it names."""
    if query is None:
        return {}, {}
    _, components = msgspec.json.schema_components([query], ref_template=COMPONENTS)
    return components.pop(query.__name__), components


def _responses(mark: Mark, speech: Speech, named: dict[Any, Any]) -> dict[str, Any]:
    good: dict[str, Any] = {"description": "Done"}
    if speech.returns is not None:
        good["content"] = {"application/json": {"schema": named[speech.returns]}}
    refused = {
        "description": "Refused",
        "content": {"application/json": {"schema": named[Refusal]}},
    }
    statuses = {*speech.refuses, 500, 503}
    if not mark.public:
        statuses |= {401, 403}
    if speech.body is not None:
        statuses |= {400, 403, 413, 422}
    elif speech.query is not None:
        statuses |= {422}
    return {str(speech.status): good, **{str(status): refused for status in sorted(statuses)}}
