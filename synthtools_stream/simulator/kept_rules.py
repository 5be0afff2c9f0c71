"""See whether the rule behind a declared error is broken, where the tool's own words make that certain.

Read is the error's condition, as a whole and in a few plain forms: `the booking's status is not confirmed`, `the
booking is already cancelled`, `amount exceeds the account's balance`, `none of a and b is given`, `date lies in the
past`. This plays no tool: what is worded otherwise, joined with something else, or about an entity that the call does
not name, is left to the model.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import NamedTuple

from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Tool
from synthtools_stream.state import now_of
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.wording.dates import parse_date
from synthtools_stream.wording.whole_words import holds_word

__all__ = ["broken_rules", "kept_rule"]

_IN_STATE = re.compile(
    r"the (?P<noun>[a-z][\w -]*?)(?:'s? (?P<attr>[\w -]+?))? is (?P<no>not )?(?:already |currently |still |now )?"
    r"(?P<values>[\w -]+(?:, [\w -]+)*)",
    re.IGNORECASE,
)
_EXCEEDS = re.compile(r"(?P<name>\w+) exceeds the (?P<noun>[a-z][\w -]*?)'s? (?P<attr>[\w -]+)", re.IGNORECASE)
_NONE_GIVEN = re.compile(r"none of (?P<names>\w+(?:(?:, | and | or )+\w+)*) is given", re.IGNORECASE)
_PAST = re.compile(r"(?P<name>\w+) (?:lies|is) in the past", re.IGNORECASE)
_BETWEEN = re.compile(r", (?:or |and |nor )?| (?:or|and|nor) ")
_JOINED = re.compile(r"\b(?:and|but|if|when|unless|while|no|without|with)\b", re.IGNORECASE)
"""Words of a rule that sets more than one condition, of which its error may name but one."""
_SENTENCE = re.compile(r"(?<=[.;]) ")


@dataclass(frozen=True)
class _Scene:
    """A call and the state that it is made in."""

    tool: Tool
    arguments: JsonObject
    state: State
    kinds: Sequence[EntityType]

    def kind(self, noun: str) -> EntityType | None:
        found = [kind for kind in self.kinds if _plain(kind.name) == _plain(noun)]
        return found[0] if len(found) == 1 else None

    def named(self, kind: EntityType) -> list[tuple[str, JsonObject]]:
        """Return the entities of a kind that the call names."""
        held = self.state.get(kind.collection) or {}
        return [(text, held[text]) for text in self.arguments.values() if isinstance(text, str) and text in held]


class _Reading(NamedTuple):
    """Whether a condition holds, and what shows it."""

    holds: bool
    shown: str


_Reader = Callable[[re.Match[str], _Scene], _Reading | None]


def kept_rule(
    message: str, tool: Tool, arguments: JsonObject, state: State, entity_types: Sequence[EntityType]
) -> str | None:
    """Return what shows that the rule a message names is kept; None where it is broken, or nobody can tell."""
    name, _, _ = message.partition(":")
    lines = [line for line in tool.error_messages if line.partition(":")[0] == name]
    if len(lines) != 1:
        return None
    condition = _condition(lines[0])
    reading = _reading(condition, _Scene(tool, arguments, state, entity_types))
    if reading is None or reading.holds:
        return None
    return f"{name} is answered when {condition[:120]}, but {reading.shown}"


def broken_rules(
    tool: Tool, arguments: JsonObject, state: State, entity_types: Sequence[EntityType]
) -> Iterator[tuple[str, str]]:
    """Yield the declared errors that a call should be answered with, each with what shows it."""
    scene = _Scene(tool, arguments, state, entity_types)
    for line in tool.error_messages:
        reading = _reading(_condition(line), scene)
        if reading is not None and reading.holds:
            yield line, reading.shown


def _condition(line: str) -> str:
    return line.partition(":")[2].partition(";")[0].strip().rstrip(".")


def _reading(condition: str, scene: _Scene) -> _Reading | None:
    form = _form(condition)
    return None if form is None else form[0](form[1], scene)


@lru_cache(maxsize=1024)
def _form(condition: str) -> tuple[_Reader, re.Match[str]] | None:
    """Return who reads a condition, and what stands where in it."""
    readers = ((_NONE_GIVEN, _given), (_PAST, _past), (_EXCEEDS, _exceeds), (_IN_STATE, _in_state))
    return next(((reader, found) for form, reader in readers if (found := form.fullmatch(condition))), None)


def _given(found: re.Match[str], scene: _Scene) -> _Reading | None:
    names = _BETWEEN.split(found["names"])
    if not all(name in scene.tool.parameters for name in names):
        return None
    given = [name for name in names if scene.arguments.get(name) not in (None, scene.tool.parameters[name].default)]
    return _Reading(holds=not given, shown=f"{given[0]} is given" if given else "none is given")


def _past(found: re.Match[str], scene: _Scene) -> _Reading | None:
    value, now = scene.arguments.get(found["name"]), now_of(scene.state)
    if not isinstance(value, str) or now is None or parse_date(value) is None:
        return None
    return _Reading(value < now[: len(value)], f"{found['name']} is {value} and now is {now}")


def _exceeds(found: re.Match[str], scene: _Scene) -> _Reading | None:
    value, kind = scene.arguments.get(found["name"]), scene.kind(found["noun"])
    if kind is None or not _is_number(value):
        return None
    attribute = _attribute(kind, found["attr"])
    bounds = [(name, entity.get(attribute.name)) for name, entity in scene.named(kind)] if attribute else []
    if attribute is None or len(bounds) != 1:
        return None
    name, bound = bounds[0]
    if not isinstance(value, int | float) or not isinstance(bound, int | float) or not _is_number(bound):
        return None
    return _Reading(value > bound, f"{name} has {attribute.name} {bound} and {found['name']} is {value}")


def _in_state(found: re.Match[str], scene: _Scene) -> _Reading | None:
    kind = scene.kind(found["noun"])
    values = tuple(map(_plain, _BETWEEN.split(found["values"])))
    if kind is None or _is_joined(values, scene.tool.usage):
        return None
    told = found["attr"]
    fit = [part for part in kind.attributes if part.enum and set(values) <= set(map(_plain, part.enum))]
    chosen = [part for part in fit if told is None or _plain(part.name) == _plain(told)]
    entities = scene.named(kind)
    if len(chosen) != 1 or not entities:
        return None
    negated = found["no"] is not None
    held = [(name, entity.get(chosen[0].name)) for name, entity in entities]
    holds = {(_plain(value) in values) != negated for _, value in held}
    shown = ", ".join(f"{name} has {chosen[0].name} {value}" for name, value in held)
    return _Reading(holds.pop(), shown) if len(holds) == 1 else None


@lru_cache(maxsize=1024)
def _is_joined(values: tuple[str, ...], usage: str) -> bool:
    """Say whether a sentence of the usage that speaks of these values sets another condition beside them."""
    return any(_JOINED.search(sentence) for sentence in _speaking(values, usage))


def _speaking(values: Sequence[str], usage: str) -> Iterator[str]:
    for sentence in _SENTENCE.split(usage):
        plain = _plain(sentence)
        if any(holds_word(plain, value) for value in values):
            yield sentence


def _attribute(kind: EntityType, words: str) -> Attribute | None:
    return next((part for part in kind.attributes if _plain(part.name) == _plain(words)), None)


def _plain(value: Json) -> str:
    return str(value).replace("_", " ").strip().casefold()


def _is_number(value: Json) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
