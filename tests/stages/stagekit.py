"""A stable with horses and stalls, hand-made tools, and a scripted model behind a stage's context."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from typing import TypeAlias

import orjson

from synthtools_stream.asking.asker import Asker
from synthtools_stream.asking.prompt_templates import PromptLibrary
from synthtools_stream.asking.reply_source import MemoryReplies
from synthtools_stream.asking.role_router import Router
from synthtools_stream.chat.language_model import ChatRequest
from synthtools_stream.engine.stage import Context
from synthtools_stream.recorded.scripted_model import Answer, ScriptedModel
from synthtools_stream.records import (
    Attribute,
    AuditedTool,
    Effects,
    EntityType,
    OutputField,
    Parameter,
    Setting,
    Tool,
    ToolPool,
    ToolSequence,
)
from synthtools_stream.values.json_pointers import resolve
from synthtools_stream.values.jsontypes import Json, JsonObject

Player: TypeAlias = Callable[[ChatRequest], Answer] | Sequence[Answer]
"""How one role answers: a function of the request, or a list whose last entry stands for the rest."""

PROMPTS = PromptLibrary.load()
NOW = "2026-03-10T09:00:00"

TYPES = [
    EntityType(
        name="horse",
        collection="horses",
        id_prefix="HO-",
        attributes=[
            Attribute(name="name", type="string", description="What it is called."),
            Attribute(name="stall_id", type="string", description="Where it stands.", references="stalls"),
            Attribute(name="weight", type="integer", description="In kilograms."),
        ],
    ),
    EntityType(
        name="stall",
        collection="stalls",
        id_prefix="ST-",
        attributes=[
            Attribute(name="aisle", type="string", description="Where it lies."),
            Attribute(name="note", type="string", description="Free words.", volatile=True),
        ],
    ),
]
ENTITIES: list[Json] = [
    {"collection": "horses", "id": "HO-1001", "attributes": {"name": "Alba", "stall_id": "ST-11", "weight": 480}},
    {"collection": "horses", "id": "HO-1002", "attributes": {"name": "Nero", "stall_id": "ST-12", "weight": 520}},
    {"collection": "stalls", "id": "ST-11", "attributes": {"aisle": "north", "note": ""}},
    {"collection": "stalls", "id": "ST-12", "attributes": {"aisle": "north", "note": ""}},
    {"collection": "stalls", "id": "ST-13", "attributes": {"aisle": "south", "note": ""}},
]
WORLD: JsonObject = {"now": NOW, "entities": ENTITIES}


def text(description: str) -> Parameter:
    """Return a required string."""
    return Parameter(type="string", required=True, description=description)


GET = Tool(
    tool_name="GetHorse",
    tool_description="Look up a horse.",
    parameters={"horse_id": text("Id of the horse, such as HO-1001.")},
    output_details={"name": OutputField(type="string"), "weight": OutputField(type="integer")},
    effects=Effects(reads=["horses"]),
)
MOVE = Tool(
    tool_name="MoveHorse",
    tool_description="Move a horse to another stall.",
    parameters={"horse_id": text("Id of the horse to move."), "stall_id": text("Id of the stall it moves to.")},
    error_messages=["SameStall: the horse stands there already; choose another stall"],
    usage="stall_id must differ from the horse's present stall.",
    output_details={"horse_id": OutputField(type="string"), "stall_id": OutputField(type="string")},
    effects=Effects(reads=["stalls"], writes=["horses"]),
)
WEIGH = Tool(
    tool_name="RecordWeight",
    tool_description="Record a horse's weight.",
    parameters={
        "horse_id": text("Id of the horse."),
        "weight": Parameter(
            type="integer", required=True, description="New weight, in kilograms.", minimum=100, maximum=1200
        ),
    },
    output_details={"horse_id": OutputField(type="string"), "weight": OutputField(type="integer")},
    effects=Effects(writes=["horses"]),
)
TOOLS = [GET, MOVE, WEIGH]
SETTING = Setting(
    id="horses_spec_000", field="Horses", subfield="Stables", scenario="Run a stable.", entity_types=TYPES
)


READ_RIGHT: JsonObject = {"reasoning": "", "faults": [], "complete": True, "wrong": False}


class Stable:
    """A scripted model that answers each role by its player, and the contexts that ask it; its reader says yes."""

    def __init__(self, **players: Player) -> None:
        self._players: Mapping[str, Player] = {"reader": [READ_RIGHT], **players}
        self.calls: Counter[str] = Counter()
        """Requests a role, repairs included."""
        self.model = ScriptedModel(self._answer)
        self.asker = Asker(Router(self.model), PROMPTS, MemoryReplies(), seed=0)

    def context(self, item: str, stage: str = "stage") -> Context:
        """Return a context for one item."""
        return Context(stage=stage, item=item, session=SETTING.id, asker=self.asker)

    def asked(self, role: str) -> list[ChatRequest]:
        """Return the requests of a role, in order of arrival."""
        return [request for request in self.model.requests if role_of(request) == role]

    def _answer(self, request: ChatRequest) -> Answer:
        role = role_of(request)
        number = self.calls[role]
        self.calls[role] += 1
        player = self._players[role]
        return player(request) if callable(player) else player[min(number, len(player) - 1)]


def role_of(request: ChatRequest) -> str:
    """Return the role that a request is for."""
    return request.schema_name or "agent_native"


def shown(request: ChatRequest, name: str) -> Json:
    """Return what stands under one tag of a request's first user message; None if it is absent."""
    content = next(message.content or "" for message in request.messages if message.role == "user")
    found = re.search(rf"<{name}>(.*?)</{name}>", content, re.DOTALL)
    return orjson.loads(found[1]) if found else None


