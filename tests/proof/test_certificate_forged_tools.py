"""Forged tools, usage, effects and worlds of the freight tasks: none that lies still proves, however it is sealed."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from synthtools_stream.programs.sandbox import open_sandbox
from synthtools_stream.proof.verification import VerificationStatus, verify_executed
from tests.proof.coded_task import coded
from tests.proof.forged_share import Forger, executed_share_of, forged_tasks, share_of
from tests.proof.forged_tools import FORGED_EFFECTS, FORGED_TWINS, FORGED_USAGE, FORGED_WORLDS
from tests.proof.freight import proven


@pytest.mark.parametrize("kind", [*FORGED_TWINS, *FORGED_USAGE])
def test_forged_tools_and_rules(kind: str) -> None:
    """Twins and rules that the calls break are found by code alone, in coded tasks and in simulated ones."""
    share = share_of([coded(), proven()], {**FORGED_TWINS, **FORGED_USAGE}[kind])
    assert share.accepted == 0
    assert share.tried


@pytest.mark.parametrize("kind", FORGED_EFFECTS)
def test_forged_effects(kind: str) -> None:
    """Effects that are not the program's are found without running it."""
    share = share_of([coded()], FORGED_EFFECTS[kind])
    assert share.tried
    assert share.accepted == 0


@pytest.mark.parametrize("kind", FORGED_WORLDS)
async def test_forged_worlds(kind: str) -> None:
    """What is said of the world is what the programs make of it."""
    share = await executed_share_of([coded()], FORGED_WORLDS[kind])
    assert share.tried
    assert share.accepted == 0


def _match_added(row: Any) -> None:
    vessel = {"name": "Dora", "eta": "2026-03-15", "capacity_left": 30}
    for state in (row["initial_state"], row["final_state"]):
        state["vessels"]["VS-90"] = dict(vessel)


def _tool(row: Any, name: str) -> Any:
    return next(tool for tool in row["tools"] if tool["tool_name"] == name)


def _twin(row: Any) -> None:
    row["tools"].append({**_tool(row, "MoveBooking"), "tool_name": "RelocateBooking"})


SMALL_EDITS: dict[str, tuple[Callable[[Any], object], str]] = {
    "a vessel more that matches the search": (_match_added, "step 0: its program responds"),
    "a search that reads nothing": (
        lambda row: _tool(row, "SearchVessels")["effects"].update(reads=[]),
        "tool 'SearchVessels' does not declare that it reads vessels",
    ),
    "usage that wants another state": (
        lambda row: _tool(row, "MoveBooking").update(usage="Only a booking whose status is confirmed can be moved."),
        "step 1: its tool's rule 'Only a booking whose status is confirmed can be moved' is broken",
    ),
    "a twin tool": (_twin, "step 1: tool 'RelocateBooking' could be meant as well"),
}


@pytest.mark.parametrize("edit", SMALL_EDITS)
async def test_small_edits(edit: str) -> None:
    """Each of the small edits of a hand-made row, sealed anew, is found for what it is."""
    alter, told = SMALL_EDITS[edit]

    def forger(row: Any) -> Any:
        alter(row)
        yield row

    typed: Forger = forger
    (forged,) = forged_tasks(coded(), typed)
    async with open_sandbox(1) as sandbox:
        found = await verify_executed(forged, sandbox)
    assert found.status is VerificationStatus.failed
    assert any(reason.startswith(told) for reason in found.reasons), found.reasons


def test_usage_that_wants_another_state_of_a_simulated_task() -> None:
    """BK-2041 is confirmed when it is moved: who keeps the rule cannot solve the task."""

    def forger(row: Any) -> Any:
        _tool(row, "MoveBooking")["usage"] = "Only a booking whose status is requested can be moved."
        yield row

    assert share_of([proven()], forger) == (0, 1)
