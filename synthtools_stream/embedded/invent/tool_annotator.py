"""The annotator role: rules, errors and outputs of a given tool, written as for one of our own, in its names."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import replace

from synthtools_stream.embedded.invent.deeds import life_cycle, type_named
from synthtools_stream.embedded.invent.given_acts import plain_name, read_act
from synthtools_stream.embedded.invent.signature_reader import read_signature
from synthtools_stream.embedded.invent.tool_names import outputs_of
from synthtools_stream.embedded.invent.tool_writer import write_tool
from synthtools_stream.embedded.job import Job
from synthtools_stream.records.blueprint import EntityType, Signature
from synthtools_stream.records.given_api import GivenTool
from synthtools_stream.records.tool import Tool
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["annotate_tool"]

_MOST = 8
"""Inputs and outputs of a signature."""


def annotate_tool(job: Job) -> JsonObject:
    """Write what the given tool leaves open."""
    given = job.record("given", GivenTool)
    signature = _plain(job, given)
    written = write_tool(replace(job, tags={**job.tags, "signature": signature.to_json()}))
    names = {plain_name(name): name for name in (*given.tool.parameters, *given.tool.output_details)}
    errors = written["error_messages"]
    return {
        "usage": _renamed(written["usage"], names),
        "error_messages": [_renamed(line, names) for line in errors] if isinstance(errors, list) else [],
        "output_details": _outputs(given.tool, written["output_details"]),
    }


def _plain(job: Job, given: GivenTool) -> Signature:
    """Return the signature in snake_case, the id of the thing first, with outputs where none are given."""
    act = read_act(given)
    types = job.records("entity_types", EntityType)
    inputs = [*([act.target] if act.target else []), *act.parameters][:_MOST]
    signature = job.record("signature", Signature).model_copy(update={"inputs": inputs, "outputs": []})
    outputs = [plain_name(name) for name in given.tool.output_details][:_MOST]
    if not outputs:
        deed = read_signature(signature, types)
        kind = type_named(types, deed.noun) or types[0]
        cycle = life_cycle(kind)
        outputs = outputs_of(deed, kind, job.rng, cycle.name if cycle else "")[:_MOST]
    return signature.model_copy(update={"outputs": outputs})


def _renamed(text: Json, names: Mapping[str, str]) -> str:
    told = str(text)
    for plain, name in names.items():
        if plain != name:
            told = re.sub(rf"(?<!\w){re.escape(plain)}(?!\w)", name.replace("\\", r"\\"), told)
    return told


def _outputs(tool: Tool, written: Json) -> Json:
    """Return the given outputs under their names, as they are described there or else in our words."""
    parts = [part for part in written if isinstance(part, dict)] if isinstance(written, list) else []
    if not tool.output_details:
        return [*parts]
    told = {str(part["name"]): str(part["description"]) for part in parts}
    return [
        {
            "name": name,
            "type": "object" if field.type == "any" else field.type,
            "description": (field.description or told.get(plain_name(name)) or f"The {plain_name(name)}.")[:300],
        }
        for name, field in tool.output_details.items()
    ]
