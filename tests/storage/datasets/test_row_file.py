"""A file of rows by id: lines in any order, tables in the file's, and only what is asked for is read."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem
from synthtools_stream.storage.datasets.row_file import open_rows

ROWS: list[dict[str, Any]] = [{"id": name, "field": name.upper(), "n": number} for number, name in enumerate("abac")]
COLUMNS = ("id", "field", "n")


@pytest.fixture(params=["jsonl", "parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a file of four rows, two of them of one id."""
    made = tmp_path / f"t.{request.param}"
    if request.param == "jsonl":
        made.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in ROWS))
        return made
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    parquet.write_table(arrow.Table.from_pylist(ROWS), made)
    return made


def test_the_last_of_an_id_in_the_place_of_the_first(path: Path) -> None:
    """In either form, with the line that it stands on; which lines share an id is known before."""
    file = open_rows(path, COLUMNS)
    assert ([*file.ids], file.shared.lines) == (["a", "b", "c"], 2)
    found = list(file.rows(["a", "c"]))
    assert [(row.id, row.line, row.row) for row in found] == [("a", 3, ROWS[2]), ("c", 4, ROWS[3])]
    assert list(file.column("field")) == [("a", "A"), ("b", "B"), ("c", "C")]


def test_lines_in_any_order(tmp_path: Path) -> None:
    """Each at its place; one that is no row has its turn, too, and no column."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(b'{"id":"a","field":"A"}\n[1]\n{"id":"b","field":"B"}\n')
    file = open_rows(path, COLUMNS)
    assert [row.line for row in file.rows(["b", "line 2", "a"])] == [3, 2, 1]
    assert isinstance(next(file.rows(["line 2"])).row, RowProblem)
    assert list(file.column("field")) == [("a", "A"), ("b", "B")]


def test_nothing_in_it(tmp_path: Path) -> None:
    """Is refused, as what is no file is."""
    (tmp_path / "t.jsonl").write_bytes(b"\n\n")
    with pytest.raises(UsageError, match="holds no rows"):
        open_rows(tmp_path / "t.jsonl", COLUMNS)
    with pytest.raises(UsageError, match="no such file"):
        open_rows(tmp_path / "u.jsonl", COLUMNS)
