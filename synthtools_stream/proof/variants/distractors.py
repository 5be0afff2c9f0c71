"""`distractors`: more tools are offered than the task needs, near ones of the same environment."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from hashlib import blake2b

from synthtools_stream.proof.variants.base_task import twisted
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.records.twist import Twist, VariantKind
from synthtools_stream.values.lineages import lineage

__all__ = ["distractors"]


def distractors(base: Task, more: Sequence[Tool], programs: Mapping[str, str]) -> Task | None:
    """Return the variant that offers `more` tools, with the `programs` of those that have one; None without any.

    Where a tool stands says nothing of whether it is needed.
    """
    names = {tool.tool_name for tool in base.tools}
    added = [tool for tool in more if tool.tool_name not in names]
    if not added:
        return None
    offered = sorted([*base.tools, *added], key=lambda tool: _place(base, tool))
    sources = {tool.tool_name: programs[tool.tool_name] for tool in added if tool.tool_name in programs}
    return twisted(base, VariantKind.distractors, Twist(), tools=offered, programs={**base.meta.programs, **sources})


def _place(base: Task, tool: Tool) -> bytes:
    return blake2b(f"{lineage(base.id)}|{tool.tool_name}".encode(), digest_size=8).digest()
