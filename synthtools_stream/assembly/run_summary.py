"""How a run ended: what its directory amounts to, as a command and a program are told it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from synthtools_stream.assembly.dataset_rows import rows_in
from synthtools_stream.assembly.demand import nothing_left
from synthtools_stream.assembly.role_models import names_of
from synthtools_stream.assembly.wiring import STAGES
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.run_status import settled_counts
from synthtools_stream.values.phases import Phases

__all__ = ["RunSummary", "finished_before", "read_summary"]


@dataclass(frozen=True)
class RunSummary:
    """How a run ended."""

    directory: Path
    model: str
    stages: dict[str, dict[str, int]]
    """Outcomes by stage and kind."""
    rows: dict[str, int]
    """Rows by dataset."""
    already_finished: bool = False
    enough: bool = False
    """Whether as many tasks as were asked for are released."""
    out_of_time: bool = False
    """Whether the deadline ended the session, so that the same command has more to do."""

    @property
    def failed(self) -> int:
        """Items that failed for reasons of infrastructure; the same command tries them again.

        What failed on the way to more tasks than are asked for is needed no more.
        """
        stages = {"rollout"} & self.stages.keys() if self.enough else self.stages.keys()
        return sum(self.stages[name]["failed"] for name in stages)

    @property
    def produced(self) -> int:
        """Items that the last stage which saw any did well."""
        seen = [name for name in STAGES if name in self.stages]
        if seen == ["generation"]:
            return self.rows["environments"]  # subfields and scenarios are on the way to something, and are no rows
        return self.stages[seen[-1]]["done"] if seen else 0


def read_summary(
    directory: Path,
    config: RunConfig,
    phases: Phases,
    settled: dict[str, dict[str, int]] | None = None,
    *,
    enough: bool = False,
    out_of_time: bool = False,
) -> RunSummary:
    """Sum a session up; what its journal `settled` is read where it is not given."""
    if settled is None:
        settled = settled_counts(directory, phases)
    with phases.phase("counting the rows", "files"):
        rows = rows_in(directory)
    return RunSummary(directory, names_of(config.content), settled, rows, enough=enough, out_of_time=out_of_time)


def finished_before(directory: Path, config: RunConfig, phases: Phases) -> RunSummary:
    """Sum up a run that an earlier session finished."""
    read = read_summary(directory, config, phases)
    enough = nothing_left(config, read.stages)
    return RunSummary(directory, read.model, read.stages, read.rows, already_finished=True, enough=enough)
