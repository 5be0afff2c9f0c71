"""The sample part of `bin/bench`, tiny: what it tells of three exports."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

import synthtools_stream.bench.sample as sample
from synthtools_stream.values.jsontypes import JsonObject
from tests.export.exported import task


def rows(count: int) -> Iterator[JsonObject]:
    """Yield rows as `made_rows` does: two tasks over and over."""
    for number in range(count):
        yield task(f"a_spec_000_seq0{number % 2}_{number:06d}").to_json()


def test_three_exports_are_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of all tasks, of those that say something new, and of a sample; each with time, memory and rows."""
    monkeypatch.setattr(sample, "made_rows", rows)
    figures = sample.sample_figures(30, 5)
    assert figures["tasks"] == figures["whole_lines"] == 30
    assert figures["sample_lines"] == 5
    distinct = figures["distinct_lines"]
    assert isinstance(distinct, int)
    assert 5 <= distinct < 30
    for name in ("whole", "distinct", "sample"):
        for figure in ("cpu_s", "wall_s", "peak_mib"):
            value = figures[f"{name}_{figure}"]
            assert isinstance(value, int | float)
            assert value > 0
