"""What a parameter means, from its description, type and default; its name is the last resort."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace

from synthtools_stream.embedded.english import stem, tokens
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import content, identifier, stems
from synthtools_stream.embedded.read.meanings import Meaning, MeaningKind, Part
from synthtools_stream.embedded.read.vocabulary import EntityKind, Trait, Vocabulary
from synthtools_stream.values.jsontypes import Json, JsonObject

__all__ = ["Subject", "read_parameter"]

_ID_OF = re.compile(r"\b(?:id|identifier|ID)s? of (?:the |an? |this |that )?(?:new |other )?(?P<noun>[\w -]+)", re.I)
_ITS_ID = re.compile(
    r"\b(?:of|for|by|to|in|on|at|with) (?:this |that |the |an? )?(?P<noun>[\w -]+?)(?::|,| by) (?:its|the) id\b", re.I
)
_NOUN_ID = re.compile(r"^(?:the |target |new |an? )*(?P<noun>[\w -]+?)(?:'s)? (?:id|identifier)\b", re.I)
_NOUN_CODE = re.compile(r"^(?:the |target |new |an? )*(?P<noun>[\w-]+) (?:code|number|reference)\b", re.I)
_NOT_AN_ID = re.compile(r"^(?:whether|how many|how much)\b", re.I)
_LIMIT = re.compile(
    r"^how many .*\b(?:return|list|show|most|give)|^(?:maximum|largest) number of|^(?:at most|up to) (?:this|so) many|"
    r"\b(?:results|entries|rows|matches) (?:to return|at most|wanted)|^(?:page size|limit)\b",
    re.I,
)
_AMOUNT = re.compile(
    r"^by how (?:much|many)\b|^how (?:much|many) .*\bto (?:add|raise|lower|remove|take|draw|deduct|top|put|postpone|"
    r"delay)\b|"
    r"^(?:amount|number|quantity|volume) .*\bto (?:add|raise|lower|remove|take|draw|deduct|increase|reduce)\b|"
    r"^(?:volume|amount|quantity|number) to (?:draw|take|add|use)\b",
    re.I,
)
_DOWN = re.compile(r"\b(?:lower|reduc|decreas|remov|tak|draw|deduct|subtract|cut|bring)\w*", re.I)
_UP = re.compile(r"\b(?:rais|increas|add|top|extend|grow|put|postpon|delay)\w*", re.I)
_OWNER = re.compile(
    r"^(?:the )?(?:new |updated |changed |planned )?(?P<attr>[\w -]+?) (?:of|for|that) (?:the|this|"
    r"an?|its|each) (?:new )?"
    r"(?P<noun>[\w -]+?)(?:,|:|;|\.|\(|$)",
    re.I,
)
_POSSESSIVE = re.compile(
    r"\b(?:the )?(?P<noun>[\w -]+?)(?:'s|s') (?:new |present |current |updated )?(?P<attr>[\w -]+)", re.I
)
_OPS = (
    ("until", re.compile(r"^latest\b|\bon or before\b|\bno later than\b|\buntil\b", re.I)),
    ("from", re.compile(r"^earliest\b|\bon or after\b|\bno earlier than\b|^from\b|^since\b", re.I)),
    (
        "min",
        re.compile(
            (
                r"^(?:lowest|least|minimum|smallest|fewest)\b|\bat least\b|\bmust still\b|\bor more\b|^lower "
                r"(?:bound|limit)"
            ),
            re.I,
        ),
    ),
    (
        "max",
        re.compile(
            r"^(?:highest|most|maximum|largest|greatest)\b|\bat most\b|\bor (?:less|fewer)\b|^upper (?:bound|limit)",
            re.I,
        ),
    ),
)
_OP_WORDS = re.compile(
    r"\b(?:latest|earliest|lowest|highest|least|most|minimum|maximum|smallest|largest|greatest|wanted|"
    r"acceptable|allowed|"
    r"at|on or before|on or after|no later than|no earlier than|until|since|from|or more|or less|or "
    r"fewer|must still fit|"
    r"only|with|whose|this|that|in|having|exactly|is|are)\b",
    re.I,
)
_RANGE = re.compile(r"(?<![\d-])(-?\d+(?:\.\d+)?) to (-?\d+(?:\.\d+)?)(?![\d-])")
_LENGTH = re.compile(r"(\d+) characters? at most|at most (\d+) characters?|up to (\d+) characters?", re.I)
_UNIT = re.compile(r"(?:,|\() ?in ([A-Za-z%°][A-Za-z0-9/%°]*(?: [a-z]+)?)\)?")
_TEXT = re.compile(r"\b(?:text|wording|message|note|comment|remark|words|reason|body|subject)\b", re.I)
_DATETIME = re.compile(r"YYYY-MM-DD ?T ?HH|date and time|ISO 8601 (?:date-?time|moment)", re.I)


@dataclass(frozen=True)
class Subject:
    """What is known of the tool before its parameters are read."""

    operation: Operation
    kind: EntityKind | None
    noun: str
    vocabulary: Vocabulary
    direction: int = 0
    """Of the amount, as the tool's prose says it."""
    amount_attribute: str = ""


