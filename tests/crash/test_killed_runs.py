"""Killed at random moments, a run ends as if nothing had happened; `bin/bench crash` does the same for longer."""

from __future__ import annotations

from pathlib import Path

from synthtools_stream.bench.crash import crash_rounds


def test_kills_change_nothing(tmp_path: Path) -> None:
    """The same rows, none twice, no acknowledged reply asked for again, no committed byte changed."""
    report = crash_rounds(4, tmp_path, seed=5, options=["--sequences", "1"])
    assert report.problems == []
    assert report.kills == 4
    assert report.replies > 0, "some kills came after replies had been acknowledged"
