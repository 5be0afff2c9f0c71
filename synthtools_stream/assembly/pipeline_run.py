"""Running: one configuration, one start and one directory into a finished run, or one that can be resumed."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator, Callable, Coroutine, Sequence
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import Replies
from synthtools_stream.assembly.backends import Backend, open_backend
from synthtools_stream.assembly.brought import Brought, unheard
from synthtools_stream.assembly.budgets import BudgetReached, Budgets, Deadline
from synthtools_stream.assembly.dataset_rows import dataset_sizes
from synthtools_stream.assembly.demand import nothing_left, tasks_wanted
from synthtools_stream.assembly.lost_datasets import mend_datasets
from synthtools_stream.assembly.role_models import names_of, router_of, with_known_models, with_models
from synthtools_stream.assembly.run_graphs import encoder_for
from synthtools_stream.assembly.run_inputs import Start
from synthtools_stream.assembly.run_logs import open_logs, row_ids_of
from synthtools_stream.assembly.run_metrics import figures_of, open_metrics
from synthtools_stream.assembly.run_summary import RunSummary, finished_before, read_summary
from synthtools_stream.assembly.run_voice import RunVoice, open_voice
from synthtools_stream.assembly.run_watch import watchdog_for
from synthtools_stream.assembly.stop_signals import StopWish, stop_on_signal, stop_when
from synthtools_stream.assembly.tool_programs import sandbox_for
from synthtools_stream.assembly.wiring import Pipeline, Wiring
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.moving_parts import Inbox
from synthtools_stream.engine.progress import Board, Heartbeat, Meter, group_counts
from synthtools_stream.engine.run_status import settled_counts
from synthtools_stream.engine.task_group import alongside
from synthtools_stream.errors import RunDirectoryError, RunStopped, StorageError, UsageError, boundary
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.storage.appendlog.disk import disk_faults
from synthtools_stream.storage.journal.outcomes import Journal
from synthtools_stream.storage.journal.reply_log import ReplyLog
from synthtools_stream.storage.rundir.directory_probe import probe_directory
from synthtools_stream.storage.rundir.progress_file import PROGRESS_FILE
from synthtools_stream.storage.rundir.reply_compaction import replies_compacted, seal_logs, usage_compacted
from synthtools_stream.storage.rundir.run_directory import RunDirectory, read_run
from synthtools_stream.storage.rundir.run_lock import LOCK_NAME, RunLock
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.phases import Phases

if TYPE_CHECKING:
    from synthtools_stream.metrics.run_collector import RunCollector

__all__ = ["RunSummary", "run_pipeline"]

OPENING = {
    "embedded": "opening the embedded model",
    "http": "asking the servers what they are",
    "recorded": "reading the recording",
    "vllm": "starting vLLM's engine",
}
"""What a run does until its models are there, by backend."""
OVERTAKEN_EVERY_S = 10.0
"""Seconds between looks for a process that has taken the run over: each lists the directory and opens a file."""
NOTHING_BROUGHT = Brought()
"""What the commands bring along."""


async def run_pipeline(
    config: RunConfig,
    start: Start,
    directory: Path,
    *,
    show: Callable[[JsonObject], None],
    notice: Callable[[str], None],
    told: Callable[[JsonObject], None] = unheard,
    brought: Brought = NOTHING_BROUGHT,
    signals: bool = True,
    wish: StopWish | None = None,
) -> RunSummary:
    """Run to the end, resuming what the directory holds.

    `show` gets a progress snapshot every few seconds, `notice` a line for the user now and then, `told` what happens
    between snapshots (see `engine/run_events`). What a program `brought` along takes the place of ours. Without
    `signals`, those are the program's own; it may bring a `wish` that stops the run as they would.

    :raises UsageError: if the configuration, a server or the directory cannot be used as asked.
    :raises LogDamage: if one of the directory's logs is damaged.
    :raises RunStopped: if the run ended early; the same command goes on.
    """
    async with open_voice(show, notice, told) as tell:
        return await _carried_out(config, start, directory, tell, brought, signals, wish)


async def _carried_out(
    config: RunConfig,
    start: Start,
    directory: Path,
    tell: RunVoice,
    brought: Brought,
    signals: bool,
    wish: StopWish | None,
) -> RunSummary:
    notice, phases = tell.notice, tell.phases
    async with AsyncExitStack() as stack:
        collector = await open_metrics(config.operating.metrics_port, stack, notice)
        deadline = Deadline(config.operating.deadline)
        own = config.operating.prompts
        prompts = PromptLibrary.load(Path(own) if own else None, brought.roles)
        made = _make(directory)
        stack.enter_context(RunLock(directory, takeover=config.operating.takeover))
        stack.push_async_callback(_last_events, tell)
        try:
            await asyncio.to_thread(probe_directory, directory)
        except RunDirectoryError:
            if made:
                _unmake(directory)
            raise
        config = with_known_models(config, directory)
        if read_run(directory) is not None:
            run = RunDirectory.claim(directory, config, prompts.digest)
            tell.events.kept_in(run.path / PROGRESS_FILE)
            if run.is_finished(config):
                await mend_datasets(run, row_ids_of(run, config), tell)
                return await asyncio.to_thread(finished_before, run.path, config, phases)
            if await asyncio.to_thread(_has_enough, run.path, config, phases):
                return await _enough_before(run, config, tell)
        if deadline.left_s == 0:
            notice(f"the deadline ({deadline.text}) has passed: nothing is sent")
            return await asyncio.to_thread(_too_late, directory, config, phases, made=made)
        try:
            with phases.phase("starting the sandbox of programs", "workers"):
                sandbox = await stack.enter_async_context(sandbox_for(config, notice))
            with phases.phase(OPENING[config.operating.backend], "answers"):
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
        stops = [partial(stop_on_signal, backend.gates, grace_s, notice)] if signals else []
        stops += [] if wish is None else [partial(stop_when, wish, backend.gates, grace_s, notice)]
        return await _run(config, start, run, backend, sandbox, prompts, budgets, tell, brought, stops, collector)


async def _run(
    config: RunConfig,
    start: Start,
    run: RunDirectory,
    backend: Backend,
    sandbox: Sandbox | None,
    prompts: PromptLibrary,
    budgets: Budgets,
    tell: RunVoice,
    brought: Brought,
    stops: Sequence[Callable[[], Coroutine[None, None, None]]],
    collector: RunCollector | None,
) -> RunSummary:
    async with open_logs(run, config, tell.phases) as (journal, replies, datasets):
        before = replies.usage + usage_compacted(run)
        meter = Meter(before, replies.recorded + replies_compacted(run))
        budgets.spent_before(before)
        meter.on_spend.append(budgets.spend)
        pipeline = _wired(config, start, journal, replies, backend, sandbox, prompts, budgets, meter, brought)
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
        if collector is not None:
            collector.figures = figures_of(pipeline, backend, board, journal)
        file = tell.events.kept_in(run.path / PROGRESS_FILE)
        heartbeat = Heartbeat(board, file, config.operating.progress_every_s, tell.show)
        inboxes: dict[str, Inbox] = {"the journal": journal, "the datasets": datasets}
        watchdog = watchdog_for(config, pipeline, backend, meter, inboxes, tell.events, brought)
        besides = [*(stop() for stop in stops), _until_overtaken(run, journal), watchdog.run()]
        async with (
            _told_to_the_end(heartbeat, budgets),
            _services(heartbeat, budgets, besides, backend, tell.notice),
        ):
            await pipeline.run()
        if not budgets.out_of_time:
            await journal.conclude()
        settled = group_counts(journal.counts())
        overtaken = await asyncio.to_thread(journal.overtaken_by)
    enough = tasks_wanted(config, settled.get("summarizing", {}).get("done", 0)) == 0
    sum_up = partial(read_summary, enough=enough, out_of_time=budgets.out_of_time)
    summary = await asyncio.to_thread(sum_up, run.path, config, tell.phases, settled)
    _check_not_overtaken(run, overtaken)
    if not summary.failed and not summary.out_of_time:
        await asyncio.to_thread(_finish, run, config, tell.phases)
    return summary


def _wired(
    config: RunConfig,
    start: Start,
    journal: Journal,
    replies: ReplyLog,
    backend: Backend,
    sandbox: Sandbox | None,
    prompts: PromptLibrary,
    budgets: Budgets,
    meter: Meter,
    brought: Brought,
) -> Pipeline:
    """Join stages, models and logs to what runs."""
    router = router_of(config, backend)
    return Wiring(
        config,
        journal,
        Asker(router, prompts, replies, seed=config.content.seed, observer=meter),
        router,
        prompts.digest,
        affords=budgets.affords,
        sandbox=sandbox,
        encoder=encoder_for(config.content.embeddings, backend.embedder, Replies(replies, observer=meter)),
        brought=brought.stages,
    ).build(start)


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


def _finish(run: RunDirectory, config: RunConfig, phases: Phases) -> None:
    """Compress the logs, which gain nothing more, and note that the run is finished."""
    with contextlib.suppress(StorageError):  # then they stay as they are, which loses nothing
        seal_logs(run.path, phases)
    run.note_datasets(dataset_sizes(run.path))
    run.finish(config)


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


def _too_late(directory: Path, config: RunConfig, phases: Phases, *, made: bool) -> RunSummary:
    """Sum up a session that has no time to do anything."""
    summary = read_summary(directory, config, phases, out_of_time=True)
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
    shares = content.field_shares()
    environments = start.count * (content.subfields * content.scenarios if start.kind == "fields" else 1)
    sequences = environments * content.sequences if shares is None else sum(shares.by_field.values())
    return min(sequences, config.operating.max_tasks or sequences)


def _has_enough(directory: Path, config: RunConfig, phases: Phases) -> bool:
    """Tell whether earlier sessions left nothing to do; without a number of tasks that need not be asked."""
    if config.operating.max_tasks is None:
        return False
    return nothing_left(config, settled_counts(directory, phases))


async def _enough_before(run: RunDirectory, config: RunConfig, tell: RunVoice) -> RunSummary:
    """End a run that earlier sessions left with all the tasks that this one is asked for; no request is sent."""
    tell.notice(f"{config.operating.max_tasks} tasks are asked for and released already; nothing is sent")
    async with open_logs(run, config, tell.phases) as (journal, *_):  # a killed session may have left rows unwritten
        await journal.conclude()
    await asyncio.to_thread(_finish, run, config, tell.phases)
    return await asyncio.to_thread(finished_before, run.path, config, tell.phases)


async def _last_events(tell: RunVoice) -> None:
    """Write what was told last; by now a disk that refuses it has ended the run in words of its own."""
    with contextlib.suppress(StorageError):
        await tell.events.flush()
