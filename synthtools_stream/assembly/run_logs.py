"""The journal, the reply log and the datasets of a run, opened in step with one another."""

from __future__ import annotations

import asyncio
import contextlib
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from functools import partial
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.assembly.dataset_rows import DATASETS, dataset_sizes, rows_of
from synthtools_stream.assembly.row_ids import RowIds
from synthtools_stream.config import RunConfig
from synthtools_stream.errors import RunDirectoryError, StorageError
from synthtools_stream.storage.datasets.dataset_writer import DatasetWriter
from synthtools_stream.storage.journal.outcomes import Journal, has_journal, journal_segments
from synthtools_stream.storage.journal.reply_log import ReplyLog
from synthtools_stream.storage.rundir.reply_compaction import SpentItems
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.lineages import run_part
from synthtools_stream.values.phases import Phases

__all__ = ["RunLogs", "open_logs", "row_ids_of"]


class RunLogs(NamedTuple):
    """What a run writes, open."""

    journal: Journal
    replies: ReplyLog
    datasets: DatasetWriter


@asynccontextmanager
async def open_logs(run: RunDirectory, config: RunConfig, phases: Phases) -> AsyncGenerator[RunLogs]:
    """Open the journal, the reply log and the datasets, and close them in that order.

    :raises RunDirectoryError: where rows stand in the directory, and the journal that they came from does not.
    """
    if await asyncio.to_thread(_lacks_journal, run.path):
        raise RunDirectoryError(
            f"{run.path}: holds datasets but no journal, so they would be emptied; move them, or choose another --out"
        )
    async with AsyncExitStack() as stack:
        segment_bytes = config.operating.segment_mib << 20
        journal = await Journal.open(run.path, run.digest, segment_bytes=segment_bytes, phases=phases)
        datasets = DatasetWriter(
            run.path,
            DATASETS,
            partial(rows_of, ids=row_ids_of(run, config)),
            epoch=journal.epoch,
            overtaken=lambda: journal.overtaken_by() is not None,
        )
        stack.push_async_callback(datasets.aclose)
        stack.push_async_callback(journal.aclose)
        if run.in_step and run.in_step == await asyncio.to_thread(_sizes, run.path):
            await datasets.open(None)
        else:
            known = sum(sum(kinds.values()) for kinds in journal.counts().values())
            with phases.phase("comparing the datasets with the journal", "outcomes", of=known) as phase:
                await datasets.open(phase.counting(journal.earlier()))
        journal.subscribe(datasets.take, datasets.room)
        replies = await ReplyLog.open(
            run.path,
            run.digest,
            segment_bytes=segment_bytes,
            spent=SpentItems(journal.seen, config.content.start, config.content.rollouts),
            phases=phases,
        )
        stack.push_async_callback(replies.aclose)
        try:
            yield RunLogs(journal, replies, datasets)
        finally:
            with phases.phase("closing the logs", "files"):
                await stack.aclose()
                await asyncio.to_thread(_note_in_step, run, journal)


def _note_in_step(run: RunDirectory, journal: Journal) -> None:
    """Note how the files were left, unless another process has taken the run over: then it is no word of ours."""
    with contextlib.suppress(StorageError):  # then the next session compares them
        if journal.overtaken_by() is None:
            run.note_in_step(_sizes(run.path))


def _sizes(directory: Path) -> JsonObject:
    """Return the bytes of the journal and of each dataset: while they are the same, the one is what the other says.

    A compressed dataset has none: it is made anew, as lines.
    """
    plain = ((kind, directory / name) for kind, name in DATASETS.items())
    sizes: JsonObject = {kind: path.stat().st_size for kind, path in plain if path.is_file()}
    return {"journal": journal_segments(directory).size(), **sizes}


def row_ids_of(run: RunDirectory, config: RunConfig) -> RowIds:
    """Return how the rows of a run get their ids."""
    return RowIds(run_part(run.rows_digest), config.content.start)


def _lacks_journal(directory: Path) -> bool:
    return not has_journal(directory) and any(dataset_sizes(directory).values())
