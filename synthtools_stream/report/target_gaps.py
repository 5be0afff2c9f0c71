"""How far the tasks of a run are from what it was asked for, in `[targets]` and `[implicit]`."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.config import Implicit, Targets, field_weights
from synthtools_stream.report.figure_kinds import Score, Section, Share
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.toolgraph.coverage import Coverage, differences
from synthtools_stream.values.jsontypes import object_at

__all__ = ["gap_figures", "target_gaps", "targets_of"]

_ABOVE = "share above what was asked for"


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


def gap_figures(directory: Path, counted: Coverage, implicit: Share) -> Section:
    """Return the gaps of a run directory as figures; nothing where there are none.

    `implicit` is the share of arguments that were not said as they are.
    """
    targets, wanted = targets_of(directory), _wanted_implicit(directory)
    gaps = target_gaps(targets, counted) if targets is not None else {}
    if wanted and implicit.of:
        gaps["arguments"] = {"implicit": implicit.value - wanted}
    return {f"{kind}, {name}: {_ABOVE}": Score(gap) for kind, named in gaps.items() for name, gap in named.items()}


def _wanted_implicit(directory: Path) -> float:
    keys = object_at(object_at(read_run(directory) or {}, "content"), "implicit")
    return Implicit.model_validate(keys).share
