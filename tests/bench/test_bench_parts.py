"""Each part of `bin/bench`, tiny: it runs and prints what it promises; what it measures is of no matter here."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.bench.__main__ import PARTS, QUICK, main
from synthtools_stream.values.jsontypes import JsonObject

Captured = pytest.CaptureFixture[str]


def _figures(capsys: Captured, *arguments: str) -> JsonObject:
    assert main(arguments) == 0
    figures: JsonObject = orjson.loads(capsys.readouterr().out)
    return figures


def test_engine_tells_each_level(capsys: Captured) -> None:
    """The engine part gives one CPU time for every number of calls in flight, and its floor beside it."""
    figures = _figures(capsys, "engine", "--json", "--in-flight", "2,8", "--calls", "16", "--latency", "0.001")
    for key in ("cpu_us_per_call", "bare_us_per_call", "calls_per_s"):
        levels = figures[key]
        assert isinstance(levels, dict)
        assert list(levels) == ["2", "8"]
        assert all(isinstance(value, int | float) and value > 0 for value in levels.values())


def test_engine_prints_a_line_a_level(capsys: Captured) -> None:
    """Without --json it is a small table."""
    assert main(("engine", "--in-flight", "4", "--calls", "8", "--latency", "0.001")) == 0
    assert "4 in flight" in capsys.readouterr().out


def test_log_tells_each_number_of_writers(capsys: Captured) -> None:
    """The log part gives durable records a second for every number of writers."""
    figures = _figures(capsys, "log", "--json", "--writers", "1,4", "--seconds", "0.02", "--bytes", "64")
    rates = figures["records_per_s"]
    assert isinstance(rates, dict)
    assert list(rates) == ["1", "4"]
    assert figures["bytes_per_record"] == 64


def test_resume_opens_what_was_made(capsys: Captured) -> None:
    """The resume part opens a journal with as many outcomes as were asked for."""
    figures = _figures(capsys, "resume", "--json", "--records", "1500", "--bytes", "10")
    assert figures["records"] == 1500
    assert {"open_s", "cpu_s", "rss_mb", "journal_mb"} <= set(figures)


def test_serving_tells_each_dialect(capsys: Captured) -> None:
    """The serving part gives, dialect by dialect, calls and sessions a second, with bare HTTP beside them."""
    figures = _figures(capsys, "serving", "--json", "--sessions", "3", "--calls", "6", "--in-flight", "2")
    assert figures["sessions"] == 3
    for name in ("nemo_gym", "openenv", "mcp"):
        rates = figures[name]
        assert isinstance(rates, dict)
        assert rates.keys() == {"calls_per_s", "begun_per_s", "rss_mib"}


def test_programs_tells_each_level(capsys: Captured) -> None:
    """The programs part gives, for every number at once, what a call costs alone and in a trip of four."""
    figures = _figures(capsys, "programs", "--json", "--at-once", "1,3", "--calls", "12", "--workers", "1")
    levels = figures["levels"]
    assert isinstance(levels, dict)
    assert list(levels) == ["1x1", "1x4", "3x1", "3x4"]
    for level in levels.values():
        assert isinstance(level, dict)
        assert list(level) == ["calls_per_s", "wall_us", "host_us", "workers_us"]
    assert isinstance(figures["bare_us"], float)
    assert figures["bare_us"] > 0
    assert isinstance(figures["world_bytes"], int)
    assert 7_000 < figures["world_bytes"] <= 8_192


def test_unknown_part_is_refused(capsys: Captured) -> None:
    """A part that does not exist is bad usage, and the parts that do are named."""
    assert main(("nonsense",)) == 2
    assert "engine" in capsys.readouterr().err


def test_parts_are_distinct() -> None:
    """Every quick part is a part, and none is named twice."""
    assert set(QUICK) < set(PARTS)
    assert len(set(PARTS)) == len(PARTS)


def test_disk_tells_each_state(capsys: Captured) -> None:
    """The disk part gives bytes a task of a finished run, of one that was compressed, and of one that was compacted."""
    figures: JsonObject = {}
    main(("disk", "--json", "--fields", "1", "--sequences", "1"))  # so small a run is above the aims
    figures.update(orjson.loads(capsys.readouterr().out))
    each = figures["bytes_per_task"]
    assert isinstance(each, dict)
    finished, compressed, compacted = (
        int(str(each[name])) for name in ("finished", "compressed, with replies", "compacted")
    )
    assert compressed < finished + 100  # datasets as small as these stay plain; the run's record grows by some bytes
    assert compacted < compressed
