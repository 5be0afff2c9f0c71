"""The surveyor role: the entity types behind given tools, out of names and schemas, and what each tool does there."""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Literal

from synthtools_stream.embedded.english import join, plural
from synthtools_stream.embedded.invent.blueprint_writer import effects_of
from synthtools_stream.embedded.invent.deeds import Deed, Filter, FilterKind, life_cycle, type_named
from synthtools_stream.embedded.invent.given_acts import GivenAct, plain_name, read_act
from synthtools_stream.embedded.invent.purpose_wording import purpose_of
from synthtools_stream.embedded.invent.state_verbs import participle
from synthtools_stream.embedded.job import Job
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import capital, identifier, words
from synthtools_stream.records.blueprint import Attribute, AttributeType, EntityType
from synthtools_stream.records.given_api import GivenTool
from synthtools_stream.records.tool import Parameter
from synthtools_stream.values.jsontypes import JsonObject

__all__ = ["survey_tools"]

_MOST_TYPES, _MOST_ATTRIBUTES, _MOST_VALUES = 10, 16, 12
"""What a survey may hold, as its prompt says."""
_LIMITS = ("limit", "max_results", "page_size", "per_page", "count", "top")
_LEAST = ("min_", "from_", "after_", "earliest_")
_MOST = ("max_", "until_", "before_", "latest_")
_UNIT = re.compile(r"\bin ([A-Z]{3}|kg|km|hours|minutes|days|metres)\b")
_FORMATS: dict[str, Literal["date", "datetime"]] = {
    "date": "date",
    "date-time": "datetime",
    "date-time-local": "datetime",
}
_KEYS = re.compile(r":((?: \w+,)* \w+)\.?\Z")
_OPEN = "open"
"""The state in which things begin that some tool moves along."""


def survey_tools(job: Job) -> JsonObject:
    """Say what stands behind the tools."""
    acts = [read_act(given) for given in job.records("given_tools", GivenTool)]
    types = _entity_types(acts)
    deeds = [_deed(act, types) for act in acts]
    return {
        "scenario": _scenario(job.text("title"), acts)[:300],
        "entity_types": [kind.to_json() for kind in types],
        "tools": [_surveyed(act, deed, types, job.rng) for act, deed in zip(acts, deeds, strict=True)],
    }


def _scenario(title: str, acts: Sequence[GivenAct]) -> str:
    deeds = [f"{act.verb} {plural(act.noun)}" for act in acts]
    return capital(f"the staff of {title or 'an office'} {join(list(dict.fromkeys(deeds))[:6])}.")


def _surveyed(act: GivenAct, deed: Deed, types: Sequence[EntityType], rng: random.Random) -> JsonObject:
    kind = type_named(types, deed.noun) or types[0]
    return {
        "tool_name": act.given.tool.tool_name,
        "purpose": purpose_of(deed, types, rng),
        "effects": effects_of(deed, kind, None, types).to_json(),
    }


def _entity_types(acts: Sequence[GivenAct]) -> list[EntityType]:
    nouns = list(dict.fromkeys(act.noun for act in acts))[:_MOST_TYPES]
    taken: set[str] = set()
    return [_entity_type(noun, [act for act in acts if act.noun == noun], nouns, taken) for noun in nouns]


def _entity_type(noun: str, acts: Sequence[GivenAct], nouns: Sequence[str], taken: set[str]) -> EntityType:
    attributes: dict[str, Attribute] = {}
    for name, part in _parts(acts):
        attributes.setdefault(name, _attribute(name, part, nouns))
    for name in _shown(acts, noun):
        attributes.setdefault(name, Attribute(name=name, type="string", description=f"{capital(words(name))}."))
    moved = [participle(act.verb) for act in acts if act.operation is Operation.transition]
    if moved:
        attributes["status"] = _status(attributes.get("status"), moved)
    if not attributes:
        attributes["name"] = Attribute(name="name", type="string", description="Name.")
    return EntityType(
        name=noun,
        collection=identifier(plural(noun)),
        id_prefix=_prefix(noun, taken),
        description=f"{capital(noun)} as the tools keep it.",
        attributes=list(attributes.values())[:_MOST_ATTRIBUTES],
    )


