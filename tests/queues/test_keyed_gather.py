"""Gathers: complete groups in expected order, whatever the order of arrival."""

from __future__ import annotations

from itertools import permutations

import pytest

from queues import Gathered, KeyedGather, Member

MEMBERS = (Member("a", "done"), Member("b", "failed"), Member("c", "rejected"))


@pytest.mark.parametrize("order", list(permutations(MEMBERS)))
@pytest.mark.parametrize("early", range(4))
def test_arrival_decides_nothing(order: tuple[Member[str], ...], early: int) -> None:
    """The group comes out in the expected order, wherever `expect` stands among the arrivals, and only once."""
    gather: KeyedGather[str] = KeyedGather()
    results = [gather.add("k", member.id, member.outcome) for member in order[:early]]
    results.append(gather.expect("k", ["a", "b", "c"]))
    results += [gather.add("k", member.id, member.outcome) for member in order[early:]]
    assert results[:-1] == [None] * 3
    assert results[-1] == Gathered("k", MEMBERS)
    assert gather.pending == 0


def test_empty_group_is_complete() -> None:
    """A group without members is returned by `expect` at once."""
    gather: KeyedGather[str] = KeyedGather()
    assert gather.expect("k", []) == Gathered("k", ())
    assert gather.pending == 0


def test_groups_are_separate() -> None:
    """Members of one key do not complete another; both are pending until complete."""
    gather: KeyedGather[int] = KeyedGather()
    gather.expect("k", ["a", "b"])
    assert gather.add("l", "a", 1) is None
    assert gather.pending == 2
    assert gather.expect("l", ["a"]) == Gathered("l", (Member("a", 1),))
    assert gather.pending == 1


def test_waiting_for_names_the_missing() -> None:
    """`waiting_for` names what was expected and has not come, in expected order; nothing for an unknown key."""
    gather: KeyedGather[int] = KeyedGather()
    gather.add("k", "b", 1)
    assert gather.waiting_for("k") == ()
    gather.expect("k", ["c", "b", "a"])
    assert gather.waiting_for("k") == ("c", "a")
    assert gather.waiting_for("l") == ()


def test_any_outcome_counts() -> None:
    """None and exceptions are outcomes like any other."""
    gather: KeyedGather[Exception | None] = KeyedGather()
    error = ValueError()
    gather.expect("k", ["a", "b"])
    gather.add("k", "a", None)
    gathered = gather.add("k", "b", error)
    assert gathered is not None
    assert [member.outcome for member in gathered.members] == [None, error]


def test_repeat_is_a_bug() -> None:
    """Adding an id twice raises and keeps the first outcome."""
    gather: KeyedGather[int] = KeyedGather()
    gather.add("k", "a", 1)
    with pytest.raises(ValueError, match="'k' already has a"):
        gather.add("k", "a", 2)
    assert gather.expect("k", ["a"]) == Gathered("k", (Member("a", 1),))


def test_stranger_is_a_bug() -> None:
    """An id that is not expected raises, whether it comes after `expect` or before."""
    gather: KeyedGather[int] = KeyedGather()
    gather.expect("k", ["a"])
    with pytest.raises(ValueError, match="'k' does not expect b"):
        gather.add("k", "b", 1)
    gather.add("l", "b", 1)
    with pytest.raises(ValueError, match="does not expect b, which arrived early"):
        gather.expect("l", ["a"])
    assert gather.waiting_for("k") == ("a",)


def test_expecting_wrongly_is_a_bug() -> None:
    """Expecting an open key again, or one id twice, raises and opens nothing."""
    gather: KeyedGather[int] = KeyedGather()
    with pytest.raises(ValueError, match="expects an id twice"):
        gather.expect("k", ["a", "a"])
    assert gather.pending == 0
    gather.expect("k", ["a"])
    with pytest.raises(ValueError, match="already expected"):
        gather.expect("k", ["a"])
