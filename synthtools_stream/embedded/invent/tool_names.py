"""Name tools: PascalCase, a verb and a thing, never the same twice in one environment."""

from __future__ import annotations

import random
import re

from synthtools_stream.embedded.english import plural
from synthtools_stream.embedded.invent.deeds import Deed, FilterKind
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import identifier, pascal, words
from synthtools_stream.records.blueprint import EntityType

__all__ = ["inputs_of", "outputs_of", "tool_name"]


def tool_name(deed: Deed, taken: set[str], rng: random.Random) -> str:
    """Return a free name for a deed and take it."""
    wishes = _wishes(deed)
    if rng.random() < 0.25:
        wishes = wishes[1:] + wishes[:1]
    wishes += [f"{wishes[0]}{number}" for number in range(2, 40)]
    name = next(wish for text in wishes if (wish := _two_words(text)) not in taken)
    taken.add(name)
    return name


def _two_words(text: str) -> str:
    """Return a name of two words at least: one common word, such as `Search`, would stand in any request."""
    name = pascal(text)[:60]
    return name if len(re.findall(r"[A-Z][a-z0-9]*", name)) > 1 else f"{name[:54] or 'Handle'}Record"


def _wishes(deed: Deed) -> list[str]:
    said = words(deed.attributes[0]).removesuffix(" id") if deed.attributes else "details"
    verb, _, state = deed.verb.partition(" as ")
    match deed.operation:
        case Operation.search:
            by = f" by {words(deed.filters[0].attribute)}" if deed.filters and deed.filters[0].attribute else " list"
            return [f"{deed.verb} {plural(deed.noun)}", f"{deed.verb} {plural(deed.noun)}{by}"]
        case Operation.get:
            return [f"{deed.verb} {deed.noun}", f"{deed.verb} {deed.noun} details", f"{deed.verb} {deed.noun} record"]
        case Operation.update:
            one = len(deed.attributes) == 1
            general = [f"{deed.verb} {deed.noun}", f"{deed.verb} {deed.noun} details", f"{deed.verb} {deed.noun} data"]
            return [f"{deed.verb} {deed.noun} {said}", *general] if one else general
        case Operation.adjust:
            return [f"{deed.verb} {deed.noun} {said}", f"{deed.verb} {said} of {deed.noun}"]
        case Operation.assign:
            first, second = (deed.noun, deed.other) if deed.onward else (deed.other, deed.noun)
            return [f"{deed.verb} {first} to {second}", f"{deed.verb} {second} {first}"]
        case Operation.transition if state:
            return [f"{verb} {deed.noun} {state}", f"{verb} {deed.noun} as {state}"]
        case _:
            more = (
                f"{deed.verb} new {deed.noun}"
                if deed.operation is Operation.create
                else f"{deed.verb} {deed.noun} by id"
            )
            return [f"{deed.verb} {deed.noun}", more]


def inputs_of(deed: Deed, kind: EntityType, other: EntityType | None, rng: random.Random) -> list[str]:
    """Return the parameter names of a deed, in the order in which its purpose mentions them."""
    own = f"{identifier(kind.name)}_id"
    match deed.operation:
        case Operation.search:
            return [_filter_name(item.attribute, item.kind, kind, rng) for item in deed.filters]
        case Operation.create:
            return list(deed.attributes)
        case Operation.adjust:
            amount = rng.choice(["amount", "by_how_much", "difference"])
            return [own, amount]
        case Operation.assign if other is not None:
            return [own, deed.attributes[0] if deed.attributes else f"{identifier(other.name)}_id"]
        case Operation.update:
            prefix = rng.choice(["", "", "new_"])
            return [own, *[prefix + name for name in deed.attributes]]
        case Operation.transition:
            return [own, *deed.attributes]
        case _:
            return [own]


def _filter_name(attribute: str, how: FilterKind, kind: EntityType, rng: random.Random) -> str:
    dated = any(item.name == attribute and item.format for item in kind.attributes)
    match how:
        case FilterKind.limit:
            return rng.choice(["limit", "max_results", "how_many"])
        case FilterKind.least:
            return f"{attribute}_from" if dated else f"min_{attribute}"
        case FilterKind.most:
            return f"{attribute}_until" if dated else f"max_{attribute}"
        case _:
            return attribute


def outputs_of(deed: Deed, kind: EntityType, rng: random.Random, cycle: str) -> list[str]:
    """Return the keys of a successful response."""
    own = f"{identifier(kind.name)}_id"
    match deed.operation:
        case Operation.search:
            found = rng.choice([kind.collection, kind.collection, "results", "matches"])
            return [found, rng.choice(["count", "total"])] if rng.random() < 0.6 else [found]
        case Operation.get:
            return [identifier(kind.name)] if rng.random() < 0.4 else [own, *deed.attributes]
        case Operation.create | Operation.transition:
            state = [cycle] if deed.to and cycle else []
            echoed = [name for name in deed.attributes if "text" not in name]
            return list(dict.fromkeys([own, *state, *echoed[: rng.choice([0, 1, 2])]]))
        case Operation.delete:
            return [own]
        case _:
            return list(dict.fromkeys([own, *deed.attributes]))
