"""What the prompts tell, code enforces: examples pass the very checks, and what a prompt forbids is refused."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import cast

import orjson
import pytest

from stages.auditing import simulated_audit
from stages.evolution import dialogue_evolution
from stages.evolution.step_version import Version
from stages.rollout import agents
from stages.summarizing import merged_request
from synthtools_stream.errors import Rejection
from synthtools_stream.proof.grounded.formulas import FORMULAS
from synthtools_stream.proof.grounded.grounds import Grounds
from synthtools_stream.proof.grounded.provenance_search import find_all
from synthtools_stream.records import Change, EntityType, State, Tool
from synthtools_stream.roles.audit_roles import AuditJudgeOutput, Judgment
from synthtools_stream.roles.evolution_roles import EvolverOutput, Grounding, SummarizerOutput
from synthtools_stream.roles.generation_roles import ToolOutput
from synthtools_stream.roles.rollout_roles import AgentAction
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.answer_check import answer_problems
from synthtools_stream.simulator.tool_runtime import Served
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.value_search import find_value
from tests.prompts.promptkit import BOOK_VISIT, COSTUME_TYPES, JSON_ROLES, LEND_COSTUME, ROLES, blocks, first, parts

LENT: JsonObject = first("simulator")
LEND: JsonObject = {"costume_id": "CO-1009", "borrower": "Opal Youth Theatre", "due_date": "2026-05-02"}
WARDROBE: State = {"costumes": {"CO-1009": {"status": "available"}, "CO-1010": {"status": "lent"}}, "loans": {}}


def _limits(schema: Json, name: str = "") -> Iterator[tuple[str, int]]:
    """Yield (property, greatest length) of a schema's texts; definitions go by their own properties' names."""
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key == "maxLength" and isinstance(value, int):
                yield name, value
            elif key in ("properties", "$defs") and isinstance(value, dict):
                for field, inner in value.items():
                    yield from _limits(inner, field)
            else:
                yield from _limits(value, name)
    elif isinstance(schema, list):
        for part in schema:
            yield from _limits(part, name)


@pytest.mark.parametrize("name", JSON_ROLES)
def test_text_limits_are_told(name: str) -> None:
    """How long a wording may be stands in the prompt: too long a text costs a call. Names are copied, not worded."""
    copied = {"argument", "pointer", "answer", "inputs", "quote"}
    limits = {limit for field, limit in _limits(ROLES[name].schema) if limit >= 200 and field not in copied}
    assert not {limit for limit in limits if not re.search(rf"\b{limit}\b", parts(name)[0])}


def _answer(example: JsonObject) -> Answer:
    changes = [Change.from_json(change) for change in cast("list[JsonObject]", example["changes"])]
    response = cast("JsonObject", example["response"])
    return Answer(cast("int", example["status_code"]), response, cast("str | None", example["error_message"]), changes)


def _lending(response: JsonObject | None = None, loan: JsonObject | None = None, *more: JsonObject) -> list[str]:
    """Return what is wrong with the good example, changed."""
    example = cast("JsonObject", orjson.loads(orjson.dumps(LENT)))
    cast("JsonObject", example["response"]).update(response or {})
    changes = cast("list[JsonObject]", example["changes"])
    cast("JsonObject", changes[0]["attributes"]).update(loan or {})
    changes.extend(more)
    return list(answer_problems(_answer(example), LEND_COSTUME, LEND, WARDROBE, COSTUME_TYPES))


def test_simulator_example_passes() -> None:
    """The good example is an answer that the runtime takes."""
    assert _lending() == []


TWIN, UPDATE = cast("list[JsonObject]", LENT["changes"])


@pytest.mark.parametrize(
    "problems",
    [
        pytest.param(_lending({"loan_id": None}), id="the id of what is created is null"),
        pytest.param(_lending({"loan_id": "LO-2001"}), id="an id that does not exist"),
        pytest.param(_lending({"loan_id": "the new one"}), id="no id under an id's key"),
        pytest.param(_lending({"due_date": "2026-05-03"}), id="response and changes differ"),
        pytest.param(_lending({"message": "Lent!"}), id="a key that is not promised"),
        pytest.param(_lending(loan={"borrower": "Somebody else"}), id="not what the call gave"),
        pytest.param(_lending(loan={"returned_on": ""}), id="an empty text instead of null"),
        pytest.param(_lending(loan={"fee": 3}), id="an attribute that the type has not"),
        pytest.param(_lending(None, None, {**TWIN, "id": "$new2"}), id="the same created twice"),
        pytest.param(
            _lending(None, None, {**UPDATE, "id": "CO-1010", "attributes": {"status": "available"}}),
            id="an entity that nobody named",
        ),
    ],
)
def test_simulator_refusals(problems: list[str]) -> None:
    """What the prompt forbids of an answer, the runtime refuses."""
    assert problems


TENT = EntityType.from_json(
    {
        "name": "tent",
        "collection": "tents",
        "id_prefix": "TE-",
        "attributes": [
            {"name": "status", "type": "string"},
            {"name": "places", "type": "integer"},
            {"name": "colour", "type": "string"},
        ],
    }
)
CAMP: State = {
    "tents": {f"TE-100{n}": {"status": "free", "places": n, "colour": None if n == 3 else "red"} for n in (1, 2, 3)}
}
FIND_TENTS = Tool.from_json(
    {
        "tool_name": "FindTents",
        "tool_description": "Lists free tents.",
        "usage": "Read-only. Sorted by places, lowest first; ties by id.",
        "parameters": {"limit": {"type": "integer", "description": "How many tents to return at most.", "default": 2}},
        "output_details": {
            "tents": {"type": "array", "description": "Free tents: tent_id, places, colour."},
            "match_count": {"type": "integer", "description": "How many tents match."},
        },
        "effects": {"reads": ["tents"], "writes": []},
    }
)


def _found(numbers: list[int], count: int, limit: int = 2, **changed: Json) -> list[str]:
    items: list[Json] = [
        {"tent_id": f"TE-100{n}", **{key: CAMP["tents"][f"TE-100{n}"][key] for key in ("places", "colour")}, **changed}
        for n in numbers
    ]
    answer = Answer(200, {"tents": items, "match_count": count}, None, [])
    return list(answer_problems(answer, FIND_TENTS, {"limit": limit}, CAMP, [TENT]))


def test_list_rules_hold() -> None:
    """A list as the simulator's prompt wants it passes: sorted, cut to the limit, counted before the cut."""
    assert _found([1, 2], 3) == []
    assert _found([1, 2, 3], 3, limit=5) == []
    assert _found([], 0) == []


