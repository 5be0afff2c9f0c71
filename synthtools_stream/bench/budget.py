"""Budget: what a run spends that is asked for N tasks, against what N tasks usually cost.

The *usual cost* comes of a run without a budget, 20 environments of 20 fields. From its reply log, in requests and in
tokens, those of replies that led nowhere included:

* E, what an environment costs before its sequences (blueprint, tools, audits, sequencing), on average;
* T, what a sequence costs from there to the end of its attempts, for each task released;
* y, tasks released for each environment.

Environments are whole: of half a one no task comes. So N tasks usually cost  ceil(N / y) x E + N x T,  and `ratio` is
what was spent, divided by that. `per_task_ratio` divides by N times the plain cost of a task of the unbudgeted run,
(E / y + T), however few the tasks: for one task that is less than the one environment that it needs.

Each run is the real command over all shipped fields, against one `serve-model` with as many slots as requests may be in
flight. Then the same is asked for again, under other limits: the number is met, and no request may be sent.
"""

from __future__ import annotations

import subprocess
from collections.abc import Callable, Sequence
from math import ceil
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import NamedTuple

from synthtools_stream.asking.reply_json import reply_from_json
from synthtools_stream.bench.findings import Finding, command, integers, note, tell
from synthtools_stream.bench.measured_runs import RunShape, run_command, served_model, shipped_fields
from synthtools_stream.storage.journal.reply_log import read_replies
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["AIM", "Cost", "UsualCost", "main", "usual_cost"]

AIM = 1.5
"""Times the usual cost, at most."""


class Cost(NamedTuple):
    """What was spent."""

    requests: float = 0
    tokens: float = 0

    def plus(self, other: Cost) -> Cost:
        """Return both together."""
        return Cost(self.requests + other.requests, self.tokens + other.tokens)

    def times(self, factor: float) -> Cost:
        """Return so many of it."""
        return Cost(self.requests * factor, self.tokens * factor)

    def of(self, other: Cost) -> Cost:
        """Return how many times the other one this is."""
        return Cost(round(self.requests / other.requests, 3), round(self.tokens / other.tokens, 3))


class UsualCost(NamedTuple):
    """What a run without a budget spent, by environment and task."""

    environment: Cost
    task: Cost
    tasks_each: float

    def of_whole_environments(self, tasks: int) -> Cost:
        """Return what so many tasks cost with the least number of whole environments that give them."""
        return self.environment.times(ceil(tasks / self.tasks_each)).plus(self.task.times(tasks))

    def of_shares(self, tasks: int) -> Cost:
        """Return what so many tasks cost if environments came in any size."""
        return self.environment.times(1 / self.tasks_each).plus(self.task).times(tasks)


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    parser = command("budget", "Compare what a run with --max-tasks spends with what its tasks usually cost.")
    parser.add_argument("--tasks", type=integers, default=[5, 50], help="numbers asked for  [5,50]")
    parser.add_argument("--concurrency", type=integers, default=[64, 512], help="ceilings tried  [64,512]")
    parser.add_argument("--environments", type=int, default=20, help="of the run without a budget  [20]")
    parser.add_argument("--decode-tps", type=float, default=2000.0, help="tokens a second of each request")
    options = parser.parse_args(arguments)
    say = note("budget")
    slots = max(options.concurrency)
    with (
        TemporaryDirectory(prefix="bench-budget-") as directory,
        served_model("--slots", str(slots), "--decode-tps", str(options.decode_tps)) as url,
    ):
        server = ("--backend", "http", "--server-url", url)
        say(f"{options.environments} environments without a budget")
        usual = usual_cost(Path(directory) / "usual", RunShape.of_environments(options.environments), server)
        runs = [
            _budgeted(Path(directory) / f"{tasks}-{concurrency}", tasks, concurrency, server, usual, say)
            for tasks in options.tasks
            for concurrency in options.concurrency
        ]
    return tell(_finding(usual, runs), options)


