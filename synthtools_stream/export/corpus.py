"""The rows that an export begins with: run directories and files of rows, as tasks with the attempts at each.

Only ids and places are held, never rows, so that a corpus may be larger than memory.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import NamedTuple, TypeVar

from pydantic import ValidationError

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.records import AuditedTool, Environment, Task, Trajectory
from synthtools_stream.records.record import Record
from synthtools_stream.storage.datasets.columns import COLUMNS, from_columns
from synthtools_stream.storage.datasets.dataset_reader import assert_readable
from synthtools_stream.storage.datasets.jsonl_reader import RowProblem, read_jsonl
from synthtools_stream.storage.datasets.line_file import lines_size
from synthtools_stream.storage.datasets.row_file import FoundRow, RowFile, open_rows
from synthtools_stream.storage.datasets.task_row import task_from_row, what_is_wrong
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.values.lineages import environment_of

__all__ = ["Corpus", "Kind", "TaskGroup", "files_of", "open_corpus"]

RecordT = TypeVar("RecordT", bound=Record)


class Kind(StrEnum):
    """What a file holds rows of; the file of a run directory that does."""

    environments = "environments.jsonl"
    tools = "tools.jsonl"
    tasks = "task_content.jsonl"
    trajectories = "trajectories.jsonl"


_TELLS = {
    Kind.trajectories: ("task_id", "messages"),
    Kind.tasks: ("gt_tool_calls",),
    Kind.tools: ("tool_name", "tool"),
    Kind.environments: ("blueprint",),
}
"""Columns that no other kind of row has."""


@dataclass(frozen=True)
class TaskGroup:
    """A task with the attempts at it."""

    task_id: str
    task: Task | None
    """None where only attempts at it are there."""
    attempts: Sequence[Trajectory]
    bad: Sequence[DatasetError] = ()
    """Rows of this task or its attempts that cannot be read."""

    @property
    def environment(self) -> str:
        """The world that the task plays in, without run parts: other seeds' worlds of one scenario are alike."""
        return environment_of(self.task_id)

    @property
    def field(self) -> str:
        """As the rows say it."""
        return self.task.field if self.task is not None else self.attempts[0].field if self.attempts else ""

    @property
    def length(self) -> int | None:
        """Calls of the ground truth; None where no row tells."""
        return len(self.task.gt_tool_calls) if self.task is not None else _whole(self._told("length"))

    @property
    def variant(self) -> str:
        """Empty where no row tells."""
        return self.task.meta.variant if self.task is not None else str(self._told("variant") or "")

    def _told(self, name: str) -> Json:
        return self.attempts[0].meta.get(name) if self.attempts else None


def _whole(value: Json) -> int | None:
    return value if isinstance(value, int) else None


class _Place(NamedTuple):
    file: RowFile
    id: str


