"""Check a call against a tool's rules on a state: code that simulator, judges and inventor share."""

from __future__ import annotations

import re
from collections.abc import Mapping

from synthtools_stream.embedded.read.meanings import Condition, Operand, Relation, Rule, Source, ToolReading
from synthtools_stream.embedded.read.vocabulary import entities_of
from synthtools_stream.programs import prelude
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["absent_ids", "broken_rules", "collection_of", "days_after", "holds", "now_of", "value_of"]

_DATE = re.compile(r"^\d{4}-\d{2}-\d{2}")
_STANDS = {Relation.lt: (-1,), Relation.le: (-1, 0), Relation.gt: (1,), Relation.ge: (0, 1)}
"""How the left side compares with the right one where a relation holds."""


def now_of(state: JsonObject | None) -> str:
    """Return the moment that the state's clock shows; empty where it has none."""
    clock = entities_of(state, "clock").get("now", {})
    value = clock.get("value")
    return value if isinstance(value, str) else ""


def days_after(moment: str, days: float) -> str:
    """Return the date or moment that many days after another; empty where it is none."""
    if not _DATE.match(moment) or not float(days).is_integer():
        return ""
    try:
        return str(prelude.days_after(moment, int(days)))
    except (ValueError, OverflowError):
        return ""


def collection_of(reading: ToolReading, parameter: str, identifier: str, state: JsonObject | None) -> str:
    """Return the collection that `parameter`'s ids live in; where the text is silent, the one that holds the id."""
    meaning = reading.meaning(parameter)
    if meaning is not None and meaning.collection:
        return meaning.collection
    names = [name for name in state or {} if name != "clock" and identifier in entities_of(state, name)]
    return names[0] if names else ""


def absent_ids(reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None) -> list[str]:
    """Return the parameters whose id is not in the state."""
    missing: list[str] = []
    for meaning in reading.meanings:
        value = arguments.get(meaning.parameter)
        if not isinstance(value, str) or not meaning.takes_id or state is None:
            continue
        home = collection_of(reading, meaning.parameter, value, state)
        if home in state and value not in entities_of(state, home):
            missing.append(meaning.parameter)
    return missing


def broken_rules(reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None) -> list[Rule]:
    """Return the rules that the call breaks, in the order in which the tool tells them."""
    broken: list[Rule] = []
    for rule in reading.rules:
        applies = all(holds(condition, reading, arguments, state) is True for condition in rule.when)
        if applies and holds(rule.require, reading, arguments, state) is False:
            broken.append(rule)
    return broken


def holds(
    condition: Condition, reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None
) -> bool | None:
    """Say whether a condition holds; None where a side of it is not known."""
    relation = condition.relation
    if isinstance(condition.right.value, list) and relation not in (Relation.one_of, Relation.none_of):
        return _group_holds(relation, [arguments.get(str(name)) is not None for name in condition.right.value])
    left = value_of(condition.left, reading, arguments, state)
    if relation in (Relation.given, Relation.absent):
        shown = condition.left.source is Source.parameter or _known(condition.left, reading, arguments, state)
        return (left is not None) == (relation is Relation.given) if shown else None
    right = value_of(condition.right, reading, arguments, state)
    if not all(_known(side, reading, arguments, state) for side in (condition.left, condition.right)):
        return None
    if left is None or right is None:
        return _null_holds(relation)
    if relation in (Relation.one_of, Relation.none_of):
        listed = right if isinstance(right, list) else [right]
        return any(_same(left, item) for item in listed) == (relation is Relation.one_of)
    if relation in (Relation.max_length, Relation.min_length):
        size = len(left) if isinstance(left, str | list) else 0
        bound = int(right) if isinstance(right, int | float) else 0
        return size <= bound if relation is Relation.max_length else size >= bound
    return _compare(left, relation, right)


def _null_holds(relation: Relation) -> bool | None:
    """An attribute that is null is like nothing; it is neither more nor less than anything."""
    if relation in (Relation.eq, Relation.one_of):
        return False
    return True if relation in (Relation.ne, Relation.none_of) else None


def _group_holds(relation: Relation, given: list[bool]) -> bool:
    count = sum(given)
    if relation is Relation.any_given:
        return count >= 1
    if relation is Relation.one_given:
        return count == 1
    return count <= 1 if relation is Relation.not_together else count in (0, len(given))


def _known(operand: Operand, reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None) -> bool:
    """Say whether a side has a value, be it null: an argument is given, an entity is there."""
    if operand.source is Source.attribute:
        return _entity(operand, reading, arguments, state) is not None
    return value_of(operand, reading, arguments, state) is not None


def _entity(
    operand: Operand, reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None
) -> JsonObject | None:
    identifier = arguments.get(operand.entity)
    if not isinstance(identifier, str):
        return None
    entity = entities_of(state, collection_of(reading, operand.entity, identifier, state)).get(identifier)
    if entity is None or not operand.via:
        return entity
    onward = entity.get(operand.via)
    return entities_of(state, operand.via_collection).get(onward) if isinstance(onward, str) else None


def value_of(operand: Operand, reading: ToolReading, arguments: Mapping[str, Json], state: JsonObject | None) -> Json:
    """Return an operand's value in this call; None where there is none."""
    if operand.source is Source.constant:
        return operand.value
    if operand.source is Source.parameter:
        return arguments.get(operand.name)
    if operand.source is Source.now:
        return now_of(state) or None
    entity = _entity(operand, reading, arguments, state)
    return entity.get(operand.name) if entity is not None else None


def _same(left: Json, right: Json) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return left == right


def _compare(left: Json, relation: Relation, right: Json) -> bool | None:
    if relation in (Relation.eq, Relation.ne):
        return prelude.same(left, right) == (relation is Relation.eq)
    stands = prelude.compare(left, right)
    return None if stands is None else stands in _STANDS[relation]
