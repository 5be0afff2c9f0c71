"""The audit of a program: does the code do what its tool's words say?

Four things are looked at, the cheap ones first. The *contract*: calls drawn in code on drawn worlds never raise and
never break the tool's own declarations. The *probes*: each is run once, and code settles what it can. The *second
reading*: a few calls are played by the simulator, too (`second_reading`). And *adequacy*: mutants of the program say
which calls are worth a second reading, and how much would have been noticed. What is wrong is told to the programmer,
who mends it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from stages.auditing.code_judgment import code_judgment
from stages.auditing.contract_check import CONTRACT_CALLS, contract_breach
from stages.auditing.drawn_calls import drawn_calls
from stages.auditing.probe_strength import ProbeStrength, probe_strength
from stages.auditing.probe_trial import Run, Trial
from stages.auditing.second_reading import Reading, ReadingKind, second_reading
from synthtools_stream.engine.stage import Context
from synthtools_stream.engine.task_group import all_results
from synthtools_stream.errors import BadProgram, UnusableReply
from synthtools_stream.programs.sandbox import Sandbox
from synthtools_stream.records import State, ToolDraft
from synthtools_stream.roles.audit_roles import Judgment
from synthtools_stream.roles.program_roles import PROGRAMMER, ProgrammerInput
from synthtools_stream.simulator.coded_tools import CodedTools
from synthtools_stream.simulator.shown_world import shown_types
from synthtools_stream.simulator.tool_runtime import Served, Simulator
from synthtools_stream.toolcalls import Call, format_call
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["AuditedProgram", "NoProgram", "ProgramAudit"]

_REPAIRS = 2
"""Times that a program is mended: in a trial one repair sufficed for all of sixteen."""
_READINGS = 5
"""Calls that get a second reading at most: with the programmer's and the prober's, seven requests a tool, and one a
dispute more."""


class NoProgram(Exception):
    """A tool has no program that passes its audit; the message says which call showed it."""


@dataclass(frozen=True)
class AuditedProgram:
    """A program that passed, and how it was looked at."""

    source: str
    drawn: int
    """Calls on which it kept its contract: fewer than usual where a schema is hard to fit, or none."""
    trials: Sequence[Trial]
    readings: Sequence[Reading]
    strength: ProbeStrength
    written: int
    """Programs that the programmer wrote, this one included."""

    def adequacy(self) -> JsonObject:
        """Return the figures as they stand in a tool's row."""
        killed, alive = len(self.strength.by_probes.killed), len(self.strength.by_probes.alive)
        return {
            "contract_calls": self.drawn,
            "mutants": killed + alive,
            "killed_by_probes": killed,
            "second_readings": [reading.to_json() for reading in self.readings],
            "written": self.written,
        }


