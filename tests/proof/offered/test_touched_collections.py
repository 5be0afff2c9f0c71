"""What a program touches is read off its text; what is not plain is known by the names it mentions."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.offered.touched_collections import Touched, touched_collections

KNOWN = frozenset({"bookings", "vessels", "notices"})


def _touched(body: str) -> Touched:
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
        ('row = dict(arguments); row.update(state="x"); return ok(row)', set(), set()),
    ],
)
def test_plain_forms(body: str, looked_at: set[str], written: set[str]) -> None:
    """Look-ups, helpers and changes written out; a key of the response is none of these, nor a row's own update."""
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


def test_texts_and_comments_touch_nothing() -> None:
    """Words of a message or a comment are no look-ups; a look-up within a text that is filled in is one."""
    told = 'return fail(400, "its state is not state[0]; create(one)")  # state, update("vessels")'
    assert _touched(told) == Touched(frozenset(), frozenset(), plainly=True)
    assert _touched("""return fail(400, f"the row's {arguments['state']}")""") == Touched(
        frozenset(), frozenset(), plainly=False
    )
    within = """return fail(400, f"{len(state['bookings'])} are left")"""
    assert _touched(within) == Touched(frozenset({"bookings"}), frozenset({"bookings"}), plainly=False)
