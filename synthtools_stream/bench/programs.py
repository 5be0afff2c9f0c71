"""Programs: what one call of a tool's program costs in the sandbox, on a world of 8 KB, at rising numbers at once.

CPU time is this process's and its workers'. Beside it stands the same function called in this process, its state and
its answer through JSON and back: what no sandbox can go below.
"""

from __future__ import annotations

import asyncio
import os
import time
from collections.abc import Sequence
from itertools import islice
from pathlib import Path
from typing import NamedTuple

import orjson

from synthtools_stream.bench import program_workload
from synthtools_stream.bench.findings import Finding, command, integers, tell
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.programs.program import ProgramCall
from synthtools_stream.programs.sandbox import Sandbox, open_sandbox
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_US", "Level", "main", "measure", "workers_cpu_s"]

AIM_US = 1000
"""Microseconds of CPU a call, all included: a tenth of what the request to a model costs server and client."""
_NOW = "2026-03-10T09:00:00"
_WORLDS = 16
"""Different worlds: enough that no two calls at once are the same."""
_TRIPS = (1, 4)
"""Calls that go together: of a probe, and of a row with four steps."""


class Level(NamedTuple):
    """What was seen at one number of trips at once."""

    calls_per_s: float
    wall_us: float
    """From asking to answer, of one call of a trip."""
    host_us: float
    """CPU of this process a call."""
    workers_us: float
    """CPU of the worker processes a call."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("programs", "What a call of a tool's program costs in the sandbox.")
    parser.add_argument("--at-once", type=integers, default=[1, 64, 1024], metavar="N,N,…")
    parser.add_argument("--calls", type=int, default=4000, help="calls at each level")
    parser.add_argument("--workers", type=int, help="worker processes; by default one a core")
    options = parser.parse_args(arguments)
    levels = run_async(measure(options.at_once, options.calls, options.workers))
    return tell(_finding(levels, bare_us(min(options.calls, 2000))), options)


async def measure(at_once: Sequence[int], calls: int, workers: int | None) -> dict[tuple[int, int], Level]:
    """Return what was seen, by trips at once and calls a trip.

    :raises SandboxMissing: when no worker can be started.
    """
    worlds = [program_workload.large_world(number) for number in range(_WORLDS)]
    asked = [ProgramCall(program_workload.SOURCE, world, program_workload.arguments, _NOW) for world in worlds]
    levels: dict[tuple[int, int], Level] = {}
    async with open_sandbox(workers) as sandbox:
        await _level(sandbox, asked, 16, 64, 1)  # all workers warm
        for number in at_once:
            for trip in _TRIPS:
                levels[number, trip] = await _level(sandbox, asked, number, calls, trip)
    return levels


async def _level(sandbox: Sandbox, asked: Sequence[ProgramCall], at_once: int, calls: int, trip: int) -> Level:
    trips = iter([[asked[(at + place) % len(asked)] for place in range(trip)] for at in range(max(1, calls // trip))])
    waited: list[float] = []

    async def ask() -> None:
        for batch in trips:
            started = time.perf_counter()
            for answer in await sandbox.answers(batch):
                assert isinstance(answer, SimulatorOutput), answer
            waited.append(time.perf_counter() - started)

    started, host, theirs = time.perf_counter(), time.process_time(), workers_cpu_s()
    async with asyncio.TaskGroup() as tasks:
        for _ in range(at_once):
            tasks.create_task(ask())
    elapsed, host, theirs = time.perf_counter() - started, time.process_time() - host, workers_cpu_s() - theirs
    made = len(waited) * trip
    median = sorted(waited)[len(waited) // 2]
    return Level(made / elapsed, 1e6 * median / trip, 1e6 * host / made, 1e6 * theirs / made)


def workers_cpu_s() -> float:
    """Return the CPU time of all living children of this process's threads; 0 where the system does not tell."""
    lists = Path("/proc/self/task").glob("*/children")
    pids = {pid for path in lists for pid in path.read_text(encoding="ascii").split()}
    return sum(map(_cpu_s, pids))


def _cpu_s(pid: str) -> float:
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8")
    except OSError:  # it has ended
        return 0.0
    user, system = islice(stat.rpartition(")")[2].split(), 11, 13)
    return (int(user) + int(system)) / os.sysconf("SC_CLK_TCK")


def bare_us(calls: int) -> float:
    """Return the CPU time of the same function here, with its state and its answer through JSON and back."""
    worlds = [orjson.dumps(program_workload.large_world(number)) for number in range(_WORLDS)]
    started = time.process_time()
    for number in range(calls):
        state = orjson.loads(worlds[number % _WORLDS])
        packed = orjson.dumps(state)
        made = program_workload.call(orjson.loads(packed), program_workload.arguments, _NOW)
        SimulatorOutput.model_validate(orjson.loads(orjson.dumps(made)))
    return 1e6 * (time.process_time() - started) / calls


def _finding(levels: dict[tuple[int, int], Level], bare: float) -> Finding:
    figures: JsonObject = {
        f"{number}x{trip}": {name: round(value, 1) for name, value in level._asdict().items()}
        for (number, trip), level in levels.items()
    }
    size = len(orjson.dumps(program_workload.large_world(0)))
    lines = [
        f"calls of a program on a world of {size:,} bytes; CPU all included, aim {AIM_US:,} µs; bare {bare:.0f} µs"
    ]
    for (number, trip), level in levels.items():
        lines.append(
            f"{number:6,} at once, {trip} a trip  {level.calls_per_s:7,.0f} calls/s   {level.wall_us:9,.0f} µs wall"
            f"   {level.host_us + level.workers_us:5,.0f} µs CPU = {level.host_us:,.0f} here"
            f" + {level.workers_us:,.0f} in workers"
        )
    return Finding({"levels": figures, "bare_us": round(bare, 1), "aim_us": AIM_US, "world_bytes": size}, lines)
