"""Disk: what a finished run leaves there for each released task, as it is and compacted, and where the bytes are.

A run of the embedded model is made, and measured when it has finished; then logs and datasets are compressed, with all
replies kept; then the replies of finished items are dropped, which are all.
"""

from __future__ import annotations

import subprocess
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from synthtools_stream.assembly.dataset_rows import DATASETS, rows_in
from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.measured_runs import RunShape, run_command
from synthtools_stream.storage.rundir.reply_compaction import compact
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_COMPACTED", "AIM_WITH_REPLIES", "bytes_by_file", "main"]

AIM_WITH_REPLIES, AIM_COMPACTED = 70_000, 35_000
"""Bytes a released task, with two attempts at it: compressed with all its replies, and without those that are spent."""
ATTEMPTS = 2
"""Attempts at each task, as a corpus to train on has at least."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("disk", "Bytes on disk for each released task.")
    parser.add_argument("--fields", type=int, default=30)
    parser.add_argument("--sequences", type=int, default=2, help="sequences an environment")
    parser.add_argument("--run", type=Path, help="measure this finished run, as it is, and change nothing")
    options = parser.parse_args(arguments)
    if options.run is not None:
        return tell(_finding({"as it is": bytes_by_file(options.run)}, rows_in(options.run)), options)
    with TemporaryDirectory(prefix="bench-disk-") as directory:
        out = Path(directory) / "run"
        more = ("--sequences", str(options.sequences), "--rollouts", str(ATTEMPTS))
        note("disk")(f"a run of {options.fields} fields")
        subprocess.run(run_command(out, RunShape(options.fields), 64, more), check=True, stdout=subprocess.DEVNULL)
        rows, found = rows_in(out), {"finished": bytes_by_file(out)}
        compact(out, DATASETS.values(), keep_replies=True)
        found["compressed, with replies"] = bytes_by_file(out)
        compact(out, DATASETS.values())
        found["compacted"] = bytes_by_file(out)
    return tell(_finding(found, rows), options)


def bytes_by_file(directory: Path) -> dict[str, int]:
    """Return the bytes of what a run's directory holds, by kind of file."""
    found: dict[str, int] = {}
    for path in sorted(directory.iterdir()):
        kind = path.name.partition(".")[0].partition("-")[0]
        found[kind] = found.get(kind, 0) + path.stat().st_size
    return found


def _finding(found: dict[str, dict[str, int]], rows: dict[str, int]) -> Finding:
    tasks = max(1, rows["tasks"])
    each = {state: sum(sizes.values()) / tasks for state, sizes in found.items()}
    aims = {"compressed, with replies": AIM_WITH_REPLIES, "compacted": AIM_COMPACTED}
    lines = [f"{rows['tasks']} released tasks, {rows['trajectories']} attempts; KB on disk for each task:"]
    for state, sizes in found.items():
        largest = sorted(sizes.items(), key=lambda entry: -entry[1])
        parts = ", ".join(f"{name} {size / tasks / 1000:.1f}" for name, size in largest if size >= tasks * 100)
        aim = f" (aim: {aims[state] // 1000})" if state in aims else ""
        lines.append(f"{state:<25} {each[state] / 1000:6.1f}{aim}   {parts}")
    figures: JsonObject = {
        "tasks": rows["tasks"],
        "attempts": rows["trajectories"],
        "bytes_per_task": {state: round(size) for state, size in each.items()},
        "bytes": orjson.loads(orjson.dumps(found)),
    }
    return Finding(figures, lines, ok=all(each[state] <= aim for state, aim in aims.items() if state in each))
