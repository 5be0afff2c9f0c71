"""Tools that are played by their programs: the same answer as ever, and no model asked."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from synthtools_stream.errors import BadProgram
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.shown_world import shown_state
from synthtools_stream.state import CLOCK, now_of
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["CodedTools", "program_call"]


def program_call(
    source: str, call: Call, tool: Tool, state: JsonObject | State | None, entity_types: Sequence[EntityType]
) -> ProgramCall:
    """Return a canonical call in a state as a program is given it: its tool's collections, and the time apart."""
    shown = {name: held for name, held in shown_state(tool, state, entity_types).items() if name != CLOCK}
    return ProgramCall(source, shown, call.arguments, now_of(state) or "")


@dataclass(frozen=True, slots=True)
class CodedTools:
    """The programs of a world's tools, by the tools' names, and where they run."""

    programs: Mapping[str, str]
    sandbox: Sandbox

    def __contains__(self, tool_name: object) -> bool:
        """Say whether this tool has a program."""
        return tool_name in self.programs

    async def answer(
        self, call: Call, tool: Tool, state: JsonObject | State | None, entity_types: Sequence[EntityType]
    ) -> Answer:
        """Return what the tool's program answers to a canonical call; new ids are placeholders.

        :raises BadProgram: when it gives no answer.
        """
        asked = program_call(self.programs[call.name], call, tool, state, entity_types)
        (told,) = await self.sandbox.answers([asked])
        if isinstance(told, Fault):
            raise BadProgram(f"the program of {call.name}: {told}")
        return Answer.of(told)
