"""State: changes, minting, digest, diff, equality."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.errors import StateProblem
from synthtools_stream.records import Change, State, WorldEntity
from synthtools_stream.state import (
    IdMinter,
    apply,
    as_state,
    diff,
    digest,
    equal_up_to,
    mint_id,
    only_differences,
    refuse_mint,
    state_problems,
    world_problems,
)
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.proof.freight import TYPES, world

attributes = st.dictionaries(
    st.sampled_from("abc"),
    st.none() | st.booleans() | st.integers(0, 3) | st.sampled_from(["x", "E-1", "E-2"]),
    max_size=3,
)
states = st.dictionaries(
    st.sampled_from(["es", "fs"]),
    st.dictionaries(st.sampled_from(["E-1", "E-2", "F-1"]), attributes, max_size=3),
    max_size=2,
)


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


@given(states, states, states)
def test_only_differences_differ(a: State, b: State, c: State) -> None:
    """What is left out stands alike in all states; what is left does not, and differs as the whole states do."""
    whole, less = [a, b, c], only_differences([a, b, c])
    assert sorted(map(str, diff(less[0], less[1]))) == sorted(map(str, diff(a, b)))
    assert sorted(map(str, diff(less[1], less[2]))) == sorted(map(str, diff(b, c)))
    places = {(name, entity) for state in less for name, entities in state.items() for entity in entities}
    for name, entity in places:
        contents = [state.get(name, {}).get(entity) for state in whole]
        assert [state.get(name, {}).get(entity) for state in less] == contents
        assert digest(contents[0]) != digest(contents[1]) or digest(contents[1]) != digest(contents[2])


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


def _after(*changes: Change) -> State:
    return apply(world(), changes, mint=None).state


def _named(name: str, **given: Json) -> Change:
    return Change(op="create", collection="notices" if name[0] == "N" else "bookings", id=name, attributes=given)


def test_equal_up_to_names_of_the_new() -> None:
    """Created entities are paired by content through references, whatever they are called."""
    ours = _after(_named("N-5", booking_id="BK-9"), _named("BK-9", shipper="A"), _named("BK-8", shipper="B"))
    theirs = _after(_named("BK-8", shipper="A"), _named("BK-9", shipper="B"), _named("N-1", booking_id="BK-8"))
    assert equal_up_to(ours, theirs, world()) == []
    wrong = _after(_named("BK-8", shipper="A"), _named("BK-9", shipper="B"), _named("N-1", booking_id="BK-9"))
    assert equal_up_to(ours, wrong, world()) != []


def test_twins_in_a_ring_are_paired() -> None:
    """Entities alike in content are told apart by what refers to them, with a search where colours do not do."""
    ours = _after(_named("BK-1", next="BK-2"), _named("BK-2", next="BK-1"), _named("BK-3", next="BK-3"))
    same = _after(_named("BK-7", next="BK-7"), _named("BK-8", next="BK-9"), _named("BK-9", next="BK-8"))
    other = _after(_named("BK-7", next="BK-7"), _named("BK-8", next="BK-8"), _named("BK-9", next="BK-9"))
    assert equal_up_to(ours, same, world()) == []
    assert equal_up_to(ours, other, world()) != []


@given(st.lists(st.integers(0, 4), min_size=1, max_size=5), st.permutations(range(5)), st.randoms())
def test_renaming_and_reordering_the_new_is_equal(links: list[int], names: list[int], random: Random) -> None:
    """Whatever refers to whatever, and in whatever order it was created: renamed consistently, it is equal."""
    size = len(links)

    def graph(number: Callable[[int], int]) -> list[Change]:
        return [_named(f"BK-{number(i)}", next=f"BK-{number(to % size)}") for i, to in enumerate(links)]

    other = graph(lambda index: 10 + names[index])
    random.shuffle(other)
    assert equal_up_to(_after(*graph(lambda index: index)), _after(*other), world()) == []
    one_more = _named("BK-99", next="BK-99")
    assert equal_up_to(_after(*graph(lambda index: index)), _after(*other, one_more), world()) != []


def test_references_from_the_old_to_the_new_are_renamed() -> None:
    """An old entity that names a new one is compared under the new one's other name."""
    update = Change(op="update", collection="bookings", id="BK-2041", attributes={"vessel_id": "N-9"})
    renamed = update.model_copy(update={"attributes": {"vessel_id": "N-1"}})
    ours, theirs = _after(_named("N-9", text="t"), update), _after(_named("N-1", text="t"), renamed)
    assert equal_up_to(ours, theirs, world()) == []


def test_only_volatile_values_may_differ() -> None:
    """Volatile attributes are not compared; others, extra and missing entities are told."""
    ours, theirs = _after(_named("N-1", text="a", channel="sms")), _after(_named("N-1", text="b", channel="sms"))
    assert equal_up_to(ours, theirs, world(), {"notices.text"}) == []
    assert equal_up_to(ours, theirs, world()) == ['notices/N-1: text is "a", expected "b"']
    assert equal_up_to(world(), theirs, world()) == ["notices/N-1 is missing"]
    assert equal_up_to(ours, world(), world()) == ["notices/N-1 should not be there"]


@given(states, states)
def test_equality_is_exact_without_new_entities(a: State, b: State) -> None:
    """Where nothing was created, equality up to names is plain sameness."""
    both = {name: {**a.get(name, {}), **b.get(name, {})} for name in (*a, *b)}
    assert (equal_up_to(a, b, both) == []) == (digest(a) == digest(b))


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


def test_free_forms_are_no_typed_states() -> None:
    """A state that is not collections of entities is refused where one is needed."""
    frees: list[JsonObject | None] = [None, {"a": 1}, {"a": {"b": 1}}]
    for free in frees:
        with pytest.raises(StateProblem):
            as_state(free)
