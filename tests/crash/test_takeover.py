"""Two processes on one run's directory, as after a machine was lost that lives on: the rows are those of one run."""

from __future__ import annotations

import signal
from pathlib import Path

import orjson
import pytest

from synthtools_stream.assembly import pipeline_run
from synthtools_stream.engine.run_status import run_state
from synthtools_stream.errors import RunStopped
from synthtools_stream.storage.journal.outcomes import Journal
from synthtools_stream.values.jsontypes import Json
from tests.crash.test_stopping import ONE, last_line, wait_until
from tests.e2e.commands import row_sets, start
from tests.faults.faultkit import invoke, run


@pytest.fixture(scope="module")
def undisturbed(tmp_path_factory: pytest.TempPathFactory) -> dict[str, dict[str, Json]]:
    """The rows of a run that nothing disturbs."""
    out = tmp_path_factory.mktemp("takeover") / "undisturbed"
    done = invoke("run", *ONE, "--out", out)
    assert done.exit_code == 0, done.output
    return row_sets(out)


def test_stopped_process_wakes_after_the_end(undisturbed: dict[str, dict[str, Json]], tmp_path: Path) -> None:
    """A run that stood still is taken over and finished; when it wakes it spoils nothing, and says what happened."""
    out = tmp_path / "run"
    zombie = start("run", *ONE, "--out", out, "--quiet")
    wait_until(out / "journal.jsonl", 8, zombie)
    zombie.send_signal(signal.SIGSTOP)
    refused = invoke("run", *ONE, "--out", out)
    assert (refused.exit_code, "--takeover" in last_line(refused.stderr)) == (2, True)
    second = invoke("run", *ONE, "--out", out, "--takeover")
    assert second.exit_code == 0, second.output
    assert row_sets(out) == undisturbed
    datasets = {path.name: path.read_bytes() for path in out.glob("*.jsonl") if path.name != "progress.jsonl"}

    zombie.send_signal(signal.SIGCONT)
    _, said = zombie.communicate(timeout=90)

    assert zombie.returncode == 3, said
    assert "another process (epoch 1) has taken this run over" in last_line(said)
    assert row_sets(out) == undisturbed
    assert {name: (out / name).read_bytes() for name in datasets if not name.startswith(("journal", "replies"))} == {
        name: rows for name, rows in datasets.items() if not name.startswith(("journal", "replies"))
    }
    told = orjson.loads(invoke("status", out, "--json").stdout)
    assert (told["state"], told["passed_over"] > 0) == ("finished", True)
    assert "nothing to do" in invoke("run", *ONE, "--out", out).output


def test_two_at_once(undisturbed: dict[str, dict[str, Json]], tmp_path: Path) -> None:
    """Two that are at work at the same time both come to their end."""
    out = tmp_path / "run"
    first = start("run", *ONE, "--out", out, "--quiet")
    wait_until(out / "journal.jsonl", 4, first)
    second = start("run", *ONE, "--out", out, "--quiet", "--takeover")
    told = [process.communicate(timeout=90)[1] for process in (first, second)]

    assert second.returncode == 0, told[1]
    assert first.returncode in (0, 3), told[0]
    assert row_sets(out) == undisturbed


async def test_overtaken_run_stops(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A run that learns in the middle of it that another process has taken it over asks for nothing more."""
    monkeypatch.setattr(pipeline_run, "OVERTAKEN_EVERY_S", 0.0)

    def next_epoch(journal: Journal) -> int:
        return journal.epoch + 1

    monkeypatch.setattr(Journal, "overtaken_by", next_epoch)
    with pytest.raises(RunStopped, match=r"another process \(epoch 1\) has taken this run over"):
        await run(tmp_path)
    assert run_state(tmp_path) == "stopped"
    monkeypatch.undo()
    assert not (await run(tmp_path)).already_finished
