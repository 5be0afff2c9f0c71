"""Generation: filters, ids by index, and blueprints and tools that hold together."""

from __future__ import annotations

import orjson
import pytest

from stages.generation.environment_blueprint import Blueprints, tool_plans
from stages.generation.field_hierarchy import Scenarios, Subfields
from stages.generation.tool_drafts import Tools
from synthtools_stream.errors import Rejection, UnusableReply
from synthtools_stream.records import Effects, FieldPlan, ScenarioPlan, Signature, SubfieldPlan, ToolPlan
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.stagekit import SETTING, TYPES, Stable, part, problems_told, shown

FIELD = FieldPlan(id="horses", field="Horses")
SUBFIELD = SubfieldPlan(id="horses/02", field_slug="horses", field="Horses", subfield="Stables", index=2)
SCENARIO = ScenarioPlan(id="horses_spec_000", field="Horses", subfield="Stables", scenario="Run a stable.")


def signature(name: str, **more: Json) -> JsonObject:
    """Return a tool's signature as a model writes it."""
    effects: JsonObject = {"reads": ["horses"], "writes": [], **more}
    return {
        "tool_name": name,
        "purpose": f"Do what {name} says.",
        "inputs": ["horse_id"],
        "outputs": ["name"],
        "effects": effects,
    }


def blueprint(**more: Json) -> JsonObject:
    """Return a blueprint that holds together, but for what is given."""
    names = ["GetHorse", "MoveHorse", "RecordWeight", "ListHorses", "SellHorse"]
    sound: JsonObject = {
        "difficulty": "easy",
        "entity_types": [kind.to_json() for kind in TYPES],
        "tools": [signature(name) for name in names],
    }
    return {**sound, **more}


def written(**more: Json) -> JsonObject:
    """Return a tool as a model writes it."""
    parameters: list[Json] = [{"name": "horse_id", "type": "string", "required": True, "description": "Id."}]
    sound: JsonObject = {
        "tool_description": "Look up a horse.",
        "parameters": parameters,
        "error_messages": ["NotFound: no such horse; look it up"],
        "usage": "Read-only.",
        "output_details": [{"name": "name", "type": "string", "description": "Its name."}],
    }
    return {**sound, **more}


def parameter(**more: Json) -> JsonObject:
    """Return one parameter as a model writes it."""
    return {"name": "mode", "type": "string", "required": False, "description": f"How, as {more.get('name')}.", **more}


async def test_subfields_filtered_and_numbered() -> None:
    """Twice as many are asked for; duplicates and what is to be avoided fall out; the rest is numbered."""
    names: list[Json] = ["  Racing   stables ", "racing stables", "Stud farms", "Riding schools", "Carriage driving"]
    stable = Stable(subfield=[{"subfields": names}])
    made = await Subfields(3, 2, avoid=["stud farms"]).process(FIELD, stable.context("horses"))
    assert [(plan.id, plan.subfield, plan.index) for plan in made] == [
        ("horses/00", "Racing stables", 0),
        ("horses/01", "Riding schools", 1),
        ("horses/02", "Carriage driving", 2),
    ]
    (request,) = stable.asked("subfield")
    assert (shown(request, "count"), shown(request, "avoid")) == (6, ["stud farms"])


async def test_candidates_are_as_many_as_asked_for() -> None:
    """So many times as many are asked for, but never more than one answer may hold."""
    for oversample, count, asked in [(1, 4, 4), (5, 4, 20), (3, 40, 60)]:
        stable = Stable(scenario=[{"scenarios": ["Move horses about."]}])
        await Scenarios(count, oversample).process(SUBFIELD, stable.context(SUBFIELD.id))
        assert shown(stable.asked("scenario")[0], "count") == asked


