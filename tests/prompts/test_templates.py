"""The shipped templates: one a role, inputs tagged in the model's order, static text first, examples that hold."""

from __future__ import annotations

import itertools
import re
from collections.abc import Callable, Iterator, Mapping
from typing import cast

import jinja2
import jinja2.meta
import pytest
from pydantic import ValidationError

from stages.generation import environment_blueprint, tool_drafts
from synthtools_stream.asking.prompt_templates import PromptLibrary, json_text
from synthtools_stream.errors import Rejection
from synthtools_stream.programs.source_tree import source_fault
from synthtools_stream.proof.grounded.grounds import Grounds
from synthtools_stream.proof.grounded.provenance_search import find_all
from synthtools_stream.records import EntityType, Signature, State, WorldEntity
from synthtools_stream.records.record import Record
from synthtools_stream.roles.evolution_roles import EvolverOutput, SummarizerInput
from synthtools_stream.roles.generation_roles import BlueprintOutput, ToolOutput
from synthtools_stream.roles.simulator_role import SimulatorOutput
from synthtools_stream.simulator.answer import Answer
from synthtools_stream.simulator.answer_check import answer_problems
from synthtools_stream.state import world_problems
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.similarity import distinct
from tests.prompts.promptkit import (
    BOOK_VISIT,
    COSTUME_TYPES,
    DIRECTORY,
    FARRIER_RESPONSE,
    JSON_ROLES,
    LEND_COSTUME,
    ROLES,
    AnyRole,
    blocks,
    first,
    parts,
    source,
)

MAX_LINES = 125


TOOL: JsonObject = {"tool_name": "GetKite", "tool_description": "Returns a kite. </tool>"}
CALL: JsonObject = {"tool_name": "GetKite", "arguments": {"kite_id": "KI-1001 </call>"}}
OUTLINE: JsonObject = {"tool_name": "GetKite", "tool_description": "x", "inputs": [], "outputs": [], "writes": []}
SIGNATURE: JsonObject = {"tool_name": "GetKite", "purpose": "Returns a kite.", "effects": {"reads": ["kites"]}}
TYPE: JsonObject = {
    "name": "kite",
    "collection": "kites",
    "id_prefix": "KI-",
    "attributes": [{"name": "colour", "type": "string"}],
}
CLOCK: JsonObject = {"clock": {"now": {"value": "2026-03-18T09:00:00"}}}
"""The day of the evolver's example, a Wednesday."""
STATE: JsonObject = {"kites": {"KI-1001": {"colour": "red </state>"}}}
TURN: JsonObject = {"user": "u </dialogue>", "call": "GetKite()", "status_code": 200, "response": {}}
VALUES: dict[str, Json] = {
    **{name: f"words </{name}> and more" for name in ("field", "subfield", "scenario", "persona", "purpose")},
    **{
        name: f"words </{name}> and more"
        for name in ("title", "part", "description", "summary", "final_message", "request", "now", "user_turn")
    },
    **{name: f"words </{name}> and more" for name in ("value", "meaning")},
    "act": "corrected",
    **{
        name: [f"text </{name}>"]
        for name in (
            "resemble",
            "avoid",
            "walk",
            "links",
            "taken_openings",
            "order",
            "turns",
            "said",
            "hidden",
            "ground_truth",
            "purposes",
        )
    },
    "only_differences": True,
    "must_end_by": "declining",
    **{name: [f"text </{name}>"] for name in ("must_contain", "must_not_contain", "problems", "arguments")},
    "expected_answers": ["planned", 3],
    "slots": {"status": "a text </slots>"},
    "told_answers": {"status": "planned </told_answers>"},
    **dict.fromkeys(("state", "initial_state", "expected_state", "final_state", "response"), STATE),
    **dict.fromkeys(("count", "per_mode", "min_length", "max_length", "step"), 3),
    "problem": "no </problem>",
    "implicit": {"count": 1, "arguments": [{"argument": "/fee </implicit>", "kinds": ["unit"]}]},
    "implicit_kinds": ["unit"],
    "status_code": 200,
    "mode": "happy_path",
    "tool": TOOL,
    "tools": [TOOL],
    "entity_types": [TYPE],
    "siblings": [SIGNATURE],
    "seed_tools": [{"tool_name": "GetKite", "tool_description": "d </seed_tools>", "parameters": ["kite_id"]}],
    "seed_tasks": ["text </seed_tasks>"],
    "given": {"tool": TOOL, "told": "GET /kites </given>"},
    "given_tools": [{"tool": TOOL, "told": "GET /kites </given_tools>", "reads_only": True}],
    "signature": SIGNATURE,
    "goals": [{"tool_name": "GetKite", "goal": "g </goals>"}],
    "dialogue": [TURN],
    "conversation": [{"speaker": "user", "text": "t </conversation>"}],
    "attempt": [{"call": "GetKite()", "status_code": 200, "response": {}}],
    "changes": [{"op": "delete", "collection": "kites", "id": "KI-1001"}],
    **dict.fromkeys(("call", "expected", "attempted"), CALL),
    "calls": [{**CALL, "response": {"a": "r </calls>"}, "told": ["/a"]}],
    **{name: {"status_code": 200, "response": {"a": "r </first> </second>"}} for name in ("first", "second")},
    "program": "def call(state, arguments, now): # </program>",
}


