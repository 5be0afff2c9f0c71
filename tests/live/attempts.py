"""Attempts with a verdict and a judge's word, for tests of what they add up to."""

from __future__ import annotations

from synthtools_stream.records import Alignment, JudgeReading, StopReason, Trajectory, Verdict, VerdictKind

__all__ = ["trajectory"]


def trajectory(task: str, attempt: int, kind: VerdictKind, judged: bool | None = None) -> Trajectory:
    """Return an attempt with its verdict and what the judge said."""
    reading = None if judged is None else JudgeReading(solved=judged, confidence=0.9, reasoning="")
    proven = kind is not VerdictKind.unproven
    return Trajectory(
        id=f"{task}#r{attempt}",
        task_id=task,
        field="Freight",
        mode="json",
        messages=[],
        tools=[],
        turns=[],
        final_state=None,
        stop_reason=StopReason.answered,
        verdict=Verdict(kind=kind),
        alignment=Alignment(match_rate=1.0),
        judge=reading,
        disagreement=(judged != (kind is VerdictKind.solved)) if judged is not None and proven else None,
    )
