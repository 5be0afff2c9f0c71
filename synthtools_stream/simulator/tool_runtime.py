"""The tool runtime, one and the same for audit, evolution, rollout and serving.

A call is parsed and checked in code (400 with a precise message). It is looked up on the tape, if there is one, and
only then answered by its tool's program, or, where it has none, by the simulator role, which sees the tool, its rules
and the collections that it reads and writes, and no history. An answer is checked in code, whoever gave it; what is
wrong with a model's is told to the model, which answers again. Then new ids are minted, the changes applied and the
call logged. A state changes only through the changes of a 2xx answer.

Free-form mode (`typed=False`) is for other people's corpora: the whole state counts, checks are lenient, changes
are applied where the state's shape allows, and facts that the model supplied are kept in the state as `imagined`, so
that later calls see them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import partial
from typing import Literal, TypeAlias, cast

from synthtools_stream.asking.ask_protocol import MAX_REPAIRS, Asks
from synthtools_stream.errors import BadCall, BadProgram, Rejection
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.simulator_role import SIMULATOR, SimulatorInput, SimulatorOutput, ToolRequest
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.answer_check import answer_problems, loose_problems
from synthtools_stream.simulator.coded_tools import CodedTools
from synthtools_stream.simulator.free_form_state import apply_loosely, collections_of, with_imagined
from synthtools_stream.simulator.shown_world import shown_state, shown_types
from synthtools_stream.simulator.tape import Tape, program_key, tape_key
from synthtools_stream.simulator.write_check import effective
from synthtools_stream.state import IdMinter, apply, as_json, as_state, now_of, rename
from synthtools_stream.toolcalls import Call, canonical, check_call, format_call, parse_call, unknown_tool
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["DecidedBy", "Served", "Simulator"]

_MAX_PROBLEMS = 6
"""Problems of a call or an answer that are told at once: who reads them mends a few, and loses sight of many."""
_MAX_CALL = 2000
"""Characters that are kept of what is no call at all: enough to see what was meant, and no log grows by nonsense."""

_TRANSIENT = "ServiceUnavailable: the service could not be reached; nothing was changed, and the call may be made again"

DecidedBy: TypeAlias = Literal["code", "program", "tape", "simulator"]


@dataclass(frozen=True, slots=True)
class Served:
    """One call, what it was answered, and who decided that, as it stands in the log."""

    call: str
    """Canonical where it passed the checks, else as it came."""
    answer: Answer
    """Its changes as applied: minted ids in place, here and in the response."""
    decided_by: DecidedBy = "simulator"

    @property
    def status_code(self) -> int:
        """The answer's status."""
        return self.answer.status_code

    @property
    def response(self) -> JsonObject:
        """What the answer tells; empty unless it is a success."""
        return self.answer.response

    @property
    def error_message(self) -> str | None:
        """Why it is no success."""
        return self.answer.error_message

    @property
    def changes(self) -> Sequence[Change]:
        """What it changed."""
        return self.answer.changes

    @property
    def imagined(self) -> tuple[str, ...]:
        """Facts supplied where a free-form state is silent."""
        return self.answer.imagined

    @property
    def ok(self) -> bool:
        """Say whether the call was answered 2xx."""
        return self.answer.ok

    @property
    def body(self) -> JsonObject:
        """What the agent is told."""
        if self.error_message is not None:
            return {"status_code": self.status_code, "error_message": self.error_message}
        return {"status_code": self.status_code, "response": self.response}


