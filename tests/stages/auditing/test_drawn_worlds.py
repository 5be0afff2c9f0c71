"""Drawn worlds are valid, and full of what programs go wrong at."""

from __future__ import annotations

from random import Random

import pytest

from stages.auditing.drawn_worlds import draw_world, palette_of
from synthtools_stream.records import Attribute, EntityType, State, WorldEntity
from synthtools_stream.state import CLOCK, state_bytes, world_problems
from tests.programs.coded_freight import CODED, CONFIRM
from tests.proof.freight import SEARCH, TYPES, world

NOW = "2026-03-10T09:00:00"
WIDE = [
    EntityType(
        name=f"thing {number}",
        collection=f"things_{number}",
        id_prefix=f"T{number}-",
        attributes=[
            Attribute(name="thing_ids", type="array", references="things_0"),
            Attribute(name="seen_at", type="string", format="datetime"),
            Attribute(name="kept", type="boolean"),
            Attribute(name="rate", type="float"),
            Attribute(name="more", type="object"),
            *(Attribute(name=f"text_{place}", type="string") for place in range(11)),
        ],
    )
    for number in range(10)
]


def worlds(nulls: float, count: int = 60, types: list[EntityType] = TYPES) -> list[State]:
    """Return some worlds of one seed."""
    rng, palette = (
        Random("w"),
        palette_of(SEARCH, types, world() if types is TYPES else {CLOCK: {"now": {"value": NOW}}}),
    )
    return [draw_world(types, palette, rng, nulls, [kind.collection for kind in types]) for _ in range(count)]


@pytest.mark.parametrize("types", [TYPES, WIDE], ids=["freight", "wide"])
@pytest.mark.parametrize("nulls", [0.0, 0.15])
def test_drawn_world_is_valid(nulls: float, types: list[EntityType]) -> None:
    """References lead somewhere, values are of their types, and no world is larger than one may be."""
    for state in worlds(nulls, types=types):
        entities = [
            WorldEntity(collection=collection, id=name, attributes=attributes)
            for collection, held in state.items()
            if collection != CLOCK
            for name, attributes in held.items()
        ]
        assert world_problems(types, NOW, entities) == []
        assert state_bytes(state) <= 8192


def values(states: list[State], collection: str, name: str) -> list[object]:
    """Return all values of an attribute."""
    return [entity.get(name) for state in states for entity in state[collection].values()]


def test_drawn_worlds_hold_ties_bounds_days_and_nothing() -> None:
    """Ties, equal numbers in two attributes, today and its neighbours, other cases, empty collections, odd ids."""
    states = worlds(0.0)
    assert None not in values(states, "vessels", "eta")
    assert {"2026-03-09", "2026-03-10", "2026-03-11"} <= set(values(states, "vessels", "eta"))
    assert {0, 1, 2, 500, 501} <= set(values(states, "vessels", "capacity_left"))
    assert {"Alba", "ALBA", "alba"} <= set(values(states, "bookings", "shipper"))
    assert any(not state["bookings"] for state in states)
    assert any({"VS-999", "VS-1000"} <= set(state["vessels"]) for state in states)
    tied = [values([state], "vessels", "capacity_left") for state in states]
    assert sum(len(set(one)) < len(one) for one in tied) > len(states) / 3
    left = [
        set(values([state], "vessels", "capacity_left")) & set(values([state], "bookings", "containers"))
        for state in states
    ]
    assert sum(map(bool, left)) > len(states) / 4


def test_nulls_come_as_asked() -> None:
    """About so many values are null, in every attribute."""
    found = values(worlds(0.15, 200), "bookings", "status")
    assert 0.1 < found.count(None) / len(found) < 0.2


def test_palette_reads_words_and_schema() -> None:
    """Numbers of the text and of the schema, and values of the audit's world."""
    palette = palette_of(CONFIRM.model_copy(update={"usage": "At most 1,200 containers."}), TYPES, world())
    assert 1200 in palette.numbers
    assert {1, 500} <= set(palette_of(CODED["SearchVessels"], TYPES, world()).numbers)
    assert palette.seen["bookings", "shipper"] == ("Alba", "Nord")
    assert palette.now == NOW


def test_same_seed_same_worlds() -> None:
    """Nothing but the seed decides."""
    assert worlds(0.15) == worlds(0.15)
