"""A sheet of tasks."""

from __future__ import annotations

import csv
from pathlib import Path

import pytest

from synthtools_stream.export.corpora.task_summary import as_cell
from synthtools_stream.values.jsontypes import Json
from tests.export.exported import corpus, export, task

EVIL = '=HYPERLINK("http://localhost","x")\nsecond line, with a comma'


@pytest.mark.parametrize(
    ("value", "cell"),
    [
        ("=1+1", "'=1+1"),
        ("+1", "'+1"),
        ("-1", "'-1"),
        ("@SUM(A1)", "'@SUM(A1)"),
        ("\t=1", "'\t=1"),
        ("a=1", "a=1"),
        ("", ""),
        (None, ""),
        (True, "true"),
        (0.25, 0.25),
        (-3, -3),
    ],
)
def test_no_cell_is_evaluated(value: Json, cell: str | float) -> None:
    """Text that begins as a formula does not; numbers stay numbers."""
    assert as_cell(value) == cell


def test_a_line_a_task(tmp_path: Path) -> None:
    """With what became of the attempts, and the request whatever stands in it."""
    odd = task().model_copy(update={"summary": EVIL, "certificate": None})
    export(corpus(tmp_path / "run", [odd, task("freight_spec_001_seq03")]), "csv", tmp_path / "out")
    with (tmp_path / "out" / "train.csv").open(newline="") as file:
        first, second = csv.DictReader(file)
    assert (first["request"], first["proven"]) == (f"'{EVIL}", "false")
    assert (first["length"], first["attempts"], first["solved"], first["difficulty"]) == ("5", "2", "1", "0.5")
    assert (second["id"], second["proven"]) == ("freight_spec_001_seq03", "true")


def test_nobody_tried(tmp_path: Path) -> None:
    """Then there is no difficulty, and not one of 0."""
    export(corpus(tmp_path / "run", [task()], []), "csv", tmp_path / "out")
    with (tmp_path / "out" / "train.csv").open(newline="") as file:
        (row,) = csv.DictReader(file)
    assert (row["attempts"], row["difficulty"]) == ("0", "")
