"""How far the tasks of a run are from the distribution that it was asked for (`[targets]`)."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.config import Targets, field_weights
from synthtools_stream.report.figure_kinds import Score, Section
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.toolgraph.coverage import Coverage, differences
from synthtools_stream.values.jsontypes import object_at

__all__ = ["gap_figures", "target_gaps", "targets_of"]


def targets_of(directory: Path) -> Targets | None:
    """Return what a run was asked for, fields by their names; None where there is no run, or nothing was.

    :raises RunDirectoryError: when the directory's record cannot be read.
    """
    content = object_at(read_run(directory) or {}, "content")
    targets = Targets.model_validate(object_at(content, "targets"))
    if targets == Targets():
        return None
    names = content.get("fields")
    fields = field_weights(map(str, names), targets.fields) if targets.fields and isinstance(names, list) else {}
    return targets.model_copy(update={"fields": fields})


def target_gaps(targets: Targets, counted: Coverage) -> dict[str, dict[str, float]]:
    """Return, of what there is a target for, each value's share less the share that was asked for, from -1 to 1."""
    return {
        "lengths": differences(counted.lengths, targets.lengths),
        "patterns": differences(counted.patterns, dict(targets.patterns.items())),
        "fields": differences(counted.fields, targets.fields),
        "difficulty": differences(counted.difficulties, dict(targets.difficulty.items())),
        "variants": differences(counted.variants, targets.variants),
    }


def gap_figures(directory: Path, counted: Coverage) -> Section:
    """Return the gaps of a run directory as figures; nothing where there are none."""
    targets = targets_of(directory)
    if targets is None:
        return {}
    return {
        f"{kind}, {name}: share above what was asked for": Score(gap)
        for kind, gaps in target_gaps(targets, counted).items()
        for name, gap in gaps.items()
    }
