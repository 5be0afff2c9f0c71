"""An export from its first row to its card: as a stream, and going on where one that was killed stopped."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import islice

from synthtools_stream.errors import DatasetError, UsageError
from synthtools_stream.export.card import card
from synthtools_stream.export.corpus import Corpus, Kind, TaskGroup
from synthtools_stream.export.export_folder import ExportFolder
from synthtools_stream.export.export_format import Choices, ExportFormat, Item, LeftOut, Made, Publication
from synthtools_stream.export.sampled_tasks import Sampled, sampled_tasks
from synthtools_stream.export.selection import LABELLED, Only, Selection
from synthtools_stream.export.split import Split
from synthtools_stream.export.wanted_sample import WantedSample
from synthtools_stream.records import AuditedTool, Environment
from synthtools_stream.values.jsontypes import JsonObject, canonical_json
from synthtools_stream.values.lineages import environment_of

__all__ = ["CARD", "ExportRun"]

CARD = "README.md"
_AT_ONCE = 500
"""Rows between two checkpoints: some megabytes, a second's work."""

_Lines = Iterable[Item]


@dataclass
class ExportRun:
    """What is exported, and how."""

    corpus: Corpus
    form: ExportFormat
    selection: Selection
    split: Split
    choices: Choices
    publication: Publication = field(default_factory=Publication)
    sample: WantedSample = field(default_factory=WantedSample)
    seen_modes: set[str] = field(default_factory=set[str])
    """Modes of the attempts that were chosen."""
    seen_fields: set[str] = field(default_factory=set[str])
    """Fields of the tasks that were read."""
    sampled: Sampled | None = None
    """Which tasks are left of those that the selection takes; None: all of them, or not yet known."""

    def __post_init__(self) -> None:
        """Refuse what cannot come to anything.

        :raises UsageError: when there are no rows of a kind that the format needs, a library is missing, or the format
            needs both outcomes of a task and one is not chosen.
        """
        if self.form.compares and self.selection.only in (Only.passed, Only.failed):
            raise UsageError(f"{self.form.name} compares attempts that passed with ones that failed; leave --only out")
        if self.publication != Publication() and not self.form.is_published:
            raise UsageError(f"the card of {self.form.name} tells no licence and no benchmarks; --format hf does")
        for kind in sorted(self.form.needs):
            if not self.corpus.has(kind):
                raise UsageError(f"{self.form.name} needs rows of {kind}; name a run directory or a file that has them")
        self.form.assert_ready()

    def asked(self) -> JsonObject:
        """Return all that decides the bytes that are written."""
        chosen = self.selection
        return {
            "format": self.form.name,
            "only": f"{LABELLED}{chosen.label}" if chosen.label else chosen.only,
            **_labelled(chosen),
            "min_difficulty": chosen.min_difficulty,
            "max_length": chosen.max_length,
            "fields": [*sorted(chosen.fields)],
            "variants": [*sorted(chosen.variants)],
            "split": {**self.split.shares},
            "seed": self.split.seed,
            "reasoning": self.choices.reasoning,
            "system": self.choices.system,
            "name": self.choices.name,
            "licence": self.publication.licence or None,
            "against": {path.name: path.stat().st_size for path in self.publication.against} or None,
            "files": self.corpus.sizes(),
            **self.sample.asked(),
        }

    def write(self, folder: ExportFolder, show: Callable[[str, int], None]) -> None:
        """Write everything that is not written yet; `show` is told how many rows of which kind are read.

        Where nothing is chosen, nothing is finished.

        :raises UsageError: when a file cannot be read any more, or a library that the format takes is missing.
        :raises StorageError: when the disk refuses it.
        """
        parts = self.split.parts(map(environment_of, self.corpus.task_ids))
        if self.sample.asked():
            self.sampled = sampled_tasks(self._offered(), self.sample, show)
        for kind, lines_after in self._passes(parts).items():
            _stream(kind, lines_after, folder, show)
        made = Made(
            folder.path,
            dict(folder.lines),
            tuple(self.split.shares),
            choices=self.choices,
            publication=self.publication,
        )
        if made.lines:
            self.form.finish(made)
            folder.put(CARD, card(self.form, made, folder.asked, folder.left_out))
            folder.checkpoint(finished=True)

    def _offered(self) -> Iterator[TaskGroup]:
        """Yield what the selection takes, of what the format can make something of."""
        for group in self.corpus.groups():
            chosen = self.selection.of(group)
            if chosen is None or (Kind.trajectories in self.form.needs and not chosen.attempts):
                continue
            if Kind.tasks not in self.form.needs or chosen.task is not None:
                yield chosen

    def _passes(self, parts: Mapping[str, str]) -> dict[str, Callable[[int], Iterator[_Lines]]]:
        """Return, for each kind of rows, what yields the lines of one row after the other, after the first so many."""
        used = self.form.needs | self.form.takes
        passes: dict[str, Callable[[int], Iterator[_Lines]]] = {}
        if used & {Kind.tasks, Kind.trajectories}:
            passes["tasks"] = lambda skip: (self._of_group(group, parts) for group in self.corpus.groups(skip))
        if Kind.tools in used:
            passes["tools"] = lambda skip: (self._of_tool(tool, parts) for tool in self.corpus.tools(skip))
        if Kind.environments in used:
            passes["environments"] = lambda skip: (
                self._of_environment(environment, parts) for environment in self.corpus.environments(skip)
            )
        return passes

    def _of_group(self, group: TaskGroup, parts: Mapping[str, str]) -> _Lines:
        yield from (_unreadable(problem) for problem in group.bad)
        self.seen_fields.add(group.field)
        chosen = self.selection.of(group)
        if chosen is None:
            return
        if self.sampled is not None and group.task_id not in self.sampled.kept:
            yield from _said_before(group.task_id, self.sampled)
            return
        self.seen_modes.update(attempt.mode for attempt in chosen.attempts)
        yield from self.form.of_group(chosen, parts[group.environment], self.choices)

    def _of_tool(self, tool: AuditedTool | DatasetError, parts: Mapping[str, str]) -> _Lines:
        if isinstance(tool, DatasetError):
            return [_unreadable(tool)]
        if not self._holds(tool.setting.field):
            return []
        return self.form.of_tool(tool, self._part(tool.setting.id, parts))

    def _of_environment(self, environment: Environment | DatasetError, parts: Mapping[str, str]) -> _Lines:
        if isinstance(environment, DatasetError):
            return [_unreadable(environment)]
        if not self._holds(environment.field):
            return []
        return self.form.of_environment(environment, self._part(environment.id, parts))

    def _holds(self, name: str) -> bool:
        return not self.selection.fields or name in self.selection.fields

    def _part(self, environment: str, parts: Mapping[str, str]) -> str:
        """An environment without tasks belongs to the first part: nothing of it can be in another."""
        return parts.get(environment_of(environment), next(iter(self.split.shares)))


