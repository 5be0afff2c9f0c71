"""What a clause asks to be told, against what the user is told."""

from __future__ import annotations

import re
from collections.abc import Iterator

from synthtools_stream.embedded.play.made_call import Made
from synthtools_stream.embedded.prose import content, words

__all__ = ["telling_faults"]

_ASKED = re.compile(
    r"\b(?:tell me|let me know|(?:give|read|show|send) me|report(?: back)?(?= (?:the|its|their|how)\b)|"
    r"i (?:need|want|would like|wish)(?: to (?:know|hear|be told|see))?|i'd like to (?:know|hear|be told|see)|"
    r"(?:curious about|wondering(?: about)?)|what(?:'s| is| are)|how many)\s+"
    r"(?P<what>(?:(?!,? so (?!far)|,? then )[^.?!:;])*)",
    re.I,
)
"""A wish to know, up to what is to be done for it: `I need its phase, so view …`."""
_COUNTED = re.compile(r"\bhow many\b|\bthe (?:number|total) of\b", re.I)
_NO_VALUE = re.compile(r"^(?:you|it|this|that|a|an|your|some)\b", re.I)
"""`I need you to …`, `I want a new booking …`: something is wanted done."""


def telling_faults(text: str, made: Made) -> Iterator[tuple[str, str]]:
    """Yield what is asked and not told, and what is told and not asked; `text` has no quoted words in it."""
    asked = " ".join(found["what"] for found in _ASKED.finditer(text) if not _NO_VALUE.match(found["what"]))
    counts = bool(_COUNTED.search(text))
    if not asked and not counts:
        yield from (("unasked", f"{pointer} of {made} is told, and nobody asks for it") for pointer in made.told)
        return
    if not made.told:
        yield "missing", f"'{asked.strip() or text}' is asked, and nothing of {made} is told"
        return
    heard = set(content(asked))
    named = {key: set(content(words(key))) for key in _keys(made)}
    told = {pointer.rsplit("/", 1)[-1] for pointer in made.told}
    for key in sorted(told):
        if named.get(key, set()) - heard and not (counts and _is_count(key, made)):
            yield "unasked", f"{key} of {made} is told, and '{asked.strip()}' is asked"
    covered = {word for key in told for word in named.get(key, ())}
    for key, label in named.items():
        if key not in told and label and label <= heard and not label <= covered | set(content(made.reading.noun)):
            yield "missing", f"{key} is asked ('{asked.strip()}'), and is not told"


def _keys(made: Made) -> list[str]:
    """Return the names of all that the response can tell."""
    outputs = made.reading.outputs
    return list(dict.fromkeys(key for output in outputs for key in (output.key, *(name for name, _ in output.keys))))


def _is_count(key: str, made: Made) -> bool:
    value = made.response.get(key)
    return isinstance(value, int) and not isinstance(value, bool)
