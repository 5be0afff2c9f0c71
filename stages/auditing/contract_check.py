"""The contract of a program, checked in code on some hundred drawn calls; a call that breaks it is made small.

Whatever a tool is for: its program never fails, its answers hold up to all that code checks of answers, an absent id is
a 404 and nothing else is, a refusal begins with a declared name, and the same call has the same answer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

import orjson

from stages.auditing.drawn_calls import DrawnCall, absent_id, shown_collections
from synthtools_stream.programs.program import Fault, FaultKind, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.answer_check import answer_problems
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.state import CLOCK, state_problems
from synthtools_stream.toolcalls import Call, format_call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["CONTRACT_CALLS", "Breach", "contract_breach"]

CONTRACT_CALLS = 160
"""Calls that are drawn, on some 50 worlds: all mistakes that 300 found in 400 planted ones were found by these."""
_REPEATED = 30
"""Calls of those that are made twice."""
_BATCH = 128
"""Calls that go at once, in one trip of the sandbox: a bound to the calls that loop before it is looked at."""
_ROUNDS = 40
"""Steps by which a failing call may shrink; a drawn world has some 20 entities."""
_SLOW = frozenset({FaultKind.time, FaultKind.memory, FaultKind.crashed})
"""Faults that take seconds each: their calls are told as they were drawn."""
_SHOWN = 1200
"""Characters of a state or an answer that are told."""
_VARIABLE = re.compile(r"'[^']*'|\b[A-Z][A-Z0-9]*-\d+|\$new\d+|\[?\b\d[\d.:T-]*\]?")
"""Parts of a problem that tell which value it was; two that differ in these only are of one kind."""


@dataclass(frozen=True, slots=True)
class Breach:
    """A call on which a program broke the contract."""

    call: str
    state: JsonObject
    """The collections that the program was given."""
    now: str
    answer: str
    problem: str

    def __str__(self) -> str:
        """Say in a few lines what its writer needs to mend it."""
        state = orjson.dumps(self.state).decode()[:_SHOWN]
        return (
            f"call: {self.call}\nstate: {state}\nnow: {self.now}\nit answered: {self.answer[:_SHOWN]}\n"
            f"wrong: {self.problem}"
        )


async def contract_breach(
    source: str, tool: Tool, entity_types: Sequence[EntityType], drawn: Sequence[DrawnCall], sandbox: Sandbox
) -> Breach | None:
    """Return the smallest call found on which the program breaks the contract; None where it keeps it on all drawn.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    trial = _Trial(source, tool, entity_types, sandbox, shown_collections(tool, entity_types))
    told: list[SimulatorOutput | Fault] = []
    for batch in _batches(drawn):
        told += (answers := await trial.told(batch))
        for case, one in zip(batch, answers, strict=True):
            problem = trial.problem(case, one)
            if problem is not None:
                return await trial.shrunk(case, one, problem)
    again = await trial.told(drawn[:_REPEATED][::-1])
    for case, one, other in zip(drawn, told, again[::-1], strict=False):
        if one != other:
            return trial.breach(case, one, f"the same call was answered otherwise before: {_text(other)[:_SHOWN]}")
    return None


def _batches(drawn: Sequence[DrawnCall]) -> Iterator[Sequence[DrawnCall]]:
    """Yield what is called at once: few at first, for a program that fails mostly fails soon, and may loop."""
    made, size = 0, 1
    while made < len(drawn):
        yield drawn[made : made + size]
        made += size
        size = min(4 * size, _BATCH)


