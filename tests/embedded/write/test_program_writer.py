"""A program written from a tool's words answers every call as the player does who reads the same words."""

from __future__ import annotations

import random
from collections.abc import AsyncGenerator

import pytest

from synthtools_stream.embedded.play.played_call import PlayedCall
from synthtools_stream.embedded.play.simulation import play
from synthtools_stream.embedded.read import read_tool
from synthtools_stream.embedded.write import write_program
from synthtools_stream.programs.program import Fault, ProgramCall
from synthtools_stream.programs.sandbox import Sandbox, open_sandbox
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import bench, objects, texts
from tests.embedded.write.drawn_calls import drawn_arguments, drawn_world, now_of
from tests.embedded.write.harbour import TOOLS, TYPES
from tests.proof import freight

FIELDS = ("Freight and Logistics", "Veterinary Care", "Museums and Galleries", "Water Utilities", "Film Production")
CALLS = 40


@pytest.fixture
async def sandbox() -> AsyncGenerator[Sandbox]:
    async with open_sandbox(1) as opened:
        yield opened


def seen(tool: JsonObject, types: list[JsonObject]) -> list[JsonObject]:
    """Return the types of the collections in a tool's effects."""
    effects = tool["effects"]
    assert isinstance(effects, dict)
    touched = {*texts(effects["reads"]), *texts(effects["writes"])}
    return [kind for kind in types if kind["collection"] in touched]


def effective(changes: Json, state: JsonObject) -> list[JsonObject]:
    """Leave out what stays as it is."""
    kept: list[JsonObject] = []
    for change in objects(changes):
        held, attributes = state[str(change["collection"])], change["attributes"]
        assert isinstance(held, dict)
        assert isinstance(attributes, dict)
        before = held.get(str(change["id"]), {})
        assert isinstance(before, dict)
        fresh = {name: value for name, value in attributes.items() if name not in before or before[name] != value}
        kept += [{**change, "attributes": fresh}] if fresh or change["op"] != "update" else []
    return kept


async def agree(sandbox: Sandbox, tool: JsonObject, types: list[JsonObject], calls: int = CALLS) -> set[int]:
    """Draw calls, compare program and player, and return the statuses met."""
    source, rng = write_program(read_tool(tool, types)), random.Random(str(tool["tool_name"]))
    assert await sandbox.check(source) is None
    worlds = [drawn_world(types, rng, rng.choice((0.0, 0.2))) for _ in range(calls)]
    drawn = [(world, drawn_arguments(tool, world, types, rng)) for world in worlds]
    answers = await sandbox.answers(
        [ProgramCall(source, _without_clock(world), arguments, now_of(world)) for world, arguments in drawn]
    )
    for (world, arguments), answer in zip(drawn, answers, strict=True):
        call: JsonObject = {"tool_name": tool["tool_name"], "arguments": arguments}
        played = play(PlayedCall.of(tool, types, world, call, random.Random(1)))
        assert not isinstance(answer, Fault), f"{answer}\n{source}"
        told: JsonObject = answer.model_dump()
        told["changes"] = [*effective(told["changes"], world)]
        assert told == {**played, "changes": [*effective(played["changes"], world)]}, f"{arguments}\n{source}"
    return {answer.status_code for answer in answers if not isinstance(answer, Fault)}


def _without_clock(world: JsonObject) -> JsonObject:
    return {name: held for name, held in world.items() if name != "clock"}


@pytest.mark.parametrize("tool", TOOLS, ids=[str(tool["tool_name"]) for tool in TOOLS])
async def test_hand_made_tools(sandbox: Sandbox, tool: JsonObject) -> None:
    """Links, optional ids, joined cells, shifts of dates and groups of arguments are programmed as they are played."""
    assert await agree(sandbox, tool, TYPES, 150) >= {200, 404}


@pytest.mark.parametrize("field", FIELDS)
async def test_invented_tools(sandbox: Sandbox, field: str) -> None:
    """The same holds for what the inventor writes: searches, creates, guarded changes."""
    made = bench(field, 5)
    met = {status for tool in made.tools for status in await agree(sandbox, tool, seen(tool, made.types))}
    assert met == {200, 400, 404}


@pytest.mark.parametrize("name", freight.TOOLS)
async def test_tools_of_few_words(sandbox: Sandbox, name: str) -> None:
    """Where the words say next to nothing, program and player make the same of that."""
    types: list[JsonObject] = [kind.model_dump(mode="json") for kind in freight.TYPES]
    tool: JsonObject = freight.TOOLS[name].model_dump(mode="json")
    assert 200 in await agree(sandbox, tool, seen(tool, types))


def test_programs_are_short() -> None:
    """A reader has it before him at one glance."""
    made = bench(FIELDS[0], 5)
    lengths = [len(write_program(read_tool(tool, seen(tool, made.types)))) for tool in made.tools]
    assert max(lengths) < 2_000


def test_a_tool_without_types_gets_no_program() -> None:
    """What its words act on is known from the state alone, and that differs from call to call."""
    assert write_program(read_tool(TOOLS[0], [])) == ""


async def test_text_is_text(sandbox: Sandbox) -> None:
    """Quotes, braces and line ends of a tool's text stay inside their literals."""
    hostile = 'Gone"}: {arguments} \\" \' \n import os: no booking has this id'
    tool: JsonObject = {**TOOLS[0], "error_messages": [hostile]}
    source = write_program(read_tool(tool, TYPES))
    assert await sandbox.check(source) is None
    state: JsonObject = {"bookings": {}, "vessels": {}, "orders": {}}
    answer = (await sandbox.answers([ProgramCall(source, state, {"booking_id": "BK-1"}, "2026-03-10T09:00:00")]))[0]
    assert not isinstance(answer, Fault)
    assert (answer.status_code, answer.error_message) == (404, f"{hostile} (BK-1)")
