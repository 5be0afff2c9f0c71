"""Which collections a program looks at and writes to, as far as its text says so.

Read are the plain ways: `state["bookings"]`, `state.get("bookings")`, `create("notices", …)`, and a change written out
as a dict. A program that goes about it otherwise, such as by a loop over names, is known by the names that it mentions.
The text is looked through and not parsed: every verification can afford that.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import NamedTuple

__all__ = ["Touched", "touched_collections"]

_SOURCES = 1024
"""Sources whose reading is remembered: the tools of some tens of environments."""
_NAME = r"""(?:"(?P<{0}>\w+)"|'(?P<{0}_>\w+)')"""
_PIECE = re.compile(
    r"(?=[#\"'scudfFi])(?:(?P<nothing>#[^\n]*|\"\"\"[\s\S]*?\"\"\"|\bdef \w+\([^)]*\)|\bin state\b(?!\s*[.\[]))"
    rf"|(?<![.\w])state(?:\[\s*|\.get\(\s*){_NAME.format('look')}"
    rf"|(?<![.\w])(?:create|update|delete)\(\s*{_NAME.format('write')}"
    rf"|[\"']collection[\"']\s*:\s*{_NAME.format('told')}"
    r"|(?P<hidden>[\"']collection[\"']\s*:|(?<![.\w])(?:state|create|update|delete)\b(?!\s*=[^=]))"
    r"|(?P<filled>\b[fF]\"(?:[^\"\\\n]|\\.)*\"|\b[fF]'(?:[^'\\\n]|\\.)*')"
    r"|(?P<text>\"(?:[^\"\\\n]|\\.)*\"|'(?:[^'\\\n]|\\.)*'))"
)
"""Pieces of a program, the telling ones before the texts in which they might stand."""
_WITHIN = re.compile(r"\{[^}]*\b(?:state|create|update|delete)\b")
"""A look or a write inside a text that is filled in."""


class Touched(NamedTuple):
    """Names of collections."""

    looked_at: frozenset[str]
    written: frozenset[str]
    plainly: bool
    """Every look and every write is in a plain form: there are no others."""


@lru_cache(maxsize=_SOURCES)
def touched_collections(source: str, collections: frozenset[str]) -> Touched:
    """Return which of some collections a program touches."""
    looked_at, written = set[str](), set[str]()
    for piece in _PIECE.finditer(source):
        kind = (piece.lastgroup or "").rstrip("_")
        if kind == "look":
            looked_at.add(piece[piece.lastgroup or 0])
        elif kind in ("write", "told"):
            written.add(piece[piece.lastgroup or 0])
        elif kind == "hidden" or (kind == "filled" and _WITHIN.search(piece[0])):
            mentioned = frozenset(name for name in collections if f'"{name}"' in source or f"'{name}'" in source)
            return Touched(mentioned, mentioned, plainly=False)
    return Touched(frozenset(looked_at), frozenset(written), plainly=True)
