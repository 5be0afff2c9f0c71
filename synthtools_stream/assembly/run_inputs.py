"""Where a run begins: fields, or a file of somebody's environments, tools or tasks."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b
from importlib.resources import files
from itertools import groupby
from pathlib import Path
from typing import Literal, TypeVar
from zlib import crc32

from synthtools_stream.assembly.task_file import TaskFile
from synthtools_stream.engine.stage import Item
from synthtools_stream.engine.unfit import Unfit
from synthtools_stream.records import AuditedTool, Environment, FieldPlan, GivenApi, Record, Task, ToolPool
from synthtools_stream.storage.datasets.dataset_reader import read_records
from synthtools_stream.storage.datasets.line_file import open_lines
from synthtools_stream.storage.given.tool_documents import read_apis
from synthtools_stream.storage.rundir.run_directory import read_run
from synthtools_stream.values.jsontypes import object_at
from synthtools_stream.values.shards import Shard
from synthtools_stream.values.slugs import field_slugs

__all__ = [
    "Start",
    "file_digest",
    "from_environments",
    "from_fields",
    "from_given",
    "from_tasks",
    "from_tools",
    "shipped_fields",
]

_BLOCK = 1 << 20
"""Bytes of a block: one checksum of 32 bits stands for them."""
_SUMMED = "crc32:"
"""How a digest of checksums begins."""
RecordT = TypeVar("RecordT", bound=Record)
ItemT = TypeVar("ItemT", bound=Item)


@dataclass(frozen=True)
class Start:
    """The items that a run begins with, all of one kind."""

    kind: Literal["fields", "given", "environments", "tools", "tasks", "drafts"]
    fields: Sequence[FieldPlan] = ()
    given: Sequence[GivenApi] = ()
    environments: Sequence[Environment] = ()
    pools: Sequence[ToolPool] = ()
    tasks: Iterable[Task | Unfit] = ()
    """Read lazily: a corpus may be larger than memory."""
    count: int = 0
    """How many items there are, where that is known."""

    def of_shard(self, shard: Shard) -> Start:
        """Return the same start with the items of one shard; which those are, their ids alone decide."""
        tasks = self.tasks.of_shard(shard) if isinstance(self.tasks, TaskFile) else _held(self.tasks, shard)
        fields, given = _held(self.fields, shard), _held(self.given, shard)
        environments, pools = _held(self.environments, shard), _held(self.pools, shard)
        count = len(fields) + len(given) + len(environments) + len(pools) + len(tasks)
        return Start(self.kind, fields, given, environments, pools, tasks, count)


def _held(items: Iterable[ItemT], shard: Shard) -> list[ItemT]:
    return [item for item in items if shard.holds(item.id)]


def from_fields(names: Sequence[str]) -> Start:
    """Begin at the top: with fields, from which everything else is made."""
    slugs = field_slugs(names)
    plans = [FieldPlan(id=slugs[name], field=name) for name in names]
    return Start("fields", fields=plans, count=len(plans))


def shipped_fields() -> list[str]:
    """Return the hundred fields that a run takes where none are named."""
    return (files("synthtools_stream") / "fields.txt").read_text(encoding="utf-8").split("\n")[:-1]


def from_given(paths: Sequence[Path]) -> Start:
    """Begin with tools that somebody has: OpenAPI documents, lists of tools.

    :raises UsageError: for the first file that cannot be read, or holds no tools.
    """
    apis = read_apis(paths)
    return Start("given", given=apis, count=len(apis))


def from_environments(path: Path) -> Start:
    """Begin at writing the tools of finished blueprints.

    :raises UsageError: if the file cannot be read.
    :raises DatasetError: at its first bad row.
    """
    environments = _rows(path, Environment)
    return Start("environments", environments=environments, count=len(environments))


def from_tools(path: Path) -> Start:
    """Begin at sequencing with audited tools.

    :raises UsageError: if the file cannot be read.
    :raises DatasetError: at its first bad row.
    """
    tools = sorted(_rows(path, AuditedTool), key=lambda tool: tool.setting.id)
    pools = [
        ToolPool(id=key, setting=members[0].setting, tools=members)
        for key, group in groupby(tools, key=lambda tool: tool.setting.id)
        if (members := list(group))
    ]
    return Start("tools", pools=pools, count=len(pools))


def from_tasks(tasks: Iterable[Task | Unfit], count: int, *, resummarize: bool = False) -> Start:
    """Begin at rollout, or at summarizing where the requests are to be written anew."""
    return Start("drafts" if resummarize else "tasks", tasks=tasks, count=count)


def _rows(path: Path, model: type[RecordT]) -> list[RecordT]:
    """Read every row; the first bad one is raised, since a stage's input must be whole."""
    return [row for row in read_records(path, model, strict=True) if isinstance(row, model)]


def file_digest(run: Path, *paths: Path) -> str:
    """Return a digest of files' content, in the form that the run of a directory has it, if there is one.

    Which rows a run was started from is part of what it is. Checksums of all blocks tell files apart that anybody has
    changed, and take a third of the time; runs that began earlier have a digest of the bytes themselves.

    :raises OSError: when a file cannot be read.
    :raises RunDirectoryError: when the directory is none that a run could be in.
    """
    known = object_at(read_run(run) or {}, "content").get("dataset")
    digest = blake2b(digest_size=16)
    summed = not known or str(known).startswith(_SUMMED)
    for path in paths:
        with open_lines(path) as file:
            while block := file.read(_BLOCK):
                digest.update(crc32(block).to_bytes(4, "big") if summed else block)
    return f"{_SUMMED if summed else ''}{digest.hexdigest()}"
