"""A format with a file for each attempt, in folders by part and environment: no folder holds more than one world's."""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Iterator
from typing import ClassVar

from synthtools_stream.errors import Rejection
from synthtools_stream.export.corpus import Kind, TaskGroup
from synthtools_stream.export.export_format import Choices, ExportFormat, Item, LeftOut, WholeFile
from synthtools_stream.export.safe_names import safe_name
from synthtools_stream.records import Trajectory
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["HARNESS", "SessionFormat", "of_session"]

HARNESS = "synthtools-stream"
"""Under which name readers of traces know who ran the agent."""


class SessionFormat(ExportFormat):
    """A file a session. (The Hub takes 10,000 files a folder at most.)"""

    needs = frozenset({Kind.trajectories})
    suffix: ClassVar[str]
    """Of the files' names."""

    def of_group(self, group: TaskGroup, part: str, choices: Choices) -> Iterator[Item]:
        """Return a file for each attempt."""
        folder = safe_name(group.environment)
        for attempt in group.attempts:
            try:
                content = self.session(attempt, choices)
            except Rejection as rejection:
                yield LeftOut(attempt.id, rejection.reason, rejection.detail)
            else:
                yield WholeFile(part, f"{folder}/{safe_name(attempt.id)}{self.suffix}", content)

    @abstractmethod
    def session(self, attempt: Trajectory, choices: Choices) -> bytes:
        """Return an attempt as the file has it.

        :raises Rejection: when the format cannot hold it.
        """


def of_session(attempt: Trajectory) -> JsonObject:
    """Return what is told of an attempt besides what was said: how it ended, and what code says of it."""
    verdict: JsonObject = {"kind": attempt.verdict.kind.value, "reasons": [*attempt.verdict.reasons]}
    told: JsonObject = {"task_id": attempt.task_id, "field": attempt.field, "mode": attempt.mode}
    return {**told, "verdict": verdict, "stop_reason": attempt.stop_reason.value, "fault": attempt.fault.value}
