"""A call beside the turn that asks for it: which words each of its arguments rests on."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from functools import cached_property
from typing import NamedTuple

from synthtools_stream.proof.grounded.choices import closed_set
from synthtools_stream.proof.grounded.grounds import Grounds, leaf_name, parameter_at, parameter_of_leaf, user_parts
from synthtools_stream.proof.worded.text_mentions import Mention, Reading, read_text
from synthtools_stream.proof.worded.told_things import SourceRow, row_at
from synthtools_stream.proof.worded.word_stems import name_stems, stems_of
from synthtools_stream.records.task import CONVERTED, Provenance, ProvenanceKind
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.values.json_pointers import Leaf
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.wording.dates import is_date

__all__ = ["Span", "SpokenArgument", "SpokenCall", "id_prefix", "is_number", "spans_of"]

_ID = re.compile(r"([A-Z][A-Z0-9]{0,7}-)\d+")
_WHOLE = frozenset({"text", "date", "id", "time", "code", "day"})
"""Mentions inside which no number stands for itself."""


class Span(NamedTuple):
    """Where words stand in a text."""

    start: int
    end: int


class SpokenArgument(NamedTuple):
    """One value of a call, what it rests on, and which parameter it is for."""

    pointer: str
    value: Json
    proof: Provenance
    parameter: Parameter | None = None
    """The top-level one."""
    sort: tuple[str, ...] = ()
    """What it could be taken for: values of one sort may stand for each other."""

    @property
    def name(self) -> str:
        """The innermost name of the argument."""
        return leaf_name(self.pointer)

    @property
    def leaf(self) -> Parameter | None:
        """The innermost parameter, where the schema goes so deep."""
        return parameter_of_leaf(self.pointer, self.parameter)


@dataclass(frozen=True)
class SpokenCall:
    """The arguments of a call that have a provenance, and the turn that asks for it."""

    arguments: Sequence[SpokenArgument]
    grounds: Grounds
    tool: Tool

    @classmethod
    def of(
        cls, arguments: Sequence[Leaf], tool: Tool, provenance: Mapping[str, Provenance], grounds: Grounds
    ) -> SpokenCall:
        """Bring the arguments together with what they rest on."""
        return cls(
            [
                _argument(leaf, provenance[leaf.pointer], parameter_at(tool, leaf.pointer))
                for leaf in arguments
                if leaf.pointer in provenance
            ],
            grounds,
            tool,
        )

    @cached_property
    def own(self) -> int:
        """The index of the call's own turn."""
        return len(self.grounds.turns) - 1

    @property
    def reading(self) -> Reading:
        """The call's own turn, read."""
        return self.read(self.own)

    def own_spans(self, argument: SpokenArgument) -> list[Span]:
        """Return where an argument's quote stands for its value in the call's own turn; nowhere if it is no such."""
        found = self._spans.get(argument.pointer)
        if found is None:
            proof = _said_part(argument.proof)
            is_own = proof.kind is ProvenanceKind.user and proof.turn == self.own
            found = self._spans[argument.pointer] = spans_of(argument.value, proof, self) if is_own else []
        return found

    @cached_property
    def _spans(self) -> dict[str, list[Span]]:
        return {}

    @cached_property
    def tool_stems(self) -> frozenset[str]:
        """The stems of what the tool is called and does."""
        return stems_of(self.tool.tool_description).union(name_stems(self.tool.tool_name))

    def read(self, turn: int) -> Reading:
        """Read a turn; the texts that this call takes from it are no words there."""
        found = self._readings.get(turn)
        if found is None:
            found = self._readings[turn] = read_text(self.grounds.turns[turn], self._dictated(turn))
        return found

    @cached_property
    def _readings(self) -> dict[int, Reading]:
        return {}

    def _dictated(self, turn: int) -> list[str]:
        return [
            argument.proof.quote
            for argument in self.arguments
            if argument.proof.turn == turn
            and argument.proof.quote
            and argument.proof.kind is ProvenanceKind.user
            and argument.sort[0] in ("text", "member")
        ]

    @cached_property
    def quoted(self) -> list[Span]:
        """Where the own turn's words stand that the arguments rest on, choices included."""
        parts = [part for argument in self.arguments for part in (argument.proof, *user_parts(argument.proof))]
        quotes = {part.quote for part in parts if part.turn == self.own and part.quote}
        return [span for quote in quotes for span in _occurrences(self.grounds.turn, quote)]

    @cached_property
    def free_numbers(self) -> list[Mention]:
        """The numbers, in digits, of the own turn that no argument of the call uses; each argument uses one."""
        open_ = Counter(Decimal(str(value)) for value in self._used() if is_number(value))
        found: list[Mention] = []
        for mention in self.reading.of("number"):
            if self.grounds.turn[mention.start] not in "-0123456789":
                continue
            value = Decimal(mention.value)
            if open_[value] > 0:
                open_[value] -= 1
            elif not self._is_quoted(mention) or value in open_:
                found.append(mention)
        return found

    @cached_property
    def free_dates(self) -> list[Mention]:
        """The dates of the own turn that no argument of the call uses."""
        days = {str(value)[:10] for value in self._used() if isinstance(value, str)}
        return [
            mention for mention in self.reading.of("date") if mention.value not in days and not self._is_quoted(mention)
        ]

    @cached_property
    def free_ids(self) -> list[Mention]:
        """The ids of the own turn that no argument of the call uses, be it that their thing has its value."""
        used = {value for value in self._used() if isinstance(value, str)} | self.told_of
        return [mention for mention in self.reading.of("id") if mention.value not in used]

    @cached_property
    def told_of(self) -> frozenset[str]:
        """The ids of the things of which earlier answers told what the call has as well."""
        parts = [part for argument in self.arguments for part in (argument.proof, *(argument.proof.inputs or ()))]
        rows = [self.row_of(part) for part in parts]
        return frozenset(row.id for row in rows if row is not None and row.id)

    def row_of(self, part: Provenance) -> SourceRow | None:
        """Return the thing of which an answer told a value; None where none did."""
        if part.kind is not ProvenanceKind.response or part.step is None or part.pointer is None:
            return None
        return row_at(self.grounds.responses[part.step], part.pointer, self.grounds.is_entity)

    def _used(self) -> Iterator[Json]:
        for argument in self.arguments:
            yield argument.value
            yield from argument.proof.values or ()

    def _is_quoted(self, mention: Mention) -> bool:
        return any(span.start <= mention.start and mention.end <= span.end for span in self.quoted)


