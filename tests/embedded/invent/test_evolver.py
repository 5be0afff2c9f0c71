"""One step on a hand-made world: look-ups that only check, yes-or-no questions, values worked out of earlier ones."""

from __future__ import annotations

import pytest

from synthtools_stream.roles.evolution_roles import EvolverOutput
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import invent
from tests.embedded.invent.visits import LOWER, SHOWN

VISIT: JsonObject = {"visit_date": "2026-03-10", "fee": 120.0, "seats": 40, "status": "planned", "urgent": True}
STATE: JsonObject = {"visits": {"VI-1002": VISIT}, "clock": {"now": {"value": "2026-03-01T09:00:00"}}}
SHOW: JsonObject = {
    "tool_name": "ShowVisit",
    "tool_description": "Show one visit: its fee, status and urgent.",
    "parameters": {"visit_id": {"type": "string", "required": True, "description": "Id of the visit."}},
    "usage": "Read-only.",
    "error_messages": ["UnknownVisit: no visit has this id; check the id"],
    "output_details": {"visit": {"type": "object", "description": "The visit: visit_id, fee, status, urgent."}},
    "effects": {"reads": ["visits"], "writes": []},
}


def evolved(seed: int, tool: JsonObject, *goals: str, dialogue: tuple[JsonObject, ...] = ()) -> EvolverOutput:
    """Return the first step, or the one after the dialogue."""
    told: list[Json] = [{"tool_name": tool["tool_name"], "goal": goal} for goal in goals]
    tags: JsonObject = {"persona": "", "goals": told, "dialogue": [*dialogue], "step": len(dialogue), "tool": tool}
    return EvolverOutput.model_validate(invent("evolver", seed, **tags, state=STATE, problems=[], scenario=""))


@pytest.mark.parametrize(("following", "checks"), [("Close a visit: visit VI-1002.", True), ("Close VI-1003.", False)])
def test_look_up_may_only_check(following: str, checks: bool) -> None:
    """Where the next goal names the same thing, a look-up at times asks for nothing: it checks the thing's status."""
    steps = [evolved(seed, SHOW, "Show visit VI-1002.", following) for seed in range(30)]
    silent = [step for step in steps if not step.answer]
    assert bool(silent) is checks
    assert len(silent) < len(steps)
    assert all("its status" in step.user_turn for step in silent)


def test_truths_are_asked_for() -> None:
    """Whether a thing is urgent is asked in the words of its key."""
    steps = [evolved(seed, SHOW, "Show visit VI-1002.") for seed in range(40)]
    asked = [step for step in steps if "/visit/urgent" in step.answer]
    assert asked
    assert all("whether it is urgent" in step.user_turn for step in asked)


def test_values_are_worked_out() -> None:
    """After a look-up an amount may be a share of what was told: the call, the words and the grounding agree."""
    steps = [evolved(seed, LOWER, "", "Lower the fee of visit VI-1002.", dialogue=(SHOWN,)) for seed in range(30)]
    found = [(step, part) for step in steps for part in step.grounding if part.kind == "derived"]
    assert found
    for step, part in found:
        share = int(part.inputs[0].split()[0])
        assert (part.formula, part.inputs[1]) == ("percent_of", "0#/visit/fee")
        assert step.arguments["amount"] == 120.0 * share / 100
        assert f"{share} percent of its" in step.user_turn
