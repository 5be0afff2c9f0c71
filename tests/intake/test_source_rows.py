"""Rows of files in their order, in whatever form the files are."""

from __future__ import annotations

from pathlib import Path

import orjson
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.intake import source_rows as module
from synthtools_stream.intake.source_rows import SourceRow, source_rows
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem


def told(path: Path) -> list[tuple[int, object]]:
    """Return places and rows, or what is wrong with them."""

    def plain(row: SourceRow) -> tuple[int, object]:
        return row[0], row[1].reason if isinstance(row[1], RowProblem) else row[1]

    return [*map(plain, source_rows(path))]


@pytest.mark.parametrize("name", ["rows.jsonl", "rows.ndjson", "rows.json"])
def test_lines(tmp_path: Path, name: str) -> None:
    """Also under `.json`, as BFCL has them; ids may repeat, blank lines count."""
    path = tmp_path / name
    path.write_bytes(b'\xef\xbb\xbf{"id": 1}\n\n{"id": 1}\n{"id": \n[1]\n{"a": 1, "a": 2}\n')
    rows = told(path)
    assert rows[:2] == [(1, {"id": 1}), (3, {"id": 1})]
    assert [line for line, _ in rows[2:]] == [4, 5, 6]
    assert rows[3:] == [
        (5, "the line is JSON, but no object"),
        (6, "key 'a' stands twice in one object of the row"),
    ]


def test_lists(tmp_path: Path) -> None:
    """Rows by their number; an object over several lines is one row."""
    path = tmp_path / "rows.json"
    path.write_bytes(orjson.dumps([{"a": 1}, 3, {"b": 2}], option=orjson.OPT_INDENT_2))
    assert told(path) == [(1, {"a": 1}), (2, "the item is JSON, but no object"), (3, {"b": 2})]
    path.write_bytes(orjson.dumps({"a": {"b": 1}}, option=orjson.OPT_INDENT_2))
    assert told(path) == [(1, {"a": {"b": 1}})]
    path.write_bytes(b'[{"a": ' + b"[" * 240 + b"]" * 240 + b"}]")
    assert told(path) == [(1, "the item is nested too deep")]


def test_tables(tmp_path: Path) -> None:
    """With ids or without."""
    path = tmp_path / "rows.parquet"
    pq.write_table(pa.table({"a": ["x", "y"], "b": [[1], None]}), path)
    assert told(path) == [(1, {"a": "x", "b": [1]}), (2, {"a": "y", "b": None})]


def test_lists_that_are_too_long_to_be_held(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """They are refused with a way out."""
    monkeypatch.setattr(module, "_MOST_BYTES", 10)
    path = tmp_path / "rows.json"
    path.write_bytes(b'[{"a": "long"}]')
    with pytest.raises(UsageError, match=r"a list of 15 bytes is too long to be held; make lines of it \(jq -c"):
        told(path)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("rows.json", b"[1, 2", "rows.json: not JSON: "),
        ("rows.csv", b"a,b", "unknown kind of file"),
        ("rows.parquet", b"PAR1", "rows.parquet"),
        ("rows.json", None, "there is no such file"),
    ],
)
def test_files_that_cannot_be_read(tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    """One line with the file's name."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=reason):
        told(path)
    with pytest.raises(UsageError, match="not a file"):
        told(tmp_path)
