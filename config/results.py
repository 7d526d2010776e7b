"""What agents say of a call and to a caller, as a queue has it in ``floor.yaml``: dispositions it
may end with, and the script (话术) beside it."""

from calls.floor import SCRIPT_PARTS, Disposition
from calls.text import MAX_NAME, clean_name
from calls.words import Language
from config.section import Section

CODE = r"[a-z0-9][a-z0-9_-]{0,39}"
CODE_RIGHT = "lower-case letters, digits, - and _, at most 40"
DEEPEST = 4
"""Levels of codes below each other: nobody finds one in a deeper tree while a clock runs."""
LONGEST_SCRIPT = 2_000


def read_dispositions(section: Section, depth: int = 1) -> tuple[Disposition, ...]:
    """The codes in this group, each with its names and those below it."""
    found = tuple(
        _disposition(section.section(code), code, depth)
        for code in section.names_matching(CODE, "is no name of a disposition", CODE_RIGHT)
    )
    section.finish()
    return found


def _disposition(section: Section, code: str, depth: int) -> Disposition:
    names = {
        language.value: name for language in Language if (name := _name(section, language.value))
    }
    below: tuple[Disposition, ...] = ()
    if section.has("below") and depth >= DEEPEST:
        section.refuse("below", "too deep", f"at most {DEEPEST} levels")
    elif section.has("below"):
        below = read_dispositions(section.section("below"), depth + 1)
    section.finish()
    return Disposition(
        code=code, names=names or {language.value: code for language in Language}, below=below
    )


def read_script(section: Section) -> dict[str, dict[str, str]]:
    """By part of the talk and language tag."""
    script = {}
    for part in SCRIPT_PARTS:
        texts = section.section(part)
        said = {
            language.value: text
            for language in Language
            if (text := _spoken(texts, language.value))
        }
        texts.finish()
        if said:
            script[part] = said
    section.finish()
    return script


def _name(section: Section, key: str) -> str:
    name = section.text(key, "")
    if name != clean_name(name):
        right = f"at most {MAX_NAME} characters, without control characters and double spaces"
        section.refuse(key, f"{name!r} cannot be shown as it is", right)
    return name


def _spoken(section: Section, key: str) -> str:
    text = section.text(key, "").strip()
    if len(text) > LONGEST_SCRIPT:
        section.refuse(key, f"{len(text)} characters", f"at most {LONGEST_SCRIPT}")
    return text
