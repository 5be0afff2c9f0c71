"""One plausible misunderstanding of a tool: a wrong comparison, a forgotten change, a missing guard, a wrong attribute.

It is put into the reading, so that the program made of it is as sound in form as any other.
"""

from __future__ import annotations

import random
from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from typing import TypeAlias

from synthtools_stream.embedded.read import (
    Condition,
    EffectKind,
    Meaning,
    MeaningKind,
    OutputKind,
    OutputMeaning,
    Relation,
    Rule,
    Source,
    ToolReading,
)
from synthtools_stream.embedded.read.meanings import Effect
from synthtools_stream.embedded.write.program_writer import write_program

__all__ = ["misread"]

_NEXT = {
    Relation.lt: Relation.le,
    Relation.le: Relation.lt,
    Relation.gt: Relation.ge,
    Relation.ge: Relation.gt,
    Relation.one_given: Relation.any_given,
    Relation.given: Relation.absent,
}
"""Of a relation the one that it is most easily taken for."""
_OPPOSITE = {"min": "max", "max": "min", "from": "until", "until": "from"}
_Others: TypeAlias = Callable[[ToolReading, str, str], list[str]]
"""Which attributes of a collection one may be taken for."""
_TURNED = {EffectKind.raise_by: EffectKind.lower_by, EffectKind.lower_by: EffectKind.raise_by}


def misread(reading: ToolReading, rng: random.Random) -> ToolReading:
    """Return the reading with one thing misunderstood that makes another program; as it is, where nothing can be."""
    sound = write_program(reading)
    likely = [*_rules(reading), *_meanings(reading), *_effects(reading), *_orders(reading), *_outputs(reading, _alike)]
    rng.shuffle(likely)
    unlikely = [*_outputs(reading, _others)]
    rng.shuffle(unlikely)
    return next((made for made in (*likely, *unlikely) if write_program(made) not in ("", sound)), reading)


def _rules(reading: ToolReading) -> Iterator[ToolReading]:
    """Yield it with a rule forgotten, its bound missed by one, or its condition overlooked."""
    for place, rule in enumerate(reading.rules):
        for wrong in (None, *_mistaken(rule)):
            kept = [*reading.rules[:place], *([wrong] if wrong else []), *reading.rules[place + 1 :]]
            yield replace(reading, rules=tuple(kept))


def _mistaken(rule: Rule) -> Iterator[Rule]:
    require = rule.require
    if rule.when:
        yield replace(rule, when=())
    if require.relation in _NEXT:
        yield replace(rule, require=replace(require, relation=_NEXT[require.relation]))
    held = require.right.value
    if require.right.source is Source.constant and isinstance(held, int | float) and not isinstance(held, bool):
        yield replace(rule, require=_with_bound(require, held + 1))
    if isinstance(held, list) and len(held) > 1:
        yield replace(rule, require=replace(require, right=replace(require.right, value=held[:-1])))


def _with_bound(condition: Condition, bound: float) -> Condition:
    return replace(condition, right=replace(condition.right, value=bound))


def _meanings(reading: ToolReading) -> Iterator[ToolReading]:
    """Yield it with a parameter overlooked, taken for the opposite bound, or for another attribute."""
    for place, meaning in enumerate(reading.meanings):
        for wrong in _mistaken_meaning(meaning, reading):
            meanings = (*reading.meanings[:place], wrong, *reading.meanings[place + 1 :])
            effects = tuple(effect for effect in reading.effects if not _stores(effect, meaning))
            yield replace(reading, meanings=meanings, effects=effects)


def _mistaken_meaning(meaning: Meaning, reading: ToolReading) -> Iterator[Meaning]:
    if meaning.kind is MeaningKind.limit:
        yield replace(meaning, kind=MeaningKind.unknown)
    if not meaning.attribute or meaning.kind is MeaningKind.target_id:
        return
    yield replace(meaning, attribute="")
    if meaning.op in _OPPOSITE:
        yield replace(meaning, op=_OPPOSITE[meaning.op])
    for name in _alike(reading, reading.collection, meaning.attribute):
        yield replace(meaning, attribute=name)


def _stores(effect: Effect, meaning: Meaning) -> bool:
    """Say whether an effect tells once more what a parameter sets."""
    return effect.value.source is Source.parameter and effect.attribute == meaning.attribute != ""


def _alike(reading: ToolReading, collection: str, attribute: str) -> list[str]:
    """Return the other attributes that hold values of the same kind."""
    kind = reading.vocabulary.kind(collection)
    own = kind.trait(attribute) if kind is not None else None
    if kind is None or own is None:
        return []
    shape = (own.type, own.format, own.references, bool(own.enum))
    return [t.name for t in kind.traits if t is not own and (t.type, t.format, t.references, bool(t.enum)) == shape]


def _others(reading: ToolReading, collection: str, attribute: str) -> list[str]:
    """Return all other attributes."""
    kind = reading.vocabulary.kind(collection)
    return [trait.name for trait in kind.traits if trait.name != attribute] if kind is not None and attribute else []


def _effects(reading: ToolReading) -> Iterator[ToolReading]:
    """Yield it with a change forgotten, turned round, or of another attribute."""
    for place, effect in enumerate(reading.effects):
        for wrong in (None, *_mistaken_effect(effect, reading)):
            kept = [*reading.effects[:place], *([wrong] if wrong else []), *reading.effects[place + 1 :]]
            yield replace(reading, effects=tuple(kept))


def _mistaken_effect(effect: Effect, reading: ToolReading) -> Iterator[Effect]:
    if effect.kind in _TURNED:
        yield replace(effect, kind=_TURNED[effect.kind])
    for name in _alike(reading, effect.collection, effect.attribute):
        yield replace(effect, attribute=name)
    kind = reading.vocabulary.kind(effect.collection)
    trait = kind.trait(effect.attribute) if kind is not None else None
    values: Sequence[str] = trait.enum if trait is not None and effect.value.source is Source.constant else ()
    for value in values:
        if value != effect.value.value:
            yield replace(effect, value=replace(effect.value, value=value))


def _orders(reading: ToolReading) -> Iterator[ToolReading]:
    """Yield it with the list the other way round, by another attribute, or not sorted."""
    order = reading.order
    if order is not None:
        yield replace(reading, order=replace(order, descending=not order.descending))
        yield replace(reading, order=None)
        for name in _alike(reading, reading.collection, order.attribute):
            yield replace(reading, order=replace(order, attribute=name))


def _outputs(reading: ToolReading, others: _Others) -> Iterator[ToolReading]:
    """Yield it with one value of the response taken from another attribute."""
    for place, output in enumerate(reading.outputs):
        for wrong in _mistaken_output(output, reading, others):
            yield replace(reading, outputs=(*reading.outputs[:place], wrong, *reading.outputs[place + 1 :]))


def _mistaken_output(output: OutputMeaning, reading: ToolReading, others: _Others) -> Iterator[OutputMeaning]:
    if output.kind is OutputKind.attribute:
        for name in others(reading, output.collection, output.attribute):
            yield replace(output, attribute=name)
    for place, (key, attribute) in enumerate(output.keys):
        for name in others(reading, output.collection, attribute):
            yield replace(output, keys=(*output.keys[:place], (key, name), *output.keys[place + 1 :]))
