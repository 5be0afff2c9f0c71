"""Crash: a run is killed at random moments, again and again, and must end as if nothing had happened.

`kill -9` comes either while the process starts or once the reply log has grown by a random amount. After every kill it
is noted which replies are acknowledged, and how far the logs reach; then it must hold that

* what the logs held, they hold for ever, byte for byte;
* the server is never again sent a request whose reply is acknowledged;
* every dataset ends with the rows of an undisturbed run, none twice.
"""

from __future__ import annotations

import random
import subprocess
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from hashlib import blake2b
from pathlib import Path
from tempfile import TemporaryDirectory

import orjson

from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.measured_runs import RunShape, run_command, served_model
from synthtools_stream.storage.appendlog.log_file import log_size, open_log
from synthtools_stream.storage.appendlog.log_format import LogFormat
from synthtools_stream.storage.appendlog.log_reader import LogReader
from synthtools_stream.storage.journal.outcomes import journal_segments
from synthtools_stream.storage.journal.reply_log import read_replies, reply_segments
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["CrashReport", "crash_rounds", "main"]

DATASETS = ("environments.jsonl", "tools.jsonl", "task_content.jsonl", "trajectories.jsonl", "rejected.jsonl")
"""Files whose rows must come out as if nothing had happened."""
PACE = ("--decode-tps", "20000", "--slots", "16")
"""Slow enough that there is something to interrupt."""
CONCURRENCY = 16
"""Requests in flight: as many as the server has slots, so that each kill tears some."""
EARLY = 0.2
"""Share of the kills that come while the process starts."""
POLL_S = 0.002
"""Seconds between looks at a run: short beside a batch of its log, which is what a kill should tear."""
LONGEST_S = 120.0
"""Seconds after which a run that reaches no chosen moment is killed anyway."""


@dataclass
class CrashReport:
    """What the kills did, and every way in which a run came out otherwise than an undisturbed one."""

    kills: int = 0
    runs: int = 0
    """Runs that were brought to their end."""
    requests: int = 0
    replies: int = 0
    """Replies that were acknowledged at some kill, added up."""
    problems: list[str] = field(default_factory=list[str])


def main(arguments: Sequence[str]) -> int:
    """Kill runs, and print what was found; returns the exit code."""
    parser = command("crash", "Kill a run at random moments and see that it ends as if nothing had happened.")
    parser.add_argument("--kills", type=int, default=100)
    parser.add_argument("--seed", type=int, default=0)
    options = parser.parse_args(arguments)
    with TemporaryDirectory(prefix="bench-crash-") as directory:
        report = crash_rounds(options.kills, Path(directory), seed=options.seed, shape=RunShape(2))
    figures: JsonObject = {
        "kills": report.kills,
        "runs": report.runs,
        "requests": report.requests,
        "acknowledged_at_kills": report.replies,
        "problems": [*report.problems],
    }
    lines = [
        f"{report.kills} kills over {report.runs} runs, {report.requests:,} requests: "
        + ("nothing lost, nothing doubled, nothing asked twice" if not report.problems else "PROBLEMS"),
        *report.problems,
    ]
    return tell(Finding(figures, lines, ok=not report.problems), options)


def crash_rounds(
    kills: int, directory: Path, *, seed: int = 0, shape: RunShape | None = None, options: Sequence[str] = ()
) -> CrashReport:
    """Kill runs in `directory` so many times, bring each to its end, and tell what was wrong."""
    report, rng, shape = CrashReport(), random.Random(seed), shape or RunShape(1)
    requests = directory / "requests.jsonl"
    with served_model(*PACE, "--request-log", str(requests)) as url:
        more = ["--server-url", url, *options]
        undisturbed = directory / "undisturbed"
        _finish(run_command(undisturbed, shape, CONCURRENCY, more), report, undisturbed)
        wanted = _rows(undisturbed, report)
        whole = _size(undisturbed)
        while report.kills < kills and not report.problems:
            out = directory / f"run-{report.runs}"
            command_line = run_command(out, shape, CONCURRENCY, more)
            _kill_until_done(command_line, out, whole, kills, requests, report, rng)
            _finish(command_line, report, out)
            if _rows(out, report) != wanted:
                report.problems.append(f"{out.name}: its rows are not those of an undisturbed run")
            note("crash")(f"{report.kills} kills, {report.runs} runs")
        report.requests = len(_digests(requests, 0))
    return report


