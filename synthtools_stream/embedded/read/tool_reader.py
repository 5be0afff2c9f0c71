"""Read a tool: from its text to what it does, takes, demands, changes and returns.

Meaning comes from descriptions, usage, error texts, declared effects, types and values. Names are a last resort, so
a tool whose names were replaced consistently reads the same.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import replace
from functools import lru_cache

import orjson

from synthtools_stream.embedded.english import singular, stem, tokens
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import sentences, stems
from synthtools_stream.embedded.read.effects import read_effects, read_order
from synthtools_stream.embedded.read.meanings import Effect, EffectKind, Meaning, MeaningKind, Source, ToolReading
from synthtools_stream.embedded.read.noun_matches import with_nouns
from synthtools_stream.embedded.read.operands import Frame
from synthtools_stream.embedded.read.outputs import Scene, created_noun, passed_nouns, read_outputs
from synthtools_stream.embedded.read.parameters import Subject, read_parameter
from synthtools_stream.embedded.read.prose_rules import absent_errors, read_rules
from synthtools_stream.embedded.read.vocabulary import EntityKind, Vocabulary, read_vocabulary
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["read_tool"]

_VERBS: Mapping[Operation, str] = {
    Operation.search: "list search find filter browse query",
    Operation.get: "get return show fetch look retrieve read check tell view inspect give report",
    Operation.delete: "delete remove erase drop discard",
    Operation.adjust: "raise lower increase decrease reduce top",
    Operation.update: "update change edit move assign reschedule set replace correct amend reserve reassign transfer",
    Operation.create: (
        "create add register open book place schedule queue file send log record issue submit order request write plan "
        "enter start notify post"
    ),
}
_BY_STEM = {stem(verb): operation for operation, verbs in _VERBS.items() for verb in verbs.split()}
_READ_ONLY = re.compile(
    r"\bread[- ]only\b|\breads only\b|\bonly reads\b|\bchanges nothing\b|\bnothing is changed\b", re.I
)
_ONLY_GIVEN = re.compile(
    r"\bonly what is given\b|\bwhat is not given (?:stays|is left)|\bonly the (?:fields|values|details) given\b", re.I
)
_OWNER = re.compile(r"\bof (?:an?|one|the) (?P<noun>[\w -]+)", re.I)
_PRIMARY = {
    EffectKind.remove: Operation.delete,
    EffectKind.create_with: Operation.create,
    EffectKind.raise_by: Operation.adjust,
    EffectKind.lower_by: Operation.adjust,
    EffectKind.set: Operation.transition,
}


def read_tool(
    tool: JsonObject,
    entity_types: list[JsonObject],
    state: JsonObject | None = None,
    arguments: Mapping[str, Json] | None = None,
) -> ToolReading:
    """Return what `tool` means among `entity_types`; without any, among what `state` shows.

    The `arguments` of a call help then: where its ids are found tells what they are ids of.
    """
    vocabulary = read_vocabulary(entity_types, state)
    homes: tuple[tuple[str, str], ...] = ()
    if state and not entity_types:
        homes = tuple(_homes(state, arguments or {}))
    return _read(orjson.dumps(tool), vocabulary, homes)


def _homes(state: JsonObject, arguments: Mapping[str, Json]) -> Iterator[tuple[str, str]]:
    for name, value in arguments.items():
        if isinstance(value, str):
            home = next((known for known, held in state.items() if isinstance(held, dict) and value in held), "")
            yield from [(name, home)] if home else ()


@lru_cache(maxsize=2048)
def _read(tool_text: bytes, vocabulary: Vocabulary, homes: tuple[tuple[str, str], ...]) -> ToolReading:
    tool: JsonObject = orjson.loads(tool_text)
    specs = _objects(tool.get("parameters"))
    details = _objects(tool.get("output_details"))
    description, usage = str(tool.get("tool_description") or ""), str(tool.get("usage") or "")
    vocabulary = with_nouns(tool, _with_effects(tool, vocabulary), dict(homes))
    made = _made_noun(specs, details, description, usage)
    vocabulary = _with_made(made, vocabulary)
    prose = (*sentences(description), *sentences(usage))
    effects = _effects(description, usage, vocabulary, list(specs), _named_kind(tool, vocabulary))
    operation = _operation(tool, effects, made, description, usage, details)
    kind = _kind(tool, operation, effects, made, vocabulary, specs)
    noun = kind.noun if kind is not None else made or _noun_of(description)
    subject = Subject(operation, kind, noun, vocabulary, *_amount(effects, operation))
    meanings = _with_target(tuple(read_parameter(name, spec, subject) for name, spec in specs.items()), operation)
    errors = _lines(tool.get("error_messages"))
    return ToolReading(
        name=str(tool.get("tool_name") or ""),
        description=description,
        operation=operation,
        collection=kind.collection if kind is not None else "",
        noun=noun,
        meanings=meanings,
        rules=read_rules(usage, errors, Frame(vocabulary, meanings, kind)),
        effects=effects,
        order=read_order((*prose, *_descriptions(details)), kind),
        outputs=read_outputs(details, Scene(operation, kind, vocabulary, meanings)),
        absent_errors=absent_errors(errors),
        vocabulary=vocabulary,
    )


def _effects(
    description: str, usage: str, vocabulary: Vocabulary, parameters: list[str], named: EntityKind | None
) -> tuple[Effect, ...]:
    """Take the effects from the usage; only where it tells none, from the description."""
    told = read_effects(sentences(usage), vocabulary, parameters, named)
    return tuple(dict.fromkeys(told or read_effects(sentences(description), vocabulary, parameters, named)))


def _objects(value: object) -> dict[str, JsonObject]:
    return {str(k): v for k, v in value.items() if isinstance(v, dict)} if isinstance(value, dict) else {}


def _lines(value: object) -> tuple[str, ...]:
    return tuple(item for item in value if isinstance(item, str)) if isinstance(value, list) else ()


def _descriptions(details: Mapping[str, JsonObject]) -> tuple[str, ...]:
    texts = [str(detail.get("description") or "") for detail in details.values()]
    return tuple(sentence for text in texts for sentence in sentences(text))


def _declared(tool: JsonObject, which: str) -> list[str] | None:
    effects = tool.get("effects")
    listed = effects.get(which) if isinstance(effects, dict) else None
    return [name for name in listed if isinstance(name, str)] if isinstance(listed, list) else None


def _with_effects(tool: JsonObject, vocabulary: Vocabulary) -> Vocabulary:
    """Collections that only the effects name are kinds as well."""
    for name in (*(_declared(tool, "reads") or ()), *(_declared(tool, "writes") or ())):
        if vocabulary.kind(name) is None:
            vocabulary = vocabulary.with_kind(EntityKind(singular(name), name))
    return vocabulary


def _made_noun(
    specs: Mapping[str, JsonObject], details: JsonObject | dict[str, JsonObject], description: str, usage: str
) -> str:
    """Return the noun of what a call makes, where only the response tells that it makes something."""
    if _READ_ONLY.search(usage) or _BY_STEM.get(_verb(description)) in (Operation.get, Operation.search):
        return ""
    texts = (str(spec.get("description") or "") for spec in specs.values() if not spec.get("enum"))
    passed = {noun for text in texts for noun in passed_nouns(text)}
    return created_noun(dict(details), set(specs), passed)


def _verb(description: str) -> str:
    words = stems(description)
    return words[0] if words else ""


def _with_made(made: str, vocabulary: Vocabulary) -> Vocabulary:
    if not made or not vocabulary.kinds or vocabulary.find(made) is not None:
        return vocabulary
    return vocabulary.with_kind(EntityKind(made, "_".join(tokens(made)) + ("es" if made.endswith("s") else "s")))


def _named_kind(tool: JsonObject, vocabulary: Vocabulary) -> EntityKind | None:
    """Return the kind that the description speaks of: the one written to, that it is `of`, or the first."""
    text = str(tool.get("tool_description") or "")
    mentions = vocabulary.mentions(text)
    writes = _declared(tool, "writes")
    written = [mention.kind for mention in mentions if mention.kind.collection in (writes or ())]
    if written:
        return written[0]
    if mentions and writes is None and _BY_STEM.get(_verb(text)) is Operation.update:
        owned = _OWNER.search(text)
        owner = vocabulary.find(owned["noun"]) if owned else None
        if owner is not None:
            return owner
    if mentions:
        return mentions[0].kind
    for which in ("writes", "reads"):
        names = _declared(tool, which) or []
        if len(names) == 1:
            return vocabulary.kind(names[0])
    return None


def _operation(
    tool: JsonObject,
    effects: tuple[Effect, ...],
    made: str,
    description: str,
    usage: str,
    details: Mapping[str, JsonObject],
) -> Operation:
    if _READ_ONLY.search(usage) or _READ_ONLY.search(description) or _declared(tool, "writes") == []:
        return Operation.search if _returns_list(details) else Operation.get
    primary = [effect for effect in effects if not effect.secondary]
    for kind in (EffectKind.remove, EffectKind.create_with):
        if any(effect.kind is kind for effect in primary):
            return _PRIMARY[kind]
    if _ONLY_GIVEN.search(usage) or _ONLY_GIVEN.search(description):
        return Operation.update
    if made:
        return Operation.create
    if primary:
        given = primary[0].kind is EffectKind.set and primary[0].value.source is Source.parameter
        return Operation.update if given else _PRIMARY[primary[0].kind]
    told = _BY_STEM.get(_verb(description), Operation.other)
    if told in (Operation.get, Operation.search):
        return Operation.search if _returns_list(details) else Operation.get
    return Operation.update if told is Operation.create else told


def _returns_list(details: Mapping[str, JsonObject]) -> bool:
    return any(
        detail.get("type") == "array"
        and (":" in str(detail.get("description")) or "," in str(detail.get("description")) or len(details) == 1)
        for detail in details.values()
    )


def _kind(
    tool: JsonObject,
    operation: Operation,
    effects: tuple[Effect, ...],
    made: str,
    vocabulary: Vocabulary,
    specs: Mapping[str, JsonObject],
) -> EntityKind | None:
    created = [e for e in effects if e.kind is EffectKind.create_with and not e.secondary]
    primary = created or [effect for effect in effects if not effect.secondary]
    if primary and operation not in (Operation.get, Operation.search):
        return vocabulary.kind(primary[0].collection)
    if made and operation is Operation.create:
        return vocabulary.find(made)
    named = _named_kind(tool, vocabulary)
    if named is not None:
        return named
    texts = (str(spec.get("description") or "") for spec in specs.values())
    found = next((kind for text in texts if (kind := vocabulary.find(text)) is not None), None)
    return found or _shown_kind(tool, vocabulary)


def _shown_kind(tool: JsonObject, vocabulary: Vocabulary) -> EntityKind | None:
    """Return the kind whose attributes the response lists, where no noun tells."""
    shown = {word for text in _descriptions(_objects(tool.get("output_details"))) for word in re.findall(r"\w+", text)}
    shown |= set(_objects(tool.get("output_details")))
    best = max(vocabulary.kinds, key=lambda kind: sum(trait.name in shown for trait in kind.traits), default=None)
    return best if best is not None and any(trait.name in shown for trait in best.traits) else None


def _noun_of(description: str) -> str:
    found = re.search(r"\b(?:an?|one|the) (?:[a-z]+ed )?([a-z-]+)", description)
    return found[1] if found else ""


def _amount(effects: tuple[Effect, ...], operation: Operation) -> tuple[int, str]:
    for effect in effects:
        by_parameter = effect.kind in (EffectKind.raise_by, EffectKind.lower_by) and effect.value.source == "parameter"
        if by_parameter and not effect.secondary and operation is Operation.adjust:
            return (1 if effect.kind is EffectKind.raise_by else -1), effect.attribute
    return 0, ""


def _with_target(meanings: tuple[Meaning, ...], operation: Operation) -> tuple[Meaning, ...]:
    """A tool that acts on one entity needs its id: the first id given serves where none was told apart."""
    if operation in (Operation.create, Operation.search) or any(m.kind is MeaningKind.target_id for m in meanings):
        first = next((m for m in meanings if m.kind is MeaningKind.target_id), None)
        if first is None:
            return meanings
        rest = (
            replace(m, kind=MeaningKind.reference) if m.kind is MeaningKind.target_id and m is not first else m
            for m in meanings
        )
        return tuple(rest)
    first = next((m for m in meanings if m.kind is MeaningKind.reference and m.required), None)
    return tuple(replace(m, kind=MeaningKind.target_id) if m is first else m for m in meanings)
