"""How a task's steps hang together, as its provenance tells."""

from __future__ import annotations

import pytest

from synthtools_stream.records import Provenance, ProvenanceKind, Step
from synthtools_stream.toolgraph.task_links import Pattern, fed_arguments, pattern_of, step_links

SAID = Provenance(kind=ProvenanceKind.user, turn=0, quote="x")


def taken(step: int) -> Provenance:
    """Return the provenance of a value that an earlier step gave."""
    return Provenance(kind=ProvenanceKind.response, step=step, pointer="/id")


def derived(*inputs: Provenance) -> Provenance:
    """Return the provenance of a value that was computed."""
    return Provenance(kind=ProvenanceKind.derived, formula="sum", inputs=list(inputs))


def step(**provenance: Provenance) -> Step:
    """Return a step whose arguments come from there."""
    return Step(turn="", call="T()", status_code=200, response={}, provenance=provenance)


CASES: list[tuple[list[Step], set[tuple[int, int]], Pattern]] = [
    ([], set(), "chain"),
    ([step(a=SAID), step(a=SAID)], set(), "chain"),
    ([step(a=SAID), step(a=taken(0)), step(a=taken(1))], {(0, 1), (1, 2)}, "chain"),
    ([step(a=SAID), step(a=taken(0)), step(a=taken(0))], {(0, 1), (0, 2)}, "branch"),
    ([step(a=SAID), step(a=SAID), step(a=taken(0), b=taken(1))], {(0, 2), (1, 2)}, "join"),
    ([step(a=SAID), step(a=SAID), step(a=derived(taken(0), derived(taken(1), SAID)))], {(0, 2), (1, 2)}, "join"),
    ([step(a=SAID), step(a=taken(0)), step(a=taken(0), b=taken(1))], {(0, 1), (0, 2), (1, 2)}, "join"),
    ([step(a=SAID), step(a=taken(0), b=taken(0))], {(0, 1)}, "chain"),
]


@pytest.mark.parametrize(("steps", "links", "pattern"), CASES)
def test_links_and_pattern(steps: list[Step], links: set[tuple[int, int]], pattern: Pattern) -> None:
    """A step is linked to each whose answer its arguments use, also inside a formula; the links make the pattern."""
    assert step_links(steps) == links
    assert pattern_of(links) == pattern


def test_arguments_are_counted_once() -> None:
    """An argument counts as fed if any part of it comes from an earlier answer, the first one's included."""
    steps = [step(a=SAID), step(a=taken(0), b=SAID), step(a=derived(taken(0), taken(1), SAID))]
    assert fed_arguments(steps) == 2
