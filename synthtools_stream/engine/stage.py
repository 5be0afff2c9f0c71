"""What a stage is: a deterministic function of its item and the replies it gets.

A stage never touches queues, logs or clocks. It takes an item, asks models through its context, and returns the
items that come of it. It raises `Rejection` for an item that is unfit and lets `TransportError` pass.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Protocol, TypeVar

from synthtools_stream.asking.asker import Asker, UsageMeter
from synthtools_stream.chat.language_model import ChatReply, Message
from synthtools_stream.records.record import Record
from synthtools_stream.roles.role import Role
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Context", "Item", "Stage"]

In = TypeVar("In", bound=Record)
Out = TypeVar("Out", bound=Record)
ItemT_contra = TypeVar("ItemT_contra", contravariant=True)
OutT_co = TypeVar("OutT_co", bound="Item", covariant=True)


class Item(Protocol):
    """Anything that travels through the pipeline."""

    @property
    def id(self) -> str:
        """Lineage id, unique within its kind."""
        ...

    def to_json(self) -> JsonObject:
        """Return the item as a JSON object, for the journal."""
        ...


@dataclass
class Context:
    """Everything a stage may use while it works on one item."""

    stage: str
    """Name of the stage, for drain-first order and accounting."""
    item: str
    """Id of the item; seeds and reply keys come from it."""
    session: str
    """Environment id: requests of one environment stay adjacent."""
    asker: Asker
    usage: UsageMeter = field(default_factory=UsageMeter)

    async def ask(
        self,
        role: Role[In, Out],
        value: In,
        *,
        key: str = "",
        item: str | None = None,
        conversation: Sequence[Message] = (),
        check: Callable[[Out], None] | None = None,
    ) -> Out:
        """Ask `role` and return its validated output.

        `key` tells asks of one role within one item apart: it must not depend on arrival order. `item` overrides the
        owner (the simulator's answers belong to the task, not to the rollout that asked first). `check` raises
        `Rejection` to refuse an output with a reason that the model is told.

        Raises UnusableReply after two repairs, TransportError when the backend could not be reached.
        """
        return await self.asker.ask(
            role,
            value,
            stage=self.stage,
            item=item or self.item,
            session=self.session,
            key=key,
            conversation=conversation,
            check=check,
            usage=self.usage,
        )

    async def converse(
        self, role: Role[In, Out], value: In, *, key: str, conversation: Sequence[Message], tools: Sequence[JsonObject]
    ) -> ChatReply:
        """Ask for one native chat turn with OpenAI `tools`; the reply comes back as it is."""
        return await self.asker.converse(
            role,
            value,
            stage=self.stage,
            item=self.item,
            session=self.session,
            key=key,
            conversation=conversation,
            tools=tools,
            usage=self.usage,
        )


class Stage(Protocol[ItemT_contra, OutT_co]):
    """One transformation."""

    @property
    def name(self) -> str:
        """Name of the stage, as `status` shows it."""
        ...

    async def process(self, item: ItemT_contra, context: Context) -> Sequence[OutT_co]:
        """Turn one item into what comes of it; raises Rejection or TransportError."""
        ...
