"""What `bench audit` finds of the audit and of the trajectory judge, as JSON and for people."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field

from synthtools_stream.bench.agreement import Confusion
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["AIM_FALSE", "AIM_FROM", "AIM_RECALL", "AuditFigures", "JudgeFigures"]

AIM_RECALL, AIM_FALSE, AIM_FROM = 0.95, 0.02, 0.4
"""Recall and rate of false alarms aimed at, for tools whose defect shows in at least that share of calls."""


@dataclass
class AuditFigures:
    """What the audit said of sound and defective tools."""

    by_level: dict[float, Confusion] = field(default_factory=dict[float, Confusion])
    """Defective tools of one rate against all sound ones."""
    overall: Confusion = field(default_factory=Confusion)
    undecided: int = 0
    """Tools for which no probe could be scored: neither passed nor found unreliable."""
    unmarred: int = 0
    """Tools marked as defective none of whose answers was spoiled: by chance, or as no way to spoil fits them."""
    tools: int = 0
    calls: int = 0
    probes: int = 0
    answers: int = 0
    """To all probes, their repeats included."""
    spoiled: Counter[str] = field(default_factory=Counter[str])
    missed: list[JsonObject] = field(default_factory=list[JsonObject])
    false_alarms: list[JsonObject] = field(default_factory=list[JsonObject])

    @property
    def allowed(self) -> float:
        """(2 + 3n) / 2, n being the answers of a tool that had to be decided."""
        return (2 + 3 * self.answers / self.tools) / 2 if self.tools else 0.0

    @property
    def meets_aim(self) -> bool:
        """Whether recall and false alarms are as aimed at, in the sample."""
        aimed = [confusion for level, confusion in self.by_level.items() if level >= AIM_FROM]
        recalls = [confusion.recall.value for confusion in aimed]
        false = self.overall.false_positive_rate.value
        return all(r is None or r >= AIM_RECALL for r in recalls) and (false is None or false <= AIM_FALSE)

    def to_json(self) -> JsonObject:
        """Return the figures as JSON."""
        return {
            "tools": self.tools,
            "undecided": self.undecided,
            "unmarred": self.unmarred,
            "overall": self.overall.to_json(),
            "by_rate": {str(level): confusion.to_json() for level, confusion in sorted(self.by_level.items())},
            "calls_per_tool": round(self.calls / self.tools, 3) if self.tools else None,
            "probes_per_tool": round(self.probes / self.tools, 3) if self.tools else None,
            "answers_per_tool": round(self.answers / self.tools, 3) if self.tools else None,
            "calls_allowed_per_tool": round(self.allowed, 3),
            "spoiled": dict[str, Json](self.spoiled.most_common()),
            "aim": {"recall": AIM_RECALL, "false_positive_rate": AIM_FALSE, "from_rate": AIM_FROM},
            "meets_aim": self.meets_aim,
            "missed": [*self.missed],
            "false_alarms": [*self.false_alarms],
        }

    def lines(self) -> list[str]:
        """Return the figures for people."""
        shown = [
            f"audit of {self.tools} tools ({self.undecided} undecided)",
            "rate  defective  precision             recall                kappa",
        ]
        for level, found in sorted(self.by_level.items()):
            kappa = "–" if found.kappa is None else f"{found.kappa:.3f}"
            shown.append(f"{level:<6}{found.recall.trials:<11}{found.precision!s:<22}{found.recall!s:<22}{kappa}")
        shown.append(f"false alarms on sound tools: {self.overall.false_positive_rate}")
        if self.tools:
            probes, answers = self.probes / self.tools, self.answers / self.tools
            cost = f"LLM calls a tool: {self.calls / self.tools:.2f}, allowed {self.allowed:.2f}"
            shown.append(f"{cost} ({probes:.2f} probes, {answers:.2f} answers)")
        return shown


@dataclass
class JudgeFigures:
    """What the trajectory judge said of attempts that code found solved or not."""

    confusion: Confusion = field(default_factory=Confusion)
    unread: int = 0
    spoiled: Counter[str] = field(default_factory=Counter[str])

    def to_json(self) -> JsonObject:
        """Return the figures as JSON; what is looked for is attempts that failed."""
        return {
            **self.confusion.to_json(),
            "unread": self.unread,
            "spoiled": dict[str, Json](self.spoiled.most_common()),
        }

    def lines(self) -> list[str]:
        """Return the figures for people."""
        found = self.confusion
        total = found.hits + found.missed + found.false_alarms + found.quiet
        kappa = "–" if found.kappa is None else f"{found.kappa:.3f}"
        return [
            f"trajectory judge on {total} attempts, {found.recall.trials} of them failed",
            f"precision {found.precision}, recall {found.recall}, kappa {kappa}",
            f"false alarms on solved attempts: {found.false_positive_rate}",
        ]