def _said_part(proof: Provenance) -> Provenance:
    """Return the words that say a value, whatever unit they say it in."""
    return proof.inputs[0] if proof.formula == CONVERTED and proof.inputs else proof


def _argument(leaf: Leaf, proof: Provenance, parameter: Parameter | None) -> SpokenArgument:
    return SpokenArgument(leaf.pointer, leaf.value, proof, parameter, _sort(leaf.pointer, leaf.value, parameter))


def _sort(pointer: str, value: Json, parameter: Parameter | None) -> tuple[str, ...]:
    if is_number(value):
        return ("number",)
    prefix = id_prefix(value)
    if prefix is not None:
        return ("id", prefix)
    if is_date(value):
        return ("date",)
    members = closed_set(pointer, parameter)
    return ("member", *map(str, members)) if members else ("text",)


def spans_of(value: Json, part: Provenance, call: SpokenCall) -> list[Span]:
    """Return where the quote of a provenance stands for a value in the turn that it names.

    A number does not stand for itself within a text, an id, a date or a time of day.
    """
    if part.turn is None:
        return []
    spans = list(_occurrences(call.grounds.turns[part.turn], part.quote or ""))
    return [span for span in spans if not _is_inside(span, call.read(part.turn))] if is_number(value) else spans


def _is_inside(span: Span, reading: Reading) -> bool:
    return any(
        mention.start <= span.start
        and span.end <= mention.end
        and mention.kind in _WHOLE
        and (mention.end - mention.start) - (span.end - span.start) > 2  # its own quotation marks do not count
        for mention in reading.mentions
    )


def _occurrences(text: str, quote: str) -> Iterator[Span]:
    """Yield where a quote stands as words of its own."""
    start = text.find(quote) if quote else -1
    while start >= 0:
        end = start + len(quote)
        if not (quote[0].isalnum() and text[start - 1 : start].isalnum()) and not (
            quote[-1].isalnum() and text[end : end + 1].isalnum()
        ):
            yield Span(start, end)
        start = text.find(quote, start + 1)


def is_number(value: Json) -> bool:
    """Say whether a value is a number, which no boolean is."""
    return isinstance(value, int | float) and not isinstance(value, bool)


def id_prefix(value: Json) -> str | None:
    """Return the prefix of a value that has the form of an id."""
    found = _ID.fullmatch(value) if isinstance(value, str) else None
    return found[1] if found is not None else None
