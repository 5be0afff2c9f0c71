"""Forged tools and worlds: kinds of lies about what a row's tools are, and about what they found and did.

Each takes any released row and yields it altered in the places where the kind applies, its other parts agreeing.
"""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator
from typing import Any

from synthtools_stream.errors import StateProblem
from synthtools_stream.records import Change
from synthtools_stream.state import apply, as_json, as_state
from synthtools_stream.toolcalls import parse_call
from tests.proof.forged_share import Forger

__all__ = ["FORGED_EFFECTS", "FORGED_TWINS", "FORGED_USAGE", "FORGED_WORLDS"]


def _called(row: Any) -> list[str]:
    return [call.partition("(")[0] for call in row["gt_tool_calls"]]


def _tool(row: Any, name: str) -> Any:
    return next(tool for tool in row["tools"] if tool["tool_name"] == name)


def _twin(named: Callable[[str], str], *, described: str = "") -> Forger:
    """Offer a copy of each tool under another name."""

    def forge(row: Any) -> Iterator[Any]:
        for tool in list(row["tools"]):
            twin = {**copy.deepcopy(tool), "tool_name": named(tool["tool_name"])}
            if described:
                twin["tool_description"] = described
            yield {**row, "tools": [*row["tools"], twin]}

    return forge


def _twin_called(row: Any) -> Iterator[Any]:
    """Let a step call its tool's twin, program and all, and offer the tool beside it."""
    for index, name in enumerate(_called(row)):
        forged, twin = copy.deepcopy(row), f"{name}Now"
        forged["tools"].append({**copy.deepcopy(_tool(row, name)), "tool_name": twin})
        call = forged["gt_tool_calls"][index].replace(name, twin, 1)
        forged["gt_tool_calls"][index] = forged["steps"][index]["call"] = call
        programs = forged["meta"].get("programs", {})
        if name in programs:
            programs[twin] = programs[name]
        if name not in _called(forged):
            programs.pop(name, None)
        yield forged


FORGED_TWINS: dict[str, Forger] = {
    "a twin tool, equally apt": _twin(lambda name: f"{name}Now"),
    "a twin tool in other words": _twin(lambda name: f"Do{name}", described="Does the same, quicker."),
    "a twin tool whose name differs in case": _twin(lambda name: name[0].lower() + name[1:]),
    "a twin tool whose name differs in a mark": _twin(lambda name: f"{name}_"),
    "a twin tool that a step calls": _twin_called,
}


def _with_usage(row: Any, name: str, sentence: str, *, first: bool = False) -> Any:
    forged = copy.deepcopy(row)
    tool = _tool(forged, name)
    parts = [sentence, tool["usage"]] if first else [tool["usage"], sentence]
    tool["usage"] = " ".join(part for part in parts if part)
    return forged


def _forbids(sentence: str) -> Forger:
    def forge(row: Any) -> Iterator[Any]:
        for tool in row["tools"]:
            yield _with_usage(row, tool["tool_name"], sentence)

    return forge


def _forbids_by_name(row: Any) -> Iterator[Any]:
    for tool in row["tools"]:
        yield _with_usage(row, tool["tool_name"], f"Never call {tool['tool_name']}.")


def _forbids_an_id(sentence: str) -> Forger:
    """Forbid the very entity that a call names."""

    def forge(row: Any) -> Iterator[Any]:
        for name, identifier, _ in _named(row):
            yield _with_usage(row, name, sentence.format(id=identifier), first=True)

    return forge


def _named(row: Any) -> Iterator[tuple[str, str, Any]]:
    """Yield the tool, id and collection's type of each entity that a call names."""
    kinds = {kind["collection"]: kind for kind in row["meta"]["entity_types"]}
    for step in row["steps"]:
        call = parse_call(step["call"])
        for value in call.arguments.values():
            for collection, held in row["initial_state"].items():
                if isinstance(value, str) and value in held and collection in kinds:
                    yield call.name, value, kinds[collection]


