"""Which collections a value refers to."""

from __future__ import annotations

import pytest

from synthtools_stream.toolgraph.typed_references import id_names, referred
from tests.toolgraph.toolkit import TYPES

CASES = [
    ("port_call_id", {"port_calls"}),
    ("new_vessel_id", {"vessels"}),
    ("vessel_ids", {"vessels"}),
    ("ship", {"vessels"}),
    ("results The calls, each with port_call_id, eta and ship.", {"port_calls", "vessels"}),
    ("eta", set[str]()),
    ("vessel_idle", set[str]()),
    ("shipping", set[str]()),
]


@pytest.mark.parametrize(("told", "collections"), CASES)
def test_names_of_ids_are_found(told: str, collections: set[str]) -> None:
    """Ids are known by the entity's name and by attributes that refer, in the plural and with words before, too."""
    assert referred(told, id_names(TYPES)) == collections


def test_without_types_nothing_is_known() -> None:
    """Tools of other people's corpora have no entity types."""
    assert referred("vessel_id", id_names([])) == frozenset()