@pytest.mark.parametrize(
    "problems",
    [
        pytest.param(_found([2, 1], 3), id="unsorted"),
        pytest.param(_found([1, 1], 3), id="one entity twice"),
        pytest.param(_found([1, 2, 3], 3), id="more than the limit"),
        pytest.param(_found([1, 2], 3, limit=5), id="a wrong count below the limit"),
        pytest.param(_found([1, 2], 3, note="x"), id="a key that nothing names"),
        pytest.param(_found([1, 2], 3, places=7), id="a value that the state has not"),
        pytest.param(_found([1, 2], 3, tent_id="TE-1009"), id="an id that is none"),
    ],
)
def test_list_refusals(problems: list[str]) -> None:
    """What the prompt forbids of lists, the runtime refuses."""
    assert problems


KILN = [
    EntityType.from_json(
        {
            "name": "firing",
            "collection": "firings",
            "id_prefix": "FR-",
            "attributes": [
                {"name": "status", "type": "string", "enum": ["scheduled", "done"]},
                {"name": "free_shelves", "type": "integer"},
                {"name": "peak", "type": "integer"},
            ],
        }
    ),
    EntityType.from_json(
        {
            "name": "booking",
            "collection": "bookings",
            "id_prefix": "BO-",
            "attributes": [
                {"name": "firing_id", "type": "string", "references": "firings"},
                {"name": "shelves", "type": "integer"},
                {"name": "status", "type": "string"},
            ],
        }
    ),
]


def _fired(left: int, **more: Json) -> list[str]:
    """Return what is wrong with an answer of the tool prompt's good example, that of a call for 2 of 4 shelves."""
    written = ToolOutput.model_validate(first("tool")).to_json()
    parameters = cast("list[JsonObject]", written["parameters"])
    outputs = cast("list[JsonObject]", written["output_details"])
    tool = Tool.from_json(
        {
            **written,
            "tool_name": "BookFiring",
            "parameters": {cast("str", part["name"]): part for part in parameters},
            "output_details": {cast("str", part["name"]): part for part in outputs},
            "effects": {"reads": ["firings"], "writes": ["bookings", "firings"]},
        }
    )
    booking: JsonObject = {"firing_id": "FR-1004", "shelves": 2, "status": "booked"}
    changes = [
        Change(op="create", collection="bookings", id="$new1", attributes=booking),
        Change(op="update", collection="firings", id="FR-1004", attributes={"free_shelves": left, **more}),
    ]
    response: JsonObject = {"booking_id": "$new1", "status": "booked", "free_shelves": left}
    state: State = {"firings": {"FR-1004": {"status": "scheduled", "free_shelves": 4, "peak": 900}}, "bookings": {}}
    arguments: JsonObject = {"firing_id": "FR-1004", "shelves": 2}
    return list(answer_problems(Answer(200, response, None, changes), tool, arguments, state, KILN))


