"""What it is to ask a role: all that who needs answers must know of who gets them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Protocol

from synthtools_stream.chat.language_model import Message
from synthtools_stream.roles.role import In, Out, Role

__all__ = ["MAX_REPAIRS", "Asks"]

MAX_REPAIRS = 2
"""Requests after the first that one ask may take: whoever errs three times in a row errs a fourth time, too."""


class Asks(Protocol):
    """Somebody who can ask roles: a stage's context, whatever its item."""

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
        """Ask `role` and return its validated output.

        `key` tells asks of one role within one item apart: it must not depend on arrival order. `item` overrides the
        owner (the simulator's answers belong to the task, not to the rollout that asked first). `check` raises
        `Rejection` to refuse an output with a reason that the model is told; after `repairs` requests for something
        better the refusal stands. A reply that cannot be read at all is asked for again whatever `repairs` is.

        :raises RefusedOutput: when `check` still refuses.
        :raises UnusableReply: when the last repair cannot be read either; a refused output is one case of it.
        :raises TransportError: when the backend could not be reached.
        """
        ...
