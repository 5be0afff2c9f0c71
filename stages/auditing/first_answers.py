"""Ask a simulator once: what the runtime refuses is not sent back.

In an audit an answer that must be mended counts as wrong, so asking for something better would only cost calls.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

from synthtools_stream.errors import Rejection
from synthtools_stream.records.record import Record
from synthtools_stream.roles.role import Role
from synthtools_stream.simulator.tool_runtime import AsksSimulator

__all__ = ["FirstAnswers", "RefusedAnswer"]

In = TypeVar("In", bound=Record)
Out = TypeVar("Out", bound=Record)


class RefusedAnswer(Exception):
    """The runtime's checks refuse an answer. No Rejection, lest the answer be sent back."""

    def __init__(self, status_code: int, detail: str) -> None:
        super().__init__(detail)
        self.status_code = status_code
        self.detail = detail


class FirstAnswers:
    """A context that takes first answers or none."""

    def __init__(self, context: AsksSimulator) -> None:
        """Ask through `context`."""
        self._context = context

    async def ask(
        self,
        role: Role[In, Out],
        value: In,
        *,
        key: str = "",
        item: str | None = None,
        check: Callable[[Out], None] | None = None,
    ) -> Out:
        """Ask a role; raises RefusedAnswer where `check` does not like the answer."""

        def strictly(output: Out) -> None:
            try:
                if check is not None:
                    check(output)
            except Rejection as rejection:
                status = getattr(output, "status_code", None)
                raise RefusedAnswer(status if isinstance(status, int) else 500, rejection.detail) from rejection

        return await self._context.ask(role, value, key=key, item=item, check=strictly)
