"""Audit: how well who judges finds what is known to be wrong: tools, programs, requests, attempts.

A model that spoils answers stands before the backend. First, with simulated tools, it makes a share of all tools
defective, each at one of several rates, and the audit's word is compared with that; then, with coded ones, it gives a
share of them a program with a mistake; then good requests are altered, and the reader's word is compared with what is
known; then it spoils agents' turns, and the trajectory judge's reading is compared with the verdict that code gives.
Whatever the backend is, the figures are that backend's.
"""

from __future__ import annotations

import argparse
from collections import Counter
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.assembly.run_inputs import Start, from_fields
from synthtools_stream.bench.agreement import Confusion
from synthtools_stream.bench.audit_figures import AIM_FROM, AuditFigures, JudgeFigures
from synthtools_stream.bench.defects import WAYS
from synthtools_stream.bench.defects.defect_injector import DefectiveTools, Ledger, Spoiling, tool_digest
from synthtools_stream.bench.findings import Finding, command, note, tell
from synthtools_stream.bench.in_process_run import Ran, run_in_process
from synthtools_stream.bench.planted_audit import measure_programs
from synthtools_stream.bench.reader_trial import measure_reader
from synthtools_stream.chat.language_model import LanguageModel
from synthtools_stream.cli.exit_codes import run_async
from synthtools_stream.config import RunConfig
from synthtools_stream.embedded import EmbeddedRates
from synthtools_stream.storage.journal.outcome import OutcomeKind
from synthtools_stream.values.jsontypes import JsonObject, object_at

__all__ = ["LEVELS", "main", "measure_audit", "measure_judge"]

LEVELS = (0.1, 0.2, 0.4, 0.6, 0.8, 1.0)
"""Shares of its calls in which a defective tool's defect shows: from hardly ever to always."""
FIELDS = (
    *("Freight and Logistics", "Public Libraries", "Dental Care", "Film Festivals", "Wind Farms", "Beekeeping"),
    *("Museum Collections", "Airport Ground Handling", "School Administration", "Vineyards", "Legal Services"),
    *("Veterinary Clinics", "Ferry Operations", "Insurance Claims", "Municipal Waste", "Chess Clubs"),
)
"""Trades that have little in common, so that no one vocabulary carries the figures."""

_TASKS = 6
"""Sequences an environment whose requests are altered: some 90 tasks of the fields above, 1,500 mistakes."""
_ROWS = {"programs": False, "programs_in_noise": True}
"""Whether simulator and referee err as they do by default. The embedded programmer never does: what is wrong is
planted, and known."""


def main(arguments: Sequence[str]) -> int:
    """Measure, and print what was found; returns the exit code."""
    options = _parser().parse_args(arguments)
    names = _fields(options)
    say = note("audit")
    figures: JsonObject = {}
    lines: list[str] = []
    ok = True
    if options.part in ("all", "audit"):
        say("auditing sound and defective tools")
        chosen = DefectiveTools(options.share, options.rates, options.seed)
        found = run_async(measure_audit(_config(options, "auditing"), from_fields(names), chosen, options.kinds))
        figures.update({"model": found.model, "audit": found.figures.to_json()})
        lines += [f"model {found.model}", *found.figures.lines()]
    if options.part in ("all", "programs"):
        for row, noisy in _ROWS.items() if options.backend == "embedded" else [("programs", True)]:
            say(f"auditing sound and wrong programs, {row}")
            model, of_programs = run_async(measure_programs(_coded(options, noisy), from_fields(names), options.share))
            figures.update({"model": model, row: of_programs.to_json()})
            lines += [f"{row}:", *of_programs.lines()]
    if options.part in ("all", "reader"):
        say("reading good and altered requests")
        reader, of_reader = run_async(
            measure_reader(
                _config(options, "summarizing", {"sequences": _TASKS, "tools_as": "auto"}), from_fields(names)
            )
        )
        figures.update({"model": reader, "reader": of_reader.to_json()})
        lines += of_reader.lines()
    if options.part in ("all", "judge"):
        say("judging attempts of a spoiled agent")
        start = from_fields(names[: options.judge_fields])
        judged = run_async(measure_judge(_config(options, "rollout"), start, options.agent_rate, options.seed))
        figures.update({"model": judged.model, "trajectory_judge": judged.figures.to_json()})
        lines += judged.figures.lines()
    if str(figures.get("model")).startswith("embedded"):
        figures["note"] = "a self-test of the harness, not model quality"
        lines.append("(the embedded procedural model: a self-test of the harness, not model quality)")
    return tell(Finding(figures, lines, ok), options)


