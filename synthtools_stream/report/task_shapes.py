"""What tasks look like: how long they are, what they call, how much world they stand in."""

from __future__ import annotations

from collections import Counter

from synthtools_stream.records import Task
from synthtools_stream.report.figure_kinds import Count, Mean, Score, Section, Share
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import called_tool

__all__ = ["TaskShapes"]


class TaskShapes:
    """Tasks, as they come."""

    title = "tasks"

    def __init__(self) -> None:
        self._lengths: Counter[int] = Counter()
        self._used: Counter[int] = Counter()
        self._variants: Counter[str] = Counter()
        self.proven = self._writes = self._coded = self._calls = self._at_once = 0
        self._offered = self._entities = self._words = self._answers = Mean()

    def add(self, task: Task) -> None:
        """Take note of a task."""
        called = [called_tool(call) for call in task.gt_tool_calls]
        effects = {tool.tool_name: tool.effects for tool in task.tools}
        self._lengths[len(called)] += 1
        self._variants[task.meta.variant] += 1
        self.proven += task.certificate is not None
        self._calls += len(called)
        self._writes += sum(bool(effect and effect.writes) for name in called for effect in [effects.get(name)])
        self._coded += sum(name in task.meta.programs for name in called)
        self._at_once += bool(task.meta.parallel)
        self._used[len(set(called))] += 1
        self._offered += Mean.of([len(task.tools)])
        self._entities += Mean.of([_entities(task)])
        self._words += Mean.of([len(task.summary.split())])
        self._answers += Mean.of([len(task.answer)])

    def figures(self) -> Section:
        """Return what they add up to."""
        count = self._lengths.total()
        found: Section = {
            "tasks": Count(count),
            "proven": Share(self.proven, count),
            "calls a task": _mean(self._lengths),
            "tools used a task": _mean(self._used),
            "tools offered a task": self._offered,
            "entities in the world": self._entities,
            "words of the request": self._words,
            "answers asked for": self._answers,
            "calls that write": Share(self._writes, self._calls),
            "calls that read to one that writes": Score((self._calls - self._writes) / max(1, self._writes)),
            "calls of coded tools": Share(self._coded, self._calls),
            "with calls that may be made at once": Share(self._at_once, count),
        }
        found |= {f"of {length} calls": Share(tasks, count) for length, tasks in sorted(self._lengths.items())}
        found |= {f"of {tools} tools": Share(tasks, count) for tools, tasks in sorted(self._used.items())}
        if len(self._variants) > 1:
            found |= {f"variant {name}": Share(tasks, count) for name, tasks in sorted(self._variants.items())}
        return found


def _mean(counts: Counter[int]) -> Mean:
    return Mean(
        counts.total(),
        sum(value * count for value, count in counts.items()),
        sum(value * value * count for value, count in counts.items()),
    )


def _entities(task: Task) -> int:
    return sum(
        len(held) for name, held in (task.initial_state or {}).items() if name != CLOCK and isinstance(held, dict)
    )
