"""Where arguments come from, by the provenance that was proven; and how many of them nobody spoke as they are."""

from __future__ import annotations

from collections import Counter

from synthtools_stream.records import ProvenanceKind, Task
from synthtools_stream.report.figure_kinds import Count, Section, Share

__all__ = ["ArgumentSources", "is_implicit"]


class ArgumentSources:
    """Arguments of proven tasks."""

    title = "arguments"

    def __init__(self) -> None:
        self._kinds: Counter[ProvenanceKind] = Counter()
        self._implicit = self._fed_steps = self._later_steps = 0

    def add(self, task: Task) -> None:
        """Take note of a task's arguments."""
        for index, step in enumerate(task.steps):
            kinds = [proof.kind for proof in step.provenance.values()]
            self._kinds.update(kinds)
            self._implicit += sum(is_implicit(proof.kind, proof.normaliser) for proof in step.provenance.values())
            self._later_steps += index > 0
            self._fed_steps += index > 0 and any(
                kind in (ProvenanceKind.response, ProvenanceKind.derived) for kind in kinds
            )

    def figures(self) -> Section:
        """Return the shares of each kind; of nothing, nothing."""
        count = self._kinds.total()
        if not count:
            return {}
        return {
            "arguments": Count(count),
            "not spoken literally": Share(self._implicit, count),
            "later calls fed by earlier answers": Share(self._fed_steps, self._later_steps),
            **{f"from {kind}": Share(self._kinds[kind], count) for kind in ProvenanceKind if self._kinds[kind]},
        }


def is_implicit(kind: ProvenanceKind, normaliser: str | None) -> bool:
    """Say whether an argument is derived: computed, or said otherwise than it is (a relative date, another unit)."""
    return kind is ProvenanceKind.derived or (kind is ProvenanceKind.user and normaliser is not None)
