"""Memory: whether a long run on the embedded model stays as large as it was in its first half.

The run is a process of its own, looked at from outside. Halves are by finished tasks. Short runs are still warming up
in their first half, so only long ones (`--tasks 50000`) can be held to the aim.
"""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.measured_runs import RunShape, run_command
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM", "Look", "finding", "main", "rss_mib"]

AIM = 1.10
"""Largest size in the second half over the largest in the first: allocators breathe by some per cent."""
LONG = 5000
"""Tasks from which on a run is held to it: shorter ones are still warming up in their first half."""
_TASKS_AN_ENVIRONMENT = 3.5
"""Proven tasks that four sequences come to, measured: to choose a shape for the number asked for."""


class Look(NamedTuple):
    """One look at the run."""

    at_s: float
    tasks: int
    rss_mib: float
    files: int
    """Open file descriptors."""


def rss_mib(pid: int | None = None) -> float:
    """Return the resident size of a process (by default this one) in MiB."""
    pages = int(Path(f"/proc/{pid or os.getpid()}/statm").read_text().split()[1])
    return float(pages * os.sysconf("SC_PAGE_SIZE") / 2**20)


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("memory", "Resident size of a long run on the embedded model.")
    parser.add_argument("--tasks", type=int, default=300, help="tasks to make, about; 50000 for the real thing")
    parser.add_argument("--concurrency", type=int, default=64)
    parser.add_argument("--every", type=float, default=0.25, help="seconds between two looks")
    options = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="bench-memory-") as directory:
        looks = _watch(Path(directory), options.tasks, options.concurrency, options.every)
    found = finding(looks)
    return tell(found, options)


def _watch(directory: Path, tasks: int, concurrency: int, every_s: float) -> list[Look]:
    shape = RunShape.of_environments(max(1, round(tasks / _TASKS_AN_ENVIRONMENT)))
    note("memory")(f"a run of {shape.environments} environments")
    argv = run_command(directory / "run", shape, concurrency)
    looks: list[Look] = []
    rows = _Rows(directory / "run" / "task_content.jsonl")
    started = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            time.sleep(every_s)
            try:
                files = len(os.listdir(f"/proc/{process.pid}/fd"))
                looks.append(Look(time.monotonic() - started, rows.count(), rss_mib(process.pid), files))
            except (FileNotFoundError, ProcessLookupError, IndexError):
                break  # it has just ended
    if process.returncode != 0 or not looks:
        raise SystemExit(f"bench memory: the run ended with exit code {process.returncode}")
    return looks


class _Rows:
    """Counts the lines of a growing file."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._read = 0
        self._lines = 0

    def count(self) -> int:
        if self._path.exists():
            with self._path.open("rb") as file:
                file.seek(self._read)
                new = file.read()
            self._read += len(new)
            self._lines += new.count(b"\n")
        return self._lines


def finding(looks: Sequence[Look]) -> Finding:
    """Compare the halves."""
    tasks = looks[-1].tasks
    first = [look for look in looks if look.tasks <= tasks / 2]
    second = [look for look in looks if look.tasks > tasks / 2] or first[-1:]
    before, after = max(look.rss_mib for look in first or second), max(look.rss_mib for look in second)
    growth = after / before
    figures: JsonObject = {
        "tasks": tasks,
        "first_half_mib": round(before, 1),
        "second_half_mib": round(after, 1),
        "growth": round(growth, 3),
        "open_files": max(look.files for look in looks),
        "seconds": round(looks[-1].at_s, 1),
    }
    held = f"aim: {AIM}" if tasks >= LONG else f"aim for {LONG:,} tasks and more: {AIM}"
    line = (
        f"{tasks:,} tasks in {looks[-1].at_s:.0f} s: at most {before:.0f} MiB in the first half, {after:.0f} MiB in the"
        f" second, {growth:.2f} times as much ({held}); {figures['open_files']} open files at most"
    )
    return Finding(figures, [line], ok=tasks < LONG or growth <= AIM)
