"""What can be said to a caller, independent of language and voice. Pure.

The interpreter says *what*; speech (ivr.speech) finds or makes the audio for it in the caller's
language; the session plays the files.
"""

import msgspec

from calls.words import Language


class _Prompt(
    msgspec.Struct, frozen=True, kw_only=True, tag_field="say", forbid_unknown_fields=True
):
    pass


class Fixed(_Prompt, frozen=True, tag="fixed"):
    """A prompt of the tree's own: its text per language stands in the tree document, its audio was
    spoken at publish or uploaded."""

    id: str
    language: Language | None = None
    """Spoken in this language whatever the caller's is (the question for the language itself);
    None: in the caller's."""


class Text(_Prompt, frozen=True, tag="text"):
    """Free text known only at run time (a ticket's title, an order state)."""

    text: str


class Number(_Prompt, frozen=True, tag="number"):
    value: int


class Digits(_Prompt, frozen=True, tag="digits"):
    """Read one by one: account numbers, telephone numbers."""

    digits: str


class StaffNumber(_Prompt, frozen=True, tag="staff"):
    """工号 8001 为您服务 / Agent 8001 at your service."""

    digits: str


class Date(_Prompt, frozen=True, tag="date"):
    iso: str
    """``YYYY-MM-DD``."""


class Place(_Prompt, frozen=True, tag="place"):
    """您前面还有两位客户 / You are number three in the queue. ``place`` 1 is next."""

    place: int


class Wait(_Prompt, frozen=True, tag="wait"):
    """Expected wait as a range of whole minutes; equal bounds are said as one."""

    low_min: int
    high_min: int


Prompt = Fixed | Text | Number | Digits | StaffNumber | Date | Place | Wait
