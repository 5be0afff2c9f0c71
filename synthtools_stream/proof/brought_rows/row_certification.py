"""What holds of one brought row, part by part; where all of it does, the row with its certificate."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from synthtools_stream.errors import Rejection
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.proof.brought_rows.completed_row import completed_row
from synthtools_stream.proof.brought_rows.stepless_row import stepless_row
from synthtools_stream.proof.certificate import certify, examine
from synthtools_stream.proof.execution import played_release
from synthtools_stream.proof.verification import refused_calls
from synthtools_stream.records.task import Task

__all__ = ["Certification", "Standing", "certified_row"]


class Standing(StrEnum):
    """What became of a row."""

    certified = "certified"
    kept = "kept"
    """It had a certificate, which stays as it is."""
    uncertified = "uncertified"
    unread = "unread"
    """It cannot be read as a task."""


@dataclass(frozen=True)
class Certification:
    """What holds of a row, and what does not."""

    standing: Standing
    task: Task
    """With its certificate where it got one; else as it was read."""
    parts: Mapping[str, list[str]]
    """What is wrong with each part that was looked at, by its name."""

    @property
    def holds(self) -> list[str]:
        """The parts that hold."""
        return [part for part, wrong in self.parts.items() if not wrong]

    @property
    def reasons(self) -> list[str]:
        """What does not hold, a line each."""
        return [f"{part}: {problem}" for part, wrong in self.parts.items() for problem in wrong]


async def certified_row(task: Task, sandbox: Sandbox) -> Certification:
    """Find out what holds of a row; its programs make its calls again, and altered ones.

    :raises SandboxMissing: when a worker of the sandbox that ended cannot be replaced.
    """
    if task.certificate is not None:
        return Certification(Standing.kept, task, {})
    calls = {"calls": list(refused_calls(task))}
    if calls["calls"]:
        return Certification(Standing.uncertified, task, calls)
    if not task.steps:
        stepless = await stepless_row(task, sandbox)
        if stepless.whole is None:
            return Certification(Standing.uncertified, task, {**calls, **stepless.parts})
        task = stepless.whole
    draft = completed_row(task)
    found = examine(draft)
    parts = {**calls, **found.parts}
    if found.certificate is None:
        return Certification(Standing.uncertified, task, parts)
    played = await played_release(draft, sandbox)
    parts["world"] = played.problems
    if played.problems:
        return Certification(Standing.uncertified, task, parts)
    try:
        certificate = certify(draft, played=played.played)
    except Rejection as rejection:
        return Certification(Standing.uncertified, task, {**parts, "verdict": [rejection.detail]})
    return Certification(Standing.certified, draft.model_copy(update={"certificate": certificate}), parts)
