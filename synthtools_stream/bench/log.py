"""Log: how many records a second are on disk, each waited for by whoever wrote it, at rising numbers of writers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

from synthtools_stream.bench.findings import Finding, command, integers, tell
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.storage.appendlog.log_format import LogFormat, header_line
from synthtools_stream.storage.appendlog.log_writer import AppendLog
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_PER_S", "main", "measure"]

AIM_PER_S = 40_000
"""Records a second at 256 writers: ten times what one core can ask models for, so that the log is never what waits."""
_FORMAT = LogFormat("synthtools-stream/bench", 1)


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("log", "Durable records a second.")
    parser.add_argument("--writers", type=integers, default=[1, 64, 256, 1024], metavar="N,N,…")
    parser.add_argument("--bytes", type=int, default=1024, help="size of a record; replies have some 800")
    parser.add_argument("--seconds", type=float, default=2.0, help="how long to write at each number of writers")
    parser.add_argument("--dir", type=Path, help="where to write; by default the system's place for temporary files")
    options = parser.parse_args(arguments)
    rates: dict[int, float] = {}
    for writers in options.writers:
        with TemporaryDirectory(prefix="bench-log-", dir=options.dir) as directory:
            path = Path(directory) / "log.jsonl"
            rates[writers] = run_async(measure(path, writers, options.bytes, options.seconds))
    return tell(_finding(rates, options.bytes), options)


async def measure(path: Path, writers: int, size: int, seconds: float) -> float:
    """Write for a while and return the durable records a second."""
    log = await AppendLog.create(path, header_line(_FORMAT, "bench"))
    payload = b'"' + b"x" * max(0, size - 2) + b'"'
    started = time.perf_counter()
    until = started + seconds
    written = 0

    async def write() -> None:
        nonlocal written
        while time.perf_counter() < until:
            await log.append(payload)
            written += 1

    async with asyncio.TaskGroup() as tasks:
        for _ in range(writers):
            tasks.create_task(write())
    elapsed = time.perf_counter() - started
    await log.aclose()
    return written / elapsed


def _finding(rates: dict[int, float], size: int) -> Finding:
    figures: JsonObject = {str(writers): round(rate) for writers, rate in rates.items()}
    lines = [f"durable records a second, {size:,} bytes each:"]
    for writers, rate in rates.items():
        aim = f"   (aim: {AIM_PER_S:,})" if writers == 256 else ""
        lines.append(f"{writers:7,} writers    {rate:9,.0f} records/s   {rate * size / 1e6:6.1f} MB/s{aim}")
    return Finding({"records_per_s": figures, "bytes_per_record": size}, lines)
