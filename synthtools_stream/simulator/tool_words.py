"""The words in which a tool speaks of itself: whether they follow a pattern, and whether a name is among them.

They are the same at every call, so each text is searched and parted but once.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import lru_cache

from synthtools_stream.records.tool import Tool

__all__ = ["is_spoken", "said_words", "tells", "unspoken_collections"]

_KEPT = 8192
"""Characters; longer texts, which only other people's tools have, are searched afresh: a cache would have no bound."""
_STEM, _SHORT = 5, 3
"""Letters by which a word is known (cancels, cancelled), and of words that say little (id, on, at)."""
_HUMP = re.compile(r"(?<=[a-z0-9])[A-Z]")
"""Where a word begins inside a name: MoveBooking."""
_LETTERS = bytes(code if chr(code) in "abcdefghijklmnopqrstuvwxyz0123456789" else 32 for code in range(256))
"""Everything but letters and digits becomes a space."""


def tells(what: re.Pattern[str], text: str) -> bool:
    """Say whether a text of a tool holds what a pattern describes."""
    return _tells(what, text) if len(text) <= _KEPT else what.search(text) is not None


@lru_cache(maxsize=1024)
def _tells(what: re.Pattern[str], text: str) -> bool:
    return what.search(text) is not None


def said_words(tool: Tool) -> str:
    """Return all that a tool says, as lower-case words between single spaces."""
    told = [tool.tool_name, tool.tool_description, tool.usage, *tool.error_messages]
    for name, parameter in tool.parameters.items():
        told += [name, parameter.description]
    for name, field in tool.output_details.items():
        told += [name, field.description]
    return _plain("\n".join(told))


@lru_cache(maxsize=1024)
def _plain(text: str) -> str:
    """Return the words of a text: lower-case letters and digits, single spaces between them."""
    parted = _HUMP.sub(r" \g<0>", text).lower()
    return " ".join(parted.encode("ascii", "replace").translate(_LETTERS).decode("ascii").split())


def is_spoken(text: str, words: str) -> bool:
    """Say whether a name or value, or the stem of what it is in the end, stands in a tool's words.

    A plot_name is a name, and not spoken of by speaking of plots; a vessel_id is a vessel.
    """
    plain = _plain(text)
    if plain in words:
        return True
    long = [part for part in plain.split() if len(part) > _SHORT]
    return bool(long) and long[-1][:_STEM] in words


def unspoken_collections(tool: Tool, nouns: Mapping[str, str]) -> list[str]:
    """Return the collections of a tool's effects of which it does not speak; `nouns` are the names of their types."""
    if tool.effects is None:
        return []
    words = said_words(tool)
    touched = dict.fromkeys([*tool.effects.reads, *tool.effects.writes])
    return [name for name in touched if name in nouns and not is_spoken(nouns[name], words)]
