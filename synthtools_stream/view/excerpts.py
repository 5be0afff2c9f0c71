"""What was searched for, as it stands in a row: a little of the text around it."""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence

from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.row_index.spoken_text import spoken
from synthtools_stream.view.shown_kinds import ShownKind

__all__ = ["excerpt"]

_BEFORE, _AFTER = 60, 160
"""Characters that are shown before and after what was found: with it, two lines of a list."""


def excerpt(kind: ShownKind, row: JsonObject, terms: Sequence[str], role: str = "") -> str:
    """Return the text around the first of `terms` that stands in a row as it was typed; empty where none does."""
    said = spoken(kind, row)
    for text in [said.get(role, "")] if role else said.values():
        for term in terms:
            at = _find(text, term)
            if at >= 0:
                return _around(text, at)
    return ""


def _find(text: str, term: str) -> int:
    lowered = text.lower()
    at = lowered.find(term.lower()) if len(lowered) == len(text) else text.find(term)
    if at >= 0 or text.isascii():
        return at
    # A search does not mind accents; where taking them away moves nothing, the place is the same.
    plain = "".join(unicodedata.normalize("NFD", one)[0] for one in text)
    return plain.lower().find(term.lower()) if len(plain.lower()) == len(text) else -1


def _around(text: str, at: int) -> str:
    begin, end = max(0, at - _BEFORE), at + _AFTER
    shown = " ".join(text[begin:end].split())
    return ("… " if begin else "") + shown + (" …" if end < len(text) else "")
