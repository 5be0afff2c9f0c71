"""Where a run stands, read from its directory without touching it, whether it is alive, dead or finished.

The journal says what was settled; the last progress snapshot says what was moving. Of a run that nobody holds any
more, nothing moves.
"""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.engine.progress import group_counts
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.storage.journal.outcomes import count_passed_over, has_journal, read_counts
from synthtools_stream.storage.rundir.progress_file import last_snapshot
from synthtools_stream.storage.rundir.run_directory import is_last_word, read_run
from synthtools_stream.storage.rundir.run_lock import is_held
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at
from synthtools_stream.values.phases import UNTOLD, Phases

__all__ = ["read_status", "run_state", "settled_counts"]


def read_status(directory: Path, phases: Phases = UNTOLD) -> JsonObject:
    """Return where the run stands, in the shape of a progress snapshot.

    :raises RunDirectoryError: where there is no run.
    :raises LogDamage: for a damaged journal.
    """
    state = run_state(directory)
    snapshot = last_snapshot(directory) or {}
    stages = {name: _counts(counts, live=state == "running") for name, counts in object_at(snapshot, "stages").items()}
    for name, counts in settled_counts(directory, phases).items():
        stages.setdefault(name, {"queued": 0, "running": 0}).update(counts)
    snapshot.update({"state": state, "stages": {name: {**counts} for name, counts in stages.items()}})
    snapshot["passed_over"] = count_passed_over(directory) if has_journal(directory) else 0
    if state != "running":
        snapshot["eta_s"] = None
        snapshot["requests"] = {**object_at(snapshot, "requests"), "in_flight": 0, "oldest": None, "waiting": 0}
        snapshot["rates"] = {"requests_per_s": 0.0, "tokens_per_s": 0.0}
    return snapshot


def run_state(directory: Path) -> str:
    """Return `running`, `finished` or `stopped`.

    :raises RunDirectoryError: where there is no run.
    """
    record = read_run(directory)
    if record is None:
        raise RunDirectoryError(f"{directory}: there is no run here")
    if is_held(directory):
        return "running"
    return "finished" if record.get("finished") is not None and is_last_word(directory, record) else "stopped"


def settled_counts(directory: Path, phases: Phases = UNTOLD) -> dict[str, dict[str, int]]:
    """Count a run's items by stage and by the kind of their last outcome; of a merge, those of all its shards."""
    if not has_journal(directory):
        return _merged_counts(directory)
    return group_counts(read_counts(directory, phases))


def _merged_counts(directory: Path) -> dict[str, dict[str, int]]:
    """Return what the last snapshot of a merge says, which has no journal; of anything else, nothing."""
    if "merged" not in (read_run(directory) or {}):
        return {}
    stages = object_at(last_snapshot(directory) or {}, "stages")
    kinds = [kind.value for kind in OutcomeKind]
    return {name: {kind: _whole(object_at(stages, name).get(kind)) for kind in kinds} for name in stages}


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0


def _counts(counts: object, *, live: bool) -> dict[str, int]:
    known = counts if isinstance(counts, dict) else {}
    return {
        name: number if isinstance(number := known.get(name), int) and live else 0 for name in ("queued", "running")
    }
