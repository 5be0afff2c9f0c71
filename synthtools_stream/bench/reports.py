"""Reports: what `stats` takes for a corpus of many rows, and whether its memory grows with them.

A few tasks and attempts at them are made with the embedded model and written many times over, in environments of their
own, a tenth of the requests' words exchanged. `stats` is a process of its own each time.
"""

from __future__ import annotations

import os
import random
import subprocess
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from itertools import count, islice
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import orjson

from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.measured_runs import RunShape, run_command
from synthtools_stream.export.corpus import Kind
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_MIB", "main", "report_cost", "write_corpus"]

AIM_MIB = 300.0
"""Most memory for 80,000 rows: what is held of each is its id and its place."""
_FIELDS = 8
"""Of whose tasks copies are made: one environment of each gives some dozen, of all lengths."""
_EXCHANGED = 0.1
"""Of a request's words: enough that copies are no duplicates to the last."""
_SMALLER = 8
"""Times fewer rows in the first measurement, with which the second is compared."""


class Cost(NamedTuple):
    """What one report took."""

    rows: int
    cpu_s: float
    peak_mib: float


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("reports", "CPU time and memory of `stats` over many rows.")
    parser.add_argument("--rows", type=int, default=8000, help="tasks and attempts; 80000 for the real thing")
    parser.add_argument("--page", action="store_true", help="with a page, too")
    options = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="bench-reports-") as directory:
        made = Path(directory) / "run"
        argv = run_command(made, RunShape(_FIELDS), 64, ["--sequences", "4", "--rollouts", "4"])
        subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        few, many = (
            report_cost(made, Path(directory) / str(rows), rows, page=options.page)
            for rows in (max(1, options.rows // _SMALLER), options.rows)
        )
    figures: JsonObject = {"few": {**few._asdict()}, "many": {**many._asdict()}, "aim_mib": AIM_MIB}
    line = (
        f"{many.rows:,} rows in {many.cpu_s:.0f} s of CPU ({many.rows / many.cpu_s:,.0f} a second),"
        f" {many.peak_mib:.0f} MiB at most, aim {AIM_MIB:.0f}; {few.rows:,} rows: {few.peak_mib:.0f} MiB"
    )
    return tell(Finding(figures, [line], ok=many.peak_mib <= AIM_MIB), options)


def report_cost(made: Path, out: Path, rows: int, *, page: bool = False) -> Cost:
    """Write a corpus of so many rows of what was made, and measure `stats` over it."""
    note("reports")(f"a corpus of {rows:,} rows")
    write_corpus(made, out, rows)
    argv = [sys.executable, "-m", "synthtools_stream", "stats", str(out)]
    argv += ["--html", str(out / "page.html")] if page else []
    child = subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    _, status, used = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode != 0:
        raise SystemExit(f"bench: stats left with {child.returncode}")
    return Cost(rows, used.ru_utime + used.ru_stime, used.ru_maxrss / 1024)


def write_corpus(made: Path, out: Path, rows: int) -> None:
    """Write tasks and attempts, `rows` in all, from those of a run, each copy in an environment of its own."""
    out.mkdir()
    attempts: defaultdict[str, list[JsonObject]] = defaultdict(list)
    for row in _rows(made / Kind.trajectories):
        attempts[str(row["task_id"])].append(row)
    tasks = [*_rows(made / Kind.tasks)]
    with (out / Kind.tasks).open("wb") as of_tasks, (out / Kind.trajectories).open("wb") as of_attempts:
        for kind, row in islice(_copies(tasks, attempts), rows):
            (of_tasks if kind is Kind.tasks else of_attempts).write(orjson.dumps(row) + b"\n")


def _copies(
    tasks: Sequence[JsonObject], attempts: Mapping[str, Sequence[JsonObject]]
) -> Iterator[tuple[Kind, JsonObject]]:
    chance = random.Random(0)
    words = [word for task in tasks for word in str(task["summary"]).split()]
    for copy in count():
        for task in tasks:
            old = str(task["id"])
            new = old.replace("_spec_", f"_spec_{copy}x", 1)
            said = [
                chance.choice(words) if chance.random() < _EXCHANGED else one for one in str(task["summary"]).split()
            ]
            yield Kind.tasks, {**task, "id": new, "summary": " ".join(said)}
            for attempt in attempts[old]:
                name = str(attempt["id"]).replace(old, new, 1)
                yield Kind.trajectories, {**attempt, "id": name, "task_id": new}


def _rows(path: Path) -> Iterator[JsonObject]:
    with path.open("rb") as file:
        for line in file:
            yield orjson.loads(line)
