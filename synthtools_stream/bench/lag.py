"""Lag: the longest time for which any one step of a task held the event loop, in a run of 512 requests at once.

Steps are measured in CPU time of the loop's thread, so that neighbours on the machine are not taken for lag; how late
the loop woke a sleeper on the wall's clock is told beside it. Two runs: the client against a server in another
process, and the default, where the embedded model works on the loop itself.
"""

from __future__ import annotations

import asyncio
import time
from collections.abc import Awaitable, Callable, Coroutine, Generator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from types import TracebackType
from typing import NamedTuple, TypeVar

from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_inputs import from_fields
from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.measured_runs import served_model, shipped_fields
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AIM_MS", "Longest", "Step", "main", "measure", "timed_tasks"]

AIM_MS = 100
"""Milliseconds: past that, time-outs and heartbeats of other requests begin to lie."""
T = TypeVar("T")


class Step(NamedTuple):
    """One step of a task, from where it was woken to where it waits again."""

    cpu_s: float
    task: str


@dataclass
class Longest:
    """The longest step seen, and the latest wake-up."""

    step: Step = field(default_factory=lambda: Step(0.0, ""))
    wake_ms: float = 0.0
    steps: int = 0
    by_task: dict[str, float] = field(default_factory=dict[str, float])
    """The longest step of each kind of task, in CPU seconds."""

    def saw(self, cpu_s: float, task: str) -> None:
        """Take in one step."""
        self.steps += 1
        if cpu_s > self.by_task.get(task, 0.0):
            self.by_task[task] = cpu_s
        if cpu_s > self.step.cpu_s:
            self.step = Step(cpu_s, task)


class _Timed(Coroutine[object, object, T]):
    """A coroutine whose every step is timed."""

    def __init__(self, inner: Coroutine[object, object, T], longest: Longest) -> None:
        self._inner = inner
        self._longest = longest

    def __getattr__(self, name: str) -> object:
        return getattr(self._inner, name)  # `cr_frame` and its like, for those who look into coroutines

    def __await__(self) -> Generator[object, object, T]:
        return self._inner.__await__()

    def send(self, value: object, /) -> object:
        started = time.thread_time()
        try:
            return self._inner.send(value)
        finally:
            self._note(started)

    def throw(  # asyncio passes one argument, the exception; the others are the base class's
        self,
        kind: type[BaseException] | BaseException,
        value: BaseException | object = None,
        trace: TracebackType | None = None,
        /,
    ) -> object:
        assert isinstance(kind, BaseException)
        assert value is trace is None
        started = time.thread_time()
        try:
            return self._inner.throw(kind)
        finally:
            self._note(started)

    def close(self) -> None:
        self._inner.close()

    def _note(self, started: float) -> None:
        spent = time.thread_time() - started
        task = asyncio.current_task()
        name = task.get_name().partition("#")[0] if task is not None else ""
        if not name or name.startswith("Task-"):
            name = str(getattr(self._inner, "__qualname__", "a task"))
        self._longest.saw(spent, name)


def timed_tasks(longest: Longest) -> Callable[..., asyncio.Task[object]]:
    """Return a task factory under which `longest` sees every step."""

    def make(
        loop: asyncio.AbstractEventLoop, coro: Coroutine[object, object, object], **more: object
    ) -> asyncio.Task[object]:
        return asyncio.Task(_Timed(coro, longest), loop=loop, **more)  # type: ignore[arg-type]

    return make


async def measure(config: RunConfig, directory: Path) -> Longest:
    """Carry out a run and return its longest step."""
    longest = Longest()
    asyncio.get_running_loop().set_task_factory(timed_tasks(longest))  # type: ignore[arg-type]

    def show(snapshot: JsonObject) -> None:
        lag = snapshot.get("lag_ms")
        longest.wake_ms = max(longest.wake_ms, lag if isinstance(lag, float) else 0.0)

    async with asyncio.TaskGroup() as group:
        run = run_pipeline(config, from_fields(config.content.fields), directory, show=show, notice=_unsaid)
        group.create_task(_ended(run), name="run")
    return longest


async def _ended(run: Awaitable[object]) -> None:
    await run


def _unsaid(_line: str) -> None:
    return None


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code, 1 when any step was longer than the aim."""
    parser = command("lag", "The longest hold-up of the event loop.")
    parser.add_argument("--concurrency", type=int, default=512)
    parser.add_argument("--fields", type=int, default=40)
    parser.add_argument("--slots", type=int, default=512, help="of the server")
    parser.add_argument("--decode-tps", type=float, default=200.0, help="of the server, per request")
    options = parser.parse_args(arguments)
    fields: JsonObject = {
        "fields": [*shipped_fields()[: options.fields]],
        "concurrency": options.concurrency,
        "progress_every_s": 0.5,
    }
    with TemporaryDirectory(prefix="bench-lag-") as directory:
        say = note("lag")
        say("against a server")
        with served_model("--slots", str(options.slots), "--decode-tps", str(options.decode_tps)) as url:
            config = RunConfig.build({**fields, "backend": "http", "server_url": [url]})
            http = run_async(measure(config, Path(directory) / "http"))
        say("with the embedded model on the loop")
        embedded = run_async(measure(RunConfig.build(fields), Path(directory) / "embedded"))
    return tell(_finding({"http": http, "embedded": embedded}, options.concurrency), options)


def _finding(seen: dict[str, Longest], concurrency: int) -> Finding:
    figures: JsonObject = {}
    lines = [f"longest hold of the event loop, {concurrency} requests at once (aim: {AIM_MS} ms):"]
    for backend, longest in seen.items():
        step_ms = round(1000 * longest.step.cpu_s, 1)
        by_task: JsonObject = {kind: round(1000 * cpu, 1) for kind, cpu in longest.by_task.items()}
        figures[backend] = {
            "longest_step_ms": step_ms,
            "task": longest.step.task,
            "latest_wake_ms": longest.wake_ms,
            "steps": longest.steps,
            "by_task_ms": by_task,
        }
        lines.append(
            f"  {backend:9} {step_ms:6.1f} ms of CPU in {longest.step.task};"
            f" on the wall's clock a sleeper woke at most {longest.wake_ms:.0f} ms late ({longest.steps:,} steps)"
        )
    return Finding(figures, lines, ok=all(1000 * longest.step.cpu_s < AIM_MS for longest in seen.values()))
