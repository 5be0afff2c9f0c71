"""Pipeline: how busy an end-to-end run keeps a server, and how busy the same run does with a barrier after each stage.

The server is `serve-model` in a process of its own, with so many slots and such a decode rate that the slots are what
is scarce. It is looked at from outside, many times a second, through its `/metrics`; the journal tells how far the run
is.
"""

from __future__ import annotations

import re
import subprocess
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple
from urllib.request import urlopen

import orjson

from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.measured_runs import RunShape, run_command, served_model
from synthtools_stream.storage.appendlog.segment_reader import SegmentReader
from synthtools_stream.storage.journal.outcomes import has_journal, journal_segments
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM", "Look", "Seen", "Shares", "calls_per", "main", "shares", "watch"]

AIM = 0.97
"""Share of the server's slots that are busy, between ramp and tail."""
BARRIERS = ("generation", "auditing", "sequencing", "evolution", "summarizing")
"""Stages after which the run with barriers stops before it goes on."""
SOURCE = "generation.blueprint"
"""What enters the pipeline: after the last of these the source is closed."""
PROVEN = "summarizing"
"""The stage whose `done` is a proven task."""
_RUNNING = re.compile(r"^vllm:num_requests_running\{[^}]*\} ([0-9.]+)", re.MULTILINE)
_OUTCOME = re.compile(rb'\{"stage":"([^"]+)","item":"(?:[^"\\]|\\.)*","outcome":"(\w+)"')


class Look(NamedTuple):
    """One look at the server."""

    at_s: float
    running: float


@dataclass
class Seen:
    """What was seen of one run, on one clock."""

    looks: list[Look] = field(default_factory=list[Look])
    last_of: dict[str, float] = field(default_factory=dict[str, float])
    """When the last outcome of each stage was in the journal."""
    first_proven_s: float | None = None


class Shares(NamedTuple):
    """How busy the slots were, from the first request to the last."""

    span_s: float
    whole: float
    steady: float | None
    """From the first moment when all were taken until the source closed; None if there was no such time."""
    ramp_s: float
    steady_s: float
    tail_s: float
    tail: float


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("pipeline", "Share of a server's slots that a run keeps busy.")
    parser.add_argument("--slots", type=int, default=32)
    parser.add_argument("--decode-tps", type=float, default=350.0, help="tokens a second of each request")
    parser.add_argument(
        "--concurrency", type=int, help="ceiling of requests in flight; by default twice the slots: the gate finds out"
    )
    parser.add_argument("--environments", type=int, default=30)
    parser.add_argument("--no-barriers", action="store_true", help="leave out the run with barriers")
    options = parser.parse_args(arguments)
    concurrency = options.concurrency or 2 * options.slots
    shape = RunShape.of_environments(options.environments)
    say = note("pipeline")
    capacity = ("--slots", str(options.slots), "--decode-tps", str(options.decode_tps))
    with TemporaryDirectory(prefix="bench-pipeline-") as directory:
        say(f"streaming, {shape.environments} environments")
        with served_model(*capacity) as url:
            out = Path(directory) / "streaming"
            seen = watch(_argv(out, shape, concurrency, url), url, out)
        streaming, calls = shares(seen, options.slots), calls_per(out)
        barriers: list[Shares] = []
        if not options.no_barriers:
            with served_model(*capacity) as url:
                barriers = list(
                    _with_barriers(Path(directory) / "barriers", shape, concurrency, url, options.slots, say)
                )
    return tell(_finding(options.slots, streaming, seen.first_proven_s, calls, barriers), options)


def _argv(out: Path, shape: RunShape, concurrency: int, url: str, *more: str) -> list[str]:
    return run_command(out, shape, concurrency, ["--backend", "http", "--server-url", url, *more])


def _with_barriers(
    out: Path, shape: RunShape, concurrency: int, url: str, slots: int, say: Callable[[str], None]
) -> list[Shares]:
    """Carry out the same run, each stage to its end before the next begins."""
    found: list[Shares] = []
    for stage in (*BARRIERS, None):
        say(f"with barriers: {stage or 'rollout'}")
        stop = ("--stop-after", stage) if stage is not None else ()
        found.append(shares(watch(_argv(out, shape, concurrency, url, *stop), url, out), slots))
    return found


def watch(argv: Sequence[str], url: str, out: Path, every_s: float = 0.05) -> Seen:
    """Run a command to its end and look at its server and its journal all the while."""
    seen = Seen()
    journal = _JournalTail(out)
    started = time.monotonic()
    with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
        while process.poll() is None:
            _look(seen, url, journal, started)
            time.sleep(every_s)
    _look(seen, url, journal, started)
    if process.returncode not in (0, 1):
        raise SystemExit(f"bench pipeline: the run ended with exit code {process.returncode}")
    return seen


def _look(seen: Seen, url: str, journal: _JournalTail, started: float) -> None:
    with urlopen(f"{url}/metrics", timeout=10) as answer:  # of our own server, on loopback
        found = _RUNNING.search(answer.read().decode())
    now = time.monotonic() - started
    seen.looks.append(Look(now, float(found[1]) if found is not None else 0.0))
    for stage, outcome in journal.news():
        seen.last_of[stage] = now
        if stage == PROVEN and outcome == "done" and seen.first_proven_s is None:
            seen.first_proven_s = now


