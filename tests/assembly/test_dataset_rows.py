"""Which outcomes are rows of which dataset."""

from __future__ import annotations

import pytest

from synthtools_stream.assembly.dataset_rows import rows_of
from synthtools_stream.storage.journal.outcomes import Outcome, OutcomeKind


@pytest.mark.parametrize(
    ("stage", "kind"),
    [
        ("generation.blueprint", "environments"),
        ("auditing", "tools"),
        ("summarizing", "tasks"),
        ("rollout", "trajectories"),
    ],
)
def test_done_rows(stage: str, kind: str) -> None:
    """What four stages make are rows, one an output; failed items make none."""
    outcome = Outcome(stage, "a", OutcomeKind.DONE, outputs=[{"id": "a"}, {"id": "b"}])
    assert [(row.kind, row.row) for row in rows_of(outcome)] == [(kind, {"id": "a"}), (kind, {"id": "b"})]
    assert list(rows_of(Outcome(stage, "a", OutcomeKind.FAILED))) == []


def test_passing_items_make_no_rows() -> None:
    """What only travels on is no row."""
    passing = ("generation.subfields", "generation.scenarios", "generation.tool", "sequencing", "evolution")
    assert [list(rows_of(Outcome(stage, "a", OutcomeKind.DONE, outputs=[{"id": "a"}]))) for stage in passing] == [
        []
    ] * 5


def test_rejected_rows() -> None:
    """A reject of any stage is a row that tells stage, outcome, reason, detail and evidence."""
    outcome = Outcome("generation.tool", "a", OutcomeKind.REJECTED, "unfit", "too odd", extra={"probe": 3})
    (row,) = rows_of(outcome)
    assert row.kind == "rejected"
    assert row.row == {
        "id": "a",
        "stage": "generation",
        "outcome": "rejected",
        "reason": "unfit",
        "detail": "too odd",
        "probe": 3,
    }
