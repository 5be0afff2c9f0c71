"""What a tool's text must settle, so that two readers play it alike: ties, matches, rounding, `another`, limits, hints.

Only what code can see for certain is refused; each problem is one sentence that says what to write. The prompt demands
more than is checked here: what nulls do, and whether "or" allows both.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence

from synthtools_stream.records.blueprint import EntityType, Signature
from synthtools_stream.records.tool import Parameter, Tool
from synthtools_stream.toolcalls.stated_forms import format_stated

__all__ = ["text_problems"]

_SORTED = re.compile(
    r"\b(?:sorted|ordered|listed) by (?!(?:the |its |their )?(?:\w+[ _])?ids?\b)"
    r"[^.;]*\b(?:first|ascending|descending|alphabetical(?:ly)?)\b",
    re.IGNORECASE,
)
"""A list in an order that may leave some equal; by id it leaves none."""
_TIES = re.compile(r"\bties?\b|\b(?:equal|same)\b[^.;]*\bby\b[^.;]*\bids?\b", re.IGNORECASE)
_MATCHES = re.compile(
    r"\bpart(?:s|ly|ial|ially)?\b|\bwhole\b|\bwholly\b|\bexact(?:ly)?\b|\bcontain|\bbegin|\bstart|\bletter for letter\b"
    r"|\bcase\b|\bto the letter\b|\bas written\b",
    re.IGNORECASE,
)
"""Words that say how a text is compared."""
_OF_ID = re.compile(r"\bids?\b", re.IGNORECASE)
_QUOTIENT = re.compile(
    r"\baverage of (?:all|the)\b|\bdivided by\b|\d ?(?:%|per ?cent) of\b|\bby that per ?cent(?:age)?\b", re.IGNORECASE
)
_ROUNDED = re.compile(r"\bround|\bexact|\bwhole\b|\bcut to\b|\bdecimal", re.IGNORECASE)
_ANOTHER = re.compile(r"\banother (\w+)", re.IGNORECASE)
_PRESENT = re.compile(r"\bdiffer|\bpresent\b|\bcurrent\b|\bsame\b|\balready\b", re.IGNORECASE)
_CHARACTERS = re.compile(r"\b(\d+) characters?\b", re.IGNORECASE)
_NUMBER = re.compile(r"(?<![\w.-])\d{2,}(?:\.\d+)?(?![\w-])")
"""A number of two digits or more: smaller ones are often words on the other side."""
_DIGITS = re.compile(r"\d+(?:\.\d+)?")
_NAME = re.compile(r"(?<![\w-])[a-z][a-z0-9]*(?:_[a-z0-9]+)+(?![\w-])")
_SENTENCE = re.compile(r"(?<=[.;]) ")


def text_problems(written: Tool, signature: Signature, entity_types: Sequence[EntityType]) -> Iterator[str]:
    """Yield what the text of a tool leaves open or contradicts."""
    told = "\n".join(
        [written.tool_description, written.usage, *(part.description for part in written.output_details.values())]
    )
    reads_only = not signature.effects.writes
    if reads_only and any(part.type == "array" for part in written.output_details.values()):
        if _SORTED.search(told) and not _TIES.search(told):
            yield "the list is sorted, and nothing says what decides ties: `Sorted by …; ties by id, nulls last.`"
        yield from (
            f"usage does not say how {name} matches: by any part or as a whole, and whether case counts"
            for name, part in written.parameters.items()
            if _is_compared(name, part) and not _MATCHES.search(f"{told}\n{part.description}")
        )
    if _QUOTIENT.search(told) and not _ROUNDED.search(told):
        yield "usage does not say how the result of a division or percentage is rounded"
    another = _ANOTHER.search(f"{written.tool_description}\n{written.usage}")
    if another and not reads_only and not _PRESENT.search(written.usage):
        yield f"usage does not say whether `{another[0]}` refuses the present one: make it a rule, or say otherwise"
    yield from _doubled_limits(written)
    yield from _stray_hints(written, entity_types)


def _is_compared(name: str, part: Parameter) -> bool:
    """Say whether a search compares a free text: no closed set, no id, no date."""
    closed = bool(part.enum) or part.format is not None or format_stated(part.description) is not None
    return part.type == "string" and not closed and not _OF_ID.search(f"{name.replace('_', ' ')} {part.description}")


def _doubled_limits(written: Tool) -> Iterator[str]:
    """Yield parameters whose length is limited by their description and, to another number, by a rule."""
    sentences = [*_SENTENCE.split(written.usage), *written.error_messages]
    for name, part in written.parameters.items():
        own = set(_CHARACTERS.findall(part.description))
        spoken = re.compile(rf"(?<![\w-]){re.escape(name)}(?![\w-])")
        ruled = {number for text in sentences if spoken.search(text) for number in _CHARACTERS.findall(text)}
        if own and ruled - own:
            limits = ", ".join(sorted(own | ruled, key=int))
            yield f"{name} has several limits ({limits} characters): state one, in one place"


def _stray_hints(written: Tool, entity_types: Sequence[EntityType]) -> Iterator[str]:
    """Yield names and numbers of error messages that nothing else of the tool knows."""
    told = "\n".join(
        [
            written.usage,
            *written.parameters,
            *written.output_details,
            *(part.model_dump_json() for part in (*written.parameters.values(), *written.output_details.values())),
        ]
    )
    typed = "\n".join(kind.model_dump_json() for kind in entity_types)
    names, numbers = set(_NAME.findall(f"{told}\n{typed}")), {float(number) for number in _DIGITS.findall(told)}
    for line in written.error_messages:
        for name in _NAME.findall(line):
            if name not in names:
                yield f"the error {line[:60]!r} speaks of {name[:60]}, which is neither parameter, attribute nor value"
        for number in _NUMBER.findall(line):
            if float(number) not in numbers:
                yield f"the error {line[:60]!r} says {number}, which no rule and no parameter does"
