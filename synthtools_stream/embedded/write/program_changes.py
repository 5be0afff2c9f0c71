"""What a tool changes, as the expressions of a program: settings by entity, in the order in which they are made."""

from __future__ import annotations

from dataclasses import dataclass, field

from synthtools_stream.embedded.read import ChangeStep, Operand, Source, StepKind, ToolReading, change_steps
from synthtools_stream.embedded.write.program_entities import Entities, Entity, argument, given_test, is_sure
from synthtools_stream.embedded.write.python_text import Code, Group, literal, mapping, wrapped

__all__ = ["Changes"]


@dataclass(frozen=True)
class _Setting:
    """One attribute and what it becomes."""

    attribute: str
    value: str
    parameter: str = ""
    """The optional parameter that has to be given for it."""

    @property
    def is_plain(self) -> bool:
        """Whether it becomes just what that parameter gives."""
        return self.value == f"arguments.get({literal(self.parameter)})"


@dataclass
class _Written:
    """An entity that is updated."""

    entity: Entity
    settings: list[_Setting] = field(default_factory=list[_Setting])
    variable: str = ""
    """Where its new attributes are kept, if the response reads them."""
    after: str = ""
    """Where it is kept as a whole as it stands afterwards."""

    def sets(self, attribute: str) -> list[_Setting]:
        """Return what sets one attribute."""
        return [setting for setting in self.settings if setting.attribute == attribute]


