"""Bad corpora: whatever stands in a file, each bad row is told with its line and a reason, and nothing crashes."""

from __future__ import annotations

import copy
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import orjson
import pytest
from click.testing import CliRunner

from synthtools_stream.cli import main
from synthtools_stream.cli.exit_codes import DONE, NOTHING, USAGE
from synthtools_stream.proof.verify_report import verify_file
from synthtools_stream.storage.datasets import jsonl_reader
from synthtools_stream.values.jsontypes import object_at
from tests.proof.freight import proven

GOOD: dict[str, Any] = proven().to_json()
SHARED = ("id", "field", "summary", "tools", "gt_tool_calls", "initial_state", "final_state")
BARE = {name: GOOD[name] for name in SHARED}
TOOL: dict[str, Any] = GOOD["tools"][0]
CALL = GOOD["gt_tool_calls"][0]
DEEP = 10_000


def changed(path: str, value: Any) -> dict[str, Any]:
    """Return the proven row with another value somewhere."""
    row: Any = copy.deepcopy(GOOD)
    *parts, last = path.split("/")
    place = row
    for part in parts:
        place = place[int(part)] if isinstance(place, list) else place[part]
    place[int(last) if isinstance(place, list) else last] = value
    return row  # type: ignore[no-any-return]


def with_tool(**parts: Any) -> dict[str, Any]:
    """Return a row of somebody else's whose one tool is another."""
    return {**BARE, "tools": [{**TOOL, **parts}], "gt_tool_calls": [CALL]}


def within(text: bytes) -> bytes:
    """Return a row of somebody else's whose state holds a number as it was written."""
    return orjson.dumps({**BARE, "initial_state": {"a": {"b": {"c": 12345}}}}).replace(b"12345", text)


def written(path: Path, *lines: bytes | dict[str, Any]) -> Path:
    """Write lines, rows as JSON."""
    path.write_bytes(b"".join((line if isinstance(line, bytes) else orjson.dumps(line)) + b"\n" for line in lines))
    return path


