"""Every value that a turn says is used: by its call, inside a text of its call, or by a later call that quotes it.

An id is used, too, where the call takes what an earlier answer told of that thing: "the same weight as BK-1042".
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from functools import lru_cache

from synthtools_stream.proof.worded.conversation import Conversation, SpokenStep, user_parts
from synthtools_stream.proof.worded.text_mentions import Mention, read_text
from synthtools_stream.proof.worded.told_things import row_at
from synthtools_stream.proof.worded.word_flaw import Finding
from synthtools_stream.records.task import ProvenanceKind
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.dates import is_date

__all__ = ["use_findings"]

CHECK = "unused"
_KINDS = ("text", "id", "date", "time", "number", "code")


def use_findings(told: Conversation, index: int) -> Iterator[Finding]:
    """Yield the values that turn `index` says and no call uses."""
    spoken = told.steps[index]
    used = _used(spoken, told.steps[index:])
    used.update(_sources(told, spoken))
    said: Counter[str] = Counter()
    for mention in spoken.turn.of(*_KINDS):
        words = spoken.turn.text[mention.start : mention.end]
        if mention.kind == "number" and not any(char.isdigit() for char in words) and mention.value not in used:
            continue  # "two of them" counts, and is no value
        if mention.kind == "code" and _is_unit(spoken, mention):
            continue
        said[mention.value] += 1
        uses = max(used[mention.value], used[_day(mention.value)])
        if not uses:
            yield Finding(CHECK, f"turn {index} says {words!r}, which its call does not use: leave it out")
        elif mention.kind == "number" and said[mention.value] > uses:
            yield Finding(CHECK, f"turn {index} says {words!r} more often than its call uses it: say it once")


def _is_unit(spoken: SpokenStep, code: Mention) -> bool:
    """Say whether a code stands right behind a number, as m3 does."""
    return any(0 <= code.start - number.end <= 1 for number in spoken.turn.of("number"))


def _day(value: str) -> str:
    return value[-5:]


def _used(spoken: SpokenStep, later: Sequence[SpokenStep]) -> Counter[str]:
    """Return how many arguments, and quotes of later arguments, say each value."""
    said = [words for leaf in spoken.arguments for words in _said_by(leaf.value)]
    known = set(said)
    for step in later:
        for proof in step.step.provenance.values():
            for part in user_parts(proof):
                if part.turn == spoken.index:
                    words = _said_by(part.quote)
                    more = words - known if step is spoken and part is proof else words
                    said.extend(more)
                    known |= more
    return Counter(said)


def _sources(told: Conversation, spoken: SpokenStep) -> Iterator[str]:
    """Yield the ids of the things of which an earlier answer told what the call has as well."""
    proofs = [part for proof in spoken.step.provenance.values() for part in (proof, *(proof.inputs or ()))]
    told_by = [part for part in proofs if part.kind is ProvenanceKind.response]
    for step, pointer in [(part.step or 0, part.pointer or "") for part in told_by]:
        if 0 <= step < spoken.index:
            row = row_at(told.steps[step].step.response, pointer, told.collections.__contains__)
            if row is not None and row.id:
                yield row.id


def _said_by(value: Json) -> frozenset[str]:
    if isinstance(value, bool) or value is None:
        return frozenset()
    whole = (str(int(value)),) if isinstance(value, float) and value.is_integer() else ()
    return _forms(str(value)).union(whole)


@lru_cache(maxsize=512)
def _forms(text: str) -> frozenset[str]:
    text = text.replace("T", " ") if is_date(text) else text
    reading = read_text(text)
    days = [_day(mention.value) for mention in reading.mentions if mention.kind == "date"]
    plain = " ".join(text.split()).rstrip(".,;:!?").casefold()
    said = [mention.value for mention in reading.mentions]
    return frozenset([text, plain, text.replace("_", " ").casefold(), *said, *days])
