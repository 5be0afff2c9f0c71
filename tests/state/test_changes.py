"""Changes: applying, minting, digest, diff."""

from __future__ import annotations

import pytest
from hypothesis import given

from synthtools_stream.errors import StateProblem
from synthtools_stream.records import Change, State
from synthtools_stream.state import (
    IdMinter,
    apply,
    as_state,
    diff,
    digest,
    mint_id,
    refuse_mint,
)
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.proof.freight import TYPES, world
from tests.state.statekit import states


def create(number: int, collection: str = "notices", **given: Json) -> Change:
    """Return a creation of `$new<number>`."""
    return Change(op="create", collection=collection, id=f"$new{number}", attributes=given)


@given(states, states)
def test_diff_leads_from_one_to_other(a: State, b: State) -> None:
    """Applying the difference of two states to the first gives the second, and leaves the first as it was."""
    before = digest(a)
    after = apply(a, diff(a, b), mint=refuse_mint).state
    assert digest(after) == digest(b)
    assert digest(a) == before


@given(states, states)
def test_digest_and_diff_agree(a: State, b: State) -> None:
    """States have one digest exactly when nothing differs."""
    assert (digest(a) == digest(b)) == (diff(a, b) == [])


def _one(value: Json) -> Json:
    return {"a": {"1": {"x": value}}}


def test_digest_sees_values_not_order() -> None:
    """Key order and 1.0 for 1 do not matter; True for 1 does; empty collections are none; parts can be taken alone."""
    ordered: Json = {"a": {"1": {"x": 1, "y": 2}}, "b": {}}
    other: Json = {"a": {"1": {"y": 2.0, "x": 1.0}}}
    assert digest(ordered) == digest(other)
    assert digest(_one(1)) != digest(_one(True))
    both: Json = {"a": {"1": {"x": 1}}, "c": {"2": {}}}
    assert digest(both, ["a"]) == digest(_one(1))
    assert digest(None) != digest([1, "free"])


def test_minted_ids_go_everywhere() -> None:
    """A placeholder becomes the next id in the entity and in every reference to it."""
    changes = [create(1, booking_id="BK-2041"), create(2, "bookings", shipper="see $new1")]
    applied = apply(world(), changes, mint=IdMinter(TYPES, world()))
    assert applied.minted == {"$new1": "N-1001", "$new2": "BK-2058"}
    assert applied.state["bookings"]["BK-2058"] == {"shipper": "see N-1001"}
    assert [change.id for change in applied.changes] == ["N-1001", "BK-2058"]


def test_deleted_ids_never_return() -> None:
    """The id of a deleted entity is not minted again by the same runtime."""
    mint = IdMinter(TYPES, world())
    gone = apply(world(), [Change(op="delete", collection="bookings", id="BK-2057")], mint=mint).state
    assert apply(gone, [create(1, "bookings")], mint=mint).minted == {"$new1": "BK-2058"}
    assert mint_id("bookings", gone, "BK-") == "BK-2042"


def test_untouched_parts_are_shared() -> None:
    """Only what changes is copied."""
    start = world()
    update = Change(op="update", collection="bookings", id="BK-2041", attributes={"status": None})
    after = apply(start, [update], mint=refuse_mint).state
    assert after["vessels"] is start["vessels"]
    assert after["bookings"]["BK-2057"] is start["bookings"]["BK-2057"]
    assert after["bookings"]["BK-2041"]["status"] is None
    assert start["bookings"]["BK-2041"]["status"] == "confirmed"


@pytest.mark.parametrize(
    "changes",
    [
        [Change(op="update", collection="bookings", id="BK-1")],
        [Change(op="delete", collection="ships", id="VS-81")],
        [Change(op="create", collection="bookings", id="BK-2041")],
        [create(1), create(1)],
        [Change(op="update", collection="notices", id="$new3")],
    ],
)
def test_impossible_changes_are_refused(changes: list[Change]) -> None:
    """What does not fit the state is refused by name."""
    with pytest.raises(StateProblem):
        apply(world(), changes, mint=IdMinter(TYPES, world()))


def test_free_forms_are_no_typed_states() -> None:
    """A state that is not collections of entities is refused where one is needed."""
    frees: list[JsonObject | None] = [None, {"a": 1}, {"a": {"b": 1}}]
    for free in frees:
        with pytest.raises(StateProblem):
            as_state(free)
