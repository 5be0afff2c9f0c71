"""Choose calls that will succeed, or that break exactly one rule, on the state at hand.

Candidates are drawn parameter by parameter from what each means, then checked against the tool's own rules; the
first that passes is taken. So no rule needs a generator of its own.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta

from synthtools_stream.embedded.invent.field_vocabulary import general_words
from synthtools_stream.embedded.invent.invented_values import invent_text
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.read import (
    Meaning,
    MeaningKind,
    Rule,
    ToolReading,
    absent_ids,
    broken_rules,
    entities_of,
    now_of,
)
from synthtools_stream.records.blueprint import Attribute, EntityType
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Caller", "Preferences"]

_TRIES = 14
"""Draws for one call: enough that a world of a dozen entities nearly always has one that serves."""


@dataclass(frozen=True)
class Preferences:
    """What a call should work on, where it can."""

    ids: Mapping[str, Sequence[str]] = field(default_factory=dict[str, list[str]])
    """By collection: ids to try first, in order."""
    only: bool = False
    """Whether no other ids may be used in those collections."""
    may_target: Callable[[str], bool] = field(default=lambda _: True)
    optional: float = 0.4
    """How often an optional argument is given."""


@dataclass
class Caller:
    """Draws calls of one tool on one state."""

    reading: ToolReading
    state: JsonObject
    rng: random.Random

    @property
    def today(self) -> date:
        """Return the day of the state's clock."""
        try:
            return date.fromisoformat(now_of(self.state)[:10])
        except ValueError:
            return date(2026, 3, 2)

    def valid(self, wishes: Preferences) -> JsonObject | None:
        """Return the arguments of a call that breaks no rule and knows every id, or None."""
        for arguments in self._candidates(wishes):
            if self.succeeds(arguments):
                return arguments
        return None

    def succeeds(self, arguments: JsonObject) -> bool:
        """Say whether the tool's text lets the call pass."""
        filled = self.with_defaults(arguments)
        if self.reading.operation is Operation.adjust and not self._adjustable(filled):
            return False
        return not absent_ids(self.reading, filled, self.state) and not broken_rules(self.reading, filled, self.state)

    def _adjustable(self, arguments: Mapping[str, Json]) -> bool:
        """Say whether there is something that can be raised or lowered."""
        target = self.reading.target
        named = str(arguments.get(target.parameter)) if target else ""
        entity = entities_of(self.state, self._anchor_collection()).get(named, {})
        amounts = self.reading.of_kind(MeaningKind.amount)
        return all(entity.get(item.attribute) is not None for item in amounts if item.attribute)

    def breaking(self, rule: Rule) -> JsonObject | None:
        """Return a call that breaks `rule` and no other, or None."""
        for arguments in self._candidates(Preferences(optional=0.6)):
            for spoiled in (arguments, *self._spoiled(arguments)):
                filled = self.with_defaults(spoiled)
                if absent_ids(self.reading, filled, self.state):
                    continue
                if [broken.text for broken in broken_rules(self.reading, filled, self.state)] == [rule.text]:
                    return spoiled
        return None

    def with_defaults(self, arguments: Mapping[str, Json]) -> JsonObject:
        """Return arguments with the defaults of what is left out."""
        defaults = {item.parameter: item.default for item in self.reading.meanings if item.default is not None}
        return {**defaults, **arguments}

    def _candidates(self, wishes: Preferences) -> Iterator[JsonObject]:
        """Yield candidates: one a possible target first, then more draws."""
        collection = self._anchor_collection()
        anchors: list[str | None] = [*self._ids(collection, wishes)] if collection else [None]
        anchors = [anchor for anchor in anchors if anchor is None or wishes.may_target(anchor)]
        for anchor in anchors[:10]:
            yield self._draw(anchor, wishes)
        for anchor in anchors[:3]:
            for _ in range(_TRIES // 3):
                yield self._draw(anchor, wishes)

    def _anchor_collection(self) -> str:
        target = self.reading.target
        if target is not None:
            return target.collection or self.reading.collection
        return self.reading.collection if self.reading.operation is Operation.search else ""

    def _ids(self, collection: str, wishes: Preferences) -> list[str]:
        known = list(entities_of(self.state, collection))
        wished = [name for name in wishes.ids.get(collection, ()) if name in known]
        rest = [name for name in known if name not in wished]
        self.rng.shuffle(rest)
        return wished if wishes.only and wished else [*wished, *rest]

    def _draw(self, anchor: str | None, wishes: Preferences) -> JsonObject:
        arguments: JsonObject = {}
        entity = entities_of(self.state, self._anchor_collection()).get(anchor or "", {})
        for item in self.reading.meanings:
            if not item.required and self.rng.random() >= self._eagerness(item, wishes):
                continue
            value = anchor if item is self.reading.target else self._value(item, entity, wishes)
            if value is not None:
                arguments[item.parameter] = value
        return arguments

    def _eagerness(self, item: Meaning, wishes: Preferences) -> float:
        """Return how often an optional argument is given; a limit, which seldom matters, less often."""
        return wishes.optional * 0.4 if item.kind is MeaningKind.limit else wishes.optional

    def _value(self, item: Meaning, entity: JsonObject, wishes: Preferences) -> Json:
        if self.reading.operation is Operation.search and item.attribute in entity:
            return self._filter_value(item, entity)
        if item.takes_id and item.kind is not MeaningKind.filter:
            return self._other_id(item, entity, wishes)
        match item.kind:
            case MeaningKind.filter:
                return self._filter_value(item, entity)
            case MeaningKind.limit:
                return self.rng.randint(1, 5)
            case MeaningKind.amount:
                return self._amount(item, entity)
            case _:
                return self._new_value(item, entity)

    def _other_id(self, item: Meaning, entity: JsonObject, wishes: Preferences) -> Json:
        ids = self._ids(item.collection, wishes) if item.collection else []
        present = entity.get(item.attribute)
        others = [name for name in ids if name != present] or ids
        wished = [name for name in others if name in wishes.ids.get(item.collection, ())]
        return wished[0] if wished and self.rng.random() < 0.85 else self.rng.choice(others) if others else None

    def _filter_value(self, item: Meaning, entity: JsonObject) -> Json:
        value = entity.get(item.attribute)
        if value is None or isinstance(value, dict):
            return None
        if isinstance(value, list):
            return self.rng.choice(value) if value else None
        if item.op not in ("min", "max", "from", "until"):
            return value
        lower = item.op in ("min", "from")
        if isinstance(value, str):
            return self._day_near(value, -1 if lower else 1, item)
        if isinstance(value, bool):
            return value
        span = self._span(item)
        shift = max(1, round((span[1] - span[0]) * 0.12 * self.rng.random()))
        near = value - shift if lower else value + shift
        return max(0, round(near)) if item.type == "integer" or near > 20 else round(max(near, 0), 1)

    def _day_near(self, value: str, way: int, item: Meaning) -> str:
        try:
            day = date.fromisoformat(value[:10]) + timedelta(days=way * self.rng.randint(0, 4))
        except ValueError:
            return value
        return day.isoformat() if item.format != "datetime" else f"{day.isoformat()}{value[10:] or 'T09:00:00'}"

    def _amount(self, item: Meaning, entity: JsonObject) -> Json:
        present = entity.get(item.attribute)
        if isinstance(present, str):
            return self.rng.choice([1, 2, 3, 5, 7, 10, 14, 21])
        most = present if isinstance(present, int | float) and present > 0 else 20
        low = item.low or 0
        if item.type == "integer":
            return max(int(low) or 1, self.rng.randint(1, max(1, int(most * 0.4))))
        return max(low or 0.5, round(self.rng.uniform(0.1, 0.4) * most, 0 if most > 20 else 1))

    def _new_value(self, item: Meaning, entity: JsonObject) -> Json:
        """Return a value to set, other than the present one wherever there is another."""
        present = entity.get(item.attribute) if item.attribute else None
        if item.enum:
            return self.rng.choice([value for value in item.enum if value != present] or list(item.enum))
        match item.type:
            case "boolean":
                return not present if isinstance(present, bool) else self.rng.random() < 0.6
            case "integer" | "float":
                return self._number(item, present)
            case "array":
                return self._several(item, present)
            case "object":
                return self._parts(item, present)
            case _:
                return self._day(item, present) if item.format else self._text(item, present)

    def _span(self, item: Meaning) -> tuple[float, float]:
        entities = entities_of(self.state, self.reading.collection).values()
        seen = [value for entity in entities if isinstance(value := entity.get(item.attribute), int | float)]
        low, high = min(seen, default=1), max(seen, default=20)
        low = max(low, item.low) if item.low is not None else low
        high = min(high, item.high) if item.high is not None else high
        return (low, high) if high > low else (low, low + 10)

    def _number(self, item: Meaning, present: Json) -> Json:
        low, high = self._span(item)
        value = low
        for _ in range(4):
            drawn = self.rng.uniform(low, high)
            value = round(drawn) if item.type == "integer" or high > 50 else round(drawn * 2) / 2
            value = max(value, low) if item.low is not None else value
            if value != present:
                break
        return int(value) if item.type == "integer" else float(value)

    def _day(self, item: Meaning, present: Json) -> str:
        entities = entities_of(self.state, self.reading.collection).values()
        seen = [str(entity.get(item.attribute))[:10] for entity in entities if entity.get(item.attribute)]
        gone = bool(seen) and max(seen) < self.today.isoformat() and self.rng.random() < 0.7
        days = -self.rng.randint(3, 200) if gone else self.rng.randint(3, 75)
        day = (self.today + timedelta(days=days)).isoformat()
        if str(present)[:10] == day:
            day = (self.today + timedelta(days=days + 1)).isoformat()
        return f"{day}T{self.rng.randint(8, 17):02d}:00:00" if item.format == "datetime" else day

    def _text(self, item: Meaning, present: Json) -> str:
        name = item.attribute or re.sub(r"[^a-z]+", "_", item.description.casefold()).strip("_")[:40]
        if item.kind is MeaningKind.text or item.max_length:
            notes = general_words().reasons if "reason" in item.description.casefold() else general_words().notes
            fitting = [note for note in notes if len(note) <= min(item.max_length or 75, 75)]
            return self.rng.choice(fitting or notes)
        kind = EntityType(
            name=self.reading.noun[:60] or "record",
            collection="records",
            id_prefix="X-",
            attributes=[Attribute(name="value", type="string")],
        )
        attribute = Attribute(name=name or "value", type="string") if re.match(r"[a-z]", name) else kind.attributes[0]
        entities = entities_of(self.state, self.reading.collection).values()
        taken = [entity.get(item.attribute) for entity in entities]
        offered = [text for text in invent_text(attribute, kind, 12, self.rng) if text != present]
        return next((text for text in offered if text not in taken), offered[0] if offered else "plain")

    def _seen(self, item: Meaning) -> list[Json]:
        """Return what the attribute holds elsewhere in the state."""
        entities = entities_of(self.state, self.reading.collection).values()
        return [value for entity in entities if (value := entity.get(item.attribute))]

    def _several(self, item: Meaning, present: Json) -> Json:
        """Return a list like those in the state: items of several of them, never the same list again."""
        pool: list[Json] = []
        for value in self._seen(item):
            pool += [one for one in (value if isinstance(value, list) else ()) if one not in pool]
        if not pool:
            return [self._made(item)]
        wanted = self.rng.choice([1, 2, 2, 3])
        drawn = self.rng.sample(pool, min(wanted, len(pool)))
        return drawn if drawn != present else [*reversed(drawn)] if len(drawn) > 1 else self.rng.sample(pool, 1)

    def _parts(self, item: Meaning, present: Json) -> Json:
        """Return an object put together of the parts that others have."""
        seen = [value for value in self._seen(item) if isinstance(value, dict)]
        if not seen:
            return self._made(item)
        names = [part.name for part in item.parts]
        drawn: list[JsonObject] = [{name: self.rng.choice(seen).get(name) for name in names} for _ in range(4)]
        return next((made for made in drawn if made != present), drawn[0])

    def _made(self, item: Meaning) -> Json:
        """Make an item, or an object, of which the state has no example."""
        named = {part.name: self._of_type(part.type) for part in item.parts if part.name}
        return {**named} if named or not item.parts else self._of_type(item.parts[0].type)

    def _of_type(self, kind: str) -> Json:
        plain: dict[str, Json] = {
            "integer": self.rng.randint(1, 9),
            "float": self.rng.randint(1, 9) + 0.5,
            "boolean": True,
        }
        return plain.get(kind, self.rng.choice(general_words().organisations))

    def _spoiled(self, arguments: JsonObject) -> list[JsonObject]:
        """Return variants, each with one argument changed the way rules tend to forbid."""
        spoiled: list[JsonObject] = []
        for item in self.reading.meanings:
            name, value = item.parameter, arguments.get(item.parameter)
            if not item.required and name in arguments:
                spoiled.append({key: other for key, other in arguments.items() if key != name})
            spoiled += [{**arguments, name: other} for other in self._forbidden(item, value)]
        optional = {item.parameter for item in self.reading.meanings if not item.required}
        spoiled.append({key: value for key, value in arguments.items() if key not in optional})
        limits = [item.parameter for item in self.reading.of_kind(MeaningKind.limit)]
        spoiled += [{**spoiled[-1], name: self.rng.randint(1, 9)} for name in limits]
        return spoiled

    def _forbidden(self, item: Meaning, value: Json) -> list[Json]:
        if item.enum:
            return [other for other in item.enum if other != value]
        if item.takes_id:
            return [*list(entities_of(self.state, item.collection))[:12]] if value is not None else []
        if item.format:
            suffix = "T09:00:00" if item.format == "datetime" else ""
            return [f"{(self.today + timedelta(days=days)).isoformat()}{suffix}" for days in (-9, -1, 2, 400)]
        if item.type in ("integer", "float"):
            numbers: list[float] = [0, 1, 1000000] if item.type == "integer" else [0.0, 0.5, 1000000.0]
            return [n for n in numbers if (item.low is None or n >= item.low) and (item.high is None or n <= item.high)]
        if item.type == "boolean":
            return [not value]
        long: list[Json] = [" ".join(general_words().notes)[: (item.max_length or 900)], "x" * 170]
        return long if item.type == "string" else []