def _parts(acts: Sequence[GivenAct]) -> Iterator[tuple[str, Parameter]]:
    """Yield the attributes that parameters speak of: of those that set them first, since they know most."""
    for act in sorted(acts, key=lambda act: act.operation is Operation.search):
        for name, part in act.parameters.items():
            if act.operation is Operation.search:
                if name not in _LIMITS:
                    yield _bare(name), part
            elif act.operation is not Operation.get and name not in (f"{identifier(act.noun)}_id", "id"):
                yield name.removeprefix("new_"), part


def _shown(acts: Sequence[GivenAct], noun: str) -> Iterator[str]:
    """Yield the keys that outputs show of the thing, but its id."""
    for act in acts:
        for output in act.given.tool.output_details.values():
            listed = _KEYS.search(output.description)
            names = [plain_name(key) for key in listed[1].split(",")] if listed else []
            yield from (name for name in names if name not in ("id", f"{identifier(noun)}_id"))


def _bare(name: str) -> str:
    for affix in (*_LEAST, *_MOST):
        name = name.removeprefix(affix)
    return name


def _attribute(name: str, part: Parameter, nouns: Sequence[str]) -> Attribute:
    kind: AttributeType = "string" if part.type == "any" else part.type
    values = [value for value in part.enum or () if isinstance(value, str)][:_MOST_VALUES]
    home = next((noun for noun in nouns if name == f"{identifier(noun)}_id"), None)
    unit = _UNIT.search(part.description)
    bounds = f", {part.minimum} to {part.maximum}" if None not in (part.minimum, part.maximum) else ""
    return Attribute(
        name=name,
        type=kind,
        description=f"{capital(words(name))}{f' in {unit[1]}' if unit else ''}{bounds}.",
        enum=values if values and kind == "string" else None,
        format=_FORMATS.get(part.format or "") if kind == "string" and not values else None,
        references=identifier(plural(home)) if home and kind == "string" else None,
    )


def _status(known: Attribute | None, moved: Sequence[str]) -> Attribute:
    """Return the attribute of a life cycle, into whose states tools lead."""
    there = known.enum if known is not None and known.enum else [_OPEN]
    states = list(dict.fromkeys([*there, *map(identifier, moved)]))[:_MOST_VALUES]
    return Attribute(name="status", type="string", description="Status; its values in order.", enum=states)


def _prefix(noun: str, taken: set[str]) -> str:
    letters = "".join(character for character in noun.upper() if character.isascii() and character.isalpha()) or "X"
    wishes = [letters[:size] for size in range(2, 8)] + [f"{letters[:2]}{number}" for number in range(2, 30)]
    prefix = next(wish for wish in wishes if wish not in taken)
    taken.add(prefix)
    return f"{prefix}-"


def _deed(act: GivenAct, types: Sequence[EntityType]) -> Deed:
    kind = type_named(types, act.noun) or types[0]
    cycle = life_cycle(kind)
    states = (cycle.enum or []) if cycle else []
    known = {part.name for part in kind.attributes}
    named = tuple(bare for name in act.parameters if (bare := name.removeprefix("new_")) in known)
    match act.operation:
        case Operation.search:
            return Deed(act.operation, kind.name, act.verb, filters=tuple(_filters(act.parameters, known)))
        case Operation.get:
            shown = tuple(part.name for part in kind.attributes)
            return Deed(act.operation, kind.name, act.verb, attributes=shown)
        case Operation.create:
            start = states[0] if states and cycle and cycle.name not in named else ""
            return Deed(act.operation, kind.name, act.verb, attributes=named, to=start)
        case Operation.transition:
            to = identifier(participle(act.verb))
            return Deed(act.operation, kind.name, act.verb, attributes=named, to=to, states=_before(states, to))
        case _:
            return Deed(act.operation, kind.name, act.verb, attributes=named)


def _before(states: Sequence[str], to: str) -> tuple[str, ...]:
    return tuple(state for state in states[:1] if state != to)


def _filters(parameters: Mapping[str, Parameter], known: set[str]) -> Iterator[Filter]:
    for name in parameters:
        bare = _bare(name)
        if name in _LIMITS:
            yield Filter("", FilterKind.limit)
        elif bare in known:
            least = name.startswith(_LEAST)
            yield Filter(bare, FilterKind.least if least else FilterKind.most if bare != name else FilterKind.equal)
