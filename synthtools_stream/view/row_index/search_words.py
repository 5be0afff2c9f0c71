"""What somebody types to search for, as a full-text query: words, "phrases", beginnings*, all of which must be there.

Nothing else is obeyed: whatever a reader types is a search, never a mistake.
"""

from __future__ import annotations

import re

from synthtools_stream.view.row_index.spoken_text import ROLES

__all__ = ["full_text_query", "sought_terms"]

_TERM = re.compile(r'"([^"]*)"?|(\S+)')
_MOST_TERMS = 20
"""Terms of one search: more are no search, but a text."""


def sought_terms(words: str) -> list[str]:
    """Return what is to be found, word by word or phrase by phrase, without quotes and stars."""
    found = (phrase or word.rstrip("*") for phrase, word in _TERM.findall(words))
    return [term for term in found if any(map(str.isalnum, term))][:_MOST_TERMS]


def full_text_query(words: str, role: str = "") -> str | None:
    """Return a query for the table `words`, in one role's text or in all; None where there is nothing to look for."""
    terms: list[str] = []
    for phrase, word in _TERM.findall(words):
        term = (phrase or word.rstrip("*")).replace('"', " ").replace("\x00", " ")
        if any(map(str.isalnum, term)):
            terms.append(f'"{term}"' + ("*" if word.endswith("*") else ""))
    if not terms:
        return None
    wanted = " AND ".join(terms[:_MOST_TERMS])
    return f"{{{role}}} : ({wanted})" if role in ROLES else wanted
