"""A value that an earlier answer told of one of several things is that of the thing of which the turn speaks.

"The same weight as shipment SH-1042" is not that of another shipment which was listed with it, and "a week before it
ends" is reckoned from what the call acts on. Where the words name no thing, what was spoken of last is meant.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator
from typing import NamedTuple

from synthtools_stream.proof.grounded.earlier_sources import tells_apart
from synthtools_stream.proof.grounded.labels import alike, label_of
from synthtools_stream.proof.grounded.spoken_call import SpokenArgument, SpokenCall
from synthtools_stream.proof.worded.told_things import SourceRow, rows_with
from synthtools_stream.proof.worded.word_stems import stem
from synthtools_stream.records.task import Provenance
from synthtools_stream.values.json_pointers import leaf_values
from synthtools_stream.values.jsontypes import same_json

__all__ = ["carried_problem"]

_THING = r"(?<![\w-])[A-Z][A-Z0-9]{0,7}-\d+(?![\w-])"
_ID = re.compile(_THING)
_SAME_AS = re.compile(rf"\bsame\b(?P<what>[^,.;:?!]*?)\b(?:as|of)\b[^,.;:?!]*?(?P<id>{_THING})")
_CLAUSE_END = re.compile(r"[,.;:?!]|\band\b")
_ITS = re.compile(r"\b(?:its|their|his|her)\b", re.IGNORECASE)


class _Source(NamedTuple):
    step: int
    key: str
    row: SourceRow


def carried_problem(argument: SpokenArgument, call: SpokenCall) -> str | None:
    """Return why a value that was told is not that of the thing of which the turn speaks, if it is not."""
    parts = (argument.proof, *(argument.proof.inputs or ()))
    sources = [source for part in parts if (source := _source(part, call)) is not None]
    together = {source.row.id for source in sources}
    problems = (_other_thing(source, together, argument, call) for source in sources)
    return next((problem for problem in problems if problem is not None), None)


def _source(part: Provenance, call: SpokenCall) -> _Source | None:
    """Return where a value was told as what a thing has, and not as its own id."""
    row, key = call.row_of(part), (part.pointer or "").rpartition("/")[2]
    if row is None or not row.id or same_json(row.values.get(key), row.id):
        return None
    return _Source(part.step or 0, key, row)


def _other_thing(source: _Source, together: set[str], argument: SpokenArgument, call: SpokenCall) -> str | None:
    rivals = {row.id for row in _rivals(source, call)} - together
    own = source.row.id
    if not rivals:
        return None
    meant = _meant(argument, call)
    if meant:
        return None if own in meant else f"the turn means {' or '.join(sorted(meant))} there, and not {own}"
    named = {mention.value for mention in call.reading.of("id")}
    named |= {other.value for other in call.arguments if isinstance(other.value, str)}
    if own in named:
        return None
    if other := sorted(rivals & named):
        return f"the turn speaks of {other[0]}, and '{source.key}' is taken of {own}: take it of what is spoken of"
    last = None if tells_apart(call.reading.rest) else _spoken_of_last(source, rivals, call)
    if last is not None:
        return f"'{source.key}' of {own} is not told apart from that of {last}: name the thing"
    return None


def _meant(argument: SpokenArgument, call: SpokenCall) -> Collection[str]:
    """Return the things of which the words for this very value speak; none where they do not say."""
    text = call.grounds.turn
    said = [part.quote for part in argument.proof.inputs or () if part.turn == call.own and part.quote]
    if not said:
        label = label_of(argument.name)
        found = [(match["what"], match["id"]) for match in _SAME_AS.finditer(text)]
        return {thing for what, thing in found if any(alike(stem(word), one) for word in what.split() for one in label)}
    clause = _CLAUSE_END.split(text.rpartition(said[-1])[2])[0]
    named = _ID.search(clause)
    if named is not None:
        return {named[0]}
    if _ITS.search(clause) is None:
        return ()
    return {other.value for other in call.arguments if isinstance(other.value, str) and other.sort[0] == "id"}


def _rivals(source: _Source, call: SpokenCall) -> Iterator[SourceRow]:
    """Yield the other things of which an answer told another value of the same name."""
    value = source.row.values.get(source.key)
    for response in call.grounds.responses:
        for row in rows_with(response, source.key, call.grounds.is_entity):
            if row.id and row.id != source.row.id and not same_json(row.values[source.key], value):
                yield row


def _spoken_of_last(source: _Source, rivals: set[str], call: SpokenCall) -> str | None:
    """Return which of the others was spoken of after the thing, or before it in one list; None where none was."""
    for step in range(len(call.grounds.responses) - 1, source.step - 1, -1):
        told = [value for value in leaf_values(call.grounds.responses[step]) if isinstance(value, str)]
        said = [mention.value for mention in call.read(step).of("id")]
        first = next((value for value in (*said, *told) if value == source.row.id or value in rivals), None)
        if first is not None:
            return first if first != source.row.id else None
    return None
