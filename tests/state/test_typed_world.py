"""Typed worlds: what is wrong with one, told in words."""

from __future__ import annotations

from synthtools_stream.records import WorldEntity
from synthtools_stream.state import (
    state_problems,
    world_problems,
)
from tests.proof.freight import TYPES, world


def test_worlds_are_checked() -> None:
    """A world names known types and attributes, values fit, references lead somewhere, sizes are bounded."""
    assert state_problems(world(), TYPES) == []
    entities = [
        WorldEntity(collection="bookings", id="X-1", attributes={"colour": 1}),
        WorldEntity(
            collection="bookings", id="BK-1", attributes={"status": "lost", "vessel_id": "VS-1", "containers": "3"}
        ),
        WorldEntity(collection="vessels", id="VS-2", attributes={"eta": "2026-02-30"}),
        WorldEntity(collection="planes", id="P-1", attributes={}),
    ]
    problems = "\n".join(world_problems(TYPES, "yesterday", [*entities, entities[0]], max_bytes=10))
    wanted = "moment in time|begin with BK-|no attribute 'colour'|one of requested|VS-1, which does not exist|integer"
    for part in (*wanted.split("|"), "date in ISO form", "'planes'", "twice", "bytes"):
        assert part in problems