def part(value: Json, *path: str | int) -> Json:
    """Return what lies along a path inside a JSON value."""
    return resolve(value, "".join(f"/{step}" for step in path))


def problems_told(request: ChatRequest) -> list[str]:
    """Return what a request says was wrong with earlier answers."""
    return [
        orjson.loads((message.content or "").removeprefix("<problem>").partition("</problem>")[0])
        for message in request.messages
        if message.role == "user" and (message.content or "").startswith("<problem>")
    ]


def audited(tool: Tool) -> AuditedTool:
    """Return a tool as if it had passed its audit."""
    return AuditedTool(
        id=f"{SETTING.id}.{tool.tool_name}", setting=SETTING, tool_name=tool.tool_name, tool=tool, reliability=1.0
    )


def tool_pool(tools: Sequence[Tool] = TOOLS, failed: int = 0) -> ToolPool:
    """Return the gathered tools of the environment."""
    return ToolPool(id=SETTING.id, setting=SETTING, tools=[audited(tool) for tool in tools], failed=failed)


def sequence(*order: str) -> ToolSequence:
    """Return a sequence of the environment's tools."""
    return ToolSequence(
        id=f"{SETTING.id}_seq00",
        setting=SETTING,
        tools=[tool for tool in TOOLS if tool.tool_name in order],
        order=list(order),
    )


def play(request: ChatRequest) -> Answer:
    """Play the three tools truthfully on the state that is shown: a simulator without errors."""
    name, arguments = part(shown(request, "call"), "tool_name"), part(shown(request, "call"), "arguments")
    state = shown(request, "state")
    assert isinstance(arguments, dict)
    horses = part(state, "horses")
    assert isinstance(horses, dict)
    horse_id = arguments["horse_id"]
    horse = horses.get(str(horse_id))
    if not isinstance(horse, dict):
        return refusal(404, f"there is no horse {horse_id}")
    if name == "GetHorse":
        return {"status_code": 200, "response": {"name": horse["name"], "weight": horse["weight"]}}
    changed = {key: value for key, value in arguments.items() if key != "horse_id"}
    if name == "MoveHorse" and changed["stall_id"] == horse["stall_id"]:
        return refusal(400, "SameStall: the horse stands there already")
    if name == "MoveHorse" and part(shown(request, "state"), "stalls") and not _stall(state, changed["stall_id"]):
        return refusal(404, "there is no such stall")
    change: JsonObject = {"op": "update", "collection": "horses", "id": horse_id, "attributes": changed}
    return {"status_code": 200, "response": {**arguments}, "changes": [change]}


def refusal(status: int, message: str) -> JsonObject:
    """Return an error answer."""
    return {"status_code": status, "error_message": message}


def _stall(state: Json, name: Json) -> bool:
    stalls = part(state, "stalls")
    return isinstance(stalls, dict) and name in stalls
