"""Verifying: how many released rows a second `verify` proves again on one core, from the file to the report.

Without a file, a few tasks are made with the embedded model and written many times over under other ids.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Iterator, Sequence
from itertools import cycle, islice
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from synthtools_stream.assembly.run_inputs import from_fields
from synthtools_stream.bench.findings import Finding, command, tell
from synthtools_stream.bench.in_process_run import run_in_process
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.proof.certificate import seal
from synthtools_stream.proof.verify_report import verify_file
from synthtools_stream.records import Task
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_PER_S", "made_rows", "main", "verify_rate"]

AIM_PER_S = 1000
"""Rows a second on one core: a corpus of 80,000 in a minute and a half."""
FIELDS = ("Freight and Logistics", "Public Libraries", "Dental Care", "Film Festivals", "Wind Farms", "Beekeeping")
"""Of whose tasks copies are made: one environment of each gives a few dozen, of all lengths."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("verifying", "Rows that `verify` proves again in a second on one core.")
    parser.add_argument("--dataset", type=Path, help="a task_content.jsonl of your own")
    parser.add_argument("--rows", type=int, default=2000, help="rows to make without one")
    options = parser.parse_args(arguments)
    figures = verify_rate(options.dataset if options.dataset is not None else options.rows)
    line = (
        f"{figures['rows_per_s']} rows/s ({figures['rows']} rows of {figures['bytes_per_row']} bytes), aim {AIM_PER_S}"
    )
    return tell(Finding(figures, [line], ok=figures["failed"] == 0), options)


def verify_rate(source: Path | int) -> JsonObject:
    """Return the rate at which a file is verified; a number: of that many rows made for it."""
    if isinstance(source, Path):
        return _measured(source)
    with TemporaryDirectory() as directory:
        path = Path(directory) / "task_content.jsonl"
        with path.open("wb") as file:
            for row in made_rows(source):
                file.write(orjson.dumps(row) + b"\n")
        return _measured(path)


def made_rows(count: int) -> Iterator[JsonObject]:
    """Yield proven rows with ids of their own; a handful of tasks, over and over."""
    options: JsonObject = {"stop_after": "summarizing", "sequences": 4}
    ran = asyncio.run(run_in_process(RunConfig.build(options), from_fields(FIELDS), _as_it_is))
    tasks = [Task.from_json(row) for outcome in ran.of_stage("summarizing") for row in outcome.outputs]
    for number, task in enumerate(islice(cycle(tasks), count)):
        yield seal(task.model_copy(update={"id": f"{task.id}_{number:06d}"})).to_json()


def _as_it_is(model: LanguageModel) -> LanguageModel:
    return model


def _measured(path: Path) -> JsonObject:
    started, cpu = time.perf_counter(), time.process_time()
    report = verify_file(path)
    wall_s, cpu_s = time.perf_counter() - started, time.process_time() - cpu
    return {
        "rows": report.checked,
        "proven": report.proven,
        "failed": len(report.failed),
        "rows_per_s": round(report.checked / cpu_s, 1),
        "wall_s": round(wall_s, 3),
        "bytes_per_row": path.stat().st_size // max(1, report.checked),
        "aim_per_s": AIM_PER_S,
    }
