"""The embedded model surveys and annotates given tools from what a server would see of them."""

from __future__ import annotations

from pathlib import Path

from stages.generation.environment_blueprint import tool_plans
from stages.generation.given_tools import Surveys, annotated
from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import MemoryReplies
from synthtools_stream.asking.role_router import Router
from synthtools_stream.embedded.embedded_model import EmbeddedModel
from synthtools_stream.embedded.error_rates import EmbeddedRates
from synthtools_stream.embedded.invent.given_acts import plain_name, read_act
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.engine.stage import Context
from synthtools_stream.records import Environment, GivenTool, Parameter, Tool
from synthtools_stream.storage.given.tool_documents import read_apis

ASKER = Asker(Router(EmbeddedModel(EmbeddedRates(bad_json=0.0))), PromptLibrary.load(), MemoryReplies(), seed=0)
(API,) = read_apis([Path("tests/data/given/kites.yaml")])


def act(name: str, *parameters: str, reads_only: bool | None = None) -> tuple[Operation, str, str]:
    """Return what a tool of that name does, to what, and which parameter holds the id."""
    tool = Tool(tool_name=name, tool_description="", parameters={key: Parameter(type="string") for key in parameters})
    read = read_act(GivenTool(tool=tool, reads_only=reads_only))
    return read.operation, read.noun, read.target


def test_acts() -> None:
    """Names in any spelling say what is done to what."""
    assert act("listKites", "colour") == (Operation.search, "kite", "")
    assert act("get-kite", "kiteId") == (Operation.get, "kite", "kite_id")
    assert act("find_pets_by_status", "status") == (Operation.search, "pet", "")
    assert act("createServiceOrder", "day") == (Operation.create, "service order", "")
    assert act("service_orders.approve", "order_id") == (Operation.transition, "service order", "order_id")
    assert act("deleteKite", "id") == (Operation.delete, "kite", "id")
    assert act("checkKite", "kite_id", reads_only=True) == (Operation.get, "kite", "kite_id")
    assert [plain_name(name) for name in ("kiteId", "X-Page", "")] == ["kite_id", "x_page", "value"]


def modelled(item: str) -> Context:
    """Return a context in which the embedded model answers."""
    return Context(stage="generation", item=item, session=API.id, asker=ASKER)


async def surveyed() -> Environment:
    """Return the environment of the kites."""
    (environment,) = await Surveys("m", "p").process(API, modelled(API.id))
    return environment


async def test_survey() -> None:
    """What parameters set becomes attributes, a tool that moves a thing along gives it states."""
    environment = await surveyed()
    kite, booking = environment.blueprint.entity_types
    assert {part.name: part.type for part in kite.attributes} == {
        "name": "string",
        "colour": "string",
        "fee": "integer",
        "status": "string",
    }
    assert [part.enum for part in kite.attributes if part.name == "colour"] == [["red", "blue", "green"]]
    assert [part.references for part in booking.attributes if part.name == "kite_id"] == ["kites"]
    assert [part.enum for part in booking.attributes if part.name == "status"] == [["open", "cancelled"]]
    writes = {tool.tool_name: tool.effects.writes for tool in environment.blueprint.tools}
    assert (writes["listKites"], writes["updateKite"], writes["cancelBooking"]) == ([], ["kites"], ["bookings"])


async def test_prose_uses_given_names() -> None:
    """Rules, errors and outputs pass the stage's checks, and call parameters as the tool does."""
    for plan in tool_plans(await surveyed()):
        assert plan.given is not None
        tool = await annotated(plan, plan.given, modelled(plan.id))
        assert tool.parameters == plan.given.tool.parameters
        prose = " ".join([tool.usage, *tool.error_messages])
        assert "kite_id" not in prose or "kite_id" in tool.parameters
        assert tool.output_details
