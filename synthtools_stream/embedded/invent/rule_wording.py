"""Give a tool its prose rules: what must hold between parameters, state and clock, each with its error message."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.english import a, join, plural
from synthtools_stream.embedded.invent.deeds import life_cycle, type_named
from synthtools_stream.embedded.invent.input_slots import Slot, SlotKind
from synthtools_stream.embedded.invent.parameter_wording import Writing
from synthtools_stream.embedded.invent.state_verbs import participle
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import capital, pascal, words
from synthtools_stream.records.blueprint import EntityType

__all__ = ["WrittenRule", "write_rules"]

_BYGONE = re.compile(
    r"birth|founded|acquired|purchas|issued|last|since|built|made|received|harvest|opened|joined|hired"
)
"""Names of dates that are told after the fact. Fewer than those whose values lie back: a start may be planned."""
_MOST_RULES = 5
"""Rules a tool: more leave no state in which a call succeeds."""


@dataclass(frozen=True)
class WrittenRule:
    """One rule as it stands in `usage`, and its mirror in `error_messages`."""

    text: str
    error: str


def write_rules(slots: Sequence[Slot], writing: Writing) -> list[WrittenRule]:
    """Return the tool's rules: those its purpose states, then some that its parameters suggest."""
    rules = [*_state_rules(writing), *_amount_rules(slots, writing), *_search_rules(slots, writing)]
    if writing.deed.operation is not Operation.search:
        rules += [*_date_rules(slots, writing), *_choice_rules(slots, writing), *_difference_rules(slots, writing)]
        rules += _given_rules(writing)
    return rules[:_MOST_RULES]


def _state_rules(writing: Writing) -> list[WrittenRule]:
    deed = writing.deed
    rules = [_state_rule(writing.kind, deed.states, _done(writing), writing)] if deed.states else []
    other = type_named(writing.types, deed.other)
    if other and deed.other_states:
        done = participle(deed.verb) if deed.operation is Operation.assign and not deed.onward else "used"
        rules.append(_state_rule(other, deed.other_states, done, writing))
    return [rule for rule in rules if rule]


def _done(writing: Writing) -> str:
    """Return what is done to the thing itself, in the passive: `cancelled`, `given another carrier`."""
    deed = writing.deed
    if deed.operation is Operation.assign and not deed.onward:
        return f"given another {deed.other}" if writing.differs else f"given {a(deed.other)}"
    verb, _, state = deed.verb.partition(" as ")
    return f"{participle(verb)} as {state}" if state else participle(verb)


def _state_rule(kind: EntityType, states: Sequence[str], done: str, writing: Writing) -> WrittenRule:
    cycle = life_cycle(kind)
    name = words(cycle.name) if cycle else "status"
    allowed = join([words(state) for state in states], "or")
    text = writing.rng.choice(_state_texts(kind, name, allowed, done, _barred(kind, states)))
    label = writing.rng.choice(
        [
            f"Wrong{pascal(name)}",
            f"{pascal(kind.name)}Not{pascal(words(states[0]))}",
            "NotAllowedNow",
            f"{pascal(kind.name)}Locked",
            f"{pascal(name)}Conflict",
        ]
    )
    hint = writing.rng.choice(
        [
            f"check its {name} first",
            f"choose another {kind.name}",
            f"wait until its {name} allows it",
            f"look up its {name}",
            f"pick one that is {words(states[0])}",
        ]
    )
    return WrittenRule(text, f"{label}: the {kind.name}'s {name} is not {allowed}; {hint}")


def _barred(kind: EntityType, states: Sequence[str]) -> list[str]:
    """Return the states in which it is not allowed."""
    cycle = life_cycle(kind)
    return [words(state) for state in (cycle.enum or [] if cycle else []) if state not in states]


