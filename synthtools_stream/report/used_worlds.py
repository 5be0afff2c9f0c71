"""What of the worlds is used: fields and scenarios that have tasks, tools that are called, pairs of tools in a row."""

from __future__ import annotations

import math
from collections import Counter, defaultdict
from collections.abc import Iterable

from synthtools_stream.records import AuditedTool, Environment, Task
from synthtools_stream.report.figure_kinds import Count, Mean, Score, Section, Share
from synthtools_stream.toolgraph.coverage import Coverage
from synthtools_stream.toolgraph.task_links import PATTERNS
from synthtools_stream.values.lineages import environment_of

__all__ = ["UsedWorlds", "evenness"]


class UsedWorlds:
    """Environments, tools and tasks, as they come."""

    title = "coverage"

    def __init__(self) -> None:
        self.counted = Coverage()
        self._subfields: set[tuple[str, str]] = set()
        self._made: tuple[set[str], set[tuple[str, str]], set[str]] = (set(), set(), set())
        self._planned = 0
        self._environments: Counter[str] = Counter()
        self._offered: defaultdict[str, set[str]] = defaultdict(set)

    def add_environment(self, environment: Environment) -> None:
        """Take note of an environment."""
        self._planned += len(environment.blueprint.tools)
        fields, subfields, scenarios = self._made
        fields.add(environment.field)
        subfields.add((environment.field, environment.subfield))
        scenarios.add(environment_of(environment.id))

    def add_tool(self, tool: AuditedTool) -> None:
        """Take note of an audited tool."""
        self._offered[environment_of(tool.setting.id)].add(tool.tool_name)

    def add(self, task: Task) -> None:
        """Take note of a task."""
        self.counted.add(task)
        self._subfields.add((task.field, task.meta.subfield))
        self._environments[environment_of(task.id)] += 1

    def figures(self) -> Section:
        """Return what is used; of nothing, nothing."""
        counted = self.counted
        if not counted.tasks:
            return {}
        found: Section = {
            "fields with tasks": Count(len(counted.fields)),
            "subfields with tasks": Count(len(self._subfields)),
            "environments with tasks": Count(len(self._environments)),
            "tasks an environment": Mean.of(self._environments.values()),
            "evenness over fields": Score(evenness(counted.fields.values())),
            "evenness over environments": Score(evenness(self._environments.values())),
            "tools called": Count(len(counted.tools)),
            "evenness over tools": Score(evenness(counted.tools.values())),
            "distinct pairs of tools": Count(len(counted.pairs)),
        }
        found |= {f"pattern {name}": Share(counted.patterns[name], counted.tasks) for name in PATTERNS}
        found |= self._taxonomy()
        if self._offered:
            if self._planned:
                kept = sum(map(len, self._offered.values()))
                found["planned tools that passed"] = Share(min(kept, self._planned), self._planned)
            audited = [(world, name) for world, names in self._offered.items() for name in names]
            found["audited tools called"] = Share(sum(one in counted.tools for one in audited), len(audited))
            found["possible pairs used"] = Share(*self._pairs_used())
        return found

    def _taxonomy(self) -> Section:
        """Return how much of each level of the hierarchy that was made has tasks; of nothing made, nothing."""
        fields, subfields, scenarios = self._made
        if not fields:
            return {}
        return {
            "made fields that have tasks": Share(len(fields & self.counted.fields.keys()), len(fields)),
            "made subfields that have tasks": Share(len(subfields & self._subfields), len(subfields)),
            "made scenarios that have tasks": Share(len(scenarios & self._environments.keys()), len(scenarios)),
        }

    def _pairs_used(self) -> tuple[int, int]:
        """Return how many ordered pairs of two tools are used, and how many there could be, of worlds with tasks."""
        worlds = self._environments.keys() & self._offered.keys()
        used = sum(world in worlds and first != second for world, first, second in self.counted.pairs)
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
