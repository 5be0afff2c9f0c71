"""Tasks by id or number, read one at a time."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.storage.datasets.task_shelf import open_shelf
from tests.proof.freight import proven

ROW: dict[str, Any] = proven().to_json()


def _write(path: Path, *rows: Any) -> Path:
    path.write_bytes(b"".join(row if isinstance(row, bytes) else orjson.dumps(row) + b"\n" for row in rows))
    return path


def test_tasks_are_read_when_asked_for(tmp_path: Path) -> None:
    """Ids come in order, the last row of an id counts, and a row without an id is a bad one."""
    rows = [ROW, b"\n", {**ROW, "id": "b"}, {"x": 1}, {**ROW, "id": "b", "summary": "later"}, {**ROW, "id": 7}]
    shelf = open_shelf(_write(tmp_path / "t.jsonl", *rows))
    assert [*shelf.ids] == [ROW["id"], "b", "line 4", "7"]
    assert len(shelf) == 4
    with pytest.raises(DatasetError, match=r"t\.jsonl:4: column id"):
        shelf.task("line 4")
    assert shelf.task("b").summary == "later"
    assert shelf.task(ROW["id"]) == proven()
    assert ("b" in shelf, "c" in shelf) == (True, False)
    with pytest.raises(KeyError):
        shelf.task("c")


def test_bad_row_is_named_when_it_is_asked_for(tmp_path: Path) -> None:
    """With its file and line; the others can be used."""
    shelf = open_shelf(_write(tmp_path / "t.jsonl", ROW, {"id": "bad"}))
    assert shelf.task(ROW["id"]).id == ROW["id"]
    with pytest.raises(DatasetError, match=r"t\.jsonl:2: column field, summary"):
        shelf.task("bad")


def test_what_is_no_shelf(tmp_path: Path) -> None:
    """No file, no rows, another kind: one line each."""
    for name, told in [
        ("absent.jsonl", "there is no such file"),
        ("t.csv", "unknown kind"),
        ("t.parquet", "jsonl twin"),
    ]:
        path = tmp_path / name
        if name != "absent.jsonl":
            path.write_bytes(b"x")
        with pytest.raises(UsageError, match=told):
            open_shelf(path)
    with pytest.raises(UsageError, match="holds no rows"):
        open_shelf(_write(tmp_path / "empty.jsonl"))
