"""Worlds served: a dataset and who plays its tools behind the server that speaks the trainers' protocols."""

from __future__ import annotations

import asyncio
import secrets
from collections.abc import AsyncGenerator, Callable, Generator, Sequence
from contextlib import AsyncExitStack, asynccontextmanager, contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

from synthtools_stream.assembly.backends import open_backend
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.engine.task_group import alongside
from synthtools_stream.envserving.sessions import IDLE_S, MOST, Players, Session, Sessions
from synthtools_stream.envserving.worlds import Worlds
from synthtools_stream.errors import UsageError
from synthtools_stream.live.tool_environment import Unplayed
from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing, open_sandbox
from synthtools_stream.storage.datasets.task_shelf import open_shelf

__all__ = ["Offer", "serve_environments", "serve_one_environment"]

_TOKEN_BYTES = 24
"""Random bytes of a token that is made: too many to be guessed."""


@dataclass(frozen=True)
class Offer:
    """What is served, and who plays what is no code."""

    dataset: Path
    server_url: Sequence[str] = ()
    """Of the model that plays tools; without any, none does."""
    model: str = ""
    tape_only: bool = False
    most: int = MOST
    idle_s: float = IDLE_S


async def serve_environments(
    offer: Offer,
    host: str,
    port: int,
    *,
    token: str,
    control_token: str,
    notice: Callable[[str], None],
) -> None:
    """Serve until a signal; `notice` is told where, and the tokens that were not given but made.

    :raises UsageError: when the dataset, the model or the address cannot be had, or the first task not be played.
    """
    with _extra():
        from synthtools_stream.envserving.access import Tokens
        from synthtools_stream.envserving.environment_server import serve_worlds
    loopback = _is_loopback(host)
    tokens = Tokens(
        control=control_token or secrets.token_urlsafe(_TOKEN_BYTES),
        agents=token or ("" if loopback else secrets.token_urlsafe(_TOKEN_BYTES)),
    )

    def ready(bound: int) -> None:
        named = f"[{host}]" if ":" in host else host
        count = len(worlds.shelf)
        notice(f"serving {count:,} {'task' if count == 1 else 'tasks'} at http://{named}:{bound} (stop with Ctrl-C)")
        notice("MCP /mcp?task_id=…   OpenEnv /openenv   NeMo Gym /nemo-gym   for trainers /control")
        if not control_token:
            notice(f"control token: {tokens.control}")
        if tokens.agents and not token:
            notice(f"token: {tokens.agents}")

    async with _opened(offer, notice) as worlds:
        await _try_first(worlds)
        await serve_worlds(worlds, host, port, tokens, loopback=loopback, ready=ready)


async def serve_one_environment(offer: Offer, task_id: str, *, notice: Callable[[str], None]) -> Session:
    """Serve one attempt at a task over stdio until the client leaves, and return it.

    :raises UsageError: as `serve_environments`, or when there is no such task.
    """
    with _extra():
        from synthtools_stream.envserving.environment_server import serve_over_stdio
    async with _opened(offer, notice) as worlds:
        return await serve_over_stdio(worlds, task_id)


@contextmanager
def _extra() -> Generator[None]:
    """Import what only this command needs.

    :raises UsageError: when it is not installed.
    """
    try:
        yield
    except ImportError as error:
        what = f"serving environments needs {error.name}: pip install 'synthtools-stream[environments]'"
        raise UsageError(what) from error


def _is_loopback(host: str) -> bool:
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


async def _try_first(worlds: Worlds) -> None:
    """Begin an attempt at the first task, so that a dataset that nobody can play is known before a trainer comes."""
    try:
        session = await worlds.begin(worlds.shelf.ids[0])
    except Unplayed as error:
        raise UsageError(f"{error}; serve-env takes --server-url for the one, --tape-only for the other") from error
    await worlds.sessions.end(session.id)


@asynccontextmanager
async def _opened(offer: Offer, notice: Callable[[str], None]) -> AsyncGenerator[Worlds]:
    async with AsyncExitStack() as stack:
        shelf = await asyncio.to_thread(open_shelf, offer.dataset)
        model = await _simulator(offer, stack, notice)
        sandbox = await _sandbox(stack, needed=model is None and not offer.tape_only)
        sessions = Sessions(Players(sandbox, model, offer.tape_only), most=offer.most, idle_s=offer.idle_s)
        stack.push_async_callback(sessions.aclose)
        yield Worlds(shelf, sessions)


async def _simulator(offer: Offer, stack: AsyncExitStack, notice: Callable[[str], None]) -> LanguageModel | None:
    """Open the model that plays tools, and have `stack` close it."""
    if not offer.server_url:
        return None
    config = RunConfig.build({"backend": "http", "server_url": [*offer.server_url], "model": offer.model})
    backend = await open_backend(config, stack, notice)
    await stack.enter_async_context(alongside([watch(notice) for watch in backend.watches]))
    return backend.model


async def _sandbox(stack: AsyncExitStack, *, needed: bool) -> Sandbox | None:
    try:
        return await stack.enter_async_context(open_sandbox())
    except SandboxMissing:
        if needed:
            raise
        return None
