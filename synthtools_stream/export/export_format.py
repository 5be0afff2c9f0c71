"""What a format is: who reads it, which rows it needs, and how a row becomes lines of files."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

import orjson

from synthtools_stream.errors import Rejection
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.records import AuditedTool, Environment, Trajectory
from synthtools_stream.values.jsontypes import Json

__all__ = [
    "AttemptFormat",
    "Choices",
    "ExportFormat",
    "LeftOut",
    "Line",
    "Made",
    "ReasoningPlace",
    "SystemText",
    "line",
]

ReasoningPlace = Literal["keep", "drop", "inline"]
"""What becomes of an agent's reasoning: a field of its own (where the format has none, as inline), nothing, or
`<think>…</think>` at the head of the content."""
SystemText = Literal["keep", "now", "drop"]
"""What becomes of the system message: as it was, the time alone, or nothing."""


@dataclass(frozen=True)
class Choices:
    """What the user decides about the form of rows."""

    reasoning: ReasoningPlace = "keep"
    system: SystemText = "keep"

    def in_text(self) -> Choices:
        """Return the same for a format without a field for reasoning: what is kept stands in the content."""
        return replace(self, reasoning="inline") if self.reasoning == "keep" else self


class Line(NamedTuple):
    """One line of a file, and which file of the folder that is: never a name that a model made up."""

    file: str
    text: bytes
    """With its newline."""


class LeftOut(NamedTuple):
    """A row that the format cannot hold, and why."""

    id: str
    reason: str
    """A short stable word."""
    detail: str


@dataclass(frozen=True)
class Made:
    """What an export has written, once all rows are."""

    folder: Path
    lines: Mapping[str, int]
    """Lines of each file."""
    parts: tuple[str, ...] = ("train",)
    notes: list[str] = field(default_factory=list[str])
    """What the folder's card tells besides, a paragraph each."""


class ExportFormat(ABC):
    """One form of rows. `of_…` are called with one part's row after the other and keep nothing between calls."""

    name: ClassVar[str]
    read_by: ClassVar[str]
    """Who reads it, in a few words, for `export --help`."""
    needs: ClassVar[frozenset[Kind]]
    """Kinds of rows without which there is nothing to write."""
    takes: ClassVar[frozenset[Kind]] = frozenset()
    """Kinds of rows that it uses besides, where they are there."""
    compares: ClassVar[bool] = False
    """Whether a row is made of an attempt that passed and one that failed: `--only` of either would leave nothing."""

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterable[Line | LeftOut]:  # noqa: ARG002 - for who wants it
        """Return the lines that a task with the attempts at it gives."""
        return ()

    def of_tool(self, tool: AuditedTool, part: str) -> Iterable[Line | LeftOut]:  # noqa: ARG002 - for who wants it
        """Return the lines that an audited tool gives."""
        return ()

    def of_environment(self, environment: Environment, part: str) -> Iterable[Line | LeftOut]:  # noqa: ARG002 - for who wants it
        """Return the lines that an environment gives."""
        return ()

    def finish(self, made: Made) -> None:  # noqa: B027 - most formats have nothing to write
        """Write what stands beside the rows: tables of them, configuration, packages. Called again after a kill.

        :raises UsageError: where a library that this takes is not installed.
        """

    def front_matter(self, made: Made) -> str:  # noqa: ARG002 - for who wants it
        """Return the YAML at the head of the folder's card, without its fences."""
        return ""

    @abstractmethod
    def usage(self, made: Made) -> str:
        """Return how the folder is read, in Markdown, for its card."""


class AttemptFormat(ExportFormat):
    """A format with a line for each attempt."""

    needs = frozenset({Kind.trajectories})

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Line | LeftOut]:
        """Return one line an attempt, in the part's file."""
        for attempt in group.attempts:
            try:
                yield line(f"{part}.jsonl", self.row(attempt, choices))
            except Rejection as rejection:
                yield LeftOut(attempt.id, rejection.reason, rejection.detail)

    @abstractmethod
    def row(self, attempt: Trajectory, choices: Choices) -> Json:
        """Return an attempt as the format has it.

        :raises Rejection: when the format cannot hold it.
        """


def line(file: str, row: Json) -> Line:
    """Return a row as a line of a file."""
    return Line(file, orjson.dumps(row, option=orjson.OPT_APPEND_NEWLINE))
