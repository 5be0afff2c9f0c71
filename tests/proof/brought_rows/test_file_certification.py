"""Files of brought rows: what is written, in which form, and when."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.errors import DatasetError, StorageError, UsageError
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.brought_rows.file_certification import CertifyReport, RowReport, certify_file
from synthtools_stream.proof.brought_rows.row_certification import Standing
from synthtools_stream.proof.verify_report import verify_file
from synthtools_stream.storage.datasets.columns import COLUMNS, as_columns, from_columns
from synthtools_stream.values.jsontypes import JsonObject
from tests.proof.brought_rows.retail import RETAIL, retail
from tests.proof.freight import proven


async def certified(
    path: Path, out: Path | None = None, *, strict: bool = False
) -> tuple[CertifyReport, list[RowReport]]:
    """Certify a file, and return what was told of its rows, too."""
    told: list[RowReport] = []
    async with open_sandbox() as sandbox:
        return await certify_file(path, sandbox, out, told.append, strict=strict), told


def lines(path: Path) -> list[JsonObject]:
    """Return the rows of a file as they stand there."""
    return [orjson.loads(line) for line in path.read_bytes().splitlines()]


def names(folder: Path) -> list[str]:
    """Return what is in a folder."""
    return sorted(file.name for file in folder.iterdir())


async def test_all_rows_are_written_in_one_form(tmp_path: Path) -> None:
    """In their order: with a certificate as our rows are, else with the values that they had."""
    out = tmp_path / "out.jsonl"
    report, told = await certified(RETAIL, out)
    assert report.lacking == 2
    rows, before = lines(out), lines(RETAIL)
    assert [row["id"] for row in rows] == [row["id"] for row in before] == [row.id for row in told]
    assert {tuple(row) for row in rows} == {tuple(COLUMNS["tasks"])}
    bare = from_columns(rows[0])
    assert {name: bare[name] for name in before[0]} == before[0]
    assert verify_file(out).to_json()["brought"] == report.counted[Standing.certified] == 4


async def test_columns_that_we_do_not_know_stay(tmp_path: Path) -> None:
    """A column of the owner's own stays with a row that got no certificate."""
    path, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    row: JsonObject = {**retail("bare").to_json(), "split": "test", "id": 7}
    path.write_bytes(orjson.dumps(row))
    await certified(path, out)
    (written,) = lines(out)
    assert (written["split"], written["id"]) == ("test", "7")


async def test_certified_rows_stay(tmp_path: Path) -> None:
    """A second time changes no byte, and a row of ours keeps its seal."""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    await certified(RETAIL, first)
    ours = as_columns("tasks", proven().to_json())
    first.write_bytes(first.read_bytes() + orjson.dumps(ours, option=orjson.OPT_APPEND_NEWLINE))
    report, _ = await certified(first, second)
    assert report.counted == {Standing.kept: 5, Standing.uncertified: 2}
    assert second.read_bytes() == first.read_bytes()
    assert verify_file(second).proven == 1


async def test_bad_lines_are_told_and_left_out(tmp_path: Path) -> None:
    """With `strict` the first one stops it, and nothing is written then."""
    path, out = tmp_path / "rows.jsonl", tmp_path / "out.jsonl"
    good = RETAIL.read_bytes().splitlines()[1]
    path.write_bytes(b"\n".join([b"{", b'{"id": "x", "field": "y"}', good]))
    report, told = await certified(path, out)
    assert [(row.standing, row.line) for row in told] == [(Standing.unread, 1), (Standing.unread, 2), ("certified", 3)]
    assert told[1].reasons == ["column summary, tools, gt_tool_calls, initial_state, final_state is missing"]
    assert (report.lacking, len(lines(out))) == (2, 1)
    out.unlink()
    with pytest.raises(DatasetError):
        await certified(path, out, strict=True)
    assert names(tmp_path) == ["rows.jsonl"]


async def test_files_that_are_not_written(tmp_path: Path) -> None:
    """Never over what is read, under no other form, and nothing where the disk refuses."""
    path = tmp_path / "rows.jsonl"
    path.write_bytes(RETAIL.read_bytes())
    link = tmp_path / "same.jsonl"
    link.symlink_to(path)
    for out in (path, link):
        with pytest.raises(UsageError, match="this is the file that is read"):
            await certified(path, out)
    with pytest.raises(UsageError, match="rows are written as JSON Lines"):
        await certified(path, tmp_path / "out.parquet")
    with pytest.raises(UsageError, match="there is no such directory"):
        await certified(path, tmp_path / "nowhere" / "out.jsonl")
    (tmp_path / "folder.jsonl").mkdir()
    with pytest.raises(StorageError):
        await certified(path, tmp_path / "folder.jsonl")
    assert path.read_bytes() == RETAIL.read_bytes()


async def test_report_for_machines() -> None:
    """What holds, what does not, and by which kinds of proof."""
    _, told = await certified(RETAIL)
    exempt = told[2].to_json()
    assert (exempt["standing"], exempt["reasons"], exempt["exempt"]) == ("certified", [], [0])
    assert isinstance(exempt["kinds"], dict)
    assert exempt["kinds"]["necessity"] == ["consistent", "declared"]
    assert told[0].to_json()["kinds"] == {}