@dataclass(frozen=True)
class MeasuredAudit:
    """The audit's figures and whose they are."""

    model: str
    figures: AuditFigures


@dataclass(frozen=True)
class MeasuredJudge:
    """The judge's figures and whose they are."""

    model: str
    figures: JudgeFigures


async def measure_audit(
    config: RunConfig, start: Start, tools: DefectiveTools, kinds: Sequence[str] | None = None
) -> MeasuredAudit:
    """Run generation and audit with defective tools, and compare."""
    ledger = Ledger()

    def wrap(model: LanguageModel) -> LanguageModel:
        return Spoiling(model, {}, tools.seed, ledger, tools=tools.rate, kinds=kinds)

    ran = await run_in_process(config, start, wrap)
    figures = _audit_figures(ran, tools, ledger)
    figures.spoiled.update(entry.kind for entry in ledger.entries.values())
    return MeasuredAudit(ran.model, figures)


def _audit_figures(ran: Ran, tools: DefectiveTools, ledger: Ledger) -> AuditFigures:
    figures = AuditFigures(by_level={level: Confusion() for level in tools.levels})
    drafts = {
        str(draft["id"]): object_at(draft, "tool")
        for outcome in ran.of_stage("generation.tool")
        for draft in outcome.outputs
    }
    rates = {name: tools.rate(tool) for name, tool in drafts.items()}
    for outcome in ran.of_stage("auditing"):
        if outcome.kind is OutcomeKind.FAILED:
            continue
        figures.tools += 1
        tried = _tried(outcome.outputs, outcome.extra)
        figures.probes += tried.probes
        figures.answers += tried.answers
        if outcome.reason in ("unaudited", "unusable_reply"):
            figures.undecided += 1
            continue
        alarm, rate = outcome.kind is OutcomeKind.REJECTED, rates[outcome.item]
        if rate and tool_digest(drafts[outcome.item]) not in ledger.marred:
            figures.unmarred += 1
            continue
        figures.overall.add(wrong=rate > 0, alarm=alarm)
        for level, confusion in figures.by_level.items():
            if rate in (0.0, level):
                confusion.add(wrong=rate > 0, alarm=alarm)
        story: JsonObject = {"id": outcome.item, "rate": rate, "detail": outcome.detail, **outcome.extra}
        if alarm and not rate:
            figures.false_alarms.append(story)
        if rate >= AIM_FROM and not alarm:
            figures.missed.append({**story, "probes": outcome.outputs[0].get("probes")})
    figures.calls = sum(count for (stage, _), count in ran.calls.items() if stage == "auditing")
    return figures


class _Tried(NamedTuple):
    probes: int
    answers: int


def _tried(outputs: Sequence[JsonObject], extra: JsonObject) -> _Tried:
    """Return how many probes were tried, and how many answers they got; of a rejected tool it is evidence."""
    if not outputs:
        probes, answers = extra.get("probes"), extra.get("answers")
        return _Tried(probes if isinstance(probes, int) else 0, answers if isinstance(answers, int) else 0)
    tried = outputs[0].get("probes")
    rows = [row for row in tried if isinstance(row, dict)] if isinstance(tried, list) else []
    answers = [row.get("answers") for row in rows]
    return _Tried(len(rows), sum(len(found) for found in answers if isinstance(found, list)))