def _wants_another_state(sentence: str) -> Forger:
    """Demand a value of an enum that the entity which a call names never has."""

    def forge(row: Any) -> Iterator[Any]:
        for name, identifier, kind in _named(row):
            for part in (part for part in kind["attributes"] if part.get("enum")):
                had = _had(row, kind["collection"], identifier, part["name"])
                other = next((value for value in part["enum"] if value not in had), None)
                if other is not None:
                    told = {
                        "noun": kind["name"].replace("_", " "),
                        "nouns": kind["collection"].replace("_", " "),
                        "attr": part["name"].replace("_", " "),
                    }
                    yield _with_usage(row, name, sentence.format(**told, value=other.replace("_", " ")))
                    break

    return forge


def _had(row: Any, collection: str, identifier: str, attribute: str) -> set[Any]:
    had = {state[collection].get(identifier, {}).get(attribute) for state in (row["initial_state"], row["final_state"])}
    changes = [change for step in row["steps"] for change in step["changes"] if change["id"] == identifier]
    return had | {change["attributes"].get(attribute) for change in changes}


def _bounds(sentence: str) -> Forger:
    """Bound a number below what a call gives."""

    def forge(row: Any) -> Iterator[Any]:
        for step in row["steps"]:
            call = parse_call(step["call"])
            for name, value in call.arguments.items():
                if isinstance(value, int | float) and not isinstance(value, bool):
                    yield _with_usage(row, call.name, sentence.format(name=name, less=value - 1))

    return forge


FORGED_USAGE: dict[str, Forger] = {
    "usage forbids the tool": _forbids("This tool must never be called."),
    "usage forbids it otherwise": _forbids("Do not use this tool."),
    "usage forbids every call": _forbids("Calls are not allowed at present."),
    "usage forbids it in the words of its name": _forbids_by_name,
    "usage forbids the entity": _forbids_an_id("It must not be used for {id}."),
    "usage forbids the entity otherwise": _forbids_an_id("Never call it with {id}."),
    "usage wants another state": _wants_another_state("Only a {noun} whose {attr} is {value} can be used."),
    "usage wants another state, as tools say it": _wants_another_state("The {noun}'s {attr} must be {value}."),
    "usage wants another state, of the tool": _wants_another_state("Allowed only while the {noun} is {value}."),
    "usage wants another state, as a type": _wants_another_state("It works only on a {noun} that is {value}."),
    "usage wants another state, in the plural": _wants_another_state("For {nouns} whose {attr} is {value} only."),
    "usage wants another state, by a refusal": _wants_another_state("Fails unless the {noun}'s {attr} is {value}."),
    "usage bounds a number": _bounds("{name} must be at most {less}."),
}


def _effects(edit: Callable[[Any, str], Any]) -> Forger:
    def forge(row: Any) -> Iterator[Any]:
        for place, tool in enumerate(row["tools"]):
            touched = {*tool["effects"]["reads"], *tool["effects"]["writes"]}
            free = [kind["collection"] for kind in row["meta"]["entity_types"] if kind["collection"] not in touched]
            forged = copy.deepcopy(row)
            effects = forged["tools"][place]["effects"]
            edit(effects, free[0] if free else "")
            if effects != tool["effects"]:
                yield forged

    return forge


FORGED_EFFECTS: dict[str, Forger] = {
    "reads widened": _effects(lambda effects, free: effects["reads"].extend([free] if free else [])),
    "writes widened": _effects(lambda effects, free: effects["writes"].extend([free] if free else [])),
    "writes widened by what is read": _effects(
        lambda effects, _: effects["writes"].extend(name for name in effects["reads"] if name not in effects["writes"])
    ),
    "reads emptied": _effects(lambda effects, _: effects["reads"].clear()),
    "all emptied": _effects(lambda effects, _: (effects["reads"].clear(), effects["writes"].clear())),
}


