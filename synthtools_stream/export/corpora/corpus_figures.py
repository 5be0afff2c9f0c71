"""Counts, yields and rates of a corpus, read from the files of rows that an export wrote."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

import orjson

from synthtools_stream.live.task_tries import TaskTries
from synthtools_stream.storage.datasets.columns import from_columns
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["CorpusFigures", "figures_of", "rows_of"]


@dataclass
class CorpusFigures:
    """What is counted; shares are 0 to 1 and None where there is nothing to count."""

    fields: set[str] = field(default_factory=set[str])
    models: set[str] = field(default_factory=set[str])
    """That wrote tasks."""
    agents: set[str] = field(default_factory=set[str])
    """That made the attempts."""
    planned_tools: int = 0
    """Signatures of the environments: each was to become a tool."""
    tools: int = 0
    coded_tools: int = 0
    tasks: int = 0
    proven_tasks: int = 0
    coded_tasks: int = 0
    """All of whose tools are code: to play them no model is needed."""
    variants: Counter[str] = field(default_factory=Counter[str])
    lengths: list[int] = field(default_factory=list[int])
    """Calls of the ground truth, a number a task."""
    tries: TaskTries = field(default_factory=TaskTries)
    """Without attempts that something other than the agent spoiled, or that nobody could judge."""

    def as_json(self) -> JsonObject:
        """Return everything as an object for a card."""
        tried, solved = self.tries.tried, self.tries.solved
        by_solved = Counter(_of_those(sum(tries), len(tries)) for tries in self.tries.proven.values())
        bounds: list[Json] = [round(bound, 4) for bound in self.tries.interval(solved / tried)] if tried else []
        return {
            "models": [*sorted(self.models)],
            "fields": len(self.fields),
            "tools": {
                "planned": self.planned_tools or None,
                "audited": self.tools,
                "yield": _share(self.tools, self.planned_tools),
                "coded": _share(self.coded_tools, self.tools),
            },
            "tasks": {
                "count": self.tasks,
                "proven": _share(self.proven_tasks, self.tasks),
                "coded": _share(self.coded_tasks, self.tasks),
                "variants": {**dict(sorted(self.variants.items()))},
                "length": _spread(self.lengths),
            },
            "attempts": {
                "agents": [*sorted(self.agents)],
                "counted": tried,
                "solve_rate": _share(solved, tried),
                "solve_rate_95": bounds or None,
                "tasks_by_attempts_that_solved_them": {name: by_solved[name] for name in ("all", "some", "none")},
            },
        }


def figures_of(folder: Path) -> CorpusFigures:
    """Read the rows of each kind in a folder, where there are any."""
    figures = CorpusFigures()
    for row in rows_of(folder / "environments"):
        figures.planned_tools += _length(object_at(row, "blueprint").get("tools"))
    for row in rows_of(folder / "tools"):
        figures.tools += 1
        figures.coded_tools += bool(row.get("program"))
    for row in rows_of(folder / "tasks"):
        _add_task(figures, row)
    for row in rows_of(folder / "trajectories"):
        _add_attempt(figures, row)
    return figures


def rows_of(folder: Path) -> Iterator[JsonObject]:
    """Yield the rows of all parts of one kind, their JSON text read."""
    for path in sorted(folder.glob("*.jsonl")):
        with path.open("rb") as file:
            for text in file:
                yield from_columns(orjson.loads(text))


def _add_task(figures: CorpusFigures, row: JsonObject) -> None:
    meta = object_at(row, "meta")
    programs = object_at(meta, "programs")
    tools = row.get("tools")
    names = [tool.get("tool_name") for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    figures.tasks += 1
    figures.fields.add(str(row.get("field")))
    figures.models.update(_said(meta.get("model")))
    figures.proven_tasks += isinstance(row.get("certificate"), dict)
    figures.coded_tasks += all(name in programs for name in names)
    figures.variants[str(meta.get("variant") or "base")] += 1
    figures.lengths.append(_length(row.get("gt_tool_calls")))


def _add_attempt(figures: CorpusFigures, row: JsonObject) -> None:
    figures.agents.update(_said(object_at(row, "meta").get("model")))
    kind = object_at(row, "verdict").get("kind")
    if row.get("fault") in ("", "agent") and kind in ("solved", "unsolved"):
        figures.tries.proven.setdefault(str(row.get("task_id")), []).append(kind == "solved")


def _said(name: Json) -> list[str]:
    return [name] if isinstance(name, str) and name else []


def _length(items: Json) -> int:
    return len(items) if isinstance(items, list) else 0


def _share(part: int, whole: int) -> float | None:
    return round(part / whole, 4) if whole else None


def _of_those(solved: int, tried: int) -> str:
    return "all" if solved == tried else "some" if solved else "none"


def _spread(counts: list[int]) -> JsonObject | None:
    return {"least": min(counts), "median": median(counts), "most": max(counts)} if counts else None
