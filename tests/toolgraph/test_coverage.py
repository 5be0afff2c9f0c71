"""Coverage: what tasks there are, and the difference to what was asked for."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.records import Provenance, ProvenanceKind, Step, Task, TaskMeta
from synthtools_stream.toolgraph.coverage import Coverage, differences


def task(field: str, environment: str, *names: str, fed: bool = False) -> Task:
    """Return a task of these calls; each later one is fed by the first, if any is."""
    said = Provenance(kind=ProvenanceKind.user, quote="x")
    taken = Provenance(kind=ProvenanceKind.response, step=0, pointer="/id")
    steps = [
        Step(
            turn="", call=f"{name}()", status_code=200, response={}, provenance={"/a": taken if fed and place else said}
        )
        for place, name in enumerate(names)
    ]
    return Task(
        id=f"{environment}_seq00",
        field=field,
        summary="",
        tools=[],
        gt_tool_calls=[f"{name}(a='x, y(')" for name in names],
        initial_state=None,
        final_state=None,
        steps=steps,
        meta=TaskMeta(environment=environment),
    )


def test_tasks_are_counted() -> None:
    """Fields, lengths, patterns, different tools and pairs, and arguments from earlier answers are told."""
    counted = Coverage.of(
        [
            task("Ports", "ports_spec_000", "Find", "Move", "Find", fed=True),
            task("Ports", "ports_spec_001", "Find", "Move"),
            task("Farms", "farms_spec_000", *"ABCDEFGHIJKL", fed=True),
        ]
    )
    assert counted.to_json() == {
        "tasks": 3,
        "fields": {"Ports": 2, "Farms": 1},
        "lengths": {"2": 1, "3": 1, "12": 1},
        "patterns": {"chain": 1, "branch": 2, "join": 0},
        "difficulty": {"easy": 1, "medium": 1, "hard": 1},
        "variants": {"base": 3},
        "tools": 2 + 2 + 12,
        "pairs": 2 + 1 + 11,
        "arguments": 17,
        "fed_arguments": 2 + 11,
    }
    assert counted.tools["ports_spec_000", "Find"] == 2


def test_difference_to_a_target() -> None:
    """What is missing is below 0, what is too many above it, and what nobody asked for is too many."""
    found = differences({"2": 1, "3": 3, "9": 1}, {"3": 2.0, "4": 2.0})
    assert found == {"3": 0.1, "4": -0.5, "2": 0.2, "9": 0.2}
    assert differences({}, {"3": 1.0}) == {"3": -1.0}


@pytest.mark.parametrize("target", [{}, {"3": 0.0}])
def test_no_target_no_difference(target: dict[str, float]) -> None:
    """Where nothing was asked for, nothing is too few."""
    assert differences({"2": 1}, target) == {}


NAMES = st.sampled_from("abcd")


@given(st.dictionaries(NAMES, st.integers(1, 50), min_size=1), st.dictionaries(NAMES, st.floats(0.1, 9), min_size=1))
def test_differences_cancel_out(counts: dict[str, int], target: dict[str, float]) -> None:
    """What one has too much, the others have too little: but for rounding the differences sum to 0."""
    assert sum(differences(counts, target).values()) == pytest.approx(0, abs=0.001)
