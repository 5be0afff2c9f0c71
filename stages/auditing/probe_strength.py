"""How much a tool's probes show of its program, and the few calls that are worth a second reading.

The probes' strength is the share of the program's mutants that they kill. Read a second time are calls that together
show the most of what code has not settled: which mutants they kill, which rule refuses, which optional argument counts,
and which one an entity that is listed does not keep to. Mutants alone do not suffice: of a limit or a condition that a
program forgot, none speaks.
"""

from __future__ import annotations

from collections.abc import Hashable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from stages.auditing.adequacy import Adequacy, Verdict, chosen_calls, measured, outcome_of, verdicts_on
from stages.auditing.drawn_calls import DrawnCall, absent_id, shown_collections
from synthtools_stream.programs.mutants import Mutant, mutants
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.records.blueprint import EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.simulator.coded_tools import program_call
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.values.jsontypes import Json, JsonObject, same_json

__all__ = ["ProbeStrength", "probe_strength"]

_DRAWN = (24, 72)
"""Drawn calls of ids that exist that are looked at: the first of all mutants, the rest of those that are left."""
_OF_PROBES = 2
"""Probes that are chosen at most: their world is as one is usually, and so shows less. What they show of rules and
arguments is looked at on drawn calls all the same."""


@dataclass(frozen=True, slots=True)
class ProbeStrength:
    """What probes show, and what is to be looked at beside what code settled."""

    by_probes: Adequacy
    chosen: Sequence[DrawnCall]
    """The calls that show most, open probes first, in the order in which they are worth it."""


async def probe_strength(
    source: str,
    tool: Tool,
    entity_types: Sequence[EntityType],
    world: State,
    drawn: Sequence[DrawnCall],
    settled: Sequence[Call],
    unsettled: Sequence[Call],
    sandbox: Sandbox,
    most: int,
) -> ProbeStrength:
    """Return how strong the probes are, canonical calls in the audit's world, and `most` calls worth a second reading.

    `settled` are probes that need no reading, or get one anyhow; the others are `unsettled`.

    :raises SandboxMissing: when a worker that ended cannot be replaced.
    """
    look = _Look(source, tool, entity_types, sandbox, shown_collections(tool, entity_types))
    verdicts = await measured(sandbox, mutants(source), look.asked([DrawnCall(world, c.arguments) for c in settled]))
    left = [mutant for mutant, verdict in verdicts.items() if verdict is not Verdict.other]
    probes = [DrawnCall(world, call.arguments) for call in unsettled]
    rows = await look.seen(probes, left)
    for row in rows:
        verdicts |= {mutant: max(verdicts[mutant], verdict) for mutant, verdict in row.verdicts.items()}
    first = chosen_calls([row.things for row in rows], min(most, _OF_PROBES))
    known = {thing for place in first for thing in rows[place].things if isinstance(thing, Mutant)}
    few, many = _DRAWN
    left = [mutant for mutant in left if mutant not in known]
    telling = [case for case in drawn if absent_id(case, look.homes) is None]  # the contract has settled all others
    more = await look.seen(telling[:few], left)
    killed = {thing for row in more for thing in row.things}
    more += await look.seen(telling[few:many], [mutant for mutant in left if mutant not in killed])
    more.sort(key=lambda row: -row.size)
    rest = chosen_calls([row.things - known for row in more], most - len(first))
    return ProbeStrength(
        Adequacy.of(verdicts), [row.case for row in (*(rows[at] for at in first), *(more[at] for at in rest))]
    )


@dataclass(frozen=True, slots=True)
class _Seen:
    """A call and what it shows."""

    case: DrawnCall
    verdicts: Mapping[Mutant, Verdict]
    things: frozenset[Hashable]
    """Mutants that it kills, the rule that refuses it, optional arguments that a success takes, arguments to which what
    it lists does not keep."""
    size: int
    """Bytes of the answer: a list of three shows more than one of none."""


@dataclass(frozen=True, slots=True)
class _Look:
    source: str
    tool: Tool
    entity_types: Sequence[EntityType]
    sandbox: Sandbox
    homes: Mapping[str, str]
    """The collections that parameters name, of those that the tool is shown."""

    def asked(self, cases: Sequence[DrawnCall]) -> list[ProgramCall]:
        """Return calls as the program is given them."""
        name = self.tool.tool_name
        return [
            program_call(self.source, Call(name, case.arguments), self.tool, case.state, self.entity_types)
            for case in cases
        ]

    async def seen(self, cases: Sequence[DrawnCall], left: Sequence[Mutant]) -> list[_Seen]:
        """Return what each call shows, of the mutants `left` and else."""
        answers, rows = await verdicts_on(self.sandbox, left, self.asked(cases))
        found: list[_Seen] = []
        for place, (case, answer) in enumerate(zip(cases, answers, strict=True)):
            verdicts = {mutant: row[place] for mutant, row in zip(left, rows, strict=True)}
            found.append(_Seen(case, verdicts, frozenset(self._things(case, answer, verdicts)), _size(answer)))
        return found

    def _things(
        self, case: DrawnCall, answer: SimulatorOutput | Fault, verdicts: Mapping[Mutant, Verdict]
    ) -> Iterator[Hashable]:
        """Yield what an answer shows; that an absent id is refused, the contract has settled."""
        if isinstance(answer, Fault) or absent_id(case, self.homes) is not None:
            return
        yield from (mutant for mutant, verdict in verdicts.items() if verdict is Verdict.other)
        yield outcome_of(answer)
        if answer.status_code == 200 and [] not in answer.response.values():  # a list of nothing shows no filter
            optional = (name for name, part in self.tool.parameters.items() if not part.required)
            yield from (f"given {name}" for name in optional if name in case.arguments)
            listed = _listed(answer.response, case.state)
            given = case.arguments.items()
            yield from (f"unheeded {name}" for name, value in given if _is_unheeded(name, value, listed))


def _listed(response: JsonObject, state: State) -> list[JsonObject]:
    """Return the entities whose ids stand in the lists of a response."""
    held = {identifier: entity for entities in state.values() for identifier, entity in entities.items()}
    leaves = (leaf for value in response.values() if isinstance(value, list) for leaf in leaf_values(value))
    shown = {leaf for leaf in leaves if isinstance(leaf, str)}
    return [entity for identifier, entity in held.items() if identifier in shown]


def _is_unheeded(name: str, value: Json, listed: Sequence[JsonObject]) -> bool:
    """Say whether one of the entities listed has another value under an argument's name: is it a forgotten filter?"""
    return any(name in entity and not same_json(_folded(entity[name]), _folded(value)) for entity in listed)


def _folded(value: Json) -> Json:
    return value.casefold() if isinstance(value, str) else value


def _size(answer: SimulatorOutput | Fault) -> int:
    return 0 if isinstance(answer, Fault) else len(repr(answer.response)) + len(repr(answer.changes))
