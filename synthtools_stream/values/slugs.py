"""Slugs: the readable stem of every id, safe in file names and shells, different for every field."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from hashlib import blake2b

__all__ = ["field_slugs", "slug", "snake_case"]

_MAX_LENGTH = 60
"""Characters of a slug: file names made of one stay well below the 255 bytes that file systems take."""
_SUFFIX_BYTES = 5
"""Bytes of a suffix: of a million fields that need one, two get the same with a probability of 0.4."""
# A stem that looks suffixed could be another field's slug, so it gets a suffix of its own.
_SUFFIXED = re.compile(rf"_[0-9a-f]{{{2 * _SUFFIX_BYTES}}}\Z")
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")


def slug(name: str) -> str:
    """Return `name` in lower-case ASCII words joined by underscores; may be empty."""
    ascii_name = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode()
    return re.sub(r"[^a-z0-9]+", "_", ascii_name.lower()).strip("_")[:_MAX_LENGTH].strip("_")


def snake_case(name: str) -> str:
    """Return a name of a program's in snake_case: `kiteId` and `KITE_ID` are `kite_id`."""
    return _HUMP.sub("_", name).replace("-", "_").lower()


def field_slugs(fields: Iterable[str]) -> dict[str, str]:
    """Map each field to its slug; empty slugs and those that several fields share get a suffix made of the name.

    The suffix depends on the name alone, so the order of fields decides nothing.
    """
    names = list(fields)
    plain = {name: slug(name) for name in names}
    uses = Counter(plain.values())
    return {
        name: stem if stem and uses[stem] == 1 and not _SUFFIXED.search(stem) else _with_suffix(stem, name)
        for name, stem in plain.items()
    }


def _with_suffix(stem: str, name: str) -> str:
    suffix = blake2b(name.encode(), digest_size=_SUFFIX_BYTES).hexdigest()
    return f"{stem or 'field'}_{suffix}"
