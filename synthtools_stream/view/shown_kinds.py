"""What there is to look at: five kinds of rows, each under the first part of its pages' addresses."""

from __future__ import annotations

from enum import StrEnum

__all__ = ["DATASET_FILES", "ShownKind"]


class ShownKind(StrEnum):
    """A kind of rows, by the name that pages give it."""

    environments = "environments"
    tools = "tools"
    tasks = "tasks"
    attempts = "attempts"
    rejects = "rejects"


DATASET_FILES = {
    ShownKind.environments: "environments.jsonl",
    ShownKind.tools: "tools.jsonl",
    ShownKind.tasks: "task_content.jsonl",
    ShownKind.attempts: "trajectories.jsonl",
    ShownKind.rejects: "rejected.jsonl",
}
"""The file of a run directory that holds rows of a kind."""
