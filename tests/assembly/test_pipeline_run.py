"""Running: the expected number of sequences, and how a run is summed up."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from synthtools_stream.assembly import pipeline_run
from synthtools_stream.assembly.pipeline_run import RunSummary, _expected_sequences, run_pipeline
from synthtools_stream.assembly.run_inputs import Start, from_fields
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import UsageError
from synthtools_stream.programs.sandbox import SandboxMissing


def test_expected_sequences() -> None:
    """The estimate of all sequences follows the start: fields are multiplied out, environments are not."""
    config = RunConfig.build({"subfields": 2, "scenarios": 3, "sequences": 5})
    assert _expected_sequences(config, from_fields(["A", "B"])) == 60
    assert _expected_sequences(config, Start("environments", count=4)) == 20
    few = RunConfig.build({"subfields": 2, "max_tasks": 5})
    assert _expected_sequences(few, from_fields(["A", "B"])) == 5


def test_summary_counts() -> None:
    """A run has produced what the last stage that saw any did well; its failures are those of all stages."""
    zero = {"done": 0, "rejected": 0, "failed": 0}
    stages = {"rollout": {**zero, "done": 2, "failed": 1}, "generation": {**zero, "done": 9, "failed": 2}}
    summary = RunSummary(Path(), "m", stages, {})
    assert (summary.produced, summary.failed) == (2, 3)
    assert RunSummary(Path(), "m", stages, {}, enough=True).failed == 1, "more tasks are not needed, attempts are"
    assert RunSummary(Path(), "m", {}, {}).produced == 0
    only = {"generation": {**zero, "done": 9}}
    assert RunSummary(Path(), "m", only, {"environments": 0}).produced == 0, "subfields are no produce"
    assert RunSummary(Path(), "m", only, {"environments": 2}).produced == 2


@pytest.mark.parametrize("there", [False, True])
async def test_no_directory_of_a_run_that_never_began(tmp_path: Path, there: bool) -> None:
    """A server that is not there leaves no new directory behind, and the user's own as it was."""
    directory = tmp_path / "out"
    if there:
        directory.mkdir()
    config = RunConfig.build({"fields": ["Horses"], "server_url": ["http://127.0.0.1:1"], "connect_timeout_s": 0.2})
    with pytest.raises(UsageError, match="no server answers"):
        await run_pipeline(
            config, from_fields(["Horses"]), directory, show=lambda _shot: None, notice=lambda _line: None
        )
    assert directory.exists() is there


async def test_no_directory_without_a_sandbox_that_was_asked_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Where only code will do and no program can be run, the command ends before anything is made."""

    @asynccontextmanager
    async def missing(config: RunConfig, _notice: Callable[[str], None]) -> AsyncGenerator[None]:
        if config.content.tools_as == "code":
            raise SandboxMissing("programs cannot be run here")
        yield

    monkeypatch.setattr(pipeline_run, "sandbox_for", missing)
    config = RunConfig.build({"fields": ["Horses"], "tools_as": "code"})
    with pytest.raises(SandboxMissing):
        await run_pipeline(
            config, from_fields(["Horses"]), tmp_path / "out", show=lambda _shot: None, notice=lambda _line: None
        )
    assert not (tmp_path / "out").exists()
