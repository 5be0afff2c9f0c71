"""`transient_error`: one tool fails at its first call, and only then: whoever tries again gets on."""

from __future__ import annotations

from synthtools_stream.proof.variants.base_task import twisted
from synthtools_stream.records.task import Task
from synthtools_stream.records.twist import Twist, VariantKind
from synthtools_stream.toolcalls import called_tool

__all__ = ["transient_error"]


def transient_error(base: Task, tool_name: str) -> Task | None:
    """Return the variant in which a tool fails once; None where the task does not call it."""
    if not any(called_tool(step.call) == tool_name for step in base.steps):
        return None
    return twisted(base, VariantKind.transient_error, Twist(fails_once=tool_name))
