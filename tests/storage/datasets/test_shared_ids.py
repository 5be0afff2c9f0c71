"""Lines that share an id: the last counts, which is said, and strictness stops there."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from synthtools_stream.assembly.task_file import open_tasks
from synthtools_stream.cli import main
from synthtools_stream.cli.exit_codes import DONE, USAGE
from synthtools_stream.errors import DatasetError
from synthtools_stream.storage.datasets.row_loader import load_tasks
from tests.proof.freight import proven

GOOD: dict[str, Any] = proven().to_json()


@pytest.fixture(params=["jsonl", "parquet"])
def path(request: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Return a file of four rows, three of them of one id."""
    rows = [GOOD, {**GOOD, "id": "b", "certificate": None}, GOOD, GOOD]
    made = tmp_path / f"t.{request.param}"
    if request.param == "jsonl":
        made.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
        return made
    arrow, parquet = pytest.importorskip("pyarrow"), pytest.importorskip("pyarrow.parquet")
    texts = [{key: v if isinstance(v, str) else orjson.dumps(v).decode() for key, v in row.items()} for row in rows]
    parquet.write_table(arrow.Table.from_pylist(texts), made)
    return made


def test_it_is_said(path: Path) -> None:
    """By `verify`, for people and machines, and by whoever opens the file to run on it."""
    told = CliRunner().invoke(main, ["verify", str(path)])
    assert told.exit_code == DONE
    assert f"3 lines share an id (the first: '{GOOD['id']}' on 1 and 3); the last counts" in told.output
    told = CliRunner().invoke(main, ["verify", "--json", str(path)])
    assert orjson.loads(told.output)["lines_sharing_an_id"] == 3
    assert open_tasks(path).shared.lines == 3
    told = CliRunner().invoke(main, ["rollout", "--dataset", str(path), "--dry-run"])
    assert "3 lines share an id" in told.output


def test_strictness_stops(path: Path) -> None:
    """Before the first row is used, in one line."""
    for read in (lambda: list(open_tasks(path, strict=True)), lambda: list(load_tasks(path))):
        with pytest.raises(DatasetError, match="3 lines share an id"):
            read()
    told = CliRunner().invoke(main, ["verify", "--strict", str(path)])
    assert (told.exit_code, "3 lines share an id" in told.output) == (USAGE, True)
    told = CliRunner().invoke(main, ["rollout", "--strict", "--dataset", str(path), "--dry-run"])
    assert (told.exit_code, "3 lines share an id" in told.output) == (USAGE, True)