def read_parameter(name: str, spec: JsonObject, subject: Subject) -> Meaning:
    """Return what one parameter means to a tool about `subject`."""
    text = str(spec.get("description") or "")
    base = _base(name, spec, text)
    if base.type == "integer" and _LIMIT.search(text):
        return replace(base, kind=MeaningKind.limit)
    as_id = _as_id(base, text, subject)
    if as_id is not None:
        return as_id
    if base.type in ("integer", "float") and (
        _AMOUNT.search(text) or (subject.amount_attribute and _bare_amount(text))
    ):
        return _as_amount(base, text, subject)
    if subject.operation is Operation.search:
        return _as_filter(base, text, subject)
    return _as_value(base, text, subject)


def _bare_amount(text: str) -> bool:
    return bool(re.match(r"^(?:the )?(?:amount|quantity|volume|number)\b", text, re.I))


def _base(name: str, spec: JsonObject, text: str) -> Meaning:
    enum = spec.get("enum")
    span, length, unit = _RANGE.search(text), _LENGTH.search(text), _UNIT.search(text)
    low, high = spec.get("minimum"), spec.get("maximum")
    formatted = _format(spec, text)
    return Meaning(
        parameter=name,
        kind=MeaningKind.unknown,
        type=str(spec.get("type") or "string"),
        required=spec.get("required") is True,
        format=formatted,
        unit=unit[1] if unit else "",
        enum=tuple(enum) if isinstance(enum, list) else (),
        default=_default(spec.get("default")),
        low=float(low) if isinstance(low, int | float) else float(span[1]) if span else None,
        high=float(high) if isinstance(high, int | float) else float(span[2]) if span else None,
        max_length=int(next(part for part in length.groups() if part)) if length else None,
        parts=_parts(spec),
        description=text,
    )


def _parts(spec: JsonObject) -> tuple[Part, ...]:
    """Return what an object, or each item of a list, holds."""
    items = spec.get("items")
    inner = items if isinstance(items, dict) else {}
    held = spec.get("properties") if spec.get("type") == "object" else inner.get("properties")
    if isinstance(held, dict):
        return tuple(_part(str(name), part) for name, part in held.items() if isinstance(part, dict))
    return (_part("", inner),) if inner and inner.get("type") not in ("object", "array") else ()


def _part(name: str, spec: JsonObject) -> Part:
    text = str(spec.get("description") or "")
    unit = _UNIT.search(text)
    return Part(name, str(spec.get("type") or "string"), _format(spec, text), unit[1] if unit else "", text)


def _format(spec: JsonObject, text: str) -> str:
    """Return how a date is to be written: as the description says it, else as the schema does."""
    if _DATETIME.search(text) or "YYYY-MM-DD" in text:
        return "datetime" if _DATETIME.search(text) else "date"
    return {"date": "date", "date-time": "datetime", "date-time-local": "datetime"}.get(str(spec.get("format")), "")


def _default(value: Json) -> Json:
    return value if not isinstance(value, list | dict) else None


