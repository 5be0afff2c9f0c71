"""Names of tools as servers take them: up to 64 of `a-zA-Z0-9_-`; others are replaced on the way out, and put back."""

from __future__ import annotations

import re
from collections.abc import Iterable
from hashlib import blake2b

__all__ = ["WireNames"]

_MOST = 64
"""Characters of a function's name: OpenAI's bound, which others have, too."""
_DIGEST_BYTES = 4
"""Of the name, in one that was cut or that another has already: enough to tell the tools of one row apart."""
_ILLEGAL = re.compile(r"[^a-zA-Z0-9_-]")
_SAYS_SOMETHING = re.compile(r"[a-zA-Z0-9]")


class WireNames:
    """The names of one row's tools, both ways; a legal name is its own. Order does not matter."""

    def __init__(self, names: Iterable[str]) -> None:
        """Find a legal name for each."""
        ours = list(dict.fromkeys(names))
        taken = {name for name in ours if _is_legal(name)}
        self._out = {name: name for name in taken}
        odd = {name: _ILLEGAL.sub("_", name) for name in ours if name not in taken}
        for name, plain in odd.items():
            alone = plain not in taken and sum(other == plain for other in odd.values()) == 1
            self._out[name] = plain if alone and _is_legal(plain) and _SAYS_SOMETHING.search(plain) else _marked(name)
        self._back = {wire: name for name, wire in self._out.items()}

    def on_wire(self, name: str) -> str:
        """Return the legal name of a tool; of a name that no tool has, what is legal of it."""
        known = self._out.get(name)
        return known if known is not None else name if _is_legal(name) else _marked(name)

    def as_offered(self, name: str) -> str:
        """Return the legal name of a tool; of a name that no tool has, the name as it was said."""
        return self._out.get(name, name)

    def own(self, wire: str) -> str:
        """Return the tool's own name; what no tool is called is returned as it is, for the check to report."""
        return self._back.get(wire, wire)


def _is_legal(name: str) -> bool:
    return 0 < len(name) <= _MOST and _ILLEGAL.search(name) is None


def _marked(name: str) -> str:
    """Return a legal name with a digest of the name: for what would be nothing, too long, or another's."""
    digest = blake2b(name.encode("utf-8", "surrogatepass"), digest_size=_DIGEST_BYTES).hexdigest()
    plain = _ILLEGAL.sub("_", name)[: _MOST - len(digest) - 1]
    return f"{plain if _SAYS_SOMETHING.search(plain) else 'tool'}_{digest}"
