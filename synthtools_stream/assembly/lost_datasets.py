"""Datasets of a finished run that are not as the run left them: made again from its journal.

Whether a file is as it was left is told by its size, which `run.json` holds: what was deleted, shortened or written
behind the end is found without reading anything. Then every line is compared with the journal's row.
"""

from __future__ import annotations

import asyncio
from functools import partial

from synthtools_stream.assembly.dataset_rows import DATASETS, dataset_sizes, rows_of
from synthtools_stream.assembly.row_ids import RowIds
from synthtools_stream.assembly.run_voice import RunVoice
from synthtools_stream.errors import RunDirectoryError
from synthtools_stream.storage.datasets.dataset_writer import DatasetWriter
from synthtools_stream.storage.journal.outcomes import has_journal, read_outcomes
from synthtools_stream.storage.rundir.run_directory import RunDirectory
from synthtools_stream.values.phases import Phases

__all__ = ["mend_datasets"]


async def mend_datasets(run: RunDirectory, ids: RowIds, tell: RunVoice) -> None:
    """Bring the datasets of a finished run back to what its journal says, rows named by `ids`; no model is asked.

    :raises RunDirectoryError: where the journal is lost, too.
    :raises LogDamage: for a damaged journal.
    :raises StorageError: when the disk refuses it.
    """
    found = await asyncio.to_thread(dataset_sizes, run.path)
    if found == run.datasets:
        return
    if not has_journal(run.path):
        raise RunDirectoryError(f"{run.path}: datasets are lost or changed, and so is the journal they are made from")
    await _write(run, ids, tell.phases)
    made = await asyncio.to_thread(dataset_sizes, run.path)
    mended = [DATASETS[kind] for kind, size in made.items() if found.get(kind) != size]
    if mended:
        tell.notice(f"{run.path}: {', '.join(mended)} made again from the journal")
    run.note_datasets(made)


async def _write(run: RunDirectory, ids: RowIds, phases: Phases) -> None:
    writer = DatasetWriter(run.path, DATASETS, partial(rows_of, ids=ids))
    try:
        with phases.phase("making datasets again from the journal", "outcomes") as phase:
            await writer.open(phase.counting(read_outcomes(run.path, run.digest)))
    finally:
        await writer.aclose()
