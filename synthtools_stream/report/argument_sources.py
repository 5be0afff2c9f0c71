"""Where arguments come from, by the provenance that was proven; and how many of them nobody spoke as they are."""

from __future__ import annotations

from collections import Counter

from synthtools_stream.proof.answer_slots import entity_ids
from synthtools_stream.proof.grounded.implicit_values import implicit_kind
from synthtools_stream.records import ProvenanceKind, Task
from synthtools_stream.records.implicit_kind import ImplicitKind
from synthtools_stream.report.figure_kinds import Count, Section, Share

__all__ = ["ArgumentSources"]


class ArgumentSources:
    """Arguments of proven tasks."""

    title = "arguments"

    def __init__(self) -> None:
        self._kinds: Counter[ProvenanceKind] = Counter()
        self._implicit: Counter[ImplicitKind] = Counter()
        self._otherwise = self._fed_steps = self._later_steps = 0

    def add(self, task: Task) -> None:
        """Take note of a task's arguments."""
        responses = [step.response for step in task.steps]
        ids = entity_ids(task.initial_state) | {change.id for step in task.steps for change in step.changes}
        for index, step in enumerate(task.steps):
            kinds = [proof.kind for proof in step.provenance.values()]
            self._kinds.update(kinds)
            for proof in step.provenance.values():
                implicit = implicit_kind(proof, responses, ids.__contains__)
                self._implicit.update([implicit] if implicit is not None else [])
                self._otherwise += implicit is None and proof.normaliser is not None
            self._later_steps += index > 0
            self._fed_steps += index > 0 and any(
                kind in (ProvenanceKind.response, ProvenanceKind.derived) for kind in kinds
            )

    @property
    def implicit(self) -> Share:
        """How many follow from what was said and told, and were not said themselves."""
        return Share(self._implicit.total(), self._kinds.total())

    def figures(self) -> Section:
        """Return the shares of each kind; of nothing, nothing."""
        count = self._kinds.total()
        if not count:
            return {}
        return {
            "arguments": Count(count),
            "not spoken literally": Share(self._implicit.total() + self._otherwise, count),
            "spoken in another form": Share(self._otherwise, count),
            "implicit": self.implicit,
            **{f"implicit: {kind.replace('_', ' ')}": Share(self._implicit[kind], count) for kind in ImplicitKind},
            "later calls fed by earlier answers": Share(self._fed_steps, self._later_steps),
            **{f"from {kind}": Share(self._kinds[kind], count) for kind in ProvenanceKind if self._kinds[kind]},
        }
