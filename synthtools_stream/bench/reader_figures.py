"""What `bench audit` finds of the reader of requests, as JSON and for people."""

from __future__ import annotations

from dataclasses import dataclass, field

from synthtools_stream.bench.agreement import Confusion
from synthtools_stream.bench.audit_figures import AIM_FALSE, AIM_RECALL
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["ReaderFigures"]


@dataclass
class ReaderFigures:
    """What the reader said of good requests, and of such with one planted mistake."""

    overall: Confusion = field(default_factory=Confusion)
    """An alarm is any word but `right`."""
    by_kind: dict[str, Confusion] = field(default_factory=dict[str, Confusion])
    """Of planted mistakes, by kind: found or missed."""
    unsure: int = 0
    """Alarms of a reader that contradicted himself, or gave no word at all."""
    missed: list[JsonObject] = field(default_factory=list[JsonObject])
    accused: list[JsonObject] = field(default_factory=list[JsonObject])

    def add(self, kind: str, story: JsonObject, *, alarm: bool, unsure: bool) -> None:
        """Count one request; `kind` is what was planted in it, empty where nothing was."""
        self.overall.add(wrong=bool(kind), alarm=alarm)
        self.unsure += unsure
        if kind:
            self.by_kind.setdefault(kind, Confusion()).add(wrong=True, alarm=alarm)
        if alarm is not bool(kind):
            (self.accused if alarm else self.missed).append(story)

    @property
    def meets_aim(self) -> bool:
        """Whether recall and false alarms are as aimed at, in the sample."""
        recall, false = self.overall.recall.value, self.overall.false_positive_rate.value
        return (recall is None or recall >= AIM_RECALL) and (false is None or false <= AIM_FALSE)

    def to_json(self) -> JsonObject:
        """Return the figures as JSON."""
        return {
            "overall": self.overall.to_json(),
            "by_kind": {kind: found.recall.to_json() for kind, found in sorted(self.by_kind.items())},
            "unsure": self.unsure,
            "aim": {"recall": AIM_RECALL, "false_positive_rate": AIM_FALSE},
            "meets_aim": self.meets_aim,
            "missed": [*self.missed],
            "accused": [*self.accused],
        }

    def lines(self) -> list[str]:
        """Return the figures for people."""
        recall, false = self.overall.recall, self.overall.false_positive_rate
        return [
            f"reader on {false.trials} good requests and {recall.trials} with a mistake; unsure of {self.unsure}",
            f"  mistakes found: {recall}, good requests refused: {false} (aims {AIM_RECALL}, {AIM_FALSE})",
            *(f"    {kind:<18}{one.recall}" for kind, one in sorted(self.by_kind.items())),
        ]
