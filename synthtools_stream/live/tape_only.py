"""Playing without a model: what is not on the tape has no answer."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from synthtools_stream.asking.ask_protocol import MAX_REPAIRS, Asks
from synthtools_stream.chat.language_model import Message
from synthtools_stream.errors import UnusableReply
from synthtools_stream.roles.role import In, Out, Role

__all__ = ["TapeMiss", "TapeOnly"]


class TapeMiss(UnusableReply):
    """A call that nobody made before, of a tool that only a model could play, where there is none."""


class TapeOnly(Asks):
    """Somebody who has nobody to ask."""

    async def ask(
        self,
        role: Role[In, Out],
        value: In,  # noqa: ARG002 - as in Asks
        *,
        key: str = "",  # noqa: ARG002
        item: str | None = None,
        conversation: Sequence[Message] = (),  # noqa: ARG002
        check: Callable[[Out], None] | None = None,  # noqa: ARG002
        repairs: int = MAX_REPAIRS,  # noqa: ARG002
    ) -> Out:
        """Answer nothing.

        :raises TapeMiss: always.
        """
        raise TapeMiss(f"{role.name}: {item or 'it'} is played from its tape alone, and this call is not on it")
