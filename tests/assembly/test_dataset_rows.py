"""Which outcomes are rows of which dataset."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.assembly.dataset_rows import rows_of
from synthtools_stream.assembly.row_ids import RowIds
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind

IDS = RowIds("@00c0ffee", "tools")


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
    """What four stages make are rows, one an output, named as the run's; failed items make none."""
    outcome = Outcome(stage, "a", OutcomeKind.DONE, outputs=[{"id": "a", "task_id": "t"}, {"id": "b", "task_id": "t"}])
    made = list(rows_of(outcome, IDS))
    assert [(row.kind, row.row["id"]) for row in made] == [(kind, "a@00c0ffee"), (kind, "b@00c0ffee")]
    assert list(rows_of(Outcome(stage, "a", OutcomeKind.FAILED), IDS)) == []


def test_passing_items_make_no_rows() -> None:
    """What only travels on is no row."""
    passing = ("generation.subfields", "generation.scenarios", "generation.tool", "sequencing", "evolution")
    outcomes = [Outcome(stage, "a", OutcomeKind.DONE, outputs=[{"id": "a"}]) for stage in passing]
    assert [list(rows_of(outcome, IDS)) for outcome in outcomes] == [[]] * 5


def test_rejected_rows() -> None:
    """A reject of any stage is a row that tells stage, outcome, reason, detail and evidence."""
    outcome = Outcome("generation.tool", "a", OutcomeKind.REJECTED, "unfit", "too odd", extra={"probe": {"n": 3}})
    (row,) = rows_of(outcome, IDS)
    assert row.kind == "rejected"
    assert orjson.dumps(row.row) == orjson.dumps(
        {
            "id": "a@00c0ffee",
            "stage": "generation",
            "outcome": "rejected",
            "reason": "unfit",
            "detail": "too odd",
            "evidence": '{"probe":{"n":3}}',
        }
    )
