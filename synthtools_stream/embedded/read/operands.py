"""Operands of prose rules: parameters, attributes of entities, constants, and the present moment."""

from __future__ import annotations

import re
from dataclasses import dataclass

from synthtools_stream.embedded.english import stem, tokens
from synthtools_stream.embedded.prose import content, number_in, spans
from synthtools_stream.embedded.read.effects import constant_for
from synthtools_stream.embedded.read.meanings import Meaning, MeaningKind, Operand, Source
from synthtools_stream.embedded.read.vocabulary import EntityKind, Trait, Vocabulary

__all__ = ["Frame"]

_NOW = re.compile(
    r"^(?:the )?(?:past|future|now|today|present (?:day|time|date|moment)|current (?:day|time|date|moment))\b", re.I
)
_POSSESSED = re.compile(
    (
        r"^(?:the |an? |its |that |this )?(?P<noun>[\w -]+?)(?:'s|s') (?:own |present |current |remaining "
        r")?(?P<attr>[\w -]+)$"
    ),
    re.I,
)
_ATTR_OF = re.compile(
    r"^(?:the |its )?(?:present |current )?(?P<attr>[\w -]+?) of (?:the|that|this|an?) (?P<noun>[\w -]+)$", re.I
)


@dataclass(frozen=True)
class Frame:
    """What a sentence of a tool's rules can refer to."""

    vocabulary: Vocabulary
    meanings: tuple[Meaning, ...]
    kind: EntityKind | None

    def parameters_in(self, text: str) -> list[str]:
        """Return the parameters that `text` names, in order of mention."""
        found = [
            (start, meaning.parameter)
            for meaning in self.meanings
            if (start := next(spans(meaning.parameter, text), (-1, -1))[0]) >= 0
        ]
        return [name for _, name in sorted(found, key=lambda item: item[0])]

    def meaning(self, parameter: str) -> Meaning | None:
        """Return what a parameter means."""
        return next((meaning for meaning in self.meanings if meaning.parameter == parameter), None)

    def operand(self, phrase: str, beside: str = "") -> Operand | None:
        """Return what `phrase` stands for; `beside` is the parameter that it is compared with."""
        phrase = phrase.strip().strip(",").strip()
        bare = re.sub(r"^(?:the given |the |given )", "", phrase)
        if self.meaning(bare) is not None:
            return Operand(Source.parameter, bare)
        if _NOW.match(phrase):
            return Operand(Source.now)
        for pattern in (_POSSESSED, _ATTR_OF):
            if (found := pattern.match(phrase)) and (kind := self.vocabulary.find(found["noun"])):
                return self.attribute(kind, found["attr"], beside)
        if beside and re.match(r"^the (?:present|current|same|old)(?: one| value)?$", phrase):
            return self._held_now(beside)
        number = number_in(phrase)
        if number is not None and re.match(r"^(?:-?[\d.]+)(?: [\w%/]+){0,2}$", phrase):
            return Operand(Source.constant, value=number)
        named = self.parameters_in(phrase)
        if len(named) == 1 and len(content(phrase)) <= len(content(named[0])) + 2:
            return Operand(Source.parameter, named[0])
        return self._bare_attribute(phrase, beside) or self.referred(phrase)

    def _held_now(self, beside: str) -> Operand | None:
        """`the present one`: what the attribute that the parameter sets holds before the call."""
        meaning = self.meaning(beside)
        trait = self.kind.trait(meaning.attribute) if meaning is not None and self.kind is not None else None
        return self._reached(self.kind, trait) if self.kind is not None and trait is not None else None

    def referred(self, phrase: str) -> Operand | None:
        """`the target vessel`: the argument that holds its id."""
        if not re.match(r"^(?:the|that) (?:new |target |other |chosen |given )?[\w-]+$", phrase, re.I):
            return None
        kind = self.vocabulary.find(phrase)
        holders = [m for m in self.meanings if kind is not None and m.collection == kind.collection]
        return Operand(Source.parameter, holders[-1].parameter) if holders else None

    def _bare_attribute(self, phrase: str, beside: str) -> Operand | None:
        """`the remaining volume`, `what is left`, `it`: an attribute of the entity acted on, or of one referred to."""
        if not re.match(r"^(?:the|its|what)\b", phrase, re.I):
            return None
        for kind in self._kinds_at_hand():
            found = self.attribute(kind, phrase)
            if found is not None:
                return found
        for kind in self._kinds_at_hand():
            if beside and (trait := kind.match(beside, 0.6)):
                return self._reached(kind, trait)
        return None

    def _kinds_at_hand(self) -> list[EntityKind]:
        kinds = [self.vocabulary.kind(meaning.collection) for meaning in self.meanings if meaning.collection]
        return list(dict.fromkeys(kind for kind in [*kinds, self.kind] if kind is not None))

    def attribute(self, kind: EntityKind, phrase: str, beside: str = "") -> Operand | None:
        """Return the attribute of `kind` that `phrase` names, with the way to the entity meant."""
        trait = kind.match(phrase)
        if trait is None and beside:
            meaning = self.meaning(beside)
            trait = (
                kind.reference_to(meaning.collection, phrase) if meaning is not None and meaning.collection else None
            )
            if trait is None and re.search(r"what is left|balance|remaining", phrase):
                trait = kind.match(beside, 0.6)
        return self._reached(kind, trait) if trait is not None else None

    def _reached(self, kind: EntityKind, trait: Trait) -> Operand | None:
        """Say how the entity is found: by an argument, or by an attribute of an argument's entity."""
        holders = [meaning for meaning in self.meanings if meaning.collection == kind.collection and meaning.op == "eq"]
        holders.sort(key=lambda meaning: meaning.kind is not MeaningKind.target_id)
        if holders:
            return Operand(Source.attribute, trait.name, entity=holders[0].parameter)
        for meaning in self.meanings:
            other = self.vocabulary.kind(meaning.collection)
            link = other.reference_to(kind.collection) if other is not None else None
            if link is not None:
                return Operand(Source.attribute, trait.name, meaning.parameter, link.name, kind.collection)
        return None

    def states_of(self, phrase: str, kind: EntityKind) -> tuple[Trait, tuple[str, ...]] | None:
        """Return the attribute whose values `phrase` lists (`confirmed or loaded`), with those values."""
        for trait in kind.traits:
            values = [str(constant_for(part, trait)) for part in _split_values(phrase)]
            if trait.enum and values and all(value in trait.enum for value in values):
                return trait, tuple(values)
        return None

    def values(self, phrase: str, operand: Operand) -> tuple[object, ...]:
        """Return the constants that `phrase` lists for what `operand` is."""
        trait = self._trait_of(operand)
        return tuple(constant_for(part, trait) for part in _split_values(phrase))

    def _trait_of(self, operand: Operand) -> Trait | None:
        meaning = self.meaning(operand.name if operand.source is Source.parameter else operand.entity)
        if operand.source is Source.parameter and meaning is not None:
            return Trait(meaning.parameter, meaning.type, tuple(str(value) for value in meaning.enum))
        if meaning is None:
            return None
        kind = self.vocabulary.kind(operand.via_collection or meaning.collection)
        return kind.trait(operand.name) if kind is not None else None

    def stated_by_verb(self, verb: str, kind: EntityKind) -> Trait | None:
        """`reserve` leads to the attribute `reserved_by`."""
        wanted = stem(verb.lower())
        return next((trait for trait in kind.traits if wanted in {stem(word) for word in tokens(trait.name)}), None)


def _split_values(phrase: str) -> list[str]:
    """Split `confirmed, loaded or shipped` into its members."""
    parts = re.split(r",? or |,? and |, ", phrase.strip())
    return [part for piece in parts if (part := re.sub(r"^(?:either|neither|a|an|the) ", "", piece.strip()))]