def _as_id(base: Meaning, text: str, subject: Subject) -> Meaning | None:
    if base.type != "string" or base.enum or _NOT_AN_ID.search(text):
        return None
    found = _ID_OF.search(text) or _ITS_ID.search(text) or _NOUN_ID.search(text)
    vocabulary = subject.vocabulary
    if found is None:
        found = _NOUN_CODE.search(text)
        if found is None or (vocabulary.kinds and vocabulary.find(found["noun"]) is None):
            return None
        if subject.kind is not None and subject.kind.match(found[0], 0.7) is not None:
            return None
    noun = found["noun"].strip()
    kind = vocabulary.find(noun)
    if kind is None:
        return _unresolved_id(base, noun, subject)
    named = replace(base, noun=kind.noun, collection=kind.collection)
    own = subject.kind is not None and kind.collection == subject.kind.collection
    if own and subject.operation not in (Operation.create, Operation.search):
        return replace(named, kind=MeaningKind.target_id)
    attribute = _reference_attribute(base, text, kind, subject)
    kind_of = MeaningKind.filter if subject.operation is Operation.search else MeaningKind.reference
    return replace(named, kind=kind_of, attribute=attribute)


def _unresolved_id(base: Meaning, noun: str, subject: Subject) -> Meaning:
    noun = re.split(r"\b(?:to|for|that|of|which|whose|by|in|on|the|such)\b", noun)[0].strip() or noun
    if subject.operation is Operation.search and subject.kind is not None and subject.kind.traits:
        trait = _link(noun, base, subject.kind)
        named = replace(base, kind=MeaningKind.filter, noun=noun)
        return replace(named, attribute=trait.name, collection=trait.references) if trait is not None else named
    head = tokens(noun)[:1]
    same = bool(head) and stem(head[0]) in {stem(word) for word in tokens(subject.noun)}
    acting = subject.operation not in (Operation.create, Operation.search)
    if acting and (same or not subject.vocabulary.kinds):
        return replace(
            base, kind=MeaningKind.target_id, noun=noun, collection=subject.kind.collection if subject.kind else ""
        )
    return replace(base, kind=MeaningKind.reference, noun=noun, attribute=base.parameter)


def _link(noun: str, base: Meaning, kind: EntityKind) -> Trait | None:
    """Return the attribute that refers to `noun`, whose own collection is not shown."""
    links = [trait for trait in kind.traits if trait.references or trait.name.endswith("_id")]
    among = EntityKind(kind.noun, kind.collection, "", tuple(links))
    told = next((trait for trait in links if trait.references and stems(trait.references) == stems(noun)), None)
    return told or among.match(noun) or kind.trait(base.parameter) or (links[0] if len(links) == 1 else None)


def _reference_attribute(base: Meaning, text: str, kind: EntityKind, subject: Subject) -> str:
    if subject.kind is None:
        return base.parameter
    trait = subject.kind.reference_to(kind.collection, text) or subject.kind.trait(base.parameter)
    if trait is not None:
        return trait.name
    return "" if subject.kind.traits else base.parameter


def _as_amount(base: Meaning, text: str, subject: Subject) -> Meaning:
    direction = subject.direction or (-1 if _DOWN.search(text) else 1 if _UP.search(text) else 0)
    attribute = subject.amount_attribute
    trait = subject.kind.match(_after_to(text)) if subject.kind is not None and not attribute else None
    if trait is None and subject.kind is not None and not attribute:
        trait = subject.kind.match(base.parameter, 0.9)
    found = trait.name if trait is not None else attribute
    if not found and subject.operation is Operation.create and not (subject.kind and subject.kind.traits):
        return replace(base, kind=MeaningKind.sets, attribute=base.parameter)
    return replace(base, kind=MeaningKind.amount, direction=direction, attribute=found)


def _after_to(text: str) -> str:
    return re.split(r"\bto \w+\b", text, maxsplit=1)[-1].split(",")[0]


