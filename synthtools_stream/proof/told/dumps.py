"""Tell an answer in JSON from what was merely copied out of a response.

An object that holds what was asked for, and ids and arguments to say of what, is an answer, and is read as lines. One
that holds anything more of the row was dumped: whoever copies all that came back has told nothing, though the answer is
among it. So was a list of such names and values in any other notation.
"""

from __future__ import annotations

import ast
import json
import re
from collections.abc import Iterator
from typing import cast

from synthtools_stream.proof.told.bare_answers import last_key
from synthtools_stream.proof.told.knowledge import Knowledge
from synthtools_stream.proof.told.row_facts import objects_in
from synthtools_stream.values.json_pointers import leaves
from synthtools_stream.values.jsontypes import Json
from synthtools_stream.values.python_syntax import parse_expression

__all__ = ["without_dumps"]

_FENCE = re.compile(r"```[\w+-]*\n?")
_OPENING = re.compile(r"[{\[]")
_NAMED = re.compile(r"""["']?\b([a-z][a-z0-9]*(?:_[a-z0-9]+)*)\b["']?\s*(?:[:=]|\bis\b)\s*["']?([^"',;{}\[\]\n]*)""")
_RAW_KEY = re.compile(r"""(?:["'][A-Za-z_]\w*["']|(?<![\w"'])[a-z][a-z0-9]*_[a-z0-9_]+(?![\w"']))\s*[:=]""")
_CALL = re.compile(r"\b[A-Z][A-Za-z0-9]{2,}\((?:\w+=[^\n]*?)?\)(?=[\s.,;:`)\]]|->|$)")
"""A call as text: it says what was asked of a tool, and nothing to the user."""
_BROKEN = re.compile(r"""["']\w+["']\s*:\s*(?:["'\d{\[]|true|false|null|None|True|False)""")
"""What is left of JSON that was cut off."""
_RAW_LINE = re.compile(r"[ \t]*(?:- )?[a-z][a-z0-9_]*\s*[:=](?!/)")
_TAG = re.compile(r"<([A-Za-z_][\w.-]*)>([^<>]*)</\1>")
_MAX_OPEN = 50
"""Brackets that nothing closes, before no more JSON is looked for: some stand in what was cut off, and in prose."""
_FOREIGN = 1
"""Values of a row, not asked for, that are suffered in names as tools write them: `capacity_left: 31`."""
_COPIED = 12
"""Values of a row, not asked for, that are suffered beside the answer: a short table, or more of a thing."""


def without_dumps(text: str, known: Knowledge) -> str:
    """Return a message without what it copies; small JSON answers as lines `name: value`."""
    text = _CALL.sub("\n", text)
    if "{" in text or "[" in text:
        text = _unpacked(_FENCE.sub("\n", text), known)
    if "<" in text:
        text = _TAG.sub(r"\1: \2\n", text)
    lines = text.split("\n")
    if len(lines) > 1 and any(_heads_columns(line, known) for line in lines):
        lines = _without_columns(lines, known)
    if any(_BROKEN.search(line) and any(True for _ in _foreign_in(line, known)) for line in lines):
        lines = [line for line in lines if not _BROKEN.search(line)]
    raw = [line for line in lines if _RAW_KEY.search(line) or _RAW_LINE.match(line)]
    foreign = {pair for line in raw for pair in _foreign_in(line, known)}
    told = {(one[1], one[2].strip()) for line in raw for one in _NAMED.finditer(line)}
    if len(foreign) > (_FOREIGN if any("_" in name for name, _ in foreign) else _COPIED) or any(
        len(held) > 1 and held <= told for held in known.unasked_pairs
    ):
        lines = [line for line in lines if line not in raw]
    return "\n".join(lines)


def _unpacked(text: str, known: Knowledge) -> str:
    parts: list[str] = []
    place, dumped, unclosed = 0, False, 0
    for opening in _OPENING.finditer(text):
        if opening.start() < place:
            continue
        end = _closing(text, opening.start())
        unclosed += end is None
        if unclosed > _MAX_OPEN:
            break
        held = _read(text[opening.start() : end]) if end is not None else None
        if end is not None and isinstance(held, dict | list):
            lines = _as_lines(held, known)
            dumped = dumped or lines is None
            parts += [text[place : opening.start()], lines or "\n"]
            place = end
    if dumped:  # then no JSON beside it is an answer, either
        parts = [part if index % 2 == 0 else "\n" for index, part in enumerate(parts)]
        return "".join([*parts, _BROKEN.split(text[place:])[0]])
    return "".join([*parts, text[place:]])


def _closing(text: str, start: int) -> int | None:
    """Return where the brackets that open at `start` are closed, strings aside."""
    depth, quote = 0, ""
    for place in range(start, len(text)):
        sign = text[place]
        if quote:
            if sign == quote and text[place - 1] != "\\":
                quote = ""
        elif sign == '"' or (sign == "'" and not text[place - 1].isalnum()):
            quote = sign
        elif sign in "{[":
            depth += 1
        elif sign in "}]":
            depth -= 1
            if depth == 0:
                return place + 1
    return None


def _read(text: str) -> Json:
    try:
        return cast("Json", json.loads(text))
    except (ValueError, RecursionError):
        pass
    try:
        return cast("Json", ast.literal_eval(parse_expression(text)))
    except (ValueError, SyntaxError, MemoryError, RecursionError, TypeError):
        return None


def _as_lines(held: Json, known: Knowledge) -> str | None:
    """Write JSON as lines, under the id of the thing where it holds one; None of a dump."""
    found = list(leaves(held))
    if any(_is_foreign(last_key(leaf.pointer), leaf.value, known) for leaf in found):
        return None
    if any(node in known.unasked_responses for node in objects_in(held)):
        return None
    things = [leaf.value for leaf in found if isinstance(leaf.value, str) and leaf.value in known.entities]
    lines = [_line(last_key(leaf.pointer), leaf.value) for leaf in found if leaf.value not in things]
    return "\n" + "\n".join(f"{things[0]}: {line}" if len(things) == 1 else line for line in lines) + "\n"


def _line(name: str, value: Json) -> str:
    said = (
        {True: "yes", False: "no", None: "nothing"}.get(value)
        if value is None or value is True or value is False
        else value
    )
    if isinstance(said, list | dict):
        said = "none"
    return f"{name}: {said}" if name else f"{said}"


def _is_foreign(name: str, value: Json, known: Knowledge) -> bool:
    """Say whether a name and value are the row's, and neither asked for nor a way to say what is meant."""
    text = str(value)
    if any(one.key == name and str(one.value) == text for one in known.asked):
        return False
    if isinstance(value, str) and value in known.entities:
        return False
    return (name, text) in known.pairs and (name, text) not in known.argument_pairs


def _foreign_in(line: str, known: Knowledge) -> Iterator[tuple[str, str]]:
    for found in _NAMED.finditer(line):
        name, value = found[1], found[2].strip().rstrip(".")
        if _is_foreign(name, value, known):
            yield name, value


def _heads_columns(line: str, known: Knowledge) -> bool:
    names = [name.strip() for name in re.split(r"[,;\t]", line) if name.strip()]
    return len(names) > 1 and all(name in known.keys for name in names)


def _without_columns(lines: list[str], known: Knowledge) -> list[str]:
    """Drop a table of comma-separated values with all that follows it up to an empty line."""
    kept: list[str] = []
    within = False
    for line in lines:
        within = bool(line.strip()) and (within or _heads_columns(line, known))
        if not within:
            kept.append(line)
    return kept
