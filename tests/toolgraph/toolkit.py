"""A small harbour: hand-made tools, and the entity types that they speak of."""

from __future__ import annotations

from synthtools_stream.records import Attribute, EntityType, OutputField, Parameter, Tool
from synthtools_stream.toolgraph.likeness import tfidf_likeness
from synthtools_stream.toolgraph.tool_graph import Graph, part_texts, tool_graph

TYPES = [
    EntityType(
        name="port call",
        collection="port_calls",
        id_prefix="PC-",
        attributes=[Attribute(name="ship", type="string", references="vessels")],
    ),
    EntityType(
        name="vessel", collection="vessels", id_prefix="VE-", attributes=[Attribute(name="flag", type="string")]
    ),
]


def tool(name: str, takes: dict[str, str], gives: dict[str, str]) -> Tool:
    """Return a tool that takes and gives values, described by name; objects where a comma tells their keys apart."""
    return Tool(
        tool_name=name,
        tool_description=f"{name}.",
        parameters={key: Parameter(type="string", description=text) for key, text in takes.items()},
        output_details={
            key: OutputField(type="object" if "," in text else "string", description=text)
            for key, text in gives.items()
        },
    )


FIND = tool("FindCalls", {"flag": "Flag of the ship."}, {"results": "The calls, each with port_call_id, eta."})
GET = tool("GetCall", {"port_call_id": "Id of the call."}, {"call": "The call: port_call_id, eta, ship."})
MOVE = tool("MoveCall", {"port_call_id": "Id of the call.", "eta": "New arrival."}, {"eta": "The new arrival."})
FLAG = tool("ReflagVessel", {"vessel_id": "Id of the vessel.", "flag": "Its flag."}, {"vessel_id": "Id of the vessel."})
HARBOUR = [FIND, GET, MOVE, FLAG]


def graph_of(tools: list[Tool], types: list[EntityType] | None = None, threshold: float | None = None) -> Graph:
    """Return the graph of tools, joined by words and by the ids of `types`."""
    return tool_graph(tools, TYPES if types is None else types, tfidf_likeness(part_texts(tools)), threshold)
