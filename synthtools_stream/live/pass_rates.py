"""How attempts fared: shares of solved ones, pass@k and pass^k, each over what may be pooled, whole and by group.

Proven tasks, those that somebody brought and `certify` proved, and unproven ones are counted apart, and an attempt that
something other than the agent spoiled is in no rate.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Literal, Self

from synthtools_stream.live.task_tries import TaskTries
from synthtools_stream.records import Fault, StopReason, Trajectory, VerdictKind
from synthtools_stream.records.task import BROUGHT
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["GROUPS", "Group", "PassRates"]

Group = Literal["field", "length", "variant"]
GROUPS: tuple[Group, ...] = ("field", "length", "variant")
"""What proven tasks are told apart by; a task whose row does not say it is in no such group."""


@dataclass
class PassRates(TaskTries):
    """What a set of attempts adds up to; as tries, those at proven tasks of ours."""

    brought: TaskTries = field(default_factory=TaskTries)
    """Tries at proven tasks that somebody brought."""
    unproven: int = 0
    judged_solved: int = 0
    """Of the unproven ones: how many the judge takes for solved."""
    disagreements: int = 0
    judged: int = 0
    faults: Counter[Fault] = field(default_factory=Counter[Fault])
    """Attempts that something other than the agent spoiled, by what: they are in no rate."""
    detours: int = 0
    """Attempts that changed something nobody asked for and undid it."""
    stops: Counter[StopReason] = field(default_factory=Counter[StopReason])
    _groups: dict[str, tuple[str, ...]] = field(default_factory=dict[str, tuple[str, ...]])
    """What each proven task is told apart by, in the order of `GROUPS`; empty where its rows do not say it."""

    @classmethod
    def of(cls, rows: Iterable[Trajectory]) -> Self:
        """Add up attempts."""
        rates = cls()
        for row in rows:
            rates.add(row)
        return rates

    def add(self, row: Trajectory) -> None:
        """Count one attempt."""
        self.stops[row.stop_reason] += 1
        if row.fault.spoils:
            self.faults[row.fault] += 1
            return
        self.detours += bool(row.alignment.detours)
        if row.verdict.kind is VerdictKind.unproven:
            self.unproven += 1
            self.judged_solved += bool(row.judge and row.judge.solved)
            return
        solved = row.verdict.kind is VerdictKind.solved
        if row.meta.get("origin") == BROUGHT:
            self.brought.proven.setdefault(row.task_id, []).append(solved)
            return
        self.proven.setdefault(row.task_id, []).append(solved)
        self._groups[row.task_id] = (row.field, *(str(row.meta.get(name, "")) for name in GROUPS[1:]))
        self.judged += row.judge is not None
        self.disagreements += bool(row.disagreement)

    def by(self, group: Group) -> dict[str, TaskTries]:
        """Return the tries at proven tasks group by group, shorter tasks first, else by name."""
        place = GROUPS.index(group)
        found: dict[str, TaskTries] = {}
        for task, tries in self.proven.items():
            if name := self._groups[task][place]:
                found.setdefault(name, TaskTries()).proven[task] = tries
        return dict(sorted(found.items(), key=lambda item: (len(item[0]) if group == "length" else 0, item[0])))

    def to_json(self) -> JsonObject:
        """Return all figures: rates of proven tasks, whole and by group, and the counts of what is in none."""
        by: JsonObject = {group: {name: tries.figures() for name, tries in self.by(group).items()} for group in GROUPS}
        difficulty: JsonObject = {**self.difficulty, **self.brought.difficulty}
        faults: dict[str, Json] = {fault.value: count for fault, count in sorted(self.faults.items())}
        stops: dict[str, Json] = {stop.value: count for stop, count in sorted(self.stops.items())}
        return {
            "proven": self.figures(),
            "by": by,
            "brought": self.brought.figures(),
            "difficulty": difficulty,
            "unproven": {"attempts": self.unproven, "judged_solved": self.judged_solved},
            "judged": {"attempts": self.judged, "disagreements": self.disagreements},
            "faults": faults,
            "stop_reasons": stops,
            "detours": self.detours,
        }
