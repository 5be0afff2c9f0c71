"""A deed: what one tool does, before any wording. The blueprint words it; the tool writer reads it back."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum

from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import words
from synthtools_stream.records.blueprint import Attribute, EntityType

__all__ = [
    "LIFE_CYCLE_NAMES",
    "Deed",
    "Filter",
    "FilterKind",
    "attribute_of",
    "life_cycle",
    "spoken",
    "type_named",
]

LIFE_CYCLE_NAMES = ("status", "state", "stage", "phase")


class FilterKind(StrEnum):
    """How a search parameter narrows the result."""

    equal = "equal"
    least = "least"
    most = "most"
    limit = "limit"


@dataclass(frozen=True)
class Filter:
    """One search parameter; `limit` names no attribute."""

    attribute: str
    kind: FilterKind


@dataclass(frozen=True)
class Deed:
    """One tool's doing."""

    operation: Operation
    noun: str
    """Name of the entity type that is read, changed or created."""
    verb: str
    """Imperative, such as `look up`."""
    attributes: tuple[str, ...] = ()
    """Shown by a get; set by a create, update, assign or transition; the one number of an adjust."""
    filters: tuple[Filter, ...] = ()
    sort: str = ""
    descending: bool = False
    states: tuple[str, ...] = ()
    """The life-cycle states in which it is allowed; empty: in all."""
    to: str = ""
    """The state afterwards, of a transition or a create."""
    other: str = ""
    """Name of a second entity type, that a create or assign refers to."""
    other_states: tuple[str, ...] = ()
    other_to: str = ""
    onward: bool = False
    """Of an assign: whether the thing goes to the other (`move a booking to a vessel`), not the other to the thing."""
    up: bool = True
    """Whether an adjust raises or lowers."""
    bound: str = ""
    """The attribute that the amount of an adjust must not exceed."""


def type_named(types: Iterable[EntityType], name: str) -> EntityType | None:
    """Return the entity type of that name."""
    return next((kind for kind in types if kind.name == name), None)


def attribute_of(kind: EntityType, name: str) -> Attribute | None:
    """Return the attribute of that name."""
    return next((attribute for attribute in kind.attributes if attribute.name == name), None)


def life_cycle(kind: EntityType) -> Attribute | None:
    """Return the attribute that holds the state of life: an enum that is named or described as one."""
    enums = [attribute for attribute in kind.attributes if attribute.enum]
    named = [attribute for attribute in enums if attribute.name in LIFE_CYCLE_NAMES]
    told = [attribute for attribute in enums if "in order" in attribute.description or "life" in attribute.description]
    return next(iter([*told, *named]), None)


def spoken(attribute: Attribute, types: Sequence[EntityType] = ()) -> str:
    """Return an attribute as people say it; a reference goes by the thing it refers to."""
    text = words(attribute.name)
    if attribute.references:
        target = next((kind.name for kind in types if kind.collection == attribute.references), "")
        text = text.removesuffix(" id") or target
    return text
