"""Given tools: an API that somebody has, whose tools are taken as they are, before anything is inferred of them."""

from __future__ import annotations

from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool

__all__ = ["GivenApi", "GivenTool"]


class GivenTool(Record):
    """One tool as it was given, and what its document tells beside its schema."""

    tool: Tool
    told: str = ""
    """How it is called over there and which errors it declares, such as `GET /pets/{petId}; 404: no such pet`."""
    reads_only: bool | None = None
    """Whether the document says that it changes nothing; None where it says neither."""


class GivenApi(Record):
    """The tools of one environment to be."""

    id: str
    """The environment's id, `<slug of the title>_spec_<NNN>`."""
    title: str
    part: str = ""
    """Which part of the API it is, where it has parts (tags)."""
    description: str = ""
    tools: list[GivenTool]
