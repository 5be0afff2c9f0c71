"""What a tool answers, one form from the model's output to the tape and the log."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from synthtools_stream.records.change import Change
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Answer"]


@dataclass(frozen=True, slots=True)
class Answer:
    """What a tool answered; new ids are placeholders until the runtime mints them."""

    status_code: int
    response: JsonObject
    error_message: str | None = None
    changes: Sequence[Change] = ()
    imagined: tuple[str, ...] = ()
    """Facts supplied where a free-form state is silent."""

    @classmethod
    def of(cls, output: SimulatorOutput) -> Answer:
        """Return what a model wrote as an answer."""
        changes = tuple(
            Change(op=change.op, collection=change.collection, id=change.id, attributes=change.attributes)
            for change in output.changes
        )
        return cls(output.status_code, output.response, output.error_message, changes, tuple(output.imagined))

    @property
    def ok(self) -> bool:
        """Say whether it is a success: 2xx."""
        return 200 <= self.status_code < 300
