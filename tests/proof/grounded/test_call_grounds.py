"""Whose words a value is: true rows pass, and every kind of forged grounds is refused."""

from __future__ import annotations

import copy
from typing import Any

import pytest

from synthtools_stream.proof.certificate import examine, seal
from synthtools_stream.proof.grounded.call_grounds import call_problems
from synthtools_stream.proof.grounded.grounds import Grounds
from synthtools_stream.proof.verification import verify_task
from synthtools_stream.records import Parameter, Provenance, Task, Tool
from synthtools_stream.toolcalls import parse_call
from synthtools_stream.values.json_pointers import leaf_pointers
from synthtools_stream.values.jsontypes import Json
from tests.proof.forged_grounds import FORGED_GROUNDS, certified
from tests.proof.forged_share import share_of
from tests.proof.forged_values import FORGED_VALUES
from tests.proof.freight import proven
from tests.proof.grounded.charter import chartered


def test_the_true_rows_prove() -> None:
    """What the forged rows are made of is proven."""
    assert [verify_task(task).status for task in (proven(), chartered())] == ["proven", "proven"]


@pytest.mark.parametrize("kind", FORGED_GROUNDS)
def test_forged_grounds_are_refused(kind: str) -> None:
    """No row of any kind is accepted, and there are rows of each kind."""
    share = share_of([proven(), chartered()], FORGED_GROUNDS[kind])
    assert share.tried > 0
    assert share.accepted == 0


@pytest.mark.parametrize("kind", FORGED_VALUES)
def test_forged_values_are_refused(kind: str) -> None:
    """The same of worlds."""
    share = share_of([proven(), chartered()], FORGED_VALUES[kind])
    assert share.tried > 0
    assert share.accepted == 0


def _sms(row: Any) -> None:
    step = row["steps"][2]
    step["call"] = step["call"].replace("'email'", "'sms'")
    step["provenance"]["/channel"] = {"kind": "choice", "turn": 2, "quote": "by email"}
    step["changes"][0]["attributes"]["channel"] = "sms"


def _twelve_twice(row: Any) -> None:
    step = row["steps"][0]
    step["call"] = step["call"].replace("min_capacity=12", "min_capacity=24")
    twelve = {"kind": "user", "turn": 0, "quote": "12"}
    step["provenance"]["/min_capacity"] = {
        "kind": "derived",
        "formula": "sum",
        "inputs": [twelve, twelve],
        "values": [12, 12],
    }


def _text_compared(row: Any) -> None:
    step = row["steps"][2]
    text = "something that nobody ever asked for"
    step["call"] = step["call"].replace("Your booking now sails with Castor.", text)
    step["changes"][0]["attributes"]["text"] = text
    row["meta"]["volatile"] = []
    row["meta"]["entity_types"][2]["attributes"][2]["volatile"] = False


def _bookings_volatile(row: Any) -> None:
    parts = row["meta"]["entity_types"][0]["attributes"]
    for part in parts[:-1]:
        part["volatile"] = True
    row["meta"]["volatile"] = [f"bookings.{part['name']}" for part in parts[:-1]] + ["notices.text"]


@pytest.mark.parametrize(
    ("edit", "told"),
    [
        (_sms, "its quote is for 'sms', and the turn says 'email'"),
        (_twelve_twice, "its inputs use '12' 2 times"),
        (_text_compared, "notices.text is compared"),
        (_bookings_volatile, "attributes of bookings are volatile"),
    ],
    ids=["sms by email", "twelve and twelve", "a text that is compared", "a booking that is not"],
)
def test_small_edits_are_told(edit: Any, told: str) -> None:
    """Edits that agree in themselves fail, for the reason that they are wrong."""
    row: Any = copy.deepcopy(proven().to_json())
    edit(row)
    row["gt_tool_calls"] = [step["call"] for step in row["steps"]]
    task = seal(Task.model_validate(certified(row)))
    assert verify_task(task).status == "failed"
    assert told in "; ".join(examine(task).problems)


TOOL = Tool(
    tool_name="PlanVisit",
    tool_description="Plan a visit.",
    parameters={
        "visit_id": Parameter(type="string"),
        "other_visit_id": Parameter(type="string"),
        "adults": Parameter(type="integer"),
        "children": Parameter(type="integer"),
        "length": Parameter(type="integer", description="Length of the way, in km."),
        "limit": Parameter(type="integer", default=10),
        "start_date": Parameter(type="string", format="date"),
        "end_date": Parameter(type="string", format="date"),
        "tags": Parameter(type="array", items=Parameter(type="string")),
    },
)


def _problems(turns: list[str], call: str, responses: tuple[Any, ...] = (), **kinds: Any) -> list[str]:
    """Return the problems of a call; arguments are the user's words of the last turn unless `kinds` says otherwise."""
    arguments = leaf_pointers(parse_call(call).arguments)
    state: Any = {
        "visits": {"VI-7": {"host": "Alba"}, "VI-8": {"host": "Nord"}},
        "clock": {"now": {"value": "2026-03-10"}},
    }
    grounds = Grounds(turns, responses, state)
    provenance = {
        leaf.pointer: Provenance.model_validate(kinds.get(leaf.pointer[1:]) or _said(leaf.value, len(turns) - 1))
        for leaf in arguments
    }
    return [f"{pointer}: {problem}" for pointer, problem in call_problems(arguments, TOOL, provenance, grounds)]


def _said(value: Json, turn: int, quote: str | None = None) -> dict[str, Json]:
    return {"kind": "user", "turn": turn, "quote": quote or str(value)}


