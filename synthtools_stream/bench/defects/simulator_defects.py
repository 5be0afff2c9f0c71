"""What simulators do wrong: statuses, responses that contradict the state, writes lost, wrong or too many."""

from __future__ import annotations

import random
from collections.abc import Callable, Sequence

from synthtools_stream.bench.defects.spoiled_scene import Scene, Way, altered_scalar, replaced, scalars
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at, same_json

__all__ = ["ANSWER_WAYS"]

_PLACEHOLDER = "$new"


def _ok(scene: Scene) -> bool:
    return scene.answer.get("status_code") == 200


def _refused(scene: Scene, status: int, message: str) -> JsonObject:
    no_response: JsonObject = {}
    no_changes: list[Json] = []
    refusal: JsonObject = {"status_code": status, "response": no_response, "error_message": message}
    return {**scene.answer, **refusal, "changes": no_changes}


def _some_error(scene: Scene, rng: random.Random) -> str:
    told = scene.tool.get("error_messages")
    texts = [text for text in told if isinstance(text, str)] if isinstance(told, list) else []
    return rng.choice(texts)[:290] if texts else "The request could not be processed."


def refuses(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Refuse what should pass."""
    return _refused(scene, rng.choice([400, 404, 409]), _some_error(scene, rng)) if _ok(scene) else None


def breaks_down(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Answer 500, 401 or 403."""
    return _refused(scene, rng.choice([500, 500, 401, 403]), "Something went wrong.")


def other_refusal(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Refuse with a status of another meaning."""
    status = scene.answer.get("status_code")
    others = {400: [404, 401], 404: [400, 409], 409: [404, 401]}.get(status if isinstance(status, int) else 0)
    return {**scene.answer, "status_code": rng.choice(others)} if others else None


def lets_pass(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Answer 200 where the call must be refused, with a response as the tool promises it, and without a change."""
    if _ok(scene):
        return None
    details = object_at(scene.tool, "output_details")
    response = {name: _made_up(name, spec, scene, rng) for name, spec in details.items()}
    no_changes: list[Json] = []
    return {**scene.answer, "status_code": 200, "response": response, "error_message": None, "changes": no_changes}


def _made_up(name: str, spec: Json, scene: Scene, rng: random.Random) -> Json:
    if name in scene.arguments:
        return scene.arguments[name]
    named = [entity for entities in scene.entities.values() for key, entity in entities.items() if _named(scene, key)]
    for entity in [*named, *(e for entities in scene.entities.values() for e in entities.values())]:
        if name in entity:
            return entity[name]
    kind = spec.get("type") if isinstance(spec, dict) else None
    empty: dict[str, Json] = {"integer": 1, "float": 1.0, "boolean": True, "array": [], "object": {}}
    return empty.get(str(kind), rng.choice(["done", "ok"]))


def _named(scene: Scene, key: str) -> bool:
    return any(same_json(key, value) for value in scene.arguments.values())


def contradicts(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Alter one value of the response."""
    places = list(scalars(scene.response))
    if not _ok(scene) or not places:
        return None
    path, value = rng.choice(places)
    return {**scene.answer, "response": replaced(scene.response, path, altered_scalar(value, rng))}


def nulls(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Leave one value of the response empty."""
    places = [path for path, value in scalars(scene.response) if value is not None]
    if not _ok(scene) or not places:
        return None
    return {**scene.answer, "response": replaced(scene.response, rng.choice(places), None)}


def wrong_id(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Show the id of another entity."""
    places = [
        (path, others)
        for path, value in scalars(scene.response)
        if isinstance(value, str) and (others := scene.siblings(value))
    ]
    if not _ok(scene) or not places:
        return None
    path, others = rng.choice(places)
    return {**scene.answer, "response": replaced(scene.response, path, rng.choice(others))}


def another_entity(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Answer as if another entity had been named, in response and changes alike."""
    names = [value for value in scene.arguments.values() if isinstance(value, str) and scene.siblings(value)]
    if not _ok(scene) or not names:
        return None
    asked = rng.choice(names)
    other = rng.choice(scene.siblings(asked))
    before, after = _entity(scene, asked), _entity(scene, other)
    response = _as_if(scene.response, asked, other, before, after)
    changes: list[Json] = [_as_if(change, asked, other, {}, {}) for change in scene.changes]
    return {**scene.answer, "response": response, "changes": changes}


def _entity(scene: Scene, name: str) -> JsonObject:
    return next((entities[name] for entities in scene.entities.values() if name in entities), {})


def _as_if(value: Json, asked: str, other: str, before: JsonObject, after: JsonObject) -> Json:
    if isinstance(value, dict):
        swapped: JsonObject = {}
        for key, item in value.items():
            same = key in before and key in after and same_json(item, before[key])
            swapped[key] = after[key] if same else _as_if(item, asked, other, before, after)
        return swapped
    if isinstance(value, list):
        return [_as_if(item, asked, other, before, after) for item in value]
    return other if value == asked else value


def loses_write(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Say that it was done, and do nothing, or not all of it."""
    if not scene.changes:
        return None
    left: list[Json] = [*scene.changes]
    left.pop(rng.randrange(len(left)))
    return {**scene.answer, "changes": left}


def loses_attribute(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Leave one attribute out of a change."""
    return _with_attributes(scene, rng, lambda attributes: _without_one(attributes, rng), least=2)


def writes_other_value(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Write another value than the response tells."""
    return _with_attributes(scene, rng, lambda attributes: _altered_one(attributes, rng), least=1)


def _with_attributes(
    scene: Scene, rng: random.Random, spoil: Callable[[JsonObject], JsonObject], least: int
) -> JsonObject | None:
    fit = [index for index, change in enumerate(scene.changes) if len(object_at(change, "attributes")) >= least]
    if not fit:
        return None
    chosen = rng.choice(fit)
    changes: list[Json] = [
        {**change, "attributes": spoil(object_at(change, "attributes"))} if index == chosen else change
        for index, change in enumerate(scene.changes)
    ]
    return {**scene.answer, "changes": changes}


def _without_one(attributes: JsonObject, rng: random.Random) -> JsonObject:
    dropped = rng.choice(list(attributes))
    return {key: value for key, value in attributes.items() if key != dropped}


def _altered_one(attributes: JsonObject, rng: random.Random) -> JsonObject:
    chosen = rng.choice(list(attributes))
    return {**attributes, chosen: altered_scalar(attributes[chosen], rng)}


def does_another_thing(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Write and tell another value, in agreement with each other."""
    places = [
        (index, name)
        for index, change in enumerate(scene.changes)
        for name, value in object_at(change, "attributes").items()
        if not isinstance(value, dict | list)
    ]
    if not places:
        return None
    index, name = rng.choice(places)
    old = object_at(scene.changes[index], "attributes")[name]
    new = altered_scalar(old, rng)
    changes: list[Json] = [*scene.changes]
    changes[index] = replaced(changes[index], ("attributes", name), new)
    response: Json = scene.response
    for path, value in scalars(scene.response):
        if path[-1:] == (name,) and same_json(value, old):
            response = replaced(response, path, new)
    return {**scene.answer, "response": response, "changes": changes}


def writes_too_much(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Change an entity that nobody spoke of."""
    if not scene.changes:
        return None
    collection = str(scene.changes[0].get("collection"))
    touched = {str(change.get("id")) for change in scene.changes}
    others = [
        (name, key)
        for name, entity in scene.entities.get(collection, {}).items()
        if name not in touched
        for key, value in entity.items()
        if isinstance(value, str | int | float) and not scene.siblings(str(value))
    ]
    if not others:
        return None
    name, key = rng.choice(others)
    value = altered_scalar(scene.entities[collection][name][key], rng)
    extra: JsonObject = {"op": "update", "collection": collection, "id": name, "attributes": {key: value}}
    return {**scene.answer, "changes": [*scene.changes, extra]}


def creates_twice(scene: Scene, rng: random.Random) -> JsonObject | None:  # noqa: ARG001 - one of many ways
    """Create the same thing twice."""
    made = next((change for change in scene.changes if change.get("op") == "create"), None)
    if made is None:
        return None
    return {**scene.answer, "changes": [*scene.changes, {**made, "id": f"{_PLACEHOLDER}{len(scene.changes) + 7}"}]}


def spoils_list(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Leave a match out, show one twice, put them in another order, or show one that does not match."""
    lists = [(key, items) for key, items in scene.response.items() if isinstance(items, list) and items]
    if not _ok(scene) or not lists:
        return None
    key, items = rng.choice(lists)
    return {**scene.answer, "response": {**scene.response, key: _other_list(items, scene, rng)}}


def _other_list(items: Sequence[Json], scene: Scene, rng: random.Random) -> list[Json]:
    kinds = ["less", "twice"] + (["order"] if len(items) > 1 else []) + ["more"]
    kind = rng.choice(kinds)
    if kind == "order":
        return [*items[1:], items[0]]
    if kind == "more" and (added := _unmatched(items, scene, rng)) is not None:
        return [*items, added]
    chosen = rng.randrange(len(items))
    return [*items, items[chosen]] if kind == "twice" else [*items[:chosen], *items[chosen + 1 :]]


def _unmatched(items: Sequence[Json], scene: Scene, rng: random.Random) -> Json:
    """Return an entity that the list does not show, as the list shows its own."""
    pattern = items[0]
    if not isinstance(pattern, dict):
        return None
    key = next((key for key, value in pattern.items() if isinstance(value, str) and scene.siblings(value)), None)
    if key is None:
        return None
    shown = [item.get(key) for item in items if isinstance(item, dict)]
    others = [name for name in scene.siblings(str(pattern[key])) if name not in shown]
    if not others:
        return None
    name = rng.choice(others)
    return {**{field: value for field, value in _entity(scene, name).items() if field in pattern}, key: name}


def stale(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Tell the value from before the change."""
    for change in scene.changes:
        before = _entity(scene, str(change.get("id")))
        for path, value in scalars(scene.response):
            key = path[-1] if path else None
            if isinstance(key, str) and key in before and not same_json(before[key], value) and rng.random() < 0.7:
                return {**scene.answer, "response": replaced(scene.response, path, before[key])}
    return None


def forgets_key(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Leave out a key of the response."""
    if not _ok(scene) or not scene.response:
        return None
    return {**scene.answer, "response": _without_one(scene.response, rng)}


def adds_key(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Tell what the tool does not speak of."""
    if not _ok(scene):
        return None
    name = rng.choice(["remaining_budget", "confidence_level", "internal_note"])
    return {**scene.answer, "response": {**scene.response, name: rng.choice([3, "high", "see manager"])}}


ANSWER_WAYS: dict[str, Way] = {
    way.__name__: way
    for way in (
        refuses,
        breaks_down,
        other_refusal,
        lets_pass,
        contradicts,
        nulls,
        wrong_id,
        another_entity,
        loses_write,
        loses_attribute,
        writes_other_value,
        does_another_thing,
        writes_too_much,
        creates_twice,
        spoils_list,
        stale,
        forgets_key,
        adds_key,
    )
}
