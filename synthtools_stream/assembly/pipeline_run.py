"""Running: one configuration, one start and one directory into a finished run, or one that can be resumed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass
from functools import partial
from pathlib import Path

from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import Replies
from synthtools_stream.assembly.backends import Backend, open_backend
from synthtools_stream.assembly.brought import Brought
from synthtools_stream.assembly.budgets import BudgetReached, Budgets, Deadline
from synthtools_stream.assembly.dataset_rows import DATASETS, dataset_sizes, rows_in, rows_of
from synthtools_stream.assembly.demand import nothing_left, tasks_wanted
from synthtools_stream.assembly.lost_datasets import mend_datasets
from synthtools_stream.assembly.role_models import names_of, router_of, with_known_models, with_models
from synthtools_stream.assembly.row_ids import RowIds
from synthtools_stream.assembly.run_graphs import encoder_for
from synthtools_stream.assembly.run_inputs import Start
from synthtools_stream.assembly.stop_signals import StopWish, stop_on_signal, stop_when
from synthtools_stream.assembly.tool_programs import sandbox_for
from synthtools_stream.assembly.wiring import STAGES, Wiring
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.progress import Board, Heartbeat, Meter, group_counts
from synthtools_stream.engine.run_status import settled_counts
from synthtools_stream.engine.task_group import alongside
from synthtools_stream.errors import RunDirectoryError, RunStopped, StorageError, UsageError, boundary
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.storage.appendlog.disk import disk_faults
from synthtools_stream.storage.datasets.dataset_writer import DatasetWriter
from synthtools_stream.storage.journal.outcomes import Journal, has_journal
from synthtools_stream.storage.journal.reply_log import ReplyLog
from synthtools_stream.storage.rundir.directory_probe import probe_directory
from synthtools_stream.storage.rundir.reply_compaction import SpentItems, replies_compacted, seal_logs, usage_compacted
from synthtools_stream.storage.rundir.run_directory import RunDirectory, read_run
from synthtools_stream.storage.rundir.run_lock import LOCK_NAME, RunLock
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.lineages import run_part

__all__ = ["RunSummary", "run_pipeline"]

OVERTAKEN_EVERY_S = 10.0
"""Seconds between looks for a process that has taken the run over: each lists the directory and opens a file."""
NOTHING_BROUGHT = Brought()
"""What the commands bring along."""


@dataclass(frozen=True)
class RunSummary:
    """How a run ended."""

    directory: Path
    model: str
    stages: dict[str, dict[str, int]]
    """Outcomes by stage and kind."""
    rows: dict[str, int]
    """Rows by dataset."""
    already_finished: bool = False
    enough: bool = False
    """Whether as many tasks as were asked for are released."""
    out_of_time: bool = False
    """Whether the deadline ended the session, so that the same command has more to do."""

    @property
    def failed(self) -> int:
        """Items that failed for reasons of infrastructure; the same command tries them again.

        What failed on the way to more tasks than are asked for is needed no more.
        """
        stages = {"rollout"} & self.stages.keys() if self.enough else self.stages.keys()
        return sum(self.stages[name]["failed"] for name in stages)

    @property
    def produced(self) -> int:
        """Items that the last stage which saw any did well."""
        seen = [name for name in STAGES if name in self.stages]
        if seen == ["generation"]:
            return self.rows["environments"]  # subfields and scenarios are on the way to something, and are no rows
        return self.stages[seen[-1]]["done"] if seen else 0


async def run_pipeline(
    config: RunConfig,
    start: Start,
    directory: Path,
    *,
    show: Callable[[JsonObject], None],
    notice: Callable[[str], None],
    brought: Brought = NOTHING_BROUGHT,
    signals: bool = True,
    wish: StopWish | None = None,
) -> RunSummary:
    """Run to the end, resuming what the directory holds.

    `show` gets a progress snapshot every few seconds, `notice` a line for the user now and then. What a program
    `brought` along takes the place of ours. Without `signals`, those are the program's own; it may bring a `wish` that
    stops the run as they would.

    :raises UsageError: if the configuration, a server or the directory cannot be used as asked.
    :raises LogDamage: if one of the directory's logs is damaged.
    :raises RunStopped: if the run ended early; the same command goes on.
    """
    async with AsyncExitStack() as stack:
        deadline = Deadline(config.operating.deadline)
        own = config.operating.prompts
        prompts = PromptLibrary.load(Path(own) if own else None, brought.roles)
        made = _make(directory)
        stack.enter_context(RunLock(directory, takeover=config.operating.takeover))
        try:
            await asyncio.to_thread(probe_directory, directory)
        except RunDirectoryError:
            if made:
                _unmake(directory)
            raise
        config = with_known_models(config, directory)
        if read_run(directory) is not None:
            run = RunDirectory.claim(directory, config, prompts.digest)
            if run.is_finished(config):
                await mend_datasets(run, _row_ids(run, config), notice)
                return await asyncio.to_thread(_finished_before, run.path, config)
            if nothing_left(config, await asyncio.to_thread(settled_counts, run.path)):
                return await _enough_before(run, config, notice)
        if deadline.left_s == 0:
            notice(f"the deadline ({deadline.text}) has passed: nothing is sent")
            return await asyncio.to_thread(_too_late, directory, config, made=made)
        try:
            sandbox = await stack.enter_async_context(sandbox_for(config, notice))
            backend = await open_backend(config, stack, notice, brought.model)
        except UsageError:
            if made:
                _unmake(directory)
            raise
        config = with_models(config, backend)
        run = RunDirectory.claim(directory, config, prompts.digest)
        if backend.facts:
            run.note_server([*backend.facts])
        where = config.operating.backend if brought.model is None else "brought along"
        notice(f"model {names_of(config.content)} ({where}), run directory {directory}")
        budgets = Budgets(config, deadline, backend.gates, notice)
        grace_s = config.operating.grace
        heard = [partial(stop_on_signal, backend.gates, grace_s, notice)] if signals else []
        heard += [] if wish is None else [partial(stop_when, wish, backend.gates, grace_s, notice)]
        return await _run(config, start, run, backend, sandbox, prompts, budgets, show, notice, brought, heard)


async def _run(
    config: RunConfig,
    start: Start,
    run: RunDirectory,
    backend: Backend,
    sandbox: Sandbox | None,
    prompts: PromptLibrary,
    budgets: Budgets,
    show: Callable[[JsonObject], None],
    notice: Callable[[str], None],
    brought: Brought,
    stops: Sequence[Callable[[], Coroutine[None, None, None]]],
) -> RunSummary:
    async with _logs(run, config) as (journal, replies):
        before = replies.usage + usage_compacted(run)
        meter = Meter(before, replies.recorded + replies_compacted(run))
        budgets.spent_before(before)
        meter.on_spend.append(budgets.spend)
        router = router_of(config, backend)
        asker = Asker(router, prompts, replies, seed=config.content.seed, observer=meter)
        pipeline = Wiring(
            config,
            journal,
            asker,
            router,
            prompts.digest,
            affords=budgets.affords,
            sandbox=sandbox,
            encoder=encoder_for(config.content.embeddings, backend.embedder, Replies(replies, observer=meter)),
            brought=brought.stages,
        ).build(start)
        board = Board(
            pipeline.stages,
            pipeline.pools,
            backend.gates,
            journal,
            meter,
            config.operating.prices,
            _expected_sequences(config, start),
            backend.waiting,
        )
        heartbeat = Heartbeat(board, run.path / "progress.jsonl", config.operating.progress_every_s, show)
        ends = [*(stop() for stop in stops), _until_overtaken(run, journal)]
        async with _told_to_the_end(heartbeat, budgets), _services(heartbeat, budgets, ends, backend, notice):
            await pipeline.run()
        if not budgets.out_of_time:
            await journal.conclude()
        settled = group_counts(journal.counts())
        overtaken = await asyncio.to_thread(journal.overtaken_by)
    enough = tasks_wanted(config, settled.get("summarizing", {}).get("done", 0)) == 0
    rows = await asyncio.to_thread(rows_in, run.path)
    summary = RunSummary(
        run.path, names_of(config.content), settled, rows, enough=enough, out_of_time=budgets.out_of_time
    )
    _check_not_overtaken(run, overtaken)
    if not summary.failed and not summary.out_of_time:
        await asyncio.to_thread(_finish, run, config)
    return summary


@asynccontextmanager
async def _told_to_the_end(heartbeat: Heartbeat, budgets: Budgets) -> AsyncGenerator[None]:
    """Let the last snapshot say how the work within ended; that a budget is reached is one good end."""
    try:
        with contextlib.suppress(BudgetReached):
            yield
    except BaseException:
        with contextlib.suppress(OSError):
            await heartbeat.beat("stopped")
        raise
    with disk_faults(heartbeat.path):
        await heartbeat.beat("stopped" if budgets.out_of_time else "finished")


def _check_not_overtaken(run: RunDirectory, epoch: int | None) -> None:
    """Leave the end of a run to the process that has taken it over, whose outcomes count.

    :raises RunStopped: where there is one.
    """
    if epoch is not None:
        raise RunStopped(f"{run.path}: another process (epoch {epoch}) has taken this run over; its rows count")


def _finish(run: RunDirectory, config: RunConfig) -> None:
    """Compress the logs, which gain nothing more, and note that the run is finished."""
    with contextlib.suppress(StorageError):  # then they stay as they are, which loses nothing
        seal_logs(run.path)
    run.note_datasets(dataset_sizes(run.path))
    run.finish(config)


@asynccontextmanager
async def _logs(run: RunDirectory, config: RunConfig) -> AsyncGenerator[tuple[Journal, ReplyLog]]:
    """Open the journal, the reply log and the datasets, and close them in that order.

    :raises RunDirectoryError: where rows stand in the directory, and the journal that they came from does not.
    """
    if await asyncio.to_thread(_lacks_journal, run.path):
        raise RunDirectoryError(
            f"{run.path}: holds datasets but no journal, so they would be emptied; move them, or choose another --out"
        )
    async with AsyncExitStack() as stack:
        segment_bytes = config.operating.segment_mib << 20
        journal = await Journal.open(run.path, run.digest, segment_bytes=segment_bytes)
        datasets = DatasetWriter(
            run.path,
            DATASETS,
            partial(rows_of, ids=_row_ids(run, config)),
            epoch=journal.epoch,
            overtaken=lambda: journal.overtaken_by() is not None,
        )
        stack.push_async_callback(datasets.aclose)
        stack.push_async_callback(journal.aclose)
        await datasets.open(journal.earlier())
        journal.subscribe(datasets.take, datasets.room)
        replies = await ReplyLog.open(
            run.path,
            run.digest,
            segment_bytes=segment_bytes,
            spent=SpentItems(journal.seen, config.content.start, config.content.rollouts),
        )
        stack.push_async_callback(replies.aclose)
        yield journal, replies


def _row_ids(run: RunDirectory, config: RunConfig) -> RowIds:
    return RowIds(run_part(run.rows_digest), config.content.start)


def _lacks_journal(directory: Path) -> bool:
    return not has_journal(directory) and any(dataset_sizes(directory).values())


@asynccontextmanager
async def _services(
    heartbeat: Heartbeat,
    budgets: Budgets,
    stops: Sequence[Coroutine[None, None, None]],
    backend: Backend,
    notice: Callable[[str], None],
) -> AsyncGenerator[None]:
    """Beat, watch the servers and wait for `stops`, such as signals, while the pipeline runs.

    :raises RunStopped: after a signal.
    :raises BudgetReached: when the run may spend no more, or is out of time.
    """
    work = [_beating(heartbeat), budgets.watch(), *stops, *(watch(notice) for watch in backend.watches)]
    async with alongside(work):
        yield


async def _until_overtaken(run: RunDirectory, journal: Journal) -> None:
    """Look now and then whether another process has taken the run over: what we still ask for would be of no use.

    :raises RunStopped: when one has.
    """
    while True:
        await asyncio.sleep(OVERTAKEN_EVERY_S)
        _check_not_overtaken(run, await asyncio.to_thread(journal.overtaken_by))


async def _beating(heartbeat: Heartbeat) -> None:
    # A disk that takes no progress takes no replies either: stop now, where it is told apart from a bug.
    with disk_faults(heartbeat.path):
        await heartbeat.run()


def _make(directory: Path) -> bool:
    """Make the directory; says whether it was not there before."""
    with boundary(f"{directory}: cannot be made", OSError, as_=RunDirectoryError):
        there = directory.exists()
        directory.mkdir(parents=True, exist_ok=True)
        return not there


def _too_late(directory: Path, config: RunConfig, *, made: bool) -> RunSummary:
    """Sum up a session that has no time to do anything."""
    summary = RunSummary(
        directory, names_of(config.content), settled_counts(directory), rows_in(directory), out_of_time=True
    )
    if made:
        _unmake(directory)
    return summary


def _unmake(directory: Path) -> None:
    """Leave no directory behind of a run that never began."""
    with contextlib.suppress(OSError):
        (directory / LOCK_NAME).unlink()
        directory.rmdir()


def _expected_sequences(config: RunConfig, start: Start) -> int:
    content = config.content
    environments = start.count * (content.subfields * content.scenarios if start.kind == "fields" else 1)
    sequences = environments * content.sequences
    return min(sequences, config.operating.max_tasks or sequences)


async def _enough_before(run: RunDirectory, config: RunConfig, notice: Callable[[str], None]) -> RunSummary:
    """End a run that earlier sessions left with all the tasks that this one is asked for; no request is sent."""
    notice(f"{config.operating.max_tasks} tasks are asked for and released already; nothing is sent")
    async with _logs(run, config) as (journal, _):  # a session that was killed may have left rows unwritten
        await journal.conclude()
    await asyncio.to_thread(_finish, run, config)
    return await asyncio.to_thread(_finished_before, run.path, config)


def _finished_before(directory: Path, config: RunConfig) -> RunSummary:
    settled = settled_counts(directory)
    return RunSummary(
        directory,
        names_of(config.content),
        settled,
        rows_in(directory),
        already_finished=True,
        enough=nothing_left(config, settled),
    )
