"""The audit of programs, measured against programs with a known mistake: found, accused, and what it costs."""

from __future__ import annotations

from dataclasses import replace

from synthtools_stream.assembly.run_inputs import Start
from synthtools_stream.bench.agreement import Confusion
from synthtools_stream.bench.defects.defect_injector import tool_digest
from synthtools_stream.bench.defects.planted_programs import Planting, PlantingLedger
from synthtools_stream.bench.in_process_run import Ran, run_in_process
from synthtools_stream.bench.program_figures import ProgramFigures
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.config import RunConfig
from synthtools_stream.embedded import EmbeddedModel, EmbeddedRates
from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.roles.audit_roles import WORLD
from synthtools_stream.storage.journal.outcome import Outcome, OutcomeKind
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["measure_programs"]

_MISREADING = replace(EmbeddedRates.none(), program_error=1.0)
"""Every program has a misunderstanding, and nothing else goes wrong."""


async def measure_programs(config: RunConfig, start: Start, share: float) -> tuple[str, ProgramFigures]:
    """Run generation and audit with a share of wrong programs; returns whose figures they are, too."""
    ledger = PlantingLedger()
    async with open_sandbox(1) as sandbox:

        def wrap(model: LanguageModel) -> LanguageModel:
            misreading = EmbeddedModel(rates=_MISREADING)
            return Planting(model, misreading, sandbox, share, config.content.seed, ledger)

        ran = await run_in_process(config, start, wrap)
    return ran.model, _figures(ran, ledger)


def _figures(ran: Ran, ledger: PlantingLedger) -> ProgramFigures:
    figures = ProgramFigures(worlds=ran.calls["auditing", WORLD.name])
    digests = {
        str(draft["id"]): tool_digest(object_at(draft, "tool"))
        for outcome in ran.of_stage("generation.tool")
        for draft in outcome.outputs
    }
    for outcome in ran.of_stage("auditing"):
        if outcome.kind is OutcomeKind.FAILED:
            continue
        figures.tools += 1
        digest = digests[outcome.item]
        if digest not in ledger.written:
            figures.unwritten += 1
        elif digest in ledger.unfit:
            figures.unfit += 1
        else:
            _add(figures, outcome, digest, ledger)
    return figures


def _add(figures: ProgramFigures, outcome: Outcome, digest: str, ledger: PlantingLedger) -> None:
    planted, alarm = ledger.planted.get(digest), outcome.kind is OutcomeKind.REJECTED
    story: JsonObject = {"id": outcome.item, "detail": outcome.detail}
    figures.overall.add(wrong=planted is not None, alarm=alarm)
    if planted is not None:
        figures.by_family.setdefault(planted.family, Confusion()).add(wrong=True, alarm=alarm)
        if not alarm:
            mistake: JsonObject = {"family": planted.family, "mistake": planted.description, "program": planted.source}
            figures.missed.append({**story, **mistake})
    elif alarm:
        figures.accused.append(story)
    else:
        figures.asked += ledger.asked[digest]
        adequacy = object_at(outcome.outputs[0], "adequacy")
        figures.mutants += _count(adequacy, "mutants")
        figures.killed += _count(adequacy, "killed_by_probes")


def _count(adequacy: JsonObject, name: str) -> int:
    held = adequacy.get(name)
    return held if isinstance(held, int) else 0
