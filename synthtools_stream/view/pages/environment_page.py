"""An environment to read: its entity types, its tools as planned and as made, how they hang together, its tasks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from markupsafe import Markup

from synthtools_stream.records.blueprint import Signature
from synthtools_stream.records.environment import AuditedTool, Environment
from synthtools_stream.view.pages.page import ListedRow, Page

__all__ = ["PlannedTool", "environment_page"]


@dataclass(frozen=True)
class PlannedTool:
    """A signature of the blueprint, and the tool that came of it, if one passed its audit."""

    signature: Signature
    made: AuditedTool | None


def environment_page(
    environment: Environment, tools: Sequence[AuditedTool], graph_svg: str | None, tasks: Sequence[ListedRow]
) -> Page:
    """Return an environment's page; `graph_svg` is markup of ours, in which every name is escaped."""
    made = {tool.tool_name: tool for tool in tools}
    planned = [PlannedTool(signature, made.pop(signature.tool_name, None)) for signature in environment.blueprint.tools]
    return Page(
        "environment.html",
        f"Environment {environment.id}",
        {
            "environment": environment,
            "planned": planned,
            "passed": len(tools),
            "collections": {kind.collection: n for n, kind in enumerate(environment.blueprint.entity_types)},
            "unplanned": list(made.values()),
            "graph": None if graph_svg is None else Markup(graph_svg),
            "tasks": tasks,
        },
    )
