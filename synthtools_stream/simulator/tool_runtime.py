"""The tool runtime, one and the same for audit, evolution, rollout and serving.

A call is parsed and checked in code (400 with a precise message), looked up on the tape, and only then played by the
simulator role, which sees the tool, its rules and the collections that it reads and writes, and no history. Its answer
is checked in code too; what is wrong with it is told to the model, which answers again. Then new ids are minted, the
changes applied and the call logged. A state changes only through the changes of a 2xx answer.

Free-form mode (`typed=False`) is for other people's corpora: the whole state counts, checks are lenient, changes
are applied where the state's shape allows, and facts that the model supplied are kept in the state as `imagined`, so
that later calls see them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Literal, Protocol, TypeVar

from synthtools_stream.errors import BadCall, Rejection, StateProblem
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import Change, State
from synthtools_stream.records.record import Record
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.role import Role
from synthtools_stream.roles.simulator_role import SIMULATOR, SimulatorInput, SimulatorOutput, ToolRequest
from synthtools_stream.simulator.answer_check import Answer, answer_problems, loose_problems
from synthtools_stream.simulator.tape import Tape, TapedAnswer, tape_key
from synthtools_stream.simulator.write_check import news
from synthtools_stream.state import CLOCK, IdMinter, apply, as_json, as_state, now_of, rename
from synthtools_stream.toolcalls import Call, canonical, check_call, format_call, parse_call, unknown_tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["IMAGINED", "AsksSimulator", "Served", "Simulator", "shown_state", "shown_types"]

IMAGINED = "imagined"
"""Key of a free-form state under which supplied facts are kept, one a line."""
_MAX_PROBLEMS = 6
In = TypeVar("In", bound=Record)
Out = TypeVar("Out", bound=Record)


class AsksSimulator(Protocol):
    """All that the runtime needs of a stage's context."""

    async def ask(
        self,
        role: Role[In, Out],
        value: In,
        *,
        key: str = "",
        item: str | None = None,
        check: Callable[[Out], None] | None = None,
    ) -> Out:
        """Ask a role; see `synthtools_stream.engine.stage.Context.ask`."""
        ...


@dataclass(frozen=True, slots=True)
class Served:
    """One call and how it was answered, as it stands in the log."""

    call: str
    """Canonical where it passed the checks, else as it came."""
    status_code: int
    response: JsonObject
    error_message: str | None = None
    changes: tuple[Change, ...] = ()
    """As applied: minted ids in place."""
    decided_by: Literal["code", "tape", "simulator"] = "simulator"
    imagined: tuple[str, ...] = ()

    @property
    def ok(self) -> bool:
        """Say whether the call was answered 2xx."""
        return 200 <= self.status_code < 300

    @property
    def body(self) -> JsonObject:
        """What the agent is told."""
        if self.error_message is not None:
            return {"status_code": self.status_code, "error_message": self.error_message}
        return {"status_code": self.status_code, "response": self.response}


def shown_state(tool: Tool, state: JsonObject | State | None, entity_types: Sequence[EntityType] = ()) -> JsonObject:
    """Return the collections that a tool reads and writes, in the types' (else the state's) order, and the clock."""
    whole = as_json(state or {})
    if tool.effects is None:
        return whole
    touched = {*tool.effects.reads, *tool.effects.writes}
    order = dict.fromkeys([*(kind.collection for kind in entity_types), *whole])
    shown = {name: whole.get(name, {}) for name in order if name in touched and name != CLOCK}
    return {**shown, CLOCK: whole[CLOCK]} if CLOCK in whole else shown


def shown_types(tool: Tool, entity_types: Sequence[EntityType]) -> list[EntityType]:
    """Return the types of what a tool is shown."""
    touched = None if tool.effects is None else {*tool.effects.reads, *tool.effects.writes}
    return [kind for kind in entity_types if touched is None or kind.collection in touched]


