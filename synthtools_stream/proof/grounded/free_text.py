"""Free wording (`text`): what may be one, what it may claim, and where it may end up.

Two callers word a text differently, so that it can only stand where nothing is compared: in volatile attributes. What
the verdict compares, or a search looks for, is known word by word, and so was said or told.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping, Sequence

from synthtools_stream.proof.grounded.grounds import Grounds, parameter_of_leaf
from synthtools_stream.records.change import Change
from synthtools_stream.records.task import Provenance, ProvenanceKind
from synthtools_stream.records.tool import Parameter
from synthtools_stream.values.json_pointers import Leaf, leaf_values, leaves
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.dates import is_date
from synthtools_stream.wording.numbers import numbers_in
from synthtools_stream.wording.value_search import find_value

__all__ = ["misplaced_texts", "text_problem"]

_ID = re.compile(r"(?<![\w-])[A-Z][A-Z0-9]{0,7}-\d+(?![\w-])")
_NAME = re.compile(r"(?<![\w'’-])[A-Z][\w'’-]+")
_SENTENCE_START = re.compile(r"(?:\A|[.!?:;]\s+|\n\s*)[\"'“(]*$")
_ISO_INSIDE = re.compile(r"\d{4}-\d{2}-\d{2}(?:T\d{2}:\d{2}(?::\d{2})?)?")
_COMMON_CAPITALS = frozenset({"I", "ETA", "ID", "OK", "PM", "AM", "EUR", "USD", "GBP"})
"""Words in capitals that name nothing."""


def text_problem(value: Json, pointer: str, grounds: Grounds, parameter: Parameter | None) -> str | None:
    """Return why a value may not be free wording, or what it claims that nobody said; None when it may."""
    leaf = parameter_of_leaf(pointer, parameter)
    if not isinstance(value, str) or (leaf is not None and leaf.enum):
        return "only free wording may be a text"
    if grounds.is_entity(value) or is_date(value) or _ID.fullmatch(value) or value.replace(".", "").isdigit():
        return "what selects an entity or carries an amount may not be a text"
    said = "\n".join(
        [*grounds.turns, *(str(leaf.value) for r in grounds.responses for leaf in leaves(r)), grounds.now or ""]
    )
    lacking = next((word for word in _claims(value) if not _is_known(word, said)), None)
    return f"'{lacking[:60]}' inside it has no provenance" if lacking is not None else None


def misplaced_texts(
    provenance: Mapping[str, Provenance],
    arguments: Sequence[Leaf],
    changes: Sequence[Change],
    volatile: Collection[str],
) -> Iterator[str]:
    """Yield the free wordings of a call that it looks for, or writes where it is compared, as `volatile` is not."""
    for leaf in arguments:
        proof = provenance.get(leaf.pointer)
        if proof is None or proof.kind is not ProvenanceKind.text or not isinstance(leaf.value, str):
            continue
        if not changes:
            yield f"{leaf.pointer} is free wording in a call that only reads: have the user say it, in quotes"
            continue
        for place in _compared_places(leaf.value, changes, volatile):
            yield f"{leaf.pointer} is free wording, and {place} is compared: have the user say it, in quotes"


def _compared_places(text: str, changes: Sequence[Change], volatile: Collection[str]) -> Iterator[str]:
    for change in changes:
        for name, value in change.attributes.items():
            place = f"{change.collection}.{name}"
            if place not in volatile and any(isinstance(one, str) and text in one for one in leaf_values(value)):
                yield place


def _claims(text: str) -> Iterator[str]:
    """Yield the ids, numbers, dates and names inside a text."""
    yield from (match[0] for match in _ID.finditer(text))
    yield from (match[0] for match in _ISO_INSIDE.finditer(text))
    yield from numbers_in(text)
    short = len(text.split()) < 4  # too short for a sentence: its first word may be a name, too
    for match in _NAME.finditer(text):
        opens = _SENTENCE_START.search(text[: match.start()]) is not None
        if (short or not opens) and match[0] not in _COMMON_CAPITALS:
            yield match[0]


def _is_known(word: str, said: str) -> bool:
    try:
        return find_value(said, float(word.replace(",", ""))) is not None
    except ValueError:
        return find_value(said, word) is not None
