"""How an item left a stage: the record that the journal keeps of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum

import orjson

from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Outcome", "OutcomeKind"]


class OutcomeKind(StrEnum):
    """How an item left a stage."""

    DONE = "done"
    REJECTED = "rejected"
    FAILED = "failed"

    @property
    def finished(self) -> bool:
        """Whether the item is settled for ever; a failed one is tried again by the next run."""
        return self is not OutcomeKind.FAILED


@dataclass(frozen=True, slots=True)
class Outcome:
    """How one item left one stage, with what came of it."""

    stage: str
    item: str
    kind: OutcomeKind
    reason: str = ""
    """A short stable word: why the item was rejected or failed."""
    detail: str = ""
    outputs: list[JsonObject] = field(default_factory=list[JsonObject])
    extra: JsonObject = field(default_factory=JsonObject)
    """What the stage wants kept beside its outputs."""
    usage: JsonObject = field(default_factory=JsonObject)
    timing: JsonObject = field(default_factory=JsonObject)
    """Everything that depends on the clock, the machine or the load."""

    def encode(self) -> bytes:
        """Return the payload of the journal's record.

        :raises TypeError: for what JSON cannot hold.
        """
        return orjson.dumps(
            {
                "stage": self.stage,
                "item": self.item,
                "outcome": self.kind,
                "reason": self.reason,
                "detail": self.detail,
                "outputs": self.outputs,
                "extra": self.extra,
                "usage": self.usage,
                "timing": self.timing,
            }
        )

    @classmethod
    def decode(cls, payload: bytes) -> Outcome:
        """Return the outcome of a record's payload.

        :raises ValueError: where it is none.
        """
        fields = orjson.loads(payload)
        try:
            outcome = cls(kind=OutcomeKind(fields.pop("outcome")), **fields)
        except (AttributeError, KeyError, TypeError) as error:
            raise ValueError("other keys than an outcome's") from error
        outcome._check()
        return outcome

    def _check(self) -> None:
        words = (self.stage, self.item, self.reason, self.detail)
        tables = (self.extra, self.usage, self.timing)
        if not (
            all(type(word) is str for word in words)
            and type(self.outputs) is list
            and all(type(table) is dict for table in (*tables, *self.outputs))
        ):
            raise ValueError("values of other types than an outcome's")
