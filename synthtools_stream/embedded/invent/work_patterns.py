"""Compose the deeds of an environment out of patterns of work, so that outputs of one feed inputs of another.

A pattern is what people do in a row: look something up, decide, act and tell somebody; search, compare and book;
create, attach and close. Which patterns an environment draws, and on which things, differs from one to the next.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.invent.deeds import Deed, Filter, FilterKind, life_cycle
from synthtools_stream.embedded.invent.parameter_wording import bounds_of
from synthtools_stream.embedded.invent.state_verbs import verb_into
from synthtools_stream.embedded.lexicon.field_lexicon import ThingAction
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import identifier, words
from synthtools_stream.records.blueprint import Attribute, EntityType

__all__ = ["Workshop"]

_GET_VERBS = (
    "show", "get", "fetch", "look up", "view", "retrieve", "pull up", "read", "check", "inspect", "review", "examine",
    "bring up", "consult", "display",
)  # fmt: skip
_SEARCH_VERBS = (
    "find", "search", "list", "browse", "look for", "scan", "filter", "query", "select", "go over",
)  # fmt: skip
_UPDATE_VERBS = ("change", "update", "correct", "revise", "amend", "edit", "modify", "alter", "adjust")
_CREATE_VERBS = (
    "create", "register", "open", "add", "record", "set up", "file", "enter", "log", "start", "draw up", "put in",
)  # fmt: skip
_DELETE_VERBS = ("delete", "remove", "purge", "erase", "discard", "strike")
_ASSIGN_VERBS = ("assign", "allocate", "attach", "match", "link", "pair")
_RAISE_VERBS = ("raise", "increase", "top up", "extend", "boost", "step up")
_LOWER_VERBS = ("lower", "reduce", "decrease", "cut", "trim")
_LATER_VERBS = ("postpone", "delay", "put off", "push back", "extend")
_SOONER_VERBS = ("bring forward", "move up")
_AHEAD = re.compile(
    r"due|start|end|visit|delivery|deadline|review|event|session|hearing|meeting|release|expiry|renewal|return|pickup|"
    r"departure|arrival|valid|show|match|course|class|exam|tour|launch|closing|opening|call|run|travel|move|audit"
)
_SEND_VERBS = ("send", "issue", "dispatch", "write", "post")
_KEEP_VERBS = ("attach", "add", "file", "append")
_MARK_VERBS = ("mark", "mark", "flag", "declare", "note", "set down", "put down")
_LABELS = ("name", "title", "code", "label")
_STOCKED = re.compile(
    r"stock|quantity|capacity|balance|budget|amount|spots|seats|places|slots|credit|points|limit|fee|price|rate|rent|"
    r"cost|wage|salary|hours|days|weeks|months|nights|minutes|units|copies|pages|hand|beds|bays|bins|items|free|left|"
    r"load|allowance|deposit|reserve|fuel|water|trucks|crew|staff|workers|pieces|doses|vials|samples|tickets|quota|"
    r"stipend|fund|grant|discount|volume|tonnes|litres|servings|portions|count|passengers|guests|attendees|pupils|"
    r"panels|pots|trays|packs|packages|cases|pallets|containers|weight|share|value|total|estimate|goal|retainer|"
    r"guarantee|bonus|fine|refund|prize|tips|refills|renewals|rounds|sessions|stops|terms|quote"
)
"""Names of what is raised and lowered by amounts; nobody raises an accuracy or a year by three."""
_MAKING_VERBS = frozenset(
    {*_CREATE_VERBS, *_KEEP_VERBS, *_SEND_VERBS, "book", "place", "schedule", "order", "request", "plan"}
)
"""Of a state, they would sound as if something new were made: then one marks the thing instead."""


@dataclass
class Workshop:
    """Draws deeds for one environment; every draw uses the same generator, in order."""

    types: Sequence[EntityType]
    actions: Sequence[ThingAction]
    rng: random.Random

    def deeds(self, count: int) -> list[Deed]:
        """Return up to `count` distinct deeds, most of them from whole patterns."""
        patterns: list[Callable[[], list[Deed]]] = [
            self._act_and_tell,
            self._compare_and_book,
            self._create_and_close,
            self._inspect_and_correct,
            self._keep_stock,
        ]
        self.rng.shuffle(patterns)
        chosen: dict[tuple[str, ...], Deed] = {}
        for pattern in patterns[: self.rng.choice([2, 3, 3, 4])]:
            self._take(chosen, pattern(), count)
        self._take(chosen, self._everything(), count)
        return list(chosen.values())

    def _take(self, chosen: dict[tuple[str, ...], Deed], offered: list[Deed], count: int) -> None:
        for deed in offered:
            key = (deed.operation, deed.noun, *(_difference(deed)))
            if len(chosen) < count:
                chosen.setdefault(key, deed)

    @property
    def _focus(self) -> EntityType:
        return self.types[0]

    def _act_and_tell(self) -> list[Deed]:
        told = [deed for kind in self._about(self._focus) for deed in self._create(kind)]
        return [self._read(self._focus), *self._transitions(self._focus)[:2], *told[:1]]

    def _compare_and_book(self) -> list[Deed]:
        helpers = [kind for kind in self.types[1:] if self._linked(self._focus, kind)]
        if not helpers:
            return [self._search(self._focus)]
        helper = self.rng.choice(helpers)
        booked = self._assign(self._focus, helper) or self._create(self._focus)
        return [self._search(helper), *booked[:1], self._get(self._focus)]

    def _create_and_close(self) -> list[Deed]:
        kept = [deed for kind in self._about(self._focus)[-1:] for deed in self._create(kind)]
        return [*self._create(self._focus)[:1], *kept, *self._transitions(self._focus)[-1:]]

    def _inspect_and_correct(self) -> list[Deed]:
        kind = self.rng.choice(self._main_types())
        return [self._search(kind), *self._updates(kind)[:1], self._get(kind)]

    def _keep_stock(self) -> list[Deed]:
        stocked = [kind for kind in self._main_types() if self._amounts(kind)]
        if not stocked:
            return []
        kind = self.rng.choice(stocked)
        return [self._search(kind), *self._adjusts(kind)[:1]]

    def _everything(self) -> list[Deed]:
        deeds: list[Deed] = []
        for kind in self.types:
            deeds += [self._get(kind), self._search(kind), *self._create(kind), *self._updates(kind)]
            deeds += [*self._transitions(kind), *self._adjusts(kind), *self._deletes(kind)]
            deeds += [deed for other in self.types for deed in self._assign(kind, other)]
        self.rng.shuffle(deeds)
        return deeds

    def _main_types(self) -> list[EntityType]:
        return [kind for kind in self.types if not any(item.volatile for item in kind.attributes)] or [self._focus]

    def _about(self, focus: EntityType) -> list[EntityType]:
        return [kind for kind in self.types if kind is not focus and self._linked(kind, focus)]

    def _linked(self, kind: EntityType, other: EntityType) -> bool:
        return any(item.references == other.collection for item in kind.attributes)

    def _amounts(self, kind: EntityType) -> list[Attribute]:
        numbers = [item for item in kind.attributes if item.type in {"integer", "float"}]
        wide = [item for item in numbers if (span := bounds_of(item)) is None or span[1] >= 5]
        return [item for item in wide if _STOCKED.search(item.name)]

    def _read(self, kind: EntityType) -> Deed:
        return self._get(kind) if self.rng.random() < 0.7 else self._search(kind)

    def _get(self, kind: EntityType) -> Deed:
        shown = [item.name for item in kind.attributes if not item.volatile]
        cycle = life_cycle(kind)
        kept = self.rng.sample(shown, min(len(shown), self.rng.randint(3, 6)))
        if cycle and cycle.name not in kept:
            kept[-1] = cycle.name
        ordered = tuple(name for name in shown if name in kept)
        return Deed(Operation.get, kind.name, self.rng.choice(_GET_VERBS), attributes=ordered)

    def _search(self, kind: EntityType) -> Deed:
        choices = [item for item in kind.attributes if not item.volatile and item.name not in _LABELS]
        choices = [item for item in choices if item.type != "object" and "each with" not in item.description]
        self.rng.shuffle(choices)
        filters = [self._filter(item) for item in choices[: self.rng.choice([1, 2, 2, 3])]]
        sortable = [item for item in kind.attributes if item.type in {"integer", "float"} or item.format]
        order = self.rng.choice(sortable) if sortable else None
        if self.rng.random() < 0.4 and order is not None:
            filters.append(Filter("", FilterKind.limit))
        return Deed(
            Operation.search,
            kind.name,
            self.rng.choice(_SEARCH_VERBS),
            filters=tuple(filters),
            sort=order.name if order else "",
            descending=bool(order) and self.rng.random() < 0.4,
        )

    def _filter(self, item: Attribute) -> Filter:
        if item.type in {"integer", "float"} or item.format:
            return Filter(item.name, self.rng.choice([FilterKind.least, FilterKind.most]))
        return Filter(item.name, FilterKind.equal)

    def _create(self, kind: EntityType) -> list[Deed]:
        cycle = life_cycle(kind)
        settable = [item for item in kind.attributes if cycle is None or item.name != cycle.name][:7]
        spare = [item for item in settable if not item.references and not item.volatile and item.name not in _LABELS]
        if len(settable) > 4 and spare:
            settable.remove(self.rng.choice(spare))
        known = [act for act in self.actions if act.noun == kind.name and act.kind == "create" and act.verb]
        other = next((ref for item in settable if (ref := self._by_collection(item.references))), None)
        if known:
            verb = self.rng.choice(known).verb
        elif any(item.volatile for item in kind.attributes):
            verb = self.rng.choice(
                _SEND_VERBS if any(item.name == "channel" for item in kind.attributes) else _KEEP_VERBS
            )
        else:
            verb = self.rng.choice(_CREATE_VERBS)
        states, after = self._claim(other, cycle is not None)
        return [
            Deed(
                Operation.create,
                kind.name,
                verb,
                attributes=tuple(item.name for item in settable),
                to=(cycle.enum or [""])[0] if cycle else "",
                other=other.name if other else "",
                other_states=states,
                other_to=after,
            )
        ]

    def _claim(self, other: EntityType | None, binding: bool) -> tuple[tuple[str, ...], str]:
        """Return the states in which the other thing may be taken, and the state that it enters."""
        cycle = life_cycle(other) if other else None
        if cycle is None or not cycle.enum or len(cycle.enum) < 3 or not binding or self.rng.random() < 0.5:
            return (), ""
        allowed = tuple(cycle.enum[: self.rng.choice([1, 2])])
        onward = len(allowed) < len(cycle.enum) - 1 and self.rng.random() < 0.5
        return allowed, cycle.enum[len(allowed)] if onward else ""

    def _by_collection(self, collection: str | None) -> EntityType | None:
        return next((kind for kind in self.types if kind.collection == collection), None)

    def _updates(self, kind: EntityType) -> list[Deed]:
        cycle = life_cycle(kind)
        free = [
            item
            for item in kind.attributes
            if not item.references and not item.volatile and (cycle is None or item.name != cycle.name)
        ]
        told = {act.sets for act in self.actions if act.noun == kind.name and act.kind == "update"}
        free = [item for item in free if item.name not in _LABELS] or free
        free = sorted(free, key=lambda item: item.name not in told)
        if not free:
            return []
        count = self.rng.choice([1, 2, 2, 3])
        start = self.rng.randrange(max(1, len(free) - count + 1))
        names = tuple(item.name for item in free[start : start + count])
        states = tuple((cycle.enum or [])[:-1][:3]) if cycle and self.rng.random() < 0.6 else ()
        fitting = [act for act in self.actions if act.noun == kind.name and act.kind == "update" and act.verb]
        known = [act.verb for act in fitting if (act.sets,) == names]
        verb = self.rng.choice(known or _UPDATE_VERBS)
        return [Deed(Operation.update, kind.name, verb, attributes=names, states=states)]

    def _transitions(self, kind: EntityType) -> list[Deed]:
        cycle = life_cycle(kind)
        if cycle is None or not cycle.enum or len(cycle.enum) < 2:
            return []
        deeds = [
            deed
            for act in self.actions
            if act.noun == kind.name
            and act.kind in {"transition", "cancel"}
            and (deed := self._known(act, kind, cycle))
        ]
        reached = {deed.to for deed in deeds}
        for before, after in zip(cycle.enum, cycle.enum[1:], strict=False):
            if after not in reached:
                verb = self._entering(words(after))
                noted = self._noted(kind, cycle)
                deeds.append(Deed(Operation.transition, kind.name, verb, attributes=noted, states=(before,), to=after))
        self.rng.shuffle(deeds)
        return deeds

    def _known(self, act: ThingAction, kind: EntityType, cycle: Attribute) -> Deed | None:
        enum = cycle.enum or []
        states = tuple(state for state in enum if state in {identifier(start) for start in act.from_states})
        to = identifier(act.to)
        if to not in enum or not act.verb:
            return None
        states = tuple(state for state in states or enum if state != to)[:3]
        recorded = [item.name for item in kind.attributes if item.name == identifier(act.sets) != cycle.name]
        attributes = tuple(recorded[:1]) if self.rng.random() < 0.6 else ()
        attributes = attributes or self._noted(kind, cycle)
        making = act.verb.split(" ")[0] in _MAKING_VERBS
        verb = f"{self.rng.choice(_MARK_VERBS)} as {words(to)}" if making else act.verb
        return Deed(Operation.transition, kind.name, verb, attributes=attributes, states=states, to=to)

    def _noted(self, kind: EntityType, cycle: Attribute) -> tuple[str, ...]:
        """Return what is recorded at times when a thing moves on: a measure, a date or a choice."""
        plain = [item for item in kind.attributes if not item.references and not item.volatile and item is not cycle]
        measured = [item.name for item in plain if item.enum or item.format or item.type in {"integer", "float"}]
        return (self.rng.choice(measured),) if measured and self.rng.random() < 0.3 else ()

    def _entering(self, state: str) -> str:
        """Return the verb that brings a thing into a state; where none shows, one marks it."""
        verb = verb_into(state)
        if verb.startswith("mark as ") or verb in _MAKING_VERBS:
            return f"{self.rng.choice(_MARK_VERBS)} as {state}"
        return verb

    def _assign(self, kind: EntityType, other: EntityType) -> list[Deed]:
        refs = [item for item in kind.attributes if item.references == other.collection]
        aside = kind.description.startswith("Something ")
        if not refs or kind is other or aside or any(item.volatile for item in kind.attributes):
            return []
        fitting = [act for act in self.actions if act.kind == "assign" and act.noun == kind.name]
        known = [act.verb for act in fitting if act.verb and act.sets in refs[0].name]
        cycle = life_cycle(kind)
        states = tuple((cycle.enum or [])[: self.rng.choice([1, 2])]) if cycle and self.rng.random() < 0.6 else ()
        claimed, after = self._claim(other, binding=not known)
        return [
            Deed(
                Operation.assign,
                kind.name,
                self.rng.choice(known or _ASSIGN_VERBS),
                attributes=(refs[0].name,),
                states=states,
                other=other.name,
                other_states=claimed,
                other_to=after,
                onward=bool(known),
            )
        ]

    def _adjusts(self, kind: EntityType) -> list[Deed]:
        deeds = []
        amounts = self._amounts(kind)
        for item in amounts[:2]:
            up = self.rng.random() < 0.5
            verb = self.rng.choice(_RAISE_VERBS if up else _LOWER_VERBS)
            bound = "" if up else item.name
            deeds.append(Deed(Operation.adjust, kind.name, verb, attributes=(item.name,), up=up, bound=bound))
        return [*deeds, *self._shifts(kind)]

    def _shifts(self, kind: EntityType) -> list[Deed]:
        """A date that still lies ahead may be put off or brought forward by some days."""
        ahead = [item for item in kind.attributes if item.format == "date" and _AHEAD.search(item.name)]
        if not ahead or self.rng.random() < 0.4:
            return []
        item, up = self.rng.choice(ahead), self.rng.random() < 0.7
        verb = self.rng.choice(_LATER_VERBS if up else _SOONER_VERBS)
        cycle = life_cycle(kind)
        states = tuple((cycle.enum or [])[:-1][:3]) if cycle and self.rng.random() < 0.6 else ()
        return [Deed(Operation.adjust, kind.name, verb, attributes=(item.name,), states=states, up=up)]

    def _deletes(self, kind: EntityType) -> list[Deed]:
        cycle = life_cycle(kind)
        if cycle is None or not cycle.enum or len(cycle.enum) < 2 or self.rng.random() < 0.5:
            return []
        states = (cycle.enum[0], cycle.enum[-1]) if self.rng.random() < 0.5 else (cycle.enum[0],)
        return [Deed(Operation.delete, kind.name, self.rng.choice(_DELETE_VERBS), states=states)]


def _difference(deed: Deed) -> tuple[str, ...]:
    """Return what makes two deeds of one operation and noun two deeds."""
    if deed.operation in {Operation.transition}:
        return (deed.to,)
    return deed.attributes[:1] if deed.operation in {Operation.adjust, Operation.assign} else ()
