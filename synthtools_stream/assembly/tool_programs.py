"""Where a run's programs run, and what becomes of the run where they cannot."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Callable
from contextlib import AsyncExitStack, asynccontextmanager

from synthtools_stream.config import RunConfig
from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing, open_sandbox

__all__ = ["sandbox_for"]


@asynccontextmanager
async def sandbox_for(config: RunConfig, notice: Callable[[str], None]) -> AsyncGenerator[Sandbox | None]:
    """Yield the sandbox that a configuration asks for; None where all tools are simulated.

    :raises SandboxMissing: when it cannot be opened and `tools = "code"` leaves no other way.
    """
    if config.content.tools == "simulated":
        yield None
        return
    async with AsyncExitStack() as stack:
        try:
            sandbox = await stack.enter_async_context(open_sandbox(config.operating.program_workers))
        except SandboxMissing as missing:
            if config.content.tools == "code":
                raise
            notice(f"{missing}; tools are simulated")
            sandbox = None
        yield sandbox