async def test_most_different_tools_stay() -> None:
    """Of a large blueprint the most different tools are kept, in its order, and half of them at most only read."""
    purposes = {
        "FindHorses": "Lists horses by name.",
        "FindHorsesByStall": "Lists horses by stall.",
        "FindHorsesByAge": "Lists horses by age.",
        "SellHorse": "Takes a horse off the books for good.",
        "MoveHorse": "Puts a horse into another stall.",
        "FeedHorse": "Notes what somebody was fed.",
    }
    reads = [name for name in purposes if name.startswith("Find")]
    tools: list[Json] = [
        {**signature(name, writes=[] if name in reads else ["horses"]), "purpose": text}
        for name, text in purposes.items()
    ]
    stable = Stable(blueprint=[blueprint(tools=tools)])
    (environment,) = await Blueprints("m", "p", 5).process(SCENARIO, stable.context(SCENARIO.id))
    kept = [tool.tool_name for tool in environment.blueprint.tools]
    assert kept == ["FindHorses", "FindHorsesByStall", "SellHorse", "MoveHorse", "FeedHorse"]
    (environment,) = await Blueprints("m", "p", 1).process(SCENARIO, stable.context(SCENARIO.id))
    assert [tool.tool_name for tool in environment.blueprint.tools] == ["FindHorses"]


async def test_poor_blueprint_is_told() -> None:
    """What a heuristic finds poor is told to the model as well, and stands in the detail of a rejection."""
    poor = blueprint(tools=[signature(name) | {"purpose": "Do it."} for name in ["Ab", "Bc", "Cd", "De", "Ef"]])
    stable = Stable(blueprint=[poor, blueprint()])
    await Blueprints("m", "p").process(SCENARIO, stable.context(SCENARIO.id))
    assert "near_duplicate: Ab and Bc have the same purpose" in problems_told(stable.asked("blueprint")[1])[0]
    with pytest.raises(UnusableReply, match="blueprint: near_duplicate: "):
        await Blueprints("m", "p").process(SCENARIO, Stable(blueprint=[poor]).context(SCENARIO.id))


async def test_nothing_new_rejects() -> None:
    """A field all of whose candidates fall out is rejected."""
    stable = Stable(subfield=[{"subfields": ["  ", "Stud farms"]}])
    with pytest.raises(Rejection) as caught:
        await Subfields(1, 2, avoid=["Stud farms"]).process(FIELD, stable.context("horses"))
    assert caught.value.reason == "nothing_new"


async def test_scenario_ids_by_index() -> None:
    """Environments are numbered by subfield and scenario, whoever comes first."""
    stable = Stable(scenario=[{"scenarios": ["Move horses about.", "Order hay and straw.", "Plan farrier visits."]}])
    made = await Scenarios(3, 2).process(SUBFIELD, stable.context(SUBFIELD.id))
    assert [plan.id for plan in made] == ["horses_spec_006", "horses_spec_007", "horses_spec_008"]


async def test_sound_blueprint() -> None:
    """A sound blueprint becomes an environment with one plan a tool, each knowing its siblings."""
    stable = Stable(blueprint=[blueprint()])
    (environment,) = await Blueprints("m", "p").process(SCENARIO, stable.context(SCENARIO.id))
    assert (environment.id, environment.meta) == ("horses_spec_000", {"model": "m", "prompts": "p"})
    plans = tool_plans(environment)
    assert [plan.id for plan in plans][:2] == ["horses_spec_000.GetHorse", "horses_spec_000.MoveHorse"]
    assert all(len(plan.siblings) == 4 and plan.signature not in plan.siblings for plan in plans)
    assert plans[0].setting.entity_types == TYPES


CLOCK: JsonObject = {
    "name": "clock",
    "collection": "clock",
    "id_prefix": "CL-",
    "attributes": [{"name": "now", "type": "string"}],
}
NAMES = ["A", "B", "C", "D"]
BROKEN: list[tuple[JsonObject, str]] = [
    ({"tools": [signature(name) for name in NAMES]}, "at least 5"),
    ({"tools": [signature(name) for name in [*NAMES, "A"]]}, "tool_name 'A' stands twice"),
    ({"tools": [*map(signature, NAMES), signature("E", reads=["dogs"])]}, "'dogs' is no collection"),
    ({"tools": [*map(signature, NAMES), signature("E", reads=[])]}, "name at least one collection"),
    ({"entity_types": [*(kind.to_json() for kind in TYPES), CLOCK]}, "no collection may be called `clock`"),
    ({"entity_types": [TYPES[0].to_json()]}, "horses.stall_id.references: 'stalls' is no collection"),
    ({"entity_types": [*(kind.to_json() for kind in TYPES), TYPES[1].to_json()]}, "'stalls' stands twice"),
]


