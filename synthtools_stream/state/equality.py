"""Two final states are equal when they differ in nothing but the names of what was created, and volatile attributes.

Entities absent from the initial state are created ones. Which of them stands for which is not told by their ids, since
an agent that books in another order is given them in another order; nor by their content alone, since two of them may
hold the same but for references to others that are new as well. It is the question whether two labelled graphs are the
same but for the names of nodes, and is answered as for those: each entity gets a colour from what it holds, then from
the colours of what its references lead to, refined until nothing changes (Weisfeiler and Leman's refinement); what then
has one colour is mostly alike in all respects, so that any pairing will do. Where it is not, as in rings of twins,
pairings within the colours are tried, up to a budget. References are renamed before anything is compared.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from functools import cached_property
from typing import NamedTuple

from synthtools_stream.records.change import State
from synthtools_stream.state.changes import rename
from synthtools_stream.values.jsontypes import Json, JsonObject, canonical_json, same_json

__all__ = ["Comparison", "Expectation", "compare", "equal_up_to"]

_SEARCH_BUDGET = 2_000
"""Steps of the search for a pairing, some milliseconds; when they end, the least difference found so far is told."""
_SHOWN = 20
"""Differences that are told: more than anybody reads, and little enough for a row."""


class Comparison(NamedTuple):
    """What differs, and which created id of the expected state is which id of the actual one."""

    differences: list[str]
    renamed: dict[str, str]


class Expectation:
    """What final states are compared with, many of them: what needs to be found out once is."""

    def __init__(self, expected: State, initial: State, volatile: Collection[str] = ()) -> None:
        """Expect states that began as `initial` to end as `expected`; `volatile` names `collection.attribute`s."""
        self._expected, self._initial, self._volatile = expected, initial, volatile
        self._theirs = _created(expected, initial, volatile)

    @cached_property
    def _colours(self) -> list[bytes]:
        return sorted(_colours(self._theirs).values())

    def same(self, actual: State) -> bool:
        """Say whether `compare` finds no difference; says no as soon as that is sure."""
        expected, theirs = self._expected, self._theirs
        alike = self._alike(actual)
        if alike is not None:
            return alike
        ours = _created(actual, self._initial, self._volatile)
        if len(ours) == 1 and len(theirs) == 1:
            if not _is_renamed(ours[0], theirs[0]):
                return False
        elif sorted(_colours(ours).values()) != self._colours:
            return False
        return not compare(actual, expected, self._initial, self._volatile).differences

    def _alike(self, actual: State) -> bool | None:
        """Say whether all is the same, or something differs for sure; None where new names may explain it all."""
        open_ = False
        for collection in {**self._expected, **actual}:
            ours, theirs = actual.get(collection) or {}, self._expected.get(collection) or {}
            if ours is theirs:
                continue
            old = self._initial.get(collection) or {}
            if len(ours) != len(theirs) or (old.keys() & ours.keys()) - theirs.keys():
                return False
            for name, wanted in theirs.items():
                found = ours.get(name)
                if found is wanted or (found is not None and not self._differs(collection, found, wanted)):
                    continue
                if name in old and (found is None or self._beyond_names(collection, found, wanted)):
                    return False
                open_ = True
        return None if open_ and self._theirs else not open_

    def _differs(self, collection: str, found: JsonObject, wanted: JsonObject) -> bool:
        for key in {**wanted, **found}:
            alike = key in found and key in wanted and same_json(found[key], wanted[key])
            if not alike and f"{collection}.{key}" not in self._volatile:
                return True
        return False

    def _beyond_names(self, collection: str, found: JsonObject, wanted: JsonObject) -> bool:
        """Say whether an old entity differs in a value that names nothing new: then no pairing can make it equal."""
        for key in {**found, **wanted}:
            if f"{collection}.{key}" in self._volatile:
                continue
            if key not in found or key not in wanted:
                return True
            if not same_json(found[key], wanted[key]):
                text = canonical_json(wanted[key]).decode()
                if not any(entity.id in text for entity in self._theirs):
                    return True
        return False


class _Created(NamedTuple):
    collection: str
    id: str
    content: JsonObject


def _is_renamed(ours: _Created, theirs: _Created) -> bool:
    """Say whether one created entity is another one but for its name."""
    if ours.collection != theirs.collection:
        return False
    named = theirs.content if ours.id == theirs.id else rename(theirs.content, {theirs.id: ours.id})
    return same_json(ours.content, named)


def equal_up_to(actual: State, expected: State, initial: State, volatile: Collection[str] = ()) -> list[str]:
    """Return in what `actual` differs from `expected` beyond minted ids and volatile attributes; empty: equal."""
    return compare(actual, expected, initial, volatile).differences


def compare(actual: State, expected: State, initial: State, volatile: Collection[str] = ()) -> Comparison:
    """Compare two final states that began as `initial`; `volatile` names `collection.attribute`s."""
    differences = list(_differences(actual, expected, volatile))
    if not differences:
        return Comparison([], {})
    ours, theirs = _created(actual, initial, volatile), _created(expected, initial, volatile)
    if not ours or len(ours) != len(theirs) or _beyond_names(actual, expected, [*ours, *theirs], volatile):
        return Comparison(differences[:_SHOWN], {})
    best = differences
    for pairing in _pairings(theirs, ours):
        renamed = {a: b for a, b in pairing.items() if a != b}
        found = (
            list(_differences(actual, _rename_state(expected, theirs, renamed), volatile)) if renamed else differences
        )
        if not found:
            return Comparison([], renamed)
        best = min(best, found, key=len)
    return Comparison(best[:_SHOWN], {})


def _differences(actual: State, expected: State, volatile: Collection[str]) -> Iterator[str]:
    for collection in {**expected, **actual}:
        ours, theirs = actual.get(collection) or {}, expected.get(collection) or {}
        if ours is theirs:
            continue
        for name, wanted in theirs.items():
            if name not in ours:
                yield f"{collection}/{name} is missing"
            elif ours[name] is not wanted:
                yield from _entity_differences(collection, name, ours[name], wanted, volatile)
        yield from (f"{collection}/{name} should not be there" for name in ours if name not in theirs)


def _entity_differences(
    collection: str, name: str, ours: JsonObject, theirs: JsonObject, volatile: Collection[str]
) -> Iterator[str]:
    for key in {**theirs, **ours}:
        if f"{collection}.{key}" in volatile:
            continue
        if key not in ours:
            yield f"{collection}/{name}: {key} is missing"
        elif key not in theirs:
            yield f"{collection}/{name}: {key} should not be there"
        elif not same_json(ours[key], theirs[key]):
            yield f"{collection}/{name}: {key} is {_short(ours[key])}, expected {_short(theirs[key])}"


def _created(state: State, initial: State, volatile: Collection[str]) -> list[_Created]:
    return [
        _Created(collection, name, _compared(collection, content, volatile))
        for collection, entities in state.items()
        if entities is not (old := initial.get(collection) or {})
        for name, content in entities.items()
        if name not in old
    ]


def _compared(collection: str, content: JsonObject, volatile: Collection[str]) -> JsonObject:
    """Return the attributes that are compared."""
    if not volatile:
        return content
    return {key: value for key, value in content.items() if f"{collection}.{key}" not in volatile}


def _beyond_names(actual: State, expected: State, created: list[_Created], volatile: Collection[str]) -> bool:
    """Say whether an old entity differs in a value that names nothing new: then no pairing can make it equal."""
    names = {entity.id for entity in created}
    for collection, theirs in expected.items():
        ours = actual.get(collection) or {}
        if ours is theirs:
            continue
        for name, wanted in theirs.items():
            found = ours.get(name, wanted)
            if found is wanted or name in names:
                continue
            for key in found.keys() & wanted.keys():
                pair = [found[key], wanted[key]]
                if f"{collection}.{key}" not in volatile and not same_json(*pair):
                    text = canonical_json(pair).decode()
                    if not any(new in text for new in names):
                        return True
    return False


def _colours(created: list[_Created]) -> dict[str, bytes]:
    """Colour created entities by content, references replaced by the colours of what they lead to.

    Each round tells apart at least what the one before did, so that a round which adds no colour is the last: at most
    as many rounds as entities. Colours are ranked by what they stand for, not by ids or order, and so are the same for
    both states.
    """
    colours = {entity.id: f"<{entity.collection}>" for entity in created}
    seen = len(set(colours.values()))
    while True:
        bodies = {
            entity.id: canonical_json([colours[entity.id], rename(entity.content, colours)]) for entity in created
        }
        ranks = {body: index for index, body in enumerate(sorted(set(bodies.values())))}
        if len(ranks) == seen or len(ranks) == len(created):
            return bodies
        seen = len(ranks)
        colours = {entity.id: f"<{entity.collection} {ranks[bodies[entity.id]]}>" for entity in created}


def _pairings(expected: list[_Created], actual: list[_Created]) -> Iterator[dict[str, str]]:
    """Yield ways to pair expected with actual entities, likeliest first, at most a budget's worth."""
    theirs, ours = _colours(expected), _colours(actual)
    if sorted(theirs.values()) != sorted(ours.values()):
        yield _by_order(expected, actual)
        return
    choices = [(name, [other for other in ours if ours[other] == colour]) for name, colour in theirs.items()]
    choices.sort(key=lambda choice: len(choice[1]))  # what has one partner only costs nothing and is settled first
    budget = _SEARCH_BUDGET

    def search(index: int, taken: dict[str, str]) -> Iterator[dict[str, str]]:
        nonlocal budget
        if index == len(choices):
            yield {theirs_: ours_ for ours_, theirs_ in taken.items()}
            return
        name, candidates = choices[index]
        for candidate in candidates:
            budget -= 1
            if budget < 0:
                return
            if candidate not in taken:
                yield from search(index + 1, {**taken, candidate: name})

    yield from search(0, {})


