"""Where programs run, what becomes of a run where they cannot, and programs that the user brings."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly import tool_programs
from synthtools_stream.assembly.tool_programs import read_programs, sandbox_for
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import RunStopped, UsageError
from synthtools_stream.programs.monty_workers import WorkerUnstartable
from synthtools_stream.programs.program import ProgramCall
from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing


def lines(path: Path, *rows: object) -> Path:
    """Write a file of JSON lines."""
    path.write_bytes(b"".join(orjson.dumps(row) + b"\n" for row in rows))
    return path


def test_programs_are_read_by_tool(tmp_path: Path) -> None:
    """A line a tool, by name or by id."""
    row = {"id": "f_spec_000@0123abcd.B", "tool_name": "B", "tool": "{}"}
    path = tmp_path / "p.jsonl"
    lines(path, {"tool_name": "A", "program": "x"}, {**row, "program": "y"}, {"tool_name": "C", "program": ""})
    assert read_programs(path) == {"A": "x", "f_spec_000.B": "y"}


@pytest.mark.parametrize(
    ("rows", "told"),
    [
        ([{"tool_name": "A"}], ":1: program"),
        ([{"tool_name": "A", "program": "x"}] * 2, ":2: the tool 'A' has a program already"),
        ([{"tool_name": "A", "program": ""}], "holds no program"),
        ([], "holds no rows"),
    ],
)
def test_bad_files_are_named(rows: list[object], told: str, tmp_path: Path) -> None:
    """One line says which line is wrong, and why."""
    with pytest.raises(UsageError, match=f"p.jsonl.*{told}"):
        read_programs(lines(tmp_path / "p.jsonl", *rows))


@asynccontextmanager
async def _missing(workers: int | None = None) -> AsyncGenerator[None]:
    if workers is None:
        raise SandboxMissing("programs cannot be run here: no worker")
    yield


async def test_a_machine_without_a_sandbox_simulates(monkeypatch: pytest.MonkeyPatch) -> None:
    """`auto` goes on and says so; `code` stops with the reason; `simulated` does not even try."""
    monkeypatch.setattr(tool_programs, "open_sandbox", _missing)
    told: list[str] = []
    async with sandbox_for(RunConfig.build({}), told.append) as sandbox:
        assert sandbox is None
    assert told == ["programs cannot be run here: no worker; tools are simulated"]
    with pytest.raises(SandboxMissing):
        async with sandbox_for(RunConfig.build({"tools_as": "code"}), told.append):
            pass
    async with sandbox_for(RunConfig.build({"tools_as": "simulated"}), told.append) as sandbox:
        assert sandbox is None
    assert len(told) == 1


async def test_a_sandbox_lost_under_way_stops_the_run_resumably(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was done stands: one line says that the same command goes on, and nothing is simulated instead."""
    told = r"\Aprograms cannot be run here: [^\n]+; the same command goes on from here\Z"
    with pytest.raises(RunStopped, match=told):
        await _run_that_loses_its_sandbox(monkeypatch)


async def _run_that_loses_its_sandbox(monkeypatch: pytest.MonkeyPatch) -> None:
    call = ProgramCall("def call(state, arguments, now):\n    return ok({})\n", {}, {}, "")
    async with sandbox_for(RunConfig.build({"program_workers": 1}), print) as sandbox:
        assert sandbox is not None
        monkeypatch.setattr(sandbox.workers, "told", _unstartable)
        await sandbox.answers([call])


def _unstartable(trip: object) -> None:
    raise WorkerUnstartable(f"none for {trip}")


async def test_the_sandbox_has_as_many_workers_as_asked_for() -> None:
    """`program_workers` bounds the processes."""
    async with sandbox_for(RunConfig.build({"program_workers": 1}), print) as sandbox:
        assert isinstance(sandbox, Sandbox)
        assert await sandbox.check("def call(state, arguments, now):\n    return ok({})\n") is None
