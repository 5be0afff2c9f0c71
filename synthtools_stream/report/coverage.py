"""What of the worlds is used: fields and scenarios that have tasks, tools that are called, pairs of tools in a row."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable
from itertools import pairwise

from synthtools_stream.export.corpus import environment_of
from synthtools_stream.records import AuditedTool, Environment, Task
from synthtools_stream.report.figure_kinds import Count, Mean, Score, Section, Share

__all__ = ["Coverage", "evenness"]


class Coverage:
    """Environments, tools and tasks, as they come."""

    title = "coverage"

    def __init__(self) -> None:
        self._fields: Counter[str] = Counter()
        self._subfields: set[tuple[str, str]] = set()
        self._made: Counter[str] = Counter()
        self._environments: Counter[str] = Counter()
        self._tools: Counter[tuple[str, str]] = Counter()
        self._pairs: defaultdict[str, Counter[tuple[str, str]]] = defaultdict(Counter)
        self._offered: defaultdict[str, set[str]] = defaultdict(set)

    def add_environment(self, environment: Environment) -> None:
        """Take note of an environment."""
        self._made[environment.field] += 1

    def add_tool(self, tool: AuditedTool) -> None:
        """Take note of an audited tool."""
        self._offered[environment_of(tool.setting.id)].add(tool.tool_name)

    def add(self, task: Task) -> None:
        """Take note of a task."""
        world = environment_of(task.id)
        called = [call.partition("(")[0] for call in task.gt_tool_calls]
        self._fields[task.field] += 1
        self._subfields.add((task.field, task.meta.subfield))
        self._environments[world] += 1
        self._tools.update((world, name) for name in called)
        self._pairs[world].update(pairwise(called))

    def figures(self) -> Section:
        """Return what is used; of nothing, nothing."""
        if not self._fields:
            return {}
        found: Section = {
            "fields with tasks": Count(len(self._fields)),
            "subfields with tasks": Count(len(self._subfields)),
            "environments with tasks": Count(len(self._environments)),
            "tasks an environment": Mean.of(self._environments.values()),
            "evenness over fields": Score(evenness(self._fields.values())),
            "evenness over environments": Score(evenness(self._environments.values())),
            "tools called": Count(len(self._tools)),
            "evenness over tools": Score(evenness(self._tools.values())),
            "distinct pairs of tools": Count(sum(map(len, self._pairs.values()))),
        }
        if self._made:
            found["made fields that have tasks"] = Share(len(self._made.keys() & self._fields.keys()), len(self._made))
        if self._offered:
            used = sum((world, name) in self._tools for world, names in self._offered.items() for name in names)
            found["audited tools called"] = Share(used, sum(map(len, self._offered.values())))
            found["possible pairs used"] = Share(*self._pairs_used())
        return found

    def _pairs_used(self) -> tuple[int, int]:
        """Return how many ordered pairs of two tools are used, and how many there could be, of worlds with tasks."""
        worlds = [world for world in self._environments if world in self._offered]
        used = sum(first != second for world in worlds for first, second in self._pairs[world])
        return used, sum(len(self._offered[world]) * (len(self._offered[world]) - 1) for world in worlds)


def evenness(counts: Iterable[int]) -> float:
    """Return how evenly things are spread, 0 to 1: the entropy over what it can be at most (Pielou 1966).

    1 of one thing or none: nothing is spread.
    """
    shares = [count for count in counts if count]
    total = sum(shares)
    if len(shares) < 2:
        return 1.0
    return -sum(count / total * math.log(count / total) for count in shares) / math.log(len(shares))
