"""Text that anybody wrote, as markup: escaped, whole, and with nothing hidden in it.

Control characters, what turns the direction of writing, and characters without a shape are written out by their names.
Long texts stand in blocks that a browser lays out only when they come into view.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import NamedTuple

from markupsafe import Markup, escape

__all__ = ["Passage", "found_text", "marked_block", "plain", "text_block", "visible"]

BLOCK_CHARS = 16_000
"""Characters of one block of a long text: some screens full, laid out within a frame."""
LINE_CHARS = 64_000
"""Characters of a line from which on it goes on in another block: one line is laid out as a whole."""
_FLAG = (
    "\U0001f3f4\U000e0067\U000e0062"
    "(?:\U000e0065\U000e006e\U000e0067|\U000e0073\U000e0063\U000e0074|\U000e0077\U000e006c\U000e0073)\U000e007f"
)
"""The flags of England, Scotland and Wales: the only emoji with characters that else hide text."""
_HIDDEN = re.compile(
    f"{_FLAG}|["
    "\x00-\x08\x0b-\x1f\x7f-\x9f\xad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufeff\uffa0\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e0fff]"
)
"""What has no shape of its own or turns the writing; joiners (U+200C, U+200D) stay: scripts and emoji need them."""


class Passage(NamedTuple):
    """A part of a text that is marked, under an id to which links lead."""

    quote: str
    id: str


def visible(text: str) -> Markup:
    """Return `text` escaped, each hidden character written out."""
    if text.isascii() and text.isprintable():  # most of what there is
        return escape(text)
    return Markup(_HIDDEN.sub(_named, str(escape(text))))


def plain(text: str) -> str:
    """Return `text` with a point for each hidden character: for titles and attributes, which hold no markup."""
    return _HIDDEN.sub(lambda match: match[0] if len(match[0]) > 1 else "\u00b7", text)


def found_text(text: str, terms: Sequence[str]) -> Markup:
    """Return `text` with each of `terms` marked, in any case."""
    sought = "|".join(re.escape(term) for term in sorted(terms, key=len, reverse=True) if term)
    if not sought:
        return visible(text)
    parts = re.split(f"({sought})", text, flags=re.IGNORECASE)
    return Markup("").join(
        Markup("<mark>{}</mark>").format(visible(part)) if at % 2 else visible(part) for at, part in enumerate(parts)
    )


def _named(match: re.Match[str]) -> str:
    if len(match[0]) > 1:
        return match[0]
    code = ord(match[0])
    if code == 0x0D:
        return '<i class="hidden-char">\u240d</i>'
    shown = chr(0x2400 + code) if code < 0x20 else f"U+{code:04X}"
    return f'<i class="hidden-char">{shown}</i>'


def text_block(text: str) -> Markup:
    """Return a text as a block of its own that finds its direction itself, in parts where it is long."""
    if len(text) <= BLOCK_CHARS:
        return Markup('<div class="text" dir="auto">{}</div>').format(visible(text))
    parts = Markup("").join(
        Markup('<div class="part{}" dir="auto">{}</div>').format(" goes-on" if goes_on else "", visible(part))
        for part, goes_on in _parts(text)
    )
    return Markup('<div class="text long">{}</div>').format(parts)


def _parts(text: str) -> Iterator[tuple[str, bool]]:
    """Yield the parts of a long text, and whether each begins within a line; a line's end between two is left out."""
    start, goes_on = 0, False
    while len(text) - start > BLOCK_CHARS:
        end = text.find("\n", start + BLOCK_CHARS, start + LINE_CHARS)
        if end < 0:
            yield text[start : start + LINE_CHARS], goes_on
            start, goes_on = start + LINE_CHARS, True
        else:
            yield text[start:end], goes_on
            start, goes_on = end + 1, False
    if start < len(text) or not goes_on:
        yield text[start:], goes_on


def marked_block(text: str, passages: Sequence[Passage]) -> Markup:
    """Return a text as a block in which passages are marked; of two that overlap the second has its id only."""
    if not passages:
        return text_block(text)
    found = sorted((at, passage) for passage in passages if (at := text.find(passage.quote)) >= 0)
    lost = [passage for passage in passages if passage.quote not in text]
    out, done = [Markup('<span id="{}"></span>').format(passage.id) for passage in lost], 0
    for at, passage in found:
        if at < done or not passage.quote:
            out.append(Markup('<span id="{}"></span>').format(passage.id))
            continue
        out.append(visible(text[done:at]))
        out.append(Markup('<mark id="{}">{}</mark>').format(passage.id, visible(passage.quote)))
        done = at + len(passage.quote)
    out.append(visible(text[done:]))
    return Markup('<div class="text" dir="auto">{}</div>').format(Markup("").join(out))