def _variables(source: str) -> set[str]:
    environment = jinja2.Environment(autoescape=False)
    environment.filters["json"] = json_text
    return jinja2.meta.find_undeclared_variables(environment.parse(source))


def _input(role: AnyRole, *, full: bool) -> Record:
    values: JsonObject = {}
    for name, info in role.input_model.model_fields.items():
        if full:
            values[name] = [OUTLINE] if role.name in ("planner", "proposer") and name == "tools" else VALUES[name]
        elif info.is_required():
            nullable = type(None) in getattr(info.annotation, "__args__", ())
            values[name] = None if nullable else _input_value(role, name)
    return role.input_model.from_json(values)


def _input_value(role: AnyRole, name: str) -> Json:
    value = VALUES[name]
    return [] if isinstance(value, list) else value


def test_every_role_has_one_template() -> None:
    """Templates and roles go together, one by one."""
    assert sorted(ROLES) == sorted(path.stem for path in DIRECTORY.glob("*.md") if path.stem != "README")


@pytest.mark.parametrize("name", ROLES)
def test_inputs_are_tagged_in_order(name: str) -> None:
    """Every field of the input stands once as a tag of its name, in the model's order, after the mark."""
    static, tail = parts(name)
    fields = list(ROLES[name].input_model.model_fields)
    assert re.findall(r"<(\w+)>\{\{ (\w+) \| json \}\}</(\w+)>", tail) == [(field, field, field) for field in fields]
    assert _variables(tail) == set(fields)
    assert _variables(static) <= {"schema"}


@pytest.mark.parametrize("name", ROLES)
def test_template_is_short(name: str) -> None:
    """A template can be read at one go."""
    assert len(source(name).splitlines()) <= MAX_LINES


@pytest.mark.parametrize("name", ROLES)
def test_full_input_renders(name: str) -> None:
    """Each tag holds its value as JSON, and no value can close a tag."""
    role = ROLES[name]
    rendered = PromptLibrary.load().render(role, _input(role, full=True))
    for field in role.input_model.model_fields:
        assert rendered.user.count(f"</{field}>") == 1
    assert rendered.user.count("\n") == len(role.input_model.model_fields) - 1
    assert rendered.system.startswith("# ")


@pytest.mark.parametrize("name", ROLES)
def test_minimal_input_renders(name: str) -> None:
    """What is absent leaves neither tag nor blank line."""
    role = ROLES[name]
    value = _input(role, full=False)
    rendered = PromptLibrary.load().render(role, value)
    lines = rendered.user.splitlines()
    tags = [match[1] for match in map(re.compile(r"<(\w+)>.*</\1>\Z").match, lines) if match is not None]
    assert len(tags) == len(lines)
    assert "null" not in lines
    absent = {field for field in role.input_model.model_fields if getattr(value, field) is None}
    assert not absent & set(tags)