@pytest.mark.parametrize(
    ("turn", "call"),
    [
        ("2 adults and 3 children come.", "PlanVisit(adults=2, children=3)"),
        ("Adults: 2, children: 3.", "PlanVisit(adults=2, children=3)"),
        ("It is for 2 adults, 3 children, and the way is 4 km.", "PlanVisit(adults=2, children=3, length=4)"),
        ("Plan it for 2 adults and 2 children.", "PlanVisit(adults=2, children=2)"),
        ("Let 2 of them come, adults and children both.", "PlanVisit(adults=2, children=2)"),
        ("From start 2026-03-11 to end 2026-03-12.", "PlanVisit(start_date='2026-03-11', end_date='2026-03-12')"),
        ("For the 4 who come, tag it late.", "PlanVisit(adults=4, tags=['late'])"),
        ('For 4 adults, tagged "12 days" and "A-1".', "PlanVisit(adults=4, tags=['12 days', 'A-1'])"),
        ("Swap VI-7 for the other visit VI-8.", "PlanVisit(visit_id='VI-7', other_visit_id='VI-8')"),
    ],
)
def test_own_words_are_a_ground(turn: str, call: str) -> None:
    """However the words are put, a value that stands by its own label is proven."""
    assert _problems([turn], call) == []


@pytest.mark.parametrize(
    ("turn", "call", "told"),
    [
        ("2 adults and 3 children come.", "PlanVisit(adults=3, children=2)", "/adults: the turn says '2' for it"),
        ("2 adults come for 3 hours.", "PlanVisit(adults=3)", "/adults: '2' stands nearer to its words"),
        ("Make it 2, after 3 calls.", "PlanVisit(adults=3)", "/adults: the turn also says '2'"),
        ("2 adults come.", "PlanVisit(adults=2, children=2)", "/children: '2' is said for adults already"),
        ("Adults: those of VI-2.", "PlanVisit(adults=2)", "/adults: '2' does not stand for a number"),
        ('Adults: "group 2".', "PlanVisit(adults=2)", "/adults: '2' does not stand for a number"),
        ("Adults on 2 March 2026.", "PlanVisit(adults=2)", "/adults: '2' does not stand for a number"),
        ("The way is 4 miles long.", "PlanVisit(length=4)", "/length: it is said in miles, and wanted in km"),
        (
            "Start 2026-03-11, end 2026-03-12.",
            "PlanVisit(start_date='2026-03-12', end_date='2026-03-11')",
            "/start_date",
        ),
    ],
)
def test_other_words_are_none(turn: str, call: str, told: str) -> None:
    """A value that the turn says of something else is told, with what it says."""
    assert any(problem.startswith(told) for problem in _problems([turn], call))


def test_a_default_is_for_what_nobody_says() -> None:
    """A default beside a number that the turn says, and no argument is, is wrong."""
    assert _problems(["Plan VI-7."], "PlanVisit(visit_id='VI-7', limit=10)", limit={"kind": "default"}) == []
    assert _problems(["Plan 3 of VI-7."], "PlanVisit(visit_id='VI-7', limit=10)", limit={"kind": "default"}) == [
        "/limit: the turn says '3', and the call has a default"
    ]


@pytest.mark.parametrize(
    ("turns", "source", "told"),
    [
        (["See VI-7.", "Plan it."], _said("VI-7", 0), None),
        (["See VI-7.", "Plan that visit."], _said("VI-7", 0), None),
        (["See VI-7.", "Plan VI-8."], _said("VI-7", 0), "/visit_id: the turn says 'VI-8'"),
        (["See VI-7.", "Plan now."], _said("VI-7", 0), "/visit_id: the turn does not refer to 'VI-7'"),
        (
            ["See VI-7.", "See VI-8.", "Plan it."],
            _said("VI-7", 0),
            "/visit_id: the turn points to what was spoken of last",
        ),
        (["See VI-7.", "See VI-8.", "Plan it."], _said("VI-8", 1), None),
        (["See VI-7.", "See VI-8.", "See VI-7.", "Plan it."], _said("VI-7", 0), None),
        (["See VI-7.", "See VI-7 and VI-8.", "Plan it."], _said("VI-7", 0), "/visit_id: the turn points to"),
        (["See VI-7.", "See VI-8.", "Plan the first visit."], _said("VI-7", 0), None),
        (["See VI-7.", "See VI-8.", "Plan the Alba visit."], _said("VI-7", 0), None),
        (["See VI-7.", "Plan the new visit."], _said("VI-7", 0), "/visit_id: 'the new' is what a step made or found"),
        (
            ["Show all.", "Plan the first of those."],
            {"kind": "response", "step": 0, "pointer": "/visits/0/visit_id"},
            None,
        ),
        (
            ["See VI-8.", "Plan VI-8."],
            {"kind": "response", "step": 0, "pointer": "/visits/0/visit_id"},
            "/visit_id: the turn",
        ),
    ],
)
def test_earlier_words_are_pointed_to(turns: list[str], source: dict[str, Json], told: str | None) -> None:
    """What was said or told before is meant where the turn points to it, and to nothing else."""
    responses = [{"visits": [{"visit_id": "VI-7"}]}] * (len(turns) - 1)
    found = _problems(
        turns,
        "PlanVisit(visit_id='VI-7')" if source.get("quote") != "VI-8" else "PlanVisit(visit_id='VI-8')",
        tuple(responses),
        visit_id=source,
    )
    assert found == [] if told is None else found[0].startswith(told)
