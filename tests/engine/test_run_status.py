"""Where a run stands, read from outside: alive, stopped or finished, and what was settled."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.config import RunConfig
from synthtools_stream.engine.run_status import read_status, run_state, settled_counts
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import Journal
from synthtools_stream.storage.rundir.progress_file import last_snapshot
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.storage.rundir.run_lock import RunLock
from synthtools_stream.values.jsontypes import JsonObject, object_at

SNAPSHOT: JsonObject = {
    "state": "running",
    "stages": {"auditing": {"queued": 5, "running": 2, "done": 1, "rejected": 0, "failed": 0}},
    "requests": {"sent": 9, "in_flight": 3, "waiting": 4},
    "rates": {"requests_per_s": 7.0, "tokens_per_s": 70.0},
    "eta_s": 12,
}


def claimed(path: Path) -> RunDirectory:
    """Make a run directory."""
    return RunDirectory.claim(path, RunConfig.build({}), "prompts")


def write_progress(path: Path, *lines: bytes) -> None:
    """Write lines of progress as they are."""
    (path / "progress.jsonl").write_bytes(b"".join(lines))


async def journal(path: Path, *outcomes: Outcome) -> None:
    """Write a journal."""
    log = await Journal.open(path, "digest")
    for outcome in outcomes:
        await log.append(outcome)
    await log.aclose()


def test_no_run(tmp_path: Path) -> None:
    """A directory without a run is refused by name."""
    with pytest.raises(RunDirectoryError, match="there is no run here"):
        read_status(tmp_path)


def test_states(tmp_path: Path) -> None:
    """A run is running while its lock is held, then stopped, or finished once it says so."""
    run = claimed(tmp_path)
    assert run_state(tmp_path) == "stopped"
    with RunLock(tmp_path):
        assert run_state(tmp_path) == "running"
    run.finish(RunConfig.build({}))
    assert run_state(tmp_path) == "finished"


async def test_dead_run_moves_nothing(tmp_path: Path) -> None:
    """Of a run that nobody holds nothing is queued, running, in flight or expected; what was settled stays."""
    claimed(tmp_path)
    write_progress(tmp_path, orjson.dumps(SNAPSHOT) + b"\n")
    await journal(tmp_path, *[Outcome("auditing", name, OutcomeKind.DONE) for name in "abc"])
    standing = read_status(tmp_path)
    stages = object_at(standing, "stages")
    assert stages["auditing"] == {"queued": 0, "running": 0, "done": 3, "rejected": 0, "failed": 0}
    assert (standing["state"], standing["eta_s"]) == ("stopped", None)
    assert standing["requests"] == {"sent": 9, "in_flight": 0, "oldest": None, "waiting": 0}
    assert standing["rates"] == {"requests_per_s": 0.0, "tokens_per_s": 0.0}


async def test_live_run_moves(tmp_path: Path) -> None:
    """Of a run that is held, the last snapshot says what moves and the journal what was settled."""
    claimed(tmp_path)
    write_progress(tmp_path, orjson.dumps(SNAPSHOT) + b"\n")
    await journal(
        tmp_path, Outcome("generation.tool", "a", OutcomeKind.DONE), Outcome("auditing", "a", OutcomeKind.FAILED)
    )
    with RunLock(tmp_path):
        standing = read_status(tmp_path)
    stages = object_at(standing, "stages")
    assert stages["auditing"] == {"queued": 5, "running": 2, "done": 0, "rejected": 0, "failed": 1}
    assert stages["generation"] == {"queued": 0, "running": 0, "done": 1, "rejected": 0, "failed": 0}
    assert (standing["state"], standing["eta_s"]) == ("running", 12)


def test_torn_line_is_passed_over(tmp_path: Path) -> None:
    """The last whole line counts; a torn or broken one behind it does not."""
    assert last_snapshot(tmp_path) is None
    write_progress(tmp_path, b'{"n": 1}\n', b'{"n": 2}\n', b"oops\n", b'{"n": 3')
    assert last_snapshot(tmp_path) == {"n": 2}
    write_progress(tmp_path, b"")
    assert last_snapshot(tmp_path) is None


async def test_last_outcome_counts(tmp_path: Path) -> None:
    """An item that failed and was done later counts once, as done."""
    assert settled_counts(tmp_path) == {}
    await journal(
        tmp_path,
        Outcome("auditing", "a", OutcomeKind.FAILED),
        Outcome("auditing", "b", OutcomeKind.REJECTED),
        Outcome("auditing", "a", OutcomeKind.DONE),
    )
    assert settled_counts(tmp_path) == {"auditing": {"done": 1, "rejected": 1, "failed": 0}}