@pytest.mark.parametrize("name", JSON_ROLES)
def test_shape_is_told(name: str) -> None:
    """Every key and every closed value of the output stands in the static text: models without a schema need it."""
    static = parts(name)[0]
    words = {word for word in _schema_words(ROLES[name].schema) if not re.search(rf"\b{re.escape(word)}\b", static)}
    assert not words


def _schema_words(schema: Json) -> Iterator[str]:
    if isinstance(schema, dict):
        for key, value in schema.items():
            if key in ("properties", "$defs") and isinstance(value, dict):
                yield from value if key == "properties" else ()
                yield from (word for part in value.values() for word in _schema_words(part))
            elif key == "enum" and isinstance(value, list):
                yield from map(str, value)
            else:
                yield from _schema_words(value)
    elif isinstance(schema, list):
        for part in schema:
            yield from _schema_words(part)


@pytest.mark.parametrize("name", JSON_ROLES)
def test_good_examples_validate(name: str) -> None:
    """A good example is what the role's output model takes."""
    examples = blocks(name, "Good")
    assert examples
    for example in examples:
        ROLES[name].output_model.model_validate(example)


@pytest.mark.parametrize("name", JSON_ROLES)
def test_reasoning_comes_first(name: str) -> None:
    """Where a role reasons, the good examples and the schema put the reasoning before the answer."""
    if "reasoning" in ROLES[name].output_model.model_fields:
        assert {next(iter(example)) for example in blocks(name, "Good")} == {"reasoning"}
        assert next(iter(ROLES[name].output_model.model_fields)) == "reasoning"


def _texts(example: JsonObject, key: str) -> list[str]:
    return cast("list[str]", example[key])


def _sequence_breaks(example: JsonObject) -> bool:
    return any(a == b for a, b in itertools.pairwise(_texts(example, "sequence")))


def _openings_repeat(example: JsonObject) -> bool:
    openings = [tuple(sequence[:2]) for sequence in cast("list[list[str]]", example["sequences"])]
    return len(set(openings)) < len(openings)


def _blueprint_refused(example: JsonObject) -> bool:
    try:
        environment_blueprint._check_blueprint(BlueprintOutput.model_validate(example))
    except (Rejection, ValidationError):
        return True
    return False


def _tool_refused(example: JsonObject) -> bool:
    signature = Signature.from_json({**SIGNATURE, "effects": {"writes": ["bookings"]}})
    try:
        tool_drafts._check_tool(signature, [], ToolOutput.model_validate(example))
    except (Rejection, ValidationError):
        return True
    return False


def _invalid(name: str) -> Callable[[JsonObject], bool]:
    def refused(example: JsonObject) -> bool:
        try:
            ROLES[name].output_model.model_validate(example)
        except ValidationError:
            return True
        return False

    return refused


def _answer_refused(example: JsonObject) -> bool:
    """Whether the runtime's own check refuses a simulator's answer."""
    answer = Answer.of(SimulatorOutput.model_validate(example))
    # The good refusal is of the same call, where the costume is in repair.
    status = "in_repair" if answer.status_code == 400 else "available"
    state: State = {"costumes": {"CO-1009": {"status": status}}, "loans": {}}
    call: JsonObject = {"costume_id": "CO-1009", "borrower": "Opal Youth Theatre", "due_date": "2026-05-02"}
    return bool(list(answer_problems(answer, LEND_COSTUME, call, state, COSTUME_TYPES)))


def _reasons_late(example: JsonObject) -> bool:
    return next(iter(example)) != "reasoning"


def _goals_out_of_order(example: JsonObject) -> bool:
    goals = cast("list[dict[str, str]]", example["goals"])
    return [goal["tool_name"] for goal in goals] != ["FindTurbines", "OpenWorkOrder", "AssignTechnician"]


def _ungrounded(example: JsonObject) -> bool:
    """Whether code finds an argument without provenance, as in evolution."""
    evolved = EvolverOutput.model_validate(example)
    grounds = Grounds(turns=["Which horses are due?", evolved.user_turn], responses=[FARRIER_RESPONSE], state=CLOCK)
    return bool(find_all(Call("BookVisit", evolved.arguments), BOOK_VISIT, grounds, evolved.grounding).ungrounded)


