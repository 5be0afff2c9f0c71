"""Consistent new names for everything in a request: tools, parameters, collections and ids."""

from __future__ import annotations

import json
import random
import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from synthtools_stream.embedded.invent import INVENTIONS
from synthtools_stream.embedded.job import Job
from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import as_parameter

__all__ = ["WORLD", "Renaming", "generated", "renamed_answer"]

WORLD = json.loads((Path(__file__).parents[1] / "data" / "embedded" / "freight.json").read_text(encoding="utf-8"))
"""Hand-made tools of a freight desk, with types and a state."""


@dataclass(frozen=True)
class Renaming:
    """New names for old ones."""

    tools: Mapping[str, str]
    parameters: Mapping[str, str]
    collections: Mapping[str, str]
    prefixes: Mapping[str, str]
    nouns: frozenset[str]
    """Words of nouns, which are no names: a parameter called so keeps its name, in prose and elsewhere."""

    @classmethod
    def of(cls, tools: list[JsonObject], types: list[JsonObject]) -> Renaming:
        names = [str(tool["tool_name"]) for tool in tools]
        parameters = dict.fromkeys(name for tool in tools for name in cast(JsonObject, tool["parameters"]))
        nouns = frozenset(word for kind in types for word in str(kind["name"]).split())
        return cls(
            {name: f"Zug{chr(65 + i)}" for i, name in enumerate(names)},
            {name: name if name in nouns else f"qv{_letters(i)}z" for i, name in enumerate(parameters)},
            {str(kind["collection"]): f"xw{chr(97 + i)}k" for i, kind in enumerate(types)},
            {str(kind["id_prefix"]): f"ZZ{chr(75 + i)}-" for i, kind in enumerate(types)},
            nouns,
        )

    def ids(self, text: str) -> str:
        for old, new in self.prefixes.items():
            text = re.sub(rf"(?<![\w-]){re.escape(old)}(?=\d)", new, text)
        return text

    def prose(self, text: str, parameters: JsonObject) -> str:
        for old, new in self.parameters.items():
            if old in parameters and old not in self.nouns:
                text = re.sub(rf"(?<![\w'])(?<!'s )(?<!that ){re.escape(old)}(?!\w)", new, text)
        return self.ids(text)

    def arguments(self, given: JsonObject) -> JsonObject:
        return {self.parameters.get(name, name): self.value(value) for name, value in given.items()}

    def value(self, value: Json) -> Json:
        return cast(Json, json.loads(self.ids(json.dumps(value))))

    def tool(self, tool: JsonObject) -> JsonObject:
        parameters = cast(JsonObject, tool["parameters"])
        effects = cast(Mapping[str, list[str]], tool["effects"])
        return {
            **tool,
            "tool_name": self.tools[str(tool["tool_name"])],
            "parameters": {self.parameters[name]: self.value(spec) for name, spec in parameters.items()},
            "usage": self.prose(str(tool["usage"]), parameters),
            "error_messages": [self.prose(str(line), parameters) for line in cast(list[Json], tool["error_messages"])],
            "effects": {key: [self.collections[name] for name in names] for key, names in effects.items()},
        }

    def types(self, types: list[JsonObject]) -> list[Json]:
        renamed: list[Json] = []
        for kind in types:
            attributes = cast(list[JsonObject], kind["attributes"])
            held = [{**a, "references": self.collections.get(str(a.get("references")), "")} for a in attributes]
            prefix = self.prefixes[str(kind["id_prefix"])]
            own: JsonObject = {"collection": self.collections[str(kind["collection"])], "id_prefix": prefix}
            renamed.append({**kind, **own, "attributes": cast(Json, held)})
        return renamed

    def state(self, state: JsonObject) -> JsonObject:
        return cast(JsonObject, self.value({self.collections.get(name, name): held for name, held in state.items()}))

    def call(self, call: JsonObject) -> JsonObject:
        name = str(call["tool_name"])
        return {"tool_name": self.tools[name], "arguments": self.arguments(cast(JsonObject, call["arguments"]))}


def _letters(number: int) -> str:
    return chr(97 + number // 26) + chr(97 + number % 26)


def generated(seed: int) -> tuple[list[JsonObject], list[JsonObject], JsonObject]:
    """Return tools, types and a world that the inventor made."""

    def invent(role: str, **tags: Json) -> JsonObject:
        return INVENTIONS[role](Job(dict(tags), random.Random(seed), role, [], ()))

    blueprint = invent("blueprint", field="Freight", subfield="Booking", scenario="Move bookings between carriers")
    types, signatures = cast(list[JsonObject], blueprint["entity_types"]), cast(list[JsonObject], blueprint["tools"])
    tools: list[JsonObject] = []
    for signature in signatures:
        others: list[Json] = [other for other in signatures if other is not signature]
        made = invent("tool", scenario="Move", entity_types=cast(Json, types), siblings=others, signature=signature)
        named = {key: _by_name(made[key]) for key in ("parameters", "output_details")}
        tools.append({**made, **named, "tool_name": signature["tool_name"], "effects": signature["effects"]})
    world = invent("world", scenario="Move", entity_types=cast(Json, types))
    state: JsonObject = {"clock": {"now": {"value": world["now"]}}}
    for entity in cast(list[JsonObject], world["entities"]):
        cast(JsonObject, state.setdefault(str(entity["collection"]), {}))[str(entity["id"])] = entity["attributes"]
    return tools, types, state


def _by_name(parts: Json) -> JsonObject:
    return {str(part["name"]): as_parameter(part) for part in cast(list[JsonObject], parts)}


def renamed_answer(answer: JsonObject, new: Renaming, parameters: JsonObject) -> JsonObject:
    changes = [
        {**change, "collection": new.collections[str(change["collection"])]}
        for change in cast(list[JsonObject], answer["changes"])
    ]
    error = answer["error_message"]
    told = new.prose(str(error), parameters) if error is not None else None
    return {**cast(JsonObject, new.value({**answer, "changes": cast(Json, changes)})), "error_message": told}
