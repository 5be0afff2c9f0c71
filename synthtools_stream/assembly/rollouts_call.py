"""`rollouts`: attempts of anybody's agent at tasks, inside an event loop of theirs; journaled, and resumed."""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from pathlib import Path

from stages.rollout.brought_agent import BroughtAgent, BroughtRollout
from synthtools_stream.assembly.brought import Brought, unheard
from synthtools_stream.assembly.pipeline_run import run_pipeline
from synthtools_stream.assembly.run_inputs import file_digest, from_tasks
from synthtools_stream.assembly.task_file import open_tasks
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.unfit import Unfit
from synthtools_stream.errors import TransportError, UsageError, boundary
from synthtools_stream.live.pass_rates import PassRates
from synthtools_stream.records import Task, Trajectory
from synthtools_stream.storage.datasets.line_file import lines_size
from synthtools_stream.storage.datasets.row_loader import load_trajectories
from synthtools_stream.values.jsontypes import JsonObject, canonical_json

__all__ = ["RolloutsReport", "rollouts"]


@dataclass(frozen=True)
class RolloutsReport:
    """What the attempts came to; `load_trajectories(report.trajectories)` has each of them."""

    directory: Path
    offered: int
    """Attempts that were to be made: those done, rejected and failed together."""
    done: int
    rejected: int
    failed: int
    """Attempts that something could not be reached for; the same call tries them again."""
    rates: PassRates

    @property
    def trajectories(self) -> Path:
        """Where the rows are."""
        return self.directory / "trajectories.jsonl"


async def rollouts(
    tasks: Path | str | Sequence[Task],
    agent: BroughtAgent,
    out: Path | str,
    *,
    name: str,
    attempts: int = 1,
    concurrency: int = 64,
    simulator: LanguageModel | None = None,
    seed: int = 0,
    notice: Callable[[str], None] | None = None,
) -> RolloutsReport:
    """Let `agent` try each of the tasks `attempts` times, `concurrency` attempts at once, and judge it by code.

    `tasks` is a file, read as it is needed, or tasks. `agent` is given an environment that is begun and returns what it
    tells the user; of a class, an instance is made for each attempt. `name` is what its rows say of it, and whose run
    the directory `out` holds: the same call goes on where an earlier one ended. Where `simulator` is None, tools that
    are no code answer only the calls of the ground truth. Errors of the agent's own end its attempt; `OSError`,
    `TimeoutError` and `TransportError` mean that it could not be made.

    :raises UsageError: if a file or the directory cannot be used as asked, or there is no task.
    :raises LogDamage: if one of the directory's logs is damaged.
    :raises RunStopped: if the run ended early; the same call goes on.
    """
    if not name:
        raise UsageError("rollouts: the agent needs a name; it stands in its rows")
    source, count, digest = await asyncio.to_thread(_source, tasks, Path(out))
    options: JsonObject = {"start": "tasks", "dataset": digest, "rollouts": attempts, "seed": seed, "judge": False}
    config = RunConfig.build({**options, "model": name, "concurrency": concurrency})
    stage = BroughtRollout(agent, name, simulated=simulator is not None)
    summary = await run_pipeline(
        config,
        from_tasks(source, count),
        Path(out),
        show=unheard,
        notice=notice or unheard,
        brought=Brought(simulator or _Nobody(name), {stage.name: stage}),
        signals=False,
    )
    settled = summary.stages.get("rollout", {})
    done, rejected, failed = (settled.get(kind, 0) for kind in ("done", "rejected", "failed"))
    return RolloutsReport(
        summary.directory, done + rejected + failed, done, rejected, failed, PassRates.of(_rows(summary.directory))
    )


class _Nobody:
    """Stands where a model would be in a run that asks none."""

    def __init__(self, model: str) -> None:
        self._model = model

    @property
    def model(self) -> str:
        """The agent's name: there is no other model."""
        return self._model

    async def chat(self, request: ChatRequest) -> ChatReply:
        """Answer nothing.

        :raises TransportError: always.
        """
        raise TransportError(f"there is no model that could play {request.schema_name}")

    async def aclose(self) -> None:
        """Hold nothing."""


def _source(tasks: Path | str | Sequence[Task], out: Path) -> tuple[Iterable[Task | Unfit], int, str]:
    """Return tasks, how many there are, and a digest by which a resumed run knows them again."""
    if isinstance(tasks, Path | str):
        path = Path(tasks)
        source = open_tasks(path)
        with boundary(f"{path}: cannot be read", OSError, as_=UsageError):
            return source, len(source), file_digest(out, path)
    if not tasks:
        raise UsageError("rollouts: there is no task")
    whole = blake2b(digest_size=16)
    for task in tasks:
        whole.update(canonical_json(task.to_json()))
    return tasks, len(tasks), whole.hexdigest()


def _rows(directory: Path) -> Iterable[Trajectory]:
    path = directory / "trajectories.jsonl"
    return load_trajectories(path) if lines_size(path) else ()