def _lists(row: Any) -> Iterator[tuple[int, str, Any]]:
    """Yield the step, key and items of each list in a response."""
    for index, step in enumerate(row["steps"]):
        for key, value in step["response"].items():
            if isinstance(value, list) and value and isinstance(value[0], dict):
                yield index, key, value


def _answers_again(row: Any) -> Any:
    """Let the answers be what the responses now hold."""
    for answer in row["answer"]:
        value = row["steps"][answer["step"]]["response"]
        for part in answer["pointer"].split("/")[1:]:
            value = value[int(part)] if isinstance(value, list) else value[part]
        answer["value"] = value
    return row


def _listed(edit: Callable[[list[Any]], object], shortest: int) -> Forger:
    def forge(row: Any) -> Iterator[Any]:
        for index, key, items in _lists(row):
            if len(items) < shortest:
                continue
            forged = copy.deepcopy(row)
            response = forged["steps"][index]["response"]
            edit(response[key])
            changed = len(response[key]) - len(items)
            for name, value in response.items():
                if isinstance(value, int) and not isinstance(value, bool) and value == len(items):
                    response[name] = value + changed
            try:
                yield _answers_again(forged)
            except IndexError:
                continue

    return forge


def _match_added(row: Any) -> Iterator[Any]:
    """Give both states an entity that matches as the first that a list shows does."""
    for _, _, items in _lists(row):
        for collection, held in row["initial_state"].items():
            shown = next((value for value in items[0].values() if isinstance(value, str) and value in held), None)
            kind = next((kind for kind in row["meta"]["entity_types"] if kind["collection"] == collection), None)
            if shown is None or kind is None or not next(iter(items[0])).startswith(kind["name"]):
                continue
            forged = copy.deepcopy(row)
            for state in (forged["initial_state"], forged["final_state"]):
                state[collection][f"{kind['id_prefix']}9999"] = dict(held[shown])
            yield forged


def _changed(edit: Callable[[Any, list[Any]], bool]) -> Forger:
    """Alter a step's changes, and let the final state follow."""

    def forge(row: Any) -> Iterator[Any]:
        for index in range(len(row["steps"])):
            forged = copy.deepcopy(row)
            if edit(forged, forged["steps"][index]["changes"]):
                try:
                    yield _played(forged)
                except StateProblem:
                    continue

    return forge


def _played(row: Any) -> Any:
    """Let the final state be what the changes now lead to."""
    state = as_state(row["initial_state"])
    for step in row["steps"]:
        state = apply(state, [Change.model_validate(change) for change in step["changes"]], mint=None).state
    return {**row, "final_state": as_json(state)}


def _side_effect_omitted(_: Any, changes: list[Any]) -> bool:
    return len(changes) > 1 and changes.pop() is not None


def _wrong_target(row: Any, changes: list[Any]) -> bool:
    for change in changes:
        others = [name for name in row["initial_state"][change["collection"]] if name != change["id"]]
        if change["op"] == "update" and others:
            change["id"] = others[0]
            return True
    return False


def _other_value(_: Any, changes: list[Any]) -> bool:
    for change in changes:
        for name, value in change["attributes"].items():
            if isinstance(value, int | float) and not isinstance(value, bool):
                change["attributes"][name] = value + 1
                return True
    return False


def _clock_moved(row: Any) -> Iterator[Any]:
    for state in (row["initial_state"], row["final_state"]):
        state["clock"]["now"]["value"] = "21" + state["clock"]["now"]["value"][2:]
    yield row


FORGED_WORLDS: dict[str, Forger] = {
    "a match not shown": _listed(lambda items: items.pop(), 1),
    "the first match not shown": _listed(lambda items: items.pop(0), 2),
    "wrong order": _listed(lambda items: items.reverse(), 2),
    "a match added to the world": _match_added,
    "a side effect omitted": _changed(_side_effect_omitted),
    "wrong target": _changed(_wrong_target),
    "another number written": _changed(_other_value),
    "the clock moved a century": _clock_moved,
}
