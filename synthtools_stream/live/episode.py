"""An episode: the calls of one attempt on one world, as its trajectory records them."""

from __future__ import annotations

from typing import NamedTuple

import orjson

from synthtools_stream.asking.ask_protocol import Asks
from synthtools_stream.errors import BadCall, BadProgram, UnusableReply
from synthtools_stream.live.tape_only import TapeMiss
from synthtools_stream.records import SaidCall, Task, ToolTurn
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.coded_tools import CodedTools
from synthtools_stream.simulator.tape import Tape
from synthtools_stream.simulator.tool_runtime import Served, Simulator
from synthtools_stream.toolcalls import Call, parse_call, same_call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Episode", "Said"]

_NO_ANSWER = "the tool gave no answer"
"""What an agent is told where whoever plays the tool fails: nothing that it could learn the world's mechanism from."""


_KEPT = 2000
"""Characters of arguments that are no object which a turn keeps: the messages have all of them."""


class Said(NamedTuple):
    """A call as an agent said it, and what it was told."""

    tool_name: str
    arguments: JsonObject | str
    told: JsonObject


class Episode:
    """The world of one attempt at a task; its calls are served in order."""

    def __init__(self, task: Task, asks: Asks, *, coded: CodedTools | None, tape: Tape | None) -> None:
        """Begin in the task's initial state; attempts that share a `tape` meet the same world.

        :raises StateProblem: when the task has a certificate, and its state is not made of collections of entities.
        """
        self.turns: list[ToolTurn] = []
        """The calls, with what they were answered and what they changed."""
        self.said: list[Said] = []
        """The same calls as they were said and as their answers were told."""
        self.fault = ""
        """Who other than the agent spoiled the attempt: `program`, `simulator`, `tape`; else empty."""
        self._simulator = Simulator(
            {tool.tool_name: tool for tool in task.tools},
            task.meta.entity_types,
            task.initial_state,
            asks,
            owner=task.id,
            coded=coded,
            tape=tape,
            typed=task.certificate is not None,
            fails_once=task.meta.twist.fails_once if task.meta.twist is not None else "",
        )

    @property
    def state(self) -> JsonObject | None:
        """The state as it stands; never written in place."""
        return self._simulator.state

    @property
    def now(self) -> str | None:
        """What the world's clock says, if it has one."""
        return self._simulator.now

    async def call(self, tool_name: str, arguments: JsonObject | str, written: str | None = None) -> JsonObject:
        """Make a call and return what the agent is told: `status_code`, and `response` or `error_message`.

        `arguments` is an object, or its text as a server sent it; `written` is the text as it was before somebody
        mended it. What cannot be called is a 400 that says why.

        :raises TransportError: when the model that plays the tool cannot be reached.
        """
        try:
            served = await self._simulator.call({"name": tool_name, "arguments": arguments})
        except UnusableReply as reply:
            self.fault = _culprit(reply)
            served = Served(f"{tool_name}(…)", Answer(500, {}, _NO_ANSWER), "code")
        return self._note(Said(tool_name, arguments, served.body), served, written)

    def refuse(self, tool_name: str, arguments: JsonObject | str, why: str) -> JsonObject:
        """Note a call that is not made at all, and return what the agent is told."""
        served = Served(f"{tool_name}(…)", Answer(400, {}, why), "code")
        return self._note(Said(tool_name, arguments, served.body), served)

    def _note(self, said: Said, served: Served, written: str | None = None) -> JsonObject:
        self.said.append(said)
        self.turns.append(
            ToolTurn(
                call=served.call,
                status_code=served.status_code,
                response=served.response if served.ok else served.body,
                changes=list(served.changes),
                decided_by="simulator" if served.decided_by == "tape" else served.decided_by,
                imagined=list(served.imagined),
                said=None if written is None and _is_as_said(said, served.call) else _said_call(said, written),
            )
        )
        return said.told


def _is_as_said(said: Said, understood: str) -> bool:
    """Say whether a call was understood as it was said, but for the order of its arguments."""
    try:
        given: Json = orjson.loads(said.arguments) if isinstance(said.arguments, str) else said.arguments
        return isinstance(given, dict) and same_call(parse_call(understood), Call(said.tool_name, given))
    except (BadCall, orjson.JSONDecodeError, UnicodeEncodeError):
        return False


def _said_call(said: Said, written: str | None) -> SaidCall:
    given = said.arguments if written is None else written
    return SaidCall(name=said.tool_name, arguments=given[:_KEPT] if isinstance(given, str) else given)


def _culprit(reply: UnusableReply) -> str:
    if isinstance(reply, TapeMiss):
        return "tape"
    return "program" if isinstance(reply, BadProgram) else "simulator"
