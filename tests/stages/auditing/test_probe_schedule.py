"""The order of an audit's runs, and how many make a look."""

from __future__ import annotations

from stages.auditing.probe_schedule import looks
from stages.auditing.probe_trial import Trial
from synthtools_stream.roles.audit_roles import ProbeSpec
from synthtools_stream.toolcalls import Call


def trial(index: int, status: int = 200, mode: str = "happy_path") -> Trial:
    """Return a trial of a probe that expects a status."""
    spec = {"mode": mode, "purpose": "", "arguments": {}, "expected_status": status}
    return Trial(index, ProbeSpec.model_validate(spec), Call("T", {}))


TRIALS = [
    *(trial(index) for index in range(4)),
    *(trial(index, 400, "rule_violation") for index in (4, 5)),
    trial(6, 404, "state_pinned"),
]


def order(repeats: int, per_mode: int) -> list[list[tuple[int, int]]]:
    """Return the looks as pairs of a trial's index and the repeat."""
    return [[(one.index, repeat) for one, repeat in look] for look in looks(TRIALS, repeats, per_mode)]


def test_successes_first_and_modes_in_turn() -> None:
    """Two that must succeed come before each that must not, and those are of their modes in turn."""
    assert [index for index, _ in order(1, 8)[0]] == [0, 1, 4, 2, 3, 6, 5]


def test_every_probe_once_before_any_twice() -> None:
    """Repeats come after all new probes; each probe has its turn as often as asked for."""
    runs = order(3, 8)[0]
    assert [repeat for _, repeat in runs] == [0] * 7 + [1] * 7 + [2] * 7
    assert sorted(runs) == [(index, repeat) for index in range(7) for repeat in range(3)]


def test_first_look_is_the_longest() -> None:
    """Five for each probe a mode, then three at a time, then what is left."""
    assert [len(look) for look in order(2, 1)] == [5, 3, 3, 3]
    assert [len(look) for look in order(2, 2)] == [10, 4]
    assert list(looks([], 3, 2)) == []