def test_tool_example_can_be_played() -> None:
    """The tool of the good example can be answered as it says, and not otherwise: its words name all that changes."""
    assert _fired(2) == []
    assert _fired(1)  # it falls by the shelves booked, and no others
    assert _fired(2, peak=950)  # nothing speaks of it


@pytest.mark.parametrize(
    ("words", "value"),
    [
        ("on 2026-03-16", "2026-03-16"),
        ("on 16 March 2026", "2026-03-16"),
        ("on 16 March 2026 at 14:30", "2026-03-16T14:30:00"),
        ("today", "2026-03-14"),
        ("tomorrow", "2026-03-15"),
        ("in 3 days", "2026-03-17"),
        ("in good repair", "good_repair"),
        ("for 480 EUR", 480.0),
    ],
)
def test_forms_are_understood(words: str, value: Json) -> None:
    """The forms of values that the evolver's prompt names are those that code finds in a turn."""
    assert find_value(words, value, "2026-03-14T09:00:00") is not None


def test_formulas_are_told() -> None:
    """The evolver's prompt names every formula."""
    assert not {name for name in FORMULAS if f"`{name}`" not in parts("evolver")[0]}


@pytest.mark.parametrize(("kind", "ungrounded"), [("choice", False), ("user", False), ("default", True)])
def test_booleans_are_choices(kind: str, ungrounded: bool) -> None:
    """A boolean rests on a choice, also where it was declared as the user's own word."""
    quote = "do send me a reminder"
    grounding = Grounding.model_validate({"argument": "/send_reminder", "kind": kind, "quote": quote})
    grounds = Grounds(turns=[f"Please {quote}."], responses=[])
    found = find_all(Call("BookVisit", {"send_reminder": True}), BOOK_VISIT, grounds, [grounding])
    assert bool(found.ungrounded) is ungrounded
    assert bool(found.to_judge) is not ungrounded


def test_reads_are_asked_for() -> None:
    """The good example of a read asks for a value; without one, evolution refuses the step."""
    example = blocks("evolver", "Good example: a step that reads")[0]
    served = Served("GetFarrier(farrier_id='FA-1003')", Answer(200, {"farrier": {"fee": 60}}))
    nothing: JsonObject = {"answer": []}
    asking, silent = (
        Version(EvolverOutput.model_validate(evolved), Call("GetFarrier", {}), {})
        for evolved in (example, {**example, **nothing})
    )
    assert dialogue_evolution._flaw(asking, served) is None
    assert dialogue_evolution._flaw(silent, served) is not None


def test_summary_example_passes() -> None:
    """The good summary passes the check of its stage, and the bad one does not."""
    given = first("summarizer", "Example input")
    quotes, secrets = (cast("list[str]", given[key]) for key in ("must_contain", "must_not_contain"))
    merged_request._check_words(quotes, secrets, SummarizerOutput.model_validate(first("summarizer")))
    with pytest.raises(Rejection):
        merged_request._check_words(quotes, secrets, SummarizerOutput.model_validate(first("summarizer", "Bad")))


@pytest.mark.parametrize(
    ("status", "refused"), [(200, Judgment.should_pass_but_failed), (404, Judgment.should_fail_but_passed)]
)
def test_judgments_fit_the_status(status: int, refused: Judgment) -> None:
    """Each of the two wrong outcomes is said of one kind of answer only, as the audit judge is told."""
    served = Served("GetKite()", Answer(status, {}, None if status == 200 else "UnknownKite"))
    with pytest.raises(Rejection):
        simulated_audit._check_judgment(served, AuditJudgeOutput(reasoning="x", judgment=refused))


def test_agent_examples_pass() -> None:
    """The agent's good actions are taken, and its closing message tells what was asked for."""
    actions = [AgentAction.model_validate(example) for example in blocks("agent_json", "Good")]
    for action in actions:
        agents._check_action(action)
    closing = actions[-1].message or ""
    assert find_value(closing, "Mariposa")
    assert find_value(closing, "2026-07-05")
    agents._check_action(AgentAction(reasoning="x", action="call", tool_name="ListTrips", arguments={}))
