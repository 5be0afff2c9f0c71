"""One sandbox for all who need one at the same time in one event loop: its workers are processes, a few do for many."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack, asynccontextmanager
from dataclasses import dataclass, field
from weakref import WeakKeyDictionary

from synthtools_stream.programs.sandbox import Sandbox, open_sandbox

__all__ = ["shared_sandbox"]


@dataclass
class _Shared:
    turn: asyncio.Lock = field(default_factory=asyncio.Lock)
    """Held while the sandbox is opened or closed."""
    stack: AsyncExitStack = field(default_factory=AsyncExitStack)
    sandbox: Sandbox | None = None
    holders: int = 0


_OF_LOOP: WeakKeyDictionary[asyncio.AbstractEventLoop, _Shared] = WeakKeyDictionary()


@asynccontextmanager
async def shared_sandbox() -> AsyncGenerator[Sandbox]:
    """Yield the loop's sandbox; the first holder opens it, the last one closes it.

    :raises SandboxMissing: when no worker can be started.
    """
    shared = _OF_LOOP.setdefault(asyncio.get_running_loop(), _Shared())
    async with shared.turn:
        if shared.sandbox is None:
            shared.sandbox = await shared.stack.enter_async_context(open_sandbox())
        shared.holders += 1
        sandbox = shared.sandbox
    try:
        yield sandbox
    finally:
        shared.holders -= 1
        async with shared.turn:
            if shared.holders == 0:  # else somebody came meanwhile; who finds it closed already closes nothing
                shared.sandbox = None
                await shared.stack.aclose()
