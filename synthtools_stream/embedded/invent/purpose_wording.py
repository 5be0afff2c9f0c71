"""Word a deed as one plain sentence, from which a tool writer who knows only the entity types can write the tool."""

from __future__ import annotations

import random
from collections.abc import Sequence

from synthtools_stream.embedded.english import a, join, plural
from synthtools_stream.embedded.invent.deeds import (
    Deed,
    Filter,
    FilterKind,
    attribute_of,
    life_cycle,
    spoken,
    type_named,
)
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import capital, words
from synthtools_stream.records.blueprint import EntityType

__all__ = ["filter_words", "purpose_of", "sort_words"]

_LONGEST = 300
"""Characters of a purpose: the blueprint's schema takes no more."""


def purpose_of(deed: Deed, types: Sequence[EntityType], rng: random.Random) -> str:
    """Return the purpose sentence of a deed, in one of several wordings."""
    return capital(_WRITERS[deed.operation](deed, types, rng))[:_LONGEST]


def filter_words(item: Filter, kind: EntityType, types: Sequence[EntityType]) -> str:
    """Return a search parameter as words, such as `lowest declared value` or `earliest pickup date`."""
    attribute = attribute_of(kind, item.attribute)
    if attribute is None:
        return "number of results"
    text = spoken(attribute, types)
    if item.kind is FilterKind.equal:
        return text
    least, most = ("earliest", "latest") if attribute.format else ("lowest", "highest")
    return f"{least if item.kind is FilterKind.least else most} {text}"


def sort_words(deed: Deed, kind: EntityType, types: Sequence[EntityType]) -> str:
    """Return the order of a list as words, such as `sorted by pickup date, earliest first`."""
    attribute = attribute_of(kind, deed.sort)
    if attribute is None:
        return ""
    first, last = ("earliest", "latest") if attribute.format else ("lowest", "highest")
    return f"sorted by {spoken(attribute, types)}, {last if deed.descending else first} first"


def _spoken_list(deed: Deed, types: Sequence[EntityType]) -> str:
    kind = type_named(types, deed.noun)
    found = [attribute_of(kind, name) for name in deed.attributes] if kind else []
    return join([spoken(attribute, types) for attribute in found if attribute])


def _in_states(deed: Deed) -> str:
    return f" that is {join([words(state) for state in deed.states], 'or')}" if deed.states else ""


def _get(deed: Deed, types: Sequence[EntityType], rng: random.Random) -> str:
    listed = _spoken_list(deed, types)
    return rng.choice(
        [
            f"{deed.verb} one {deed.noun} by its id, with its {listed}.",
            f"{deed.verb} the {listed} of a single {deed.noun}.",
            f"given an id, {deed.verb} the {deed.noun} with its {listed}.",
            f"{deed.verb} a single {deed.noun} and return its {listed}.",
        ]
    )


def _search(deed: Deed, types: Sequence[EntityType], rng: random.Random) -> str:
    kind = type_named(types, deed.noun)
    if kind is None:
        return f"{deed.verb} {plural(deed.noun)}."
    parts = [filter_words(item, kind, types) for item in deed.filters if item.kind is not FilterKind.limit]
    narrowed = rng.choice(["narrowed by", "filtered by", "by", "that match a given"])
    order = sort_words(deed, kind, types)
    capped = any(item.kind is FilterKind.limit for item in deed.filters)
    text = f"{deed.verb} {plural(deed.noun)}"
    if parts:
        text += f" {narrowed} {join(parts)}"
    text += f", {order}" if order else ""
    return text + (rng.choice(["; at most a given number.", ", up to a given number."]) if capped else ".")


def _create(deed: Deed, types: Sequence[EntityType], rng: random.Random) -> str:
    listed = _spoken_list(deed, types)
    target = f" for {a(deed.other)}{_other_states(deed)}" if deed.other else ""
    text = f"{deed.verb} a new {deed.noun}{target} with its {listed}"
    if deed.to:
        text += rng.choice([f"; it starts as {words(deed.to)}", f", starting as {words(deed.to)}"])
    return text + _other_after(deed) + "."


def _other_states(deed: Deed) -> str:
    return f" that is {join([words(state) for state in deed.other_states], 'or')}" if deed.other_states else ""


def _other_after(deed: Deed) -> str:
    return f"; the {deed.other} becomes {words(deed.other_to)}" if deed.other_to else ""


def _update(deed: Deed, types: Sequence[EntityType], _rng: random.Random) -> str:
    return f"{deed.verb} the {_spoken_list(deed, types)} of {a(deed.noun)}{_in_states(deed)}."


def _transition(deed: Deed, types: Sequence[EntityType], rng: random.Random) -> str:
    kind = type_named(types, deed.noun)
    cycle = life_cycle(kind) if kind else None
    name = words(cycle.name) if cycle else "status"
    recorded = f", and record its {_spoken_list(deed, types)}" if deed.attributes else ""
    verb, _, particle = deed.verb.partition(" as ")
    tail = f" as {particle}" if particle else ""
    after = rng.choice([f"so that its {name} becomes {words(deed.to)}", f"its {name} becomes {words(deed.to)}"])
    return f"{verb} {a(deed.noun)}{_in_states(deed)}{tail}, {after}{recorded}."


def _assign(deed: Deed, types: Sequence[EntityType], rng: random.Random) -> str:
    listed = _spoken_list(deed, types)
    how = rng.choice([f"as its {listed}", f"replacing its {listed}"])
    own, other = f"{a(deed.noun)}{_in_states(deed)}", f"{a(deed.other)}{_other_states(deed)}"
    moved = f"{own} to {other}" if deed.onward else f"{other} to {own}"
    return f"{deed.verb} {moved}, {how}{_other_after(deed)}."


def _adjust(deed: Deed, types: Sequence[EntityType], rng: random.Random) -> str:
    kind = type_named(types, deed.noun)
    bound = attribute_of(kind, deed.bound) if kind and deed.bound else None
    limit = f" that does not exceed its {spoken(bound, types)}" if bound else ""
    moved = attribute_of(kind, deed.attributes[0]) if kind and deed.attributes else None
    dated = moved is not None and moved.format is not None
    how = "by a number of days" if dated else rng.choice(["by an amount", "by a given amount"])
    return f"{deed.verb} the {_spoken_list(deed, types)} of {a(deed.noun)}{_in_states(deed)} {how}{limit}."


def _delete(deed: Deed, _types: Sequence[EntityType], _rng: random.Random) -> str:
    return f"{deed.verb} {a(deed.noun)}{_in_states(deed)} for good."


_WRITERS = {
    Operation.get: _get,
    Operation.search: _search,
    Operation.create: _create,
    Operation.update: _update,
    Operation.transition: _transition,
    Operation.assign: _assign,
    Operation.adjust: _adjust,
    Operation.delete: _delete,
}
