"""The nouns and attributes that a text can speak of: from entity types where there are any, else from the state."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import cast

import orjson

from synthtools_stream.embedded.english import singular, stem, tokens
from synthtools_stream.embedded.prose import content, stems, words
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["EntityKind", "Mention", "Trait", "Vocabulary", "entities_of", "read_vocabulary"]

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}$")
_DATETIME = re.compile(r"^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}")


@dataclass(frozen=True)
class Trait:
    """An attribute of a kind of entity."""

    name: str
    type: str = "string"
    enum: tuple[str, ...] = ()
    format: str = ""
    """`date`, `datetime` or nothing."""
    references: str = ""
    description: str = ""

    def likeness(self, words: frozenset[str]) -> float:
        """Say from 0 to 1 how surely `words` (stems without filler) name this attribute."""
        names = [frozenset(content(self.name)) or frozenset(stems(self.name))]
        if self.references or self.name.endswith("_id"):
            names.append(names[0] - {"id"})
        return max((_likeness(words, own) for own in names if own), default=0.0)


def _likeness(words: frozenset[str], own: frozenset[str]) -> float:
    shared = len(words & own)
    if not shared:
        return 0.0
    together = shared / len(words | own)
    return max(together, 0.6 + 0.1 * together) if own <= words else together


def _without(words: tuple[str, ...], noun: tuple[str, ...]) -> tuple[str, ...]:
    """Leave a noun out of a phrase, word by word only where it does not stand there as a whole."""
    if len(words) < 2:
        return words
    for at in range(len(words) - len(noun) + 1):
        if words[at : at + len(noun)] == noun:
            return (*words[:at], *words[at + len(noun) :])
    return tuple(word for word in words if word not in noun)


@dataclass(frozen=True)
class EntityKind:
    """One kind of entity: its noun, its collection and its attributes."""

    noun: str
    collection: str
    prefix: str = ""
    traits: tuple[Trait, ...] = ()

    def trait(self, name: str) -> Trait | None:
        """Return the attribute of that exact name."""
        return next((trait for trait in self.traits if trait.name == name), None)

    def match(self, phrase: str, least: float = 0.5) -> Trait | None:
        """Return the attribute that `phrase` most likely names."""
        words = frozenset(_without(content(phrase), stems(self.noun)))
        best = max(self.traits, key=lambda trait: trait.likeness(words), default=None)
        return best if best is not None and best.likeness(words) >= least else None

    def reference_to(self, collection: str, phrase: str = "") -> Trait | None:
        """Return the attribute that holds ids of `collection`; `phrase` decides between several."""
        words = frozenset(content(phrase))
        referring = [trait for trait in self.traits if trait.references == collection]
        return max(referring, key=lambda trait: trait.likeness(words), default=None)

    def blank(self) -> JsonObject:
        """Return a new entity of which nothing is said: all its attributes, each null."""
        return {trait.name: None for trait in self.traits}

    def holding(self, value: str) -> Trait | None:
        """Return the attribute whose closed set has `value` (words or identifier)."""
        wanted = tokens(value)
        return next((trait for trait in self.traits if any(tokens(item) == wanted for item in trait.enum)), None)


@dataclass(frozen=True)
class Mention:
    """A noun found in a text."""

    kind: EntityKind
    start: int
    """Index of its first word."""
    plural: bool


@dataclass(frozen=True)
class Vocabulary:
    """All kinds that are known."""

    kinds: tuple[EntityKind, ...] = ()

    def kind(self, collection: str) -> EntityKind | None:
        """Return the kind whose entities live in `collection`."""
        return next((kind for kind in self.kinds if kind.collection == collection), None)

    def find(self, noun: str) -> EntityKind | None:
        """Return the first kind that `noun` mentions."""
        found = self.mentions(noun)
        return found[0].kind if found else None

    def mentions(self, text: str) -> list[Mention]:
        """Return every noun of the vocabulary in `text`, in order; longer nouns win over those inside them."""
        return list(_mentions(self, text))

    def with_kind(self, kind: EntityKind) -> Vocabulary:
        """Return the vocabulary with one more kind."""
        return replace(self, kinds=(*self.kinds, kind))


@lru_cache(maxsize=4096)
def _mentions(vocabulary: Vocabulary, text: str) -> tuple[Mention, ...]:
    words = tokens(text)
    heard = tuple(stem(word) for word in words)
    names = [(stems(kind.noun), kind) for kind in vocabulary.kinds]
    heads = [name[-1] for name, _ in names if name]
    names += [(name[-1:], kind) for name, kind in names if len(name) > 1 and heads.count(name[-1]) == 1]
    found: list[Mention] = []
    position = 0
    while position < len(heard):
        here = [(len(name), kind) for name, kind in names if name and heard[position : position + len(name)] == name]
        if not here:
            position += 1
            continue
        length, kind = max(here, key=lambda item: item[0])
        last = words[position + length - 1]
        found.append(Mention(kind, position, last.endswith("s") and last != tokens(kind.noun)[-1]))
        position += length
    return tuple(found)


def read_vocabulary(entity_types: list[JsonObject], state: JsonObject | None) -> Vocabulary:
    """Return the vocabulary of declared types; without any, what the state shows."""
    if entity_types:
        return _declared(orjson.dumps(entity_types))
    return _shown(orjson.dumps(state)) if state else Vocabulary()


@lru_cache(maxsize=512)
def _declared(types: bytes) -> Vocabulary:
    kinds: list[EntityKind] = []
    declared: list[JsonObject] = orjson.loads(types)
    for item in declared:
        attributes = item.get("attributes")
        listed = attributes if isinstance(attributes, list) else []
        kinds.append(
            EntityKind(
                noun=words(_text(item, "name")),
                collection=_text(item, "collection"),
                prefix=_text(item, "id_prefix"),
                traits=tuple(_trait(attribute) for attribute in listed if isinstance(attribute, dict)),
            )
        )
    return Vocabulary(tuple(kinds))


def _trait(attribute: JsonObject) -> Trait:
    enum = attribute.get("enum")
    return Trait(
        name=_text(attribute, "name"),
        type=_text(attribute, "type") or "string",
        enum=tuple(str(value) for value in enum) if isinstance(enum, list) else (),
        format=_text(attribute, "format"),
        references=_text(attribute, "references"),
        description=_text(attribute, "description"),
    )


def _text(item: JsonObject, name: str) -> str:
    value = item.get(name)
    return value if isinstance(value, str) else ""


def entities_of(state: JsonObject | None, collection: str) -> dict[str, JsonObject]:
    """Return the entities of one collection; whatever is not an entity is left out."""
    held = (state or {}).get(collection)
    if not isinstance(held, dict):
        return {}
    if set(map(type, held.values())) <= {dict}:  # nearly always, and looked up very often: no copy
        return cast(dict[str, JsonObject], held)
    return {identifier: entity for identifier, entity in held.items() if isinstance(entity, dict)}


@lru_cache(maxsize=256)
def _shown(state_text: bytes) -> Vocabulary:
    state: JsonObject = orjson.loads(state_text)
    names = [name for name, held in state.items() if name != "clock" and isinstance(held, dict)]
    homes = {identifier: name for name in names for identifier in entities_of(state, name)}
    kinds: list[EntityKind] = []
    for name in names:
        entities = entities_of(state, name)
        kinds.append(EntityKind(singular(name), name, _prefix(entities), _traits_of(entities.values(), homes, names)))
    return Vocabulary(tuple(kinds))


def _prefix(entities: Iterable[str]) -> str:
    prefixes = {re.sub(r"\d+$", "", identifier) for identifier in entities}
    return prefixes.pop() if len(prefixes) == 1 else ""


def _traits_of(entities: Iterable[JsonObject], homes: Mapping[str, str], names: list[str]) -> tuple[Trait, ...]:
    values: dict[str, list[Json]] = {}
    for entity in entities:
        for name, value in entity.items():
            values.setdefault(name, []).append(value)
    return tuple(_seen_trait(name, seen, homes, names) for name, seen in values.items())


def _seen_trait(name: str, seen: list[Json], homes: Mapping[str, str], names: list[str]) -> Trait:
    known = [value for value in seen if value is not None]
    strings = [value for value in known if isinstance(value, str)]
    references = next((homes[value] for value in strings if value in homes), "")
    if not references and name.endswith("_id"):
        references = next((other for other in names if stems(singular(other)) == stems(name[:-3])), "")
    short = all(" " not in value and value.islower() for value in strings)
    return Trait(
        name=name,
        type=_type_of(known[0]) if known else "string",
        enum=tuple(dict.fromkeys(strings)) if strings and short and not references else (),
        format=_format_of(strings),
        references=references,
    )


def _type_of(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    for python, name in ((int, "integer"), (float, "float"), (list, "array"), (dict, "object")):
        if isinstance(value, python):
            return name
    return "string"


def _format_of(strings: list[str]) -> str:
    if strings and all(_DATE.match(value) for value in strings):
        return "date"
    return "datetime" if strings and all(_DATETIME.match(value) for value in strings) else ""
