"""Are the rules that the tools' words set kept by the calls of the ground truth?

An agent that reads a rule and keeps it must be able to solve the task. So a call that a plain sentence of its tool's
usage forbids, or whose declared error plainly applies, is refused, whatever the tool answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
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
_ANOTHER_WAY = (" or ", " nor ", " unless ", " except ")
_NEGATED = (" not ", " no longer ", " never ", " isn t ", " aren t ")
_PLAIN = re.compile(
    r"a|an|the|this|that|which|who|whose|is|are|be|being|been|still|already|currently|now|its|it|has|have|with"
    r"|in|of|or|and|as|for|to|present|own|s|not|no|longer|never|isn|aren|t"
)
"""Words that join a noun, an attribute and its values, and say nothing more."""
_WORD = re.compile(r"[^\W_]+")


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
        rest = _without(_without(words, _words(kind.collection)), _words(kind.name))
        if rest == words:
            continue
        fit = [(part, found) for part in kind.attributes if part.enum and (found := _found(part, rest))]
        told = [(part, found) for part, found in fit if _words(part.name) in rest]
        chosen = told or fit
        if len(chosen) != 1:
            return None
        part, found = chosen[0]
        beside = _without(rest, _words(part.name))
        for value in sorted(found, key=len, reverse=True):
            beside = _without(beside, value)
        negated = any(word in beside for word in _NEGATED)
        return (kind, part, found, negated) if _is_clear(rule, beside) else None
    return None


def _is_clear(rule: StateRule, beside: str) -> bool:
    """Say whether nothing that stands beside the values could make the condition hold, or fail, by itself."""
    others = not all(map(_PLAIN.fullmatch, beside.split()))
    return not others or (rule.demanded and not any(word in beside for word in _ANOTHER_WAY))


def _found(part: Attribute, text: str) -> set[str]:
    return {value for value in map(_words, part.enum or ()) if not _PLAIN.fullmatch(value.strip()) and value in text}


def _without(text: str, phrase: str) -> str:
    return text.replace(phrase, " ") if phrase in text else text


def _words(value: Json) -> str:
    """Return a text's words, a space before, between and behind them."""
    return _plain_words(value) if isinstance(value, str) else f" {value} ".lower()


@lru_cache(maxsize=4096)
def _plain_words(text: str) -> str:
    return f" {' '.join(_WORD.findall(text.casefold()))} "
