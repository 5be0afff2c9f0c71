"""What somebody wants to look at: run directories and files of rows, as files of which the kind is known.

A run that has only begun holds no rows yet: its files are watched all the same.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.errors import UsageError
from synthtools_stream.export.corpus import Kind, files_of
from synthtools_stream.storage.datasets.dataset_reader import assert_readable
from synthtools_stream.storage.datasets.jsonl_reader import read_lines
from synthtools_stream.storage.datasets.line_file import has_lines
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.view.shown_kinds import DATASET_FILES, ShownKind

__all__ = ["RowSources", "SourceFile", "find_sources"]

_SHOWN = {
    Kind.environments: ShownKind.environments,
    Kind.tools: ShownKind.tools,
    Kind.tasks: ShownKind.tasks,
    Kind.trajectories: ShownKind.attempts,
}
_REJECT = frozenset({"id", "stage", "outcome", "reason"})
"""Columns that all rejects have, and no other rows."""


class SourceFile(NamedTuple):
    """A file that holds rows of one kind, or will."""

    kind: ShownKind
    path: Path


@dataclass(frozen=True)
class RowSources:
    """Everything that is looked at."""

    files: Sequence[SourceFile]
    runs: Sequence[Path]
    """The run directories among what was named."""
    name: str

    @property
    def folders(self) -> Sequence[Path]:
        """The directories that the files lie in, each once: what a reader notes of a row is kept beside it."""
        return tuple(dict.fromkeys(file.path.parent for file in self.files))


def find_sources(paths: Sequence[Path]) -> RowSources:
    """Find what there is to look at.

    :raises UsageError: for what cannot be read, or holds no rows of ours.
    """
    files: list[SourceFile] = []
    runs: list[Path] = []
    for path in dict.fromkeys(paths):
        if path.is_dir() and read_run(path) is not None:
            runs.append(path)
            files += [SourceFile(kind, path / name) for kind, name in DATASET_FILES.items()]
        else:
            files += _brought(path)
    return RowSources(tuple(dict.fromkeys(files)), tuple(runs), ", ".join(path.resolve().name for path in paths))


def _brought(path: Path) -> list[SourceFile]:
    """Return the files of a directory that is no run's, or of a file."""
    if not path.is_dir():
        assert_readable(path)
        if path.suffix != ".parquet" and _holds_rejects(path):
            return [SourceFile(ShownKind.rejects, path)]
        return [SourceFile(_SHOWN[kind], file) for kind, file in files_of(path)]
    rejects = path / DATASET_FILES[ShownKind.rejects]
    found = [SourceFile(ShownKind.rejects, rejects)] if has_lines(rejects) else []
    try:
        return [*(SourceFile(_SHOWN[kind], file) for kind, file in files_of(path)), *found]
    except UsageError:
        if not found:
            raise
        return found


def _holds_rejects(path: Path) -> bool:
    first = next(iter(read_lines(path)), None)
    return first is not None and isinstance(first[1], dict) and first[1].keys() >= _REJECT
