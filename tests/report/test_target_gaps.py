"""How far the tasks of a run are from what was asked for."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.config import RunConfig
from synthtools_stream.report.figure_kinds import Score, Share
from synthtools_stream.report.target_gaps import gap_figures, targets_of
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.toolgraph.coverage import Coverage
from synthtools_stream.values.jsontypes import JsonObject
from tests.export.exported import task

ASKED: JsonObject = {
    "fields": {"Freight": 1, "B*": 3},
    "variants": {"base": 4, "missing_tool": 1},
    "difficulty": {"easy": 1, "medium": 1},
}


def test_every_target_has_its_gap(tmp_path: Path) -> None:
    """Fields by their names, whatever glob asked for them; kinds of variants and difficulties likewise."""
    names = ["Freight", "Bees", "Opera"]
    RunDirectory.claim(tmp_path, RunConfig.build({"fields": [*names], "targets": ASKED}), "prompts")
    tasks = [task("freight_spec_000_seq00"), task("freight_spec_000_seq01"), task("bees_spec_000_seq00", "Bees")]
    found = gap_figures(tmp_path, Coverage.of(tasks), Share(0, 0))
    assert found["fields, Freight: share above what was asked for"] == Score(round(2 / 3 - 0.25, 4))
    assert found["fields, Bees: share above what was asked for"] == Score(round(1 / 3 - 0.75, 4))
    assert found["variants, base: share above what was asked for"] == Score(0.2)
    assert found["variants, missing_tool: share above what was asked for"] == Score(-0.2)
    level = next(iter(Coverage.of(tasks).difficulties))
    assert found[f"difficulty, {level}: share above what was asked for"].value > 0
    assert not any(name.startswith(("lengths", "patterns")) for name in found)


def test_a_run_that_asked_for_nothing(tmp_path: Path) -> None:
    """It has no gap, and its record is what it was before there were such targets."""
    RunDirectory.claim(tmp_path, RunConfig.build({"fields": ["Freight"]}), "prompts")
    assert targets_of(tmp_path) is None
    assert RunConfig.build({}).content.model_dump(mode="json")["targets"] == {"lengths": {}, "patterns": {}}
