"""What the embedded model knows by heart: the things, actions and kinds of work of each shipped field.

`fields*.json` hold one entry a field, `general.json` names, places, phrases and generic things for any other field.

Belongs here: the lists, and their reading into typed entries.

Does not: what is made of an entry (`invent/field_vocabulary`).

May import: `values`.
"""

from __future__ import annotations

import functools
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from importlib import resources
from typing import Literal, cast

import orjson
from pydantic import BaseModel, ConfigDict, Field

from synthtools_stream.values.jsontypes import Json

__all__ = ["Action", "Attribute", "Entity", "FieldEntry", "General", "Lexicon", "load_lexicon"]


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class Attribute(_Frozen):
    """One attribute of a kind of entity, beyond its id, its name and its state."""

    name: str
    type: Literal["integer", "float", "string", "date", "boolean", "enum", "ref"]
    unit: str = ""
    values: tuple[str, ...] = ()
    """All values of an `enum`; examples of a `string`."""
    low: int | float | None = None
    high: int | float | None = None
    of: str = ""
    """For `ref`: the noun that it refers to, in the same field."""


class Entity(_Frozen):
    """One kind of thing of a field."""

    noun: str
    plural: str
    prefix: str
    states: tuple[str, ...]
    """The life cycle in order, ends such as `cancelled` last; empty where the thing has none."""
    attributes: tuple[Attribute, ...]
    labels: tuple[str, ...]
    """Believable values of `label_attribute`."""
    label_attribute: str
    people: bool

    def attribute(self, name: str) -> Attribute | None:
        """Return the attribute with this name."""
        return next((attribute for attribute in self.attributes if attribute.name == name), None)


class Action(_Frozen):
    """Something that people of the field do to one kind of thing."""

    verb: str
    noun: str
    kind: Literal["create", "update", "transition", "cancel", "attach", "notify", "adjust", "assign"]
    sets: str = ""
    """For `update`, `attach` and `assign`: the attribute that is set; for `assign` always a `ref`."""
    attribute: str = ""
    """For `adjust`: the number that is raised or lowered."""
    from_states: tuple[str, ...] = Field(default=(), alias="from")
    to: str = ""


class FieldEntry(_Frozen):
    """All that is known of one field."""

    subfields: tuple[str, ...]
    scenarios: tuple[str, ...]
    entities: tuple[Entity, ...]
    actions: tuple[Action, ...]

    def entity(self, noun: str) -> Entity | None:
        """Return the kind of thing with this noun."""
        return next((entity for entity in self.entities if entity.noun == noun), None)


class General(_Frozen):
    """Names, places, phrases and generic things for any field."""

    people: tuple[str, ...]
    cities: tuple[str, ...]
    organisations: tuple[str, ...]
    streets: tuple[str, ...]
    sites: tuple[str, ...]
    notes: tuple[str, ...]
    reasons: tuple[str, ...]
    generic_entities: tuple[Entity, ...]
    generic_actions: tuple[Action, ...]


@dataclass(frozen=True)
class Lexicon:
    """Every field's entry and the general part."""

    fields: Mapping[str, FieldEntry]
    general: General

    def entry(self, field: str) -> FieldEntry | None:
        """Return the entry of `field`, whatever its case and punctuation; None for a field that is not shipped."""
        wanted = _key(field)
        return next((entry for name, entry in self.fields.items() if _key(name) == wanted), None)


@functools.cache
def load_lexicon() -> Lexicon:
    """Read the shipped lexicon, once.

    :raises ValueError: when a field has two entries, or an entry is not of its form.
    """
    fields: dict[str, FieldEntry] = {}
    for text in _field_files():
        for name, entry in _objects(text).items():
            if name in fields:
                raise ValueError(f"the lexicon has two entries for {name!r}")
            fields[name] = FieldEntry.model_validate_json(orjson.dumps(entry))
    general = General.model_validate_json(_file("general.json"))
    return Lexicon({name: fields[name] for name in sorted(fields)}, general)


def _key(field: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", field.casefold().replace("&", " and ")).strip()


def _field_files() -> Iterator[bytes]:
    names = [file.name for file in resources.files(__name__).iterdir()]
    for name in sorted(names):
        if name.startswith("fields") and name.endswith(".json"):
            yield _file(name)


def _file(name: str) -> bytes:
    return resources.files(__name__).joinpath(name).read_bytes()


def _objects(text: bytes) -> dict[str, dict[str, Json]]:
    return cast("dict[str, dict[str, Json]]", orjson.loads(text))
