"""`compact`: the replies of finished items go, and nothing else changes."""

from __future__ import annotations

from contextlib import closing
from pathlib import Path

import pytest

from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.appendlog import sealed_log
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.storage.rundir.reply_compaction import SpentItems, compact
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.view.row_shelf import RowShelf
from synthtools_stream.view.row_sources import find_sources
from synthtools_stream.view.shown_kinds import ShownKind
from tests.e2e.commands import row_sets, synthtools
from tests.faults.faultkit import Told, invoke, run

DONE, REJECTED, FAILED = OutcomeKind.DONE, OutcomeKind.REJECTED, OutcomeKind.FAILED


def spent(owner: str, outcomes: dict[tuple[str, str], OutcomeKind], start: str = "fields", rollouts: int = 2) -> bool:
    """Tell whether an item is spent, given how items left their stages."""
    return SpentItems(lambda stage, item: outcomes.get((stage, item)), start, rollouts)(owner)


def test_what_is_spent() -> None:
    """An item is spent when it has ended at the last stage that goes under its id, or was rejected on its way."""
    tool = {("generation.tool", "e.T"): DONE, ("auditing", "e.T"): DONE}
    assert spent("e.T", tool)
    assert spent("e.T/0.1", tool)
    assert not spent("e.T/0.1", {("generation.tool", "e.T"): DONE})
    assert not spent("e.T", {("generation.tool", "e.T"): DONE, ("auditing", "e.T"): FAILED})
    assert spent("e.T", {("generation.tool", "e.T"): REJECTED})
    assert not spent("e", {("generation.blueprint", "e"): DONE})
    assert spent("e", {("generation.blueprint", "e"): DONE, ("sequencing", "e"): DONE})


def test_tasks_wait_for_all_attempts() -> None:
    """A task's replies, its simulator's among them, are kept until every attempt at it has ended."""
    task = {("evolution", "t"): DONE, ("summarizing", "t"): DONE, ("rollout", "t#r0"): DONE}
    assert not spent("t", task)
    assert spent("t#r0", task)
    assert spent("t", {**task, ("rollout", "t#r1"): REJECTED})
    assert spent("t", task, rollouts=1)
    assert spent("t", {("rollout", "t#r0"): DONE, ("rollout", "t#r1"): DONE}, start="tasks")
    assert not spent("t", {("rollout", "t#r0"): DONE, ("rollout", "t#r1"): DONE}), "its making is not known"


async def test_stopped_run_goes_on(tmp_path: Path) -> None:
    """A run that was stopped half-way and compacted ends with the rows of an undisturbed one, asking nothing twice."""
    whole, part = tmp_path / "whole", tmp_path / "part"
    await run(whole, sequences=2)
    await run(part, sequences=2, stop_after="evolution")
    before = {logged.digest for logged in read_replies(part)}

    done = synthtools("compact", part)

    assert done.returncode == 0, done.stderr
    kept = {logged.digest for logged in read_replies(part)}
    assert 0 < len(kept) < len(before) / 2
    assert f"{len(before) - len(kept)} replies dropped, {len(kept)} kept" in done.stdout
    await run(part, sequences=2)
    assert row_sets(part) == row_sets(whole)
    assert not {logged.digest for logged in read_replies(part)} & (before - kept)


async def test_finished_run_keeps_nothing(tmp_path: Path) -> None:
    """Of a finished run every reply goes, what they cost is remembered, and compacting again does nothing."""
    await run(tmp_path)
    first = compact(tmp_path)
    assert (first.kept, list(read_replies(tmp_path))) == (0, [])
    assert (tmp_path / "replies-000000.jsonl").stat().st_size < 200
    assert first.bytes_after < first.bytes_before * 0.7, "what is left is the journal"
    assert compact(tmp_path).dropped == 0
    told = Told()
    await run(tmp_path, told, token_budget=100, stop_after="rollout")
    assert any("budget" in line for line in told.notices)


async def test_needs_a_run_that_rests(tmp_path: Path) -> None:
    """No run, and a running one, are refused."""
    with pytest.raises(RunDirectoryError, match="no run here"):
        compact(tmp_path)
    await run(tmp_path, stop_after="generation")
    with RunLock(tmp_path), pytest.raises(RunDirectoryError, match="in use"):
        compact(tmp_path)


async def test_datasets_are_read_as_before(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Compressed datasets give every command what the plain ones gave; a run that goes on writes them plain again."""
    monkeypatch.setattr(sealed_log, "SEAL_FROM", 0)
    out, tasks = tmp_path / "run", tmp_path / "run" / "task_content.jsonl"
    await run(out, sequences=2, stop_after="summarizing")
    before = [task.to_json() for task in load_tasks(tasks)]
    replies = {logged.digest for logged in read_replies(out)}
    told = {command: synthtools(command, path).stdout for command, path in (("verify", tasks), ("stats", out))}
    written = {name: exported(out, tmp_path / f"before_{name}", name) for name in ("synthtools", "bfcl")}
    size = sum(path.stat().st_size for path in out.iterdir())

    done = invoke("compact", out, "--keep-replies")

    assert done.exit_code == 0, done.output
    assert not tasks.exists()
    assert sealed_log.sealed_path(tasks).exists()
    assert {logged.digest for logged in read_replies(out)} == replies
    assert sum(path.stat().st_size for path in out.iterdir()) < size / 2
    assert [task.to_json() for task in load_tasks(tasks)] == before
    assert {command: synthtools(command, path).stdout for command, path in (("verify", tasks), ("stats", out))} == told
    assert {name: exported(out, tmp_path / f"after_{name}", name) for name in written} == written
    with closing(RowShelf(find_sources([out]), lambda _done, _all: None)) as shelf:
        shown = shelf.of_environment(ShownKind.tasks, next(load_tasks(tasks)).meta.environment)
        assert {shelf.task(row).id for row in shown} == {str(task["id"]) for task in before}
        assert shelf.text(shown[0]).startswith("{")
    tried = synthtools("rollout", "--dataset", tasks, "--out", tmp_path / "tried", "--limit", "1", "--quiet")
    assert tried.returncode == 0, tried.stderr
    assert (await run(out, sequences=2, stop_after="summarizing")).already_finished
    assert not tasks.exists()
    assert (await run(out, sequences=2)).rows["tasks"] == len(before)
    assert tasks.exists()
    assert not sealed_log.sealed_path(tasks).exists()
    assert invoke("compact", out, "--keep-datasets").exit_code == 0
    assert tasks.exists()
    assert list(read_replies(out)) == []


def exported(run_dir: Path, folder: Path, name: str) -> dict[str, bytes]:
    """Export a run, and return what was written but the words that name the folder."""
    done = invoke("export", run_dir, "--format", name, "--out", folder)
    assert done.exit_code == 0, done.output
    return {str(path.relative_to(folder)): path.read_bytes() for path in folder.rglob("*.jsonl")}
