"""A call that is slow on a busy machine is no call without end."""

from __future__ import annotations

from contextlib import ExitStack
from typing import Any, cast

import pytest

from synthtools_stream.programs.monty_workers import MontyWorkers, Told, _Warm, load_a_core
from synthtools_stream.programs.program import Fault, FaultKind, ProgramCall

CALL = ProgramCall("def call(state, arguments, now):\n    return {}\n", {}, {}, "2026-03-14T09:00:00")
ANSWER: Told = {"answer": "{}"}


class Slow(MontyWorkers):
    """Workers in whose sessions every trip takes twice the limit."""

    def __init__(self, load: float) -> None:
        super().__init__(1, 1.0, lambda: load)
        self.patience: list[float] = []

    def _opened(self, patience: float = 1.0) -> _Warm:
        self.patience.append(patience)
        return _Warm(cast("Any", None), ExitStack())

    def _fed(self, code: str, given: dict[str, Any], warm: _Warm) -> dict[str, Any] | Fault:
        if self.patience[-1] < 2.0:
            return Fault(FaultKind.time, "too slow")
        return {"told": [ANSWER], "at": [0]}


@pytest.mark.parametrize(("load", "asked"), [(3.0, [1.0, 1.0, 3.0]), (40.0, [1.0, 1.0, 4.0])])
def test_a_busy_machine_gives_more_time(load: float, asked: list[float]) -> None:
    """The trip, the call alone, and the call once more, with more time, but not for ever."""
    workers = Slow(load)
    assert workers.told([CALL]) == [ANSWER]
    assert workers.patience == asked


@pytest.mark.parametrize("load", [0.2, 1.0])
def test_an_idle_machine_does_not(load: float) -> None:
    """There a call without end is told after its time."""
    workers = Slow(load)
    (told,) = workers.told([CALL])
    assert isinstance(told, Fault)
    assert told.kind is FaultKind.time
    assert workers.patience == [1.0, 1.0]


def test_load_is_that_of_the_machine() -> None:
    """Some number of processes a core."""
    assert load_a_core() >= 0.0
