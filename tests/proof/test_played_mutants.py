"""Altered ground truths played by programs: sound tasks pass, and what makes a verdict wrong is told."""

from __future__ import annotations

import pytest

from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.execution import played_release
from synthtools_stream.proof.integrity import replay
from synthtools_stream.proof.played_mutants import PlayedMutants, played_mutants
from synthtools_stream.records import State, Task
from synthtools_stream.state import Expectation
from tests.proof.coded_task import coded
from tests.proof.freight import proven


def _programmed(name: str, program: str) -> Task:
    task = coded()
    programs = {**task.meta.programs, name: program}
    return task.model_copy(update={"meta": task.meta.model_copy(update={"programs": programs})})


async def _played(task: Task) -> PlayedMutants:
    async with open_sandbox(1) as sandbox:
        return await played_mutants(task, replay(task), sandbox)


async def test_sound_task() -> None:
    """Three writes left out one by one and in pairs, writes of other bookings, reads made again, numbers respelled."""
    found = await _played(coded())
    assert found.problems == []
    assert found.played >= 9


async def test_simulated_steps_are_not_played() -> None:
    """Where a step has no program, nobody can say what an altered attempt would come to."""
    assert await _played(proven()) == PlayedMutants(0, [])


CONFIRMS_ALL = """\
def call(state, arguments, now):
    changes = [update("vessels", "VS-81", {"capacity_left": 36})]
    for name, booking in state["bookings"].items():
        if booking["status"] == "requested":
            changes = [update("bookings", name, {"status": "confirmed", "vessel_id": "VS-81"})] + changes
    return ok({"booking_id": arguments["booking_id"], "status": "confirmed", "capacity_left": 36}, changes)
"""


async def test_write_that_a_later_one_makes_as_well() -> None:
    """The recorded changes do not show it: a program that does an earlier step's work makes that step unneeded."""
    task = _programmed("ConfirmBooking", CONFIRMS_ALL)
    assert "the verdict accepts leaving out step 1" in (await _played(task)).problems


READS_AND_WRITES = """\
def call(state, arguments, now):
    shown = [
        {"booking_id": "BK-2041", "shipper": "Alba", "status": "confirmed", "containers": 12},
        {"booking_id": "BK-2057", "shipper": "Nord", "status": "confirmed", "containers": 4},
    ]
    early = state["bookings"]["BK-2057"]["status"] != "confirmed"
    changes = [update("bookings", "BK-2041", {"shipper": "Sol"})] if early else []
    return ok({"bookings": shown, "count": 2}, changes)
"""


async def test_read_that_writes_elsewhere() -> None:
    """A read that is harmless where the ground truth makes it, and writes before, is no read."""
    assert (
        "the verdict refuses reads made again after every write"
        in (await _played(_programmed("ListBookings", READS_AND_WRITES))).problems
    )


@pytest.mark.parametrize(
    ("always", "told"),
    [(True, "the verdict accepts leaving out step"), (False, "the verdict refuses reads made")],
)
async def test_verdict_that_is_wrong(always: bool, told: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """A verdict that accepts all accepts what is left out, one that refuses all refuses what is as good."""
    task = coded()

    def same(_self: Expectation, _state: State) -> bool:
        return always

    monkeypatch.setattr(Expectation, "same", same)
    assert any(problem.startswith(told) for problem in (await _played(task)).problems)


async def test_release_stops_at_what_execution_finds() -> None:
    """A row that is not what its programs come to has nothing altered played."""
    task = _programmed("ConfirmBooking", "def call(state, arguments, now):\n    return fail(400, 'No')\n")
    async with open_sandbox(1) as sandbox:
        found = await played_release(task, sandbox)
        sound = await played_release(coded(), sandbox)
    assert (found.played, found.problems) == (0, ["step 2: its program answers 400: No"])
    assert (sound.played > 0, sound.problems) == (True, [])
