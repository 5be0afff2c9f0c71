"""Items that are known to be unfit before their first stage: rejected there, in their turn, and so counted."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Generic, TypeVar

from synthtools_stream.engine.stage import Context, Item, Stage
from synthtools_stream.errors import Rejection
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["FitOnly", "Unfit"]

In = TypeVar("In", bound=Item)
Out = TypeVar("Out", bound=Item)


@dataclass(frozen=True)
class Unfit:
    """What stands in the place of an item that could not be made."""

    id: str
    reason: str
    """A short stable word."""
    detail: str
    line: int
    """Where in its file it stands."""

    def to_json(self) -> JsonObject:
        """Return it as a JSON object."""
        return {"id": self.id, "reason": self.reason, "detail": self.detail, "line": self.line}


class FitOnly(Generic[In, Out]):
    """A stage that rejects what is unfit, and does all else as the stage within."""

    def __init__(self, stage: Stage[In, Out]) -> None:
        """`stage` gets the items that are fit."""
        self.name = stage.name
        self._stage = stage

    async def process(self, item: In | Unfit, context: Context) -> Sequence[Out]:
        """Process a fit item.

        :raises Rejection: when the item is unfit.
        :raises TransportError: as the stage within does.
        """
        if isinstance(item, Unfit):
            raise Rejection(item.reason, f"line {item.line}: {item.detail}", evidence={"line": item.line})
        return await self._stage.process(item, context)
