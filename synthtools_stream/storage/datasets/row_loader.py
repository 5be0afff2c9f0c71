"""Rows for programs: an iterator of one type; what is bad is raised, or told to whoever wants to hear of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import TypeVar

from synthtools_stream.errors import DatasetError
from synthtools_stream.records.task import Task
from synthtools_stream.records.trajectory import Trajectory
from synthtools_stream.storage.datasets.dataset_reader import read_located_tasks, read_records

__all__ = ["load_tasks", "load_trajectories"]

RowT = TypeVar("RowT", Task, Trajectory)


def load_tasks(path: Path | str, *, bad_rows: Callable[[DatasetError], object] | None = None) -> Iterator[Task]:
    """Yield the tasks of a `.jsonl` or `.parquet` file, ours or anybody's with the seven columns, one by one.

    Of rows that share an id the last one counts. The file may be larger than memory.

    :raises UsageError: when the file cannot be read at all.
    :raises DatasetError: at the first bad row, unless `bad_rows` is told of each, and they are passed over.
    """
    strict = bad_rows is None
    located = read_located_tasks(path, strict=strict)
    return _good((item if isinstance(item, DatasetError) else item.task for item in located), bad_rows)


def load_trajectories(
    path: Path | str, *, bad_rows: Callable[[DatasetError], object] | None = None
) -> Iterator[Trajectory]:
    """Yield the attempts of a `trajectories.jsonl`, one by one; see `load_tasks`.

    :raises UsageError: when the file cannot be read at all.
    :raises DatasetError: at the first bad row, unless `bad_rows` is told of each, and they are passed over.
    """
    return _good(read_records(path, Trajectory, strict=bad_rows is None), bad_rows)


def _good(items: Iterable[RowT | DatasetError], bad_rows: Callable[[DatasetError], object] | None) -> Iterator[RowT]:
    for item in items:
        if not isinstance(item, DatasetError):
            yield item
        elif bad_rows is not None:
            bad_rows(item)