class Changes:
    """All that a successful call changes."""

    def __init__(self, reading: ToolReading, entities: Entities) -> None:
        """Draw up the changes that a reading tells; none for a tool that only reads."""
        self._reading = reading
        self._entities = entities
        self._created: dict[Entity, dict[str, str]] = {}
        self._updated: dict[Entity, _Written] = {}
        self._removed: list[Entity] = []
        self._order: list[Entity] = []
        for step in change_steps(reading):
            self._take(step)

    def _take(self, step: ChangeStep) -> None:
        if step.kind is StepKind.create:
            self._create(step.collection)
            return
        place, value = self._place(step.collection), self._value(step.value)
        if place is None or value is None:
            return
        if step.kind is StepKind.remove:
            self._removed.append(place)
        elif step.kind is StepKind.set:
            self._set(place, step.attribute, *value)
        else:
            self._shift(place, step.attribute, value, step.up)

    def _place(self, collection: str) -> Entity | None:
        if not collection:
            own = self._reading.collection
            return self._entities.target or (self._entities.found(own) if own else None)
        return self.made(collection) or self._entities.found(collection)

    def _value(self, operand: Operand) -> tuple[str, str] | None:
        """Return the expression of a value, and the optional parameter that has to be given for it."""
        if operand.source is Source.constant:
            return literal(operand.value), ""
        if operand.source is Source.now:
            return "now[:10]" if operand.value == "date" else "now", ""
        if operand.source is Source.attribute:
            entity = self._entities.found(operand.via_collection)
            return (entity.attribute(operand.name), "") if entity is not None else None
        meaning = self._reading.meaning(operand.name)
        if meaning is None:
            return None
        return argument(meaning), "" if is_sure(meaning) else meaning.parameter

    def _create(self, collection: str) -> Entity:
        kind = self._reading.vocabulary.kind(collection)
        made = self._entities.created(collection, kind.noun if kind else "", len(self._created) + 1)
        self._created[made] = {name: literal(value) for name, value in kind.blank().items()} if kind else {}
        self._order.append(made)
        return made

    def _set(self, entity: Entity, attribute: str, value: str, parameter: str = "") -> None:
        """Set an attribute; with an optional parameter only where that is given."""
        if entity in self._created:
            held = self._created[entity].get(attribute, "None")
            self._created[entity][attribute] = self._either(_Setting(attribute, value, parameter), held)
            return
        if entity not in self._updated:
            self._updated[entity] = _Written(entity)
            self._order.append(entity)
        written = self._updated[entity]
        if not parameter:
            written.settings = [setting for setting in written.settings if setting.attribute != attribute]
        written.settings.append(_Setting(attribute, value, parameter))

    def _shift(self, entity: Entity, attribute: str, amount: tuple[str, str], up: bool) -> None:
        """Raise or lower a number, or move a date."""
        kind = self._reading.vocabulary.kind(entity.collection)
        trait = kind.trait(attribute) if kind is not None else None
        present = self._present(entity, attribute)
        if trait is not None and trait.format:
            days = amount[0] if up else f"-{amount[0]}"
            self._set(entity, attribute, f"days_after({present}, {days})", amount[1])
        elif trait is None or trait.type in ("integer", "float"):
            # Not guarded: where no amount is given, the number stays, and what stays is no change.
            self._set(entity, attribute, f"{'plus' if up else 'minus'}({present}, {amount[0]})")

    def _present(self, entity: Entity, attribute: str) -> str:
        """Return what an attribute is after the settings so far."""
        if entity in self._created:
            return self._created[entity].get(attribute, "None")
        set_by = self._updated[entity].sets(attribute) if entity in self._updated else []
        if not set_by:
            return entity.attribute(attribute)
        return self._either(set_by[-1], entity.attribute(attribute))

    def _either(self, setting: _Setting, otherwise: str) -> str:
        """Return the expression of what an attribute becomes, or else of what it is."""
        meaning = self._reading.meaning(setting.parameter) if setting.parameter else None
        if meaning is None:
            return setting.value
        if setting.is_plain:
            return argument(meaning, otherwise)
        return f"({setting.value} if {given_test(setting.parameter)} else {otherwise})"

    def made(self, collection: str) -> Entity | None:
        """Return the entity of a collection that is created."""
        return next((entity for entity in self._created if entity.collection == collection), None)

    def attribute(self, entity: Entity, name: str) -> str:
        """Return the expression of an attribute as it is after the call."""
        written = self._updated.get(entity)
        set_by = written.sets(name) if written is not None else []
        if written is None or not set_by:
            return entity.attribute(name)
        if any(setting.parameter for setting in set_by):
            held = self._after(written)
        else:
            held = written.variable = written.variable or self._changed_name(entity)
        return f"{held}[{literal(name)}]" if entity.sure else f"{held}.get({literal(name)})"

    def whole(self, entity: Entity) -> str:
        """Return the expression of an entity as it is after the call."""
        written = self._updated.get(entity)
        return self._after(written) if written is not None else entity.whole()

    def _after(self, written: _Written) -> str:
        written.variable = written.variable or self._changed_name(written.entity)
        written.after = written.after or (
            "after" if written.variable == "changed" else f"{written.entity.variable}_after"
        )
        return written.after

    def _changed_name(self, entity: Entity) -> str:
        taken = any(written.variable == "changed" for written in self._updated.values())
        return f"{entity.variable}_changed" if taken else "changed"

    def lines(self) -> list[Code]:
        """Return the statements before the answer, after all that the response reads is known."""
        lines: list[Code] = []
        for entity, attributes in self._created.items():
            if entity.used:
                lines.append(mapping(attributes.items(), f"{entity.variable} = {{"))
        for written in self._updated.values():
            if written.variable:
                otherwise = "" if written.entity.sure else f" if {written.entity.there()} else {{}}"
                lines.append(wrapped(f"{written.variable} = ", self._settings(written), otherwise))
            if written.after:
                lines.append(f"{written.after} = {{**{written.entity.whole()}, **{written.variable}}}")
        return lines

    def _settings(self, written: _Written) -> Group:
        """Return the new attributes of an entity as a mapping."""
        entries: list[tuple[str, Code]] = []
        stored = {s.attribute: s.parameter for s in written.settings if s.parameter and s.is_plain}
        for setting in written.settings:
            if not setting.parameter:
                entries.append((setting.attribute, setting.value))
            elif setting.attribute not in stored:
                test = given_test(setting.parameter)
                entries.append(("", f"**({{{literal(setting.attribute)}: {setting.value}}} if {test} else {{}})"))
        if not stored:
            return mapping(entries)
        given = mapping(((name, literal(parameter)) for name, parameter in stored.items()), "given(arguments, {", "})")
        if not entries:
            return given
        return mapping([("", wrapped("**", given)), *entries])

    def listed(self) -> list[tuple[str, Code]]:
        """Return the changes, each with the test whether it is made; empty where every success makes it."""
        changes: list[tuple[str, Code]] = []
        for entity in self._order:
            if entity in self._created:
                changes.append(("", self._creation(entity)))
            elif entity not in self._removed:
                written = self._updated[entity]
                fresh: Code = written.variable or self._settings(written)
                parts: list[Code] = [literal(entity.collection), entity.identifier, fresh]
                changes.append((entity.there(), Group("update(", parts, ")")))
        removed = [(e.there(), f"delete({literal(e.collection)}, {e.identifier})") for e in self._removed]
        return [*changes, *removed]

    def _creation(self, entity: Entity) -> Code:
        number = list(self._created).index(entity) + 1
        attributes: Code = entity.variable if entity.used else mapping(self._created[entity].items())
        more = [str(number)] if number > 1 else []
        return Group("create(", [literal(entity.collection), attributes, *more], ")")
