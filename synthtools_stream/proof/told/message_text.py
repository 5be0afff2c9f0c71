"""A message as plain text: without thoughts and marks of markdown, one kind of hyphen, space and quote.

Lines stay lines, since headings and lists say what belongs together. A table becomes a line for each row, its cells
under their headings: `Title: X; Status: Y`.
"""

from __future__ import annotations

import re
import unicodedata

from synthtools_stream.chat.thoughts import split_speech

__all__ = ["plain", "spoken", "without_echo"]

_NOTES = re.compile(
    r"<(scratchpad|analysis|reflection|inner_monologue|plan|reason)>.*?(?:</\1>|\Z)"
    r"|\[(think|thinking|thought|reasoning)\].*?(?:\[/\2\]|\Z)"
    r"|<!--.*?(?:-->|\Z)"
    r"|```(?:think|thinking|thought|reasoning|analysis)\b.*?(?:```|\Z)",
    re.DOTALL | re.IGNORECASE,
)
_MUSED = re.compile(
    r"^[ \t>*_#-]*(?:thought|thoughts|thinking|reasoning|analysis|scratchpad|inner monologue)\b[*_]*:.*?"
    r"(?=\n\s*\n|^[ \t>*_#-]*(?:final|answer|response|reply|message)\b|\Z)",
    re.DOTALL | re.IGNORECASE | re.MULTILINE,
)
"""A paragraph that is headed as a thought, up to an empty line or what is headed as the answer."""
_HYPHENS = re.compile("[\u00ad\u2010\u2011\u2012\u2013\u2014\u2015\u2212\ufe58\ufe63\uff0d]")
_INVISIBLE = re.compile("[\u200b-\u200f\u2060\ufeff\u00ad]")
_SPACES = re.compile(r"[^\S\n]+")
_QUOTES = str.maketrans(
    {"\u2018": "'", "\u2019": "'", "\u02bc": "'", "\u201c": '"', "\u201d": '"', "\u00ab": '"', "\u00bb": '"'}
)
_MARKS = re.compile(r"\*+|`+|~~|\\(?=[_*`#\-.])|(?<![^\W_])_+(?=\S)|(?<=\S)_+(?![^\W_])")
_LINK = re.compile(r"\[([^\]\n]*)\]\((?:https?://|#|/)[^)\s]*\)")
_HEADING = re.compile(r"^[ \t]*(?:#{1,6}[ \t]+|>[ \t]?)+", re.MULTILINE)
_SENTENCES = re.compile(r"(?<=[.!?;:])(?<!\n\d\.)(?<!\n\d\d\.)(?=\s)|(?=\n)")
_SHORTEST_ECHO = 24
"""Characters from which a sentence that stands in the request is a repetition; a shorter one may be an answer."""
_RULE = re.compile(r"^[ \t]*\|?[ \t:]*-{2,}[-|: \t]*$")
_STRUCK = re.compile(r"~~[^~\n]*~~")


def spoken(message: str) -> str:
    """Return what a message says to the user: reasoning, in tags, channels or paragraphs of its own, never counts."""
    if "<" in message:
        message = split_speech(message)[1]
    return _MUSED.sub("", _NOTES.sub("", message)).strip()


def plain(text: str) -> str:
    """Return a text in plain letters: NFKC, markdown's marks gone, tables as lines."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", _HYPHENS.sub("-", _INVISIBLE.sub("", text))).translate(_QUOTES)
        text = _HYPHENS.sub("-", text)
    text = text.replace("\r", "\n")
    text = _HEADING.sub("", text)
    if "](" in text:
        text = _LINK.sub(r"\1", text)
    text = _MARKS.sub("", _STRUCK.sub("", text))
    if "|" in text:
        text = "\n".join(_without_tables(text.split("\n")))
    return _SPACES.sub(" ", text)


def without_echo(text: str, request: str) -> str:
    """Return a plain text without the sentences that only repeat the request, which is in plain small letters."""
    return "".join(
        part
        if len(bare := part.strip(" \n-*.\"'0123456789)").lower()) < _SHORTEST_ECHO or bare not in request
        else "\n"
        for part in _SENTENCES.split(f"\n{text}")
    )


def _without_tables(lines: list[str]) -> list[str]:
    """Write each row of a table as its headings and cells; a table's first row heads it if a rule follows."""
    found: list[str] = []
    heads: list[str] = []
    for index, line in enumerate(lines):
        if _RULE.match(line):
            continue
        cells = _cells(line)
        if cells is None:
            heads = []
            found.append(line)
        elif index + 1 < len(lines) and _RULE.match(lines[index + 1]) and "|" in lines[index + 1]:
            heads = cells
        elif heads and len(cells) == len(heads) and len(cells) > 1:
            if any(head.lower() not in _COLUMN_HEADS for head in heads):
                found.append("; ".join(_headed(head, cell) for head, cell in zip(heads, cells, strict=True)) + ".")
            else:
                found.append(f"{': '.join(cells)}.")
        else:
            found.append(f"{': '.join(cell for cell in cells if cell)}.")
    return found


def _headed(head: str, cell: str) -> str:
    return f"{head}: {cell}" if head.strip() and head.strip().lower() not in _COLUMN_HEADS else cell


_COLUMN_HEADS = frozenset(
    {"#", "no", "no.", "item", "detail", "details", "field", "value", "attribute", "property", "info"}
)
"""Headings that name the column, and not what stands in it."""


def _cells(line: str) -> list[str] | None:
    bare = line.strip()
    if not bare.startswith("|") or bare.count("|") < 2:
        return None
    return [cell.strip() for cell in bare.strip("|").split("|")]
