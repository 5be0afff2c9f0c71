"""What tasks there are of each kind, and how far that is from a distribution that was asked for."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from itertools import pairwise

from synthtools_stream.records import Task
from synthtools_stream.toolcalls import called_tool
from synthtools_stream.toolgraph.difficulty import DIFFICULTIES, difficulty_of
from synthtools_stream.toolgraph.task_links import PATTERNS, fed_arguments, pattern_of, step_links
from synthtools_stream.values.jsontypes import JsonObject
from synthtools_stream.values.lineages import environment_of

__all__ = ["Coverage", "differences"]

DIGITS = 4
"""Of a share."""


@dataclass
class Coverage:
    """Counts over tasks. Tools and pairs are those of one environment each: names come again in others.

    Environments are told apart by their lineage: those of two seeds of one run are alike.
    """

    tasks: int = 0
    fields: Counter[str] = field(default_factory=Counter[str])
    lengths: Counter[str] = field(default_factory=Counter[str])
    """By calls, as text, like the keys of a target."""
    patterns: Counter[str] = field(default_factory=Counter[str])
    difficulties: Counter[str] = field(default_factory=Counter[str])
    variants: Counter[str] = field(default_factory=Counter[str])
    tools: Counter[tuple[str, str]] = field(default_factory=Counter[tuple[str, str]])
    """By environment and tool: calls."""
    pairs: Counter[tuple[str, str, str]] = field(default_factory=Counter[tuple[str, str, str]])
    """By environment: one tool called right after the other."""
    arguments: int = 0
    fed: int = 0
    """Arguments that were taken from an earlier answer."""

    @classmethod
    def of(cls, tasks: Iterable[Task]) -> Coverage:
        """Count tasks; those of other people have no steps, so no links."""
        counted = cls()
        for task in tasks:
            counted.add(task)
        return counted

    def add(self, task: Task) -> None:
        """Count one task."""
        names = [called_tool(call) for call in task.gt_tool_calls]
        home = environment_of(task.id)
        self.tasks += 1
        self.fields[task.field] += 1
        self.lengths[str(len(names))] += 1
        pattern = pattern_of(step_links(task.steps))
        self.patterns[pattern] += 1
        self.difficulties[difficulty_of(len(names), pattern)] += 1
        self.variants[task.meta.variant] += 1
        self.tools.update((home, name) for name in names)
        self.pairs.update((home, *pair) for pair in pairwise(names))
        self.arguments += sum(len(step.provenance) for step in task.steps)
        self.fed += fed_arguments(task.steps)

    def to_json(self) -> JsonObject:
        """Return the counts; of tools and pairs, how many different ones there are."""
        return {
            "tasks": self.tasks,
            "fields": {**self.fields},
            "lengths": dict(sorted(self.lengths.items(), key=lambda item: int(item[0]))),
            "patterns": {pattern: self.patterns[pattern] for pattern in PATTERNS},
            "difficulty": {level: self.difficulties[level] for level in DIFFICULTIES},
            "variants": dict(sorted(self.variants.items())),
            "tools": len(self.tools),
            "pairs": len(self.pairs),
            "arguments": self.arguments,
            "fed_arguments": self.fed,
        }


def differences(counts: Mapping[str, int], target: Mapping[str, float]) -> dict[str, float]:
    """Return for each value its share of `counts` less the share that `target` asks for, from -1 to 1.

    Weights of a target may have any sum; what it does not name is not wanted. There is no difference to no target.
    """
    wanted = sum(target.values())
    if not wanted:
        return {}
    total = sum(counts.values()) or 1
    names = [*target, *(name for name in counts if name not in target)]
    return {name: round(counts.get(name, 0) / total - target.get(name, 0.0) / wanted, DIGITS) for name in names}
