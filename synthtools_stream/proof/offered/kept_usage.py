"""Are the rules that the tools' words set kept by the calls of the ground truth?

An agent that reads a rule and keeps it must be able to solve the task. So a call that a plain sentence of its tool's
usage forbids, or whose declared error plainly applies, is refused, whatever the tool answered.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from functools import lru_cache
from itertools import chain
from typing import NamedTuple

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
    r"a|an|the|they|this|that|which|who|whose|is|are|be|being|been|still|already|currently|now|its|it|has|have|with"
    r"|in|of|or|and|as|for|to|present|own|s|not|no|longer|never|isn|aren|t"
)
"""Words that join a noun, an attribute and its values, and say nothing more."""
_WORD = re.compile(r"[^\W_]+")


def usage_problems(task: Task, replayed: Replay) -> Iterator[str]:
    """Yield the rules that calls of the ground truth break."""
    tools = {tool.tool_name: tool for tool in task.tools}
    kinds = sorted(task.meta.entity_types, key=lambda kind: -len(kind.name))  # a meal plan is no plan
    for index, call in enumerate(replayed.calls):
        tool, before = tools[call.name], replayed.states[index]
        broken = chain(
            _forbidden(tool, call, before, kinds),
            _out_of_bounds(tool, call),
            _out_of_state(tool, call, before, kinds),
            broken_rules(tool, call.arguments, before, kinds),
        )
        for rule, shown in broken:
            yield f"step {index}: its tool's rule {rule[:_SHOWN]!r} is broken: {shown}"


_Broken = tuple[str, str]
"""A rule, and what shows that it is broken."""


def _forbidden(tool: Tool, call: Call, before: State, kinds: Sequence[EntityType]) -> Iterator[_Broken]:
    for rule in forbidden_of(tool):
        if rule.always:
            if _speaks_of_tool(rule.sentence, tool) or not _speaks_of_state(rule.sentence, kinds):
                yield rule.sentence, "it forbids every call"
            continue
        for name, value in call.arguments.items():
            for part in leaf_values(value):
                if _names(rule.sentence, name, part, before):
                    yield rule.sentence, f"the call gives {part}"


def _speaks_of_tool(sentence: str, tool: Tool) -> bool:
    return holds_word(sentence, "tool") or holds_word(sentence, tool.tool_name)


def _speaks_of_state(sentence: str, kinds: Sequence[EntityType]) -> bool:
    """Say whether a sentence speaks of a value that entities may have: "must not be moved" may be a rule on these."""
    words = _words(sentence)
    return any(_found(part, words) for kind in kinds for part in kind.attributes)


def _names(sentence: str, name: str, value: Json, state: State) -> bool:
    """Say whether a sentence names an entity by its id, or an argument with its value."""
    if isinstance(value, bool) or value is None:
        return False
    spoken = holds_word(sentence, name) or holds_word(sentence, name.replace("_", " "))
    return holds_word(sentence, f"{value}") and (spoken or (isinstance(value, str) and _is_id(value, state)))


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
    for ways in state_rules_of(tool):
        read = next((read for rule in ways if (read := _read(rule, tool, kinds)) is not None), None)
        held = [] if read is None else list(_named(read.kind, call.arguments, before))
        if read is None or not held:
            continue
        name = read.attribute.name
        keeps = [(_words(entity.get(name)) in read.values) != read.is_negated for _, entity in held]
        if not (any(keeps) if read.is_demanded else not all(keeps)):
            yield ways[0].sentence, f"{held[0][0]} has {name} {held[0][1].get(name)}"


class _Read(NamedTuple):
    """A sentence as understood: what an attribute of a kind of entity must be, or must not be."""

    kind: EntityType
    attribute: Attribute
    values: set[str]
    is_negated: bool
    """The condition excludes the values."""
    is_demanded: bool


def _named(kind: EntityType, arguments: JsonObject, state: State) -> Iterator[tuple[str, JsonObject]]:
    held = state.get(kind.collection) or {}
    return ((name, held[name]) for name in leaf_values(arguments) if isinstance(name, str) and name in held)


def _read(rule: StateRule, tool: Tool, kinds: Sequence[EntityType]) -> _Read | None:
    """Return what a sentence says if this way to read it is clear."""
    told = _words(f"{rule.thing} {rule.condition}")
    for kind in kinds:
        rest = _without(_without(told, _words(kind.collection)), _words(kind.name))
        if rest != told:
            return _of_kind(rule, kind, rest)
    if " they " in told or " it " in told:
        sentence = _words(rule.sentence)
        spoken = [kind for kind in kinds if _words(kind.name) in sentence or _words(kind.collection) in sentence]
        return _of_kind(rule, spoken[0], told) if len(spoken) == 1 else None
    if not rule.thing or rule.thing.lower() in tool.parameters:
        return None
    of_all = [read for kind in kinds if (read := _of_kind(rule, kind, told)) is not None]
    return of_all[0] if len(of_all) == 1 else None


def _of_kind(rule: StateRule, kind: EntityType, rest: str) -> _Read | None:
    """Return what a sentence says of a kind, whose noun is left out of the `rest`."""
    fit = [(part, found) for part in kind.attributes if (found := _found(part, _words(rule.condition)))]
    told = [(part, found) for part, found in fit if _words(part.name) in rest]
    chosen = told or fit
    if len(chosen) != 1:
        return None
    part, found = chosen[0]
    beside = _without(rest, _words(part.name))
    for value in sorted(found, key=len, reverse=True):
        beside = _without(beside, value)
    if not _is_clear(rule, beside):
        return None
    return _Read(kind, part, found, any(word in beside for word in _NEGATED), rule.demanded)


def _is_clear(rule: StateRule, beside: str) -> bool:
    """Say whether nothing that stands beside the values could make the condition hold, or fail, by itself."""
    if all(map(_PLAIN.fullmatch, beside.split())):
        return True
    return rule.demanded and not rule.thing and not any(word in beside for word in _ANOTHER_WAY)


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
