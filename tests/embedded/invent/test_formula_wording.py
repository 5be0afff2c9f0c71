"""A value that is worked out of what was told: said by the inventor, understood by the player."""

from __future__ import annotations

import random
from typing import cast

from synthtools_stream.embedded.invent.formula_wording import Derived, derivations
from synthtools_stream.embedded.read import read_tool
from synthtools_stream.proof.grounded.formulas import computes
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.visits import LOWER, OTHER, SHOWN, STATE, UPDATE
from tests.embedded.play.playkit import ask


def ways(tool: JsonObject, arguments: JsonObject, *dialogue: JsonObject) -> list[Derived]:
    reading = read_tool(tool, [], STATE)
    return [way for seed in range(30) for way in derivations(reading, arguments, STATE, dialogue, random.Random(seed))]


GIVEN: JsonObject = {"visit_id": "VI-1002", "visit_date": "2026-04-01", "fee": 1.0, "seats": 1}


def test_formula_gives_the_value() -> None:
    """Each derived value is what the closed formula makes of its inputs, one of which a response told."""
    found = [*ways(UPDATE, GIVEN, SHOWN), *ways(LOWER, {"visit_id": "VI-1002", "amount": 5.0}, SHOWN)]
    assert {way.formula for way in found} == {"add_days", "sum", "difference", "product", "percent_of"}
    for way in found:
        inputs = [_value(text) for text in way.inputs]
        assert computes(way.formula, inputs, way.value), way
        assert way.said.quote in way.said.text
        assert sum("#" in text for text in way.inputs) == 1


def _value(text: str) -> Json:
    step, mark, pointer = text.partition("#")
    if mark:
        assert step == "0"
        return resolve(cast(JsonObject, SHOWN["response"]), pointer)
    return int(text.split()[0])


CASES: list[tuple[JsonObject, JsonObject, str]] = [
    (UPDATE, {"visit_id": "VI-1002", "visit_date": "2026-04-01"}, "Update the visit date of visit VI-1002 to {0}."),
    (UPDATE, {"visit_id": "VI-1002", "fee": 1.0}, "Update the fee of visit VI-1002 to {0}."),
    (UPDATE, {"visit_id": "VI-1002", "seats": 1}, "Update visit VI-1002: set its seats to {0}."),
    (LOWER, {"visit_id": "VI-1002", "amount": 5.0}, "Lower the fee of visit VI-1002 by {0}."),
]


def test_player_works_it_out() -> None:
    """The words lead to the same call, also where another thing of the kind was told of later."""
    for tool, arguments, frame in CASES:
        for way in ways(tool, arguments, SHOWN):
            turn = frame.format(way.said.text)
            solved = ask("solver", tools=[tool], now="2026-03-01T09:00:00", dialogue=[SHOWN, OTHER], user_turn=turn)
            assert solved["arguments"] == {**arguments, way.parameter: way.value}, turn


def test_only_of_the_thing_itself_as_it_stands() -> None:
    """What was told of another thing, or has changed since, is no ground."""
    assert ways(LOWER, {"visit_id": "VI-1003", "amount": 5.0}, SHOWN) == []
    before: JsonObject = {**SHOWN, "response": {"visit": {"visit_id": "VI-1002", "fee": 90.0}}}
    assert ways(LOWER, {"visit_id": "VI-1002", "amount": 5.0}, before) == []
