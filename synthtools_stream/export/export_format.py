"""What a format is: who reads it, which rows it needs, and how a row becomes lines of files."""

from __future__ import annotations

import re
from abc import ABC, abstractmethod
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import ClassVar, Literal, NamedTuple

import orjson

from synthtools_stream.errors import Rejection, UsageError
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.records import AuditedTool, Environment, Trajectory
from synthtools_stream.values.jsontypes import Json

__all__ = [
    "AttemptFormat",
    "Choices",
    "ExportFormat",
    "Item",
    "LeftOut",
    "Line",
    "Made",
    "Publication",
    "ReasoningPlace",
    "SystemText",
    "WholeFile",
    "line",
]

ReasoningPlace = Literal["keep", "drop", "inline"]
"""What becomes of an agent's reasoning: a field of its own (where the format has none, as inline), nothing, or
`<think>…</think>` at the head of the content."""
SystemText = Literal["keep", "now", "drop"]
"""What becomes of the system message: as it was, the time alone, or nothing."""
_PACKAGE = "synthtools_tasks"
"""The name of packages that nobody named."""

_LICENCE = re.compile(r"[A-Za-z0-9][A-Za-z0-9.+-]{0,60}")


@dataclass(frozen=True)
class Choices:
    """What the user decides about the form of rows."""

    reasoning: ReasoningPlace = "keep"
    system: SystemText = "keep"

    name: str | None = None
    """Of the package, where the format makes one: what Python may import."""

    @property
    def package(self) -> str:
        """The package's name, told or not."""
        return self.name or _PACKAGE

    def in_text(self) -> Choices:
        """Return the same for a format without a field for reasoning: what is kept stands in the content."""
        return replace(self, reasoning="inline") if self.reasoning == "keep" else self


@dataclass(frozen=True)
class Publication:
    """What the user tells of a folder that others are to read."""

    licence: str = ""
    """Its short name, such as `cc-by-4.0`; empty where it was not told."""
    against: tuple[Path, ...] = ()
    """Files with the tasks of benchmarks, which the rows should not repeat."""

    def __post_init__(self) -> None:
        """Refuse what is no short name.

        :raises UsageError: with what one looks like.
        """
        if self.licence and not _LICENCE.fullmatch(self.licence):
            raise UsageError(f"--licence {self.licence}: write its short name on the Hub, such as cc-by-4.0")


class Line(NamedTuple):
    """One line of a file, and which file of the folder that is: never a name that a model made up."""

    file: str
    text: bytes
    """With its newline."""


class WholeFile(NamedTuple):
    """A file that one row gives: a session, a world. Written again, it is the same.

    Counted by its folder, which holds no other files: tens of thousands of names need not be remembered.
    """

    folder: str
    """Such as `train`."""
    name: str
    """Within the folder, and safe: it may hold folders of its own."""
    content: bytes


class LeftOut(NamedTuple):
    """A row that the format cannot hold, and why."""

    id: str
    reason: str
    """A short stable word."""
    detail: str


Item = Line | WholeFile | LeftOut
"""What a row gives."""


@dataclass(frozen=True)
class Made:
    """What an export has written, once all rows are."""

    folder: Path
    lines: Mapping[str, int]
    """Lines of each file, and files of each folder of whole ones; a folder's name ends with `/`."""
    parts: tuple[str, ...] = ("train",)
    notes: list[str] = field(default_factory=list[str])
    """What the folder's card tells besides, a paragraph each."""
    choices: Choices = Choices()
    publication: Publication = Publication()


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

    is_published: ClassVar[bool] = False
    """Whether its card tells the licence, and what the rows have in common with benchmarks."""

    def assert_ready(self) -> None:  # noqa: B027 - most formats need nothing
        """Refuse what cannot be finished, before anything is begun.

        :raises UsageError: where a library that this takes is not installed.
        """

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterable[Item]:  # noqa: ARG002 - for who wants it
        """Return the lines that a task with the attempts at it gives."""
        return ()

    def of_tool(self, tool: AuditedTool, part: str) -> Iterable[Item]:  # noqa: ARG002 - for who wants it
        """Return the lines that an audited tool gives."""
        return ()

    def of_environment(self, environment: Environment, part: str) -> Iterable[Item]:  # noqa: ARG002 - for who wants it
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

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Item]:
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
