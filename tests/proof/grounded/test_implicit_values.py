"""Values that nobody said as they are: true ones prove, and rows with another weekday, operand or unit are refused."""

from __future__ import annotations

import copy
from collections.abc import Callable
from typing import Any

import pytest

from synthtools_stream.proof.certificate import seal
from synthtools_stream.proof.grounded.formulas import computes
from synthtools_stream.proof.grounded.implicit_values import implicit_kind
from synthtools_stream.proof.grounded.spoken_inputs import spoken_input
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.records import Task
from synthtools_stream.values.jsontypes import Json
from tests.proof.forged_grounds import certified
from tests.proof.grounded.implied import implied

STEP = 2


def forged(value: Json, pointer: str, proof: Any, *words: str) -> Task:
    """Return the row with another value and proof of one argument, what it did included; `words` replace the turn's."""
    row: Any = copy.deepcopy(implied().to_json())
    step, name = row["steps"][STEP], pointer[1:]
    old = step["changes"][0]["attributes"][name]
    step["call"] = step["call"].replace(f"{name}={old!r}", f"{name}={value!r}")
    step["changes"][0]["attributes"][name] = value
    step["provenance"][pointer] = proof
    for before, after in zip(words[::2], words[1::2], strict=True):
        row["summary"] = row["summary"].replace(before, after)
        step["turn"] = step["turn"].replace(before, after)
    row["gt_tool_calls"] = [one["call"] for one in row["steps"]]
    return seal(Task.model_validate(certified(row)))


def user(quote: str, normaliser: str | None = None) -> dict[str, Json]:
    """Return a provenance in words of the step's turn."""
    said: dict[str, Json] = {"kind": "user", "turn": STEP, "quote": quote}
    return said if normaliser is None else {**said, "normaliser": normaliser}


def told(step: int, pointer: str) -> dict[str, Json]:
    """Return a provenance in an earlier answer."""
    return {"kind": "response", "step": step, "pointer": pointer}


def derived(formula: str, inputs: list[Json], values: list[Json]) -> dict[str, Json]:
    """Return a provenance by a formula."""
    return {"kind": "derived", "formula": formula, "inputs": inputs, "values": values}


ETA, WEEK, TONNES = told(1, "/vessel/eta"), user("a week", "days"), user("two and a half tonnes", "quantity")


def test_the_true_row_proves() -> None:
    """Each of its values has a way of its own."""
    task = implied()
    assert verify_task(task).status == "proven"
    responses = [step.response for step in task.steps]
    ids = {"VS-77", "VS-81"}
    kinds = {name: implicit_kind(one, responses, ids.__contains__) for name, one in task.steps[2].provenance.items()}
    assert kinds == {
        "/vessel_id": None,
        "/start_date": "relative_date",
        "/end_date": "relative_date",
        "/load": "unit",
        "/capacity_left": "carried_over",
    }


@pytest.mark.parametrize(
    ("make", "why"),
    [
        (lambda: forged("2026-03-18", "/start_date", user("next Tuesday", "relative_date")), "does not say the value"),
        (
            lambda: forged(
                "2026-03-13", "/start_date", user("next Friday", "relative_date"), "next Tuesday", "next Friday"
            ),
            "does not say the value",
        ),
        (lambda: forged("2026-03-24", "/end_date", derived("add_days", [ETA, WEEK], ["2026-03-16", 8])), "quote"),
        (
            lambda: forged(
                "2026-03-21", "/end_date", derived("add_days", [told(0, "/vessel/eta"), WEEK], ["2026-03-14", 7])
            ),
            "the turn means VS-81",
        ),
        (
            lambda: forged("2026-03-09", "/end_date", derived("subtract_days", [ETA, WEEK], ["2026-03-16", 7])),
            "no words of the turn",
        ),
        (
            lambda: forged(
                "2026-03-23",
                "/end_date",
                derived("add_days", [ETA, WEEK], ["2026-03-16", 7]),
                "a week after",
                "a week before",
            ),
            "counted backwards",
        ),
        (
            lambda: forged(
                "2026-03-27", "/end_date", derived("add_days", [told(1, "/vessel/etd"), WEEK], ["2026-03-20", 7])
            ),
            "nothing stands at",
        ),
        (
            lambda: forged(
                "2026-03-30",
                "/end_date",
                derived("add_days", [ETA, user("a fortnight", "days")], ["2026-03-16", 14]),
            ),
            "lacks the user's words",
        ),
        (lambda: forged(250, "/load", derived("converted", [TONNES], ["2.5 t"])), "does not give the value"),
        (lambda: forged(25000, "/load", derived("converted", [TONNES], ["25 t"])), "does not say the value"),
        (
            lambda: forged(500, "/load", derived("converted", [user("half tonnes", "quantity")], ["0.5 t"])),
            "does not say the value",
        ),
        (
            lambda: forged(
                2500,
                "/load",
                derived("converted", [user("2,500 kg", "quantity")], ["2500 kg"]),
                "two and a half tonnes",
                "2,500 kg",
            ),
            "does not give the value",
        ),
        (lambda: forged(3, "/load", derived("converted", [TONNES], ["2.5 t"])), "does not give the value"),
        (lambda: forged(40, "/capacity_left", told(1, "/vessel/capacity_left")), "the turn means VS-77"),
        (lambda: forged(3, "/capacity_left", told(0, "/vessel/name")), "another value"),
        (lambda: forged(1, "/capacity_left", user("a week", "days")), "does not say the value"),
    ],
)
def test_forged_rows_are_refused(make: Callable[[], Task], why: str) -> None:
    """Whatever else of the row goes along with it."""
    found = verify_task(make())
    assert found.status != "proven"
    assert any(why in reason for reason in found.reasons), found.reasons


@pytest.mark.parametrize(
    ("formula", "quote", "turn", "value"),
    [
        ("add_days", "the day", "Move it to the day after it ends.", 1),
        ("add_days", "the day", "Tell me the day it ends.", None),
        ("subtract_days", "two weeks", "Two days or two weeks before its start.", 14),
        ("add_days", "weeks", "two weeks after", None),
        ("product", "twice", "Raise it by twice its fee.", 2),
        ("product", "half", "Set it to half its present fee.", 0.5),
        ("product", "half", "Make it half an hour.", None),
        ("sum", "twice", "Raise it by twice its fee.", None),
        ("converted", "90 minutes", "for 90 minutes", "90 min"),
        ("converted", "90", "for 90 minutes", None),
    ],
)
def test_words_are_inputs_of_their_formula_only(formula: str, quote: str, turn: str, value: Json) -> None:
    """And only where they stand as words of their own."""
    found = spoken_input(formula, quote, turn)
    assert (found.value if found is not None else None) == value


@pytest.mark.parametrize(
    ("said", "wanted", "value", "gives"),
    [
        ("2.5 t", "kg", 2500, True),
        ("90 min", "h", 1.5, True),
        ("20 min", "h", 0.33, False),
        ("2.5 t", "h", 2.5, False),
        ("2 kg", "kg", 2, False),
        ("1 month", "day", 30, False),
        ("1e9999999 t", "kg", 1, False),
        ("nan t", "kg", 1, False),
    ],
)
def test_conversion_is_exact_or_none(said: str, wanted: str, value: Json, gives: bool) -> None:
    """Between units of one size for everybody, and never of a unit into itself."""
    assert computes("converted", [said, wanted], value) is gives
