"""The reader of anybody's tasks."""

from __future__ import annotations

import builtins
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.proof.verify_report import verify_file
from synthtools_stream.records import Task, Tool
from synthtools_stream.storage.datasets import jsonl_reader
from synthtools_stream.storage.datasets.dataset_reader import read_located_tasks, read_records

SAMPLES = Path(__file__).parents[2] / "data" / "samples"
ROW: dict[str, Any] = orjson.loads((SAMPLES / "task_content.jsonl").read_bytes().splitlines()[1])


def write(path: Path, *lines: bytes | dict[str, Any]) -> Path:
    """Write lines, rows as JSON."""
    path.write_bytes(b"\n".join(line if isinstance(line, bytes) else orjson.dumps(line) for line in lines) + b"\n")
    return path


def row(**parts: Any) -> dict[str, Any]:
    """Return the sample row with other parts."""
    return {**ROW, **parts}


def without(name: str) -> dict[str, Any]:
    """Return the sample row without a column."""
    return {key: value for key, value in ROW.items() if key != name}


def read_tasks(path: Path, *, strict: bool = False) -> Iterator[Task | DatasetError]:
    """Yield tasks and errors without their lines."""
    for item in read_located_tasks(path, strict=strict):
        yield item if isinstance(item, DatasetError) else item.task


@pytest.mark.parametrize("name", ["task_content.jsonl", "tasks.parquet"])
def test_samples_are_read(name: str) -> None:
    """Both twins of a foreign corpus give the same tasks; of two rows of one id the last wins, in the first's place."""
    located = list(read_located_tasks(SAMPLES / name))
    assert not any(isinstance(item, DatasetError) for item in located)
    tasks = [item for item in read_tasks(SAMPLES / name) if isinstance(item, Task)]
    assert [item.line for item in located if not isinstance(item, DatasetError)] == [1, 2, 4, 5]
    assert [task.id for task in tasks][2:] == [
        "laboratory_management_spec_004_seq02",
        "weather_services_spec_002_seq07",
    ]
    assert tasks[2].summary.startswith("Hold S-19")
    assert tasks[3].initial_state is None
    assert tasks == [item for item in read_tasks(SAMPLES / "task_content.jsonl") if isinstance(item, Task)]


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        (b"{", "not JSON"),
        (b"[1]", "no object"),
        (b'{"id": "a", "x": NaN}', "NaN is not JSON"),
        (b'{"id": "a", "x": -Infinity}', "-Infinity is not JSON"),
        (b'{"id": "\xff"}', "not UTF-8"),
        (b'{"id": "a", "x": ' + b"[" * 300 + b"]" * 300 + b"}", "nested"),
        (b'{"id": "a", "x": ' + b"[" * 3000 + b"]" * 3000 + b"}", "nested"),
        (without("tools"), "column tools is missing"),
        (without("id"), "column id is missing"),
        (row(id=""), "column id must be text"),
        (row(id=None), "column id must be text"),
        (row(tools=[]), "tools must be a list"),
        (row(tools="[{"), "column tools is text that is not JSON"),
        (row(tools=[{"tool_name": "T", "tool_description": "", "parameters": {"a": {"type": "blob"}}}]), "tools[0]"),
        (row(tools=[*ROW["tools"], ROW["tools"][0]]), "has the name of tools[0]"),
        (row(tools=["T"]), "tools[0]: a tool must be a JSON object"),
        (row(gt_tool_calls=["Reserve(a=1)"]), "'Reserve' is not among"),
        (row(gt_tool_calls=["ReserveSample(1)"]), "gt_tool_calls[0]: positional"),
        (row(gt_tool_calls=[3]), "gt_tool_calls[0] is neither"),
        (row(gt_tool_calls=None), "gt_tool_calls must be a list"),
        (row(summary=3), "summary"),
        (row(initial_state=[1]), "initial_state"),
        (row(certificate={"integrity": True}), "certificate"),
    ],
)
def test_bad_rows_are_named(tmp_path: Path, line: bytes | dict[str, Any], reason: str) -> None:
    """A bad row is handed out as an error with file, line and reason, between the good ones; strict raises it."""
    path = write(tmp_path / "t.jsonl", row(id="first"), b"", line, row(id="last"))
    items = list(read_tasks(path))
    assert [item.id for item in items if isinstance(item, Task)] == ["first", "last"]
    error = items[1]
    assert isinstance(error, DatasetError)
    assert (error.path, error.line) == (str(path), 3)
    assert reason in error.reason
    with pytest.raises(DatasetError) as caught:
        list(read_tasks(path, strict=True))
    assert caught.value.line == 3


