"""What code adds to a brought row, and what it leaves as its owner wrote it."""

from __future__ import annotations

import pytest

from synthtools_stream.proof.brought_rows.completed_row import completed_row
from synthtools_stream.records import Provenance
from synthtools_stream.records.task import ProvenanceKind
from tests.proof.brought_rows.retail import Edit, altered, retail
from tests.proof.freight import draft, proven


def test_missing_parts_are_filled_in() -> None:
    """Calls of the steps, provenance, the answers' values and slots, and where the row comes from."""
    task = completed_row(retail("steps"))
    assert [step.call for step in task.steps] == task.gt_tool_calls
    assert task.steps[0].provenance == {
        "/order_id": Provenance(kind=ProvenanceKind.user, turn=0, quote="#W2378156", normaliser=None)
    }
    assert [(one.step, one.pointer, one.value, one.slot) for one in task.answer] == [(0, "/total", 712.5, "total")]
    assert (task.meta.is_brought, task.meta.volatile, task.certificate) == (True, [], None)


def test_answers_may_stand_in_the_row_alone() -> None:
    """They are the steps' then, and keep their values, right or wrong."""
    row = retail("steps")
    edits: list[Edit] = [
        (["steps", 0, "answer"], []),
        (["answer"], [{"step": 0, "pointer": "/total", "value": 3}]),
    ]
    task = completed_row(altered(row, *edits))
    assert task.steps[0].answer == ["/total"]
    assert [(one.value, one.slot) for one in task.answer] == [(3, "total")]


def test_given_provenance_is_kept() -> None:
    """Only what has none is searched for."""
    row = retail("grounded")
    assert completed_row(row).steps[1].provenance == row.steps[1].provenance


def test_provenance_is_where_the_turn_points() -> None:
    """An id that was said, too, is taken from the list that "those" are."""
    edits: list[Edit] = [
        (["steps", 0, "turn"], "Which vessels arrive by 16 March 2026 with room for 12 containers? Is VS-81 one?"),
        (["steps", 1, "provenance"], {}),
    ]
    task = completed_row(altered(draft(), *edits))
    assert task.steps[1].provenance["/vessel_id"].kind is ProvenanceKind.response
    assert task.steps[1].provenance["/booking_id"].kind is ProvenanceKind.user


def test_calls_become_canonical_and_volatile_is_listed() -> None:
    """Arguments in the schema's order; a type that says what is volatile says it for the row."""
    edits: list[Edit] = [
        (["gt_tool_calls", 0], "SearchVessels(min_capacity=12, arrive_by='2026-03-16')"),
        (["meta", "volatile"], []),
    ]
    task = completed_row(altered(proven(), *edits))
    assert task.gt_tool_calls == proven().gt_tool_calls
    assert task.meta.volatile == ["notices.text"]


@pytest.mark.parametrize(
    "edit",
    [
        (["steps", 1, "call"], "cancel_pending_order("),
        (["steps", 1, "changes", 0, "id"], "#W1"),
        (["initial_state"], {"orders": 3}),
    ],
)
def test_what_cannot_be_replayed_is_left_to_the_proof(edit: Edit) -> None:
    """No provenance is searched for where there is no state to search in."""
    task = completed_row(altered(retail("steps"), edit))
    assert all(not step.provenance for step in task.steps)
