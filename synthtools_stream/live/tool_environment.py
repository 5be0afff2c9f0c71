"""A task as an environment: anybody's agent acts in its world, and code gives the verdict.

    async with ToolEnvironment(task) as env:
        result = await env.call("MoveBooking", {"booking_id": "BK-2041", "vessel_id": "VS-81"})
        verdict = env.verdict("BK-2041 now sails with Castor.")

An agent is given `request`, `slots`, `tools` and `call`; `state`, `turns` and `verdict` are the trainer's. Tools that
are code need no model. Others are played by `simulator`, or, with `tape_only`, answer only what the ground truth asked.
"""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import AsyncExitStack
from copy import deepcopy
from functools import cache
from types import TracebackType
from typing import NamedTuple, Self

from synthtools_stream.asking.ask_protocol import Asks
from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import MemoryReplies
from synthtools_stream.asking.role_router import Router
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.engine.stage import Context
from synthtools_stream.errors import UsageError
from synthtools_stream.live.episode import Episode
from synthtools_stream.live.shared_sandbox import shared_sandbox
from synthtools_stream.live.tape_only import TapeOnly
from synthtools_stream.programs.sandbox import Sandbox, SandboxMissing
from synthtools_stream.proof.answer_slots import slot_meanings
from synthtools_stream.proof.verdict import judge_attempt
from synthtools_stream.records import Task, ToolTurn, Verdict
from synthtools_stream.simulator.coded_tools import CodedTools
from synthtools_stream.simulator.tape import Tape
from synthtools_stream.toolcalls import WireNames, openai_function
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Closing", "ToolEnvironment", "Unplayed"]

_SHOWN = 5
"""Tools that a message names: enough to see which kind is meant."""
_OVER = "the attempt is over: nothing more can be called"


class Unplayed(UsageError):
    """A tool can be played by nobody: it is no code, and there is no model and no wish for the tape alone."""


class Closing(NamedTuple):
    """What an agent tells the user at the end; what `answers` tell the message need not say, nor may say otherwise."""

    message: str
    answers: Mapping[str, Json] | None = None
    """Each by its name of `ToolEnvironment.slots`."""