@pytest.mark.parametrize(("flaw", "told"), BROKEN)
async def test_broken_blueprint_is_told(flaw: JsonObject, told: str) -> None:
    """What does not hold together is told to the model, which writes again; a lasting flaw rejects."""
    stable = Stable(blueprint=[blueprint(**flaw), blueprint()])
    await Blueprints("m", "p").process(SCENARIO, stable.context(SCENARIO.id))
    assert told in problems_told(stable.asked("blueprint")[1])[0]
    stubborn = Stable(blueprint=[blueprint(**flaw)])
    with pytest.raises(UnusableReply):
        await Blueprints("m", "p").process(SCENARIO, stubborn.context(SCENARIO.id))
    assert stubborn.calls["blueprint"] == 3


def plan(writes: bool = False) -> ToolPlan:
    """Return the plan of one tool."""
    effects = Effects(reads=["horses"], writes=["horses"] if writes else [])
    known = Signature(tool_name="GetHorse", purpose="Look up.", inputs=["horse_id"], outputs=["name"], effects=effects)
    return ToolPlan(id="horses_spec_000.GetHorse", setting=SETTING, signature=known)


async def test_tool_in_house_form() -> None:
    """A written tool takes name and effects from its signature and its schema from the model."""
    pieces: list[Json] = [
        parameter(name="ids", type="array", items={"type": "string"}),
        parameter(name="box", type="object", properties=[{"name": "width", "type": "integer"}]),
        parameter(enum=["a", "b"], default="a"),
        parameter(name="weight", type="float", minimum=0.5, maximum=20),
        parameter(name="atoms", type="float", maximum=1e30),
        parameter(name="day", description="Day, YYYY-MM-DD."),
        parameter(name="mail", format="email"),
    ]
    stable = Stable(tool=[written(parameters=pieces)])
    (draft,) = await Tools().process(plan(), stable.context("t"))
    tool = draft.tool
    assert (tool.tool_name, tool.effects) == ("GetHorse", plan().signature.effects)
    assert list(tool.parameters) == ["ids", "box", "mode", "weight", "atoms", "day", "mail"]
    assert [tool.parameters[name].format for name in ("mode", "day", "mail")] == [None, "date", "email"]
    assert tool.parameters["ids"].items is not None
    assert tool.parameters["box"].properties is not None
    weight = tool.parameters["weight"].model_dump_json(include={"minimum", "maximum"})
    assert weight == '{"minimum":0.5,"maximum":20}'
    assert part(orjson.loads(orjson.dumps(tool.to_json())), "parameters", "atoms", "maximum") == 1e30
    assert (tool.parameters["mode"].default, tool.output_details["name"].type) == ("a", "string")


FLAWS: list[tuple[list[Json], str]] = [
    ([parameter(), parameter()], "'mode' stands twice"),
    ([parameter(name="from")], "a Python keyword"),
    ([parameter(type="array")], "needs `items`"),
    ([parameter(type="object")], "needs `properties`"),
    ([parameter(type="integer", minimum=3, maximum=2)], "minimum is above maximum"),
    ([parameter(required=True, default="x")], "a required parameter has no default"),
    ([parameter(enum=["a"], default="b")], "not among the enum"),
    ([parameter(format="time", description="Day, YYYY-MM-DD.")], "its format is time, and its description states date"),
    ([parameter(type="integer", format="date")], "only strings have a `format`"),
    ([parameter(format="date", default="tomorrow")], "its default must be YYYY-MM-DD"),
    ([], "needs at least one parameter"),
]


@pytest.mark.parametrize(("parameters", "told"), FLAWS)
async def test_broken_tool_is_told(parameters: list[Json], told: str) -> None:
    """A tool that cannot be is told to the model, which writes again."""
    stable = Stable(tool=[written(parameters=parameters), written()])
    await Tools().process(plan(writes=True), stable.context("t"))
    assert told in problems_told(stable.asked("tool")[1])[0]