class Simulator:
    """Plays tools on one state; belongs to one conversation."""

    def __init__(
        self,
        tools: Mapping[str, Tool],
        entity_types: Sequence[EntityType],
        state: JsonObject | State | None,
        context: Asks,
        owner: str,
        *,
        coded: CodedTools | None = None,
        tape: Tape | None = None,
        typed: bool = True,
        repairs: int = MAX_REPAIRS,
        fails_once: str = "",
    ) -> None:
        """Answers belong to `owner` (a task's id): their seeds come from it, whichever rollout asks first.

        Tools among `coded` are played by their programs. A model's answer that code refuses is sent back, `repairs`
        times at most. The tool that `fails_once` answers its first call with 500, and changes nothing.

        :raises StateProblem: when `typed` and the state is not made of collections of entities.
        """
        self.tools = dict(tools)
        self.log: list[Served] = []
        self._types = list(entity_types)
        self._state: JsonObject | None = (
            as_json(as_state(state)) if typed else (as_json(state) if state is not None else None)
        )
        self._context = context
        self._owner = owner
        self._coded = coded if typed else None
        self._tape = tape
        self._typed = typed
        self._repairs = repairs
        self._fails_once = fails_once
        self._mint = IdMinter(entity_types, collections_of(self._state))
        # Keeps calls of one conversation in order: each is played on the state that the one before left.
        self._turn = asyncio.Lock()

    @property
    def state(self) -> JsonObject | None:
        """The state as it stands; never written in place."""
        return self._state

    @property
    def now(self) -> str | None:
        """What the state's clock says."""
        return now_of(self._state)

    async def call(self, call: Call | JsonObject | str, repeat: int = 0) -> Served:
        """Serve one call; a `repeat` above 0 asks afresh, past the tape.

        Where it raises, nothing was changed or logged.

        :raises BadProgram: when the tool's program gives no answer, or one that code refuses.
        :raises RefusedOutput: when code refuses the answer, and no better one was asked for or given.
        :raises UnusableReply: when the model gives no answer that can be read; a refused one is one case of it.
        :raises TransportError: when the model cannot be reached.
        """
        async with self._turn:
            served = await self._serve(call, repeat)
            self.log.append(served)
            return served

    async def _serve(self, source: Call | JsonObject | str, repeat: int) -> Served:
        try:
            call = source if isinstance(source, Call) else parse_call(source)
        except BadCall as bad:
            return _refused(source if isinstance(source, str) else str(source), bad.detail)
        tool = self.tools.get(call.name)
        if tool is None:
            return _refused(format_call(call), unknown_tool(call.name, self.tools.values()))
        problems = check_call(call, tool)
        if problems:
            return _refused(format_call(call), "; ".join(problems[:_MAX_PROBLEMS]))
        if call.name == self._fails_once:
            self._fails_once = ""
            return Served(format_call(canonical(call, tool)), Answer(500, {}, _TRANSIENT), "code")
        return await self._play(canonical(call, tool), tool, repeat)

    async def _play(self, call: Call, tool: Tool, repeat: int) -> Served:
        if self._coded is not None and call.name in self._coded:
            return self._settle(call, await self._told(self._coded, call, tool, repeat), "program")
        key = tape_key(call, tool, self._state)
        if repeat or self._tape is None:
            answer = await self._ask(call, tool, f"{key}/{repeat}" if repeat else key)
            return self._settle(call, answer, "simulator")
        taped = key in self._tape
        answer = await self._tape.answer(key, partial(self._ask, call, tool, key))
        return self._settle(call, answer, "tape" if taped else "simulator")

    async def _told(self, coded: CodedTools, call: Call, tool: Tool, repeat: int) -> Answer:
        run = partial(self._run, coded, call, tool)
        if repeat or self._tape is None:
            return await run()
        return await self._tape.answer(program_key(call, self._state), run)

    async def _run(self, coded: CodedTools, call: Call, tool: Tool) -> Answer:
        answer = await coded.answer(call, tool, self._state, self._types)
        if problems := self._problems(call, tool, self._state, answer):
            raise BadProgram(f"the program of {call.name}: {'; '.join(problems[:_MAX_PROBLEMS])}")
        return answer

    async def _ask(self, call: Call, tool: Tool, key: str) -> Answer:
        shown = SimulatorInput(
            entity_types=shown_types(tool, self._types),
            tool=tool,
            state=shown_state(tool, self._state, self._types) if self._state is not None else None,
            call=ToolRequest(tool_name=call.name, arguments=call.arguments),
        )
        check = partial(self._check, call, tool, self._state)
        output = await self._context.ask(
            SIMULATOR, shown, item=self._owner, key=key, check=check, repairs=self._repairs
        )
        return Answer.of(output)

    def _check(self, call: Call, tool: Tool, state: JsonObject | None, output: SimulatorOutput) -> None:
        """Refuse an answer that contradicts itself, the tool or the state."""
        if problems := self._problems(call, tool, state, Answer.of(output)):
            raise Rejection("bad_answer", "; ".join(problems[:_MAX_PROBLEMS]))

    def _problems(self, call: Call, tool: Tool, state: JsonObject | None, answer: Answer) -> list[str]:
        if not self._typed:
            return list(loose_problems(answer))
        found = answer_problems(answer, tool, call.arguments, _typed(state), self._types)
        return [*found, *(["imagined must be empty: the state is complete"] if answer.imagined else [])]

    def _settle(self, call: Call, answer: Answer, decided_by: DecidedBy) -> Served:
        """Mint ids, apply the changes, keep imagined facts."""
        if answer.changes:
            changes, minted = self._apply(answer.changes)
            response = rename(answer.response, minted)
            assert isinstance(response, dict)
            answer = replace(answer, response=response, changes=changes)
        if answer.imagined and not self._typed:
            self._state = with_imagined(self._state, answer.imagined)
        return Served(format_call(call), answer, decided_by)

    def _apply(self, changes: Sequence[Change]) -> tuple[tuple[Change, ...], dict[str, str]]:
        if self._typed:
            state = _typed(self._state)
            applied = apply(state, effective(changes, state), mint=self._mint)
            self._state = as_json(applied.state)
            return tuple(applied.changes), applied.minted
        self._state, kept, minted = apply_loosely(self._state, changes, self._mint)
        return kept, minted


def _typed(state: JsonObject | None) -> State:
    """Return a state that was found to be made of entities when the conversation began; changes keep it so."""
    return cast("State", state)


def _refused(call: str, message: str) -> Served:
    return Served(call[:_MAX_CALL], Answer(400, {}, message), "code")
