"""How involved tasks are, as code can tell: what is passed on from step to step, how far, how much of a world moves.

No one number stands for it: what makes a task hard for an agent shows in `attempts`.
"""

from __future__ import annotations

from collections import Counter

from synthtools_stream.records import Step, Task
from synthtools_stream.report.figure_kinds import Mean, Section, Share
from synthtools_stream.toolgraph.task_links import step_links

__all__ = ["TaskComplexity"]


class TaskComplexity:
    """Tasks, as they come; those without steps, as other people's are, tell nothing."""

    title = "complexity"

    def __init__(self) -> None:
        self._chains: Counter[int] = Counter()
        self._arguments = self._links = self._changed = self._depth = Mean()

    def add(self, task: Task) -> None:
        """Take note of a task."""
        if not task.steps:
            return
        links = step_links(task.steps)
        depth = _longest_chain(len(task.steps), links)
        self._chains[depth] += 1
        self._depth += Mean.of([depth])
        self._links += Mean.of([len(links)])
        self._arguments += Mean.of([len(step.provenance) for step in task.steps])
        self._changed += Mean.of([_changed_entities(task.steps)])

    def figures(self) -> Section:
        """Return what they add up to; of nothing, nothing."""
        count = self._chains.total()
        if not count:
            return {}
        return {
            "arguments a call": self._arguments,
            "answers used by later calls a task": self._links,
            "entities changed a task": self._changed,
            "steps of the longest chain": self._depth,
            **{f"longest chain of {depth}": Share(n, count) for depth, n in sorted(self._chains.items())},
        }


def _longest_chain(steps: int, links: set[tuple[int, int]]) -> int:
    """Return how many steps the longest way has on which each takes something from the one before."""
    lengths = [1] * steps
    for here, there in sorted(links, key=lambda link: link[1]):
        lengths[there] = max(lengths[there], lengths[here] + 1)
    return max(lengths)


def _changed_entities(steps: list[Step]) -> int:
    return len({(change.collection, change.id) for step in steps for change in step.changes})
