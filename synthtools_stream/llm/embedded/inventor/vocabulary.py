"""What the embedded model knows of a field: its things, what can be done to them, and its kinds of work.

A field of the lexicon is known by heart. Any other field borrows generic things (records, visits, orders, …) and
puts its own words before them, so that "Lighthouse Keeping" has lighthouse inspections and lighthouse permits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache

from synthtools_stream.jsontypes import Json
from synthtools_stream.llm.embedded.inventor.words import plural, singular, slug
from synthtools_stream.llm.embedded.lexicon import load_lexicon

__all__ = ["Action", "Thing", "Trait", "Vocabulary", "known_thing", "vocabulary_of"]

GENERAL = "general"
_EMPTY_WORDS = frozenset({"and", "of", "the", "for", "in", "on", "to", "a", "an", "with", "services", "service"})


@dataclass(frozen=True)
class Trait:
    """One attribute that a thing may have."""

    name: str
    type: str
    unit: str = ""
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    of: str = ""
    """For `ref`: the noun that it refers to."""


@dataclass(frozen=True)
class Thing:
    """One kind of thing of a field."""

    noun: str
    plural: str
    prefix: str
    states: tuple[str, ...] = ()
    traits: tuple[Trait, ...] = ()
    labels: tuple[str, ...] = ()
    """Believable names of such things."""
    label: str = ""
    """The attribute that holds such a name."""


@dataclass(frozen=True)
class Action:
    """Something people do to a thing."""

    verb: str
    noun: str
    kind: str
    start: tuple[str, ...] = ()
    to: str = ""
    sets: tuple[str, ...] = ()
    attribute: str = ""


@dataclass(frozen=True)
class Vocabulary:
    """All that is known of a field."""

    subfields: tuple[str, ...]
    scenarios: tuple[str, ...]
    things: tuple[Thing, ...]
    actions: tuple[Action, ...]
    known: bool = True


def vocabulary_of(field: str) -> Vocabulary:
    """Return the vocabulary of `field`; an unknown field gets one composed from its own words."""
    key = _key(field)
    fields = _fields()
    if key in fields:
        return _read(fields[key])
    return _compose(field)


@lru_cache(maxsize=1)
def _fields() -> dict[str, Mapping[str, Json]]:
    return {_key(name): entry for name, entry in load_lexicon().items()}


@lru_cache(maxsize=1)
def _index() -> dict[str, Thing]:
    found: dict[str, Thing] = {}
    for entry in _fields().values():
        for thing in _read(entry).things:
            found.setdefault(thing.noun, thing)
    return found


def known_thing(noun: str) -> Thing | None:
    """Return what any field's vocabulary knows of things with this name, or else of its last word."""
    return _index().get(noun) or _index().get(noun.rpartition(" ")[2])


def _key(field: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", field.casefold().replace("&", " and ")).strip()


def _compose(field: str) -> Vocabulary:
    general = _read(_fields()[GENERAL])
    word = own_word(field)
    names = {thing.noun: f"{word} {thing.noun}" for thing in general.things if thing.states}
    things = tuple(_own(thing, names) for thing in general.things)
    actions = tuple(replace(action, noun=names.get(action.noun, action.noun)) for action in general.actions)
    return Vocabulary((), (), things, actions, known=False)


def own_word(field: str) -> str:
    """Return the word of an unknown field that its things are named after."""
    tokens = [token for token in re.findall(r"[^\W\d_]+", field.casefold()) if token not in _EMPTY_WORDS]
    if not tokens:
        return "field"
    chosen = next((token for token in tokens if len(token) > 3 and not token.endswith("ing")), tokens[0])
    return singular(slug(chosen).replace("_", " ") or "field")


def _own(thing: Thing, names: Mapping[str, str]) -> Thing:
    noun = names.get(thing.noun, thing.noun)
    traits = tuple(replace(trait, of=names.get(trait.of, trait.of)) for trait in thing.traits)
    return replace(thing, noun=noun, plural=plural(noun) if noun != thing.noun else thing.plural, traits=traits)


def _read(entry: Mapping[str, Json]) -> Vocabulary:
    return Vocabulary(
        subfields=_texts(entry.get("subfields")),
        scenarios=_texts(entry.get("scenarios")),
        things=tuple(_read_thing(item) for item in _items(entry.get("entities"))),
        actions=tuple(_read_action(item) for item in _items(entry.get("actions"))),
    )


def _read_thing(item: Mapping[str, Json]) -> Thing:
    noun = _text(item.get("noun"))
    return Thing(
        noun=noun,
        plural=_text(item.get("plural")) or plural(noun),
        prefix=_text(item.get("prefix")),
        states=_texts(item.get("states")),
        traits=tuple(_read_trait(trait) for trait in _items(item.get("attributes"))),
        labels=_texts(item.get("labels")),
        label=_text(item.get("label_attribute")),
    )


def _read_trait(item: Mapping[str, Json]) -> Trait:
    return Trait(
        name=slug(_text(item.get("name"))),
        type=_text(item.get("type")),
        unit=_text(item.get("unit")),
        values=_texts(item.get("values")),
        low=_number(item.get("low")),
        high=_number(item.get("high")),
        of=_text(item.get("of")),
    )


def _read_action(item: Mapping[str, Json]) -> Action:
    start = item.get("from")
    return Action(
        verb=_text(item.get("verb")).casefold(),
        noun=_text(item.get("noun")),
        kind=_text(item.get("kind")),
        start=(start,) if isinstance(start, str) else _texts(start),
        to=_text(item.get("to")),
        sets=_texts(item.get("sets")),
        attribute=_text(item.get("attribute")),
    )


def _text(value: Json) -> str:
    return value if isinstance(value, str) else ""


def _texts(value: Json) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _number(value: Json) -> float | None:
    return value if isinstance(value, int | float) and not isinstance(value, bool) else None


def _items(value: Json) -> list[dict[str, Json]]:
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []
