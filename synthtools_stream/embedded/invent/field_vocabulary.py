"""What the embedded model knows of a field: its things, what can be done to them, and its kinds of work.

A field of the lexicon is known by heart. Any other field borrows generic things (records, visits, orders, …) and
puts its own words before them, so that "Lighthouse Keeping" has lighthouse inspections and lighthouse permits.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from functools import lru_cache
from types import MappingProxyType

from synthtools_stream.embedded.english import a, plural, singular
from synthtools_stream.embedded.lexicon.field_lexicon import (
    FieldVocabulary,
    General,
    Thing,
    ThingAction,
    ThingTrait,
    load_lexicon,
)
from synthtools_stream.embedded.prose import identifier

__all__ = ["flag_words", "general_words", "is_shipped", "known_thing", "vocabulary_of"]

_EMPTY_WORDS = frozenset({"and", "of", "the", "for", "in", "on", "to", "a", "an", "with", "services", "service"})


def is_shipped(field: str) -> bool:
    """Say whether the lexicon has an entry for `field`."""
    return load_lexicon().entry(field) is not None


def vocabulary_of(field: str) -> FieldVocabulary:
    """Return the vocabulary of `field` in spoken names; an unknown field gets one composed from its own words."""
    entry = load_lexicon().entry(field)
    if entry is None:
        return _composed(field)
    things, actions = tuple(map(_thing, entry.things)), tuple(_action(act, entry.things) for act in entry.actions)
    return entry.model_copy(update={"things": things, "actions": actions})


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
    for things in (*(entry.things for entry in lexicon.fields.values()), lexicon.general.generic_things):
        for thing in things:
            found.setdefault(re.sub(r"[-_]", " ", thing.noun), []).append(_thing(thing))
            if "-" in thing.noun:
                found.setdefault(thing.noun, []).append(_thing(thing))
    return found


def _composed(field: str) -> FieldVocabulary:
    general = load_lexicon().general
    word = _own_word(field)
    names = {thing.noun: f"{word} {thing.noun}" for thing in general.generic_things if not thing.people}
    things = tuple(_own(_thing(thing), names) for thing in general.generic_things)
    actions = tuple(_action(action, general.generic_things) for action in general.generic_actions)
    owned = tuple(action.model_copy(update={"noun": names.get(action.noun, action.noun)}) for action in actions)
    return FieldVocabulary.model_construct(subfields=(), scenarios=(), things=things, actions=owned)


def _own_word(field: str) -> str:
    """Return the word of an unknown field that its things are named after."""
    tokens = [token for token in re.findall(r"[a-z]+", field.casefold()) if token not in _EMPTY_WORDS]
    if not tokens:
        return "field"
    return singular(next((token for token in tokens if len(token) > 3 and not token.endswith("ing")), tokens[0]))[:20]


def _own(thing: Thing, names: Mapping[str, str]) -> Thing:
    noun = names.get(thing.noun, thing.noun)
    traits = tuple(trait.model_copy(update={"of": names.get(trait.of, trait.of)}) for trait in thing.traits)
    return thing.model_copy(update={"noun": noun, "plural": plural(noun), "traits": traits})


def _thing(thing: Thing) -> Thing:
    traits = [_trait(trait) for trait in thing.traits]
    label = identifier(thing.label)
    if label and all(trait.name != label for trait in traits):
        traits.insert(0, ThingTrait(name=label, type="string"))
    return thing.model_copy(update={"plural": plural(thing.noun), "traits": tuple(traits), "label": label})


_UNIT_WORDS: Mapping[str, str] = MappingProxyType(
    {
        "%": "percent percentage", "L": "litres", "h": "hours hour", "min": "minutes", "s": "seconds", "m": "metres",
        "t": "tonnes", "kg": "kilos", "oz": "ounces", "kcal": "kilocalories", "mm": "millimetres", "lm": "lumens",
        "MWh": "mwh", "g": "grams", "days": "days", "weeks": "weeks", "months": "months", "years": "years",
        "nights": "nights", "EUR/word": "word", "kg/day": "day", "s/day": "day",
    }
)  # fmt: skip
_SHORT = {"km/h": "kmh", "m/s": "ms", "Mbit/s": "mbps", "bbl/d": "bpd", "t/h": "tph", "mJ/cm2": "mj"}
"""Units as they end names."""
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
_HAD = frozenset(
    {
        "jet bridge", "gas test", "helipad", "coat of arms", "sea view", "pets", "embargo", "water trough", "pit",
        "safety plan", "hearing test", "shelter", "tracker", "sommelier", "loan", "generator",
    }
)  # fmt: skip
"""Truths that a thing has; what is not listed it is."""


def flag_words(label: str, *, many: bool = False) -> str:
    """Return what a truth says of its thing: `is insured`, `has a helipad`."""
    if label not in _HAD:
        return f"{'are' if many else 'is'} {label}"
    return f"{'have' if many else 'has'} {label if label.endswith('s') and label != 'coat of arms' else a(label)}"


def _date_name(name: str) -> str:
    """Return the name of a date as people say it: `opened_on` is the date opened, `due_on` the due date."""
    if name in _DATED:
        return _DATED[name]
    bare = name.removesuffix("_on")
    if bare == name:
        return name
    return f"{bare}_date" if bare in _UNDATED else f"date_{bare}"


def _trait(trait: ThingTrait) -> ThingTrait:
    name, unit = identifier(trait.name), trait.unit
    if unit:
        name = _WHOLE.get(name) or name.removesuffix(f"_{identifier(unit)}").removesuffix(f"_{_SHORT.get(unit, ' ')}")
    if trait.type == "date":
        name = _date_name(name)
    if trait.type == "boolean":
        name = _FLAGS.get(name, name)
    name = f"duration_{name}" if name in {"minutes", "hours", "days"} else name
    if set(_UNIT_WORDS.get(unit, "").split()) & set(name.split("_")):
        unit = ""  # the name says it already: `accuracy percent 87`
    return trait.model_copy(update={"name": name, "unit": unit})


_VERBS = {
    "requorum": "", "rerisk": "", "rezero": "", "retrip": "", "reaward": "", "recloth": "", "retariff": "",
    "repermit": "", "respecify": "", "reform": "", "rebudget": "", "retask": "", "repoint": "",
    "rollback": "roll back", "shutdown": "shut down",
}  # fmt: skip
"""Verbs of the lexicon that nobody says, or says otherwise."""


def _action(action: ThingAction, things: Sequence[Thing]) -> ThingAction:
    thing = next((thing for thing in things if thing.noun == action.noun), None)

    def renamed(name: str) -> str:
        trait = thing.trait(name) if thing else None
        return _trait(trait).name if trait else identifier(name)

    verb = action.verb.casefold()
    names = {"sets": renamed(action.sets), "attribute": renamed(action.attribute)}
    return action.model_copy(update={"verb": _VERBS.get(verb, verb), **names})
