"""How trajectories add up: pass@k, pass^k, and what is never pooled."""

from __future__ import annotations

from pathlib import Path

import orjson
import pytest

from synthtools_stream.cli.verdict_scores import say_verdicts
from synthtools_stream.records import Alignment, Fault, StopReason, VerdictKind
from tests.live.attempts import trajectory

SOLVED, UNSOLVED, UNPROVEN = VerdictKind.solved, VerdictKind.unsolved, VerdictKind.unproven


def test_detours_are_told_and_decide_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An attempt that undid an extra write is counted once, beside the rate of the solved."""
    undone = Alignment(match_rate=1.0, extra=["A()", "B()"], detours=["A()", "B()"])
    rows = [trajectory("a", 0, SOLVED), trajectory("a", 1, SOLVED).model_copy(update={"alignment": undone})]
    (tmp_path / "trajectories.jsonl").write_bytes(b"".join(orjson.dumps(row.to_json()) + b"\n" for row in rows))
    say_verdicts(tmp_path)
    told = capsys.readouterr().out
    assert "2 of 2 attempts solved" in told
    assert "extra writes that were undone before the end: in 1 attempt; they decide nothing" in told


def test_lines(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """The report tells attempts solved, pass@k and pass^k, the judge's differences, and unproven ones apart."""
    rows = [
        trajectory("a", 0, SOLVED, True),
        trajectory("a", 1, SOLVED, False),
        trajectory("b", 0, SOLVED),
        trajectory("b", 1, UNSOLVED),
        trajectory("c", 0, UNPROVEN, False),
        trajectory("d", 0, SOLVED, True).model_copy(update={"meta": {"origin": "brought"}}),
    ]
    (tmp_path / "trajectories.jsonl").write_bytes(b"".join(orjson.dumps(row.to_json()) + b"\n" for row in rows))
    say_verdicts(tmp_path)
    said = capsys.readouterr().out
    assert "3 of 4 attempts solved (75.0%, 20% to 97%), by code" in said
    assert "pass@2 100.0%, pass^2 50.0%, over 2 tasks" in said
    assert "judge read 2 of them and differs from the verdict in 1" in said
    assert "brought tasks (never pooled with ours): 1 of 1 attempts solved (100.0%, 21% to 100%), by code" in said
    assert "1 attempts, of which the judge takes 0 for solved" in said


def test_nothing_to_say(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Without trajectories there is nothing to say."""
    say_verdicts(tmp_path)
    (tmp_path / "trajectories.jsonl").write_bytes(b"")
    say_verdicts(tmp_path)
    assert capsys.readouterr().out == ""


def test_faults_and_endings(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """An attempt that the simulator spoiled is in no rate, and endings without an answer are counted with advice."""
    rows = [
        trajectory("a", 0, SOLVED),
        trajectory("a", 1, UNSOLVED).model_copy(update={"fault": Fault.tool}),
        trajectory("b", 0, UNSOLVED).model_copy(update={"stop_reason": StopReason.call_as_text}),
    ]
    (tmp_path / "trajectories.jsonl").write_bytes(b"".join(orjson.dumps(row.to_json()) + b"\n" for row in rows))
    say_verdicts(tmp_path)
    said = capsys.readouterr().out
    assert "1 of 2 attempts solved" in said
    assert "spoiled by an unusable answer of a tool's program or simulator: 1 attempt, counted in no rate" in said
    assert "ended as call_as_text: 1 attempt; the server seems to have no parser" in said


def test_groups_are_told_compactly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line a kind of group, where there are two groups at least; what is too much is counted."""
    rows = [
        trajectory(f"t{number}", 0, SOLVED if number % 2 else UNSOLVED).model_copy(
            update={"field": f"Field {number}", "meta": {"length": 2 + number % 2, "variant": "base"}}
        )
        for number in range(8)
    ]
    (tmp_path / "trajectories.jsonl").write_bytes(b"".join(orjson.dumps(row.to_json()) + b"\n" for row in rows))
    say_verdicts(tmp_path)
    said = capsys.readouterr().out.splitlines()
    assert "  by length: 2 0% (0% to 49%), 3 100% (51% to 100%)" in said
    assert any(
        line.startswith("  by field: Field 0 0%") and line.endswith("and 2 more (status --json)") for line in said
    )
    assert not any("variant" in line for line in said)
