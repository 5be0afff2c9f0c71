"""What requests have in common with the tasks of benchmarks, which they should not repeat.

*Copied* is a request that holds 13 words in a row of one, *near* one that says nearly the same.
"""

from __future__ import annotations

from collections.abc import Iterable

from synthtools_stream.export.corpora.contamination import Benchmark, Contamination
from synthtools_stream.records import Task
from synthtools_stream.report.figure_kinds import Count, Section, Share

__all__ = ["BenchmarkOverlap"]


class BenchmarkOverlap:
    """Requests, as they come, beside each benchmark."""

    title = "contamination"

    def __init__(self, benchmarks: Iterable[Benchmark]) -> None:
        self._counted = [Contamination(benchmark) for benchmark in benchmarks]

    def add(self, task: Task) -> None:
        """Take note of a request."""
        for one in self._counted:
            one.add(task.id, task.summary)

    def figures(self) -> Section:
        """Return what they add up to; of no benchmarks or no requests, nothing."""
        found: Section = {}
        for one in self._counted:
            if one.requests:
                name = one.benchmark.name
                found[f"{name}: texts"] = Count(one.benchmark.texts)
                found[f"{name}: copied requests"] = Share(one.copied, one.requests)
                found[f"{name}: near requests"] = Share(one.near, one.requests)
        return found
