"""The rules of a tool as tests that refuse a call."""

from __future__ import annotations

from synthtools_stream.embedded.read import Condition, Operand, Relation, Source, ToolReading
from synthtools_stream.embedded.write.program_entities import Entities, given_test, is_sure
from synthtools_stream.embedded.write.python_text import literal
from synthtools_stream.values.jsontypes import Json

__all__ = ["rule_lines"]

_ORDERED = {
    Relation.lt: ("below", "at_least", "<", ">="),
    Relation.le: ("at_most", "above", "<=", ">"),
    Relation.gt: ("above", "at_most", ">", "<="),
    Relation.ge: ("at_least", "below", ">=", "<"),
}
"""Of each relation the helper that says it and the one that denies it, and both as operators."""
_NUMBERS = ("integer", "float")
_COUNTS = {
    Relation.one_given: ("== 1", "!= 1"),
    Relation.not_together: ("<= 1", "> 1"),
}


class Never(Exception):
    """A test that can never come out as asked for: the rule needs no line."""


def rule_lines(reading: ToolReading, entities: Entities) -> list[str]:
    """Return a refusal for each rule, in the order in which the tool tells them."""
    lines: list[str] = []
    for rule in reading.rules:
        tests = RuleTests(reading, entities)
        try:
            for condition in rule.when:
                tests.add(condition, kept=True)
            tests.add(rule.require, kept=False)
        except Never:
            continue
        lines += [f"if {tests.text()}:", f"    return fail(400, {literal(rule.error)})"]
    return lines


class RuleTests:
    """The tests of one rule, each guarded by what must be known for it."""

    def __init__(self, reading: ToolReading, entities: Entities) -> None:
        """Begin with none."""
        self._reading = reading
        self._entities = entities
        self._tests: list[str] = []

    def text(self) -> str:
        """Return all of them in one expression."""
        return " and ".join(dict.fromkeys(self._tests))

    def add(self, condition: Condition, *, kept: bool) -> None:
        """Add the test that the condition holds, or that it does not.

        :raises Never: when no call can make it so.
        """
        relation, right = condition.relation, condition.right
        if isinstance(right.value, list) and relation not in (Relation.one_of, Relation.none_of):
            self._tests.append(_group_test(relation, [str(name) for name in right.value], kept))
        elif relation in (Relation.given, Relation.absent):
            self._add_presence(condition.left, there=(relation is Relation.given) == kept)
        elif relation in (Relation.one_of, Relation.none_of):
            left = self._value(condition.left)
            self._tests.append(_membership(left, right.value, among=(relation is Relation.one_of) == kept))
        elif relation in (Relation.max_length, Relation.min_length):
            self._add_length(condition, kept)
        elif relation in (Relation.eq, Relation.ne):
            test = f"same({self._value(condition.left)}, {self._value(right)})"
            self._tests.append(test if (relation is Relation.eq) == kept else f"not {test}")
        else:
            self._add_order(condition, kept)

    def _value(self, operand: Operand) -> str:
        """Return an operand's expression, and guard it where it may be unknown."""
        if operand.source is Source.constant:
            return literal(operand.value)
        if operand.source is Source.now:
            return "now"
        if operand.source is Source.parameter:
            meaning = self._reading.meaning(operand.name)
            if meaning is None:
                raise Never
            if not is_sure(meaning):
                self._tests.append(given_test(operand.name))
            return f"arguments[{literal(operand.name)}]"
        entity = self._entities.reached(operand)
        if entity is None:
            raise Never
        if not entity.sure:
            self._tests.append(entity.there())
        return entity.attribute(operand.name)

    def _add_presence(self, operand: Operand, *, there: bool) -> None:
        if operand.source is Source.attribute:
            self._tests.append(f"{self._value(operand)} is {'not ' if there else ''}None")
            return
        if is_sure(self._reading.meaning(operand.name)):
            if not there:
                raise Never
            return
        self._tests.append(f"{literal(operand.name)} {'' if there else 'not '}in arguments")

    def _add_length(self, condition: Condition, kept: bool) -> None:
        left, bound = self._value(condition.left), literal(condition.right.value)
        if condition.left.source is Source.attribute:
            self._tests.append(f"{left} is not None")
        at_most = (condition.relation is Relation.max_length) == kept
        sign = ("<=" if kept else "<") if at_most else (">=" if kept else ">")
        self._tests.append(f"len({left}) {sign} {bound}")

    def _add_order(self, condition: Condition, kept: bool) -> None:
        says, denies, sign, counter = _ORDERED[condition.relation]
        left, right = self._value(condition.left), self._value(condition.right)
        if self._is_number(condition.left) and self._is_number(condition.right):
            self._tests.append(f"{left} {sign if kept else counter} {right}")
        else:
            self._tests.append(f"{says if kept else denies}({left}, {right})")

    def _is_number(self, operand: Operand) -> bool:
        """Say whether an operand is always a number: an attribute may be null."""
        if operand.source is Source.constant:
            return isinstance(operand.value, int | float) and not isinstance(operand.value, bool)
        meaning = self._reading.meaning(operand.name) if operand.source is Source.parameter else None
        return meaning is not None and meaning.type in _NUMBERS


def _group_test(relation: Relation, names: list[str], kept: bool) -> str:
    among = ", ".join(map(literal, names))
    if relation is Relation.any_given:
        return f"{'' if kept else 'not '}any(name in arguments for name in ({among}))"
    signs = _COUNTS.get(relation, (f"in (0, {len(names)})", f"not in (0, {len(names)})"))
    return f"sum(name in arguments for name in ({among})) {signs[0 if kept else 1]}"


def _membership(left: str, values: Json, *, among: bool) -> str:
    listed = values if isinstance(values, list) else [values]
    if len(listed) != 1:
        return f"{left} {'' if among else 'not '}in ({', '.join(map(literal, listed))})"
    if isinstance(listed[0], bool):
        return f"{left} is {'' if among else 'not '}{listed[0]}"
    return f"{left} {'==' if among else '!='} {literal(listed[0])}"
