"""Given tools stay as they are: only what stands behind them, and what they leave open, is written."""

from __future__ import annotations

import pytest

from stages.generation.environment_blueprint import tool_plans
from stages.generation.given_tools import Surveys
from stages.generation.tool_drafts import Tools
from synthtools_stream.errors import UnusableReply
from synthtools_stream.records import Environment, GivenApi, GivenTool, OutputField, Parameter, Tool, ToolDraft
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.stages.stagekit import TYPES, Stable, problems_told, shown

SCHEMA: JsonObject = {"type": "string", "pattern": "^HO-"}
GET = Tool(
    tool_name="horses.get-one",
    tool_description="Get a horse.",
    parameters={"horseId": Parameter(type="string", required=True, json_schema=SCHEMA)},
)
MOVE = Tool(
    tool_name="moveHorse",
    tool_description="Move a horse.",
    parameters={"horseId": Parameter(type="string", required=True), "stallId": Parameter(type="string", required=True)},
    output_details={"horse": OutputField(type="object"), "moved": OutputField(type="boolean", description="True.")},
)
API = GivenApi(
    id="stable_spec_000",
    title="Stable",
    part="horses",
    tools=[GivenTool(tool=GET, told="GET /horses/{horseId}", reads_only=True), GivenTool(tool=MOVE)],
)


def surveyed(name: str, *writes: str, reads: str = "horses") -> JsonObject:
    """Return what a surveyor says of one tool."""
    effects: JsonObject = {"reads": [reads], "writes": [*writes]}
    return {"tool_name": name, "purpose": f"What {name} does.", "effects": effects}


def survey(*tools: JsonObject) -> JsonObject:
    """Return a whole survey."""
    return {
        "scenario": "Run a stable.",
        "entity_types": [kind.to_json() for kind in TYPES],
        "tools": [*tools] or [surveyed("horses.get-one"), surveyed("moveHorse", "horses")],
    }


def prose(**more: Json) -> JsonObject:
    """Return what an annotator writes of the tool that moves."""
    told: JsonObject = {
        "usage": "Sets the horse's stall_id to stallId, a stall that exists.",
        "error_messages": ["UnknownHorse: no horse has this id; check horseId"],
        "output_details": [
            {"name": "horse", "type": "object", "description": "The horse: horse_id, name."},
            {"name": "moved", "type": "boolean", "description": "Whether it moved."},
        ],
    }
    return {**told, **more}


async def environment() -> Environment:
    """Return the environment of the API."""
    (made,) = await Surveys("m", "p").process(API, Stable(surveyor=[survey()]).context(API.id))
    return made


async def draft(stable: Stable, place: int = 1) -> ToolDraft:
    """Return the draft of one of its tools."""
    plan = tool_plans(await environment())[place]
    (made,) = await Tools().process(plan, stable.context(plan.id))
    return made


async def test_survey() -> None:
    """An API becomes an environment whose signatures have the given names; the tools travel along."""
    made = await environment()
    assert (made.id, made.field, made.subfield, made.scenario) == (
        "stable_spec_000",
        "Stable",
        "horses",
        "Run a stable.",
    )
    assert [signature.tool_name for signature in made.blueprint.tools] == ["horses.get-one", "moveHorse"]
    assert made.blueprint.tools[1].inputs == ["horseId", "stallId"]
    assert made.given == API.tools
    assert [plan.id for plan in tool_plans(made)] == ["stable_spec_000.horses.get-one", "stable_spec_000.moveHorse"]
    assert Environment.from_json(made.to_json()) == made


UNSOUND: list[tuple[JsonObject, str]] = [
    (survey(surveyed("moveHorse", "horses"), surveyed("horses.get-one")), "tools must be"),
    (survey(surveyed("horses.get-one", "horses"), surveyed("moveHorse", "horses")), "it writes nothing"),
    (survey(surveyed("horses.get-one", reads="dogs"), surveyed("moveHorse")), "'dogs' is no collection"),
]


@pytest.mark.parametrize(("bad", "told"), UNSOUND)
async def test_unsound_survey_is_told(bad: JsonObject, told: str) -> None:
    """A survey that leaves tools out, or contradicts the document, is made again."""
    stable = Stable(surveyor=[bad, survey()])
    await Surveys("m", "p").process(API, stable.context(API.id))
    assert told in problems_told(stable.asked("surveyor")[1])[0]


async def test_tool_stays_as_given() -> None:
    """Schema and texts stand to the letter; rules, effects and missing descriptions are put in."""
    stable = Stable(annotator=[prose()])
    made = (await draft(stable)).tool
    assert (made.tool_name, made.tool_description, made.parameters) == (
        "moveHorse",
        MOVE.tool_description,
        MOVE.parameters,
    )
    assert made.usage == prose()["usage"]
    assert made.effects is not None
    assert made.effects.writes == ["horses"]
    told = {name: part.description for name, part in made.output_details.items()}
    assert told == {"horse": "The horse: horse_id, name.", "moved": "True."}
    (request,) = stable.asked("annotator")
    assert shown(request, "given") == API.tools[1].to_json()


async def test_given_prose_stands() -> None:
    """A tool that says its rules itself keeps them."""
    given = GivenTool(tool=MOVE.model_copy(update={"usage": "Sets the horse's stall.", "error_messages": ["A: b; c"]}))
    plan = tool_plans(await environment())[1].model_copy(update={"given": given})
    (made,) = await Tools().process(plan, Stable(annotator=[prose()]).context(plan.id))
    assert (made.tool.usage, made.tool.error_messages) == ("Sets the horse's stall.", ["A: b; c"])


POOR: list[tuple[JsonObject, str]] = [
    ({"output_details": [{"name": "stall", "type": "string", "description": "It."}]}, "are given: horse, moved"),
    ({"output_details": [{"name": "horse", "type": "object", "description": ""}]}, "output 'horse' has no description"),
    ({"usage": "Sets the horse's stall to TBD."}, "placeholder: the prose: 'TBD'"),
]


@pytest.mark.parametrize(("flaw", "told"), POOR)
async def test_poor_prose_is_told(flaw: JsonObject, told: str) -> None:
    """What does not fit the tool is written again, and rejects where it stays so."""
    stable = Stable(annotator=[prose(**flaw), prose()])
    await draft(stable)
    assert told in problems_told(stable.asked("annotator")[1])[0]
    with pytest.raises(UnusableReply, match="annotator: "):
        await draft(Stable(annotator=[prose(**flaw)]))
