"""Worlds for callers that do not await: an event loop in a thread of its own, in which they live."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from contextlib import ExitStack
from threading import Lock
from typing import TypeVar

from anyio.from_thread import BlockingPortal, start_blocking_portal

from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.errors import UsageError
from synthtools_stream.live.tool_environment import ToolEnvironment
from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing, open_sandbox
from synthtools_stream.records import Task

__all__ = ["WorldThread"]

T = TypeVar("T")


class WorldThread:
    """Starts with the first world, so that whoever makes it may still fork; any thread may ask it."""

    def __init__(self, simulator: LanguageModel | None, *, tape_only: bool) -> None:
        """Let `simulator` play the tools that are no code, or with `tape_only` the ground truth's answers."""
        self._simulator = simulator
        self._tape_only = tape_only
        self._stack = ExitStack()
        self._lock = Lock()
        self._portal: BlockingPortal | None = None
        self._sandbox: Sandbox | None = None
        self._closed = False

    def run(self, work: Callable[[], Awaitable[T]]) -> T:
        """Await there what `work` gives, and return what comes of it.

        :raises UsageError: once it is closed.
        """
        return self._open().call(work)

    def begin(self, task: Task, left: ToolEnvironment | None) -> ToolEnvironment:
        """Begin an attempt; the world that was `left` for it is closed.

        :raises UsageError: when a tool can be played by nobody, or once it is closed.
        """
        return self.run(lambda: self._begin(task, left))

    def close(self) -> None:
        """End the loop and the sandbox; idempotent."""
        with self._lock:
            self._closed = True
            self._portal = None
            self._stack.close()

    async def _begin(self, task: Task, left: ToolEnvironment | None) -> ToolEnvironment:
        if left is not None:
            await left.close()
        env = ToolEnvironment(task, simulator=self._simulator, sandbox=self._sandbox, tape_only=self._tape_only)
        await env.reset()
        return env

    def _open(self) -> BlockingPortal:
        with self._lock:
            if self._closed:
                raise UsageError("the environments are closed")
            if self._portal is None:
                self._portal = self._stack.enter_context(start_blocking_portal(name="worlds"))
                self._sandbox = self._sandboxed(self._portal)
            return self._portal

    def _sandboxed(self, portal: BlockingPortal) -> Sandbox | None:
        try:
            return self._stack.enter_context(portal.wrap_async_context_manager(open_sandbox()))
        except SandboxMissing:
            if self._simulator is None and not self._tape_only:
                raise
            return None
