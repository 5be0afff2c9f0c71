"""Worlds drawn in code for trying a program: small, full of ties, bounds, nulls and days around today.

A written world shows what is usual. Programs go wrong at what is not: two entities alike in what a list is sorted by, a
value just at a limit, nothing there at all. Draws are seeded, and what they draw from is what the tool's words and the
audit's world hold.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from random import Random
from typing import TypeVar

from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.state import CLOCK, MAX_ENTITIES, MAX_STATE_BYTES, now_of, state_bytes
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.numbers import numbers_in

__all__ = ["Palette", "day_near", "draw_world", "number_near", "one_of", "palette_of", "text_like"]

_NAMES = ("Alba", "Nord", "Castor", "Alba Nord")
"""Texts where nothing else is known: two that hold another, so that a part is told from the whole."""
_DAYS = (-30, -7, -1, 0, 0, 1, 2, 7, 30)
"""Days from today that dates are drawn at; today twice, for most rules turn there."""
_NUMBERS = (0, 1, 2, 5, 10)
"""Numbers where the words hold none."""
_SIZES = (5, 3, 2, 1)
"""Entities a collection at most; fewer where a world would grow past what one may be."""
_LENGTH = re.compile(r"\b(\d{1,4}) (?:characters|letters)\b")
_UNSHOWN = 2
"""Entities at most of a collection that the tool is not shown: others refer to them, and that is all."""
_VALUES = 3
"""Values that one attribute has in one world, at most: few, so that entities are alike in it."""
Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Palette:
    """What values are drawn from."""

    now: str
    numbers: tuple[float, ...]
    """Numbers of the tool's words and schema."""
    lengths: tuple[int, ...]
    """Lengths of texts that the tool's words speak of."""
    seen: Mapping[tuple[str, str], tuple[Json, ...]]
    """Values of the audit's world, by collection and attribute."""


def palette_of(tool: Tool, entity_types: Sequence[EntityType], world: State) -> Palette:
    """Return what a tool's words and the audit's world hold."""
    words = [tool.tool_description, tool.usage, *tool.error_messages]
    bounds: list[float] = []
    for parameter in tool.parameters.values():
        words.append(parameter.description)
        told = (parameter.minimum, parameter.maximum, parameter.default)
        bounds += [value for value in told if isinstance(value, int | float) and not isinstance(value, bool)]
    words += [part.description for kind in entity_types for part in kind.attributes]
    said = [float(number.replace(",", "")) for text in words for number in numbers_in(text)]
    seen: dict[tuple[str, str], dict[str, Json]] = {}
    for collection, entities in world.items():
        for entity in entities.values():
            for name, value in entity.items():
                if value is not None and collection != CLOCK:
                    seen.setdefault((collection, name), {})[repr(value)] = value
    return Palette(
        now_of(world) or "",
        tuple(dict.fromkeys([*bounds, *said])),
        tuple({int(length): None for text in words for length in _LENGTH.findall(text)}),
        {key: tuple(values.values()) for key, values in seen.items()},
    )


