"""Look for words in what a tool says of itself: it is the same at every call, so each text is searched but once."""

from __future__ import annotations

import re
from functools import lru_cache

__all__ = ["tells"]


@lru_cache(maxsize=1024)
def tells(what: re.Pattern[str], text: str) -> bool:
    """Say whether a text of a tool holds what a pattern describes."""
    return what.search(text) is not None