@dataclass
class Corpus:
    """All rows that were named, by what they are."""

    files: Mapping[Kind, Sequence[RowFile]]
    _tasks: dict[str, _Place | None] = field(default_factory=dict[str, _Place | None], init=False)
    _attempts: dict[str, list[_Place]] = field(default_factory=dict[str, list[_Place]], init=False)

    def __post_init__(self) -> None:
        for file in self.files.get(Kind.tasks, ()):
            for task_id in file.ids:
                if task_id in self._tasks:
                    raise UsageError(f"{file.path}: {task_id!r} is in another of the files, too; name one of them")
                self._tasks[task_id] = _Place(file, task_id)
        seen: set[str] = set()
        for file in self.files.get(Kind.trajectories, ()):
            for attempt_id, tried in file.column("task_id"):
                if attempt_id in seen:
                    raise UsageError(f"{file.path}: {attempt_id!r} is in another of the files, too; name one of them")
                seen.add(attempt_id)
                self._tasks.setdefault(str(tried), None)
                self._attempts.setdefault(str(tried), []).append(_Place(file, attempt_id))

    @property
    def task_ids(self) -> Sequence[str]:
        """Every task that is there or was tried, in the files' order."""
        return list(self._tasks)

    def has(self, kind: Kind) -> bool:
        """Say whether there are rows of a kind."""
        return bool(self.files.get(kind))

    def sizes(self) -> JsonObject:
        """Return the bytes of each file, by its path: whether an export goes on with the rows that it began with."""
        return {str(file.path): lines_size(file.path) for files in self.files.values() for file in files}

    def groups(self, skip: int = 0) -> Iterator[TaskGroup]:
        """Read tasks and attempts, task by task, after the first `skip`.

        :raises UsageError: when a file cannot be read any more.
        """
        for task_id in self.task_ids[skip:]:
            bad: list[DatasetError] = []
            place = self._tasks[task_id]
            task = None if place is None else _read(place, _task, bad)
            attempts = [_read(place, _trajectory, bad) for place in self._attempts.get(task_id, ())]
            yield TaskGroup(task_id, task, [attempt for attempt in attempts if attempt is not None], bad)

    def tools(self, skip: int = 0) -> Iterator[AuditedTool | DatasetError]:
        """Read the audited tools, after the first `skip`; raises alike."""
        return self._records(Kind.tools, AuditedTool, skip)

    def environments(self, skip: int = 0) -> Iterator[Environment | DatasetError]:
        """Read the environments, after the first `skip`; raises alike."""
        return self._records(Kind.environments, Environment, skip)

    def _records(self, kind: Kind, record: type[RecordT], skip: int) -> Iterator[RecordT | DatasetError]:
        places = [_Place(file, row_id) for file in self.files.get(kind, ()) for row_id in file.ids]
        for place in places[skip:]:
            bad: list[DatasetError] = []
            row = _read(place, lambda found: _record(found, record), bad)
            yield bad[0] if row is None else row


def open_corpus(paths: Sequence[Path]) -> Corpus:
    """Find the rows of run directories and of `.jsonl` files, in one pass over their ids.

    :raises UsageError: for what cannot be read, holds no rows, or holds rows that nobody can tell; for rows that two
        of the paths hold.
    """
    files: dict[Kind, list[RowFile]] = {}
    for path in paths:
        for kind, file in files_of(path):
            files.setdefault(kind, []).append(open_rows(file, tuple(COLUMNS[kind.name])))
    return Corpus(files)


def files_of(path: Path) -> list[tuple[Kind, Path]]:
    """Return the files of rows that a path stands for, and what each holds.

    :raises UsageError: when it holds no rows of ours.
    """
    if not path.is_dir():
        return [(_kind_of(path), path)]
    found = [(kind, path / kind) for kind in Kind if lines_size(path / kind)]
    if not found:
        names = ", ".join(Kind)
        raise UsageError(f"{path}: holds no rows; name a run directory or a .jsonl file (a run has {names})")
    return found


def _kind_of(path: Path) -> Kind:
    assert_readable(path)
    if path.suffix == ".parquet":
        raise UsageError(f"{path}: rows are read one by one, which needs the .jsonl twin")
    for _, row in read_jsonl(path):
        if isinstance(row, dict):
            for kind, columns in _TELLS.items():
                if all(column in row for column in columns):
                    return kind
            break
    raise UsageError(f"{path}: holds no rows of ours; `import` reads what other people write")


def _read(place: _Place, build: Callable[[FoundRow], RecordT], bad: list[DatasetError]) -> RecordT | None:
    (found,) = place.file.rows([place.id])
    try:
        return build(found)
    except RowProblem as problem:
        bad.append(DatasetError(place.file.path, found.line, problem.reason, place.id))
        return None


def _task(found: FoundRow) -> Task:
    if isinstance(found.row, RowProblem):
        raise found.row
    return task_from_row(found.row)


def _trajectory(found: FoundRow) -> Trajectory:
    return _record(found, Trajectory)


def _record(found: FoundRow, record: type[RecordT]) -> RecordT:
    if isinstance(found.row, RowProblem):
        raise found.row
    try:
        return record.model_validate(from_columns(found.row))
    except ValidationError as error:
        raise RowProblem(what_is_wrong(error)) from error
