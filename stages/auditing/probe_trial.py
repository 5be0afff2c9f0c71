"""A probe and its runs so far: what was answered, and how each answer was judged."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from itertools import pairwise

from synthtools_stream.roles.audit_roles import Judgment, ProbeSpec
from synthtools_stream.simulator.tool_runtime import Served
from synthtools_stream.toolcalls import Call, format_call
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Run", "RunFault", "Trial"]


class RunFault(StrEnum):
    """Why a run has no answer that could be judged."""

    refused = "refused"
    """The runtime's checks refused the answer: it counts as wrong."""
    unreadable = "unreadable"
    """No reply could be read, however often it was asked for: that is the server's or the model's doing."""


@dataclass(frozen=True)
class Run:
    """One answer to a probe, and what was made of it."""

    served: Served
    fault: RunFault | None = None
    """Why there is no answer to be judged; None where there is one."""
    judgment: Judgment | None = None
    """None where nothing readable was answered, and where the judge gave no usable word: the run is not scored."""

    def to_json(self) -> JsonObject:
        """Return the run as it stands in a probe's JSON."""
        shown: JsonObject = {
            "status_code": self.served.status_code,
            "judgment": self.judgment.value if self.judgment else None,
        }
        return {**shown, "fault": self.fault.value} if self.fault else shown


@dataclass
class Trial:
    """One probe and its runs so far."""

    index: int
    probe: ProbeSpec
    call: Call
    runs: list[Run] = field(default_factory=list[Run])

    @property
    def scored(self) -> list[bool]:
        """Whether each judged run was right."""
        return [run.judgment is Judgment.correct for run in self.runs if run.judgment is not None]

    @property
    def share(self) -> float:
        """The share of its judged runs that was right."""
        return sum(self.scored) / len(self.scored)

    @property
    def clean(self) -> bool:
        """Whether every judged run was right."""
        return self.share == 1.0

    @property
    def stable(self) -> bool:
        """Whether all runs said and did the same."""
        return all(_same_answer(a.served, b.served) for a, b in pairwise(self.runs))

    def found_right(self, served: Served) -> bool:
        """Whether this very answer was judged before, and found right."""
        right = [run.served for run in self.runs if run.judgment is Judgment.correct]
        return any(_same_answer(known, served) for known in right)

    def to_json(self) -> JsonObject:
        """Return the probe as it stands in a tool's row, or as evidence against it."""
        return {
            "mode": self.probe.mode,
            "purpose": self.probe.purpose,
            "call": format_call(self.call),
            "answers": [run.to_json() for run in self.runs],
        }


def _same_answer(a: Served, b: Served) -> bool:
    return (a.status_code, a.response, a.changes) == (b.status_code, b.response, b.changes)
