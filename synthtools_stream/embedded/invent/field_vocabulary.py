"""What the embedded model knows of a field: its things, what can be done to them, and its kinds of work.

A field of the lexicon is known by heart. Any other field borrows generic things (records, visits, orders, …) and
puts its own words before them, so that "Lighthouse Keeping" has lighthouse inspections and lighthouse permits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from functools import lru_cache
from types import MappingProxyType

from synthtools_stream.embedded.english import plural, singular
from synthtools_stream.embedded.lexicon import Action, Attribute, Entity, General, load_lexicon
from synthtools_stream.embedded.prose import slug

__all__ = ["FieldVocabulary", "Thing", "ThingAction", "ThingTrait", "general_words", "known_thing", "vocabulary_of"]

_EMPTY_WORDS = frozenset({"and", "of", "the", "for", "in", "on", "to", "a", "an", "with", "services", "service"})


@dataclass(frozen=True)
class ThingTrait:
    """One attribute that a thing may have."""

    name: str
    type: str
    unit: str = ""
    values: tuple[str, ...] = ()
    low: float | None = None
    high: float | None = None
    of: str = ""
    """For `ref`: the noun that it refers to."""


@dataclass(frozen=True)
class Thing:
    """One kind of thing of a field."""

    noun: str
    plural: str
    prefix: str
    states: tuple[str, ...] = ()
    traits: tuple[ThingTrait, ...] = ()
    labels: tuple[str, ...] = ()
    """Believable names of such things."""
    label: str = ""
    """The attribute that holds such a name."""
    people: bool = False

    def trait(self, name: str) -> ThingTrait | None:
        """Return the trait of that name."""
        return next((trait for trait in self.traits if trait.name == name), None)


@dataclass(frozen=True)
class ThingAction:
    """Something people do to a thing, named as it is said."""

    verb: str
    noun: str
    kind: str
    start: tuple[str, ...] = ()
    to: str = ""
    sets: tuple[str, ...] = ()
    attribute: str = ""


@dataclass(frozen=True)
class FieldVocabulary:
    """All that is known of a field."""

    subfields: tuple[str, ...]
    scenarios: tuple[str, ...]
    things: tuple[Thing, ...]
    actions: tuple[ThingAction, ...]
    known: bool = True


def vocabulary_of(field: str) -> FieldVocabulary:
    """Return the vocabulary of `field`; an unknown field gets one composed from its own words."""
    entry = load_lexicon().entry(field)
    if entry is None:
        return _compose(field)
    things = tuple(_thing(entity) for entity in entry.entities)
    return FieldVocabulary(
        entry.subfields, entry.scenarios, things, tuple(_action(action, entry.entities) for action in entry.actions)
    )


def known_thing(noun: str, attribute: str = "") -> Thing | None:
    """Return what any field knows of things with this name, or else of its last word: best one that has `attribute`."""
    known = _index().get(noun) or _index().get(noun.rpartition(" ")[2]) or ()
    fitting = (thing for thing in known if attribute and (thing.label == attribute or thing.trait(attribute)))
    return next(fitting, known[0] if known else None)


def general_words() -> General:
    """Return the names, places and phrases that fit any field."""
    return load_lexicon().general


@lru_cache(maxsize=1)
def _index() -> Mapping[str, Sequence[Thing]]:
    found: dict[str, list[Thing]] = {}
    lexicon = load_lexicon()
    for entities in (*(entry.entities for entry in lexicon.fields.values()), lexicon.general.generic_entities):
        for entity in entities:
            found.setdefault(re.sub(r"[-_]", " ", entity.noun), []).append(_thing(entity))
            if "-" in entity.noun:
                found.setdefault(entity.noun, []).append(_thing(entity))
    return found


def _compose(field: str) -> FieldVocabulary:
    general = load_lexicon().general
    word = _own_word(field)
    names = {entity.noun: f"{word} {entity.noun}" for entity in general.generic_entities if not entity.people}
    things = tuple(_own(_thing(entity), names) for entity in general.generic_entities)
    actions = tuple(
        replace(_action(action, general.generic_entities), noun=names.get(action.noun, action.noun))
        for action in general.generic_actions
    )
    return FieldVocabulary((), (), things, actions, known=False)


def _own_word(field: str) -> str:
    """Return the word of an unknown field that its things are named after."""
    tokens = [token for token in re.findall(r"[a-z]+", field.casefold()) if token not in _EMPTY_WORDS]
    if not tokens:
        return "field"
    return singular(next((token for token in tokens if len(token) > 3 and not token.endswith("ing")), tokens[0]))[:20]


def _own(thing: Thing, names: Mapping[str, str]) -> Thing:
    noun = names.get(thing.noun, thing.noun)
    traits = tuple(replace(trait, of=names.get(trait.of, trait.of)) for trait in thing.traits)
    return replace(thing, noun=noun, plural=plural(noun) if noun != thing.noun else thing.plural, traits=traits)


def _thing(entity: Entity) -> Thing:
    traits = [_trait(attribute) for attribute in entity.attributes]
    label = slug(entity.label_attribute)
    if label and all(trait.name != label for trait in traits):
        traits.insert(0, ThingTrait(label, "string"))
    return Thing(
        entity.noun,
        plural(entity.noun),
        entity.prefix,
        entity.states,
        tuple(traits),
        entity.labels,
        label,
        entity.people,
    )


_UNIT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "%": "percent percentage", "L": "litres", "h": "hours hour", "min": "minutes", "s": "seconds", "m": "metres",
        "t": "tonnes", "kg": "kilos", "oz": "ounces", "kcal": "kilocalories", "mm": "millimetres", "lm": "lumens",
        "MWh": "mwh", "g": "grams", "days": "days", "weeks": "weeks", "months": "months", "years": "years",
        "nights": "nights", "EUR/word": "word", "kg/day": "day", "s/day": "day",
    }
)  # fmt: skip
_SHORT = {"km/h": "kmh", "m/s": "ms", "Mbit/s": "mbps", "bbl/d": "bpd", "t/h": "tph", "mJ/cm2": "mj"}
_WHOLE = {
    "net_mw": "net_output", "net_kg": "net_weight", "gross_kg": "gross_weight", "gross_t": "gross_weight",
    "shared_cm": "shared_length", "stored_t": "stored_load", "hub_m": "hub_height", "mask_deg": "mask_angle",
    "hold_kg": "hold_weight", "pad_db": "pad_level", "grass_cm": "grass_height", "wall_m": "wall_height",
    "shelves_m": "shelf_length", "miss_m": "miss_distance", "node_nm": "node_size", "mean_nm": "mean_width",
    "expected_t": "expected_load", "daily_m3": "daily_volume", "dish_m": "dish_diameter", "ladder_m": "ladder_length",
    "delta_v_ms": "speed_gain", "burnup": "burnup",
}  # fmt: skip
"""Where a name without its unit says too little."""
_DATED = {
    "expires": "expiry_date", "expires_on": "expiry_date", "starts_on": "start_date", "ends_on": "end_date",
    "renews_on": "renewal_date", "closes_on": "closing_date", "opens_on": "opening_date", "until": "end_date",
    "arrives_on": "arrival_date", "departs_on": "departure_date", "ships_on": "shipping_date", "since": "start_date",
    "finishes_on": "finish_date", "online_on": "launch_date", "closest_on": "approach_date", "expiry": "expiry_date",
    "finish_by": "finish_date", "use_by": "use_by_date", "move_by": "moving_date", "needed_by": "date_needed",
}  # fmt: skip
_UNDATED = frozenset({"due", "valid", "review", "decision", "hearing", "return", "flowering", "effective"})


_FLAGS = {
    "has_generator": "generator", "needs_translation": "foreign", "pickup_allowed": "collectable",
    "keys_held": "accessible", "drone_used": "airborne", "exploit_public": "exploited", "critical_path": "critical",
    "email_opt_in": "subscribed", "smoker": "smoking", "union_member": "unionised", "admin": "privileged",
    "interior": "indoors", "isolation": "isolated", "bathing_site": "supervised", "newsletter": "subscribed",
}  # fmt: skip
"""Names of truths that read as what a thing is, or has."""


def _date_name(name: str) -> str:
    """Return the name of a date as people say it: `opened_on` is the date opened, `due_on` the due date."""
    if name in _DATED:
        return _DATED[name]
    bare = name.removesuffix("_on")
    if bare == name:
        return name
    return f"{bare}_date" if bare in _UNDATED else f"date_{bare}"


def _trait(attribute: Attribute) -> ThingTrait:
    name, unit = slug(attribute.name), attribute.unit
    if unit:
        name = _WHOLE.get(name) or name.removesuffix(f"_{slug(unit)}").removesuffix(f"_{_SHORT.get(unit, ' ')}")
    if attribute.type == "date":
        name = _date_name(name)
    if attribute.type == "boolean":
        name = _FLAGS.get(name, name)
    name = f"duration_{name}" if name in {"minutes", "hours", "days"} else name
    if set(_UNIT_WORDS.get(unit, "").split()) & set(name.split("_")):
        unit = ""  # the name says it already: `accuracy percent 87`
    return ThingTrait(
        name=name,
        type=attribute.type,
        unit=unit,
        values=attribute.values,
        low=attribute.low,
        high=attribute.high,
        of=attribute.of,
    )


_VERBS = {
    "requorum": "", "rerisk": "", "rezero": "", "retrip": "", "reaward": "", "recloth": "", "retariff": "",
    "repermit": "", "respecify": "", "reform": "", "rebudget": "", "retask": "", "repoint": "",
    "rollback": "roll back", "shutdown": "shut down",
}  # fmt: skip
"""Verbs of the lexicon that nobody says, or says otherwise."""


def _action(action: Action, entities: Sequence[Entity]) -> ThingAction:
    entity = next((entity for entity in entities if entity.noun == action.noun), None)

    def renamed(name: str) -> str:
        attribute = entity.attribute(name) if entity else None
        return _trait(attribute).name if attribute else slug(name)

    return ThingAction(
        verb=_VERBS.get(action.verb.casefold(), action.verb.casefold()),
        noun=action.noun,
        kind=action.kind,
        start=action.from_states,
        to=action.to,
        sets=(renamed(action.sets),) if action.sets else (),
        attribute=renamed(action.attribute),
    )
