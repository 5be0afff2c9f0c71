"""Are the rules that the tools' words set kept by the calls of the ground truth?

An agent that reads a rule and keeps it must be able to solve the task. So a call that a plain sentence of its tool's
usage forbids, or whose declared error plainly applies, is refused, whatever the tool answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from itertools import chain

from synthtools_stream.proof.integrity import Replay
from synthtools_stream.proof.offered.usage_rules import Bound, StateRule, bounds_of, forbidden_of, state_rules_of
from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.task import Task
from synthtools_stream.records.tool import Tool
from synthtools_stream.simulator.kept_rules import broken_rules
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import Call
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["usage_problems"]

_SHOWN = 120
"""Characters of a rule that a problem shows."""
_ANOTHER_WAY = re.compile(r"\b(?:or|unless|except|nor)\b", re.IGNORECASE)
_NEGATED = re.compile(r"\b(?:not|no longer|never|isn't|aren't)\b", re.IGNORECASE)
_PLAIN = frozenset(
    "a an the this that which who whose is are be being been still already currently now its it has have with in of or"
    " and as for to present own".split()
)
_WORD = re.compile(r"\w+")


def usage_problems(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield the rules that calls of the ground truth break."""
    tools = {tool.tool_name: tool for tool in task.tools}
    for index, call in enumerate(replayed.calls):
        tool, before = tools[call.name], replayed.states[index]
        broken = chain(
            _forbidden(tool, call, before),
            _out_of_bounds(tool, call),
            _out_of_state(tool, call, before, task.meta.entity_types),
            broken_rules(tool, call.arguments, before, task.meta.entity_types),
        )
        for rule, shown in broken:
            yield f"step {index}: its tool's rule {rule[:_SHOWN]!r} is broken: {shown}"


_Broken = tuple[str, str]
"""A rule, and what shows that it is broken."""


def _forbidden(tool: Tool, call: Call, before: State) -> Iterator[_Broken]:
    for rule in forbidden_of(tool):
        if rule.always:
            yield rule.sentence, "it forbids every call"
            continue
        for value in leaf_values(call.arguments):
            if isinstance(value, str) and _is_id(value, before) and holds_word(rule.sentence, value):
                yield rule.sentence, f"the call names {value}"


def _is_id(value: str, state: State) -> bool:
    return any(value in held for collection, held in state.items() if collection != CLOCK)


def _out_of_bounds(tool: Tool, call: Call) -> Iterator[_Broken]:
    for bound in bounds_of(tool):
        value = _measured(call.arguments.get(bound.name), bound)
        if value is not None and (value > bound.number if bound.is_most else value < bound.number):
            yield bound.sentence, f"the call gives {value:g}"


def _measured(value: Json, bound: Bound) -> float | None:
    if isinstance(value, str):
        return len(value) if bound.of_characters else None
    if isinstance(value, bool) or not isinstance(value, int | float) or bound.of_characters:
        return None
    return value


def _out_of_state(tool: Tool, call: Call, before: State, kinds: Sequence[EntityType]) -> Iterator[_Broken]:
    for rule in state_rules_of(tool):
        read = _read(rule, kinds)
        if read is None:
            continue
        kind, attribute, values, negated = read
        held = list(_named(kind, call.arguments, before))
        keeps = [(_words(entity.get(attribute.name)) in values) != negated for _, entity in held]
        if held and not (any(keeps) if rule.demanded else not all(keeps)):
            name, entity = held[0]
            yield rule.sentence, f"{name} has {attribute.name} {entity.get(attribute.name)}"


def _named(kind: EntityType, arguments: JsonObject, state: State) -> Iterator[tuple[str, JsonObject]]:
    held = state.get(kind.collection) or {}
    return ((name, held[name]) for name in leaf_values(arguments) if isinstance(name, str) and name in held)


def _read(rule: StateRule, kinds: Sequence[EntityType]) -> tuple[EntityType, Attribute, set[str], bool] | None:
    """Return the kind of entity, the attribute, its values and whether these are excluded; None where it is unclear."""
    words = _words(rule.condition)
    for kind in sorted(kinds, key=lambda kind: -len(kind.name)):
        nouns = [noun for noun in (_words(kind.collection), _words(kind.name)) if _stands_in(noun, words)]
        if not nouns:
            continue
        rest = _without(words.replace("'s", " "), nouns)
        fit = [(part, found) for part in kind.attributes if part.enum and (found := _found(part, rest))]
        told = [(part, found) for part, found in fit if _stands_in(_words(part.name), rest)]
        chosen = told or fit
        if len(chosen) != 1:
            return None
        part, found = chosen[0]
        beside = _without(rest, [*found, _words(part.name)])
        return (kind, part, found, _NEGATED.search(beside) is not None) if _is_clear(rule, beside) else None
    return None


def _is_clear(rule: StateRule, beside: str) -> bool:
    """Say whether nothing that stands beside the values could make the condition hold, or fail, by itself."""
    others = set(_WORD.findall(_NEGATED.sub(" ", beside))) - _PLAIN
    return not others or (rule.demanded and _ANOTHER_WAY.search(beside) is None)


def _found(part: Attribute, text: str) -> set[str]:
    return {value for value in map(_words, part.enum or ()) if _stands_in(value, text)}


def _without(text: str, phrases: Sequence[str]) -> str:
    for phrase in sorted(phrases, key=len, reverse=True):
        text = re.sub(rf"(?<!\w){re.escape(phrase)}(?!\w)", " ", text)
    return text


def _stands_in(phrase: str, text: str) -> bool:
    return bool(phrase) and holds_word(text, phrase)


def _words(value: Json) -> str:
    return str(value).replace("_", " ").replace("-", " ").strip().casefold()
