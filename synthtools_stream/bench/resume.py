"""Resume: how long a journal of a million outcomes takes to open, and how much memory its index takes.

The journal is made for the purpose and opened in a process of its own.
"""

from __future__ import annotations

import asyncio
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path
from tempfile import TemporaryDirectory

import click
import orjson

from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.memory import rss_mib
from synthtools_stream.storage.appendlog.log_format import MID, commit_line, header_line, record_head
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.storage.journal.outcomes import JOURNAL_FORMAT, JOURNAL_NAME, Journal, journal_segments
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_MB", "AIM_S", "main", "synthesise"]

AIM_S, AIM_MB = 10, 300
"""Seconds to open a journal of a million outcomes, and MiB that its index may take."""
_BATCH = 64
"""Records written at a time, as a busy run commits them."""
# What a run's journal mostly holds.
_STAGES = ("generation.tool", "auditing", "evolution", "summarizing", "rollout")
_DIGEST = "bench"


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("resume", "Open a large journal.")
    parser.add_argument("--records", type=int, default=1_000_000)
    parser.add_argument("--bytes", type=int, default=300, help="weight of each record's outputs")
    parser.add_argument("--sealed", action="store_true", help="open it compressed, as a finished run leaves it")
    parser.add_argument("--open", type=Path, help="open the journal of this directory and print what that took")
    options = parser.parse_args(arguments)
    if options.open is not None:
        click.echo(orjson.dumps(asyncio.run(_open(options.open))).decode())
        return 0
    with TemporaryDirectory(prefix="bench-resume-") as directory:
        note("resume")(f"writing a journal of {options.records:,} records")
        size = synthesise(Path(directory), options.records, options.bytes)
        if options.sealed:
            journal_segments(Path(directory)).seal()
        argv = [sys.executable, "-m", "synthtools_stream.bench", "resume", "--open", directory]
        figures: JsonObject = orjson.loads(subprocess.run(argv, check=True, stdout=subprocess.PIPE).stdout)
    figures["journal_mb"] = round(size / 1e6, 1)
    return tell(_finding(figures), options)


def synthesise(directory: Path, records: int, weight: int) -> int:
    """Write a journal with that many outcomes; returns its size in bytes."""
    payloads = _payloads(records, weight)
    seq = 0
    with (directory / JOURNAL_NAME).open("wb", buffering=1 << 20) as file:
        file.write(header_line(JOURNAL_FORMAT, _DIGEST))
        while batch := list(islice(payloads, _BATCH)):
            heads = [record_head(seq + number, payload) for number, payload in enumerate(batch, start=1)]
            seq += len(batch)
            lines = [b"".join((head, MID, payload, b"}\n")) for head, payload in zip(heads, batch, strict=True)]
            file.write(b"".join((*lines, commit_line(seq, heads))))
        return file.tell()


def _payloads(records: int, weight: int) -> Iterator[bytes]:
    outputs: list[JsonObject] = [{"id": "x", "text": "y" * weight}]
    for number in range(records):
        stage = _STAGES[number % len(_STAGES)]
        item = f"freight_and_logistics_spec_{number // 100:05d}_seq{number % 100:02d}"
        kind = OutcomeKind.REJECTED if number % 9 == 0 else OutcomeKind.DONE
        yield Outcome(stage, item, kind, outputs=outputs).encode()


async def _open(directory: Path) -> JsonObject:
    before = rss_mib()
    started, cpu = time.perf_counter(), time.process_time()
    journal = await Journal.open(directory, _DIGEST)
    figures: JsonObject = {
        "open_s": round(time.perf_counter() - started, 2),
        "cpu_s": round(time.process_time() - cpu, 2),
        "rss_mb": round(rss_mib() * 2**20 / 1e6, 1),
        "rss_before_mb": round(before * 2**20 / 1e6, 1),
        "records": sum(sum(kinds.values()) for kinds in journal.counts().values()),
    }
    await journal.aclose()
    return figures


def _finding(figures: JsonObject) -> Finding:
    line = (
        f"a journal of {figures['records']:,} records ({figures['journal_mb']} MB) is open after"
        f" {figures['open_s']} s (CPU {figures['cpu_s']} s; aim: {AIM_S}), in {figures['rss_mb']} MB"
        f" (before: {figures['rss_before_mb']}; aim: {AIM_MB})"
    )
    return Finding(figures, [line])
