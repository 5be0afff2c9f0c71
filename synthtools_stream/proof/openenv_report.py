"""What `verify` found, as a report of OpenEnv's RFC 008 on environment validation: its semantic checks, by their ids.

The keys are those of its `report.schema.json`, version 1. A file of tasks is no package, so `manifest` and `signature`
are null; `measured` says by which kinds of proof the rows hold.
"""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from pathlib import Path
from typing import NamedTuple

from synthtools_stream.proof.verify_report import VerifyReport
from synthtools_stream.storage.datasets.line_file import open_lines
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["openenv_report"]

_BLOCK = 1 << 20
"""Bytes read at once."""
_SHOWN = 5
"""Failing rows that a check's evidence names."""
_SEMANTIC = 3
"""The RFC's level of checks on what a reward means."""


class _Check(NamedTuple):
    """A check of the RFC, the parts of a certificate that answer it, and what these show."""

    id: str
    parts: Sequence[str]
    shows: str


_ANSWERED = (
    _Check("semantic.oracle_max", ("integrity", "world", "verdict"), "the verdict accepts the ground truth"),
    _Check("semantic.floor_gap", ("verdict",), "the verdict refuses doing nothing: reward 0, where the truth gets 1"),
    _Check(
        "semantic.canary_floor",
        ("verdict", "necessity"),
        "the verdict refuses a write left out, a value altered, a write too many, and each pair of writes left out",
    ),
    _Check(
        "semantic.no_solution_leakage",
        ("request", "provenance"),
        "the request holds nothing that its user cannot know: no id that is still to be made, no value to be found",
    ),
    _Check("semantic.verifier_determinism", ("verdict",), "the verdict is code: no model, no clock, no chance"),
    _Check(
        "semantic.replayability",
        ("world", "stability"),
        "the recorded calls lead from the initial to the final state, and what is code comes to the same again",
    ),
)
_UNANSWERED = {
    "semantic.verifier_portability": "rows are verified on this machine only",
    "semantic.resource_envelope": "what an episode costs is not measured",
}
_REMEDIATION = "`verify --json` lists what does not hold, row by row; such rows are not to be trained on"


def openenv_report(path: Path, report: VerifyReport, seconds: float) -> JsonObject:
    """Return the report; `seconds` is how long verifying took, which answers all checks at once."""
    digest = sha256()
    with open_lines(path) as file:
        while block := file.read(_BLOCK):
            digest.update(block)
    answered: list[Json] = [_answered(check, report, seconds) for check in _ANSWERED]
    skipped: list[Json] = [_result(name, "skip", {}, [reason], 0.0) for name, reason in _UNANSWERED.items()]
    return {
        "report_schema_version": "1",
        "target": str(path),
        "source_digest": f"sha256:{digest.hexdigest()}",
        "signature": None,
        "manifest": None,
        "policy_version": "v1",
        "lane": "local",
        "levels_run": [_SEMANTIC],
        "results": [*answered, *skipped],
        "verdict": "fail" if report.failed else "warn",  # by the policy, a check that is skipped is a warning
    }


def _answered(check: _Check, report: VerifyReport, seconds: float) -> JsonObject:
    measured: JsonObject = {
        "tasks": report.checked,
        "proven": report.proven,
        "brought": report.brought,
        "unproven": report.unproven,
        "failed": len(report.failed),
        "executed": report.executed,
        "kinds": {part: dict(report.kinds[part]) for part in check.parts if part in report.kinds},
    }
    proven = report.proven + report.brought
    told = [f"{proven} of {report.checked} tasks: {check.shows}"]
    if report.brought:
        told.append(f"{report.brought} tasks were brought: nobody audited their tools here")
    if report.unproven:
        told.append(f"tasks without a certificate, of which nothing is known: {report.unproven}")
    if report.older:
        told.append(
            f"{report.older} certificates are of version 1, which does not say by what kind of proof parts hold"
        )
    if report.failed:
        told += [f"line {row.line}: {row.id}: {row.reasons[0]}" for row in report.failed[:_SHOWN]]
        return {**_result(check.id, "fail", measured, told, seconds), "remediation": _REMEDIATION}
    return _result(check.id, "pass" if proven == report.checked > 0 else "skip", measured, told, seconds)


def _result(name: str, status: str, measured: JsonObject, evidence: Sequence[str], seconds: float) -> JsonObject:
    return {
        "check_id": name,
        "status": status,
        "measured": measured,
        "evidence": [*evidence],
        "remediation": None,
        "duration_s": round(seconds, 3),
    }
