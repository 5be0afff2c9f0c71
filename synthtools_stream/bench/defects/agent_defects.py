"""What agents, solvers and evolvers do wrong: wrong or invented arguments, wrong tools, stopping too early."""

from __future__ import annotations

import random

from synthtools_stream.bench.defects.spoiled_scene import Scene, Way, altered_scalar
from synthtools_stream.values.jsontypes import Json, JsonObject, object_at

__all__ = ["ACTION_WAYS", "CALL_WAYS"]


def wrong_argument(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Give an argument another value."""
    arguments = object_at(scene.answer, "arguments")
    names = [name for name, value in arguments.items() if not isinstance(value, dict | list)]
    if not names:
        return None
    name = rng.choice(names)
    return {**scene.answer, "arguments": {**arguments, name: altered_scalar(arguments[name], rng)}}


def forgotten_argument(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Leave an argument out."""
    arguments = object_at(scene.answer, "arguments")
    if not arguments:
        return None
    dropped = rng.choice(list(arguments))
    return {**scene.answer, "arguments": {key: value for key, value in arguments.items() if key != dropped}}


def hallucinated_argument(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Give an optional argument that nobody asked for, or one that the tool does not have."""
    arguments = object_at(scene.answer, "arguments")
    if "arguments" not in scene.answer:
        return None
    parameters = object_at(_tool(scene), "parameters")
    free = [name for name in parameters if name not in arguments]
    name = rng.choice(free) if free else rng.choice(["priority", "notify_all", "comment"])
    return {**scene.answer, "arguments": {**arguments, name: _some_value(parameters.get(name), rng)}}


def _some_value(spec: Json, rng: random.Random) -> Json:
    spec = spec if isinstance(spec, dict) else {}
    choices = spec.get("enum")
    if isinstance(choices, list) and choices:
        return rng.choice(choices)
    values: dict[str, Json] = {"integer": rng.randint(1, 9), "float": 12.5, "boolean": True, "array": [], "object": {}}
    return values.get(str(spec.get("type")), "high")


def _tool(scene: Scene) -> JsonObject:
    tools = scene.tags.get("tools")
    named = [
        tool
        for tool in (tools if isinstance(tools, list) else ())
        if isinstance(tool, dict) and tool.get("tool_name") == scene.answer.get("tool_name")
    ]
    return named[0] if named else scene.tool


def wrong_tool(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Call another tool, or one that does not exist."""
    if not isinstance(scene.answer.get("tool_name"), str):
        return None
    tools = scene.tags.get("tools")
    offered = [tool for tool in tools if isinstance(tool, dict)] if isinstance(tools, list) else []
    names = [str(tool.get("tool_name")) for tool in offered]
    others = [name for name in names if name != scene.answer["tool_name"]] or ["UpdateEverything"]
    return {**scene.answer, "tool_name": rng.choice(others)}


def _is_call(scene: Scene) -> bool:
    return scene.answer.get("action") == "call"


def premature_stop(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Say that all is done before it is."""
    if not _is_call(scene):
        return None
    message = rng.choice(["All done, everything is taken care of.", "I have completed your request."])
    return {"reasoning": scene.answer.get("reasoning") or "", "action": "final", "message": message}


def silent_close(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Close without telling what was asked."""
    if scene.answer.get("action") != "final":
        return None
    spoken = {key: value for key, value in scene.answer.items() if key != "answers"}
    return {**spoken, "message": rng.choice(["Done.", "Your request has been processed."])}


def wrong_report(scene: Scene, rng: random.Random) -> JsonObject | None:
    """Tell other values than the tools returned."""
    message = scene.answer.get("message")
    if scene.answer.get("action") != "final" or not isinstance(message, str):
        return None
    digits = [index for index, letter in enumerate(message) if letter.isdigit()]
    if not digits:
        return None
    place = rng.choice(digits)
    other = str((int(message[place]) + rng.randint(1, 8)) % 10)
    spoiled: JsonObject = {**scene.answer, "message": message[:place] + other + message[place + 1 :]}
    answers = object_at(scene.answer, "answers")
    if answers:
        slot = rng.choice(list(answers))
        spoiled["answers"] = {**answers, slot: altered_scalar(answers[slot], rng)}
    return spoiled


CALL_WAYS: dict[str, Way] = {
    way.__name__: way for way in (wrong_argument, forgotten_argument, hallucinated_argument, wrong_tool)
}
ACTION_WAYS: dict[str, Way] = {
    **CALL_WAYS,
    **{way.__name__: way for way in (premature_stop, silent_close, wrong_report)},
}