def _by_order(expected: list[_Created], actual: list[_Created]) -> dict[str, str]:
    """Pair in order of creation: no pairing is equal, this one makes the differences readable."""
    pairing: dict[str, str] = {}
    for collection in {entity.collection for entity in expected}:
        theirs = [entity.id for entity in expected if entity.collection == collection]
        ours = [entity.id for entity in actual if entity.collection == collection]
        pairing.update(zip(theirs, ours, strict=False))
    return pairing


def _rename_state(state: State, created: list[_Created], renamed: Mapping[str, str]) -> State:
    """Rename created entities and every reference to them, wherever it stands."""
    named = {(entity.collection, entity.id) for entity in created}
    spoken = _mentions(renamed)
    return {
        collection: {
            renamed.get(name, name) if (collection, name) in named else name: _spoken(content, renamed, spoken)
            for name, content in entities.items()
        }
        for collection, entities in state.items()
    }


def _mentions(renamed: Mapping[str, str]) -> Callable[[str], bool]:
    return lambda text: any(name in text for name in renamed)


def _spoken(content: JsonObject, renamed: Mapping[str, str], mentions: Callable[[str], bool]) -> JsonObject:
    if not mentions(canonical_json(content).decode()):
        return content
    value = rename(content, renamed)
    assert isinstance(value, dict)
    return value


def _short(value: Json) -> str:
    text = canonical_json(value).decode()
    return text if len(text) <= 60 else f"{text[:59]}…"
