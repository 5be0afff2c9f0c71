"""What a stage is: a deterministic function of its item and the replies it gets.

A stage never touches queues, logs or clocks. It takes an item, asks models through its context, and returns the
items that come of it. It raises `Rejection` for an item that is unfit and lets `TransportError` pass.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol, TypeVar

from synthtools_stream.asking.ask_protocol import MAX_REPAIRS, Asks
from synthtools_stream.asking.asker import Answered, Asker
from synthtools_stream.asking.origin import Origin
from synthtools_stream.chat.language_model import ChatReply, Message
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.roles.role import In, Out, Role
from synthtools_stream.simulator.coded_tools import CodedTools
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["Context", "Item", "Stage"]

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


@dataclass(frozen=True, kw_only=True)
class Context(Origin, Asks):
    """Everything a stage may use while it works on one item: it asks through `asker`, on the item's behalf."""

    asker: Asker
    sandbox: Sandbox | None = None
    """Where programs of tools run; None where none can be run, and every tool is simulated."""

    def coded(self, programs: Mapping[str, str]) -> CodedTools | None:
        """Return what plays the tools that have a program, by tool name; None where nothing does."""
        return CodedTools(programs, self.sandbox) if programs and self.sandbox is not None else None

    async def ask(
        self,
        role: Role[In, Out],
        value: In,
        *,
        key: str = "",
        item: str | None = None,
        conversation: Sequence[Message] = (),
        check: Callable[[Out], None] | None = None,
        repairs: int = MAX_REPAIRS,
    ) -> Out:
        """Ask a role; see `Asks`."""
        origin = self if item is None else self._of(item)
        return await self.asker.ask(
            role, value, origin, key=key, conversation=conversation, check=check, repairs=repairs
        )

    async def answer(
        self,
        role: Role[In, Out],
        value: In,
        *,
        key: str,
        conversation: Sequence[Message],
        check: Callable[[Out], None],
    ) -> Answered[Out]:
        """Ask a role; its output comes with what the model thought beside it."""
        return await self.asker.answer(role, value, self, key=key, conversation=conversation, check=check)

    async def converse(
        self, role: Role[In, Out], value: In, *, key: str, conversation: Sequence[Message], tools: Sequence[JsonObject]
    ) -> ChatReply:
        """Ask for one native chat turn with OpenAI `tools`; the reply comes back as it is."""
        return await self.asker.converse(role, value, self, key=key, conversation=conversation, tools=tools)

    def system(self, role: Role[In, Out]) -> str:
        """Return the system message that a role is given."""
        return self.asker.prompts.system(role)

    def _of(self, item: str) -> Origin:
        """Return who asks where the answers belong to another item."""
        return Origin(stage=self.stage, item=item, session=self.session, usage=self.usage)


class Stage(Protocol[ItemT_contra, OutT_co]):
    """One transformation."""

    @property
    def name(self) -> str:
        """Name of the stage, as `status` shows it."""
        ...

    async def process(self, item: ItemT_contra, context: Context) -> Sequence[OutT_co]:
        """Turn one item into what comes of it.

        :raises Rejection: when the item is unfit.
        :raises TransportError: when a model could not be reached; the next run tries the item again.
        """
        ...
