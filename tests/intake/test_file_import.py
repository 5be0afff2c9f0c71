"""Going through a file: ids, what is left out and why, files of another format, and how much is held."""

from __future__ import annotations

import tracemalloc
from pathlib import Path

import pytest

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.intake.file_import import ImportReport, import_rows
from synthtools_stream.intake.format_table import FORMATS
from synthtools_stream.intake.row_format import Beside
from synthtools_stream.values.jsontypes import JsonObject
from tests.intake.intakekit import CANCEL, WEATHER, Row, as_text, imported, lines

ROWS: dict[str, JsonObject] = {
    "openai": {"messages": [], "tools": []},
    "sharegpt": {"conversations": []},
    "xlam": {"query": "", "answers": "[]", "tools": "[]"},
    "toucan": {"messages": "[]", "question": "", "target_tools": "", "available_tools": "[]"},
    "apigen-mt": {"conversations": [], "system": "", "tools": "[]"},
    "bfcl": {"id": "simple_0", "question": [], "function": []},
    "tau2": {"id": "0", "user_scenario": {}, "evaluation_criteria": {}},
}
"""The columns of each format."""


def query(row_id: object, text: str = "Weather?", answers: object = None) -> Row:
    """Return a row of xlam's format."""
    calls: list[object] = [{"name": "get_weather", "arguments": {"city": "Oslo"}}]
    return {"id": row_id, "query": text, "answers": as_text(calls if answers is None else answers), "tools": [WEATHER]}


def rows_of(path: Path, name: str = "xlam", *, strict: bool = False) -> list[JsonObject]:
    """Import a file."""
    return [*import_rows(name, Beside(path), ImportReport(), lambda _: None, strict=strict)]


def test_ids(tmp_path: Path) -> None:
    """Kept where they are unique; else of the file and the line, whoever else has that name."""
    found = imported(tmp_path, "xlam", query("a"), query("a"), query(None), query("rows-5"), query(""), query(3))
    assert [task.id for task in found.tasks] == ["a", "rows-2", "rows-3", "rows-5", "rows-5+", "3"]
    assert found.report.renamed == 3


def test_an_id_is_taken_by_imported_rows_only(tmp_path: Path) -> None:
    """A row that tells no task leaves its id to the next."""
    found = imported(tmp_path, "xlam", query("a", answers=[]), query("a"))
    assert [task.id for task in found.tasks] == ["a"]


def test_reasons_are_counted_without_names(tmp_path: Path) -> None:
    """Rows that lack the same count together."""
    fly = [{"name": "fly", "arguments": {}}]
    swim = [{"name": "swim", "arguments": {}}]
    path = lines(
        tmp_path / "rows.jsonl", [query(1), query(2, answers=fly), query(3, answers=swim), query(4, answers=[])]
    )
    path.write_bytes(path.read_bytes() + b"{\n")
    report, told = ImportReport(), list[str]()
    rows = [*import_rows("xlam", Beside(path), report, lambda error: told.append(str(error)))]
    assert (len(rows), report.imported) == (1, 1)
    assert report.left_out.most_common(2) == [
        ("gt_tool_calls[…]: tool … is not among the row's tools", 2),
        ("there is no tool call in it", 1),
    ]
    assert told[0] == f"{path}:2: gt_tool_calls[0]: tool 'fly' is not among the row's tools"
    assert told[3].startswith(f"{path}:5: the line is not JSON")


def test_strict_stops_at_the_first(tmp_path: Path) -> None:
    """With its line."""
    path = lines(tmp_path / "rows.jsonl", [query(1), query(2, answers=[])])
    with pytest.raises(DatasetError, match=r"rows.jsonl:2: there is no tool call in it"):
        rows_of(path, strict=True)


@pytest.mark.parametrize("named", FORMATS)
@pytest.mark.parametrize("given", ROWS)
def test_files_of_another_format(tmp_path: Path, named: str, given: str) -> None:
    """The one that a file plainly has is told; some conversations are of two formats."""
    path = lines(tmp_path / "rows.jsonl", [ROWS[given]])
    if FORMATS[named].knows(ROWS[given]):
        assert named == given or {named, given} in ({"sharegpt", "apigen-mt"}, {"sharegpt", "openai"})
        assert rows_of(path, named) == []
        return
    with pytest.raises(UsageError, match=f"rows.jsonl:1: this is no row of {named}, but one of "):
        rows_of(path, named)


def test_rows_of_no_format(tmp_path: Path) -> None:
    """What they have is shown; rows of tasks are none to import."""
    with pytest.raises(UsageError, match="nor of another format that is known; it has instruction, output"):
        rows_of(lines(tmp_path / "rows.jsonl", [{"instruction": "x", "output": "y"}]))
    with pytest.raises(UsageError, match="a row of a task already: verify, certify and rollout read it as it is"):
        rows_of(lines(tmp_path / "tasks.jsonl", rows_of(lines(tmp_path / "rows.jsonl", [query(1)]))))
    with pytest.raises(UsageError, match="the file holds no rows"):
        rows_of(lines(tmp_path / "rows.jsonl", []))


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("xlamm", "did you mean 'xlam'"),
        ("APIGen_MT", "did you mean 'apigen-mt'"),
        ("parquet", "there are openai, sharegpt, xlam, toucan, apigen-mt, bfcl, tau2"),
    ],
)
def test_unknown_formats(tmp_path: Path, name: str, said: str) -> None:
    """The nearest is named, or all."""
    with pytest.raises(UsageError, match=said):
        rows_of(tmp_path / "rows.jsonl", name)


def test_only_ids_are_held(tmp_path: Path) -> None:
    """Twenty times the rows, and no more memory than their ids."""

    def peak(count: int) -> int:
        path = tmp_path / f"{count}.jsonl"
        with path.open("wb") as file:
            for number in range(count):
                file.write(as_text(query(f"row-{number}", "Weather? " * 2_000)).encode() + b"\n")
        tracemalloc.start()
        rows = sum(1 for _ in import_rows("xlam", Beside(path), ImportReport(), lambda _: None))
        most = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert rows == count
        return most

    peak(2)  # what is imported and remembered once
    assert peak(400) < peak(20) + 400 * 1_000


def test_rows_of_foreign_names_are_written_as_they_are_read(tmp_path: Path) -> None:
    """A name that Python cannot write makes the call JSON, which is read as well."""
    (task,) = imported(
        tmp_path,
        "xlam",
        {
            "query": "Cancel A1",
            "tools": [CANCEL],
            "answers": [{"name": "cancel-order", "arguments": {"order_id": "A1"}}],
        },
    ).tasks
    assert task.gt_tool_calls == ['{"name":"cancel-order","arguments":{"order_id":"A1"}}']
