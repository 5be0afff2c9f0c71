"""Heuristics over worlds, responses and turns: where the fault lies is told with a pointer."""

from __future__ import annotations

from synthtools_stream.quality.fault import Fault, fault_lines
from synthtools_stream.quality.value_heuristics import (
    MAX_RESPONSE_BYTES,
    entity_faults,
    response_faults,
    text_faults,
)
from synthtools_stream.records import WorldEntity


def test_entity() -> None:
    """A poor text of a world is told with its place, however deep it lies."""
    good = WorldEntity(collection="hives", id="HV-1", attributes={"yard": "north", "notes": ["calm"]})
    poor = WorldEntity(collection="hives", id="HV-2", attributes={"notes": ["calm", "lorem ipsum"]})
    (fault,) = entity_faults([good, poor])
    assert fault.detail.startswith("hives/HV-2/notes/1: 'lorem ipsum'")


def test_overlong_response() -> None:
    """A response is held to a length; a short one passes."""
    assert not list(response_faults({"hives": [{"hive_id": "HV-1"}]}))
    (fault,) = response_faults({"text": "a" * MAX_RESPONSE_BYTES})
    assert fault.reason == "overlong_output"


def test_text() -> None:
    """A turn may have faults of several kinds."""
    found = [fault.reason for fault in text_faults("Write TBD to ann@gmail.com.", "turn 0")]
    assert found == ["placeholder", "personal_data"]


def test_few_are_told() -> None:
    """A model is told a few faults at once, each once."""
    faults = [Fault("placeholder", str(number // 2)) for number in range(20)]
    assert fault_lines(faults) == [f"placeholder: {number}" for number in range(4)]
