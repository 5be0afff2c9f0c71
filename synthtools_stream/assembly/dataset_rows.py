"""Which outcome becomes which row of which dataset, and how many rows a run has."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from synthtools_stream.assembly.row_ids import RowIds
from synthtools_stream.storage.datasets.columns import as_columns
from synthtools_stream.storage.datasets.dataset_writer import DatasetRow
from synthtools_stream.storage.datasets.line_file import has_lines, lines_size, open_lines
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["DATASETS", "dataset_sizes", "rows_in", "rows_of"]

DATASETS = {
    "environments": "environments.jsonl",
    "tools": "tools.jsonl",
    "tasks": "task_content.jsonl",
    "trajectories": "trajectories.jsonl",
    "rejected": "rejected.jsonl",
}
"""The file of each dataset, in the run's directory."""
ROWS_OF_STAGE = {
    "generation.blueprint": "environments",
    "auditing": "tools",
    "summarizing": "tasks",
    "rollout": "trajectories",
}
"""The dataset that the outputs of a stage are rows of; other stages' outputs are only steps on the way."""


def rows_of(outcome: Outcome, ids: RowIds) -> Iterable[DatasetRow]:
    """Return the dataset rows that an outcome stands for, named by `ids` and in the form of their columns."""
    stage = outcome.stage.partition(".")[0]
    if outcome.kind is OutcomeKind.REJECTED:
        row: JsonObject = {
            "id": outcome.item,
            "stage": stage,
            "outcome": outcome.kind.value,
            "reason": outcome.reason,
            "detail": outcome.detail,
            "evidence": outcome.extra,
        }
        return [_row("rejected", row, ids)]
    kind = ROWS_OF_STAGE.get(outcome.stage)
    if kind is None or outcome.kind is not OutcomeKind.DONE:
        return []
    return [_row(kind, row, ids) for row in outcome.outputs]


def _row(kind: str, row: JsonObject, ids: RowIds) -> DatasetRow:
    return DatasetRow(kind, as_columns(kind, ids.named(kind, row)))


def rows_in(directory: Path) -> dict[str, int]:
    """Count the rows of each dataset of a run."""
    return {kind: _lines(directory / name) for kind, name in DATASETS.items()}


def dataset_sizes(directory: Path) -> dict[str, int]:
    """Return the bytes of each dataset of a run; what is not there is left out."""
    paths = {kind: directory / name for kind, name in DATASETS.items()}
    return {kind: lines_size(path) for kind, path in paths.items() if has_lines(path)}


def _lines(path: Path) -> int:
    if not has_lines(path):
        return 0
    with open_lines(path) as file:
        return sum(block.count(b"\n") for block in iter(lambda: file.read(1 << 20), b""))
