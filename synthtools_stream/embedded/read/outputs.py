"""What each key of a successful response holds."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass

from synthtools_stream.embedded.english import tokens
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import identifier, stems
from synthtools_stream.embedded.read.meanings import Meaning, OutputKind, OutputMeaning
from synthtools_stream.embedded.read.vocabulary import EntityKind, Trait, Vocabulary
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Scene", "created_noun", "joined", "passed_nouns", "read_outputs"]

_COUNT = re.compile(r"\bhow many\b|\bnumber of\b|\bcount of\b|\btotal number\b", re.I)
_ID = re.compile(
    (
        r"\b(?:id|identifier) of (?:the |an? |this )?(?:new |created |queued |changed |moved "
        r")?(?P<noun>[\w -]+)|^(?:the )?(?P<noun2>[\w -]+?)(?:'s)? (?:id|identifier)\b"
    ),
    re.I,
)
_ID_OF_ITS = re.compile(
    r"\b(?:id|identifier) of (?:the |this |that )?(?P<noun>[\w -]+?)(?:'s|s') (?:new |present )?(?P<attr>[\w ]+?)"
    r"(?: after .+| now)?\.?$",
    re.I,
)
_OF = re.compile(r"\b(?P<attr>[\w -]+?) of (?:the|this|that|an?) (?:new )?(?P<noun>[\w -]+)", re.I)
_POSSESSED = re.compile(
    r"(?:^|\b)(?:the )?(?:new )?(?P<noun>[\w -]+?)(?:'s|s') (?:new |present |current )?(?P<attr>[\w -]+)", re.I
)
_MADE = re.compile(
    (
        r"^(?:the )?(?:new|created|queued|registered|booked|opened|placed|recorded|filed|scheduled|issued|"
        r"added|logged) (?P<noun>[\w -]+)$"
    ),
    re.I,
)
_NAME = re.compile(r"^[A-Za-z_][\w ]*$")


@dataclass(frozen=True)
class Scene:
    """What is known of the tool when its outputs are read."""

    operation: Operation
    kind: EntityKind | None
    vocabulary: Vocabulary
    meanings: tuple[Meaning, ...]


def created_noun(details: Mapping[str, Json], id_parameters: set[str], known: set[str]) -> str:
    """Return the noun of an id in the response that no parameter brought in: something was made.

    `known` holds the stems of nouns whose ids are passed in.
    """
    for key, detail in details.items():
        text = str(detail.get("description") or "") if isinstance(detail, dict) else ""
        if not isinstance(detail, dict) or detail.get("type") != "string" or key in id_parameters:
            continue
        found = _ID.search(text)
        made = _MADE.match(text) if key.endswith("_id") else None
        noun = (found["noun"] or found["noun2"]) if found else made["noun"] if made else ""
        noun = re.split(r"\b(?:after|that|which|for|on)\b", noun)[0].strip()
        if noun and not known & set(stems(noun)):
            return noun
    return ""


def passed_nouns(text: str) -> set[str]:
    """Return the stems of the nouns whose ids a parameter described by `text` brings in."""
    nouns = [noun for found in _ID.finditer(text) if (noun := found["noun"] or found["noun2"])]
    return {stems(re.split(r"\b(?:to|that|which|for|on|the|in|of)\b", noun)[0].strip() or noun)[-1] for noun in nouns}


def read_outputs(details: Mapping[str, Json], scene: Scene) -> tuple[OutputMeaning, ...]:
    """Return what every key of the response holds."""
    return tuple(_read(key, detail, scene) for key, detail in details.items() if isinstance(detail, dict))


def _read(key: str, detail: JsonObject, scene: Scene) -> OutputMeaning:
    text, kind_of = str(detail.get("description") or ""), str(detail.get("type") or "string")
    if kind_of == "array":
        kind = _listed_kind(text, scene)
        if kind is not None and (own := _own_array(key, text, scene)) is not None:
            return OutputMeaning(
                key,
                OutputKind.attribute,
                kind_of,
                scene.kind.collection if scene.kind else "",
                own.name,
                description=text,
            )
        return OutputMeaning(
            key,
            OutputKind.list,
            kind_of,
            kind.collection if kind else "",
            keys=_keys(text, kind, scene),
            description=text,
        )
    if kind_of == "object":
        return _object(key, text, scene)
    if kind_of == "integer" and _COUNT.search(text) and (scene.operation is Operation.search or scene.kind is None):
        return OutputMeaning(
            key, OutputKind.count, kind_of, scene.kind.collection if scene.kind else "", description=text
        )
    return _single(key, kind_of, text, scene)


def _own_array(key: str, text: str, scene: Scene) -> Trait | None:
    if scene.operation is Operation.search or scene.kind is None or re.search(r":.*,", text):
        return None
    trait = scene.kind.trait(key) or scene.kind.match(_stripped(text), 0.7)
    return trait if trait is not None and trait.type == "array" else None


def _listed_kind(text: str, scene: Scene) -> EntityKind | None:
    head = text.partition(":")[0] if ":" in text else ""
    return scene.vocabulary.find(head) or scene.kind


def _object(key: str, text: str, scene: Scene) -> OutputMeaning:
    head = text.partition(":")[0]
    own = scene.kind.trait(key) if scene.kind is not None else None
    if own is not None and own.type == "object":
        return OutputMeaning(
            key, OutputKind.attribute, "object", scene.kind.collection if scene.kind else "", own.name, description=text
        )
    kind = (scene.vocabulary.find(head) if ":" in text else None) or scene.kind
    return OutputMeaning(
        key,
        OutputKind.entity,
        "object",
        kind.collection if kind else "",
        keys=_keys(text, kind, scene),
        description=text,
    )


def _keys(text: str, kind: EntityKind | None, scene: Scene) -> tuple[tuple[str, str], ...]:
    listing = text.partition(":")[2] if ":" in text else text
    listing = re.split(r"[.;(]|, (?:sorted|ordered|cheapest|earliest|latest|highest|lowest|newest)\b", listing)[0]
    parts = [
        re.sub(r"^(?:its|the|and) ", "", part.strip())
        for part in re.split(r",| and ", re.sub(r"^ ?each with ", " ", listing))
    ]
    if not all(_NAME.match(part) and len(part.split()) < 5 for part in parts) or (":" not in text and len(parts) < 2):
        return ()
    return tuple(
        (name, _key_attribute(name, kind, scene))
        for part in parts
        if (name := part if "_" in part else identifier(part))
    )


def _key_attribute(name: str, kind: EntityKind | None, scene: Scene) -> str:
    """Return the attribute a key shows: `` for the id, `?` where nothing fits."""
    if kind is None:
        return "?"
    if kind.trait(name) is not None:
        return name
    words = stems(name)
    noun = stems(kind.noun)
    if words == ("id",) or (words and words[-1] == "id" and words[:-1] in (noun, noun[-1:])):
        return ""
    if words[-1:] == ("id",) and scene.vocabulary.find(" ".join(tokens(name)[:-1])) is None:
        return ""
    trait = kind.match(name, 0.5)
    reaches_on = trait is not None and trait.references and joined(scene.vocabulary, kind.collection, name)
    return trait.name if trait is not None and not reaches_on else "?"


def joined(vocabulary: Vocabulary, collection: str, key: str) -> tuple[str, str, str] | None:
    """Return what `carrier_name` of a booking shows: what refers, the other collection, and the attribute there."""
    kind = vocabulary.kind(collection)
    for trait in kind.traits if kind is not None else ():
        other = vocabulary.kind(trait.references) if trait.references else None
        if other is None or not set(stems(other.noun)) & set(stems(key)):
            continue
        wanted = other.match(" ".join(word for word in key.split("_") if stems(word)[-1:] != stems(other.noun)[-1:]))
        if wanted is not None:
            return trait.name, other.collection, wanted.name
    return None


def _single(key: str, kind_of: str, text: str, scene: Scene) -> OutputMeaning:
    if kind_of == "string" and (found := _reference_of(key, text, scene)) is not None:
        return found
    if kind_of == "string" and (found := _as_id(key, text, scene)) is not None:
        return found
    for pattern in (_POSSESSED, _OF):
        found_of = pattern.search(text)
        kind = scene.vocabulary.find(found_of["noun"]) if found_of else None
        trait = _trait_of(kind, found_of["attr"], kind_of) if kind is not None and found_of else None
        if kind is not None and trait is not None:
            return OutputMeaning(key, OutputKind.attribute, kind_of, kind.collection, trait.name, description=text)
    for kind in _kinds_at_hand(scene):
        trait = kind.trait(key) or _trait_of(kind, _stripped(text), kind_of, 0.75) or _trait_of(kind, key, kind_of, 0.6)
        if trait is not None:
            return OutputMeaning(key, OutputKind.attribute, kind_of, kind.collection, trait.name, description=text)
    if kind_of == "integer" and _COUNT.search(text):
        return OutputMeaning(
            key, OutputKind.count, kind_of, scene.kind.collection if scene.kind else "", description=text
        )
    return OutputMeaning(key, OutputKind.unknown, kind_of, description=text)


def _reference_of(key: str, text: str, scene: Scene) -> OutputMeaning | None:
    """`Id of the booking's carrier`: the attribute that holds it."""
    found = _ID_OF_ITS.search(text)
    kind = scene.vocabulary.find(found["noun"]) if found else None
    if found is None or kind is None:
        return None
    other = scene.vocabulary.find(found["attr"])
    trait = kind.match(found["attr"]) or (kind.reference_to(other.collection, found["attr"]) if other else None)
    if trait is None:
        return None
    return OutputMeaning(key, OutputKind.attribute, "string", kind.collection, trait.name, description=text)


def _stripped(text: str) -> str:
    return re.split(r"[,;:(]| after | before ", text)[0]


def _trait_of(kind: EntityKind, phrase: str, kind_of: str, least: float = 0.5) -> Trait | None:
    numbers = ("integer", "float")
    fitting = tuple(t for t in kind.traits if t.type == kind_of or (t.type in numbers and kind_of in numbers))
    return EntityKind(kind.noun, kind.collection, "", fitting).match(phrase, least)


def _kinds_at_hand(scene: Scene) -> list[EntityKind]:
    kinds = [
        scene.kind,
        *(scene.vocabulary.kind(meaning.collection) for meaning in scene.meanings if meaning.collection),
    ]
    return list(dict.fromkeys(kind for kind in kinds if kind is not None))


def _as_id(key: str, text: str, scene: Scene) -> OutputMeaning | None:
    found = _ID.search(text)
    made = _MADE.match(_stripped(text))
    noun = (found["noun"] or found["noun2"]) if found else made["noun"] if made else ""
    kind = scene.vocabulary.find(noun) if noun else None
    if kind is None and not found:
        bare = stems(_stripped(text))
        kind = next((k for k in _kinds_at_hand(scene) if bare[-1:] == stems(k.noun)[-1:] and len(bare) <= 2), None)
        if kind is None or (scene.kind is not None and scene.kind.trait(key) is not None and kind is not scene.kind):
            return _reference(key, kind, text, scene)
    if kind is None:
        return None
    if scene.kind is not None and kind.collection != scene.kind.collection:
        return _reference(key, kind, text, scene) or OutputMeaning(
            key, OutputKind.id, "string", kind.collection, description=text
        )
    return OutputMeaning(key, OutputKind.id, "string", kind.collection, description=text)


def _reference(key: str, kind: EntityKind | None, text: str, scene: Scene) -> OutputMeaning | None:
    own = scene.kind
    if own is None or kind is None:
        return None
    trait = own.trait(key) or own.reference_to(kind.collection, text)
    if trait is None:
        return None
    return OutputMeaning(key, OutputKind.attribute, "string", own.collection, trait.name, description=text)