class Simulator:
    """Plays tools on one state; belongs to one conversation."""

    def __init__(
        self,
        tools: Mapping[str, Tool],
        entity_types: Sequence[EntityType],
        state: JsonObject | State | None,
        context: AsksSimulator,
        owner: str,
        *,
        tape: Tape | None = None,
        typed: bool = True,
    ) -> None:
        """Answers belong to `owner` (a task's id): their seeds come from it, whichever rollout asks first.

        Raises StateProblem when `typed` and the state is not made of collections of entities.
        """
        self.tools = dict(tools)
        self.log: list[Served] = []
        self._types = list(entity_types)
        self._state: JsonObject | None = (
            as_json(as_state(state)) if typed else (as_json(state) if state is not None else None)
        )
        self._context = context
        self._owner = owner
        self._tape = tape
        self._typed = typed
        self._mint = IdMinter(entity_types, _collections(self._state))
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

        Raises UnusableReply when the model gives no acceptable answer, TransportError when it cannot be reached;
        then nothing was changed or logged.
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
        return await self._play(canonical(call, tool), tool, repeat)

    async def _play(self, call: Call, tool: Tool, repeat: int) -> Served:
        key = tape_key(call, tool, self._state)
        if repeat or self._tape is None:
            answer = await self._ask(call, tool, f"{key}/{repeat}" if repeat else key)
            return self._settle(call, answer, "simulator")
        taped = key in self._tape
        answer = await self._tape.answer(key, partial(self._ask, call, tool, key))
        return self._settle(call, answer, "tape" if taped else "simulator")

    async def _ask(self, call: Call, tool: Tool, key: str) -> TapedAnswer:
        shown = SimulatorInput(
            entity_types=shown_types(tool, self._types),
            tool=tool,
            state=shown_state(tool, self._state, self._types) if self._state is not None else None,
            call=ToolRequest(tool_name=call.name, arguments=call.arguments),
        )
        check = partial(self._check, call, tool, self._state)
        output = await self._context.ask(SIMULATOR, shown, item=self._owner, key=key, check=check)
        return TapedAnswer(
            output.status_code, output.response, output.error_message, _changes(output), tuple(output.imagined)
        )

    def _check(self, call: Call, tool: Tool, state: JsonObject | None, output: SimulatorOutput) -> None:
        """Refuse an answer that contradicts itself, the tool or the state."""
        answer = Answer(output.status_code, output.response, output.error_message, _changes(output))
        if self._typed:
            found = answer_problems(answer, tool, call.arguments, as_state(state), self._types)
            problems = [*found, *(["imagined must be empty: the state is complete"] if output.imagined else [])]
        else:
            problems = list(loose_problems(answer))
        if problems:
            raise Rejection("bad_answer", "; ".join(problems[:_MAX_PROBLEMS]))

    def _settle(self, call: Call, answer: TapedAnswer, decided_by: Literal["tape", "simulator"]) -> Served:
        """Mint ids, apply the changes, keep imagined facts."""
        changes, minted = self._apply(answer.changes) if answer.changes else ((), {})
        if answer.imagined and not self._typed:
            self._imagine(answer.imagined)
        response = rename(answer.response, minted)
        assert isinstance(response, dict)
        return Served(
            format_call(call),
            answer.status_code,
            response,
            answer.error_message,
            changes,
            decided_by,
            answer.imagined,
        )

    def _apply(self, changes: Sequence[Change]) -> tuple[tuple[Change, ...], dict[str, str]]:
        if self._typed:
            state = as_state(self._state)
            applied = apply(state, _effective(changes, state), mint=self._mint)
            self._state = as_json(applied.state)
            return tuple(applied.changes), applied.minted
        return self._apply_loosely(changes)

    def _apply_loosely(self, changes: Sequence[Change]) -> tuple[tuple[Change, ...], dict[str, str]]:
        """Apply what fits, one change at a time; a free-form state need not have a place for each."""
        kept: list[Change] = []
        minted: dict[str, str] = {}
        for change in changes:
            attributes = rename(change.attributes, minted)
            named = change.model_copy(update={"id": minted.get(change.id, change.id), "attributes": attributes})
            collections = _collections(self._state)
            if change.collection in (self._state or {}) and change.collection not in collections:
                continue  # that part of the state has another shape
            try:
                applied = apply(collections, [named], mint=self._mint)
            except StateProblem:
                continue
            self._state = {**(self._state or {}), **as_json(applied.state)}
            kept.extend(applied.changes)
            minted.update(applied.minted)
        return tuple(kept), minted

    def _imagine(self, facts: Sequence[str]) -> None:
        state = self._state or {}
        known = state.get(IMAGINED, [])
        if isinstance(known, list):
            new: list[Json] = [fact for fact in facts if fact not in known]
            self._state = {**state, IMAGINED: [*known, *new]}


def _refused(call: str, message: str) -> Served:
    return Served(call[:2000], 400, {}, message, decided_by="code")


def _changes(output: SimulatorOutput) -> tuple[Change, ...]:
    return tuple(
        Change(op=change.op, collection=change.collection, id=change.id, attributes=change.attributes)
        for change in output.changes
    )


def _effective(changes: Sequence[Change], state: State) -> list[Change]:
    """Drop what changes nothing: setting an attribute to what it is already is no write."""
    kept: list[Change] = []
    for change in changes:
        effective = change
        if change.op == "update":
            fresh = news(change, (state.get(change.collection) or {}).get(change.id, {}))
            effective = change.model_copy(update={"attributes": fresh})
        if effective.attributes or change.op != "update":
            kept.append(effective)
        state = apply(state, [change], mint=None).state  # several changes of one entity depend on each other
    return kept


def _collections(state: JsonObject | None) -> State:
    """Return the part of a free-form state that is collections of entities."""
    try:
        return as_state({name: part for name, part in (state or {}).items() if _is_collection(part)})
    except StateProblem:
        return {}


def _is_collection(part: Json) -> bool:
    return isinstance(part, dict) and all(isinstance(entity, dict) for entity in part.values())