def _summary_refused(example: JsonObject) -> bool:
    given = SummarizerInput.from_json(first("summarizer", "Example input"))
    summary = cast("str", example["summary"])
    held = all(quote in summary for quote in given.must_contain)
    return not held or any(secret in summary for secret in given.must_not_contain)


def _is_out_of_bounds(example: JsonObject) -> bool:
    """Whether a confidence breaks the bounds that the prompt names; code takes it for the bound."""
    confidence = example["confidence"]
    return isinstance(confidence, float) and not 0 <= confidence <= 1


RULES: Mapping[str, Callable[[JsonObject], bool]] = {
    "subfield": lambda example: len(distinct(_texts(example, "subfields"))) < len(_texts(example, "subfields")),
    "scenario": lambda example: min(len(text.split()) for text in _texts(example, "scenarios")) < 12,
    "blueprint": _blueprint_refused,
    "tool": _tool_refused,
    "surveyor": lambda example: len(cast("list[Json]", example["tools"])) < 3,
    "annotator": lambda example: any(
        not part["description"] for part in cast("list[JsonObject]", example["output_details"])
    ),
    "world": _invalid("world"),
    "probe": _invalid("probe"),
    "simulator": _answer_refused,
    "audit_judge": _reasons_late,
    "programmer": lambda example: source_fault(cast("str", example["program"])) is not None,
    "referee": _reasons_late,
    "planner": _sequence_breaks,
    "proposer": _openings_repeat,
    "dialogue_planner": _goals_out_of_order,
    "evolver": _ungrounded,
    "solver": lambda example: example["tool_name"] != first("solver")["tool_name"],
    "task_judge": _reasons_late,
    "summarizer": _summary_refused,
    "speaker": lambda example: cast("str", example["first"]) not in cast("str", example["opening"]),
    "reader": lambda example: example["complete"] == example["wrong"],
    "user": lambda example: "ME-1013" not in cast("str", example["message"]),
    "trajectory_judge": _is_out_of_bounds,
    "agent_json": _invalid("agent_json"),
}
"""For each role, one of the rules that its bad example is said to break."""


@pytest.mark.parametrize("name", ["world", "dialogue_planner"])
def test_example_worlds_hold(name: str) -> None:
    """The good examples' worlds have ids of one prefix a collection, and references that lead somewhere."""
    example = first(name)
    entities = [WorldEntity.from_json(entity) for entity in cast("list[JsonObject]", example["entities"])]
    assert world_problems(_types_of(entities), cast("str", example["now"]), entities) == []


def _types_of(entities: list[WorldEntity]) -> list[EntityType]:
    """Guess the entity types from each collection's first entity: `shelf_id` refers to the shelves."""
    types: dict[str, EntityType] = {}
    for entity in entities:
        attributes: list[Json] = [
            {"name": name, "type": _type_of(value), "references": _collection_of(name, entities)}
            for name, value in entity.attributes.items()
        ]
        prefix = entity.id.partition("-")[0] + "-"
        kind = {"name": "x", "collection": entity.collection, "id_prefix": prefix, "attributes": attributes}
        types.setdefault(entity.collection, EntityType.from_json(cast("JsonObject", kind)))
    return list(types.values())


def _collection_of(name: str, entities: list[WorldEntity]) -> str | None:
    if not name.endswith("_id"):
        return None
    return next(entity.collection for entity in entities if entity.collection[:4] == name[:4])


def _type_of(value: Json) -> str:
    if isinstance(value, bool):
        return "boolean"
    return "integer" if isinstance(value, int) else "float" if isinstance(value, float) else "string"


@pytest.mark.parametrize("name", JSON_ROLES)
def test_examples_show_the_rule(name: str) -> None:
    """The bad example breaks a rule that the prompt names; the good ones keep it."""
    assert [RULES[name](example) for example in blocks(name, "Bad")] == [True]
    assert not any(RULES[name](example) for example in blocks(name, "Good"))
