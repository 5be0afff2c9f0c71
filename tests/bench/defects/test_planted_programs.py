"""Planted programs: a mistake that shows, in the same tools and at every attempt, and a ledger that says so."""

from __future__ import annotations

from collections.abc import AsyncGenerator, Sequence

import orjson
import pytest

from synthtools_stream.bench.defects.planted_programs import Planting, PlantingLedger
from synthtools_stream.chat.language_model import ChatReply, ChatRequest, Message, Sampling
from synthtools_stream.programs.sandbox import Sandbox, open_sandbox
from synthtools_stream.recorded.scripted_model import ScriptedModel
from synthtools_stream.values.jsontypes import JsonObject

TYPES: list[JsonObject] = [
    {
        "name": "Booking",
        "collection": "bookings",
        "id_prefix": "BK-",
        "attributes": [
            {"name": "status", "type": "string", "description": "Where it stands.", "enum": ["open", "closed"]},
            {"name": "containers", "type": "integer", "description": "How many containers."},
        ],
    }
]
TOOL: JsonObject = {
    "tool_name": "CloseBooking",
    "tool_description": "Closes a booking that is open.",
    "parameters": {"booking_id": {"type": "string", "description": "Id of the booking.", "required": True}},
    "error_messages": ["Unknown: there is no such booking", "Closed: it is closed already"],
    "usage": "Only an open booking can be closed.",
    "output_details": {"booking_id": {"type": "string", "description": "Id of the booking."}},
    "effects": {"reads": ["bookings"], "writes": ["bookings"]},
}
SOUND = """\
def call(state, arguments, now):
    chosen = arguments["booking_id"]
    booking = state["bookings"].get(chosen)
    if booking is None:
        return fail(404, "Unknown: look it up first")
    if not same(booking["status"], "open"):
        return fail(400, "Closed: choose an open one")
    return ok({"booking_id": chosen}, [update("bookings", chosen, {"status": "closed"})])
"""
FIXED = "def call(state, arguments, now):\n    return ok({})\n"
"""A program of which every mutant answers the same."""


@pytest.fixture
async def sandbox() -> AsyncGenerator[Sandbox]:
    """Yield a sandbox with one worker."""
    async with open_sandbox(1) as opened:
        yield opened


def request(tool: JsonObject, role: str = "programmer", **more: str) -> ChatRequest:
    """Return a request about a tool."""
    tags = {"entity_types": TYPES, "tool": tool, **more}
    shown = "\n".join(f"<{name}>{orjson.dumps(value).decode()}</{name}>" for name, value in tags.items())
    messages = (Message("system", "Write."), Message("user", shown))
    return ChatRequest("m", messages, Sampling(), 0, schema_name=role, schema={"type": "object"})


def planting(sandbox: Sandbox, program: str, share: float = 1.0, seed: int = 0) -> Planting:
    """Return a model before one that always writes this program, and misreads nothing."""
    text = orjson.dumps({"reasoning": "", "program": program}).decode()
    return Planting(
        ScriptedModel(lambda _: text), ScriptedModel(lambda _: text), sandbox, share, seed, PlantingLedger()
    )


def program_of(reply: ChatReply) -> str:
    """Return the program that a reply gives."""
    found: str = orjson.loads(reply.text)["program"]
    return found


async def test_mistake_stays_at_every_repair(sandbox: Sandbox) -> None:
    """The tool gets the same wrong program whenever the programmer is asked."""
    model = planting(sandbox, SOUND)
    first = program_of(await model.chat(request(TOOL)))
    assert first != SOUND
    assert program_of(await model.chat(request(TOOL, program=first, problems="wrong"))) == first
    (planted,) = model.ledger.planted.values()
    assert planted.source == first
    assert [dict(asked) for asked in model.ledger.asked.values()] == [{"programmer": 2}]


async def test_same_seed_plants_the_same(sandbox: Sandbox) -> None:
    """What is planted follows from the tool and the seed."""
    tools = [{**TOOL, "tool_name": f"CloseBooking{letter}"} for letter in "ABCDEFGH"]
    chosen = [await _planted(sandbox, tools, seed) for seed in (0, 0, 1)]
    assert chosen[0] == chosen[1] != chosen[2]
    assert 0 < sum(program != SOUND for program in chosen[0]) < len(tools)


async def _planted(sandbox: Sandbox, tools: Sequence[JsonObject], seed: int) -> list[str]:
    model = planting(sandbox, SOUND, 0.5, seed)
    return [program_of(await model.chat(request(tool))) for tool in tools]


async def test_mistake_that_shows_nowhere_is_none(sandbox: Sandbox) -> None:
    """A tool whose mutants answer as its program does keeps its program, and the ledger says so."""
    model = planting(sandbox, FIXED)
    assert program_of(await model.chat(request(TOOL))) == FIXED
    assert (len(model.ledger.unfit), len(model.ledger.written), model.ledger.planted) == (1, 1, {})


async def test_other_roles_are_left_alone(sandbox: Sandbox) -> None:
    """A simulator's answer passes as it is, and is counted."""
    model = planting(sandbox, SOUND)
    assert program_of(await model.chat(request(TOOL, "simulator"))) == SOUND
    assert [dict(asked) for asked in model.ledger.asked.values()] == [{"simulator": 1}]
