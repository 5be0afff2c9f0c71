"""What differs between two states, and what recorded changes do to one."""

from __future__ import annotations

from typing import TypeAlias, cast

from hypothesis import given, settings
from hypothesis import strategies as st

from synthtools_stream.records import Change
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.view.pages.state_diff import AttributeDiff, EntityDiff, Tape, state_diff

_WORLD: JsonObject = {"things": {"T-1": {"a": 1, "b": None}, "T-2": {"a": 2}}, "clock": {"now": {"value": "x"}}}


def test_entities_are_told_apart() -> None:
    """Created, deleted and changed ones; 1 is 1.0, null is a value, an empty collection is as good as none."""
    after: JsonObject = {"things": {"T-1": {"a": 1.0, "c": 3}, "T-3": {"a": 1}}, "clock": _WORLD["clock"], "none": {}}
    assert state_diff(_WORLD, after) == [
        EntityDiff(
            "things",
            "T-1",
            "changed",
            [AttributeDiff("c", "created", after=3), AttributeDiff("b", "deleted", before=None)],
        ),
        EntityDiff("things", "T-3", "created", [AttributeDiff("a", "created", after=1)]),
        EntityDiff("things", "T-2", "deleted", [AttributeDiff("a", "deleted", before=2)]),
    ]


def test_other_peoples_states_are_compared_by_place() -> None:
    """Of what is no state, nothing is known."""
    (found,) = state_diff({"users": [{"n": 1}, 2]}, {"users": [{"n": 3}]})
    assert [(part.name, part.kind, part.before, part.after) for part in found.attributes] == [
        ("/users/0/n", "changed", 1, 3),
        ("/users/1", "deleted", 2, None),
    ]
    assert state_diff(None, _WORLD) == state_diff(_WORLD, None) == []


_STATES = st.dictionaries(
    st.sampled_from("xy"),
    st.dictionaries(st.sampled_from("123"), st.dictionaries(st.sampled_from("ab"), st.integers(0, 2), max_size=2)),
)
_World: TypeAlias = dict[str, dict[str, dict[str, int]]]


@settings(deadline=None)
@given(_STATES, _STATES)
def test_differences_lead_from_one_to_the_other(before: _World, after: _World) -> None:
    """Made in a copy of the one state, they give the other."""
    made: dict[str, dict[str, JsonObject]] = {
        name: {key: {**entity} for key, entity in part.items()} for name, part in before.items()
    }
    for found in state_diff(cast("JsonObject", before), cast("JsonObject", after)):
        part = made.setdefault(found.collection, {})
        if found.kind == "deleted":
            del part[found.id]
            continue
        entity = part.setdefault(found.id, {})
        for attribute in found.attributes:
            if attribute.kind == "deleted":
                del entity[attribute.name]
            else:
                entity[attribute.name] = attribute.after
    assert {name: part for name, part in made.items() if part} == {name: part for name, part in after.items() if part}


def test_changes_are_replayed() -> None:
    """Each step knows what it met; once one does not fit, only what is set is told."""
    tape = Tape(_WORLD)
    (first,) = tape.after([Change(op="update", collection="things", id="T-1", attributes={"a": 5})])
    assert first.attributes == [AttributeDiff("a", "changed", 1, 5)]
    (second,) = tape.after([Change(op="update", collection="things", id="T-1", attributes={"a": 6})])
    assert second.attributes == [AttributeDiff("a", "changed", 5, 6)]
    assert tape.after([]) == []
    (lost,) = tape.after([Change(op="delete", collection="things", id="T-9")])
    assert (lost.kind, list(lost.attributes)) == ("deleted", [])
    (later,) = tape.after([Change(op="update", collection="things", id="T-1", attributes={"a": 7})])
    assert later.attributes == [AttributeDiff("a", "changed", None, 7, False)]
