"""Sample: how long `export` takes to choose tasks of a large corpus, and how much memory.

A few tasks are made with the embedded model and written many times over: in each copy half of the request's words and
all numbers are others, and one in ten copies is nearly the one before. The export is a process of its own. Beside it
stands one that chooses nothing, so that what the choice costs can be told.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from random import Random
from tempfile import TemporaryDirectory
from zlib import crc32

import orjson

from synthtools_stream.bench.findings import Finding, command, tell
from synthtools_stream.bench.memory import rss_mib
from synthtools_stream.bench.verifying import made_rows
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["main", "sample_figures"]

_FIELDS = 100
"""Fields that the copies are said to be of."""
_WORDS = 3000
"""Words that a copy's own are drawn from: as many as the requests of a hundred fields have, or so."""
_NEAR = 10
"""Of so many copies one is nearly the one before."""
_LOOK_S = 0.05
"""Between two looks at the size of a process: what is held longer is seen."""
_WORD = re.compile(r"[^\W_]+")


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("sample", "Time and memory of an export that keeps the most different tasks of a corpus.")
    parser.add_argument("--tasks", type=int, default=2000, help="tasks to choose from")
    parser.add_argument("--sample", type=int, help="tasks to keep; by default a tenth")
    options = parser.parse_args(arguments)
    figures = sample_figures(options.tasks, options.sample or max(1, options.tasks // 10))
    lines = [
        f"{name}: {figures[f'{name}_cpu_s']} s of CPU ({figures[f'{name}_wall_s']} s by the clock),"
        f" {figures[f'{name}_peak_mib']} MiB at most, {figures[f'{name}_lines']} rows"
        for name in ("whole", "distinct", "sample")
    ]
    return tell(Finding(figures, [f"{figures['tasks']} tasks, {figures['megabytes']} MB", *lines]), options)


def sample_figures(tasks: int, sample: int) -> JsonObject:
    """Return what exports of so many tasks take: of all, of all but near-duplicates, and of a balanced sample."""
    with TemporaryDirectory() as directory:
        path = Path(directory) / "task_content.jsonl"
        with path.open("wb") as file:
            file.writelines(orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE) for row in _copies(tasks))
        figures: JsonObject = {"tasks": tasks, "megabytes": path.stat().st_size // 1_000_000}
        asked = ["--no-near-duplicates", "--sample", str(sample), "--quota", "field=balanced"]
        for name, options in {"whole": [], "distinct": asked[:1], "sample": asked}.items():
            figures |= _exported(path, Path(directory) / name, name, options)
    return figures


def _copies(count: int) -> Iterator[JsonObject]:
    rng = Random(0)
    known: dict[str, str] = {}
    for number, row in enumerate(made_rows(count)):
        name = str(row["id"]).rpartition("_")[0]
        if number % _NEAR or name not in known:
            known[name] = _said_otherwise(str(row["summary"]), number)
        near = _WORD.sub(lambda word: _other_number(word[0], rng), known[name], count=20)
        yield {**row, "summary": near, "field": f"Field {number % _FIELDS}"}


def _said_otherwise(text: str, copy: int) -> str:
    def other(found: re.Match[str]) -> str:
        drawn = crc32(f"{copy} {found[0]}".encode())
        return f"word{drawn % _WORDS}" if drawn % 2 else found[0]

    return _WORD.sub(other, text)


def _other_number(word: str, rng: Random) -> str:
    return str(rng.randrange(1000, 9999)) if word.isdecimal() else word


def _exported(path: Path, out: Path, name: str, options: Sequence[str]) -> JsonObject:
    """Export in a process of its own, and say what it took."""
    argv = [sys.executable, "-m", "synthtools_stream", "export", str(path), "--format", "csv", "--out", str(out)]
    started = time.perf_counter()
    peak = 0.0
    with subprocess.Popen([*argv, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            peak = max(peak, rss_mib(process.pid))
            time.sleep(_LOOK_S)
        _, status, used = ended
        process.returncode = os.waitstatus_to_exitcode(status)
    wall_s = time.perf_counter() - started
    if process.returncode:
        raise RuntimeError(f"the export ended with {process.returncode}: {' '.join([*argv, *options])}")
    lines: JsonObject = orjson.loads((out / "export.json").read_bytes())["lines"]
    return {
        f"{name}_cpu_s": round(used.ru_utime + used.ru_stime, 1),
        f"{name}_wall_s": round(wall_s, 1),
        f"{name}_peak_mib": round(peak),
        f"{name}_lines": sum(count for count in lines.values() if isinstance(count, int)),
    }
