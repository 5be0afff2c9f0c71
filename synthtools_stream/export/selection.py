"""Which tasks and attempts are exported."""

from __future__ import annotations

from dataclasses import dataclass, replace
from dataclasses import field as dataclass_field
from enum import StrEnum

from synthtools_stream.export.corpus import TaskGroup
from synthtools_stream.records import Trajectory, VerdictKind
from synthtools_stream.storage.datasets.reader_notes import Notes

__all__ = ["LABELLED", "Only", "Selection", "difficulty", "outcome", "outcomes"]

LABELLED = "labelled:"
"""What stands before a label where one of the kinds below could stand."""


class Only(StrEnum):
    """Which attempts; a task none of whose attempts is one is left out as well."""

    passed = "passed"
    """That solved their task."""
    failed = "failed"
    """That did not, by the agent's own fault."""
    proven = "proven"
    """At tasks that are proven, whatever became of them; and such tasks without any."""


@dataclass(frozen=True)
class Selection:
    """What a task must be, and which attempts at it count. Empty, or None: anything."""

    only: Only | None = None
    min_difficulty: float | None = None
    """Share of attempts that did not solve it, 0 to 1; a task that nobody tried has none."""
    max_length: int | None = None
    """Calls of the ground truth."""
    fields: frozenset[str] = frozenset()
    variants: frozenset[str] = frozenset()
    label: str = ""
    """Attempts that a reader labelled so, and all attempts at tasks that are."""
    notes: Notes = dataclass_field(default_factory=Notes, compare=False)
    """What readers said of the rows; for the label."""

    def of(self, group: TaskGroup) -> TaskGroup | None:
        """Return what is chosen of a task and its attempts; None for nothing."""
        if self.fields and group.field not in self.fields:
            return None
        if self.variants and group.variant not in self.variants:
            return None
        if self.max_length is not None and (group.length is None or group.length > self.max_length):
            return None
        if self.min_difficulty is not None and (difficulty(group) or 0.0) < self.min_difficulty:
            return None
        labelled = group if not self.label else self._labelled(group)
        return None if labelled is None else self._of_those(labelled)

    def _labelled(self, group: TaskGroup) -> TaskGroup | None:
        if self._is_labelled("tasks", group.task_id):
            return group
        kept = [attempt for attempt in group.attempts if self._is_labelled("attempts", attempt.id)]
        return replace(group, attempts=kept) if kept else None

    def _is_labelled(self, kind: str, row_id: str) -> bool:
        note = self.notes.of(kind, row_id)
        return note is not None and note.label == self.label

    def _of_those(self, group: TaskGroup) -> TaskGroup | None:
        match self.only:
            case None:
                return group
            case Only.proven:
                return group if _is_proven(group) else None
            case Only.passed | Only.failed:
                kept = [attempt for attempt in group.attempts if outcome(attempt) is self.only]
                return replace(group, attempts=kept) if kept else None


def difficulty(group: TaskGroup) -> float | None:
    """Return the share of attempts that did not solve the task, 0 to 1; None where none of them counts."""
    counted = outcomes(group)
    return counted.count(Only.failed) / len(counted) if counted else None


def outcomes(group: TaskGroup) -> list[Only]:
    """Return what each attempt that counts says of the agent."""
    return [found for attempt in group.attempts if (found := outcome(attempt)) is not None]


def outcome(attempt: Trajectory) -> Only | None:
    """Return what an attempt says of the agent.

    None where it says nothing: something else spoiled it, or nobody can tell.
    """
    if attempt.fault.spoils:
        return None
    return {VerdictKind.solved: Only.passed, VerdictKind.unsolved: Only.failed}.get(attempt.verdict.kind)


def _is_proven(group: TaskGroup) -> bool:
    if group.task is not None:
        return group.task.certificate is not None
    return any(attempt.verdict.kind is not VerdictKind.unproven for attempt in group.attempts)
