"""Choose the entity types of a scenario: the things that its words mention, and those that belong to them."""

from __future__ import annotations

import random
import re
from collections.abc import Sequence

from synthtools_stream.embedded.english import plural
from synthtools_stream.embedded.invent.compound_values import compound_attribute
from synthtools_stream.embedded.invent.field_vocabulary import flag_words
from synthtools_stream.embedded.lexicon.field_lexicon import FieldVocabulary, Thing, ThingTrait
from synthtools_stream.embedded.prose import identifier, spans, words
from synthtools_stream.records.blueprint import Attribute, EntityType

__all__ = ["choose_things", "entity_types"]

_CHANNELS = ("email", "sms", "phone", "letter", "app", "portal")
_MESSAGES = ("notice", "message", "reminder", "alert", "notification")
_NOTES = ("note", "comment", "document", "attachment", "remark", "photo")
_NOTE_KINDS = {
    "note": ("internal", "public", "follow_up"),
    "comment": ("question", "praise", "concern"),
    "document": ("contract", "certificate", "form", "report"),
    "attachment": ("image", "report", "receipt"),
    "remark": ("finding", "warning", "praise"),
    "photo": ("before", "after", "damage"),
}
_NAMED = 2.0
"""From this relevance on, a sentence names a thing outright."""
_LIFE_NAMES = ("status", "status", "state", "stage", "phase")


def choose_things(vocabulary: FieldVocabulary, sentence: str, rng: random.Random) -> list[Thing]:
    """Return two to four things, first the one that the scenario is about, each linked to another where possible."""
    things = list(vocabulary.things)
    rng.shuffle(things)
    scored = sorted(things, key=lambda thing: -_relevance(thing, sentence))
    named = [thing for thing in scored if _relevance(thing, sentence) >= _NAMED]
    near = [*named, *_referring_to(named, things), *scored]
    focus = next((thing for thing in near if thing.states), near[0])
    chosen = [focus]
    wanted = rng.choice([2, 3, 3, 4])
    for thing in [*named, *_referred(focus, things), *_referring_to([focus], things), *scored]:
        if len(chosen) >= wanted:
            break
        if thing not in chosen:
            chosen.append(thing)
    return chosen


def _relevance(thing: Thing, sentence: str) -> float:
    low = sentence.casefold()
    heard = re.findall(r"\w+", low)
    score = 0.0
    for form in (thing.noun, thing.plural):
        if any(spans(form, low)):
            score += 2.0
    score += 0.5 * sum(1 for word in thing.noun.split() if any(other.startswith(word) for other in heard))
    return score + (0.3 if thing.states else 0.0)


def _referred(focus: Thing, things: Sequence[Thing]) -> list[Thing]:
    nouns = [trait.of for trait in focus.traits if trait.type == "ref"]
    return [thing for noun in nouns for thing in things if thing.noun == noun]


def _referring_to(named: Sequence[Thing], things: Sequence[Thing]) -> list[Thing]:
    nouns = {thing.noun for thing in named}
    return [thing for thing in things if any(trait.of in nouns for trait in thing.traits)]


def entity_types(things: Sequence[Thing], rng: random.Random) -> list[EntityType]:
    """Return the types of `things`, and often one for messages and one for notes about the first of them."""
    chosen = {thing.noun: thing for thing in things}
    life_name = rng.choice(_LIFE_NAMES)
    taken: set[str] = set()
    types = [_type_of(thing, chosen, life_name, taken, rng) for thing in things]
    types = [_enriched(kind, thing.people, rng) for kind, thing in zip(types, things, strict=True)]
    if rng.random() < 0.6:
        types.append(_message_type(types[0], chosen, taken, rng))
    if rng.random() < 0.45 or len(types) < 3:
        types.append(_note_type(types[0], chosen, taken, rng))
    return types


_FLAGS = ("urgent", "confidential", "provisional", "prepaid", "recurring", "flagged", "outsourced")


def _enriched(kind: EntityType, people: bool, rng: random.Random) -> EntityType:
    """Give a thing, at times, a yes-or-no or an attribute of more than one value."""
    names = [item.name for item in kind.attributes]
    more: list[Attribute] = []
    if not people and rng.random() < 0.3 and all(item.type != "boolean" for item in kind.attributes):
        flag = rng.choice(_FLAGS)
        more.append(Attribute(name=flag, type="boolean", description=f"Whether the {kind.name} is {flag}"))
    if rng.random() < 0.6:
        compound = compound_attribute(names, people, rng)
        more += [compound] if compound else []
    at = rng.randint(1, len(kind.attributes))
    return kind.model_copy(update={"attributes": [*kind.attributes[:at], *more, *kind.attributes[at:]]})


def _type_of(thing: Thing, chosen: dict[str, Thing], life_name: str, taken: set[str], rng: random.Random) -> EntityType:
    attributes = _pick_attributes(thing, chosen, rng)
    if thing.states:
        life = Attribute(
            name=life_name,
            type="string",
            enum=list(dict.fromkeys(identifier(state) for state in thing.states))[:12],
            description=f"Where the {thing.noun} stands in its life, in order",
        )
        attributes = [attribute for attribute in attributes if attribute.name != life_name]
        attributes.insert(min(len(attributes), rng.randint(1, 3)), life)
    return EntityType(
        name=thing.noun,
        collection=identifier(thing.plural),
        id_prefix=_prefix(thing.prefix, thing.noun, taken),
        description=_type_description(thing, rng),
        attributes=attributes,
    )


