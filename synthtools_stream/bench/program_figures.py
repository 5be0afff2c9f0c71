"""What `bench audit` finds of the audit of programs, as JSON and for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from synthtools_stream.bench.agreement import Confusion, Share, wilson_interval
from synthtools_stream.bench.audit_figures import AIM_FALSE, AIM_RECALL
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["AIM_CALLS", "ProgramFigures"]

AIM_CALLS = 8.0
"""Requests an audited coded tool: half of what a simulated one takes."""


@dataclass
class ProgramFigures:
    """What the audit said of sound and of wrong programs."""

    overall: Confusion = field(default_factory=Confusion)
    by_family: dict[str, Confusion] = field(default_factory=dict[str, Confusion])
    """Of planted programs, by the family of the mistake: found or missed."""
    tools: int = 0
    unwritten: int = 0
    """Tools for which the programmer wrote nothing."""
    unfit: int = 0
    """Tools that were to have a mistake, and none showed on any call."""
    asked: Counter[str] = field(default_factory=Counter[str])
    """Requests about sound tools that passed, by role."""
    worlds: int = 0
    """Requests for worlds: one an environment."""
    mutants: int = 0
    """Mutants of the programs that passed, and are sound."""
    killed: int = 0
    """Those that the probes tell from the program."""
    missed: list[JsonObject] = field(default_factory=list[JsonObject])
    accused: list[JsonObject] = field(default_factory=list[JsonObject])

    @property
    def calls(self) -> float | None:
        """Requests a sound tool that passed, its share of the world included."""
        sound = self.overall.quiet
        return sum(self.asked.values()) / sound + self.worlds / self.tools if sound else None

    @property
    def mutation_score(self) -> Share:
        """The share of mutants that the probes kill."""
        return wilson_interval(self.killed, self.mutants)

    @property
    def meets_aim(self) -> bool:
        """Whether recall, false accusations and calls are as aimed at, in the sample."""
        recall, false, calls = self.overall.recall.value, self.overall.false_positive_rate.value, self.calls
        return (
            (recall is None or recall >= AIM_RECALL)
            and (false is None or false <= AIM_FALSE)
            and (calls is None or calls <= AIM_CALLS)
        )

    def to_json(self) -> JsonObject:
        """Return the figures as JSON."""
        sound = max(1, self.overall.quiet)
        return {
            "tools": self.tools,
            "unwritten": self.unwritten,
            "unfit": self.unfit,
            "overall": self.overall.to_json(),
            "by_family": {family: found.recall.to_json() for family, found in sorted(self.by_family.items())},
            "calls_per_tool": None if self.calls is None else round(self.calls, 3),
            "calls_by_role": dict[str, Json]({role: round(n / sound, 3) for role, n in self.asked.most_common()}),
            "mutation_score": self.mutation_score.to_json(),
            "aim": {"recall": AIM_RECALL, "false_positive_rate": AIM_FALSE, "calls_per_tool": AIM_CALLS},
            "meets_aim": self.meets_aim,
            "missed": [*self.missed],
            "accused": [*self.accused],
        }

    def lines(self) -> list[str]:
        """Return the figures for people."""
        found, sound = self.overall, max(1, self.overall.quiet)
        roles = ", ".join(f"{role} {count / sound:.2f}" for role, count in self.asked.most_common())
        calls = "–" if self.calls is None else f"{self.calls:.2f}"
        return [
            f"audit of {self.tools} programs ({self.unwritten} not written, {self.unfit} that no mistake fits)",
            f"  wrong programs found: {found.recall}, sound ones accused: {found.false_positive_rate}",
            *(f"    {family:<18}{one.recall}" for family, one in sorted(self.by_family.items())),
            f"  mutants that the probes kill: {self.mutation_score}",
            f"  LLM calls a sound tool: {calls}, aim {AIM_CALLS:.0f} ({roles})",
        ]
