"""What a program touches is read off its text; what is not plain is known by the names it mentions."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.offered.touched_collections import Touched, touched_collections

KNOWN = frozenset({"bookings", "vessels", "notices"})


def _touched(body: str) -> Touched | None:
    return touched_collections(f"def call(state, arguments, now):\n    {body}\n", KNOWN)


@pytest.mark.parametrize(
    ("body", "looked_at", "written"),
    [
        ('return ok({"n": len(state["bookings"])})', {"bookings"}, set()),
        ('return ok({"n": len(state.get("vessels", {}))})', {"vessels"}, set()),
        ('return ok({}, [create("notices", {})])', set(), {"notices"}),
        ('return ok({}, [update("bookings", "BK-1", pick(state["vessels"]["V"], "x"))])', {"vessels"}, {"bookings"}),
        (
            'return {"changes": [{"op": "delete", "collection": "notices", "id": "N", "attributes": {}}]}',
            set(),
            {"notices"},
        ),
        ('return ok({"here": "bookings" in state, "notices": []})', set(), set()),
    ],
)
def test_plain_forms(body: str, looked_at: set[str], written: set[str]) -> None:
    """Look-ups, helpers and changes written out; a key of the response is none of these."""
    assert _touched(body) == Touched(frozenset(looked_at), frozenset(written), plainly=True)


@pytest.mark.parametrize(
    "body",
    [
        'return ok({"n": sum(len(state[name]) for name in ("bookings", "vessels"))})',
        'held = state; return ok({"n": len(held["bookings"]) + len(held["vessels"])})',
        'make = create; return ok({}, [make("bookings", {}), make("vessels", {})])',
        'return ok({}, [create(name, {}) for name in ("bookings", "vessels")])',
    ],
)
def test_other_forms(body: str) -> None:
    """Whatever may be touched is counted, and it is said that nobody can be sure."""
    both = frozenset({"bookings", "vessels"})
    assert _touched(body) == Touched(both, both, plainly=False)


def test_unreadable() -> None:
    """What is no Python touches nothing that could be told."""
    assert _touched("return ((") is None
