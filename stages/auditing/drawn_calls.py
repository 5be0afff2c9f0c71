"""Calls drawn from a tool's schema on a world: ids that are there and ids that are not, bounds, days around today.

All pass the check of the schema. Which entities a parameter names is told by its name, or by an attribute of that name.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from random import Random

from stages.auditing.drawn_worlds import Palette, day_near, draw_world, number_near, one_of, palette_of, text_like
from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.records.change import State
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.state import CLOCK
from synthtools_stream.toolcalls import Call, canonical, check_call
from synthtools_stream.values.jsontypes import Json, JsonObject
from synthtools_stream.values.slugs import snake_case

__all__ = ["ABSENT", "DrawnCall", "absent_id", "drawn_calls", "named_collection", "shown_collections"]

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
_OF_MET = 0.4
"""Of numbers, where the call names an entity that has some: rules compare the one with the other."""
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
    drawing = _Drawing(tool, entity_types, palette_of(tool, entity_types, world), Random(seed))
    state = world
    for number in range(count):
        turn, place = divmod(number, _CALLS_A_WORLD)
        if place == 0:
            state = world if turn % _OWN_WORLD == 0 else drawing.world(_NULLS[turn % len(_NULLS)])
            drawing.enter(state)
        arguments = drawing.arguments()
        if arguments is not None:
            yield DrawnCall(state, arguments)


def named_collection(name: str, entity_types: Sequence[EntityType]) -> str | None:
    """Return the collection whose ids a parameter of that name holds, where the name tells."""
    name = snake_case(name)  # given tools spell ids as they like
    bare = name.removeprefix("new_").removesuffix("s")
    for kind in entity_types:
        if bare == f"{kind.name.lower().replace(' ', '_')}_id":
            return kind.collection
    referring = {part.references for kind in entity_types for part in kind.attributes if part.name == name}
    referring.discard(None)
    return referring.pop() if len(referring) == 1 else None


def shown_collections(tool: Tool, entity_types: Sequence[EntityType]) -> dict[str, str]:
    """Return, by parameter, the collections whose ids it holds: those that the tool is shown."""
    touched = () if tool.effects is None else (*tool.effects.reads, *tool.effects.writes)
    named = {name: named_collection(name, entity_types) for name in tool.parameters}
    return {name: collection for name, collection in named.items() if collection is not None and collection in touched}


def absent_id(case: DrawnCall, homes: Mapping[str, str]) -> str | None:
    """Return an id, `collection/id`, that a call gives and its collection lacks; `homes` are `shown_collections`."""
    for name, collection in homes.items():
        value = case.arguments.get(name)
        ids = value if isinstance(value, list) else [value]
        gone = [one for one in ids if isinstance(one, str) and one not in case.state.get(collection, {})]
        if gone:
            return f"{collection}/{gone[0]}"
    return None


@dataclass(slots=True)
class _Drawing:
    """Draws calls of one tool, in one world after the other."""

    tool: Tool
    entity_types: Sequence[EntityType]
    palette: Palette
    rng: Random
    state: State = field(default_factory=dict[str, dict[str, JsonObject]])
    held: dict[str, list[Json]] = field(default_factory=dict[str, list[Json]])
    """What the world has under each attribute, nulls left out."""
    named: dict[str, str | None] = field(default_factory=dict[str, str | None])
    """Collections that parameters name, as far as they were asked for."""
    met: list[Json] = field(default_factory=list[Json])
    """Values of the entities that the call at hand names."""

    def world(self, nulls: float) -> State:
        """Return a drawn world, with values in what the tool is shown only."""
        effects = self.tool.effects
        shown = (
            {kind.collection for kind in self.entity_types} if effects is None else {*effects.reads, *effects.writes}
        )
        return draw_world(self.entity_types, self.palette, self.rng, nulls, shown)

    def enter(self, state: State) -> None:
        """Draw from that world from now on."""
        self.state, self.held = state, {}
        for collection, entities in state.items():
            if collection != CLOCK:
                for entity in entities.values():
                    for key, value in entity.items():
                        if value is not None:
                            self.held.setdefault(key, []).append(value)

    def arguments(self) -> JsonObject | None:
        """Return arguments that the schema takes, in canonical form; None where none were found."""
        for _ in range(_TRIES):
            self.met = []
            call = Call(self.tool.tool_name, self.object_of(self.tool.parameters))
            if not check_call(call, self.tool):
                return canonical(call, self.tool).arguments
        return None

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
            return one_of(parameter.enum, self.rng)
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
        bounds = [bound for bound in (parameter.minimum, parameter.maximum) if bound is not None]
        met = _numbers(self.met)
        if met and self.rng.random() < _OF_MET:
            drawn = round(max(0, one_of(met, self.rng) + one_of((-1, 0, 0, 1), self.rng)), 6)  # without binary dust
        else:
            drawn = number_near([*self.palette.numbers, *_numbers(self._held(name)), *bounds], self.rng)
        if parameter.minimum is not None:
            drawn = max(drawn, parameter.minimum)
        if parameter.maximum is not None:
            drawn = min(drawn, parameter.maximum)
        return int(drawn) if parameter.type == "integer" else float(drawn)

    def _text(self, name: str, parameter: Parameter) -> str:
        if name not in self.named:
            self.named[name] = named_collection(name, self.entity_types)
        collection = self.named[name]
        if collection is not None:
            return self._id(collection)
        part = self._attribute(name)
        if part is not None and part.enum:
            return one_of(part.enum, self.rng)
        told = parameter.description
        with_time = "THH" in told or (part is not None and part.format == "datetime")
        if with_time or "YYYY-MM-DD" in told or (part is not None and part.format == "date"):
            return self._day(name, with_time)
        if self.palette.lengths and self.rng.random() < _LONG:
            length = one_of(self.palette.lengths, self.rng)
            return (_PROSE * length)[: one_of((length // 2, 2 * length), self.rng)].strip()
        held = [value for value in self._held(name) if isinstance(value, str)]
        return text_like([*held, held[0][:3] if held else "Alb", "Alba", "Nobody"], self.rng)

    def _id(self, collection: str) -> str:
        kinds = {kind.collection: kind for kind in self.entity_types}
        there = list(self.state.get(collection, ()))
        if there and self.rng.random() < 0.85:
            chosen = one_of(there, self.rng)
            self.met += self.state[collection][chosen].values()
            return chosen
        return f"{kinds[collection].id_prefix}{ABSENT}" if collection in kinds else ABSENT

    def _day(self, name: str, with_time: bool) -> str:
        held = [value for value in self._held(name) if isinstance(value, str)]
        if held and self.rng.random() < 0.4:
            return one_of(held, self.rng) if with_time else one_of(held, self.rng)[:10]
        return day_near(self.palette.now, self.rng, with_time=with_time)

    def _held(self, name: str) -> list[Json]:
        """Return the values that the world has under the attribute that a parameter speaks of."""
        bare = _bare(name)
        return self.held.get(name, []) + (self.held.get(bare, []) if bare != name else [])

    def _attribute(self, name: str) -> Attribute | None:
        names = (name, _bare(name))
        return next((part for kind in self.entity_types for part in kind.attributes if part.name in names), None)


def _numbers(values: Sequence[Json]) -> list[float]:
    return [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]


def _bare(name: str) -> str:
    name = snake_case(name)
    for part in _AROUND:
        name = name.removeprefix(part) if part.endswith("_") else name.removesuffix(part)
    return name