class ProgramAudit:
    """Lets a program be written for one tool, and audits it against one world and its probes."""

    def __init__(
        self, item: ToolDraft, world: State, trials: Sequence[Trial], sandbox: Sandbox, seed: int, context: Context
    ) -> None:
        """Take the `trials` as they are asked for: their runs are those of the program that passes."""
        self._item = item
        self._world = world
        self._trials = trials
        self._sandbox = sandbox
        self._seed = seed
        self._context = context
        self._types = item.setting.entity_types
        self._drawn = list(drawn_calls(item.tool, self._types, world, f"{seed}|{item.id}", CONTRACT_CALLS))

    async def passed(self) -> AuditedProgram:
        """Return a program that passes.

        :raises NoProgram: when none does, repairs included.
        :raises TransportError: when a model cannot be reached.
        """
        source: str | None = None
        problem = ""
        for attempt in range(1 + _REPAIRS):
            source = await self._written(source, problem, attempt)
            found = await self._examined(source, attempt)
            if isinstance(found, AuditedProgram):
                return found
            problem = found
        raise NoProgram(problem)

    async def passed_as_brought(self, source: str) -> AuditedProgram:
        """Return a program of the user's own, audited; nobody mends it.

        :raises NoProgram: when it does not pass.
        :raises TransportError: when a model cannot be reached.
        """
        found = await self._examined(source, 0)
        if isinstance(found, AuditedProgram):
            return found
        raise NoProgram(f"the program that was brought: {found}")

    async def _written(self, source: str | None, problem: str, attempt: int) -> str:
        asked = ProgrammerInput(
            tool=self._item.tool,
            entity_types=shown_types(self._item.tool, self._types),
            program=source,
            problems=[problem] if problem else [],
        )
        try:
            return (await self._context.ask(PROGRAMMER, asked, key=str(attempt))).program
        except UnusableReply as reply:
            raise NoProgram(f"the programmer gave no program: {reply.detail}") from reply

    async def _examined(self, source: str, attempt: int) -> AuditedProgram | str:
        """Return the program audited, or what is wrong with it."""
        fault = await self._sandbox.check(source)
        if fault is not None:
            return str(fault)
        breach = await contract_breach(source, self._item.tool, self._types, self._drawn, self._sandbox)
        if breach is not None:
            return str(breach)
        try:
            served = await all_results(self._answered(source, trial.call, self._world) for trial in self._trials)
        except BadProgram as bad:
            return bad.detail
        runs = [self._judged(trial, answer) for trial, answer in zip(self._trials, served, strict=True)]
        for trial, run in zip(self._trials, runs, strict=True):
            if run.judgment not in (None, Judgment.correct):
                return f"{format_call(trial.call)} is answered {run.served.body}, which cannot be right"
        return await self._read(source, runs, attempt)

    async def _read(self, source: str, runs: Sequence[Run], attempt: int) -> AuditedProgram | str:
        """Let a few calls be read a second time: those that say most about the program."""
        judged = list(zip(self._trials, runs, strict=True))
        doubtful = [trial.call for trial, run in judged if _is_doubtful(trial, run)][:_READINGS]
        strength = await probe_strength(
            source,
            self._item.tool,
            self._types,
            self._world,
            self._drawn,
            [trial.call for trial, run in judged if run.judgment is not None or _is_doubtful(trial, run)],
            [trial.call for trial, run in judged if run.judgment is None and not _is_doubtful(trial, run)],
            self._sandbox,
            _READINGS - len(doubtful),
        )
        name = self._item.tool.tool_name
        telling = [(Call(name, case.arguments), case.state) for case in strength.chosen]
        chosen = [*((call, self._world) for call in doubtful), *telling]
        readings: list[Reading] = []
        for part in (chosen[:1], chosen[1:]):  # the one that says most alone: a wrong program mostly ends there
            readings += await all_results(
                self._second(source, call, world, f"{attempt}.{index}")
                for index, (call, world) in enumerate(part, start=len(readings))
            )
            contradicted = next((reading for reading in readings if reading.kind is ReadingKind.contradicted), None)
            if contradicted is not None:
                return contradicted.problem
        trials = [
            replace(trial, runs=[replace(run, judgment=Judgment.correct)])
            for trial, run in zip(self._trials, runs, strict=True)
        ]
        return AuditedProgram(source, len(self._drawn), trials, readings, strength, attempt + 1)

    async def _second(self, source: str, call: Call, world: State, key: str) -> Reading:
        answered = await self._answered(source, call, world)
        return await second_reading(self._item, world, call, answered, key, self._seed, self._context)

    async def _answered(self, source: str, call: Call, world: State) -> Served:
        """Return what the program answers.

        :raises BadProgram: when it gives no answer, or one that code refuses.
        """
        item, name = self._item, self._item.tool.tool_name
        coded = CodedTools({name: source}, self._sandbox)
        simulator = Simulator({name: item.tool}, self._types, world, self._context, owner=item.id, coded=coded)
        try:
            return await simulator.call(call)
        except BadProgram as bad:
            raise BadProgram(f"{format_call(call)}: {bad.detail}") from bad

    def _judged(self, trial: Trial, served: Served) -> Run:
        settled = code_judgment(trial.probe, served, self._item.tool, self._world)
        return Run(served, judgment=settled)


def _is_doubtful(trial: Trial, run: Run) -> bool:
    """Say whether an answer that code could not settle is not what the prober expected."""
    return run.judgment is None and run.served.status_code != trial.probe.expected_status
