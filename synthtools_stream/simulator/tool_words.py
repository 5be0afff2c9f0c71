"""Look for words in what a tool says of itself: it is the same at every call, so each text is searched but once."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["tells"]

_KEPT = 8192
"""Longer texts, which only other people's tools have, are searched afresh: a cache of them would have no bound."""


def tells(what: re.Pattern[str], text: str) -> bool:
    """Say whether a text of a tool holds what a pattern describes."""
    return _tells(what, text) if len(text) <= _KEPT else what.search(text) is not None


@lru_cache(maxsize=1024)
def _tells(what: re.Pattern[str], text: str) -> bool:
    return what.search(text) is not None
