"""Equality up to the names of what is new, and volatile attributes."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.records import Change, State
from synthtools_stream.state import (
    apply,
    digest,
    equal_up_to,
)
from synthtools_stream.values.jsontypes import Json
from tests.proof.freight import world
from tests.state.statekit import states


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
