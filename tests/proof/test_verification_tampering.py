"""A released row, altered in any way: whatever is done to it, verifying the row as it stands in the file notices."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.proof.certificate import seal
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.storage.datasets.task_row import task_from_row
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json
from tests.proof.freight import proven

ROW = proven().to_json()
FREE = ("meta", "usage")
"""What is measured, not made: the only part of a row that its seal leaves open."""

Path = tuple[str | int, ...]


def places(value: Json, path: Path = ()) -> Iterator[tuple[Path, Json]]:
    """Yield every place of a row and what stands there."""
    yield path, value
    if isinstance(value, dict):
        for key, item in value.items():
            yield from places(item, (*path, key))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from places(item, (*path, index))


PLACES = [(path, value) for path, value in places(ROW) if path and path[:2] != FREE]


def holder(row: Any, path: Path) -> Any:
    """Return what holds a place."""
    for part in path[:-1]:
        row = row[part]
    return row


def others(value: Json) -> Iterator[Any]:
    """Yield other values, some of which a record would take for the same."""
    if isinstance(value, bool):
        yield from (not value, str(value).lower(), int(value), None)
    elif isinstance(value, int | float):
        yield from (value + 1, -value - 1, str(value), None)
    elif isinstance(value, str):
        yield from (f"{value} x", f"{value} ", value.swapcase(), "", 7, None)
    elif isinstance(value, list):
        yield from ([*value, "x"], [*value, *value[-1:]], value[:-1], value[::-1], "x")
    elif isinstance(value, dict):
        nothing: JsonObject = {}
        yield from ({**value, "extra": "x"}, nothing, [value])
    else:
        yield "x"


def is_noticed(row: Any) -> bool:
    """Say whether a row no longer loads, or no longer verifies as proven."""
    try:
        task = task_from_row(row)
    except RowProblem:
        return True
    return verify_task(task, row).status != "proven"


@pytest.mark.parametrize("place", PLACES, ids=["/".join(map(str, path)) for path, _ in PLACES])
def test_any_alteration_is_noticed(place: tuple[Path, Json]) -> None:
    """Each value replaced by others, dropped, or written in another type is noticed, and so is each key added."""
    path, value = place
    for other in others(value):
        row = copy.deepcopy(ROW)
        holder(row, path)[path[-1]] = other
        assert is_noticed(row) or same_json(row, ROW), other
    row = copy.deepcopy(ROW)
    del holder(row, path)[path[-1]]
    assert is_noticed(row)


def test_the_row_itself_is_proven() -> None:
    """What is noticed is the alteration: the row as it is, its keys in any order, is proven."""
    assert verify_task(task_from_row(ROW), ROW).status == "proven"
    turned = dict(reversed(ROW.items()))
    assert verify_task(task_from_row(turned), turned).status == "proven"
    measured: Any = copy.deepcopy(ROW)
    measured["meta"]["usage"] = {"requests": 5}
    assert verify_task(task_from_row(measured), measured).status == "proven"


@settings(deadline=None)
@given(st.data())
def test_columns_of_two_places_swapped_are_noticed(data: st.DataObject) -> None:
    """Two values of a row that change places are noticed, unless they are the same."""
    first, value = data.draw(st.sampled_from(PLACES))
    second, other = data.draw(st.sampled_from(PLACES))
    nested = first[: len(second)] == second or second[: len(first)] == first
    row: Any = copy.deepcopy(ROW)
    if not nested:
        holder(row, first)[first[-1]] = copy.deepcopy(other)
        holder(row, second)[second[-1]] = copy.deepcopy(value)
    assert is_noticed(row) or same_json(row, ROW)


@settings(deadline=None)
@given(st.data())
def test_a_new_seal_hides_no_broken_part(data: st.DataObject) -> None:
    """Of what the proof rests on, an alteration of one value is found out by the others, seal or no seal."""
    proof = [
        (path, value)
        for path, value in PLACES
        if path[0] in ("gt_tool_calls", "final_state", "answer") or (path[0] == "steps" and path[2:] != ("turn",))
        if not isinstance(value, dict | list | None)
    ]
    path, value = data.draw(st.sampled_from(proof))
    row: Any = copy.deepcopy(ROW)
    holder(row, path)[path[-1]] = value + 1 if type(value) is int else f"{value}x"
    try:
        task = seal(task_from_row(row))
    except RowProblem:
        return
    hidden = [reason for reason in verify_task(task).reasons if "digest" not in reason]
    assert hidden
