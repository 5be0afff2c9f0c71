"""What became of a run's items: stage by stage, and why they were rejected."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

from synthtools_stream.engine.run_status import settled_counts
from synthtools_stream.report.figure_kinds import Count, Section, Share
from synthtools_stream.storage.datasets.jsonl_reader import read_jsonl
from synthtools_stream.storage.datasets.line_file import has_lines

__all__ = ["run_yields"]

REJECTED = "rejected.jsonl"
_MOST_REASONS = 40
"""Reasons that are told, the most frequent: there are some dozens, each a short stable word."""


def run_yields(directory: Path) -> Section:
    """Return the figures of a run directory; nothing of a directory without logs or rejects.

    :raises LogDamage: for a damaged journal.
    """
    found: Section = {}
    for stage, counts in settled_counts(directory).items():
        done, rejected, failed = (counts.get(name, 0) for name in ("done", "rejected", "failed"))
        found[f"{stage}: done"] = Share(done, done + rejected)
        if failed:
            found[f"{stage}: failed, to be tried again"] = Count(failed)
    reasons = Counter[str]()
    if has_lines(directory / REJECTED):
        for _, row in read_jsonl(directory / REJECTED):
            if isinstance(row, dict):
                reasons[f"{row.get('stage')}: {row.get('reason')}"] += 1
    total = reasons.total()
    return found | {f"rejected, {name}": Share(n, total) for name, n in reasons.most_common(_MOST_REASONS)}