@dataclass(frozen=True, slots=True)
class _Trial:
    source: str
    tool: Tool
    entity_types: Sequence[EntityType]
    sandbox: Sandbox
    homes: Mapping[str, str]
    """The collections that parameters name, of those that the tool is shown."""

    async def told(self, cases: Sequence[DrawnCall]) -> list[SimulatorOutput | Fault]:
        """Return what the program answers to each."""
        return await self.sandbox.answers([self.asked(case) for case in cases])

    def asked(self, case: DrawnCall) -> ProgramCall:
        """Return a case as the program is given it."""
        call = Call(self.tool.tool_name, case.arguments)
        return program_call(self.source, call, self.tool, case.state, self.entity_types)

    def problem(self, case: DrawnCall, told: SimulatorOutput | Fault) -> str | None:
        """Return what is wrong with an answer."""
        if isinstance(told, Fault):
            return str(told)
        return next(self._problems(case, Answer.of(told)), None)

    def _problems(self, case: DrawnCall, answer: Answer) -> Iterator[str]:
        absent = absent_id(case, self.homes)
        if absent is not None and answer.status_code != 404:
            yield f"{absent} does not exist: that is a 404, before anything else"
        if absent is None and answer.status_code == 404 and self._is_sure_of_ids():
            yield "every id of the call exists: nothing else is a 404"
        if not answer.ok and answer.status_code != 404:
            yield from self._refusal_problems(answer)
        yield from answer_problems(answer, self.tool, case.arguments, case.state, self.entity_types)

    def _refusal_problems(self, answer: Answer) -> Iterator[str]:
        words = "\n".join([self.tool.usage, *self.tool.error_messages])
        if answer.status_code != 400 and str(answer.status_code) not in words:
            yield f"status {answer.status_code}: a broken rule is a 400, an absent id a 404, and there is nothing else"
        names = [message.partition(":")[0].strip() for message in self.tool.error_messages]
        if not any((answer.error_message or "").startswith(name) for name in names):
            wanted = f"one of {', '.join(names)}" if names else "a declared name, and the tool declares none"
            yield f"error_message must begin with {wanted}"

    def _is_sure_of_ids(self) -> bool:
        """Say whether every parameter that may hold an id is known to hold one of a collection."""
        likely = (name for name in self.tool.parameters if "id" in name.split("_") or "ids" in name.split("_"))
        return all(name in self.homes for name in likely)

    async def shrunk(self, case: DrawnCall, told: SimulatorOutput | Fault, problem: str) -> Breach:
        """Return the smallest call that fails in the same way."""
        kind = _kind(problem)
        slow = isinstance(told, Fault) and told.kind in _SLOW
        for _ in range(0 if slow else _ROUNDS):
            smaller = list(self._smaller(case))
            answers = await self.told(smaller)
            for other, one in zip(smaller, answers, strict=True):
                found = self.problem(other, one)
                if found is not None and _kind(found) == kind:
                    case, told, problem = other, one, found
                    break
            else:
                break
        if isinstance(told, Fault) and told.kind is FaultKind.raised:
            where = await self.sandbox.trace(self.asked(case))
            problem = problem if where is None else f"{problem}\n{where}"
        return self.breach(case, told, problem)

    def _smaller(self, case: DrawnCall) -> Iterator[DrawnCall]:
        """Yield the case without some entities or one optional argument, or with a plainer value."""
        for collection, entities in case.state.items():
            if collection != CLOCK and len(entities) > 1:
                yield from self._without(case, collection, set(entities))
        for collection, entities in case.state.items():
            if collection != CLOCK:
                for name in entities:
                    yield from self._without(case, collection, {name})
        for name, value in case.arguments.items():
            parameter = self.tool.parameters.get(name)
            rest = {key: other for key, other in case.arguments.items() if key != name}
            if parameter is not None and not parameter.required and parameter.default is None:
                yield replace(case, arguments=rest)
            for plain in _plainer(value):
                if parameter is not None and not _out_of_bounds(plain, parameter.minimum, parameter.maximum):
                    yield replace(case, arguments={**case.arguments, name: plain})

    def _without(self, case: DrawnCall, collection: str, gone: set[str]) -> Iterator[DrawnCall]:
        state = {
            key: {
                name: {part: _unnamed(value, gone) for part, value in entity.items()}
                for name, entity in entities.items()
                if key != collection or name not in gone
            }
            for key, entities in case.state.items()
        }
        if not state_problems(state, self.entity_types):
            yield replace(case, state=state)

    def breach(self, case: DrawnCall, told: SimulatorOutput | Fault, problem: str) -> Breach:
        """Return a failing call as it is told."""
        asked = self.asked(case)
        return Breach(
            format_call(Call(self.tool.tool_name, case.arguments)), asked.state, asked.now, _text(told), problem
        )


def _kind(problem: str) -> str:
    return _VARIABLE.sub("#", ":".join(problem.split(":")[:2]))


def _text(told: SimulatorOutput | Fault) -> str:
    if isinstance(told, Fault):
        return "nothing"
    return orjson.dumps(told.model_dump(exclude_defaults=True)).decode()


def _unnamed(value: Json, gone: set[str]) -> Json:
    """Return a value without references to what is gone."""
    if isinstance(value, list):
        return [item for item in value if not (isinstance(item, str) and item in gone)]
    return None if isinstance(value, str) and value in gone else value


def _plainer(value: Json) -> Iterator[Json]:
    if isinstance(value, int | float) and not isinstance(value, bool):
        yield from (plain for plain in (0, 1) if plain < value)
    elif isinstance(value, list) and value:
        yield value[1:]


def _out_of_bounds(value: Json, minimum: float | None, maximum: float | None) -> bool:
    if not isinstance(value, int | float):
        return False
    return (minimum is not None and value < minimum) or (maximum is not None and value > maximum)
