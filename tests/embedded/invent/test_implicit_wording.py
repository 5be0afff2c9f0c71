"""Values that are meant without being said: by the evolver, as wished; understood by the solver, grounded in code."""

from __future__ import annotations

from typing import Any

import pytest

from synthtools_stream.proof.grounded.grounds import Grounds
from synthtools_stream.proof.grounded.implicit_values import implicit_kind
from synthtools_stream.proof.grounded.provenance_search import find_all
from synthtools_stream.records import Tool
from synthtools_stream.roles.evolution_roles import EvolverOutput
from synthtools_stream.toolcalls import Call, canonical
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import invent
from tests.embedded.invent.visits import OTHER, SHOWN, UPDATE
from tests.embedded.play.playkit import ask

VISIT: JsonObject = {
    "visit": "Spring tour", "visit_date": "2026-03-10", "fee": 120.0, "seats": 40, "duration": 2.0
}  # fmt: skip
STATE: JsonObject = {
    "visits": {"VI-1002": VISIT, "VI-1003": {**VISIT, "fee": 300.0}},
    "clock": {"now": {"value": "2026-03-04T09:00:00"}},
}
PARAMETERS: Any = UPDATE["parameters"]
CHANGE: JsonObject = {
    **UPDATE,
    "tool_description": "Update a visit: its visit date, fee, seats and duration.",
    "parameters": {
        **PARAMETERS,
        "duration": {"type": "float", "description": "The visit's new duration, in h.", "minimum": 0},
    },
}


def evolved(seed: int, argument: str, kind: str, *dialogue: JsonObject) -> EvolverOutput:
    """Return a step for which one value is wished to be implicit."""
    goals: list[Json] = [{"tool_name": "UpdateVisit", "goal": "Update visit VI-1002."}] * (len(dialogue) + 1)
    wish: JsonObject = {"count": 1, "arguments": [{"argument": f"/{argument}", "kinds": [kind]}]}
    tags: JsonObject = {"persona": "", "goals": goals, "dialogue": [*dialogue], "step": len(dialogue), "tool": CHANGE}
    return EvolverOutput.model_validate(
        invent("evolver", seed, **tags, state=STATE, problems=[], scenario="", implicit=wish)
    )


@pytest.mark.parametrize(
    ("argument", "kind", "dialogue"),
    [
        ("visit_date", "relative_date", ()),
        ("visit_date", "relative_date", (SHOWN,)),
        ("duration", "unit", ()),
        ("fee", "worked_out", (SHOWN,)),
        ("seats", "worked_out", (SHOWN, OTHER)),
        ("fee", "carried_over", (OTHER,)),
    ],
)
def test_wishes_are_heard(argument: str, kind: str, dialogue: tuple[JsonObject, ...]) -> None:
    """The turn means the value in the way wished, code finds where it comes from, and a solver arrives at the call."""
    tool = Tool.model_validate({**CHANGE, "output_details": {}})
    turns = [str(one["user"]) for one in dialogue]
    responses: list[Any] = [one["response"] for one in dialogue]
    heard = understood = 0
    for seed in range(20):
        step = evolved(seed, argument, kind, *dialogue)
        call = canonical(Call("UpdateVisit", step.arguments), tool)
        found = find_all(call, tool, Grounds([*turns, step.user_turn], responses, STATE), step.grounding)
        assert not found.ungrounded, (step.user_turn, found.ungrounded)
        proof = found.provenance.get(f"/{argument}")
        if proof is None or implicit_kind(proof, responses, lambda text: text.startswith("VI-")) != kind:
            continue
        heard += 1
        solved = ask(
            "solver", tools=[CHANGE], now="2026-03-04T09:00:00", dialogue=[*dialogue], user_turn=step.user_turn
        )
        understood += solved["arguments"] == step.arguments
    assert heard >= 12
    assert understood >= 0.9 * heard


def test_without_a_wish_nothing_changes() -> None:
    """A request that wishes nothing is answered as before there were wishes."""
    tags: JsonObject = {"persona": "", "goals": [], "dialogue": [], "step": 0, "tool": CHANGE, "problems": []}
    plain = invent("evolver", 3, **tags, state=STATE, scenario="")
    assert invent("evolver", 3, **tags, state=STATE, scenario="", implicit=None) == plain