class ToolEnvironment:
    """The world of one task for one attempt; any number live at once, each is used once.

    `simulator` plays the tools that are no code, `sandbox` runs those that are: without one, all environments of the
    running loop share a sandbox of their own. `seed` is that of the simulator's answers. After `max_calls` calls no
    more are made.
    """

    def __init__(
        self,
        task: Task,
        *,
        simulator: LanguageModel | None = None,
        sandbox: Sandbox | None = None,
        tape_only: bool = False,
        seed: int = 0,
        max_calls: int | None = None,
    ) -> None:
        self.task = task
        self._model = simulator
        self._sandbox = sandbox
        self._tape_only = tape_only
        self._seed = seed
        self._max_calls = max_calls
        self._names = WireNames(tool.tool_name for tool in task.tools)
        self._stack = AsyncExitStack()
        self._episode: Episode | None = None
        self._verdict: Verdict | None = None
        self._closed = False

    @classmethod
    def around(cls, task: Task, episode: Episode, *, max_calls: int | None = None) -> Self:
        """Return an environment that is begun on an episode of somebody else's, who keeps what is behind it."""
        env = cls(task, max_calls=max_calls)
        env._episode = episode
        return env

    @property
    def request(self) -> str:
        """What the user wants."""
        return self.task.summary

    @property
    def tools(self) -> list[JsonObject]:
        """The tools as OpenAI function definitions: `{"type": "function", "function": {…}}`."""
        return [openai_function(tool, self._names) for tool in self.task.tools]

    @property
    def slots(self) -> JsonObject:
        """What the request asks to be told, by name, and what each is; answers may be told under these names."""
        return slot_meanings(self.task)

    @property
    def now(self) -> str | None:
        """What the world's clock says, as ISO 8601; an agent is told it together with the request."""
        return self._live().now

    @property
    def state(self) -> JsonObject | None:
        """The world as it stands, for the trainer: an agent sees only what its calls are answered."""
        return self._live().state

    @property
    def turns(self) -> list[ToolTurn]:
        """The calls so far with what they were answered and what they changed, for the trainer."""
        return self._live().turns

    @property
    def fault(self) -> str:
        """Who other than the agent spoiled the attempt: `program`, `simulator`, `tape`; else empty."""
        return self._live().fault

    async def reset(self) -> None:
        """Begin: the world is as the task's initial state says.

        :raises UsageError: when it was begun before.
        :raises Unplayed: when a tool can be played by nobody.
        :raises SandboxMissing: when tools are code, no model could play them instead, and no program can be run here.
        :raises StateProblem: when the task's state is not made of collections of entities.
        """
        if self._episode is not None or self._closed:
            raise UsageError("a ToolEnvironment is used once: make another one for another attempt")
        asks = self._asks()
        coded = await self._coded()
        self._episode = Episode(self.task, asks, coded=coded, tape=self._tape(coded))

    async def call(self, tool_name: str, arguments: JsonObject | str) -> JsonObject:
        """Make a call and return what the agent is told: `status_code`, and `response` or `error_message`.

        `tool_name` is one of `tools`, `arguments` an object or its JSON text. What cannot be called is a 400 that says
        why, and so is every call once the attempt is over.

        :raises UsageError: before `reset`.
        :raises TransportError: when the model that plays the tool cannot be reached.
        """
        episode = self._live()
        if self._verdict is not None or self._closed:
            return {"status_code": 400, "error_message": _OVER}
        name = self._names.own(tool_name)
        if self._max_calls is not None and len(episode.turns) >= self._max_calls:
            return episode.refuse(
                name, arguments, f"{self._max_calls} calls were made, and no more are: answer the user"
            )
        # An agent may write into what it is told, which others are told, too, and which stands in its turns.
        return deepcopy(await episode.call(name, arguments))

    def verdict(self, closing_message: str, answers: Mapping[str, Json] | None = None) -> Verdict:
        """Return the verdict on the attempt, for the trainer; it ends the attempt, and is the same ever after.

        What `answers` tell, by the names of `slots`, the closing message need not say.

        :raises UsageError: before `reset`.
        """
        episode = self._live()
        if self._verdict is None:
            self._verdict = judge_attempt(self.task, episode.state, closing_message, answers)
        return self._verdict

    async def close(self) -> None:
        """Free what it holds; idempotent."""
        self._closed = True
        await self._stack.aclose()

    async def __aenter__(self) -> Self:
        """Begin."""
        try:
            await self.reset()
        except BaseException:
            await self.close()
            raise
        return self

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        await self.close()

    def _live(self) -> Episode:
        if self._episode is None:
            raise UsageError("the environment is not begun: `await env.reset()`, or `async with` it")
        return self._episode

    def _asks(self) -> Asks:
        if self._model is None:
            self._refuse_unplayed()
            return TapeOnly()
        asker = Asker(Router(self._model), _prompts(), MemoryReplies(), seed=self._seed)
        return Context(
            asker=asker, stage="rollout", item=self.task.id, session=self.task.meta.environment or self.task.id
        )

    def _refuse_unplayed(self) -> None:
        coded = self.task.meta.programs if self.task.certificate is not None else {}
        unplayed = [tool.tool_name for tool in self.task.tools if tool.tool_name not in coded]
        if unplayed and not self._tape_only:
            named = ", ".join(unplayed[:_SHOWN]) + (" …" if len(unplayed) > _SHOWN else "")
            raise Unplayed(
                f"task {self.task.id}: nobody plays {named}: they have no program; give a `simulator`, a LanguageModel,"
                " or `tape_only=True`, and they answer only the calls of the ground truth"
            )

    def _tape(self, coded: CodedTools | None) -> Tape | None:
        """Return a tape with the ground truth's answers; a world that is all code needs none."""
        if coded is not None and all(tool.tool_name in coded for tool in self.task.tools):
            return None
        tape = Tape(self.task.id)
        tape.prime(self.task)
        return tape

    async def _coded(self) -> CodedTools | None:
        programs = self.task.meta.programs
        if not programs:
            return None
        if self._sandbox is not None:
            return CodedTools(programs, self._sandbox)
        try:
            sandbox = await self._stack.enter_async_context(shared_sandbox())
        except SandboxMissing:
            if self._model is None:
                raise
            return None
        return CodedTools(programs, sandbox)


@cache
def _prompts() -> PromptLibrary:
    """Read the simulator's prompt once, not for each of a thousand environments."""
    return PromptLibrary.load()