def usual_cost(out: Path, shape: RunShape, server: Sequence[str]) -> UsualCost:
    """Run without a budget, and say what that cost by environment and task."""
    _run(run_command(out, shape, 64, server))
    before, after = _spent(out)
    released = _rows(out)
    return UsualCost(before.times(1 / shape.environments), after.times(1 / released), released / shape.environments)


def _budgeted(
    out: Path, tasks: int, concurrency: int, server: Sequence[str], usual: UsualCost, say: Callable[[str], None]
) -> JsonObject:
    """Ask for so many tasks, twice."""
    say(f"{tasks} tasks, {concurrency} in flight at most")
    shape = RunShape(len(shipped_fields()))
    asked = [*server, "--max-tasks", str(tasks)]
    _run(run_command(out, shape, concurrency, asked))
    before, after = _spent(out)
    spent = before.plus(after)
    _run(run_command(out, shape, concurrency, [*asked, "--token-budget", "1000000000"]))
    again = [cost.requests for cost in _spent(out)]
    return {
        "tasks": tasks,
        "concurrency": concurrency,
        "released": _rows(out),
        "spent": {**spent._asdict()},
        "ratio": {**spent.of(usual.of_whole_environments(tasks))._asdict()},
        "per_task_ratio": {**spent.of(usual.of_shares(tasks))._asdict()},
        "requests_when_met": sum(again) - spent.requests,
    }


def _run(argv: Sequence[str]) -> None:
    done = subprocess.run(argv, check=False, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True)
    if done.returncode:
        raise SystemExit(f"bench budget: a run ended with exit code {done.returncode}: {done.stderr.strip()}")


def _spent(out: Path) -> tuple[Cost, Cost]:
    """Return what was spent before the sequences, and on them."""
    before = after = Cost()
    for logged in read_replies(out):
        usage = reply_from_json(logged.reply).usage
        cost = Cost(1, usage.prompt_tokens + usage.completion_tokens)
        if "_seq" in logged.item:
            after = after.plus(cost)
        else:
            before = before.plus(cost)
    return before, after


def _rows(out: Path) -> int:
    return (out / "task_content.jsonl").read_bytes().count(b"\n")


def _finding(usual: UsualCost, runs: Sequence[JsonObject]) -> Finding:
    found: list[Json] = [*runs]
    figures: JsonObject = {
        "environment": {**usual.environment._asdict()},
        "task": {**usual.task._asdict()},
        "tasks_each": usual.tasks_each,
        "runs": found,
    }
    usually = (
        f"usually {usual.environment.requests:.0f} requests ({usual.environment.tokens:,.0f} tokens) an environment of"
        f" {usual.tasks_each:.1f} tasks, and {usual.task.requests:.0f} ({usual.task.tokens:,.0f}) a task"
    )
    return Finding(figures, [usually, *map(_line, runs)], ok=all(_is_near(run) for run in runs))


def _line(run: JsonObject) -> str:
    spent, ratio, plain = (_cost(run, name) for name in ("spent", "ratio", "per_task_ratio"))
    return (
        f"{run['tasks']} tasks at {run['concurrency']}: {spent.requests:,.0f} requests, {spent.tokens:,.0f} tokens,"
        f" {ratio.requests:.2f} and {ratio.tokens:.2f} times the usual (aim: {AIM}; by the plain cost of a task"
        f" {plain.requests:.2f} and {plain.tokens:.2f}); asked again: {run['requests_when_met']} more"
    )


def _is_near(run: JsonObject) -> bool:
    near = max(_cost(run, "ratio")) <= AIM
    return near and run["released"] == run["tasks"] and run["requests_when_met"] == 0


def _cost(run: JsonObject, name: str) -> Cost:
    found = run[name]
    assert isinstance(found, dict)
    return Cost(*(number for number in found.values() if isinstance(number, (int, float))))
