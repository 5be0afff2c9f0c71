"""What a resumed run reads: datasets that a session left in step are not compared with the journal again."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pytest

from synthtools_stream.storage.datasets.dataset_writer import DatasetWriter
from synthtools_stream.storage.journal.outcome import Outcome
from synthtools_stream.storage.rundir.run_directory import RunDirectory, read_run
from tests.e2e.commands import row_sets
from tests.faults.faultkit import run


@pytest.fixture
def compared(monkeypatch: pytest.MonkeyPatch) -> list[bool]:
    """Whether each opening of the datasets compared them."""
    seen, real = list[bool](), DatasetWriter.open

    async def opened(self: DatasetWriter, outcomes: Iterable[Outcome] | None) -> None:
        seen.append(outcomes is not None)
        await real(self, outcomes)

    monkeypatch.setattr(DatasetWriter, "open", opened)
    return seen


async def test_datasets_left_in_step_are_trusted(tmp_path: Path, compared: list[bool]) -> None:
    """A session that ended as it should notes their sizes; the next goes on behind them, to the same rows."""
    out = tmp_path / "run"
    await run(out, stop_after="auditing")
    before = row_sets(out, ["environments.jsonl", "tools.jsonl"])
    await run(out)
    assert compared == [True, False]
    assert row_sets(out, ["environments.jsonl", "tools.jsonl"]) == before
    await run(tmp_path / "whole")
    assert row_sets(out) == row_sets(tmp_path / "whole")


async def test_what_is_not_in_step_is_compared(tmp_path: Path, compared: list[bool]) -> None:
    """A dataset of another size, or a journal that grew without its datasets: all of it is looked at again."""
    out = tmp_path / "run"
    await run(out, stop_after="auditing")
    whole = (out / "tools.jsonl").read_bytes()
    (out / "tools.jsonl").write_bytes(whole[:-200])
    await run(out, stop_after="sequencing")
    assert (out / "tools.jsonl").read_bytes() == whole
    record = read_run(out)
    assert record is not None
    RunDirectory(out, record).note_in_step({**RunDirectory(out, record).in_step, "journal": 1})
    await run(out)
    assert compared == [True, True, True]


async def test_a_repair_forgets_it(tmp_path: Path) -> None:
    """What was set aside is in no size."""
    out = tmp_path / "run"
    await run(out, stop_after="generation")
    record = read_run(out)
    assert record is not None
    directory = RunDirectory(out, record)
    assert directory.in_step["journal"]
    directory.reopen()
    assert directory.in_step == {}
