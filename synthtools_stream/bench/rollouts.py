"""Rollout: many live attempts against a server that takes its time, at rising numbers of them.

How busy the server's slots are between the ramp (until nine tenths of them are) and the tail (from when fewer attempts
are left than slots); what an agent's turn costs the client in CPU time, all in: reading and verifying tasks, the tools'
programs in their own processes, verdicts, logs and datasets; and whether the client grows. The server is `serve-model`,
a process of its own; it tells at `/metrics` how many requests it is at.
"""

from __future__ import annotations

import asyncio
import re
import resource
import subprocess
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

import aiohttp

from synthtools_stream.assembly import from_tasks
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.task_file import TaskFile, open_tasks
from synthtools_stream.bench.findings import Finding, command, integers, note, tell
from synthtools_stream.bench.measured_runs import RunShape, run_command, served_model
from synthtools_stream.bench.memory import rss_mib
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.storage.datasets.row_loader import load_trajectories
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["AIM_BUSY", "AIM_GROWTH", "AIM_MS", "Level", "Look", "level_of", "main"]

AIM_BUSY = 0.97
"""Share of the slots that are busy: what is missing is what the client's own work and the wire take between turns."""
AIM_MS = 1.0
"""Milliseconds of CPU an agent's turn: one core then keeps 1,000 turns a second going."""
AIM_GROWTH = 1.10
"""Largest size in the second half over the largest in the first: allocators breathe by some per cent."""
_RAMPED = 0.9
"""Share of the slots at which the ramp is over."""
_EVERY_S = 0.5
"""Seconds between two looks."""
_RUNNING = re.compile(r"^vllm:num_requests_running\{[^}]*\} ([0-9.e+]+)$", re.M)


class Look(NamedTuple):
    """One look at server and client."""

    busy: int
    """Requests in a slot."""
    settled: int
    """Attempts that have ended."""
    rss_mib: float


class Level(NamedTuple):
    """What was seen at one number of live attempts."""

    busy: float
    """Mean share of the slots between ramp and tail."""
    turns: int
    cpu_ms: float
    """A turn."""
    first_mib: float
    second_mib: float
    """The largest size in either half, by attempts ended."""

    @property
    def growth(self) -> float:
        """The second half's size over the first's."""
        return self.second_mib / self.first_mib


