"""Requests: what a request costs the engine in CPU time, over a whole run and over a rollout of what the run made.

Everything that a run does is in it: stages, checks in code, proofs, logs, datasets, HTTP. The model is `serve-model` in
a process of its own, which is not counted; nor is what it costs, once, to start Python and import. Beside it stands
bare aiohttp at the same moment.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from synthtools_stream.assembly import from_fields, from_tasks
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_inputs import Start
from synthtools_stream.assembly.task_file import open_tasks
from synthtools_stream.bench.bare_calls import bare_us
from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.measured_runs import served_model, shipped_fields
from synthtools_stream.bench.null_server import null_server
from synthtools_stream.bench.workload import ANSWER
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_MS", "Cost", "main"]

AIM_MS = 0.6
"""Milliseconds of CPU a request, all stages included: one core then feeds a server of 1,600 requests a second."""
_BARE_CALLS = 4000
"""Calls by which bare aiohttp is measured: half a second of CPU."""


class Cost(NamedTuple):
    """What a run cost."""

    cpu_s: float
    requests: int

    @property
    def ms(self) -> float:
        """Milliseconds of CPU a request."""
        return 1000 * self.cpu_s / max(1, self.requests)


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("requests", "CPU time of the engine for each request of a whole run, and of a rollout.")
    parser.add_argument("--fields", type=int, default=30, help="fields of the run: some 200 requests each")
    parser.add_argument("--rollouts", type=int, default=16, help="attempts at each task of the run")
    parser.add_argument("--concurrency", type=int, default=64)
    options = parser.parse_args(arguments)
    say = note("requests")
    with TemporaryDirectory(prefix="bench-requests-") as directory:
        with served_model() as url:
            shared: JsonObject = {"backend": "http", "server_url": [url], "concurrency": options.concurrency}
            fields = shipped_fields()[: options.fields]
            say(f"a run of {len(fields)} fields")
            whole: JsonObject = {**shared, "fields": [*fields], "sequences": 2, "rollouts": 2}
            run = _cost(whole, from_fields(fields), Path(directory) / "run")
            tasks = open_tasks(Path(directory) / "run" / "task_content.jsonl")
            say(f"{options.rollouts} attempts at each of its {len(tasks)} tasks")
            again: JsonObject = {**shared, "rollouts": options.rollouts, "start": "tasks"}
            rollout = _cost(again, from_tasks(tasks, len(tasks)), Path(directory) / "rollout")
        with null_server(ANSWER, 0.01) as url:
            bare_ms = run_async(bare_us(url, options.concurrency, _BARE_CALLS)) / 1000
    return tell(_finding(run, rollout, bare_ms), options)


def _cost(options: JsonObject, start: Start, directory: Path) -> Cost:
    config = RunConfig.build(options)
    cpu = time.process_time()
    run_async(run_pipeline(config, start, directory, show=lambda _snapshot: None, notice=lambda _line: None))
    return Cost(time.process_time() - cpu, sum(1 for _ in read_replies(directory)))


def _finding(run: Cost, rollout: Cost, bare_ms: float) -> Finding:
    figures: JsonObject = {
        "run_ms_per_request": round(run.ms, 3),
        "run_requests": run.requests,
        "rollout_ms_per_request": round(rollout.ms, 3),
        "rollout_requests": rollout.requests,
        "bare_ms_per_request": round(bare_ms, 3),
        "aim_ms": AIM_MS,
    }
    of_rollout = f"rollout {rollout.ms:.2f} ms ({rollout.requests:,})"
    lines = [
        f"engine's CPU a request, served model not counted (aim: {AIM_MS} ms; bare aiohttp {bare_ms:.2f} ms):",
        f"  whole run {run.ms:.2f} ms ({run.requests:,} requests), {of_rollout}",
    ]
    return Finding(figures, lines)
