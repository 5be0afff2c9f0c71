"""Placeholders: names and texts that stand where something real was to be written."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator

from synthtools_stream.quality.fault import Fault

__all__ = ["placeholder_names", "placeholder_texts"]

_NAME = re.compile(r"(?:foo|foobar|foobaz|baz|qux|quux|lorem|ipsum|asdf|qwerty|placeholder|tbd|xxx)(?=\Z|_)")
"""A word of a name; `bar` is a place and a unit, `test` and `sample` are things of laboratories."""
_NUMBERED = re.compile(
    r"(?:param|parameter|arg|argument|attr|attribute|field|prop|property|tool|function|entity|type|input|output|value"
    r"|var|variable)_?\d+\Z"
)
"""A name that only counts."""
_WORD_END = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\s.-]+")
_TEXT = re.compile(
    r"\b(?i:lorem ipsum)\b|\bfoo ?bar\b|(?<![\w-])foo(?![\w-])|\basdf|\bqwerty\b|\b(?:TODO|TBD|FIXME|XXX+)\b"
    r"|\b[jJ](?:ohn|ane) Doe\b|\b123 Main St|\byour[_-]\w+[_-]here\b"
    r"|\bexample\.(?:com|org|net)\b"
    r"|\{\{[^{}\n]{0,60}\}\}|\$\{\w{1,40}\}|\[(?:insert|your|placeholder)\b[^\]\n]{0,60}\]|<(?:insert|your)\b[^>\n]{0,60}>"
)
"""What is only ever written where nobody thought of anything."""


def placeholder_names(names: Iterable[str], where: str) -> Iterator[Fault]:
    """Yield the names that say nothing; `where` tells whose they are."""
    for name in names:
        low = _WORD_END.sub("_", name).lower()
        if _NUMBERED.fullmatch(low) or any(_NAME.match(low, at) for at in _beginnings(low)):
            yield Fault("placeholder", f"{where}: {name[:60]!r} is a placeholder; name the thing itself")


def _beginnings(name: str) -> Iterator[int]:
    yield 0
    yield from (found.end() for found in re.finditer("_", name))


def placeholder_texts(text: str, where: str) -> Iterator[Fault]:
    """Yield what stands in a text in place of something real."""
    for found in _TEXT.finditer(text):
        yield Fault("placeholder", f"{where}: {found[0][:60]!r} is a placeholder; write what would stand there")
