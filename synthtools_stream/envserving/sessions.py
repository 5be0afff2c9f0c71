"""Sessions: attempts that somebody drives over the wire, kept apart, each ended by its verdict or by being forgotten.

An agent calls and submits; the reward leaves on the control side only, where a trainer asks for it.
"""

from __future__ import annotations

import asyncio
import secrets
import time
from collections.abc import Callable
from dataclasses import dataclass

from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.errors import SynthToolsError, UsageError
from synthtools_stream.live.submission import Attempt
from synthtools_stream.live.tool_environment import ToolEnvironment
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.records import Task

__all__ = ["NEMO_GYM", "Full", "Players", "Session", "Sessions", "UnknownSession"]

MOST = 4096
"""Sessions at once: some hundred kilobytes each, and more than a trainer on one machine keeps busy."""
IDLE_S = 1800.0
"""Seconds without a word after which a session is forgotten: longer than a slow model takes for one turn."""
_SWEEPS_A_LIFE = 10
"""How often it is looked, in the time that a session may be idle, which ones are."""
_ID_BYTES = 16
"""Random bytes of a session's id: whoever has it acts in the session, so it cannot be guessed."""
MAX_CALLS = 256
"""Calls of one session: far more than tasks need, and a bound to what an agent that loops can cost."""

NEMO_GYM = "nemo-gym"
"""The door of sessions that end by `/verify`, with the message that the trainer heard: their agents submit nothing."""
_SHOWN = 80
"""Characters of an id that a message shows."""


class UnknownSession(UsageError):
    """There is no session of this id: it never was, was closed, or was idle for too long."""


class Full(SynthToolsError):
    """As many sessions are open as may be; later there may be room."""


@dataclass(frozen=True)
class Players:
    """Who plays the tools of all sessions."""

    sandbox: Sandbox | None = None
    simulator: LanguageModel | None = None
    tape_only: bool = False


@dataclass(kw_only=True)
class Session(Attempt):
    """An attempt that somebody drives; whoever knows its id may act in it."""

    id: str
    task: Task
    used_at: float
    door: str = ""
    """The dialect by which it was begun: some give its driver what an agent of another must not get."""


class Sessions:
    """All sessions of one server."""

    def __init__(
        self,
        players: Players,
        *,
        most: int = MOST,
        idle_s: float = IDLE_S,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        """Hold `most` sessions at once, each for `idle_s` seconds after it was last used."""
        self._players = players
        self._most = most
        self._idle_s = idle_s
        self._clock = clock
        self._open: dict[str, Session] = {}
        self._beginning: set[str] = set()

    def __len__(self) -> int:
        return len(self._open)

    @property
    def most(self) -> int:
        """How many are held at once."""
        return self._most

    @property
    def idle_s(self) -> float:
        """Seconds after which one that nobody uses is forgotten."""
        return self._idle_s

    async def begin(self, task: Task, *, seed: int = 0, session_id: str = "", door: str = "") -> Session:
        """Begin an attempt, under an id of its own unless one is given.

        :raises Full: when there are too many already.
        :raises UsageError: when the id is in use, or a tool of the task can be played by nobody.
        """
        name = session_id or secrets.token_hex(_ID_BYTES)
        if name in self._open or name in self._beginning:
            raise UsageError(f"session {name[:_SHOWN]!r} is in use; close it, or take another id")
        if len(self._open) + len(self._beginning) >= self._most:
            raise Full(f"{self._most} sessions are open, and no more are held at once")
        self._beginning.add(name)
        try:
            env = await self._environment(task, seed)
            session = Session(env=env, submits=door != NEMO_GYM, id=name, task=task, used_at=self._clock(), door=door)
        finally:
            self._beginning.discard(name)
        self._open[name] = session
        return session

    def session(self, session_id: str) -> Session:
        """Return an open session, which thereby counts as used.

        :raises UnknownSession: when there is none of this id.
        """
        session = self._open.get(session_id)
        if session is None:
            raise UnknownSession("there is no such session: it was closed, was idle for too long, or never began")
        session.used_at = self._clock()
        return session

    def rename(self, session: Session, session_id: str) -> None:
        """Let an open session be known by another id alone, which nobody can guess either."""
        self._open[session_id] = self._open.pop(session.id)
        session.id = session_id

    def all(self) -> list[Session]:
        """Return the open sessions, the oldest first."""
        return [*self._open.values()]

    async def end(self, session_id: str) -> None:
        """Close a session; one that is closed already stays so."""
        session = self._open.pop(session_id, None)
        if session is not None:
            await session.env.close()

    async def sweep(self) -> None:
        """Close the sessions that were idle for too long, again and again, until cancelled."""
        while True:
            await asyncio.sleep(self._idle_s / _SWEEPS_A_LIFE)
            await self.end_idle()

    async def end_idle(self) -> None:
        """Close the sessions that were idle for too long."""
        limit = self._clock() - self._idle_s
        for session in [held for held in self._open.values() if held.used_at < limit]:
            await self.end(session.id)

    async def aclose(self) -> None:
        """Close all of them."""
        for name in [*self._open]:
            await self.end(name)

    async def _environment(self, task: Task, seed: int) -> ToolEnvironment:
        env = ToolEnvironment(
            task,
            simulator=self._players.simulator,
            sandbox=self._players.sandbox,
            tape_only=self._players.tape_only,
            seed=seed,
            max_calls=MAX_CALLS,
        )
        try:
            await env.reset()
        except BaseException:
            await env.close()
            raise
        return env
