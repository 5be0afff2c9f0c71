"""A number keeps its unit: in the request as in the turn, in the turn as in the parameter's name or description."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterator
from functools import lru_cache

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep, user_parts
from synthtools_stream.proof.worded.text_mentions import Mention, Reading, read_text
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.records.task import CONVERTED
from synthtools_stream.wording.unit_table import Unit, unit_named

__all__ = ["turn_unit_findings", "unit_findings"]

CHECK = "units"
_BEHIND = re.compile(r"[ -]?([^\s\d.,;:!?()\"'\x1f][^\s,;:!?()\"'\x1f]{0,14})")
_BEFORE = re.compile(r"([€$£¥]|\b[A-Z]{3}) ?\Z")
_BEFORE_MOST = 4
"""Characters of a unit before a number, with its space."""
_SIGNS = frozenset("%°€$£¥²³µ‰/")
_WORDS = re.compile(r"[a-z°%µ]+[²³]?", re.IGNORECASE)


def unit_findings(told: Conversation) -> Iterator[Finding]:
    """Yield the numbers that have another unit in the request than in the turns."""
    if told.request is None:
        return
    said: dict[str, set[str]] = defaultdict(set)
    for spoken in told.steps:
        for mention in spoken.turn.of("number"):
            said[mention.value].add(_unit(spoken.turn, mention))
    for mention in told.request.of("number"):
        unit, known = _unit(told.request, mention), said.get(mention.value)
        if known and unit not in known:
            number = told.request.text[mention.start : mention.end]
            yield Finding(
                CHECK,
                f"the request says {number} in {unit or 'no unit'}, the turns in {min(known) or 'no unit'}: keep it",
            )


def turn_unit_findings(spoken: SpokenStep) -> Iterator[Finding]:
    """Yield the numbers of a turn whose unit is another than their parameter speaks of."""
    for pointer, proof in spoken.step.provenance.items():
        parameter, parts = spoken.parameter(pointer), user_parts(proof)
        if parameter is None or len(parts) != 1 or proof.formula == CONVERTED:
            continue
        stated = _stated(f"{pointer.replace('_', ' ').replace('/', ' ')} {parameter.description}")
        quotes = [part.quote for part in parts if part.quote and part.turn == spoken.index]
        if not stated or not quotes:
            continue
        values = {mention.value for quote in quotes for mention in read_text(quote).of("number")}
        units = {_unit(spoken.turn, mention) for mention in spoken.turn.of("number") if mention.value in values}
        for unit in sorted(units):
            known = unit_named(unit)
            wanted = {other.name for other in stated if known is not None and known.family == other.family}
            if known is not None and known.family and wanted and known.name not in wanted:
                yield Finding(
                    CHECK,
                    f"turn {spoken.index} says {quotes[0]} in {unit}, but {pointer} is in {', '.join(sorted(wanted))}",
                )


@lru_cache(maxsize=1024)
def _stated(text: str) -> frozenset[Unit]:
    """Return the units that a name and its description state; short ones only in capitals or brackets."""
    found = [word for word in _WORDS.findall(text) if len(word) > 2 or word.isupper() or f"({word})" in text]
    return frozenset(unit for word in found if (unit := unit_named(word)) is not None)


def _unit(reading: Reading, mention: Mention) -> str:
    """Return the unit of a number in one form; nothing where it has none."""
    behind = _BEHIND.match(reading.text, mention.end)
    if behind and _is_unit(behind[1]):
        return _name(behind[1])
    before = _BEFORE.search(reading.text, max(0, mention.start - _BEFORE_MOST), mention.start)
    return _name(before[1]) if before and _is_unit(before[1]) else ""


def _is_unit(word: str) -> bool:
    plain = word.rstrip(".")
    return (
        _is_measure(plain)
        or not _SIGNS.isdisjoint(plain)
        or any(char.isdigit() for char in plain)
        or (plain.isupper() and 2 <= len(plain) <= 4)
    ) and plain.casefold() != "d"


def _is_measure(word: str) -> bool:
    unit = unit_named(word)
    return unit is not None and bool(unit.family)


def _name(word: str) -> str:
    unit = unit_named(word)
    return unit.name if unit is not None and unit.family else word.rstrip(".").casefold()