BAD: dict[str, tuple[bytes | dict[str, Any], str]] = {
    "digest": (changed("certificate/digest", "0" * 32), "the digest differs"),
    "claim": (changed("certificate/necessity", False), "certificate.necessity claims False, found True"),
    "stability": (changed("certificate/stability", False), "certificate.stability says"),
    "certificate as text": ({**GOOD, "certificate": "yes"}, "column certificate is text that is not JSON"),
    "empty certificate": ({**GOOD, "certificate": {}}, "certificate.integrity: Field required"),
    "certificate as list": ({**GOOD, "certificate": []}, "certificate: Input should be"),
    "unknown key": ({**GOOD, "note": "x"}, "the digest differs"),
    "unknown key inside": (changed("tools/0/note", "x"), "the digest differs"),
    "number as text": (changed("steps/0/status_code", "200"), "the digest differs"),
    "state as list": ({**GOOD, "initial_state": []}, "initial_state: Input should be a valid dictionary"),
    "state as text": ({**GOOD, "final_state": "x"}, "column final_state is text that is not JSON"),
    "state as number": ({**GOOD, "final_state": 5}, "final_state: Input should be a valid dictionary"),
    "no state": ({**GOOD, "initial_state": None}, "there is no state"),
    "collection as list": ({**GOOD, "initial_state": {"a": [1]}}, "'a' is not a collection"),
    "entity as number": ({**GOOD, "final_state": {"a": {"b": 5}}}, "'a' is not a collection"),
    "clock as number": (changed("initial_state/clock", 5), "'clock' is not a collection"),
    "state as numbers": ({**BARE, "initial_state": 5}, "initial_state: Input should be a valid dictionary"),
    "absent tool": ({**BARE, "gt_tool_calls": ["NoSuch(a=1)"]}, "tool 'NoSuch' is not among the row's tools"),
    "absent tool in a step": (changed("steps/0/call", "NoSuch(a=1)"), "its tool 'NoSuch' is not among"),
    "no call": ({**BARE, "gt_tool_calls": ["broken(("]}, "gt_tool_calls[0]: not a call"),
    "no call in a step": (changed("steps/0/call", "broken(("), "step 0: not a call"),
    "call as number": ({**BARE, "gt_tool_calls": [5]}, "gt_tool_calls[0] is neither text nor an object"),
    "nested call": ({**BARE, "gt_tool_calls": [f"X(a={'[' * DEEP}{']' * DEEP})"]}, "gt_tool_calls[0]: not a call"),
    "endless call": ({**BARE, "gt_tool_calls": [f"X(a='{'x' * 200_000}')"]}, "longer than 100000 characters"),
    "surrogate in a call": ({**BARE, "gt_tool_calls": ["X(a='\\ud800')"]}, "not valid Unicode"),
    "infinity in a call": ({**BARE, "gt_tool_calls": ["X(a=1e999)"]}, "not a finite number"),
    "huge number in a call": ({**BARE, "gt_tool_calls": ["X(a=" + "9" * 5000 + ")"]}, "gt_tool_calls[0]: not a call"),
    "deep list": (b'{"id": "a", "x": ' + b"[" * DEEP + b"]" * DEEP + b"}", "nested more than 200 deep"),
    "deep object": (b'{"id": "a", "x": ' + b'{"a":' * DEEP + b"1" + b"}" * DEEP + b"}", "nested more than 200 deep"),
    "open brackets": (b"[" * 100_000, "nested more than 200 deep"),
    "deep text": ({**BARE, "initial_state": "[" * DEEP + "]" * DEEP}, "column initial_state is text that is not JSON"),
    "not UTF-8": (b'{"id": "\xff\xfe"}', "the line is not UTF-8 (byte 8)"),
    "UTF-16": ('{"id": "a"}'.encode("utf-16"), "the line is not UTF-8 (byte 0)"),
    "NaN": (within(b"NaN"), "NaN is not JSON: numbers must be finite"),
    "Infinity": (within(b"-Infinity"), "-Infinity is not JSON: numbers must be finite"),
    "1e999": (within(b"1e999"), "infinity"),
    "huge integer": (within(b"9" * 5000), "infinity"),
    "lone surrogate": (b'{"id": "\\ud800"}', "surrogate"),
    "surrogate in text": ({**BARE, "initial_state": '{"a": "\\ud800"}'}, "surrogate"),
    "control character": (b'{"id": "\x1b[31m"}', "the line is not JSON"),
    "key twice": (orjson.dumps(GOOD)[:-1] + b',"summary":"other"}', "key 'summary' stands twice"),
    "key twice inside": (b'{"id": "a", "x": [{"k": 1, "k": 1}]}', "key 'k' stands twice"),
    "number": (b"1", "the line is JSON, but no object"),
    "null": (b"null", "the line is JSON, but no object"),
    "empty object": (b"{}", "column id, field, summary, tools, gt_tool_calls, initial_state, final_state is missing"),
    "tools by name": ({**BARE, "tools": {TOOL["tool_name"]: TOOL}}, "column tools must be a list of tools"),
    "tool as text": ({**BARE, "tools": ["T"]}, "tools[0]: a tool must be a JSON object"),
    "nameless tool": (with_tool(tool_name=None), "tools[0]: tool_name"),
    "unknown type": (with_tool(parameters={"a": {"type": "blob"}}), "parameter 'a': there is no type 'blob'"),
    "type as number": (with_tool(parameters={"a": {"type": 5}}), "parameter 'a': its type is neither"),
    "parameter as number": (with_tool(parameters={"a": 5}), "parameter 'a': its schema is not an object"),
    "enum as number": (
        with_tool(parameters={"a": {"type": "string", "enum": 5}}),
        "parameter 'a', enum: Input should be",
    ),
    "minimum as text": (with_tool(parameters={"a": {"type": "integer", "minimum": "x"}}), "parameter 'a', minimum"),
    "effects as number": (with_tool(effects=5), f"tools[0]: tool '{TOOL['tool_name']}', effects"),
    "messages as number": (with_tool(error_messages=5), "', error_messages"),
    "outputs of no type": (with_tool(output_details={"a": {"type": "blob"}}), "output 'a': there is no type"),
    "steps as number": ({**GOOD, "steps": 5}, "steps: Input should be a valid list"),
    "meta as list": ({**GOOD, "meta": []}, "meta: Input should be"),
    "types as number": (changed("meta/entity_types", 5), "meta.entity_types: Input should be a valid list"),
    "no types": (changed("meta/entity_types", []), "meta.entity_types says nothing"),
    "clock deleted": (changed("steps/1/changes", [{"op": "delete", "collection": "clock", "id": "now"}]), "clock"),
    "unknown change": (changed("steps/1/changes", [{"op": "merge", "collection": "a", "id": "b"}]), "changes.0.op"),
    "turn out of sight": (
        changed("steps/1/provenance", {"/booking_id": {"kind": "user", "turn": 2**62, "quote": "BK-2041"}}),
        "its quote does not stand in that turn",
    ),
    "step out of sight": (
        changed("steps/1/provenance", {"/booking_id": {"kind": "response", "step": -1, "pointer": "x"}}),
        "it names a step that was not yet made",
    ),
    "unknown provenance": (changed("steps/1/provenance", {"/booking_id": {"kind": "guess"}}), "provenance./booking_id"),
}