def _stream(
    kind: str,
    lines_after: Callable[[int], Iterator[_Lines]],
    folder: ExportFolder,
    show: Callable[[str, int], None],
) -> None:
    rows = lines_after(folder.done[kind])
    while done := sum(_added(lines, folder) for lines in islice(rows, _AT_ONCE)):
        folder.done[kind] += done
        folder.checkpoint()
        show(kind, folder.done[kind])


def _added(lines: _Lines, folder: ExportFolder) -> int:
    folder.add(lines)
    return 1


def _said_before(task_id: str, sampled: Sampled) -> Iterator[LeftOut]:
    earlier = sampled.repeats.get(task_id)
    if earlier is not None:
        yield LeftOut(task_id, "near_duplicate", f"its request and calls are nearly those of {earlier}")


def _labelled(chosen: Selection) -> JsonObject:
    """Return a digest of the rows that have the label that is asked for: with one label more, it is another export."""
    if not chosen.label:
        return {}
    ids: JsonObject = {
        kind: [*sorted(chosen.notes.by_label(kind).get(chosen.label, ()))] for kind in ("tasks", "attempts")
    }
    return {"labelled": hashlib.blake2b(canonical_json(ids), digest_size=8).hexdigest()}


def _unreadable(problem: DatasetError) -> LeftOut:
    return LeftOut(problem.row_id, "unreadable", str(problem))