def _state_texts(kind: EntityType, name: str, allowed: str, done: str, barred: Sequence[str]) -> list[str]:
    """Return the ways to say in which states something may be done."""
    one, the = a(kind.name), f"the {kind.name}"
    texts = [
        f"Only {one} whose {name} is {allowed} can be {done}.",
        f"Only {one} whose {name} is {allowed} may be {done}.",
        f"{capital(the)} must be {allowed}.",
        f"{capital(the)} must still be {allowed} before it is {done}.",
        f"{capital(the)}'s {name} must be {allowed}.",
        f"The {kind.name} has to be {allowed}.",
        f"The {kind.name} needs to be {allowed} first.",
        f"It works only on {one} that is {allowed}.",
        f"Allowed only while the {kind.name} is {allowed}.",
        f"It applies only to {one} that is still {allowed}.",
        f"Possible only as long as the {kind.name}'s {name} is {allowed}.",
    ]
    if " " not in kind.name:
        texts.append(f"Only {allowed} {plural(kind.name)} can be {done}.")
    if 0 < len(barred) < 3:
        texts += [
            f"{capital(one)} whose {name} is {join(barred, 'or')} cannot be {done}.",
            f"No {kind.name} whose {name} is {join(barred, 'or')} can be {done}.",
            f"{capital(the)} must not be {join(barred, 'or')}.",
        ]
    return texts


def _amount_rules(slots: Sequence[Slot], writing: Writing) -> list[WrittenRule]:
    bound = next((item for item in writing.kind.attributes if item.name == writing.deed.bound), None)
    amount = next((slot for slot in slots if slot.kind is SlotKind.amount), None)
    if bound is None or amount is None:
        return []
    owned = f"the {writing.kind.name}'s {writing.said(bound)}"
    label = writing.rng.choice(["TooMuch", "NotEnough", f"Insufficient{pascal(writing.said(bound))}", "AmountTooHigh"])
    must = writing.rng.choice(["must not exceed", "may not exceed", "must be at most", "must be no more than"])
    hint = writing.rng.choice(["lower it", "give a smaller amount", f"look up the {writing.kind.name} first"])
    return [WrittenRule(f"{amount.name} {must} {owned}.", f"{label}: {amount.name} exceeds {owned}; {hint}")]


def _search_rules(slots: Sequence[Slot], writing: Writing) -> list[WrittenRule]:
    if writing.deed.operation is not Operation.search:
        return []
    names = [slot.name for slot in slots if slot.kind is not SlotKind.limit]
    if len(names) < 2 or not all(name in writing.optional for name in names):
        return []
    label = writing.rng.choice(["NothingToSearchBy", "NoFilter", "TooBroad"])
    error = f"{label}: none of {join(names)} is given; give at least one of them"
    return [WrittenRule(_any_text(names, writing), error)]


def _any_text(names: Sequence[str], writing: Writing) -> str:
    listed = join(names)
    return writing.rng.choice(
        [
            f"At least one of {listed} must be given.",
            f"Give at least one of {listed}.",
            f"It needs at least one of {listed}.",
            f"A call names at least one of {listed}.",
        ]
    )


def _date_rules(slots: Sequence[Slot], writing: Writing) -> list[WrittenRule]:
    dated = [
        slot for slot in slots if slot.kind is SlotKind.sets and slot.attribute and slot.attribute.format == "date"
    ]
    rules: list[WrittenRule] = []
    future = [slot for slot in dated if not _BYGONE.search(slot.name)]
    if future and writing.rng.random() < 0.75:
        name = future[0].name
        must = writing.rng.choice(["must not lie in the past", "must be today or later", "must not be in the past"])
        label = writing.rng.choice(["DateInThePast", "TooLate", f"{pascal(words(name))}Passed"])
        hint = writing.rng.choice(["choose a later date", "give a date from today on", "check the calendar"])
        rules.append(WrittenRule(f"{name} {must}.", f"{label}: {name} lies in the past; {hint}"))
    if len(dated) > 1 and not {*writing.optional} & {slot.name for slot in dated[:2]}:
        first, second = _in_time(dated[0], dated[1])
        word = writing.rng.choice(["later than", "on or after", "after", "no earlier than"])
        rules.append(
            WrittenRule(
                f"{second} must be {word} {first}.",
                f"DatesOutOfOrder: {second} is not {word} {first}; check both dates",
            )
        )
    return rules


