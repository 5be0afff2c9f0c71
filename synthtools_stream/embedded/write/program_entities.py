"""The entities that a program looks up: each one's variable, where its id comes from, and whether it is there."""

from __future__ import annotations

import builtins
import keyword
from dataclasses import dataclass

from synthtools_stream.embedded.prose import identifier
from synthtools_stream.embedded.read import Meaning, Operand, ToolReading
from synthtools_stream.embedded.write.python_text import literal
from synthtools_stream.programs import prelude

__all__ = ["Entities", "Entity", "argument", "given_test", "is_sure"]

_TAKEN = frozenset(
    {"state", "arguments", "now", "call", "found", "shown", "row", "row_id", "changed", "after", "changes"}
    | set(dir(builtins))
    | set(keyword.kwlist)
    | set(vars(prelude))
)
"""Names that no entity's variable may have."""


@dataclass(eq=False)
class Entity:
    """An entity in a variable; `{}` stands for one that is not there."""

    collection: str
    variable: str
    identifier: str
    """The expression of its id."""
    guard: str = ""
    """The test whether it is there; empty where it is whenever the call is not refused."""
    used: bool = False
    """The program reads one of its attributes, so that it needs the variable."""

    def attribute(self, name: str) -> str:
        """Return the expression of one of its attributes; null where there is no such entity."""
        self.used = True
        return f"{self.variable}[{literal(name)}]" if self.sure else f"{self.variable}.get({literal(name)})"

    @property
    def sure(self) -> bool:
        """Whether it is there whenever the call is not refused."""
        return not self.guard

    def whole(self) -> str:
        """Return the expression of all its attributes."""
        self.used = True
        return self.variable

    def there(self) -> str:
        """Return the test whether it is there."""
        self.used = self.used or self.guard == self.variable
        return self.guard


def is_sure(meaning: Meaning | None) -> bool:
    """Say whether every call has a value for this parameter."""
    return meaning is not None and (meaning.required or meaning.default is not None)


def given_test(parameter: str) -> str:
    """Return the test whether a call gives an argument."""
    return f"{literal(parameter)} in arguments"


def argument(meaning: Meaning, otherwise: str = "") -> str:
    """Return the expression of an argument; null, or something else, where it is optional and not given."""
    name = literal(meaning.parameter)
    if is_sure(meaning):
        return f"arguments[{name}]"
    return f"arguments.get({name}, {otherwise})" if otherwise not in ("", "None") else f"arguments.get({name})"


class Entities:
    """All entities that one program speaks of; those that it reads are looked up at its head."""

    def __init__(self, reading: ToolReading) -> None:
        """Begin with those whose ids the arguments are."""
        self._reading = reading
        self._variables: set[str] = set()
        self._linked: dict[str, Entity] = {}
        self.named: dict[str, Entity] = {}
        """By the parameter that takes the id."""
        for meaning in reading.meanings:
            kind = reading.vocabulary.kind(meaning.collection)
            if meaning.takes_id and kind is not None:
                guard = "" if is_sure(meaning) else given_test(meaning.parameter)
                variable = self._variable(kind.noun)
                self.named[meaning.parameter] = Entity(kind.collection, variable, argument(meaning), guard)

    @property
    def target(self) -> Entity | None:
        """The entity acted on."""
        meaning = self._reading.target
        return self.named.get(meaning.parameter) if meaning is not None else None

    def created(self, collection: str, noun: str, number: int) -> Entity:
        """Return a new entity."""
        return Entity(collection, self._variable(noun), literal(f"$new{number}"))

    def reached(self, operand: Operand) -> Entity | None:
        """Return the entity whose attribute an operand is."""
        owner = self.named.get(operand.entity)
        if owner is None or not operand.via:
            return owner
        return self._at(operand.via_collection, owner.attribute(operand.via))

    def found(self, collection: str) -> Entity | None:
        """Return the entity of `collection` that a call reaches: an argument's, the target's first, or a linked one."""
        named = list(dict.fromkeys(entity for entity in (self.target, *self.named.values()) if entity is not None))
        ways = [entity for entity in named if entity.collection == collection]
        sure = next((entity for entity in ways if entity.sure), None)
        ways = ways[: ways.index(sure) + 1] if sure is not None else ways
        places = [entity.identifier for entity in ways]
        places += self._links(named, collection) if sure is None else []
        if ways and len(places) == 1:
            return ways[0]
        return self._at(collection, " or ".join(places), sure is not None) if places else None

    def _links(self, named: list[Entity], collection: str) -> list[str]:
        links: list[str] = []
        for entity in named:
            kind = self._reading.vocabulary.kind(entity.collection)
            link = kind.reference_to(collection) if kind is not None else None
            links += [entity.attribute(link.name)] if link is not None else []
        return links

    def _at(self, collection: str, place: str, sure: bool = False) -> Entity:
        """Return the entity whose id that expression is; nobody says that it is there."""
        if place not in self._linked:
            kind = self._reading.vocabulary.kind(collection)
            variable = self._variable(kind.noun if kind else "")
            self._linked[place] = Entity(collection, variable, place, "" if sure else variable)
        return self._linked[place]

    def _variable(self, noun: str) -> str:
        name = identifier(noun)
        name = name if name.isidentifier() else "entity"
        name = f"the_{name}" if name in _TAKEN else name
        names = (name, f"other_{name}", *(f"{name}_{number}" for number in range(3, 99)))
        free = next(each for each in names if each not in self._variables)
        self._variables.add(free)
        return free

    def lines(self) -> list[str]:
        """Return the refusals of absent ids, and the look-up of each entity that is read."""
        lines: list[str] = []
        for meaning in self._reading.meanings:
            if meaning.parameter in self.named:
                lines += self._named_lines(meaning, self.named[meaning.parameter])
        for entity in self._linked.values():
            held = f"state[{literal(entity.collection)}]"
            found = f"{held}[{entity.identifier}]" if entity.sure else f"{held}.get({entity.identifier}, {{}})"
            lines += [f"{entity.variable} = {found}"] if entity.used else []
        return lines

    def _named_lines(self, meaning: Meaning, entity: Entity) -> list[str]:
        name, held = literal(meaning.parameter), f"state[{literal(entity.collection)}]"
        refused = f"    return fail(404, {self._absent(meaning)})"
        if not entity.sure:
            looked_up = [f"{entity.variable} = {held}.get({entity.identifier}, {{}})"] if entity.used else []
            return [f"if {entity.guard} and arguments[{name}] not in {held}:", refused, *looked_up]
        if not entity.used:
            return [f"if arguments[{name}] not in {held}:", refused]
        return [f"{entity.variable} = {held}.get(arguments[{name}])", f"if {entity.variable} is None:", refused]

    def _absent(self, meaning: Meaning) -> str:
        before, behind = self._reading.absence(meaning)
        return f"{literal(before)} + arguments[{literal(meaning.parameter)}] + {literal(behind)}"