@pytest.mark.parametrize("kind", BAD)
def test_bad_row_is_told_with_its_line(kind: str, tmp_path: Path) -> None:
    """A bad row between two good ones fails, for a reason that is told, and the others are none the worse for it."""
    line, reason = BAD[kind]
    first, last = {**BARE, "id": "first"}, {**BARE, "id": "last"}
    path = written(tmp_path / "t.jsonl", first, line, last)
    report = verify_file(path)
    assert [(row.line, report.checked, report.unproven) for row in report.failed] == [(2, 3, 2)]
    assert reason in "; ".join(report.failed[0].reasons)
    assert all("\n" not in told and len(told) < 1000 for told in report.failed[0].reasons)
    shown = CliRunner().invoke(main, ["verify", str(path)])
    assert (shown.exit_code, shown.output.count("\n")) == (NOTHING, 2)
    assert f"{path}:2: " in shown.output
    assert "Traceback" not in shown.output


@pytest.mark.parametrize("kind", BAD)
def test_rollout_skips_bad_rows(kind: str, tmp_path: Path) -> None:
    """A dry run tells the row, also where only its certificate is false, and goes on; a strict one stops there."""
    path = written(tmp_path / "t.jsonl", {**BARE, "id": "first"}, BAD[kind][0])
    dry = CliRunner().invoke(main, ["rollout", "--dry-run", "--dataset", str(path)])
    assert dry.exit_code == DONE
    assert f"skipped: {path}:2: " in dry.output
    assert "1 task, 1 rollout" in dry.output
    strict = CliRunner().invoke(main, ["rollout", "--dry-run", "--strict", "--dataset", str(path)])
    assert strict.exit_code == USAGE
    assert f"{path}:2: " in strict.output


FINE: dict[str, Callable[[bytes], bytes]] = {
    "as it is": lambda row: row + b"\n",
    "byte order mark": lambda row: b"\xef\xbb\xbf" + row + b"\n",
    "Windows line ends": lambda row: row + b"\r\n\r\n",
    "blank lines": lambda row: b"\n  \n" + row + b"\n\n\t\n",
    "no line end": lambda row: row,
    "written twice": lambda row: row + b"\n" + row + b"\n",
    "spaced out": lambda row: row.replace(b'":', b'" : ') + b"\n",
}


