"""Calls drawn from a tool's schema on a world: ids that are there and ids that are not, bounds, days around today.

All pass the check of the schema. Which entities a parameter names is told by its name, or by an attribute of that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from random import Random

from stages.auditing.drawn_worlds import Palette, day_near, draw_world, number_near, palette_of, text_like
from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import Call, canonical, check_call
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["ABSENT", "DrawnCall", "absent_id", "draw_arguments", "drawn_calls", "named_collection", "shown_collection"]

ABSENT = "9999"
"""Number of an id that no drawn world has."""
_CALLS_A_WORLD = 3
"""One world seldom shows much to more calls; a new one costs 50 us."""
_OWN_WORLD = 5
"""Every so manieth world is the audit's own."""
_NULLS = (0.0, 0.15)
"""Shares of nulls, world by world: half of all worlds have none."""
_LEFT_OUT = 0.4
"""Of optional arguments."""
_LONG = 0.3
"""Of free texts, where the words speak of a length: half as long, or twice; who reads a call cannot count to one."""
_PROSE = "As it was said on the phone, "
_TRIES = 20
"""Draws after which a schema that nothing fits is given up."""
_AROUND = ("new_", "min_", "max_", "earliest_", "latest_", "_from", "_until", "_by", "_after", "_before", "_to")
"""What parameters put before or behind the name of the attribute that they speak of."""


@dataclass(frozen=True, slots=True)
class DrawnCall:
    """A call in a world: arguments in canonical form."""

    state: State
    arguments: JsonObject


def drawn_calls(
    tool: Tool, entity_types: Sequence[EntityType], world: State, seed: str, count: int
) -> Iterator[DrawnCall]:
    """Yield so many calls at most: fewer where the schema is one that nothing drawn fits."""
    rng = Random(seed)
    palette = palette_of(tool, entity_types, world)
    state = world
    for number in range(count):
        turn, place = divmod(number, _CALLS_A_WORLD)
        if place == 0:
            nulls = _NULLS[turn % len(_NULLS)]
            state = world if turn % _OWN_WORLD == 0 else draw_world(entity_types, palette, rng, nulls)
        arguments = draw_arguments(tool, entity_types, state, palette, rng)
        if arguments is not None:
            yield DrawnCall(state, arguments)


def draw_arguments(
    tool: Tool, entity_types: Sequence[EntityType], state: State, palette: Palette, rng: Random
) -> JsonObject | None:
    """Return arguments that the schema takes, in canonical form; None where none were found."""
    drawing = _Drawing(entity_types, state, palette, rng)
    for _ in range(_TRIES):
        given = drawing.object_of(tool.parameters)
        call = Call(tool.tool_name, given)
        if not check_call(call, tool):
            return canonical(call, tool).arguments
    return None


def named_collection(name: str, entity_types: Sequence[EntityType]) -> str | None:
    """Return the collection whose ids a parameter of that name holds, where the name tells."""
    bare = name.removeprefix("new_").removesuffix("s")
    for kind in entity_types:
        if bare == f"{kind.name.lower().replace(' ', '_')}_id":
            return kind.collection
    referring = {part.references for kind in entity_types for part in kind.attributes if part.name == name}
    referring.discard(None)
    return referring.pop() if len(referring) == 1 else None


def shown_collection(name: str, tool: Tool, entity_types: Sequence[EntityType]) -> str | None:
    """Return `named_collection` where the tool is shown it."""
    collection, effects = named_collection(name, entity_types), tool.effects
    return collection if effects is not None and collection in (*effects.reads, *effects.writes) else None


def absent_id(case: DrawnCall, tool: Tool, entity_types: Sequence[EntityType]) -> str | None:
    """Return an id, `collection/id`, that a call gives and that its collection, which the tool is shown, lacks."""
    for name, value in case.arguments.items():
        collection = shown_collection(name, tool, entity_types)
        if collection is not None:
            ids = value if isinstance(value, list) else [value]
            gone = [one for one in ids if isinstance(one, str) and one not in case.state.get(collection, {})]
            if gone:
                return f"{collection}/{gone[0]}"
    return None


