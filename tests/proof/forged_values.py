"""Forged values: worlds that hold what a tool would take and a reader would not, and worlds that compare too little."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Mapping
from typing import Any

from tests.proof.forged_grounds import certified, set_volatile
from tests.proof.forged_share import Forger

__all__ = ["FORGED_VALUES"]


def _volatile(chosen: Callable[[Any], bool]) -> Forger:
    """Make attributes of a type that are so chosen volatile, type by type."""

    def forge(row: Any) -> Iterator[Any]:
        for kind in row["meta"]["entity_types"]:
            forged = copy.deepcopy(row)
            names = [f"{kind['collection']}.{part['name']}" for part in kind["attributes"] if chosen(part)]
            set_volatile(forged, names, volatile=True)
            if names:
                yield certified(forged)

    return forge


def _all_but_one_volatile(row: Any) -> Iterator[Any]:
    for kind in row["meta"]["entity_types"]:
        forged = copy.deepcopy(row)
        names = [f"{kind['collection']}.{part['name']}" for part in kind["attributes"]][1:]
        set_volatile(forged, names, volatile=True)
        if len(names) > 1:
            yield certified(forged)


def _renamed(make: Callable[[str], str]) -> Forger:
    """Rename an entity that no argument and no text names, wherever its id stands."""

    def forge(row: Any) -> Iterator[Any]:
        said = "\n".join([row["summary"], *(str((s["turn"], s["call"], s["response"])) for s in row["steps"])])
        for collection, entities in row["initial_state"].items():
            for name in list(entities)[:2] if collection != "clock" else ():
                if name not in said:
                    text = _swapped_ids(row["initial_state"], name, make(name))
                    yield certified({**copy.deepcopy(row), "initial_state": text})

    return forge


def _swapped_ids(item: Any, old: str, new: str) -> Any:
    if isinstance(item, dict):
        return {new if key == old else key: _swapped_ids(value, old, new) for key, value in item.items()}
    if isinstance(item, list):
        return [_swapped_ids(value, old, new) for value in item]
    return new if item == old else item


def _misspelt(make: Callable[[str], str]) -> Forger:
    """Alter a free text of the world that nothing names."""

    def forge(row: Any) -> Iterator[Any]:
        shown = str(row["steps"])
        free = {
            (kind["collection"], part["name"])
            for kind in row["meta"]["entity_types"]
            for part in kind["attributes"]
            if part["type"] == "string" and not any(part.get(key) for key in ("enum", "format", "references"))
        }
        for collection, name in sorted(free):
            for key, entity in list(row["initial_state"].get(collection, {}).items())[:1]:
                value = entity.get(name)
                if isinstance(value, str) and "a" in value and value not in shown:
                    forged = copy.deepcopy(row)
                    forged["initial_state"][collection][key][name] = make(value)
                    yield certified(forged)

    return forge


def _empty_entity(row: Any) -> Iterator[Any]:
    for kind in row["meta"]["entity_types"]:
        for attributes in ({}, {part["name"]: None for part in kind["attributes"]}):
            forged = copy.deepcopy(row)
            forged["initial_state"].setdefault(kind["collection"], {})[f"{kind['id_prefix']}1999"] = attributes
            yield certified(forged)


def _twin_by_case(row: Any) -> Iterator[Any]:
    for tool in row["tools"]:
        forged = copy.deepcopy(row)
        forged["tools"].append({**copy.deepcopy(tool), "tool_name": tool["tool_name"].upper()})
        yield certified(forged)


def _clock_moved(years: int) -> Forger:
    def forge(row: Any) -> Iterator[Any]:
        forged = copy.deepcopy(row)
        now = forged["initial_state"]["clock"]["now"]["value"]
        forged["initial_state"]["clock"]["now"]["value"] = f"{int(now[:4]) + years:04d}-03-10{now[10:]}"
        yield certified(forged)

    return forge


FORGED_VALUES: Mapping[str, Forger] = {
    "world: all attributes but one volatile": _all_but_one_volatile,
    "world: numbers volatile": _volatile(lambda part: part["type"] in ("integer", "float")),
    "world: closed sets volatile": _volatile(lambda part: bool(part.get("enum"))),
    "world: dates volatile": _volatile(lambda part: bool(part.get("format"))),
    "world: references volatile": _volatile(lambda part: bool(part.get("references"))),
    "world: an id with a tail": _renamed(lambda name: f"{name}-b"),
    "world: an id with letters": _renamed(lambda name: f"{name}x"),
    "world: an id in Arabic digits": _renamed(lambda name: f"{name[:-1]}\u0663"),
    "world: an id with a zero-width space": _renamed(lambda name: f"{name}\u200b"),
    "world: a value with a zero-width space": _misspelt(lambda text: f"{text[:1]}\u200b{text[1:]}"),
    "world: a value with a bidi mark": _misspelt(lambda text: f"\u202e{text}"),
    "world: a value with a Cyrillic a": _misspelt(lambda text: text.replace("a", "\u0430", 1)),
    "world: a value with a full-width a": _misspelt(lambda text: text.replace("a", "\uff41", 1)),
    "world: an empty entity": _empty_entity,
    "world: a tool that differs in case": _twin_by_case,
    "world: the clock a century later": _clock_moved(100),
    "world: the clock a century earlier": _clock_moved(-100),
    "world: the clock twelve years later": _clock_moved(12),
}
"""What the world holds, forged."""
