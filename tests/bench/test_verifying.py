"""The verifying part, tiny: both ways of verifying are measured, and nothing fails."""

from __future__ import annotations

import json
from pathlib import Path

from synthtools_stream.bench.verifying import main, verify_rate
from synthtools_stream.values.jsontypes import object_at
from tests.proof.coded_task import coded
from tests.proof.forged_worlds import FORGED, forged


def test_both_rates_are_told(tmp_path: Path) -> None:
    """Of a file of coded rows, each is proven with and without execution, and its programs are weighed."""
    path = tmp_path / "task_content.jsonl"
    path.write_text(json.dumps(coded().to_json()) + "\n", encoding="utf-8")
    figures = verify_rate(path)
    executed = object_at(figures, "executed")
    assert (figures["rows"], figures["proven"], executed["proven"]) == (1, 1, 1)
    weight = sum(len(source) for source in coded().meta.programs.values())
    assert figures["program_bytes_per_row"] == weight
    for figure in (figures["rows_per_s"], executed["rows_per_s"], executed["wall_rows_per_s"]):
        assert isinstance(figure, float)
        assert figure > 0


def test_a_row_that_fails_by_execution_is_not_overlooked(tmp_path: Path) -> None:
    """The part leaves with 1 where execution finds what code alone passed."""
    path = tmp_path / "task_content.jsonl"
    task = forged(FORGED["a match not shown"].edit)
    path.write_text(json.dumps(task.to_json()) + "\n", encoding="utf-8")
    assert main(["--json", "--dataset", str(path)]) == 1
