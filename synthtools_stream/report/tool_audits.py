"""What the audit found of tools: how they are played, how reliable they are, how strongly their programs were tried."""

from __future__ import annotations

from collections import Counter, defaultdict

from synthtools_stream.records import AuditedTool
from synthtools_stream.report.figure_kinds import Count, Mean, Section, Share
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["ToolAudits"]


class ToolAudits:
    """Audited tools, as they come."""

    title = "tools"

    def __init__(self) -> None:
        self._count = self._coded = self._mutants = self._killed = 0
        self._reliability = self._stability = self._parameters = self._written = self._probes = self._drawn = Mean()
        self._modes: defaultdict[str, Mean] = defaultdict(Mean)
        self._readings: Counter[str] = Counter()

    def add(self, tool: AuditedTool) -> None:
        """Take note of a tool."""
        self._count += 1
        self._coded += bool(tool.program)
        self._reliability += Mean.of([tool.reliability])
        self._stability += Mean.of([tool.stability])
        self._parameters += Mean.of([len(tool.tool.parameters)])
        self._probes += Mean.of([len(tool.probes)])
        for mode, reliability in tool.reliability_per_mode.items():
            self._modes[mode] += Mean.of([reliability])
        if tool.adequacy is not None:
            self._add_audit(tool.adequacy)

    def _add_audit(self, found: JsonObject) -> None:
        self._mutants += _whole(found.get("mutants"))
        self._killed += _whole(found.get("killed_by_probes"))
        self._written += Mean.of([_whole(found.get("written"))])
        self._drawn += Mean.of([_whole(found.get("contract_calls"))])
        readings = found.get("second_readings")
        for reading in readings if isinstance(readings, list) else ():
            if isinstance(reading, dict):
                self._readings[str(reading.get("result"))] += 1

    def figures(self) -> Section:
        """Return what they add up to; of nothing, nothing."""
        if not self._count:
            return {}
        found: Section = {
            "tools": Count(self._count),
            "coded": Share(self._coded, self._count),
            "reliability": self._reliability,
            **{f"reliability, {mode}": mean for mode, mean in sorted(self._modes.items())},
            "stability": self._stability,
            "probes a tool": self._probes,
            "parameters a tool": self._parameters,
        }
        if self._mutants:
            found["mutants killed by probes"] = Share(self._killed, self._mutants)
            found["calls drawn a program"] = self._drawn
            found["programs written a tool"] = self._written
        total = self._readings.total()
        return found | {f"second reading {name}": Share(n, total) for name, n in sorted(self._readings.items())}


def _whole(value: Json) -> int:
    return value if isinstance(value, int) else 0
