"""Verifying: how many released rows `verify` proves again in a second of one core's time, from the file to the report.

With execution, the time of the sandbox's workers counts, too; beside it stands what two workers make of a second.
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
from synthtools_stream.bench.programs import workers_cpu_s
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.certificate import seal
from synthtools_stream.proof.verify_report import verify_by_execution, verify_file
from synthtools_stream.records import Task
from synthtools_stream.storage.datasets.row_loader import load_tasks
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["AIM_PER_S", "EXECUTED_AIM_PER_S", "made_rows", "main", "verify_rate"]

AIM_PER_S = 1000
"""Rows a second on one core: a corpus of 80,000 in a minute and a half."""
EXECUTED_AIM_PER_S = 500
"""The same with every coded call made again."""
_WORKERS = 2
"""Of the sandbox, as on the smallest machines."""
FIELDS = ("Freight and Logistics", "Public Libraries", "Dental Care", "Film Festivals", "Wind Farms", "Beekeeping")
"""Of whose tasks copies are made: one environment of each gives a few dozen, of all lengths."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("verifying", "Rows that `verify` proves again in a second on one core.")
    parser.add_argument("--dataset", type=Path, help="a task_content.jsonl of your own")
    parser.add_argument("--rows", type=int, default=2000, help="rows to make without one")
    options = parser.parse_args(arguments)
    figures = verify_rate(options.dataset if options.dataset is not None else options.rows)
    executed = object_at(figures, "executed")
    plain = (
        f"{figures['rows_per_s']} rows/s ({figures['rows']} rows of {figures['bytes_per_row']} bytes, of which"
        f" {figures['program_bytes_per_row']} are programs), aim {AIM_PER_S}"
    )
    execution = (
        f"{executed['rows_per_s']} rows/s with execution: {executed['host_us']} µs of CPU here a row"
        f" + {executed['workers_us']} in workers, aim {EXECUTED_AIM_PER_S}; {executed['wall_rows_per_s']} rows/s"
        f" by the clock with {_WORKERS} workers"
    )
    ok = figures["failed"] == executed["failed"] == 0
    return tell(Finding(figures, [plain, execution], ok=ok), options)


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
        "executed": run_async(_executed(path)),
        "bytes_per_row": path.stat().st_size // max(1, report.checked),
        "program_bytes_per_row": _program_bytes(path) // max(1, report.checked),
        "aim_per_s": AIM_PER_S,
    }


async def _executed(path: Path) -> JsonObject:
    async with open_sandbox(_WORKERS) as sandbox:
        started, here, theirs = time.perf_counter(), time.process_time(), workers_cpu_s()
        report = await verify_by_execution(path, sandbox)
        wall_s, here, theirs = time.perf_counter() - started, time.process_time() - here, workers_cpu_s() - theirs
    rows = max(1, report.checked)
    return {
        "proven": report.proven,
        "failed": len(report.failed),
        "rows_per_s": round(report.checked / (here + theirs), 1),
        "wall_rows_per_s": round(report.checked / wall_s, 1),
        "host_us": round(1e6 * here / rows),
        "workers_us": round(1e6 * theirs / rows),
        "aim_per_s": EXECUTED_AIM_PER_S,
    }


def _program_bytes(path: Path) -> int:
    return sum(len(source.encode()) for task in load_tasks(path) for source in task.meta.programs.values())
