"""Sequence: an ordered chain of tools of one environment."""

from __future__ import annotations

from operator import not_

from pydantic import Field

from synthtools_stream.records.environment import Setting
from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool

__all__ = ["NearTool", "ToolSequence"]


class NearTool(Record):
    """A tool that a task could offer besides those that it needs."""

    tool: Tool
    program: str = ""
    """Empty where the simulator plays it."""


class ToolSequence(Record):
    """A chain of reliable tools on its way to become a task."""

    id: str
    """`<environment id>_seq<NN>`; the task that grows from it has the same id."""
    setting: Setting
    tools: list[Tool]
    """The distinct tools of the chain, in order of first use."""
    order: list[str]
    """Tool names, step by step."""
    programs: dict[str, str] = Field(default_factory=dict)
    """Those of the tools that are played by code, by tool name."""
    near: list[NearTool] = Field(default_factory=list[NearTool], exclude_if=not_)
    """Other reliable tools of the environment, for variants; not written where there are none."""
    strategy: str = "graph"
