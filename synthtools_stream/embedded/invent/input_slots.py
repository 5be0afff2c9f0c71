"""Match a signature's inputs with what its deed needs: the id, the attributes, the filters, the amount."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from synthtools_stream.embedded.invent.deeds import Deed, FilterKind, attribute_of
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import identifier
from synthtools_stream.records.blueprint import Attribute, EntityType

__all__ = ["Slot", "SlotKind", "fill_slots"]


class SlotKind(StrEnum):
    """What a parameter is for."""

    target = "target"
    sets = "sets"
    equal = "equal"
    least = "least"
    most = "most"
    limit = "limit"
    amount = "amount"
    free = "free"


@dataclass(frozen=True)
class Slot:
    """One parameter before its wording."""

    name: str
    kind: SlotKind
    attribute: Attribute | None = None


def fill_slots(deed: Deed, inputs: Sequence[str], kind: EntityType) -> list[Slot]:
    """Return a slot an input. Inputs are taken in order; where the counts differ, by name."""
    needs = _needs(deed, kind)
    if len(needs) == len(inputs):
        return [Slot(name, need.kind, need.attribute) for name, need in zip(inputs, needs, strict=True)]
    left = list(needs)
    slots: list[Slot] = []
    for name in inputs:
        need = next((item for item in left if _alike(name, item, kind)), None) or _guess(name, kind)
        if need in left:
            left.remove(need)
        slots.append(Slot(name, need.kind, need.attribute))
    return slots


def _needs(deed: Deed, kind: EntityType) -> list[Slot]:
    target = Slot("", SlotKind.target)
    sets = [Slot("", SlotKind.sets, item) for name in deed.attributes if (item := attribute_of(kind, name))]
    match deed.operation:
        case Operation.search:
            return [_filter(item.attribute, item.kind, kind) for item in deed.filters]
        case Operation.create:
            return sets
        case Operation.get | Operation.delete:
            return [target]
        case Operation.adjust:
            return [target, *[Slot("", SlotKind.amount, item.attribute) for item in sets[:1]]]
        case _:
            return [target, *sets]


def _filter(attribute: str, how: FilterKind, kind: EntityType) -> Slot:
    return Slot("", SlotKind(how.value), attribute_of(kind, attribute))


def _alike(name: str, need: Slot, kind: EntityType) -> bool:
    if need.kind is SlotKind.target:
        return name in (f"{identifier(kind.name)}_id", "id")
    return need.attribute is not None and need.attribute.name in name


def _guess(name: str, kind: EntityType) -> Slot:
    """Say what an input is whose need the purpose does not tell."""
    if name in (f"{identifier(kind.name)}_id", "id"):
        return Slot(name, SlotKind.target)
    if name in ("limit", "max_results", "how_many"):
        return Slot(name, SlotKind.limit)
    found = next((item for item in kind.attributes if item.name in name), None)
    return Slot(name, SlotKind.sets if found else SlotKind.free, found)
