"""Rows of several files into one: sorted by id whatever lay where, each once, or told why not."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson
import pytest
from hypothesis import given
from hypothesis import strategies as st

from synthtools_stream.errors import UsageError
from synthtools_stream.storage.appendlog import sealed_log
from synthtools_stream.storage.datasets.merged_rows import merge_rows


def put(path: Path, rows: Sequence[object]) -> Path:
    """Write rows as a dataset has them."""
    path.write_bytes(b"".join(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in rows))
    return path


@given(st.dictionaries(st.text(min_size=1, max_size=8), st.integers(0, 3), max_size=40))
def test_the_split_decides_nothing(parts: dict[str, int]) -> None:
    """However rows are dealt to files, the merged file has the same bytes: all rows by id."""
    rows = [{"id": name, "n": len(name)} for name in parts]
    whole = b"".join(orjson.dumps(row) + b"\n" for row in sorted(rows, key=lambda row: str(row["id"]).encode()))
    with TemporaryDirectory() as directory:
        at = Path(directory)
        files = [put(at / f"{part}", [row for row in rows if parts[str(row["id"])] == part]) for part in range(4)]
        merged = merge_rows(files, ["id"], at / "out")
        assert (at / "out").read_bytes() == whole
        assert merged == (len(rows), 0)


def test_a_row_that_stands_twice(tmp_path: Path) -> None:
    """Equal rows are one; a file that is not there holds none."""
    one, other = put(tmp_path / "1", [{"id": "b"}, {"id": "a"}]), put(tmp_path / "2", [{"id": "b"}])
    assert merge_rows([one, other, tmp_path / "3"], ["id"], tmp_path / "out") == (2, 1)
    assert (tmp_path / "out").read_bytes() == b'{"id":"a"}\n{"id":"b"}\n'


def test_a_contradiction(tmp_path: Path) -> None:
    """Two rows of one id that differ are of two runs: both files are named, and nothing is written."""
    one, other = put(tmp_path / "1", [{"id": "b", "n": 1}]), put(tmp_path / "2", [{"id": "b", "n": 2}])
    with pytest.raises(UsageError, match=r"/2: 'b' is another row than in .*/1"):
        merge_rows([one, other], ["id"], tmp_path / "out")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["1", "2"]


@pytest.mark.parametrize("line", [b"{oops\n", b"[]\n", b'{"n":1}\n', b'{"id":"a"'])
def test_no_row(tmp_path: Path, line: bytes) -> None:
    """What is no row of ours is told with its place."""
    (tmp_path / "1").write_bytes(b'{"id":"b"}\n' + line)
    with pytest.raises(UsageError, match=r"/1: at byte 11 stands no row"):
        merge_rows([tmp_path / "1"], ["id"], tmp_path / "out")


def test_rejects_are_told_apart_by_more(tmp_path: Path) -> None:
    """Where an id stands in several rows, more columns tell them apart."""
    rows = [{"id": "a", "stage": "y"}, {"id": "a", "stage": "x"}]
    assert merge_rows([put(tmp_path / "1", rows)], ["id", "stage"], tmp_path / "out").rows == 2
    assert (tmp_path / "out").read_bytes().index(b'"x"') < (tmp_path / "out").read_bytes().index(b'"y"')


def test_progress_is_told(tmp_path: Path) -> None:
    """A word a thousand rows, while they are read and while they are written."""
    told: list[int] = []
    merge_rows([put(tmp_path / "1", [{"id": f"{n}"} for n in range(2500)])], ["id"], tmp_path / "out", told.append)
    assert told == [1000, 2000, 1000, 2000]


def test_files_that_were_compacted(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard whose datasets are sealed gives the same rows."""
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)
    sealed = put(tmp_path / "1.jsonl", [{"id": "b"}, {"id": "c"}])
    assert sealed_log.seal(sealed)
    plain = put(tmp_path / "2.jsonl", [{"id": "a"}, {"id": "b"}])
    assert merge_rows([sealed, plain], ["id"], tmp_path / "out") == (3, 1)
    assert (tmp_path / "out").read_bytes() == b'{"id":"a"}\n{"id":"b"}\n{"id":"c"}\n'
