"""How attempts add up: pass@k, pass^k, and what is never pooled."""

from __future__ import annotations

from synthtools_stream.live.pass_rates import PassRates
from synthtools_stream.records import Fault, StopReason, Trajectory, VerdictKind
from tests.live.attempts import trajectory

TWO_THIRDS = {"rate": 0.6667, "interval": [0.0942, 0.9747]}
SURE = {"rate": 1.0, "interval": [0.2065, 1.0]}
SOLVED, UNSOLVED, UNPROVEN = VerdictKind.solved, VerdictKind.unsolved, VerdictKind.unproven


def test_unproven_apart() -> None:
    """Unproven attempts are counted by the judge's word and never among the proven."""
    rates = PassRates.of(
        [
            trajectory("a", 0, SOLVED, True),
            trajectory("a", 1, UNSOLVED, True),
            trajectory("b", 0, UNPROVEN, True),
            trajectory("b", 1, UNPROVEN),
        ]
    )
    assert rates.proven == {"a": [True, False]}
    assert (rates.unproven, rates.judged_solved, rates.judged, rates.disagreements) == (2, 1, 2, 1)
    assert (rates.tried, rates.solved, rates.k) == (2, 1, 2)


def test_spoiled_attempts_are_in_no_rate() -> None:
    """Whoever spoiled them, they are told apart, and pass@k counts the others alone; the agent's own count."""
    rates = PassRates()
    for number, fault in enumerate(Fault):
        kind = SOLVED if fault is Fault.none else UNSOLVED
        rates.add(trajectory("a", number, kind).model_copy(update={"fault": fault}))
    assert (rates.tried, rates.solved, rates.k) == (2, 1, 2)
    assert rates.faults == dict.fromkeys((Fault.tool, Fault.task, Fault.user, Fault.server), 1)
    assert (rates.pass_any(2), rates.pass_all(2)) == (1.0, 0.0)
    assert rates.tried + rates.faults.total() == len(Fault)


def test_faults_of_earlier_rows() -> None:
    """They named who played the tool."""
    row = trajectory("a", 0, UNSOLVED).to_json()
    for word in ("simulator", "program", "tape"):
        assert Trajectory.from_json({**row, "fault": word}).fault is Fault.tool
    assert Trajectory.from_json({**row, "fault": ""}).fault is Fault.none


def about(task: str, number: int, kind: VerdictKind, field: str, length: int, variant: str = "base") -> Trajectory:
    """Return an attempt whose row tells of its task."""
    told = {"field": field, "meta": {"length": length, "variant": variant}}
    return trajectory(task, number, kind).model_copy(update=told)


def test_groups() -> None:
    """By field, length (as a number) and variant; a row that does not say is in no group of the kind."""
    rates = PassRates.of(
        [
            about("a", 0, SOLVED, "Freight", 2),
            about("a", 1, UNSOLVED, "Freight", 2),
            about("b", 0, SOLVED, "Retail", 10),
            about("b", 1, SOLVED, "Retail", 10),
            trajectory("c", 0, UNSOLVED),
        ]
    )
    assert list(rates.by("length")) == ["2", "10"]
    assert list(rates.by("variant")) == ["base"]
    assert {name: (found.solved, found.tried) for name, found in rates.by("field").items()} == {
        "Freight": (1, 3),
        "Retail": (2, 2),
    }
    assert rates.difficulty == {"a": 0.5, "b": 0.0, "c": 1.0}


def test_as_json() -> None:
    """Every rate comes with its interval; what is in none is counted."""
    cut = trajectory("a", 2, UNSOLVED).model_copy(update={"stop_reason": StopReason.cut})
    rates = PassRates.of([about("a", 0, SOLVED, "Freight", 2), about("a", 1, SOLVED, "Freight", 2), cut])
    told = rates.to_json()
    assert told["stop_reasons"] == {"answered": 2, "cut": 1}
    assert told["proven"] == {
        "tasks": 1,
        "attempts": 3,
        "solved": 2,
        "share": TWO_THIRDS,
        "pass": {
            "1": {"any": TWO_THIRDS, "all": TWO_THIRDS},
            "2": {"any": SURE, "all": {"rate": 0.3333, "interval": [0.0253, 0.9058]}},
            "3": {"any": SURE, "all": {"rate": 0.0, "interval": [0.0, 0.7935]}},
        },
    }
    assert PassRates().to_json()["proven"] == {"tasks": 0, "attempts": 0, "solved": 0}