def test_long_lines_are_refused_whole(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line past the bound is refused, and the next line is read from its beginning."""
    monkeypatch.setattr(jsonl_reader, "MAX_LINE_BYTES", 10_000)
    monkeypatch.setattr(jsonl_reader, "_CHUNK", 100)
    path = write(tmp_path / "t.jsonl", row(id="a", summary="x" * 20_000), row(id="b"))
    first, second = read_tasks(path)
    assert isinstance(first, DatasetError)
    assert "longer than" in first.reason
    assert isinstance(second, Task)


def test_columns_may_be_json_text(tmp_path: Path) -> None:
    """JSON strings, calls as objects, a byte order mark, CRLF and number ids are all read."""
    texts = {name: orjson.dumps(ROW[name]).decode() for name in ("tools", "initial_state", "gt_tool_calls")}
    call = {"name": "ReserveSample", "arguments": {"sample_id": "S-19", "person": "Lindqvist"}}
    path = write(
        tmp_path / "t.jsonl",
        b"\xef\xbb\xbf" + orjson.dumps(row(id="a", **texts)) + b"\r",
        row(id=7, gt_tool_calls=[call], final_state="null"),
    )
    first, second = read_tasks(path, strict=True)
    assert isinstance(first, Task)
    assert isinstance(second, Task)
    assert (first.tools, first.initial_state) == (Task.model_validate(ROW).tools, ROW["initial_state"])
    assert (second.id, second.final_state) == ("7", None)
    assert second.gt_tool_calls == ["ReserveSample(sample_id='S-19', person='Lindqvist')"]


def test_last_row_wins_even_when_broken(tmp_path: Path) -> None:
    """A broken later row does not bring the superseded one back."""
    path = write(tmp_path / "t.jsonl", row(id="a"), row(id="b"), row(id="a", tools=[]))
    error, task = read_tasks(path)
    assert isinstance(error, DatasetError)
    assert error.line == 3
    assert isinstance(task, Task)


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("none.jsonl", None, "no such file"),
        ("", None, "not a file"),
        ("t.jsonl", b"\n  \n", "no rows"),
        ("t.csv", b"a", "unknown kind"),
        ("t.parquet", b"not parquet", "t.parquet"),
    ],
)
def test_unusable_files_are_usage_errors(tmp_path: Path, name: str, content: bytes | None, reason: str) -> None:
    """A file that cannot be read at all is one clear line."""
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(UsageError, match=reason) as caught:
        list(read_tasks(path))
    assert "\n" not in str(caught.value)


def test_parquet_without_pyarrow_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without pyarrow the user is told what to install."""
    real = builtins.__import__

    def blocked(name: str, *args: Any, **kwargs: Any) -> Any:
        if name.startswith("pyarrow"):
            raise ImportError(name)
        return real(name, *args, **kwargs)

    monkeypatch.setattr(builtins, "__import__", blocked)
    with pytest.raises(UsageError, match=r"synthtools-stream\[parquet\]"):
        list(read_tasks(SAMPLES / "tasks.parquet"))


def test_records_of_any_kind_are_read(tmp_path: Path) -> None:
    """Rows of a file are read as the model asked for, bad ones named."""
    path = write(tmp_path / "tools.jsonl", ROW["tools"][0], {"tool_name": 3})
    tool, error = read_records(path, Tool)
    assert isinstance(tool, Tool)
    assert tool.tool_name == "ReserveSample"
    assert isinstance(error, DatasetError)
    assert "tool_name" in error.reason


@pytest.mark.parametrize(
    ("line", "row_id"),
    [
        (b"{", ""),
        (b'["a"]', ""),
        (without("id"), ""),
        (row(id=["a"]), ""),
        ({"id": "a", "x": 1}, "a"),
        (row(id=7, tools=[]), "7"),
        (row(id="a", meta={"seed": "x"}), "a"),
        (b'{"id": "a", "x": {"y": 1, "y": 2}}', "a"),
        (b'{"id": "a", "x": ' + b"[" * 300 + b"]" * 300 + b"}", "a"),
    ],
)
def test_bad_row_is_named(line: bytes | dict[str, Any], row_id: str, tmp_path: Path) -> None:
    """A row that cannot be used is told by its id, as far as it is an object that has one."""
    path = write(tmp_path / "tasks.jsonl", line)
    (error,) = read_tasks(path)
    assert isinstance(error, DatasetError)
    assert error.row_id == row_id
    (failure,) = verify_file(path).failed
    assert (failure.id, failure.line) == (row_id, 1)


@pytest.mark.parametrize("head", [b"\xef\xbb\xbf", b"\xef\xbb\xbf\n"])
def test_byte_order_mark_is_no_part_of_a_row(tmp_path: Path, head: bytes) -> None:
    """It may stand before the first row, or alone on its line."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(head + orjson.dumps(ROW) + b"\n")
    assert [item.id for item in read_tasks(path, strict=True) if isinstance(item, Task)] == [ROW["id"]]