@dataclass(frozen=True, slots=True)
class _Drawing:
    entity_types: Sequence[EntityType]
    state: State
    palette: Palette
    rng: Random

    def object_of(self, parameters: dict[str, Parameter]) -> JsonObject:
        """Return a value for each parameter; optional ones may stay away."""
        return {
            name: self.value(name, parameter)
            for name, parameter in parameters.items()
            if parameter.required or self.rng.random() >= _LEFT_OUT
        }

    def value(self, name: str, parameter: Parameter) -> Json:
        """Return a value of a parameter's type."""
        if parameter.enum and parameter.type != "array":
            return self.rng.choice(parameter.enum)
        if parameter.type in ("integer", "float"):
            return self._number(name, parameter)
        if parameter.type == "boolean":
            return self.rng.random() < 0.5
        if parameter.type == "array":
            return self._list(name, parameter)
        if parameter.type == "object":
            return self.object_of(parameter.properties or {})
        return self._text(name, parameter)

    def _list(self, name: str, parameter: Parameter) -> Json:
        items = parameter.items or Parameter(type="string", required=True, enum=parameter.enum)
        return [self.value(name, items) for _ in range(self.rng.randint(0, 2))]

    def _number(self, name: str, parameter: Parameter) -> Json:
        held = [value for value in self._held(name) if isinstance(value, int | float) and not isinstance(value, bool)]
        bounds = [bound for bound in (parameter.minimum, parameter.maximum) if bound is not None]
        drawn = number_near([*self.palette.numbers, *held, *bounds], self.rng)
        if parameter.minimum is not None:
            drawn = max(drawn, parameter.minimum)
        if parameter.maximum is not None:
            drawn = min(drawn, parameter.maximum)
        return int(drawn) if parameter.type == "integer" else float(drawn)

    def _text(self, name: str, parameter: Parameter) -> str:
        collection = named_collection(name, self.entity_types)
        if collection is not None:
            return self._id(collection)
        part = self._attribute(name)
        if part is not None and part.enum:
            return self.rng.choice(part.enum)
        told = parameter.description
        with_time = "THH" in told or (part is not None and part.format == "datetime")
        if with_time or "YYYY-MM-DD" in told or (part is not None and part.format == "date"):
            return self._day(name, with_time)
        if self.palette.lengths and self.rng.random() < _LONG:
            length = self.rng.choice(self.palette.lengths)
            return (_PROSE * length)[: self.rng.choice((length // 2, 2 * length))].strip()
        held = [value for value in self._held(name) if isinstance(value, str)]
        return text_like([*held, held[0][:3] if held else "Alb", "Alba", "Nobody"], self.rng)

    def _id(self, collection: str) -> str:
        kinds = {kind.collection: kind for kind in self.entity_types}
        there = list(self.state.get(collection, ()))
        if there and self.rng.random() < 0.85:
            return self.rng.choice(there)
        return f"{kinds[collection].id_prefix}{ABSENT}" if collection in kinds else ABSENT

    def _day(self, name: str, with_time: bool) -> str:
        held = [value for value in self._held(name) if isinstance(value, str)]
        if held and self.rng.random() < 0.4:
            return self.rng.choice(held) if with_time else self.rng.choice(held)[:10]
        return day_near(self.palette.now, self.rng, with_time=with_time)

    def _held(self, name: str) -> list[Json]:
        """Return the values that the world has under the attribute that a parameter speaks of."""
        bare = _bare(name)
        return [
            value
            for collection, entities in self.state.items()
            if collection != CLOCK
            for entity in entities.values()
            for key, value in entity.items()
            if key in (name, bare) and value is not None
        ]

    def _attribute(self, name: str) -> Attribute | None:
        names = (name, _bare(name))
        return next((part for kind in self.entity_types for part in kind.attributes if part.name in names), None)


def _bare(name: str) -> str:
    for part in _AROUND:
        name = name.removeprefix(part) if part.endswith("_") else name.removesuffix(part)
    return name
