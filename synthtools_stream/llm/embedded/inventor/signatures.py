"""Read a signature: what its purpose, inputs and effects say, in terms of the entity types.

The purpose is read as English: which type it names first, which attributes, which states. Inputs are matched by
name and, where the names say nothing, by the order in which the purpose mentions the attributes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence

from synthtools_stream.llm.embedded.inventor.deeds import (
    Deed,
    Filter,
    FilterKind,
    Kind,
    life_cycle,
    spoken,
    type_named,
)
from synthtools_stream.llm.embedded.inventor.words import plural, words
from synthtools_stream.records.blueprint import Attribute, EntityType, Signature

__all__ = ["read_signature"]

_ONE = re.compile(r"\b(?:one|single)\b|\bby (?:its )?id\b|\bgiven an id\b")
_LEAST = re.compile(r"\b(?:lowest|earliest|minimum|least|from)\s+$")
_MOST = re.compile(r"\b(?:highest|latest|maximum|most|until)\s+$")
_LIMIT = re.compile(r"\b(?:at most|up to) (?:a given number|\w+ many)|\bhow many\b")
_SORTED = re.compile(r"\bsorted by ([^,;.]+), (\w+) first")
_NEW = re.compile(r"\ba new\b|\bcreate\b")
_FALLING = re.compile(r"^(?:lower|reduce|decrease|draw|deduct|use|withdraw|cut|subtract|take|spend|release|discharge)\b")


def read_signature(signature: Signature, types: Sequence[EntityType]) -> Deed:
    """Return the deed that a signature describes."""
    text = signature.purpose.strip().rstrip(".")
    low = text[:1].casefold() + text[1:]
    main, other = _nouns(low, signature, types)
    kind = _kind(low, signature, main, other)
    verb = _verb(low)
    if main is None:
        return Deed(kind, "", verb)
    return _READERS[kind](low, verb, main, other, types, signature)


def _mentions(text: str, types: Sequence[EntityType]) -> list[EntityType]:
    """Return the entity types named in `text`, in order of mention; a longer name hides a shorter one inside it."""
    found: list[tuple[int, int, EntityType]] = []
    for kind in types:
        pattern = rf"\b(?:{re.escape(plural(kind.name))}|{re.escape(kind.name)})\b"
        found += [(match.start(), match.end(), kind) for match in re.finditer(pattern, text)]
    found.sort(key=lambda item: (item[0], -item[1]))
    ordered: list[EntityType] = []
    end = -1
    for start, stop, kind in found:
        if start >= end:
            end = stop
            if kind not in ordered:
                ordered.append(kind)
    return ordered


def _nouns(
    text: str, signature: Signature, types: Sequence[EntityType]
) -> tuple[EntityType | None, EntityType | None]:
    """Return the type that the tool is about, and a second one that it refers to."""
    touched = signature.effects.writes or signature.effects.reads
    mentioned = _mentions(_head(text), types) or _mentions(text, types)
    named = [kind for kind in mentioned if kind.collection in touched]
    fallback = [kind for kind in types if kind.collection in touched]
    main = next(iter([*named, *fallback]), None)
    if main is not None and re.search(r", (?:as|replacing) its ", text):
        receiver = re.search(r"\bto an? (.*)", text)
        received = [kind for kind in _mentions(receiver[1], types) if kind.collection in touched] if receiver else []
        main = next(iter(received), main)
    other = next((kind for kind in mentioned if kind is not main), None)
    return main, other


def _head(text: str) -> str:
    """Return the part of a purpose that names things, before attributes are listed."""
    return re.split(r", with | with its |, narrowed|, filtered|, sorted|;|, so that|, its ", text)[0]


def _kind(text: str, signature: Signature, main: EntityType | None, other: EntityType | None) -> Kind:
    if not signature.effects.writes:
        return Kind.get if _ONE.search(text) or len(signature.inputs) == 1 and not _SORTED.search(text) else Kind.search
    for kind, pattern in _CUES:
        if re.search(pattern, text) and (kind is not Kind.assign or other is not None):
            return kind
    del main
    return Kind.create if _NEW.search(text) else Kind.update


_CUES = (
    (Kind.delete, r"\bfor good\b|^delete\b"),
    (Kind.create, r"\ba new\b"),
    (Kind.transition, r", (?:so that )?its \w[\w ]* becomes "),
    (Kind.adjust, r"\bby an? (?:given )?amount\b"),
    (Kind.assign, r", (?:as|replacing) its "),
)


def _verb(text: str) -> str:
    text = re.sub(r"^given an id, ", "", text)
    match = re.match(r"([\w -]*?)\s+(?:an?|the|one|its|single)\b", text)
    return match[1] if match and match[1] else text.split(" ")[0]


def _states(text: str, kind: EntityType | None, anchor: str) -> tuple[str, ...]:
    """Return the states in `… <anchor> that is a or b`."""
    cycle = life_cycle(kind) if kind else None
    match = re.search(rf"\b{re.escape(anchor)} that is ([^,;]+)", text)
    if cycle is None or match is None:
        return ()
    span = re.split(r"\b(?: for good| by a| to a| as |, )", match[1])[0]
    return tuple(state for state in _enum(cycle) if re.search(rf"\b{re.escape(words(state))}\b", span))


def _enum(attribute: Attribute) -> list[str]:
    return list(attribute.enum or [])


def _listed(span: str, kind: EntityType, types: Sequence[EntityType]) -> list[tuple[int, Attribute]]:
    """Return the attributes mentioned in `span` with their positions, longest names first where they overlap."""
    found: list[tuple[int, int, Attribute]] = []
    for attribute in kind.attributes:
        name = spoken(attribute, types)
        found += [
            (match.start(), match.end(), attribute) for match in re.finditer(rf"\b{re.escape(name)}\b", span)
        ]
    found.sort(key=lambda item: (-(item[1] - item[0]), item[0]))
    kept: list[tuple[int, int, Attribute]] = []
    for start, end, attribute in found:
        if all(end <= left or start >= right for left, right, _ in kept):
            kept.append((start, end, attribute))
    return [(start, attribute) for start, _, attribute in sorted(kept, key=lambda item: item[0])]


def _names(span: str, kind: EntityType, types: Sequence[EntityType]) -> tuple[str, ...]:
    seen: dict[str, None] = {}
    for _, attribute in _listed(span, kind, types):
        seen.setdefault(attribute.name)
    return tuple(seen)


def _after(text: str, *marks: str) -> str:
    """Return what follows the first of `marks` found, up to a semicolon; else everything."""
    for mark in marks:
        _, found, rest = text.partition(mark)
        if found:
            return rest.split(";")[0]
    return text


def _read_get(
    text: str, verb: str, main: EntityType, other: EntityType | None, types: Sequence[EntityType], signature: Signature
) -> Deed:
    span = _after(text, "with its ", "return its ", f"{verb} the ")
    return Deed(Kind.get, main.name, verb, attributes=_names(span, main, types))


def _read_search(
    text: str, verb: str, main: EntityType, other: EntityType | None, types: Sequence[EntityType], signature: Signature
) -> Deed:
    order = _SORTED.search(text)
    span = text[: order.start()] if order else text
    body = re.split(rf"\b{re.escape(plural(main.name))}\b", span, maxsplit=1)[-1]
    filters = [Filter(attribute.name, _filter_kind(body[:at])) for at, attribute in _listed(body, main, types)]
    if _LIMIT.search(text):
        filters.append(Filter("", FilterKind.limit))
    sort = _names(order[1], main, types) if order else ()
    descending = bool(order) and order is not None and order[2] in {"highest", "latest", "largest", "newest"}
    first = verb.removesuffix(plural(main.name)).strip() or verb
    first = re.sub(rf"\s*\b{re.escape(plural(main.name))}\b.*", "", _verb_before(text, main)) or first
    return Deed(
        Kind.search, main.name, first, filters=tuple(filters), sort=sort[0] if sort else "", descending=descending
    )


def _verb_before(text: str, main: EntityType) -> str:
    return re.split(rf"\b(?:the )?{re.escape(plural(main.name))}\b", text, maxsplit=1)[0].strip()


def _filter_kind(before: str) -> FilterKind:
    if _LEAST.search(before):
        return FilterKind.least
    return FilterKind.most if _MOST.search(before) else FilterKind.equal


def _read_create(
    text: str, verb: str, main: EntityType, other: EntityType | None, types: Sequence[EntityType], signature: Signature
) -> Deed:
    span = re.split(r", starting as|; ", _after(text, "with its ", "with "))[0]
    cycle = life_cycle(main)
    start = re.search(r"\b(?:starts|starting) as ([\w -]+)", text)
    to = next((state for state in _enum(cycle) if start and words(state) == start[1].strip()), "") if cycle else ""
    after = re.search(r"; the [\w -]+ becomes ([\w -]+)", text)
    return Deed(
        Kind.create,
        main.name,
        verb,
        attributes=_names(span, main, types),
        to=to,
        other=other.name if other else "",
        other_states=_states(text, other, other.name) if other else (),
        other_to=_state_said(other, after[1]) if after else "",
    )


def _state_said(kind: EntityType | None, said: str) -> str:
    cycle = life_cycle(kind) if kind else None
    return next((state for state in _enum(cycle) if words(state) == said.strip()), "") if cycle else ""


def _read_update(
    text: str, verb: str, main: EntityType, other: EntityType | None, types: Sequence[EntityType], signature: Signature
) -> Deed:
    span = re.split(rf" of an? {re.escape(main.name)}\b", text)[0]
    names = _names(span, main, types) or _names(" ".join(words(name) for name in signature.inputs), main, types)
    return Deed(Kind.update, main.name, verb, attributes=names, states=_states(text, main, main.name))


def _read_transition(
    text: str, verb: str, main: EntityType, other: EntityType | None, types: Sequence[EntityType], signature: Signature
) -> Deed:
    match = re.search(r"its [\w ]+? becomes ([\w -]+)", text)
    to = _state_said(main, match[1].removesuffix(" and record its")) if match else ""
    recorded = _after(text, "record its ") if "record its " in text else ""
    marked = re.search(r" as ([\w -]+), (?:so that )?its ", text)
    return Deed(
        Kind.transition,
        main.name,
        f"{verb} as {marked[1]}" if marked else verb,
        attributes=_names(recorded, main, types),
        states=_states(text, main, main.name),
        to=to,
    )


def _read_assign(
    text: str, verb: str, main: EntityType, other: EntityType | None, types: Sequence[EntityType], signature: Signature
) -> Deed:
    after = re.search(r"; the [\w -]+ becomes ([\w -]+)", text)
    refs = [item.name for item in main.attributes if other and item.references == other.collection]
    named = [name for name in _names(_after(text, ", as its ", ", replacing its "), main, types) if name in refs]
    return Deed(
        Kind.assign,
        main.name,
        verb,
        attributes=tuple((named or refs)[:1]),
        states=_states(text, main, main.name),
        other=other.name if other else "",
        other_states=_states(text, other, other.name) if other else (),
        other_to=_state_said(other, after[1]) if after else "",
        onward=bool(other) and [kind.name for kind in _mentions(_head(text), types)][:1] == [main.name],
    )


def _read_adjust(
    text: str, verb: str, main: EntityType, other: EntityType | None, types: Sequence[EntityType], signature: Signature
) -> Deed:
    span = re.split(rf" of an? {re.escape(main.name)}\b", text)[0]
    bound = _names(_after(text, "not exceed its "), main, types) if "not exceed its " in text else ()
    return Deed(
        Kind.adjust,
        main.name,
        verb,
        attributes=_names(span, main, types)[:1],
        states=_states(text, main, main.name),
        up=not _FALLING.search(text),
        bound=bound[0] if bound else "",
    )


def _read_delete(
    text: str, verb: str, main: EntityType, other: EntityType | None, types: Sequence[EntityType], signature: Signature
) -> Deed:
    return Deed(Kind.delete, main.name, verb, states=_states(text, main, main.name))


_READERS = {
    Kind.get: _read_get,
    Kind.search: _read_search,
    Kind.create: _read_create,
    Kind.update: _read_update,
    Kind.transition: _read_transition,
    Kind.assign: _read_assign,
    Kind.adjust: _read_adjust,
    Kind.delete: _read_delete,
}
