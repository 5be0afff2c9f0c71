"""Worlds that could be, and what is told of others."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from synthtools_stream.proof.plausible_world import hidden_characters, implausible, strange_ids
from synthtools_stream.values.jsontypes import Json
from tests.proof.freight import TYPES, world


def test_a_plain_world_is_plausible() -> None:
    """Also one whose names are not ASCII, and one without any date."""
    state: Any = copy.deepcopy(world())
    state["vessels"]["VS-77"]["name"] = "Čáslav Ørsted, 12 µm, Ω-3, 東京"
    assert [*implausible(state, TYPES), *hidden_characters("state", state)] == []
    state["vessels"] = {}
    state["clock"]["now"]["value"] = "2014-03-10T09:00:00"
    assert list(implausible(state, TYPES)) == []
    assert "days from the nearest date" in next(implausible(state, TYPES, ["2026-03-10"]))


@pytest.mark.parametrize(
    ("collection", "name", "entity", "told"),
    [
        ("bookings", "BK-2060", {}, "bookings/BK-2060 is empty"),
        ("bookings", "BK-2060", {"shipper": None, "status": ""}, "bookings/BK-2060 is empty"),
        ("clock", "now", {"value": "2126-03-10T09:00:00"}, "clock.now.value is in 2126"),
        ("clock", "now", {"value": "2038-03-10T09:00:00"}, "days from the nearest date there is"),
    ],
)
def test_what_is_implausible_is_told(collection: str, name: str, entity: dict[str, Any], told: str) -> None:
    """Each line says where it stands."""
    state: Any = copy.deepcopy(world())
    state[collection][name] = entity
    assert told in "; ".join(implausible(state, TYPES))


@pytest.mark.parametrize("name", ["BK-20x", "BK-", "BK-1234567890", "yusuf_rossi_9620"])
def test_strange_ids_are_told(name: str) -> None:
    """Ours are prefix and digits; those of brought rows are not looked at."""
    state: Any = copy.deepcopy(world())
    assert list(strange_ids(state, TYPES)) == []
    state["bookings"][name] = {"shipper": "A"}
    assert list(strange_ids(state, TYPES)) == [f"bookings/{name}: its id must be BK- and digits"]
    assert list(implausible(state, TYPES)) == []


@pytest.mark.parametrize("text", ["Han\u200bna", "\u202eHanna", "H\u0430nna", "\uff28anna", "Han\x07na"])
def test_hidden_characters_are_told(text: str) -> None:
    """In values, in keys, and however deep."""
    values: list[Json] = [text, {text: 1}, [{"a": [text]}]]
    for value in values:
        assert next(hidden_characters("state", value)).startswith("state: ")