@pytest.mark.parametrize("form", FINE)
def test_other_ways_of_writing_lines_are_fine(form: str, tmp_path: Path) -> None:
    """Line ends, blank lines, a byte order mark and a row written twice change nothing."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(FINE[form](orjson.dumps(GOOD)))
    told = verify_file(path).to_json()
    assert told.pop("lines_sharing_an_id") == (2 if form == "written twice" else 0)
    assert object_at(told, "kinds")["request"] == {"worded": 1}
    del told["kinds"]
    assert told == {"older": 0, "checked": 1, "proven": 1, "brought": 0, "unproven": 0, "executed": 0, "failed": []}


def test_truncated_last_line_fails_alone(tmp_path: Path) -> None:
    """Of a file that breaks off, all rows but the last are read."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(orjson.dumps(GOOD) + b"\n" + orjson.dumps({**GOOD, "id": "b"})[:900])
    report = verify_file(path)
    assert (report.proven, [row.line for row in report.failed]) == (1, [2])


@pytest.mark.parametrize("content", [b"", b"\n\n  \n\r\n"])
def test_files_without_rows_are_unusable(content: bytes, tmp_path: Path) -> None:
    """An empty file is a mistake of usage, not a success."""
    path = tmp_path / "t.jsonl"
    path.write_bytes(content)
    for command in (["verify", str(path)], ["rollout", "--dry-run", "--dataset", str(path)]):
        told = CliRunner().invoke(main, command)
        assert (told.exit_code, "holds no rows" in told.output) == (USAGE, True)


@pytest.mark.parametrize("name", ["missing.jsonl", "", "t.txt"])
def test_what_is_no_dataset_is_unusable(name: str, tmp_path: Path) -> None:
    """A missing file, a directory and a file of another kind are mistakes of usage, told in one line."""
    (tmp_path / "t.txt").write_text("{}")
    for command in (["verify", str(tmp_path / name)], ["rollout", "--dry-run", "--dataset", str(tmp_path / name)]):
        told = CliRunner().invoke(main, command)
        assert (told.exit_code, told.output.count("\n")) == (USAGE, 1)


def test_control_characters_do_not_reach_the_terminal(tmp_path: Path) -> None:
    """Escapes and overrides in ids and names are data: they are shown as dots."""
    evil = "a\x1b[31m\x07\u202e\x9b"
    path = written(tmp_path / "t.jsonl", {**GOOD, "id": evil}, {**BARE, "id": f"{evil}2"})
    outputs = [CliRunner().invoke(main, ["verify", str(path)]).output]
    outputs.append(CliRunner().invoke(main, ["rollout", "--dry-run", "--dataset", str(path)]).output)
    for output in outputs:
        assert "a·[31m" in output
        assert not {"\x1b", "\x07", "\u202e", "\x9b"} & set(output)


def test_endless_line_is_refused_without_being_held(tmp_path: Path) -> None:
    """A line of a gigabyte is passed over in little memory, and the row behind it is read."""
    path = tmp_path / "t.jsonl"
    with path.open("wb") as file:
        file.truncate(1024 * 1024 * 1024)  # sparse: takes no room on the disk
        file.seek(0, 2)
        file.write(b"\n" + orjson.dumps(GOOD) + b"\n")
    script = (
        "import resource, sys; from pathlib import Path\n"
        "from synthtools_stream.proof.verify_report import verify_file\n"
        "limit = 1 << 30; resource.setrlimit(resource.RLIMIT_AS, (limit, limit))\n"
        "report = verify_file(Path(sys.argv[1]))\n"
        "print(report.proven, report.failed[0].reasons[0])\n"
        # Not getrusage: its maximum outlives exec, so it would tell of the process that runs the tests.
        "print(next(line.split()[1] for line in open('/proc/self/status') if line.startswith('VmHWM')))\n"
    )
    ran = subprocess.run([sys.executable, "-c", script, str(path)], capture_output=True, text=True, check=True)
    told, held = ran.stdout.splitlines()
    assert told == "1 the line is longer than 64 MiB"
    assert int(held) < 400 * 1024


