"""The shipped fields as they are known by heart: their things, what can be done to them, and their kinds of work.

The types hold an entry as its file has it and, once more, with the names that `invent/field_vocabulary` gives it.
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

__all__ = ["FieldVocabulary", "General", "Lexicon", "Thing", "ThingAction", "ThingTrait", "load_lexicon"]


_HERE = resources.files("synthtools_stream.embedded.lexicon")


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", strict=True)


class ThingTrait(_Frozen):
    """One attribute that a thing may have, beyond its id and its state."""

    name: str
    type: Literal["integer", "float", "string", "date", "boolean", "enum", "ref"]
    unit: str = ""
    values: tuple[str, ...] = ()
    """All values of an `enum`; examples of a `string`."""
    low: int | float | None = None
    high: int | float | None = None
    of: str = ""
    """For `ref`: the noun that it refers to, in the same field."""


class Thing(_Frozen):
    """One kind of thing of a field."""

    noun: str
    plural: str
    prefix: str
    states: tuple[str, ...]
    """The life cycle in order, ends such as `cancelled` last; empty where the thing has none."""
    traits: tuple[ThingTrait, ...] = Field(alias="attributes")
    labels: tuple[str, ...]
    """Believable names of such things: values of the trait `label`."""
    label: str = Field(alias="label_attribute")
    people: bool

    def trait(self, name: str) -> ThingTrait | None:
        """Return the trait of that name."""
        return next((trait for trait in self.traits if trait.name == name), None)


class ThingAction(_Frozen):
    """Something that people of the field do to one kind of thing."""

    verb: str
    noun: str
    kind: Literal["create", "update", "transition", "cancel", "attach", "notify", "adjust", "assign"]
    sets: str = ""
    """For `update`, `attach` and `assign`: the trait that is set; for `assign` always a `ref`."""
    attribute: str = ""
    """For `adjust`: the number that is raised or lowered."""
    from_states: tuple[str, ...] = Field(default=(), alias="from")
    to: str = ""


class FieldVocabulary(_Frozen):
    """All that is known of one field."""

    subfields: tuple[str, ...]
    scenarios: tuple[str, ...]
    things: tuple[Thing, ...] = Field(alias="entities")
    actions: tuple[ThingAction, ...]


class General(_Frozen):
    """Names, places, phrases and generic things for any field."""

    people: tuple[str, ...]
    cities: tuple[str, ...]
    organisations: tuple[str, ...]
    streets: tuple[str, ...]
    sites: tuple[str, ...]
    notes: tuple[str, ...]
    reasons: tuple[str, ...]
    generic_things: tuple[Thing, ...] = Field(alias="generic_entities")
    generic_actions: tuple[ThingAction, ...]


@dataclass(frozen=True)
class Lexicon:
    """Every field's entry and the general part."""

    fields: Mapping[str, FieldVocabulary]
    general: General

    def entry(self, field: str) -> FieldVocabulary | None:
        """Return the entry of `field`, whatever its case and punctuation; None for a field that is not shipped."""
        wanted = _key(field)
        return next((entry for name, entry in self.fields.items() if _key(name) == wanted), None)


@functools.cache
def load_lexicon() -> Lexicon:
    """Read the shipped lexicon, once.

    :raises ValueError: when a field has two entries, or an entry is not of its form.
    """
    fields: dict[str, FieldVocabulary] = {}
    for text in _field_files():
        for name, entry in _objects(text).items():
            if name in fields:
                raise ValueError(f"the lexicon has two entries for {name!r}")
            fields[name] = FieldVocabulary.model_validate_json(orjson.dumps(entry))
    general = General.model_validate_json(_file("general.json"))
    return Lexicon({name: fields[name] for name in sorted(fields)}, general)


def _key(field: str) -> str:
    return re.sub(r"[^a-z0-9]+", " ", field.casefold().replace("&", " and ")).strip()


def _field_files() -> Iterator[bytes]:
    names = [file.name for file in _HERE.iterdir()]
    for name in sorted(names):
        if name.startswith("fields") and name.endswith(".json"):
            yield _file(name)


def _file(name: str) -> bytes:
    return _HERE.joinpath(name).read_bytes()


def _objects(text: bytes) -> dict[str, dict[str, Json]]:
    return cast("dict[str, dict[str, Json]]", orjson.loads(text))
