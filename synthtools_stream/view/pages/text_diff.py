"""Two texts side by side; of two that are alike, the words marked that the other one does not have."""

from __future__ import annotations

import re
from difflib import SequenceMatcher
from typing import NamedTuple

from markupsafe import Markup

from synthtools_stream.view.pages.visible_text import text_block, visible

__all__ = ["TextPair", "text_diff"]

_WORDS = 500
"""Words of a text up to which it is compared word by word: twice an agent's closing message, and a tenth of a second at
worst. Longer ones stand side by side only."""
_WORD = re.compile(r"\w+\s*|[^\w\s]\s*|\s+")
_ALIKE = 0.4
"""Of all words of two texts the share that both have, below which they are two texts, and marks would say nothing."""


class TextPair(NamedTuple):
    """Two blocks of markup; empty for an empty text."""

    one: Markup
    other: Markup


def text_diff(one: str, other: str) -> TextPair:
    """Return both texts as blocks: what only the first has is deleted in it, what only the second has is inserted."""
    if not one or not other or one == other or max(len(one), len(other)) > 20 * _WORDS:
        return TextPair(_block(one), _block(other))
    ours, theirs = _WORD.findall(one), _WORD.findall(other)
    if max(len(ours), len(theirs)) > 2 * _WORDS:
        return TextPair(_block(one), _block(other))
    matcher = SequenceMatcher(None, ours, theirs, autojunk=False)
    if matcher.ratio() < _ALIKE:
        return TextPair(_block(one), _block(other))
    left: list[str] = []
    right: list[str] = []
    for kind, i, i_end, j, j_end in matcher.get_opcodes():
        left.append(_part("".join(ours[i:i_end]), "" if kind == "equal" else "del"))
        right.append(_part("".join(theirs[j:j_end]), "" if kind == "equal" else "ins"))
    return TextPair(_whole(left), _whole(right))


def _block(text: str) -> Markup:
    return text_block(text) if text else Markup("")


def _part(text: str, tag: str) -> str:
    return f"<{tag}>{visible(text)}</{tag}>" if tag and text else str(visible(text))


def _whole(parts: list[str]) -> Markup:
    return Markup(f'<div class="text" dir="auto">{"".join(parts)}</div>')