def draw_world(
    entity_types: Sequence[EntityType], palette: Palette, rng: Random, nulls: float, shown: Collection[str]
) -> State:
    """Return a valid world; each value is null with the chance `nulls`, and all are but in the collections `shown`."""
    state: State = {}
    for most in _SIZES:
        entities = min(most, max(1, MAX_ENTITIES // len(entity_types)))
        state = _drawn(entity_types, palette, rng, nulls, shown, entities)
        if state_bytes(state) <= MAX_STATE_BYTES:
            break
    return state


def _drawn(
    entity_types: Sequence[EntityType],
    palette: Palette,
    rng: Random,
    nulls: float,
    shown: Collection[str],
    most: int,
) -> State:
    ids = {
        kind.collection: _ids(kind, _count(most if kind.collection in shown else min(most, _UNSHOWN), rng), rng)
        for kind in entity_types
    }
    common = tuple(number_near(palette.numbers, rng) for _ in range(_VALUES))
    state: State = {}
    for kind in entity_types:
        if kind.collection not in shown:
            state[kind.collection] = {
                name: {part.name: None for part in kind.attributes} for name in ids[kind.collection]
            }
            continue
        pools = {part.name: _pool(kind.collection, part, palette, common, ids, rng) for part in kind.attributes}
        state[kind.collection] = {
            name: {key: None if nulls and rng.random() < nulls else one_of(pool, rng) for key, pool in pools.items()}
            for name in ids[kind.collection]
        }
    state[CLOCK] = {"now": {"value": palette.now}}
    return state


def _count(most: int, rng: Random) -> int:
    """Return how many entities a collection has: now and then none."""
    return 0 if rng.random() < 0.1 else 1 + int(rng.random() * most)


def _ids(kind: EntityType, count: int, rng: Random) -> list[str]:
    """Return ids in no order of their numbers; some worlds have `BK-999` beside `BK-1000`."""
    first = one_of((998, 1001), rng)
    found = [f"{kind.id_prefix}{first + place}" for place in range(count)]
    rng.shuffle(found)
    return found


def _pool(
    collection: str,
    part: Attribute,
    palette: Palette,
    common: Sequence[float],
    ids: Mapping[str, Sequence[str]],
    rng: Random,
) -> list[Json]:
    """Return the few values that an attribute has in one world; `common` are numbers that several attributes share.

    Rules compare one attribute with another, and turn where they are equal.
    """
    seen = palette.seen.get((collection, part.name), ())
    if part.references is not None:
        named: list[Json] = [*ids.get(part.references, ())]
        return [[], *([name] for name in named)] if part.type == "array" else named or [None]
    return [_value(part, seen, palette, common, rng) for _ in range(1 + int(rng.random() * _VALUES))]


def _value(part: Attribute, seen: Sequence[Json], palette: Palette, common: Sequence[float], rng: Random) -> Json:
    if part.enum:
        return one_of(part.enum, rng)
    if part.format is not None:
        return day_near(palette.now, rng, with_time=part.format == "datetime")
    if part.type in ("integer", "float"):
        own = [value for value in seen if isinstance(value, int | float)]
        drawn = one_of(common, rng) if rng.random() < 0.5 else number_near([*palette.numbers, *own], rng)
        return int(drawn) if part.type == "integer" else drawn
    if part.type == "boolean":
        return rng.random() < 0.5
    if part.type == "string":
        return text_like([*seen, *_NAMES], rng)
    empty: Json = [] if part.type == "array" else {}
    return one_of([*seen, empty], rng)


def one_of(items: Sequence[Item], rng: Random) -> Item:
    """Return one of some items: a third of what `rng.choice` takes, and this is most of what drawing does."""
    return items[int(rng.random() * len(items))]


def number_near(numbers: Sequence[float], rng: Random) -> float:
    """Return a number at one of those, or one off; never below 0."""
    place = int(rng.random() * (len(numbers) + len(_NUMBERS)))
    number = numbers[place] if place < len(numbers) else _NUMBERS[place - len(numbers)]
    return max(0, number + one_of((-1, 0, 0, 1), rng))


def day_near(now: str, rng: Random, *, with_time: bool) -> str:
    """Return a day around today, or a moment of it: now itself, an hour off, or midnight."""
    moment = datetime.fromisoformat(now) + timedelta(days=one_of(_DAYS, rng))
    if not with_time:
        return moment.date().isoformat()
    if rng.random() < 0.3:
        moment = moment.replace(hour=0, minute=0, second=0)
    return (moment + timedelta(hours=one_of((-1, 0, 0, 1), rng))).isoformat()


def text_like(texts: Sequence[Json], rng: Random) -> str:
    """Return one of some texts, now and then in another case."""
    text = one_of([text for text in texts if isinstance(text, str)], rng)
    return one_of((text, text, text.upper(), text.lower()), rng)
