"""Worlds and calls drawn at random for a tool: absent ids, nulls, ties, bounds and today's date among them."""

from __future__ import annotations

import random
from datetime import date, timedelta

from synthtools_stream.values.jsontypes import Json, JsonObject
from tests.embedded.invent.inventorkit import objects

__all__ = ["drawn_arguments", "drawn_world", "now_of"]


def now_of(state: JsonObject) -> str:
    """Return what the clock shows."""
    clock = state["clock"]
    assert isinstance(clock, dict)
    shown = clock["now"]
    assert isinstance(shown, dict)
    return str(shown["value"])


def drawn_world(types: list[JsonObject], rng: random.Random, nulls: float = 0.15) -> JsonObject:
    """Return a small world with few different values, so that there are ties, and some that are null."""
    today = date(2026, 3, 10)
    world: JsonObject = {"clock": {"now": {"value": f"{today.isoformat()}T09:00:00"}}}
    ids = {str(kind["collection"]): [f"{kind['id_prefix']}{number}" for number in range(98, 104)] for kind in types}
    for kind in types:
        held: JsonObject = {}
        for identifier in rng.sample(ids[str(kind["collection"])], 6):
            attributes = objects(kind["attributes"])
            held[identifier] = {
                str(a["name"]): None if rng.random() < nulls else _value(a, ids, rng, today) for a in attributes
            }
        world[str(kind["collection"])] = held
    return world


def _value(attribute: JsonObject, ids: dict[str, list[str]], rng: random.Random, today: date) -> Json:
    enum = attribute.get("enum")
    if isinstance(enum, list) and enum:
        return rng.choice(enum)
    if attribute.get("references"):
        return rng.choice(ids.get(str(attribute["references"]), ["XX-1"]))
    return _plain(attribute, rng, today)


def _plain(spec: JsonObject, rng: random.Random, today: date) -> Json:
    match spec.get("type"):
        case "integer":
            return rng.randrange(0, 6)
        case "float":
            return rng.choice((0.1, 0.2, 1.5, 3.0, 3.0))
        case "boolean":
            return rng.random() < 0.5
        case "array":
            return [rng.choice(("red", "blue")) for _ in range(rng.randrange(0, 3))]
        case "object":
            return {"note": rng.choice(("one", "two"))}
        case _:
            day = (today + timedelta(days=rng.randrange(-2, 3))).isoformat()
            said = f"{spec.get('format')} {spec.get('description')}"
            if "datetime" in said or "YYYY-MM-DDT" in said:
                return f"{day}T{rng.randrange(8, 11):02d}:00:00"
            return (
                day if "date" in said or "YYYY-MM-DD" in said else rng.choice(("Ada Lane", "ada lane", "Bo", "x" * 250))
            )


def drawn_arguments(tool: JsonObject, world: JsonObject, types: list[JsonObject], rng: random.Random) -> JsonObject:
    """Return arguments that pass the schema: many are values of the world, some ids are absent."""
    parameters = tool["parameters"]
    assert isinstance(parameters, dict)
    arguments: JsonObject = {}
    for name, spec in parameters.items():
        assert isinstance(spec, dict)
        if spec.get("required") is True or rng.random() < 0.5:
            arguments[name] = _argument(spec, world, types, rng)
        elif spec.get("default") is not None:
            arguments[name] = spec["default"]
    return arguments


def _argument(spec: JsonObject, world: JsonObject, types: list[JsonObject], rng: random.Random) -> Json:
    enum = spec.get("enum")
    if isinstance(enum, list) and enum:
        return rng.choice(enum)
    if spec.get("type") == "integer":
        low, high = spec.get("minimum"), spec.get("maximum")
        least = int(low) if isinstance(low, int | float) else 0
        return rng.randrange(least, min(least + 7, int(high) + 1 if isinstance(high, int | float) else least + 7))
    text = str(spec.get("description")).lower()
    named = [kind for kind in types if str(kind["name"]).lower() in text]
    if spec.get("type") == "string" and named and "id" in text.split():
        held = world[str(max(named, key=lambda kind: len(str(kind["name"])))["collection"])]
        assert isinstance(held, dict)
        return rng.choice([*held, "ZZ-9"]) if rng.random() < 0.9 else "ZZ-9"
    if spec.get("type") == "string" and rng.random() < 0.5 and (known := _texts(world)):
        return rng.choice(known)
    return _plain(spec, rng, date(2026, 3, 10))


def _texts(world: JsonObject) -> list[str]:
    """Return all texts that entities of a world hold, in either case."""
    entities = [e for held in world.values() if isinstance(held, dict) for e in held.values() if isinstance(e, dict)]
    told = [value for entity in entities for value in entity.values() if isinstance(value, str)]
    return [*told, *(value.upper() for value in told)]
