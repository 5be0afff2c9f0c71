"""Sentences of a plain text, and the one that holds a place."""

from __future__ import annotations

import re

__all__ = ["sentence_around", "sentences"]

_END = re.compile(r"(?<=[!?;])|(?<=\.)(?=\s|$)|\n")


def sentences(text: str) -> list[str]:
    """Return the sentences of a text; a line ends one, too."""
    return [one.strip() for one in _END.split(text) if one.strip()]


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return where the sentence begins and ends that holds a place of a text."""
    opening = max((mark.end() for mark in _END.finditer(text, 0, start + 1) if mark.end() <= start), default=0)
    closing = next((mark.start() for mark in _END.finditer(text, end)), len(text))
    return opening, closing
