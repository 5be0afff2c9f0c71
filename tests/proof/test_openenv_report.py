"""The report of OpenEnv's RFC 008: its semantic checks by their ids, from what `verify` found."""

from __future__ import annotations

import json
from hashlib import sha256
from pathlib import Path
from typing import Any

from synthtools_stream.proof.openenv_report import openenv_report
from synthtools_stream.proof.verify_report import verify_file
from synthtools_stream.records import Task
from tests.proof.coded_task import coded
from tests.proof.freight import draft, proven

KEYS = {
    *("report_schema_version", "target", "source_digest", "signature", "manifest", "policy_version", "lane"),
    *("levels_run", "results", "verdict"),
}
"""Of the RFC's `ValidationReport`, which allows no others."""
RESULT_KEYS = {"check_id", "status", "measured", "evidence", "remediation", "duration_s"}


def _report(folder: Path, *rows: Task) -> Any:
    path = folder / "task_content.jsonl"
    path.write_text("".join(json.dumps(row.to_json()) + "\n" for row in rows), encoding="utf-8")
    return openenv_report(path, verify_file(path), 0.25)


def _statuses(report: Any) -> dict[str, str]:
    return {result["check_id"].removeprefix("semantic."): result["status"] for result in report["results"]}


def test_proven_file(tmp_path: Path) -> None:
    """What the proof answers passes, the rest is skipped, which by the policy is a warning."""
    report = _report(tmp_path, coded(), proven())
    assert set(report) == KEYS
    assert all(set(result) == RESULT_KEYS for result in report["results"])
    assert _statuses(report) == {
        "oracle_max": "pass",
        "floor_gap": "pass",
        "canary_floor": "pass",
        "no_solution_leakage": "pass",
        "verifier_determinism": "pass",
        "replayability": "pass",
        "verifier_portability": "skip",
        "resource_envelope": "skip",
    }
    assert (report["verdict"], report["levels_run"], report["manifest"]) == ("warn", [3], None)
    digest = sha256((tmp_path / "task_content.jsonl").read_bytes()).hexdigest()
    assert report["source_digest"] == f"sha256:{digest}"


def test_kinds_of_proof_are_measured(tmp_path: Path) -> None:
    """Of how many rows a part is executed, and of how many it is only consistent."""
    oracle = _report(tmp_path, coded(), proven())["results"][0]
    assert oracle["measured"] == {
        "tasks": 2,
        "brought": 0,
        "proven": 2,
        "unproven": 0,
        "failed": 0,
        "executed": 0,
        "kinds": {
            "integrity": {"consistent": 2},
            "world": {"executed": 1, "consistent": 1},
            "verdict": {"consistent": 2},
        },
    }


def test_unproven_rows_are_skipped_not_passed(tmp_path: Path) -> None:
    """Of a row without a certificate nothing is known: no check passes for it."""
    report = _report(tmp_path, proven(), draft().model_copy(update={"id": "bare"}))
    assert set(_statuses(report).values()) == {"skip"}
    assert report["results"][0]["evidence"][1] == "tasks without a certificate, of which nothing is known: 1"


def test_failed_rows_fail_every_check(tmp_path: Path) -> None:
    """A row that is not as its certificate says proves nothing at all; the evidence names it and why."""
    report = _report(tmp_path, proven().model_copy(update={"summary": "Please move it."}))
    assert (report["verdict"], report["results"][0]["status"]) == ("fail", "fail")
    assert report["results"][0]["evidence"][-1].startswith("line 1: freight_spec_001_seq01: ")
    assert report["results"][0]["remediation"]
