"""What an agent told slot by slot, held against the values that belong there.

Each kind is compared as what it is: numbers as numbers, dates by the day, yes and no in either spelling, ids to the
letter, other texts without regard to case, hyphens and underscores. Anything around the value makes it another: a
slot takes one value, not a sentence that holds it, nor a response that does.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Collection, Iterator, Mapping

from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.dates import parse_date
from synthtools_stream.wording.value_search import find_value

__all__ = ["slot_problems"]

_TRUTH = {"true": True, "yes": True, "false": False, "no": False}
_JOINTS = re.compile(r"[\s_\-\u2010-\u2015]+")
_QUOTES = "\"'“”‘’`*"
"""What is put around a value, and is no part of it."""


def slot_problems(wanted: Mapping[str, Json], told: Mapping[str, Json], ids: Collection[str]) -> Iterator[str]:
    """Yield what is wrong with the slots that were told; one that was not, or holds null, is none of this.

    `wanted` has the value of each slot, `ids` the names of all entities.
    """
    for slot, value in told.items():
        if value is None:
            continue
        if slot not in wanted:
            yield f"answers hold {slot[:60]!r}, which nobody asked for"
        elif not _tells(value, wanted[slot], ids):
            yield f"answers hold {str(value)[:80]!r} for {slot}, not {str(wanted[slot])[:80]!r}"


def _tells(told: Json, value: Json, ids: Collection[str]) -> bool:
    if isinstance(told, dict | list):
        return told == value
    if isinstance(value, bool) or isinstance(told, bool):
        truth = told if isinstance(told, bool) else _TRUTH.get(_plain(told).casefold())
        return isinstance(value, bool) and truth is value
    said = _plain(told)
    if value in ids:
        return said == value
    if isinstance(value, str):
        return _tells_text(said, value)
    found = find_value(said, value) or (find_value(said, round(value, 2)) if isinstance(value, float) else None)
    return found is not None and found.normaliser != "unit" and found.quote == said


def _tells_text(said: str, value: str) -> bool:
    if (due := parse_date(value)) is not None:
        given = parse_date(said)
        if given is not None:
            return given == due if "T" in value else given.date() == due.date()
    elif _folded(said) == _folded(value):
        return True
    found = find_value(said, value)
    return found is not None and found.quote == said


def _plain(told: Json) -> str:
    """Return a scalar as text, without marks around it."""
    return unicodedata.normalize("NFKC", str(told)).strip().strip(_QUOTES).strip()


def _folded(text: str) -> str:
    return _JOINTS.sub(" ", unicodedata.normalize("NFKC", text)).strip().strip(_QUOTES).rstrip(".").strip().casefold()
