"""What a tool responds, as the expressions of a program: each key from the state as it is after the changes."""

from __future__ import annotations

from collections.abc import Mapping

from synthtools_stream.embedded.prose import identifier
from synthtools_stream.embedded.read import Meaning, MeaningKind, OutputKind, OutputMeaning, ToolReading, joined
from synthtools_stream.embedded.write.program_changes import Changes
from synthtools_stream.embedded.write.program_entities import Entities, Entity, argument, is_sure
from synthtools_stream.embedded.write.python_text import Code, Group, literal, mapping, wrapped

__all__ = ["Response"]

_NOTHING: Mapping[str, str] = {"string": '"done"', "integer": "0", "float": "0.0", "array": "[]", "object": "{}"}
"""What stands for a value that neither the state nor the call tells, by type."""
_RANGES = ("from", "min", "until", "max")


class Response:
    """The response of a successful call, and the searches that it shows."""

    def __init__(self, reading: ToolReading, entities: Entities, changes: Changes) -> None:
        """Draw up every output of a reading."""
        self._reading = reading
        self._entities = entities
        self._changes = changes
        self._found: dict[str, str] = {}
        self._shown: dict[str, str] = {}
        self.lines: list[Code] = []
        """The statements that find what is listed."""
        self.entries: list[tuple[str, Code]] = [(output.key, self._value(output)) for output in reading.outputs]

    def _value(self, output: OutputMeaning) -> Code:
        if output.kind is OutputKind.count:
            cut = "return" in output.description.lower()
            collection = self._reading.collection
            return f"len({self._cut(collection) if cut else self._search(collection)})"
        if output.kind is OutputKind.list:
            return self._rows(output)
        if output.kind is OutputKind.unknown:
            return self._told(output.key) or ("True" if output.type == "boolean" else _NOTHING.get(output.type, "None"))
        place = self._changes.made(output.collection) or self._entities.found(output.collection)
        if place is None:
            return self._told(output.key) or "None"
        if output.kind is OutputKind.id:
            return place.identifier
        if output.kind is OutputKind.attribute:
            return self._changes.attribute(place, output.attribute)
        shape = self._shape(output, place.collection, place.identifier, self._changes.whole(place))
        return shape if place.sure else wrapped("", shape, f" if {place.there()} else None")

    def _told(self, key: str) -> str:
        """Return the argument of that name; empty where there is none."""
        meaning = self._reading.meaning(key)
        return argument(meaning) if meaning is not None else ""

    def _rows(self, output: OutputMeaning) -> Code:
        shape = self._shape(output, output.collection, "row_id", "row")
        return Group("[", [shape, f"for row_id, row in {self._cut(output.collection)}"], "]", "")

    def _shape(self, output: OutputMeaning, collection: str, identified: str, variable: str) -> Code:
        """Return an entity as an output shows it."""
        kind = self._reading.vocabulary.kind(collection)
        if not output.keys:
            noun = identifier(kind.noun) if kind is not None else "entity"
            return mapping([(f"{noun}_id", identified), ("", f"**{variable}")])
        plain = [key for key, attribute in output.keys if key == attribute]
        picked = Group("pick(", [variable, *map(literal, plain)], ")")
        if len(plain) == len(output.keys):
            return picked
        others: list[tuple[str, Code]] = [
            (key, self._cell(collection, key, attribute, identified, variable))
            for key, attribute in output.keys
            if key != attribute
        ]
        return mapping([*others, *([("", wrapped("**", picked))] if plain else [])])

    def _cell(self, collection: str, key: str, attribute: str, identified: str, variable: str) -> str:
        if not attribute:
            return identified
        if attribute != "?":
            return f"{variable}[{literal(attribute)}]"
        found = joined(self._reading.vocabulary, collection, key)
        if found is None:
            return "None"
        link, other, shown = found
        return f"state[{literal(other)}].get({variable}[{literal(link)}], {{}}).get({literal(shown)})"

    def _cut(self, collection: str) -> str:
        """Return the variable of what is found, cut where the call says so."""
        found = self._search(collection)
        limit = next(iter(self._reading.of_kind(MeaningKind.limit)), None)
        if limit is None:
            return found
        if collection not in self._shown:
            self._shown[collection] = found.replace("found", "shown")
            bound = argument(limit, f"len({found})")
            bound = bound if limit.low is not None and limit.low >= 0 else f"max(0, {bound})"
            self.lines.append(f"{self._shown[collection]} = {found}[:{bound}]")
        return self._shown[collection]

    def _search(self, collection: str) -> str:
        """Find the entities of a collection, once; return the variable."""
        if collection not in self._found:
            kind = self._reading.vocabulary.kind(collection)
            noun = identifier(kind.noun) if kind is not None else "entities"
            self._found[collection] = f"found_{noun}" if self._found else "found"
            self.lines.append(wrapped(f"{self._found[collection]} = ", self._sorted(collection)))
        return self._found[collection]

    def _sorted(self, collection: str) -> Code:
        """Return the expression of the entities that are looked for, in their order."""
        own = collection == self._reading.collection
        tests = self._filters() if own else self._referring(collection)
        held = f"state[{literal(collection)}].items()"
        by = self._reading.order if own else None
        rows: Code = held
        if tests:
            rows = Group("[", ["(row_id, row)", f"for row_id, row in {held}", *_conjunction(tests)], "]", "")
        if by is None:
            return Group("order(", [rows], ")")
        trait = self._reading.trait(by.attribute)
        parts = [rows, literal(by.attribute), *(["descending=True"] if by.descending else [])]
        return Group("order(", [*parts, *([f"ranks={literal(list(trait.enum))}"] if trait and trait.enum else [])], ")")

    def _filters(self) -> list[str]:
        meanings = [m for m in self._reading.of_kind(MeaningKind.filter) if m.attribute]
        return [
            test if is_sure(meaning) else f"({literal(meaning.parameter)} not in arguments or {test})"
            for meaning in meanings
            for test in [_filter(meaning)]
        ]

    def _referring(self, collection: str) -> list[str]:
        """Return the test of those that refer to the entity that the call is about."""
        kind = self._reading.vocabulary.kind(collection)
        link = kind.reference_to(self._reading.collection) if kind is not None else None
        target: Entity | None = self._entities.found(self._reading.collection)
        if target is None or link is None:
            return []
        test = f"row[{literal(link.name)}] == {target.identifier}"
        return [test if target.sure else f"(not ({target.there()}) or {test})"]


def _filter(meaning: Meaning) -> str:
    """Return the test that an entity passes a filter."""
    held, wanted = f"row[{literal(meaning.attribute)}]", f"arguments[{literal(meaning.parameter)}]"
    if meaning.op in _RANGES:
        return f"{'at_least' if meaning.op in ('from', 'min') else 'at_most'}({held}, {wanted})"
    if meaning.op == "has":
        return f"{wanted} in ({held} or [])"
    return f"compare({held}, {wanted}) == 0" if meaning.format == "date" else f"same({held}, {wanted})"


def _conjunction(tests: list[str]) -> list[str]:
    return [f"{'and' if place else 'if'} {test}" for place, test in enumerate(tests)]