def _type_description(thing: Thing, rng: random.Random) -> str:
    traits = [words(trait.name) for trait in thing.traits if trait.type != "ref"]
    if not traits:
        return ""
    named = rng.choice(traits)
    return rng.choice([f"One {thing.noun} and its {named}", f"A {thing.noun}, known by its {named}", ""])


def _pick_attributes(thing: Thing, chosen: dict[str, Thing], rng: random.Random) -> list[Attribute]:
    """Return the label, every usable reference, and a draw of the other traits in their own order."""
    usable = [trait for trait in thing.traits if trait.type != "ref" or (trait.of in chosen and trait.of != thing.noun)]
    fixed = [trait for trait in usable if trait.type == "ref" or trait.name == thing.label]
    free = [trait for trait in usable if trait not in fixed]
    rng.shuffle(free)
    measured = [trait for trait in free if trait.type in {"integer", "float", "date"}]
    drawn = [*measured[:2], *[trait for trait in free if trait not in measured[:2]]][: rng.randint(3, 5)]
    kept = [trait for trait in usable if trait in fixed or trait in drawn][:12]
    attributes = [_attribute(trait, thing, chosen) for trait in kept]
    unique = {attribute.name: attribute for attribute in attributes if attribute.name}
    return list(unique.values()) or [Attribute(name="name", type="string", description=f"Name of the {thing.noun}")]


def _attribute(trait: ThingTrait, thing: Thing, chosen: dict[str, Thing]) -> Attribute:
    said = words(trait.name)
    if trait.type == "ref":
        target = chosen[trait.of]
        name = trait.name if trait.name.endswith("_id") else f"{trait.name}_id"
        return Attribute(
            name=name,
            type="string",
            references=identifier(target.plural),
            description=f"The {thing.noun}'s {target.noun}",
        )
    if trait.type == "date":
        return Attribute(name=trait.name, type="string", format="date", description=f"{said.capitalize()}")
    if trait.type in {"integer", "float"}:
        return _measured(trait, said)
    if trait.type == "enum" and trait.values:
        values = list(dict.fromkeys(identifier(value) for value in trait.values))[:12]
        return Attribute(name=trait.name, type="string", enum=values, description=said.capitalize())
    if trait.type == "boolean":
        return Attribute(name=trait.name, type="boolean", description=f"Whether the {thing.noun} {flag_words(said)}")
    return Attribute(name=trait.name, type="string", description=f"{said.capitalize()} of the {thing.noun}")


def _measured(trait: ThingTrait, said: str) -> Attribute:
    unit = f" in {trait.unit}" if trait.unit else ""
    span = f", {trait.low:.15g} to {trait.high:.15g}" if trait.low is not None and trait.high is not None else ""
    kind = "integer" if trait.type == "integer" else "float"
    return Attribute(name=trait.name, type=kind, description=f"{said.capitalize()}{unit}{span}")


def _prefix(wish: str, noun: str, taken: set[str]) -> str:
    letters = re.sub(r"[^A-Z]", "", noun.upper())
    first = "".join(part[0] for part in re.findall(r"[A-Z]+", noun.upper()))
    wishes = [wish.strip("-").upper(), letters[:2], letters[:3], first + letters[1:3], letters[:1] + letters[-2:]]
    wishes += [f"{letters[:2] or 'X'}{number}" for number in range(2, 40)]
    for candidate in wishes:
        if re.fullmatch(r"[A-Z][A-Z0-9]{0,7}", candidate) and candidate not in taken:
            taken.add(candidate)
            return f"{candidate}-"
    return "X-"


def _message_type(about: EntityType, chosen: dict[str, Thing], taken: set[str], rng: random.Random) -> EntityType:
    noun = rng.choice([noun for noun in _MESSAGES if noun not in chosen] or ["dispatch note"])
    channels: list[str] = [*rng.sample(_CHANNELS, 3)]
    attributes = [
        _link(about, noun),
        Attribute(name="channel", type="string", enum=channels, description="How it is sent"),
        Attribute(name="text", type="string", volatile=True, description=f"Wording of the {noun}"),
    ]
    if rng.random() < 0.4:
        urgency = Attribute(name="urgent", type="boolean", description=f"Whether the {noun} is urgent")
        attributes.insert(2, urgency)
    return _companion(noun, f"Something told to somebody about {_some(about)}", attributes, taken)


def _note_type(about: EntityType, chosen: dict[str, Thing], taken: set[str], rng: random.Random) -> EntityType:
    noun = rng.choice([noun for noun in _NOTES if noun not in chosen] or ["memo"])
    kinds = list(_NOTE_KINDS.get(noun, ("internal", "public")))
    attributes = [
        _link(about, noun),
        Attribute(name="category", type="string", enum=kinds, description="What kind it is"),
        Attribute(name="text", type="string", volatile=True, description=f"Wording of the {noun}"),
    ]
    if noun in {"document", "attachment", "photo"}:
        name = "heading" if "title" in chosen else "title"
        attributes[2] = Attribute(name=name, type="string", description=f"{name.capitalize()} of the {noun}")
    return _companion(noun, f"Something kept with {_some(about)}", attributes, taken)


def _companion(noun: str, description: str, attributes: list[Attribute], taken: set[str]) -> EntityType:
    return EntityType(
        name=noun,
        collection=identifier(plural(noun)),
        id_prefix=_prefix("", noun, taken),
        description=description,
        attributes=attributes,
    )


def _link(about: EntityType, noun: str) -> Attribute:
    return Attribute(
        name=f"{identifier(about.name)}_id",
        type="string",
        references=about.collection,
        description=f"The {noun}'s {about.name}",
    )


def _some(about: EntityType) -> str:
    return f"one of the {words(about.collection)}"
