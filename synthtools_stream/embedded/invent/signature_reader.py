"""Read a signature: what its purpose, inputs and effects say, in terms of the entity types.

The purpose is read as English: which type it names first, which attributes, which states. Inputs are matched by
name and, where the names say nothing, by the order in which the purpose mentions the attributes.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from synthtools_stream.embedded.english import plural
from synthtools_stream.embedded.invent.deeds import Deed, Filter, FilterKind, life_cycle, spoken
from synthtools_stream.embedded.operation import Operation
from synthtools_stream.embedded.prose import spans, words
from synthtools_stream.records.blueprint import Attribute, EntityType, Signature

__all__ = ["read_signature"]

_ONE = re.compile(r"\b(?:one|single)\b|\bby (?:its )?id\b|\bgiven an id\b")
_LEAST = re.compile(r"\b(?:lowest|earliest|minimum|least|from)\s+$")
_MOST = re.compile(r"\b(?:highest|latest|maximum|most|until)\s+$")
_LIMIT = re.compile(r"\b(?:at most|up to) (?:a given number|\w+ many)|\bhow many\b")
_SORTED = re.compile(r"\bsorted by ([^,;.]+), (\w+) first")
_NEW = re.compile(r"\ba new\b|\bcreate\b")
_FALLING = re.compile(
    r"^(?:lower|reduce|decrease|draw|deduct|use|withdraw|cut|subtract|take|spend|release|discharge|bring|move)\b"
)


@dataclass(frozen=True)
class _Purpose:
    """A purpose with what is known of it before its details are read."""

    text: str
    verb: str
    main: EntityType
    other: EntityType | None
    types: Sequence[EntityType]
    signature: Signature

    def names(self, span: str) -> tuple[str, ...]:
        """Return the attributes of the main type that `span` mentions."""
        return _names(span, self.main, self.types)

    @property
    def states(self) -> tuple[str, ...]:
        """Return the states that the main type must be in."""
        return _states(self.text, self.main, self.main.name)

    @property
    def other_states(self) -> tuple[str, ...]:
        """Return the states that the second type must be in."""
        return _states(self.text, self.other, self.other.name) if self.other else ()


def read_signature(signature: Signature, types: Sequence[EntityType]) -> Deed:
    """Return the deed that a signature describes."""
    text = signature.purpose.strip().rstrip(".")
    low = text[:1].casefold() + text[1:]
    main, other = _nouns(low, signature, types)
    operation = _operation(low, signature, main, other)
    verb = _verb(low)
    if main is None:
        return Deed(operation, "", verb)
    return _READERS[operation](_Purpose(low, verb, main, other, types, signature))


def _mentions(text: str, types: Sequence[EntityType]) -> list[EntityType]:
    """Return the entity types named in `text`, in order of mention; a longer name hides a shorter one inside it."""
    found: list[tuple[int, int, EntityType]] = []
    for kind in types:
        places = {*spans(plural(kind.name), text), *spans(kind.name, text)}
        found += [(start, end, kind) for start, end in sorted(places)]
    found.sort(key=lambda item: (item[0], -item[1]))
    ordered: list[EntityType] = []
    end = -1
    for start, stop, kind in found:
        if start >= end:
            end = stop
            if kind not in ordered:
                ordered.append(kind)
    return ordered


def _nouns(text: str, signature: Signature, types: Sequence[EntityType]) -> tuple[EntityType | None, EntityType | None]:
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


def _operation(text: str, signature: Signature, main: EntityType | None, other: EntityType | None) -> Operation:
    if not signature.effects.writes:
        many = main is not None and any(spans(plural(main.name), text))
        lone = len(signature.inputs) == 1 and not many
        return Operation.get if _ONE.search(text) or lone else Operation.search
    for operation, pattern in _CUES:
        if re.search(pattern, text) and (operation is not Operation.assign or other is not None):
            return operation
    return Operation.create if _NEW.search(text) else Operation.update


_CUES = (
    (Operation.delete, r"\bfor good\b|^delete\b"),
    (Operation.create, r"\ba new\b"),
    (Operation.transition, r", (?:so that )?its \w[\w ]* becomes "),
    (Operation.adjust, r"\bby an? (?:given )?(?:amount|number of days)\b"),
    (Operation.assign, r", (?:as|replacing) its "),
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
    return tuple(state for state in _enum(cycle) if any(spans(words(state), span)))


def _enum(attribute: Attribute) -> list[str]:
    return list(attribute.enum or [])


def _listed(span: str, kind: EntityType, types: Sequence[EntityType]) -> list[tuple[int, Attribute]]:
    """Return the attributes mentioned in `span` with their positions, longest names first where they overlap."""
    found: list[tuple[int, int, Attribute]] = []
    for attribute in kind.attributes:
        name = spoken(attribute, types)
        found += [(start, end, attribute) for start, end in spans(name, span)]
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


def _read_get(purpose: _Purpose) -> Deed:
    span = _after(purpose.text, "with its ", "return its ", f"{purpose.verb} the ")
    return Deed(Operation.get, purpose.main.name, purpose.verb, attributes=purpose.names(span))


def _read_search(purpose: _Purpose) -> Deed:
    order = _SORTED.search(purpose.text)
    span = purpose.text[: order.start()] if order else purpose.text
    body = re.split(rf"\b{re.escape(plural(purpose.main.name))}\b", span, maxsplit=1)[-1]
    filters = [Filter(item.name, _filter_kind(body[:at])) for at, item in _listed(body, purpose.main, purpose.types)]
    if _LIMIT.search(purpose.text):
        filters.append(Filter("", FilterKind.limit))
    sort = purpose.names(order[1]) if order else ()
    descending = order is not None and order[2] in {"highest", "latest", "largest", "newest"}
    many = plural(purpose.main.name)
    first = purpose.verb.removesuffix(many).strip() or purpose.verb
    first = re.sub(rf"\s*\b{re.escape(many)}\b.*", "", _verb_before(purpose.text, purpose.main)) or first
    return Deed(
        Operation.search,
        purpose.main.name,
        first,
        filters=tuple(filters),
        sort=sort[0] if sort else "",
        descending=descending,
    )


def _verb_before(text: str, main: EntityType) -> str:
    return re.split(rf"\b(?:the )?{re.escape(plural(main.name))}\b", text, maxsplit=1)[0].strip()


def _filter_kind(before: str) -> FilterKind:
    if _LEAST.search(before):
        return FilterKind.least
    return FilterKind.most if _MOST.search(before) else FilterKind.equal


def _read_create(purpose: _Purpose) -> Deed:
    span = re.split(r", starting as|; ", _after(purpose.text, "with its ", "with "))[0]
    cycle = life_cycle(purpose.main)
    start = re.search(r"\b(?:starts|starting) as ([\w -]+)", purpose.text)
    to = next((state for state in _enum(cycle) if start and words(state) == start[1].strip()), "") if cycle else ""
    after = re.search(r"; the [\w -]+ becomes ([\w -]+)", purpose.text)
    return Deed(
        Operation.create,
        purpose.main.name,
        purpose.verb,
        attributes=purpose.names(span),
        to=to,
        other=purpose.other.name if purpose.other else "",
        other_states=purpose.other_states,
        other_to=_state_said(purpose.other, after[1]) if after else "",
    )


def _state_said(kind: EntityType | None, said: str) -> str:
    cycle = life_cycle(kind) if kind else None
    return next((state for state in _enum(cycle) if words(state) == said.strip()), "") if cycle else ""


def _read_update(purpose: _Purpose) -> Deed:
    span = re.split(rf" of an? {re.escape(purpose.main.name)}\b", purpose.text)[0]
    names = purpose.names(span) or purpose.names(" ".join(words(name) for name in purpose.signature.inputs))
    return Deed(Operation.update, purpose.main.name, purpose.verb, attributes=names, states=purpose.states)


def _read_transition(purpose: _Purpose) -> Deed:
    match = re.search(r"its [\w ]+? becomes ([\w -]+)", purpose.text)
    to = _state_said(purpose.main, match[1].removesuffix(" and record its")) if match else ""
    recorded = _after(purpose.text, "record its ") if "record its " in purpose.text else ""
    marked = re.search(r" as ([\w -]+), (?:so that )?its ", purpose.text)
    return Deed(
        Operation.transition,
        purpose.main.name,
        f"{purpose.verb} as {marked[1]}" if marked else purpose.verb,
        attributes=purpose.names(recorded),
        states=purpose.states,
        to=to,
    )


def _read_assign(purpose: _Purpose) -> Deed:
    after = re.search(r"; the [\w -]+ becomes ([\w -]+)", purpose.text)
    other = purpose.other
    refs = [item.name for item in purpose.main.attributes if other and item.references == other.collection]
    named = [name for name in purpose.names(_after(purpose.text, ", as its ", ", replacing its ")) if name in refs]
    return Deed(
        Operation.assign,
        purpose.main.name,
        purpose.verb,
        attributes=tuple((named or refs)[:1]),
        states=purpose.states,
        other=purpose.other.name if purpose.other else "",
        other_states=purpose.other_states,
        other_to=_state_said(purpose.other, after[1]) if after else "",
        onward=bool(purpose.other) and _mentions(_head(purpose.text), purpose.types)[:1] == [purpose.main],
    )


def _read_adjust(purpose: _Purpose) -> Deed:
    span = re.split(rf" of an? {re.escape(purpose.main.name)}\b", purpose.text)[0]
    bound = purpose.names(_after(purpose.text, "not exceed its ")) if "not exceed its " in purpose.text else ()
    return Deed(
        Operation.adjust,
        purpose.main.name,
        purpose.verb,
        attributes=purpose.names(span)[:1],
        states=purpose.states,
        up=not _FALLING.search(purpose.text),
        bound=bound[0] if bound else "",
    )


def _read_delete(purpose: _Purpose) -> Deed:
    return Deed(Operation.delete, purpose.main.name, purpose.verb, states=purpose.states)


_READERS = {
    Operation.get: _read_get,
    Operation.search: _read_search,
    Operation.create: _read_create,
    Operation.update: _read_update,
    Operation.transition: _read_transition,
    Operation.assign: _read_assign,
    Operation.adjust: _read_adjust,
    Operation.delete: _read_delete,
}