def _kill_until_done(
    argv: list[str], out: Path, whole: int, kills: int, requests: Path, report: CrashReport, rng: random.Random
) -> None:
    """Start and kill one run until it ends before it is killed, or there were enough kills."""
    kept: list[_Kept] = []
    while report.kills < kills:
        with subprocess.Popen(argv, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL) as process:
            survived = _wait_for_moment(process, out, whole, rng)
            process.kill()
        for mark in kept:
            report.problems += mark.problems(requests)
        if survived:
            report.runs += 1
            return
        report.kills += 1
        if reply_segments(out).present():
            kept.append(_Kept(out, requests))
            report.replies += len(kept[-1].acknowledged)


def _wait_for_moment(process: subprocess.Popen[bytes], out: Path, whole: int, rng: random.Random) -> bool:
    """Wait until it is time to kill; True if the process has ended before."""
    early = rng.random() < EARLY
    deadline = time.monotonic() + (rng.uniform(0.05, 1.0) if early else LONGEST_S)
    target = whole * 2 if early else _size(out) + rng.randrange(1, whole // 3)
    while time.monotonic() < deadline and _size(out) < target:
        if process.poll() is not None:
            return True
        time.sleep(POLL_S)
    time.sleep(rng.uniform(0.0, 0.02))
    return process.poll() is not None


def _size(out: Path) -> int:
    segments = reply_segments(out)
    return sum(log_size(segments.path(segment)) for segment in segments.present())


class _Kept:
    """What must hold for ever after a kill."""

    def __init__(self, out: Path, requests: Path) -> None:
        self.acknowledged = {logged.digest for logged in read_replies(out)}
        self._asked = len(_digests(requests, 0))
        self._prefixes = [_prefix(path, log_format) for path, log_format in _logs(out)]

    def problems(self, requests: Path) -> Iterator[str]:
        again = self.acknowledged & set(_digests(requests, self._asked))
        if again:
            yield f"{len(again)} requests were sent again although their replies were acknowledged"
        for path, size, digest in self._prefixes:
            if _digest(path, size) != digest:
                yield f"{path}: what was committed has changed"


def _logs(out: Path) -> Iterator[tuple[Path, LogFormat]]:
    for segments in (journal_segments(out), reply_segments(out)):
        yield from ((segments.path(segment), segments.name.log_format) for segment in segments.present())


def _prefix(path: Path, log_format: LogFormat) -> tuple[Path, int, str]:
    reader = LogReader(path, log_format)
    for _ in reader:
        pass
    return path, reader.end, _digest(path, reader.end)


def _digest(path: Path, size: int) -> str:
    with open_log(path) as file:
        return blake2b(file.read(size), digest_size=16).hexdigest()


def _digests(requests: Path, start: int) -> list[str]:
    """Return the digests of the requests from the `start`th on."""
    lines = requests.read_bytes().split(b"\n")[:-1] if requests.exists() else []
    return [orjson.loads(line)["digest"] for line in lines[start:]]


def _finish(argv: list[str], report: CrashReport, out: Path) -> None:
    """Bring a run to its end."""
    done = subprocess.run(argv, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True, check=False)
    if done.returncode != 0:
        report.problems.append(f"{out.name}: exit code {done.returncode}: {done.stderr.strip()[-300:]}")


def _rows(out: Path, report: CrashReport) -> dict[str, bytes]:
    """Return every row under its dataset and id, what depends on time left out."""
    found: dict[str, bytes] = {}
    for name in DATASETS:
        for line in (out / name).read_bytes().splitlines():
            row = orjson.loads(line)
            key = f"{name} {row.get('stage', '')} {row['id']}"
            if key in found:
                report.problems.append(f"{out.name}: {key} stands twice")
            found[key] = orjson.dumps(_without_timing(row), option=orjson.OPT_SORT_KEYS)
    return found


def _without_timing(value: Json) -> Json:
    if isinstance(value, dict):
        return {key: _without_timing(part) for key, part in value.items() if key != "timing"}
    return [_without_timing(part) for part in value] if isinstance(value, list) else value