async def measure_judge(config: RunConfig, start: Start, rate: float, seed: int) -> MeasuredJudge:
    """Run to the rollouts with agents whose turns are spoiled, and compare reading with verdict."""
    ledger = Ledger()
    wrap = partial(Spoiling, rates={"agent_json": rate, "agent_native": rate}, seed=seed, ledger=ledger)
    ran = await run_in_process(config, start, wrap)
    figures = JudgeFigures(spoiled=Counter(entry.kind for entry in ledger.entries.values()))
    for outcome in ran.of_stage("rollout"):
        for row in outcome.outputs:
            verdict, reading = object_at(row, "verdict"), row.get("judge")
            if not isinstance(reading, dict) or verdict.get("kind") == "unproven":
                figures.unread += 1
                continue
            figures.confusion.add(wrong=verdict.get("kind") != "solved", alarm=not reading.get("solved"))
    return MeasuredJudge(ran.model, figures)


def _parser() -> argparse.ArgumentParser:
    parser = command(
        "audit", "Precision, recall and kappa of audit, reader and trajectory judge, against planted defects."
    )
    parser.add_argument("--part", choices=["all", "audit", "programs", "reader", "judge"], default="all")
    parser.add_argument("--fields", type=int, default=len(FIELDS), help="fields to use")
    parser.add_argument("--fields-file", type=Path, help="their names, one a line")
    parser.add_argument("--scenarios", type=int, default=4, help="environments a field")
    parser.add_argument("--share", type=float, default=0.5, help="share of tools, or programs, that are defective")
    parser.add_argument("--rates", type=_rates, default=LEVELS, metavar="P,P,…", help="how often defects show")
    # Replies that cannot be read are no defects of a tool: an audit asks again and judges what then comes.
    parser.add_argument(
        "--kinds",
        type=lambda text: text.split(","),
        default=tuple(WAYS["simulator"]),
        metavar="KIND,…",
        help="only these defects; by default all but unreadable replies",
    )
    parser.add_argument("--agent-rate", type=float, default=0.1, help="share of agent turns that are spoiled")
    parser.add_argument("--judge-fields", type=int, default=8, help="fields whose tasks are tried")
    parser.add_argument("--rollouts", type=int, default=4, help="attempts at each task")
    parser.add_argument("--mode", choices=["json", "native"], default="json")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--min-reliability", type=float)
    parser.add_argument("--backend", default="embedded")
    parser.add_argument("--model")
    parser.add_argument("--server-url", action="append")
    parser.add_argument("--concurrency", type=int)
    parser.add_argument("--hard", type=float, default=0.0, help="the embedded model's own share of hard tools")
    return parser


def _rates(text: str) -> tuple[float, ...]:
    return tuple(float(part) for part in text.split(","))


def _fields(options: argparse.Namespace) -> list[str]:
    path: Path | None = options.fields_file
    names = (
        [*FIELDS]
        if path is None
        else [line.strip() for line in path.read_text("utf-8-sig").splitlines() if line.strip()]
    )
    return names[: options.fields]


def _config(options: argparse.Namespace, last: str, other: JsonObject | None = None) -> RunConfig:
    """Return the configuration of a run to the stage `last`, with `other` keys where they are given."""
    chosen: JsonObject = {
        "seed": options.seed,
        "scenarios": options.scenarios if last == "auditing" else 1,
        "stop_after": last if last != "rollout" else None,
        "sequences": 2,
        "tools_as": "simulated",
        "rollouts": options.rollouts,
        "mode": options.mode,
        "backend": options.backend,
        "model": options.model,
        "server_url": options.server_url,
        "concurrency": options.concurrency,
        "min_reliability": options.min_reliability,
        # Its hard tools are defective in truth, which would pass for false alarms.
        "embedded": {"unreliable_tool": options.hard},
        **(other or {}),
    }
    return RunConfig.build({key: value for key, value in chosen.items() if value is not None})


def _coded(options: argparse.Namespace, noisy: bool) -> RunConfig:
    rates: JsonObject = {"unreliable_tool": options.hard} if noisy else {**asdict(EmbeddedRates.none())}
    return _config(options, "auditing", {"tools_as": "code", "embedded": {**rates, "program_error": 0.0}})
