"""A table beside lines: the same rows, in groups, whole or not at all."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.errors import UsageError
from synthtools_stream.export.parquet_twin import Shape, assert_tables, write_twin
from synthtools_stream.values.jsontypes import JsonObject

SHAPE: dict[str, Shape] = {
    "id": "text",
    "count": "whole",
    "share": "number",
    "good": "flag",
    "calls": ["text"],
    "world": "json",
    "said": [{"role": "text", "calls": "json"}],
}


def row(number: int) -> JsonObject:
    """Return a row with keys that no other has."""
    return {
        "id": f"Zoë „{number}“",
        "count": number,
        "share": None if number else 0.1,
        "good": number > 1,
        "calls": ["a" for _ in range(number)],
        "world": {"k": None, f"only_{number}": [1, 1.5, "x"]},
        "said": [{"role": "user", "calls": None}, {"role": "assistant", "calls": [{"n": number}]}],
    }


ROWS = [row(number) for number in range(5)]


def written(path: Path, rows: Sequence[JsonObject] = tuple(ROWS)) -> Path:
    """Write rows as lines."""
    path.write_bytes(b"".join(orjson.dumps(one) + b"\n" for one in rows))
    return path


def test_the_same_rows(tmp_path: Path) -> None:
    """JSON is text, all else stands as it is, and no key of one row gets into another."""
    parquet: Any = pytest.importorskip("pyarrow.parquet")
    table = write_twin(written(tmp_path / "t.jsonl"), SHAPE, at_once=1)
    assert table == tmp_path / "t.parquet"
    read = parquet.read_table(table).to_pylist()
    for found in read:
        found["world"] = orjson.loads(found["world"])
        found["said"] = [{**said, "calls": orjson.loads(said["calls"])} for said in found["said"]]
    assert read == ROWS
    assert parquet.ParquetFile(table).num_row_groups > 1


def test_written_again_it_is_the_same(tmp_path: Path) -> None:
    """A second call, after a kill, puts the same bytes in its place; nothing else is left."""
    pytest.importorskip("pyarrow")
    lines = written(tmp_path / "t.jsonl")
    first = write_twin(lines, SHAPE).read_bytes()
    assert write_twin(lines, SHAPE).read_bytes() == first
    assert sorted(path.name for path in tmp_path.iterdir()) == ["t.jsonl", "t.parquet"]


def test_another_shape_is_told(tmp_path: Path) -> None:
    """In one line that names the file; what was there stays."""
    pytest.importorskip("pyarrow")
    good = write_twin(written(tmp_path / "t.jsonl"), SHAPE).read_bytes()
    lines = written(tmp_path / "t.jsonl", [{**ROWS[0], "count": "many"}])
    with pytest.raises(UsageError, match=r"t\.jsonl: .*many"):
        write_twin(lines, SHAPE)
    assert (tmp_path / "t.parquet").read_bytes() == good


def test_without_pyarrow(monkeypatch: pytest.MonkeyPatch) -> None:
    """One line says what to install."""
    monkeypatch.setitem(sys.modules, "pyarrow", None)
    with pytest.raises(UsageError, match=r"needs pyarrow: pip install 'synthtools-stream\[parquet\]'"):
        assert_tables()
