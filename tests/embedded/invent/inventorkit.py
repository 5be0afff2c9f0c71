"""Build environments with the inventor, the way a run would, but without any other part of the house."""

from __future__ import annotations

import random
from dataclasses import dataclass

from synthtools_stream.embedded.invent import INVENTIONS
from synthtools_stream.embedded.job import Job
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = [
    "Bench",
    "as_parameter",
    "bench",
    "blueprint_of",
    "invent",
    "objects",
    "shown",
    "state_of",
    "texts",
    "tools_of",
]


def invent(name: str, seed: int, **tags: Json) -> JsonObject:
    """Answer one role's request."""
    return INVENTIONS[name](Job(dict(tags), random.Random(seed), name, [], ()))


def texts(value: Json) -> list[str]:
    """Return a JSON list of strings as such."""
    assert isinstance(value, list)
    return [str(item) for item in value]


def blueprint_of(field: str, seed: int) -> tuple[str, JsonObject]:
    """Return a scenario of the field and its blueprint."""
    subfield = texts(invent("subfield", seed, field=field, count=3)["subfields"])[0]
    scenario = texts(invent("scenario", seed, field=field, subfield=subfield, count=2)["scenarios"])[0]
    return scenario, invent("blueprint", seed, field=field, subfield=subfield, scenario=scenario)


def tools_of(scenario: str, blueprint: JsonObject, seed: int) -> list[JsonObject]:
    """Return the blueprint's tools, written."""
    signatures = blueprint["tools"]
    assert isinstance(signatures, list)
    return [
        invent("tool", seed + n, scenario=scenario, entity_types=blueprint["entity_types"], siblings=[], signature=item)
        for n, item in enumerate(signatures)
    ]


def objects(value: Json) -> list[JsonObject]:
    """Return a JSON list of objects as such."""
    assert isinstance(value, list)
    return [item for item in value if isinstance(item, dict)]


@dataclass(frozen=True)
class Bench:
    """One environment: types, tools as an agent sees them, and a world."""

    scenario: str
    types: list[JsonObject]
    tools: list[JsonObject]
    state: JsonObject


def bench(field: str, seed: int) -> Bench:
    """Return an environment of `field`."""
    scenario, blueprint = blueprint_of(field, seed)
    written = tools_of(scenario, blueprint, seed)
    tools = [_tool(item, output) for item, output in zip(objects(blueprint["tools"]), written, strict=True)]
    world = invent("world", seed, scenario=scenario, entity_types=blueprint["entity_types"])
    return Bench(scenario, objects(blueprint["entity_types"]), tools, state_of(world))


def state_of(world: JsonObject) -> JsonObject:
    """Return the state that a world's entities and moment make."""
    state: dict[str, dict[str, Json]] = {}
    for entity in objects(world["entities"]):
        state.setdefault(str(entity["collection"]), {})[str(entity["id"])] = entity["attributes"]
    return {**state, "clock": {"now": {"value": world["now"]}}}


def shown(tool: JsonObject, state: JsonObject) -> JsonObject:
    """Return the part of the state that a tool may see."""
    effects = tool["effects"]
    assert isinstance(effects, dict)
    seen = {"clock", *texts(effects["reads"]), *texts(effects["writes"])}
    return {name: value for name, value in state.items() if name in seen}


def _tool(signature: JsonObject, output: JsonObject) -> JsonObject:
    kept = {key: output[key] for key in ("tool_description", "error_messages", "usage")}
    return {
        "tool_name": signature["tool_name"],
        **kept,
        "parameters": {str(item["name"]): as_parameter(item) for item in objects(output["parameters"])},
        "output_details": {str(item["name"]): as_parameter(item) for item in objects(output["output_details"])},
        "effects": signature["effects"],
    }


def as_parameter(spec: JsonObject) -> JsonObject:
    """Return a parameter as a tool holds it: without its name, the parts of objects by name."""
    kept: JsonObject = {key: value for key, value in spec.items() if key != "name" and value is not None}
    items = kept.get("items")
    if isinstance(items, dict):
        kept["items"] = as_parameter(items)
    if "properties" not in kept:
        return kept
    parts: JsonObject = {
        str(part["name"]): as_parameter({**part, "required": True}) for part in objects(kept.pop("properties"))
    }
    if isinstance(items, dict):
        return {**kept, "items": {**as_parameter(items), "properties": parts}}
    return {**kept, "properties": parts}
