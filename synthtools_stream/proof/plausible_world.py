"""Is a world one that could be: ids as the blueprint has them, nothing empty, nothing hidden, dates near its clock?

All of it is about values that a tool would take and a reader would not: an id with a tail, a zero-width space, a clock
that was moved while everything else stayed.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime, timedelta

import orjson

from synthtools_stream.proof.worded.characters import character_findings
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.state import CLOCK, now_of
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.dates import parse_date

__all__ = ["hidden_characters", "implausible", "strange_ids"]

_YEARS = range(2000, 2100)
"""Years in which a world's clock may stand."""
_NEAR = timedelta(days=5 * 365)
"""How far from its clock the nearest date of a world may lie: things that are worked on are planned or just over."""
_MOST_DIGITS = 9
"""Digits of an id: minting counts on from the highest one."""


def strange_ids(state: State, entity_types: Sequence[EntityType]) -> Iterator[str]:
    """Yield which ids are not their type's prefix and digits, as all are that we make."""
    for kind in entity_types:
        for name in state.get(kind.collection) or {}:
            number = name[len(kind.id_prefix) :]
            if not (number.isascii() and number.isdigit() and len(number) <= _MOST_DIGITS):
                yield f"{kind.collection}/{name[:60]}: its id must be {kind.id_prefix} and digits"


def implausible(state: State, entity_types: Sequence[EntityType], more_dates: Sequence[Json] = ()) -> Iterator[str]:
    """Yield what is implausible in a world; `more_dates` are values beside it whose dates count as its own."""
    for kind in entity_types:
        for name, entity in (state.get(kind.collection) or {}).items():
            if all(value is None or value in ("", [], {}) for value in entity.values()):
                yield f"{kind.collection}/{name[:60]} is empty"
    yield from _clock_problems(state, entity_types, more_dates)


def hidden_characters(name: str, value: Json) -> Iterator[str]:
    """Yield which texts of a value are not as they look; `name` says where it stands."""
    written = orjson.dumps(value)
    if written.isascii() and b"\\u" not in written:  # as nearly all are
        return
    for text in _texts(value):
        yield from (found.detail for found in character_findings(f"{name}: {text[:60]!r}", text))


def _texts(value: Json) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, list):
        for item in value:
            yield from _texts(item)
    elif isinstance(value, dict):
        for key, item in value.items():
            yield key
            yield from _texts(item)


def _clock_problems(state: State, entity_types: Sequence[EntityType], more_dates: Sequence[Json]) -> Iterator[str]:
    now = parse_date(now_of(state) or "")
    if now is None:
        return  # told by who checks types
    if now.year not in _YEARS:
        yield f"clock.now.value is in {now.year}; it must be in {_YEARS[0]} to {_YEARS[-1]}"
        return
    gaps = [abs(date - now) for date in _until_near(now, _dates(state, entity_types, more_dates))]
    if gaps and min(gaps) > _NEAR:
        yield f"clock.now.value is {min(gaps).days} days from the nearest date there is; they must go together"


def _until_near(now: datetime, dates: Iterator[datetime]) -> Iterator[datetime]:
    """Yield dates up to the first that is near, as one mostly is at once."""
    for date in dates:
        yield date
        if abs(date - now) <= _NEAR:
            return


def _dates(state: State, entity_types: Sequence[EntityType], more_dates: Sequence[Json]) -> Iterator[datetime]:
    for text in _stamps(state, entity_types, more_dates):
        date = parse_date(text) if isinstance(text, str) else None
        if date is not None:
            yield date


def _stamps(state: State, entity_types: Sequence[EntityType], more_dates: Sequence[Json]) -> Iterator[Json]:
    for kind in entity_types:
        names = [attribute.name for attribute in kind.attributes if attribute.format]
        if names and kind.collection != CLOCK:
            yield from (entity.get(name) for entity in (state.get(kind.collection) or {}).values() for name in names)
    yield from (value for item in more_dates for value in leaf_values(item))
