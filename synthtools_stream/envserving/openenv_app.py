"""One file of tasks as an OpenEnv server of its own, as packages ship it: OpenEnv at the root, and nothing else.

Needs no more than starlette: OpenEnv's own package wants another `mcp` than ours.
"""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import anyio
from starlette.applications import Starlette

from synthtools_stream.envserving.openenv_dialect import OpenEnv
from synthtools_stream.envserving.sessions import Players, Sessions
from synthtools_stream.envserving.worlds import Worlds
from synthtools_stream.live.shared_sandbox import shared_sandbox
from synthtools_stream.storage.datasets.task_shelf import open_shelf

__all__ = ["openenv_app"]


def openenv_app(tasks: Path) -> Starlette:
    """Return the application that serves the tasks of a file, whose tools are all code.

    Whoever reaches it may act in its worlds: it is meant for a container's port.

    :raises UsageError: when the file cannot be read, or holds no tasks.
    """
    sessions = Sessions(Players())

    @asynccontextmanager
    async def life(_app: Starlette) -> AsyncGenerator[None]:
        # Held open, else the sandbox would be begun anew for each attempt that is alone.
        async with shared_sandbox(), anyio.create_task_group() as tasks_of_life:
            tasks_of_life.start_soon(sessions.sweep)
            yield
            tasks_of_life.cancel_scope.cancel()
            await sessions.aclose()

    return Starlette(routes=OpenEnv(Worlds(open_shelf(tasks), sessions)).routes(""), lifespan=life)
