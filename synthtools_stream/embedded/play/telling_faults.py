"""What a clause asks to be told, against what the user is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthtools_stream.embedded.play.asked_outputs import asked_parts
from synthtools_stream.embedded.play.made_call import Made
from synthtools_stream.embedded.prose import content, words

__all__ = ["telling_faults"]

_COUNTED = re.compile(r"\bhow many\b|\bthe (?:number|total) of\b", re.I)


def telling_faults(text: str, made: Made) -> Iterator[tuple[str, str]]:
    """Yield what is asked and not told, and what is told and not asked; `text` has no quoted words in it."""
    parts = [*asked_parts(text)]
    asked = "; ".join(parts)
    counts = bool(_COUNTED.search(asked))
    if not asked:
        yield from (("unasked", f"{pointer} of {made} is told, and nobody asks for it") for pointer in made.told)
        return
    if not made.told:
        yield "missing", f"'{asked}' is asked, and nothing of {made} is told"
        return
    heard = set(content(asked))
    named = {key: set(content(words(key))) for key in _keys(made)}
    told = {pointer.rsplit("/", 1)[-1] for pointer in made.told}
    for key in sorted(told):
        if named.get(key, set()) - heard and not (counts and _is_count(key, made)):
            yield "unasked", f"{key} of {made} is told, and '{asked}' is asked"
    covered = {word for key in told for word in named.get(key, ())}
    heard = {
        word for part in parts if not _COUNTED.match(part) for word in content(part)
    }  # what is counted is no value
    for key, label in named.items():
        if key not in told and label and label <= heard and not label <= covered | set(content(made.reading.noun)):
            yield "missing", f"{key} is asked ('{asked}'), and is not told"


def _keys(made: Made) -> list[str]:
    """Return the names of all that the response can tell."""
    outputs = made.reading.outputs
    return list(dict.fromkeys(key for output in outputs for key in (output.key, *(name for name, _ in output.keys))))


def _is_count(key: str, made: Made) -> bool:
    value = made.response.get(key)
    return isinstance(value, int) and not isinstance(value, bool)
