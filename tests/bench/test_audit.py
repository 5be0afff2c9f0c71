"""Measuring the judges: the measures are right, and the commands print what they promise."""

from __future__ import annotations

import orjson
import pytest

from synthtools_stream.bench.agreement import Confusion, wilson_interval
from synthtools_stream.bench.audit import main
from synthtools_stream.bench.verifying import verify_rate
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import JsonObject

Captured = pytest.CaptureFixture[str]


def test_textbook_kappa() -> None:
    """Cohen's kappa, precision, recall and Wilson's interval have their textbook values."""
    found = Confusion(hits=20, missed=10, false_alarms=5, quiet=15)
    assert found.kappa == pytest.approx(0.4)
    assert found.precision.value == 0.8
    assert found.recall.value == pytest.approx(2 / 3)
    assert found.false_positive_rate.value == 0.25
    eight = wilson_interval(8, 10)
    assert [eight.low, eight.high] == pytest.approx([0.4902, 0.9433], abs=1e-4)
    low, high = found.kappa_interval or (0.0, 0.0)
    assert low < 0.4 < high


def test_nothing_has_no_measure() -> None:
    """Of nothing there is no share and no kappa."""
    assert (Confusion().kappa, Confusion().recall.value) == (None, None)
    assert Confusion(quiet=5).kappa is None


def test_cases_are_counted() -> None:
    """An alarm where something is wrong is a hit, where nothing is a false alarm."""
    found = Confusion()
    for wrong, alarm in [(True, True), (True, False), (False, True), (False, False), (True, True)]:
        found.add(wrong=wrong, alarm=alarm)
    assert (found.hits, found.missed, found.false_alarms, found.quiet) == (2, 1, 1, 1)


def test_audit_is_measured(capsys: Captured) -> None:
    """With every defect showing always, every defective tool is found, and the curve has each rate asked for."""
    arguments = ["--part", "audit", "--fields", "2", "--scenarios", "2", "--rates", "0.5,1.0", "--json"]
    assert main(arguments) == 0
    figures: JsonObject = orjson.loads(capsys.readouterr().out)
    assert resolve(figures, "/audit/by_rate/1.0/recall/value") == 1.0
    assert list(_object(figures, "/audit/by_rate")) == ["0.5", "1.0"]
    assert figures["model"] == "embedded-procedural/1"
    assert "self-test" in str(figures["note"])
    calls, allowed = resolve(figures, "/audit/calls_per_tool"), resolve(figures, "/audit/calls_allowed_per_tool")
    assert isinstance(calls, float)
    assert isinstance(allowed, float)


def test_audit_of_programs_is_measured(capsys: Captured) -> None:
    """Wrong programs are found, sound ones are not accused, and what the audit asked is told by role."""
    assert main(["--part", "programs", "--fields", "1", "--scenarios", "1", "--share", "0.6", "--json"]) == 0
    figures: JsonObject = orjson.loads(capsys.readouterr().out)
    for row in ("programs", "programs_in_noise"):
        assert resolve(figures, f"/{row}/overall/recall/value") == 1.0
        assert resolve(figures, f"/{row}/overall/false_alarms") == 0
        assert resolve(figures, f"/{row}/unwritten") == 0
        assert _object(figures, f"/{row}/by_family")
        assert {"programmer", "probe", "simulator"} <= set(_object(figures, f"/{row}/calls_by_role"))


def test_reader_is_measured(capsys: Captured) -> None:
    """Altered requests are found kind by kind, good ones are left alone, and whoever errs is named."""
    assert main(["--part", "reader", "--fields", "1", "--json"]) == 0
    figures: JsonObject = orjson.loads(capsys.readouterr().out)
    assert resolve(figures, "/reader/overall/recall/value") == pytest.approx(1.0, abs=0.05)
    assert resolve(figures, "/reader/overall/false_alarms") == 0
    assert {"never", "goal_removed", "revoked"} <= set(_object(figures, "/reader/by_kind"))
    missed = resolve(figures, "/reader/missed")
    assert isinstance(missed, list)
    assert len(missed) == resolve(figures, "/reader/overall/missed")


def test_judge_is_measured(capsys: Captured) -> None:
    """The trajectory judge is compared with the verdict on attempts of a spoiled agent."""
    assert main(["--part", "judge", "--judge-fields", "2", "--rollouts", "3", "--agent-rate", "0.3"]) == 0
    told = capsys.readouterr().out
    assert "trajectory judge on" in told
    assert "kappa" in told


def test_verifying_is_measured() -> None:
    """Rows made for it are all proven again, at some rate."""
    figures = verify_rate(20)
    assert (figures["rows"], figures["proven"], figures["failed"]) == (20, 20, 0)


def _object(value: JsonObject, pointer: str) -> JsonObject:
    found = resolve(value, pointer)
    assert isinstance(found, dict)
    return found
