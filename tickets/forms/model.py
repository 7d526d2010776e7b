"""A form is a JSON Schema (draft 2020-12) of flat fields, with three words of ours. Pure.

``x-names``: of the form or a field, per language. ``x-options``: names of an enum's values, per
language. ``x-required``: per ticket state, the fields without which no ticket comes into it.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from jsonschema import Draft202012Validator
from jsonschema.exceptions import SchemaError, ValidationError

from calls.words import Language
from tickets.model import TicketState

MOST_FIELDS = 100
MOST_BYTES = 100_000
KINDS = ("string", "number", "integer", "boolean", "array")
FORMATS = ("date", "date-time", "email", "time")
_NAME = re.compile(r"[a-z][a-z0-9_]{0,39}")

Document = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Mistake:
    """``field``: '' for the form itself. ``code`` names the sentence, ``detail`` fills it."""

    field: str
    code: str
    detail: str = ""


def document_mistakes(document: Document) -> list[Mistake]:
    """What is wrong with a form; nothing when it can be filled in."""
    if len(repr(document)) > MOST_BYTES:
        return [Mistake("", "form_too_large")]
    try:
        Draft202012Validator.check_schema(document)
    except SchemaError as error:
        return [Mistake(".".join(map(str, error.absolute_path)), "form_no_schema", error.message)]
    fields = document.get("properties")
    if document.get("type") != "object" or not isinstance(fields, dict) or not fields:
        return [Mistake("", "form_no_fields")]
    if len(fields) > MOST_FIELDS:
        return [Mistake("", "form_too_large")]
    found = _names_missing("", document)
    for name, field in fields.items():
        found += _field_mistakes(name, field)
    for state, names in document.get("x-required", {}).items():
        if state not in set(TicketState):
            found.append(Mistake("x-required", "form_no_state", state))
        found += [Mistake(name, "form_no_field") for name in names if name not in fields]
    return found


def data_mistakes(document: Document, data: Mapping[str, Any]) -> list[Mistake]:
    """What was filled in wrongly; what is missing is asked for by the ticket's state alone."""
    unknown = [Mistake(name, "form_no_field") for name in data if name not in fields_of(document)]
    schema = {key: value for key, value in document.items() if key != "required"}
    validator = Draft202012Validator(schema, format_checker=Draft202012Validator.FORMAT_CHECKER)
    return unknown + [_said(error) for error in validator.iter_errors(dict(data))]


def missing(document: Document, data: Mapping[str, Any], state: TicketState) -> list[str]:
    """Fields that must be filled in before a ticket comes into this state."""
    asked = document.get("x-required", {}).get(state, ())
    return [name for name in asked if data.get(name) in (None, "", [])]


def fields_of(document: Document) -> dict[str, dict[str, Any]]:
    fields = document.get("properties", {})
    return dict(fields) if isinstance(fields, dict) else {}


def names_of(part: Document) -> dict[str, str]:
    return dict(part.get("x-names", {}))


def shown(field: Document, value: object, language: Language) -> str:
    """A value as a person reads it."""
    options = field.get("x-options", {}) or field.get("items", {}).get("x-options", {})
    if isinstance(value, list):
        return "、".join(shown(field, one, language) for one in value)
    if isinstance(value, bool):
        return {Language.ZH: ("否", "是"), Language.EN: ("no", "yes")}[language][value]
    if isinstance(value, str) and value in options:
        return str(options[value].get(language, value))
    return "" if value is None else str(value)


def _field_mistakes(name: str, field: object) -> list[Mistake]:
    if not _NAME.fullmatch(name):
        return [Mistake(name, "form_field_name")]
    if not isinstance(field, dict) or field.get("type") not in KINDS:
        return [Mistake(name, "form_field_kind", ", ".join(KINDS))]
    if field.get("format", "date") not in FORMATS:
        return [Mistake(name, "form_field_kind", ", ".join(FORMATS))]
    return _names_missing(name, field)


def _names_missing(where: str, part: Document) -> list[Mistake]:
    names = part.get("x-names")
    known = names if isinstance(names, dict) else {}
    return [
        Mistake(where, "form_no_name", language)
        for language in Language
        if not str(known.get(language, "")).strip()
    ]


def _said(error: ValidationError) -> Mistake:
    field = str(error.absolute_path[0]) if error.absolute_path else ""
    return Mistake(field, "form_value", error.message[:200])