@dataclass
class _Watch:
    """Looks every half a second, until it is cancelled."""

    url: str
    looks: list[Look] = field(default_factory=list[Look])
    settled: int = 0

    def show(self, snapshot: JsonObject) -> None:
        """Take in what the run tells."""
        told = object_at(object_at(snapshot, "stages"), "rollout")
        self.settled = sum(int(str(told.get(kind, 0))) for kind in ("done", "rejected", "failed"))

    async def run(self) -> None:
        """Look."""
        async with aiohttp.ClientSession() as session:
            while True:
                async with session.get(f"{self.url}/metrics") as response:
                    found = _RUNNING.search(await response.text())
                self.looks.append(Look(int(float(found[1])) if found else 0, self.settled, rss_mib()))
                await asyncio.sleep(_EVERY_S)


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code, 1 where an aim is missed."""
    parser = command("rollouts", "Live attempts against a slow server: busy slots, CPU a turn, memory.")
    parser.add_argument("--live", type=integers, default=[1024], metavar="N,N,…", help="attempts at once, as slots")
    parser.add_argument("--attempts", type=float, default=3.0, help="attempts in all, as a multiple of those at once")
    parser.add_argument("--rollouts", type=int, default=8, help="attempts at each task; more, where there are few")
    parser.add_argument("--decode-tps", type=float, default=12.0, help="of the server, per request")
    parser.add_argument("--dataset", type=Path, help="tasks; by default those of a run over 12 fields")
    options = parser.parse_args(arguments)
    say = note("rollouts")
    levels: dict[int, Level] = {}
    with TemporaryDirectory(prefix="bench-rollout-") as name:
        directory = Path(name)
        dataset = options.dataset or _tasks(directory / "run")
        for live in options.live:
            say(f"{live} live")
            with served_model("--slots", str(live), "--decode-tps", str(options.decode_tps)) as url:
                attempts = ceil(options.attempts * live)
                levels[live] = _measured(url, dataset, live, attempts, options.rollouts, directory / f"live{live}")
    return tell(_finding(levels), options)


def _tasks(directory: Path) -> Path:
    note("rollouts")("making tasks")
    argv = run_command(directory, RunShape(12), 64, ["--rollouts", "0"])
    subprocess.run(argv, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return directory / "task_content.jsonl"


def _measured(url: str, dataset: Path, live: int, attempts: int, rollouts: int, directory: Path) -> Level:
    tasks = open_tasks(dataset)
    each = min(100, max(rollouts, ceil(attempts / len(tasks))))
    config = RunConfig.build(
        {
            "backend": "http",
            "server_url": [url],
            "concurrency": live,
            "start": "tasks",
            "rollouts": each,
            "judge": False,
            "progress_every_s": _EVERY_S,
        }
    )
    watch, cpu = _Watch(url), _cpu_s()
    run_async(_run(config, tasks.first(ceil(attempts / each)), directory, watch))
    spent = _cpu_s() - cpu
    rows = load_trajectories(directory / "trajectories.jsonl")
    turns = sum(message.get("role") == "assistant" for row in rows for message in row.messages)
    return level_of(watch.looks, live, turns, spent)


async def _run(config: RunConfig, tasks: TaskFile, directory: Path, watch: _Watch) -> None:
    async with asyncio.TaskGroup() as group:
        watching = group.create_task(watch.run())
        start = from_tasks(tasks, len(tasks))
        await run_pipeline(config, start, directory, show=watch.show, notice=lambda _line: None)
        watching.cancel()


def _cpu_s() -> float:
    """Return the CPU time of this process and of those that it has waited for: the sandbox's."""
    children = resource.getrusage(resource.RUSAGE_CHILDREN)
    return time.process_time() + children.ru_utime + children.ru_stime


def level_of(looks: Sequence[Look], slots: int, turns: int, cpu_s: float) -> Level:
    """Sum up what was seen."""
    settled = looks[-1].settled
    ramped = next((place for place, look in enumerate(looks) if look.busy >= _RAMPED * slots), 0)
    steady = [look for look in looks[ramped:] if look.settled <= settled - slots] or looks[ramped : ramped + 1]
    busy = sum(look.busy for look in steady) / len(steady) / slots
    first = [look.rss_mib for look in looks if look.settled <= settled / 2]
    second = [look.rss_mib for look in looks if look.settled > settled / 2]
    return Level(busy, turns, 1000 * cpu_s / turns, max(first or second), max(second or first))


def _finding(levels: dict[int, Level]) -> Finding:
    figures: JsonObject = {}
    lines = [
        f"live attempts (aims: slots {AIM_BUSY:.0%} busy, {AIM_MS} ms of CPU an agent's turn, growth {AIM_GROWTH}):"
    ]
    for live, level in levels.items():
        figures[str(live)] = {
            "busy": round(level.busy, 4),
            "cpu_ms_per_turn": round(level.cpu_ms, 3),
            "turns": level.turns,
            "first_half_mib": round(level.first_mib, 1),
            "second_half_mib": round(level.second_mib, 1),
        }
        lines.append(
            f"{live:7,} live  slots {level.busy:.1%} busy   {level.cpu_ms:.2f} ms a turn ({level.turns:,} turns)   "
            f"{level.first_mib:.0f} MiB, then {level.second_mib:.0f} ({level.growth:.2f} times as much)"
        )
    aims = (
        level.busy >= AIM_BUSY and level.cpu_ms <= AIM_MS and level.growth <= AIM_GROWTH for level in levels.values()
    )
    return Finding(figures, lines, ok=all(aims))