_LATER = re.compile(r"end|due|deliver|return|expir|close|finish|check_?out|until|complet|arriv|deadline|release")


def _in_time(one: Slot, two: Slot) -> tuple[str, str]:
    """Return the names of two date parameters, the one that comes first in time first."""
    if _LATER.search(one.name) and not _LATER.search(two.name):
        return two.name, one.name
    return one.name, two.name


def _choice_rules(slots: Sequence[Slot], writing: Writing) -> list[WrittenRule]:
    choices = [slot for slot in slots if slot.kind is SlotKind.sets and slot.attribute and slot.attribute.enum]
    texts = [slot for slot in slots if slot.attribute and slot.attribute.volatile]
    left_out = [
        slot for slot in slots if slot.name in writing.optional and slot.attribute and slot.kind is SlotKind.sets
    ]
    if not choices or not choices[0].attribute or choices[0].name in writing.optional:
        return []
    enum = choices[0].attribute.enum or [""]
    value = writing.rng.choice(enum)
    if texts and texts[0].name not in writing.optional:
        return [_length_rule(choices[0].name, "sms" if "sms" in enum else value, texts[0].name, writing.rng)]
    if left_out and writing.deed.operation is Operation.create:
        return [_needed_rule(choices[0].name, value, left_out[0].name, writing.rng)]
    return []


def _length_rule(name: str, value: str, text: str, rng: random.Random) -> WrittenRule:
    most = rng.choice([80, 120, 140, 160])
    limit = f"{text} must have {most} characters at most"
    told = rng.choice(
        [
            f"If {name} is {words(value)}, {limit}.",
            f"When {name} is {words(value)}, {limit}.",
            f"{limit} when {name} is {words(value)}.",
            f"{text} must be at most {most} characters long if {name} is {words(value)}.",
        ]
    )
    return WrittenRule(told, f"TextTooLong: {text} has more than {most} characters; shorten it")


def _needed_rule(name: str, value: str, needed: str, rng: random.Random) -> WrittenRule:
    told = rng.choice(
        [
            f"When {name} is {words(value)}, {needed} is required.",
            f"{needed} is required if {name} is {words(value)}.",
            f"If {name} is {words(value)}, {needed} must be given.",
            f"{needed} must be given when {name} is {words(value)}.",
        ]
    )
    label = f"Missing{pascal(words(needed))}"
    return WrittenRule(told, f"{label}: {name} is {words(value)} but {needed} is missing; give it")


def _difference_rules(slots: Sequence[Slot], writing: Writing) -> list[WrittenRule]:
    slot = next((slot for slot in slots if slot.attribute and slot.attribute.references), None)
    if not writing.differs or slot is None or slot.attribute is None:
        return []
    present = f"the {writing.kind.name}'s present {writing.said(slot.attribute)}"
    must = writing.rng.choice(["must differ from", "must not be the same as", "must not equal"])
    label = writing.rng.choice(["NoChange", "SameAsBefore", f"Same{pascal(writing.said(slot.attribute))}"])
    return [WrittenRule(f"{slot.name} {must} {present}.", f"{label}: {slot.name} is {present}; choose another one")]


def _given_rules(writing: Writing) -> list[WrittenRule]:
    names = writing.optional
    if writing.deed.operation is not Operation.update or len(names) < 2:
        return []
    label = writing.rng.choice(["NothingToChange", "NoNewValue", "EmptyUpdate"])
    return [WrittenRule(_any_text(names, writing), f"{label}: none of {join(names)} is given; give at least one")]