def test_lines_up_to_the_bound_are_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A line as long as may be is read in pieces; one byte more is refused, and the next row is not lost."""
    row = orjson.dumps(BARE)
    monkeypatch.setattr(jsonl_reader, "_CHUNK", 97)
    monkeypatch.setattr(jsonl_reader, "MAX_LINE_BYTES", len(row) + 1)
    longer = orjson.dumps({**BARE, "id": BARE["id"] + "x"})
    report = verify_file(written(tmp_path / "t.jsonl", row, longer, {**BARE, "id": "b"}))
    assert (report.unproven, [failure.line for failure in report.failed]) == (2, [2])


def parquet(path: Path, **columns: Any) -> Path:
    """Write a parquet file with the sample row's columns as JSON text, and other columns."""
    arrow = pytest.importorskip("pyarrow")
    pq = pytest.importorskip("pyarrow.parquet")
    text = {name: value if isinstance(value, str) else orjson.dumps(value).decode() for name, value in BARE.items()}
    pq.write_table(arrow.table({**{name: [value] for name, value in text.items()}, **columns}), path)
    return path


def test_odd_parquet_columns_are_told_or_passed_over(tmp_path: Path) -> None:
    """Nulls where there must be values, and NaN, are told; columns that nobody asked for may hold anything."""
    path = tmp_path / "t.parquet"
    strange = {"blob": [b"\xff"], "score": [float("nan")]}
    assert verify_file(parquet(path, **strange)).unproven == 1
    for column, value, reason in (
        ("tools", None, "column tools must be a list"),
        ("id", None, "column id must be text"),
        ("initial_state", float("nan"), "initial_state is not finite"),
        ("final_state", float("-inf"), "final_state is not finite"),
        ("summary", b"\xff", "no JSON"),
    ):
        failure = verify_file(parquet(path, **{column: [value]})).failed[0]
        assert (failure.line, reason in failure.reasons[0]) == (1, True)
    assert verify_file(parquet(path, initial_state=[None], final_state=[None])).unproven == 1


def test_proven_rows_survive_parquet(tmp_path: Path) -> None:
    """Our own columns may be JSON text as well, and what was tampered with is found there, too."""
    columns = {name: [orjson.dumps(value).decode()] for name, value in GOOD.items() if name not in SHARED}
    path = tmp_path / "t.parquet"
    assert verify_file(parquet(path, **columns)).proven == 1
    assert len(verify_file(parquet(path, **columns, field=["other"])).failed) == 1


@pytest.mark.parametrize("content", [b"", b"PAR1garbagePAR1", b"{}\n"])
def test_broken_parquet_is_unusable(content: bytes, tmp_path: Path) -> None:
    """What is no parquet file is told in one line."""
    pytest.importorskip("pyarrow")
    path = tmp_path / "t.parquet"
    path.write_bytes(content)
    told = CliRunner().invoke(main, ["verify", str(path)])
    assert (told.exit_code, "Traceback" in told.output) == (USAGE, False)


@pytest.mark.parametrize(
    ("opening", "closing", "levels"),
    [(b"[", b"]", 1), (b'{"a":', b"}", 1), (b'[0,{"a":"[","b":', b"}]", 2)],
    ids=["lists", "objects", "both"],
)
def test_depth_is_bounded_to_the_level(opening: bytes, closing: bytes, levels: int, tmp_path: Path) -> None:
    """The first row that is refused for its depth is the first that is nested more than 200 deep, however it is."""
    for gap in (b"", b" "):
        for count in range(190 // levels, 270 // levels):
            row = b'{"id":"a",' + gap + b'"x":' + opening * count + b"1" + closing * count + b"}"
            found = next(jsonl_reader.read_jsonl(written(tmp_path / "deep.jsonl", row)))[1]
            assert isinstance(found, jsonl_reader.RowProblem) == (count * levels > jsonl_reader.MAX_DEPTH), count
