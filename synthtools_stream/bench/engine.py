"""Engine: what one LLM call costs the client in CPU time, everything on, at rising numbers of calls in flight.

Template, request digest, gate, balancer, HTTP, parsing, schema check and a durable reply log, as in a run; the server
is another process that only waits. CPU time is the whole process's, the log's thread included. Beside it stands what
bare aiohttp and orjson cost for the same bytes on this machine at this moment: the floor, and a measure of the noise.
"""

from __future__ import annotations

import time
from collections.abc import Sequence
from contextlib import AsyncExitStack
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.role_router import Router
from synthtools_stream.assembly.backends import open_backend
from synthtools_stream.bench.bare_calls import bare_us, drive
from synthtools_stream.bench.findings import Finding, command, integers, note, tell
from synthtools_stream.bench.null_server import null_server
from synthtools_stream.bench.workload import ANSWER, simulator_input, state
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.progress import Meter
from synthtools_stream.engine.stage import Context
from synthtools_stream.roles.simulator_role import SIMULATOR
from synthtools_stream.storage.journal.reply_log import ReplyLog
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_US", "Level", "main", "measure"]

AIM_US = 250
"""Microseconds of CPU a call at 1,024 in flight: one core then carries 4,000 calls a second."""


class Level(NamedTuple):
    """What was seen at one number of calls in flight."""

    cpu_us: float
    calls_per_s: float
    bare_us: float
    """The same with bare aiohttp."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("engine", "CPU time of the client for each LLM call.")
    parser.add_argument("--in-flight", type=integers, default=[64, 256, 1024, 4096], metavar="N,N,…")
    parser.add_argument("--calls", type=int, help="calls at each level; by default 4,000 to 16,000")
    parser.add_argument("--latency", type=float, default=0.1, help="seconds that the server waits")
    options = parser.parse_args(arguments)
    say = note("engine")
    levels: dict[int, Level] = {}
    with null_server(ANSWER, options.latency) as url:
        for in_flight in options.in_flight:
            say(f"{in_flight} in flight")
            calls = options.calls or max(4000, 4 * in_flight)
            levels[in_flight] = run_async(measure(url, in_flight, calls))
    return tell(_finding(levels), options)


async def measure(url: str, in_flight: int, calls: int) -> Level:
    """Make `calls` calls, `in_flight` at a time, after as many to open the connections."""
    async with AsyncExitStack() as stack:
        directory = Path(stack.enter_context(TemporaryDirectory(prefix="bench-engine-")))
        config = RunConfig.build({"backend": "http", "server_url": [url], "concurrency": in_flight})
        backend = await open_backend(config, stack)
        replies = await ReplyLog.open(directory, "bench")
        stack.push_async_callback(replies.aclose)
        asker = Asker(Router(backend.model), PromptLibrary.load(), replies, seed=0, observer=Meter())
        numbers = count()
        shown = state()

        async def call() -> None:
            await _call(asker, next(numbers), shown)

        await drive(call, in_flight, in_flight)
        started, cpu = time.perf_counter(), time.process_time()
        await drive(call, in_flight, calls)
        spent, elapsed = time.process_time() - cpu, time.perf_counter() - started
        return Level(1e6 * spent / calls, calls / elapsed, await bare_us(url, in_flight, calls // 2))


async def _call(asker: Asker, number: int, shown: JsonObject) -> None:
    item = f"bench_spec_{number // 100:03d}_seq01"
    context = Context(stage="rollout", item=item, session=f"bench_spec_{number // 100:03d}", asker=asker)
    await context.ask(SIMULATOR, simulator_input(number, shown), key=f"{number}")


def _finding(levels: dict[int, Level]) -> Finding:
    cpu: JsonObject = {str(in_flight): round(level.cpu_us, 1) for in_flight, level in levels.items()}
    bare: JsonObject = {str(in_flight): round(level.bare_us, 1) for in_flight, level in levels.items()}
    rates: JsonObject = {str(in_flight): round(level.calls_per_s) for in_flight, level in levels.items()}
    lines = ["client CPU a call, everything on:"]
    for in_flight, level in levels.items():
        aim = f"   (aim: {AIM_US})" if in_flight == 1024 else ""
        lines.append(
            f"{in_flight:7,} in flight  {level.cpu_us:7.0f} µs{aim}   bare aiohttp {level.bare_us:4.0f} µs"
            f"   {level.calls_per_s:7,.0f} calls/s"
        )
    return Finding({"cpu_us_per_call": cpu, "bare_us_per_call": bare, "calls_per_s": rates}, lines)
