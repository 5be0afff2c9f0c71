"""What only a prompt's examples say: an answer that says it, too, was copied from there, not drawn from the request.

Collected are ids, proper names, and sentences of some length. Common words, tool names and dates are not: they may come
up by themselves. For the same reason an id counts only where the request knows no id with its prefix, a name where it
stands nowhere in the request, and a sentence where the request speaks of none of the things that it is about.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson

from synthtools_stream.values.jsontypes import Json

__all__ = ["PromptExamples"]

_HEADING = re.compile(r"^## ", re.MULTILINE)
_EXAMPLE = re.compile(r"(?:good |bad )?example", re.IGNORECASE)
"""How the heading of a section with an example begins."""
_BLOCK = re.compile(r"```json\n(.*?)\n```", re.DOTALL)
_QUOTED = re.compile(r"\"([^\"\n]{3,})\"|'([^'\n]{3,})'")
_ID = re.compile(r"(?<![\w-])([A-Z][A-Z0-9]{0,7}-)\d{3,}(?![\w-])")
_PROPER = re.compile(r"(?<![\w.-])[A-Z][a-z]+(?: [A-Z][a-z]+)+(?![\w-])")
_SENTENCE = re.compile(r"(?<=[.!?;]) |[\"\\]|[^\x00-\x7f]")
"""Where sentences end, and what is written in several ways in JSON."""
_WORD = re.compile(r"[A-Za-z]{5,}")
"""Words that may tell what a sentence is about."""
_LEAST_WORDS, _LEAST_OWN = 8, 2
"""Words of a sentence that is worth a look: shorter ones (`Id of the new booking.`) come up anew in every environment;
and how many of them must be the example's own, words that the rules do not use."""


@dataclass(frozen=True)
class _Sentence:
    text: str
    own: frozenset[str]
    """What it is about: lower-case words that stand in the examples and not in the rules."""


@dataclass(frozen=True)
class PromptExamples:
    """The ids, names and sentences of one prompt's examples."""

    ids: tuple[str, ...] = ()
    names: tuple[str, ...] = ()
    sentences: tuple[_Sentence, ...] = ()

    @classmethod
    def of(cls, prompt: str) -> PromptExamples:
        """Collect them from the static text of a prompt, which has each example below a heading of its own."""
        sections = _HEADING.split(prompt)
        examples = "\n".join(section for section in sections if _EXAMPLE.match(section))
        rules = "\n".join(section for section in sections if not _EXAMPLE.match(section))
        known = set(_WORD.findall(rules.lower()))
        values, items = _json_texts(examples)
        proper = (found[0] for text in [*values, *_quotations(examples)] for found in _PROPER.finditer(text))
        return cls(
            ids=tuple(dict.fromkeys(found[0] for found in _ID.finditer(examples))),
            names=tuple(dict.fromkeys(name for name in proper if name not in rules)),
            sentences=tuple(_sentences([*values, *items], known)),
        )

    def copied(self, answer: str, given: Sequence[str]) -> str | None:
        """Return what an answer, as JSON, has from the examples and not from what it was given; None in most cases."""
        for name in (*self.ids, *self.names):
            if name in answer and re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", answer):
                known = _ID.sub(r"\1", name) if name in self.ids else name
                if not any(known.lower() in text.lower() for text in given):
                    return name
        for sentence in self.sentences:
            if sentence.text in answer:
                request = "\n".join(given).lower()
                if not any(word in request for word in sentence.own):
                    return sentence.text
        return None


def _json_texts(examples: str) -> tuple[list[str], list[str]]:
    """Return the texts of JSON blocks: values of keys, and items of lists, which may be titles of a kind."""
    values, items = list[str](), list[str]()
    for block in _BLOCK.finditer(examples):
        try:
            found: Json = orjson.loads(block[1])
        except orjson.JSONDecodeError:
            continue
        for text, is_item in _texts(found):
            (items if is_item else values).append(text)
    return values, items


def _texts(value: Json, is_item: bool = False) -> Iterator[tuple[str, bool]]:
    if isinstance(value, str):
        yield value, is_item
    elif isinstance(value, dict):
        for part in value.values():
            yield from _texts(part)
    elif isinstance(value, list):
        for part in value:
            yield from _texts(part, True)


def _quotations(examples: str) -> Iterator[str]:
    """Yield what prose quotes, outside JSON blocks."""
    for found in _QUOTED.finditer(_BLOCK.sub("", examples)):
        yield found[1] or found[2]


def _sentences(texts: Sequence[str], known: set[str]) -> Iterator[_Sentence]:
    parts = (part.strip() for whole in texts for part in _SENTENCE.split(whole))
    for text in dict.fromkeys(parts):
        own = frozenset(_WORD.findall(text.lower())) - known
        if len(text.split()) >= _LEAST_WORDS and len(own) >= _LEAST_OWN:
            yield _Sentence(text, own)