class _JournalTail:
    """Reads what a journal gains."""

    def __init__(self, run_dir: Path) -> None:
        self._run_dir = run_dir
        self._reader = SegmentReader(journal_segments(run_dir))
        self.news()

    def news(self) -> list[tuple[str, str]]:
        """Return stage and outcome of every record since the last time."""
        if not has_journal(self._run_dir):
            return []
        heads = (_OUTCOME.search(record.payload[:1000]) for record in self._reader)
        return [(head[1].decode(), head[2].decode()) for head in heads if head is not None]


def shares(seen: Seen, slots: int) -> Shares:
    """Divide a run into ramp, steady time and tail, and say how busy the slots were."""
    busy = [look for look in seen.looks if look.running > 0]
    if not busy:
        return Shares(0.0, 0.0, None, 0.0, 0.0, 0.0, 0.0)
    began, ended = busy[0].at_s, busy[-1].at_s
    full = next((look.at_s for look in busy if look.running >= slots), ended)
    closed = max(seen.last_of.get(SOURCE, full), full)
    within = _mean(seen.looks, full, closed)
    return Shares(
        span_s=ended - began,
        whole=(_mean(seen.looks, began, ended) or 0.0) / slots,
        steady=within / slots if within is not None else None,
        ramp_s=full - began,
        steady_s=closed - full,
        tail_s=ended - closed,
        tail=(_mean(seen.looks, closed, ended) or 0.0) / slots,
    )


def _mean(looks: Sequence[Look], start_s: float, end_s: float) -> float | None:
    """Return the mean number of running requests between two times, each look counting until the next."""
    inside = [look for look in looks if start_s <= look.at_s <= end_s]
    pairs = list(pairwise(inside))
    span = sum(after.at_s - look.at_s for look, after in pairs)
    return sum(look.running * (after.at_s - look.at_s) for look, after in pairs) / span if span else None


def calls_per(out: Path) -> JsonObject:
    """Count the calls that a tool, a proven step and a rollout cost, those that led nowhere included."""
    levels = Counter(_level(logged.item) for logged in read_replies(out))
    tools = _rows(out / "tools.jsonl")
    tasks = _rows(out / "task_content.jsonl")
    steps = sum(len(steps) for row in tasks if isinstance(steps := row.get("gt_tool_calls"), list))
    rollouts = len(_rows(out / "trajectories.jsonl"))
    return {
        "per_tool": round(levels["tool"] / max(1, len(tools)), 2),
        "per_step": round(levels["task"] / max(1, steps), 2),
        "per_rollout": round(levels["rollout"] / max(1, rollouts), 2),
        "all": sum(levels.values()),
        "tools": len(tools),
        "steps": steps,
        "tasks": len(tasks),
    }


def _level(item: str) -> str:
    if "#r" in item:
        return "rollout"
    if "_seq" in item:
        return "task"
    return "tool" if "." in item else "environment"


def _rows(path: Path) -> list[JsonObject]:
    return [orjson.loads(line) for line in path.read_bytes().splitlines()] if path.exists() else []


def _finding(
    slots: int, streaming: Shares, first_s: float | None, calls: JsonObject, barriers: Sequence[Shares]
) -> Finding:
    steady = round(streaming.steady, 4) if streaming.steady is not None else None
    figures: JsonObject = {
        "slots": slots,
        "steady_share": steady,
        "steady_s": round(streaming.steady_s, 2),
        "ramp_s": round(streaming.ramp_s, 2),
        "tail_s": round(streaming.tail_s, 2),
        "tail_share": round(streaming.tail, 4),
        "whole_share": round(streaming.whole, 4),
        "span_s": round(streaming.span_s, 2),
        "first_proven_task_s": round(first_s, 2) if first_s is not None else None,
        "calls": calls,
    }
    steadily = f"{steady:.1%} over {streaming.steady_s:.1f} s (aim: {AIM:.0%})" if steady is not None else "never full"
    of_whole = f"{streaming.whole:.1%} of {streaming.span_s:.1f} s in all"
    lines = [
        f"slots busy, of {slots}, from the first moment all were until the source closed: {steadily}",
        f"  ramp {streaming.ramp_s:.1f} s; tail {streaming.tail_s:.1f} s, {streaming.tail:.1%} busy; {of_whole}",
        f"  first proven task after {first_s:.1f} s of the command" if first_s is not None else "  no proven task",
        f"  calls: {calls['per_tool']} a tool, {calls['per_step']} a proven step, {calls['per_rollout']} a rollout",
    ]
    if barriers:
        span = sum(part.span_s for part in barriers)
        whole = sum(part.whole * part.span_s for part in barriers) / span if span else 0.0
        figures["barriers"] = {"span_s": round(span, 2), "whole_share": round(whole, 4)}
        lines.append(
            f"with a barrier after each stage: {whole:.1%} of {span:.1f} s in all (starting the processes not counted)"
        )
    return Finding(figures, lines)