def _as_filter(base: Meaning, text: str, subject: Subject) -> Meaning:
    op = next((name for name, pattern in _OPS if pattern.search(text)), "eq")
    if base.type == "boolean":
        op = "eq"
    phrase = _OP_WORDS.sub(" ", re.split(r"[,:;(]", text)[0])
    trait = _filter_trait(base, phrase, op, text, subject.kind)
    if trait is None:
        unresolved = MeaningKind.flag if base.type == "boolean" else MeaningKind.unknown
        guess = "" if subject.kind is not None and subject.kind.traits else identifier(" ".join(content(phrase)))
        return replace(base, kind=MeaningKind.filter if guess else unresolved, attribute="", op=op)
    if trait.type == "array" and op == "eq":
        op = "has"
    return replace(base, kind=MeaningKind.filter, attribute=trait.name, op=op)


def _filter_trait(base: Meaning, phrase: str, op: str, text: str, kind: EntityKind | None) -> Trait | None:
    if kind is None:
        return None
    fitting = EntityKind(
        kind.noun, kind.collection, "", tuple(trait for trait in kind.traits if _fits(base, trait, op))
    )
    strict = op == "eq" and not re.match(r"only\b|whether\b", text, re.I)
    trait = fitting.match(phrase, 0.99 if strict else 0.5)
    if trait is None and base.enum:
        trait = next((own for own in fitting.traits if own.enum and set(map(str, base.enum)) <= set(own.enum)), None)
    if trait is None and op != "eq" and len(fitting.traits) == 1:
        return fitting.traits[0]
    return trait or fitting.match(base.parameter, 0.5 if op != "eq" else 0.99)


def _fits(base: Meaning, trait: Trait, op: str) -> bool:
    if base.type in ("integer", "float"):
        return trait.type in ("integer", "float")
    if base.type == "boolean":
        return trait.type == "boolean"
    if base.format:
        return bool(trait.format)
    return trait.type in ("string", "array") and not (op in ("min", "max") and bool(trait.enum))


def _as_value(base: Meaning, text: str, subject: Subject) -> Meaning:
    trait = _value_trait(base, text, subject.kind)
    if trait is not None and not subject.operation.reads_only:
        formatted = base.format or trait.format
        return replace(base, kind=MeaningKind.sets, attribute=trait.name, format=formatted)
    if base.type == "boolean":
        return replace(base, kind=MeaningKind.flag)
    if base.type == "string" and not base.enum and not base.format and (_TEXT.search(text) or base.max_length):
        return replace(base, kind=MeaningKind.text, attribute=_free_attribute(base, subject))
    if subject.operation.reads_only:
        return base
    return replace(base, kind=MeaningKind.sets, attribute=_free_attribute(base, subject))


def _free_attribute(base: Meaning, subject: Subject) -> str:
    """Without declared attributes a new entity keeps its arguments under their own names."""
    silent = subject.kind is None or not subject.kind.traits
    return base.parameter if silent and subject.operation is Operation.create else ""


def _value_trait(base: Meaning, text: str, kind: EntityKind | None) -> Trait | None:
    if kind is None:
        return None
    fitting = EntityKind(kind.noun, kind.collection, "", tuple(t for t in kind.traits if _settable(base, t)))
    head = re.split(r"[,;:(]", re.sub(r"^whether (?:the )?", "", text, flags=re.I))[0]
    for pattern in (_OWNER, _POSSESSIVE):
        found = pattern.search(text)
        if found and (trait := fitting.match(found["attr"])):
            return trait
    if base.type == "boolean" and re.match(r"whether to\b", text, re.I):
        return fitting.match(head, 0.99)
    trait = fitting.match(head, 0.6)
    if trait is None and base.enum:
        trait = next((own for own in fitting.traits if own.enum and set(map(str, base.enum)) <= set(own.enum)), None)
    return trait or fitting.match(base.parameter, 0.8) or _named_after_verb(text, fitting)


def _named_after_verb(text: str, kind: EntityKind) -> Trait | None:
    """`Family name` of the person a sample is reserved for: only `reserved_by` can hold it."""
    by = [trait for trait in kind.traits if trait.name.endswith("_by") and not trait.references]
    return by[0] if len(by) == 1 and re.search(r"\b(?:name|person|who)\b", text, re.I) else None


def _settable(base: Meaning, trait: Trait) -> bool:
    numbers = ("integer", "float")
    if base.type in numbers or trait.type in numbers:
        return base.type in numbers and trait.type in numbers
    return base.type == trait.type or (base.type == "string" and bool(trait.format))
